//! Refusals about serial numbers, in English.

use crate::policy::refusal::{RecordedAs, SerialRefusal};
use crate::words::refusal::said::Said;

const CORRECT_LINE: &str = "Correct the line; what was imported stays as it is.";

pub(super) fn said(refusal: &SerialRefusal) -> Said {
    match refusal {
        SerialRefusal::Unknown { serial } => Said::new(
            format!(
                "The serial number {serial} is on no manufacturing record of this organization \
                    and product."
            ),
            "Check the serial number set on the device, or import its manufacturing record.",
        ),
        SerialRefusal::InUse { serial } => Said::new(
            format!("The serial number {serial} serves another system."),
            "Deactivate that system first, or check the serial number set on the device.",
        ),
        SerialRefusal::Contradicts {
            serial,
            product,
            recorded,
        } => Said::new(
            format!(
                "The serial number {serial} of `{product}` is recorded already, {}.",
                as_recorded(recorded)
            ),
            CORRECT_LINE,
        ),
        SerialRefusal::DeviceRecorded {
            computer_id,
            serial,
            product,
        } => Said::new(
            format!(
                "The Computer ID {computer_id} is recorded already, with the serial number \
                    {serial} of `{product}`."
            ),
            CORRECT_LINE,
        ),
        SerialRefusal::DeviceActive {
            computer_id,
            serial,
            product,
        } => Said::new(
            format!(
                "The system {computer_id} is active, with the serial number {serial} of \
                    `{product}`."
            ),
            CORRECT_LINE,
        ),
    }
}

fn as_recorded(recorded: &RecordedAs) -> String {
    match recorded {
        RecordedAs::Holding(licences) if licences.is_empty() => "with no licences".to_owned(),
        RecordedAs::Holding(licences) => format!("with {licences}"),
        RecordedAs::Of(organization) => format!("for the organization `{organization}`"),
        RecordedAs::Device(computer_id) => format!("with the Computer ID {computer_id}"),
    }
}
