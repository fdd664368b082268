//! Refusals because nobody has vouched for a device, or because of its hardware (LICENSING sections
//! 8 and 13).

use super::kinds::refusals;
use crate::licence::Identifier;
use crate::policy::record::code::RefusalCode;
use alloc::vec::Vec;

refusals! {
    /// Why a device does not count as one of the organization's.
    HardwareRefusal {
        /// Nobody has vouched for the device (section 8).
        AwaitingApproval {
            /// The organization that it states.
            organization: Identifier,
        } => RefusalCode::AwaitingApproval;
        /// Too few components of the known device agree (section 13).
        HardwareChanged {
            /// The components that differ or are gone.
            components: Vec<Identifier>,
        } => RefusalCode::HardwareChanged;
        /// The hardware is active in another organization, which is not named (section 13).
        ActiveElsewhere {} => RefusalCode::AlreadyActive;
        /// The hardware was reinstalled too often (section 13).
        RecoveryLimit {
            /// How often in the window; 0: the product allows no recovery.
            count: usize,
            /// Days of the window.
            days: u32,
        } => RefusalCode::RecoveryLimit;
    }
}
