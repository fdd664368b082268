//! Refusals because a system was given up or denied, or was not (LICENSING section 13).

use super::kinds::refusals;
use crate::licence::{ComputerId, Day};
use crate::policy::record::code::RefusalCode;
use crate::policy::record::system::GivenUp;

refusals! {
    /// Why a system that was given up or denied gets nothing, or is not given up or denied.
    GivenUpRefusal {
        /// The Computer ID was given up, and is wanted for something (section 13).
        GivenUp {
            /// The Computer ID.
            computer_id: ComputerId,
            /// The day.
            on: Day,
            /// How that is known.
            how: GivenUp,
        } => RefusalCode::ComputerIdRetired;
        /// The Computer ID was given up, and is to be given up or denied (section 13).
        GivenUpAlready {
            /// The Computer ID.
            computer_id: ComputerId,
            /// The day.
            on: Day,
        } => RefusalCode::ComputerIdRetired;
        /// The hardware goes on under another Computer ID: this one is not reinstated (section
        /// 13).
        Recovered {
            /// The Computer ID.
            computer_id: ComputerId,
        } => RefusalCode::ComputerIdRetired;
        /// A deactivation of what another deactivation gave up (section 14).
        OtherDeactivation {} => RefusalCode::AlreadyDeactivated;
        /// The device has proven that it gave the Computer ID up (section 13).
        Proven {
            /// The Computer ID.
            computer_id: ComputerId,
        } => RefusalCode::AlreadyDeactivated;
        /// The device was denied, and is wanted for something (section 13).
        Denied {
            /// Its Computer ID.
            computer_id: ComputerId,
            /// The day.
            on: Day,
        } => RefusalCode::Denied;
        /// The device was denied, and is to be released (section 13).
        DeniedNotReleased {
            /// Its Computer ID.
            computer_id: ComputerId,
            /// The day.
            on: Day,
        } => RefusalCode::Denied;
        /// The device was denied, and is to be denied (section 13).
        DeniedAlready {
            /// Its Computer ID.
            computer_id: ComputerId,
            /// The day.
            on: Day,
        } => RefusalCode::NotNeeded;
        /// The device is to be undenied, and was not denied (section 13).
        NotDenied {
            /// Its Computer ID.
            computer_id: ComputerId,
        } => RefusalCode::NotNeeded;
        /// The system is to be reinstated, and was not given up (section 13).
        NotGivenUp {
            /// Its Computer ID.
            computer_id: ComputerId,
        } => RefusalCode::NotNeeded;
        /// The activation is to be cancelled, and was confirmed (section 13).
        Confirmed {
            /// The sequence that was confirmed.
            sequence: u16,
        } => RefusalCode::NotNeeded;
    }
}
