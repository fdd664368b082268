//! Refusals because of a device's hardware, or because nobody vouches for it, in English.

use crate::licence::Identifier;
use crate::policy::refusal::HardwareRefusal;
use crate::words::refusal::said::Said;

pub(super) fn said(refusal: &HardwareRefusal) -> Said {
    match refusal {
        HardwareRefusal::AwaitingApproval { organization } => Said::new(
            format!(
                "Nobody has vouched yet that this device belongs to the organization \
                    `{organization}`."
            ),
            "Approve the device, or drop the file into the folder of its organization, or redeem a \
                licence key with the request.",
        ),
        HardwareRefusal::HardwareChanged { components } => {
            let names: Vec<&str> = components.iter().map(Identifier::as_str).collect();
            Said::new(
                format!(
                    "Too much of this device's hardware changed: {}.",
                    names.join(", ")
                ),
                "Let the operator approve the device, or move the licence by deactivating the old \
                    one.",
            )
        }
        HardwareRefusal::ActiveElsewhere {} => Said::new(
            "This hardware is active in another organization.",
            "Deactivate the device there first.",
        ),
        HardwareRefusal::RecoveryLimit { count, days } => Said::new(
            reinstalled(*count, *days),
            "Let the operator approve the device.",
        ),
    }
}

fn reinstalled(count: usize, days: u32) -> String {
    let times = match count {
        0 => {
            return "Once reinstalled, a device of this product is taken back by the operator only."
                .to_owned();
        }
        1 => "once".to_owned(),
        more => format!("{more} times"),
    };
    format!("This hardware was reinstalled {times} within {days} days, which is the limit.")
}
