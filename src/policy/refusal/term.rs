//! Refusals because of the time: of a subscription, a period, a seat (LICENSING sections 6, 7, 9
//! and 11).

use super::kinds::refusals;
use crate::licence::{Day, Identifier};
use crate::policy::record::code::RefusalCode;

refusals! {
    /// Why a subscription is not started, or licences do not go on.
    TermRefusal {
        /// The subscription was not started (section 9.1).
        NotStarted {
            /// The organization.
            organization: Identifier,
            /// The product.
            product: Identifier,
        } => RefusalCode::NotStarted;
        /// The subscription is to be started, and was (section 9.1).
        Started {
            /// The organization.
            organization: Identifier,
            /// The product.
            product: Identifier,
            /// The day.
            on: Day,
        } => RefusalCode::NotNeeded;
        /// A refresh without an activation (section 7).
        NothingToRefresh {} => RefusalCode::NotActivated;
        /// An extension without an activation (section 7).
        NothingToExtend {} => RefusalCode::NothingToExtend;
        /// An extension of licences that have no end (section 11).
        NoEnd {} => RefusalCode::NothingToExtend;
        /// The signer renews this by itself (sections 9.6 and 11).
        RenewsItself {
            /// The product.
            product: Identifier,
        } => RefusalCode::RenewsAutomatically;
        /// Seats would be licensed too far ahead (section 11).
        TooFarAhead {
            /// The last day that they would have.
            until: Day,
            /// The latest end allowed today.
            allowed: Day,
        } => RefusalCode::TooFarAhead;
        /// The period begins too far ahead (section 9.2).
        PeriodTooFarAhead {
            /// The number of the period.
            period: u32,
            /// The latest first day allowed today.
            allowed: Day,
        } => RefusalCode::TooFarAhead;
        /// The period is past (section 9.2).
        PeriodPast {
            /// The number of the period.
            period: u32,
            /// The number of the running period.
            running: u32,
        } => RefusalCode::OutOfOrder;
        /// The period before is not licensed (section 9.2).
        PeriodBeforeLacks {
            /// The number of the wanted one.
            period: u32,
            /// The number of the one before.
            before: u32,
        } => RefusalCode::OutOfOrder;
    }
}
