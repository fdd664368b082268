//! Refusals because of another organization or product, in English.

use crate::policy::refusal::ElsewhereRefusal;
use crate::words::refusal::said::Said;

pub(super) fn said(refusal: &ElsewhereRefusal) -> Said {
    match refusal {
        ElsewhereRefusal::NotRegistered { organization } => Said::new(
            format!("This device is not registered for the organization `{organization}`."),
            "Deactivate the device where it is active, or correct the organization set on it.",
        ),
        ElsewhereRefusal::Folder { folder, stated } => Said::new(
            format!(
                "The file lies in the folder of `{folder}` but speaks for the organization \
                    `{stated}`."
            ),
            "Move the file to the folder of its organization, or correct the organization set on \
                the device.",
        ),
        ElsewhereRefusal::TwoOrganizations { one, other } => Said::new(
            format!("One is of the organization `{one}`, another of `{other}`."),
            "Name systems of one organization only.",
        ),
        ElsewhereRefusal::TwoProducts { one, other } => Said::new(
            format!("One has the product `{one}`, another `{other}`."),
            "Name systems of one product only.",
        ),
        ElsewhereRefusal::OtherProduct { installed, stated } => Said::new(
            format!("This Computer ID belongs to the product `{installed}`, not `{stated}`."),
            "Set up the second product on the device as a system of its own.",
        ),
    }
}
