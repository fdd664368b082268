//! Refusals of trials, and of what a trial or an emergency cannot have (LICENSING section 12).

use super::kinds::refusals;
use crate::licence::{Day, Identifier, Plan};
use crate::policy::record::code::RefusalCode;

refusals! {
    /// Why no trial is given, or a trial or emergency does not go on.
    TrialRefusal {
        /// An extension of a trial or an emergency (section 12).
        NotExtended {
            /// `trial` or `emergency`.
            plan: Plan,
            /// Its last day.
            until: Day,
        } => RefusalCode::NothingToExtend;
        /// A trial for a licensed system (section 12).
        Licensed {} => RefusalCode::AlreadyLicensed;
        /// A trial for a system that has a trial or an emergency (section 12).
        Running {
            /// `trial` or `emergency`.
            plan: Plan,
            /// Its last day.
            until: Day,
        } => RefusalCode::AlreadyLicensed;
        /// The product has no trial (section 12).
        NoTrial {
            /// The product.
            product: Identifier,
        } => RefusalCode::NoTrial;
        /// The organization has had its trial of the product (section 12).
        TrialOver {} => RefusalCode::TrialUsed;
        /// The hardware has had a trial of the product (section 12).
        HardwareHadTrial {} => RefusalCode::TrialUsed;
    }
}
