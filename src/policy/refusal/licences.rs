//! Refusals because of how many licences there are (LICENSING sections 7, 9, 10, 11 and 15).

use super::kinds::refusals;
use crate::licence::Counts;
use crate::policy::record::code::RefusalCode;

/// What a request or an order may draw on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DrawnOn {
    /// The organization's whole wallet.
    Wallet,
    /// The licence keys that the request brings.
    OwnKeys,
}

impl DrawnOn {
    /// The wallet, where it may be drawn on.
    #[must_use]
    pub fn wallet(allowed: bool) -> Self {
        if allowed { Self::Wallet } else { Self::OwnKeys }
    }
}

refusals! {
    /// Why licences are not given, or not assigned.
    LicencesRefusal {
        /// Licences are missing (section 10).
        NotEnough {
            /// The licences that are missing.
            missing: Counts,
            /// Where they are missing.
            from: DrawnOn,
        } => RefusalCode::NotEnoughLicences;
        /// A period lacks licences, and some of them are missing (section 9.2).
        NotEnoughForPeriod {
            /// What the period lacks.
            shortfall: Counts,
            /// What is missing of it.
            missing: Counts,
            /// Where they are missing.
            from: DrawnOn,
        } => RefusalCode::NotEnoughLicences;
        /// More systems than the growth allowance has room for (section 9.5).
        Growth {
            /// Licences that are missing.
            missing: Counts,
            /// The allowance, in percent.
            percent: u32,
            /// Where they could be drawn from.
            from: DrawnOn,
        } => RefusalCode::GrowthAllowance;
        /// A refresh with a larger need than the activation states (section 7).
        MoreThanStated {
            /// The licences beyond it.
            missing: Counts,
        } => RefusalCode::NotEnoughLicences;
        /// A refresh with a larger need than the device's seats serve (section 7).
        MoreThanSeats {
            /// The licences beyond it.
            missing: Counts,
        } => RefusalCode::NotEnoughLicences;
        /// A larger need than the hardware holds (section 11).
        MoreThanHardware {
            /// The licences beyond it.
            missing: Counts,
        } => RefusalCode::NotEnoughLicences;
        /// An assignment of less than the period lacks (section 9.2).
        TooFewForPeriod {
            /// What the period lacks.
            shortfall: Counts,
            /// The licences that the order names.
            wanted: Counts,
        } => RefusalCode::NotEnoughLicences;
        /// An assignment of more than the period lacks (section 9.2).
        Surplus {
            /// What the period lacks.
            shortfall: Counts,
            /// The licences that the order names.
            wanted: Counts,
        } => RefusalCode::NotNeeded;
        /// The activation does not fit into a Computer Key (section 15).
        TooManyForComputerKey {
            /// What it states.
            licences: Counts,
        } => RefusalCode::TooManyForComputerKey;
    }
}
