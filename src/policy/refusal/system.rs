//! Refusals about a system: its Computer ID, its requests, its emergencies (LICENSING sections 7,
//! 8, 12, 13 and 14).

use super::kinds::refusals;
use crate::licence::{ComputerId, Day};
use crate::policy::record::code::RefusalCode;

/// What an order for an unknown Computer ID has to name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unstated {
    /// Its organization.
    Organization,
    /// Its product.
    Product,
    /// Its need.
    Need,
}

refusals! {
    /// Why a system gets nothing.
    SystemRefusal {
        /// No such system was ever activated (section 14).
        Unknown {
            /// The Computer ID, as stated.
            computer_id: ComputerId,
        } => RefusalCode::UnknownActivation;
        /// An activation by hand of an unknown system, without all that a request states (section
        /// 15).
        Unstated {
            /// The Computer ID.
            computer_id: ComputerId,
            /// What the order does not name.
            missing: Unstated,
        } => RefusalCode::UnknownActivation;
        /// An emergency for a Computer ID that was never seen (section 12).
        NeverSeen {
            /// The Computer ID.
            computer_id: ComputerId,
        } => RefusalCode::UnknownActivation;
        /// Expansions for a Computer ID that is neither known nor waits (section 11).
        NotEvenWaiting {
            /// The Computer ID.
            computer_id: ComputerId,
        } => RefusalCode::UnknownActivation;
        /// The activation that the file names was not given to this device (section 7).
        NotItsActivation {
            /// Sequence that the file names.
            sequence: u16,
        } => RefusalCode::UnknownActivation;
        /// The Computer ID has had all its activations (PROTOCOL section 5.1).
        NoSequenceLeft {
            /// The Computer ID.
            computer_id: ComputerId,
        } => RefusalCode::ComputerIdRetired;
        /// An approval of what does not wait (section 8).
        NothingWaits {
            /// The Computer ID.
            computer_id: ComputerId,
        } => RefusalCode::NotNeeded;
        /// An emergency for a system that works (section 12).
        Works {
            /// The Computer ID.
            computer_id: ComputerId,
            /// The last day of use; none: it has no end.
            until: Option<Day>,
        } => RefusalCode::NotNeeded;
        /// The system had all its emergencies (section 12).
        EmergencyLimit {
            /// The Computer ID.
            computer_id: ComputerId,
            /// Emergencies that it had in the window.
            count: usize,
            /// Days of the window.
            days: u32,
        } => RefusalCode::EmergencyLimit;
        /// Older than a request that was granted (section 14).
        Stale {
            /// Counter of the request.
            counter: u64,
            /// Counter of the newest request that was granted.
            granted: u64,
        } => RefusalCode::StaleRequest;
        /// The Deactivation Verification Code in the file is another device's (section 13).
        OtherCode {} => RefusalCode::WrongCode;
        /// The typed Deactivation Verification Code is not this system's (section 13).
        WrongCode {
            /// The Computer ID.
            computer_id: ComputerId,
            /// Wrong codes so far, this one counted.
            count: u32,
            /// Wrong codes after which no further one is looked at.
            allowed: u32,
        } => RefusalCode::WrongCode;
        /// Too many wrong codes were typed for the system (section 13).
        Locked {
            /// The Computer ID.
            computer_id: ComputerId,
            /// Wrong codes that were typed.
            count: u32,
        } => RefusalCode::Locked;
    }
}
