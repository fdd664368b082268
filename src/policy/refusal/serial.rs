//! Refusals about a serial number, and what is recorded of it (LICENSING section 11).

use super::kinds::refusals;
use crate::licence::{ComputerId, Counts, Identifier};
use crate::policy::record::code::RefusalCode;
use alloc::string::String;

/// The part of a known record that another contradicts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordedAs {
    /// Its preloaded licences; they may be none.
    Holding(Counts),
    /// Its organization.
    Of(Identifier),
    /// The Computer ID of its device.
    Device(ComputerId),
}

refusals! {
    /// Why a serial number does not serve.
    SerialRefusal {
        /// The serial number is on no manufacturing record (section 11).
        Unknown {
            /// The serial number, as stated.
            serial: String,
        } => RefusalCode::UnknownSerial;
        /// The serial number serves another system (section 11).
        InUse {
            /// The serial number.
            serial: String,
        } => RefusalCode::SerialInUse;
        /// A record contradicts one that was imported (section 11).
        Contradicts {
            /// The serial number.
            serial: String,
            /// Its product.
            product: Identifier,
            /// What was recorded.
            recorded: RecordedAs,
        } => RefusalCode::SerialInUse;
        /// A record names a Computer ID that another record names (section 11).
        DeviceRecorded {
            /// The Computer ID.
            computer_id: ComputerId,
            /// The serial number of the other record.
            serial: String,
            /// Its product.
            product: Identifier,
        } => RefusalCode::SerialInUse;
        /// A record names a Computer ID that is active with another serial number (section 11).
        DeviceActive {
            /// The Computer ID.
            computer_id: ComputerId,
            /// The serial number that it stated.
            serial: String,
            /// Its product.
            product: Identifier,
        } => RefusalCode::SerialInUse;
    }
}
