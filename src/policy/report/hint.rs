//! What to do next: the sentence under an action. What the wallet holds already is never to be
//! bought.

use crate::licence::Counts;
use crate::policy::record::catalogue::settings::Model;
use crate::policy::report::holding::Holding;
use crate::policy::report::to_order::NextPeriod;
use alloc::format;
use alloc::string::{String, ToString};

const BY_THE_SIGNER: &str = "Redeem licence keys: the signer renews by itself then.";

impl Holding {
    /// `; stored: 6 × Core; to order: 5 × Core`, where the wallet holds something.
    pub(crate) fn supply(&self, order: &Counts) -> String {
        if self.stored.is_empty() {
            return String::new();
        }
        format!(
            "; stored: {}; to order: {}",
            self.in_words(&self.stored),
            self.in_words(order)
        )
    }

    /// Licences for the running period.
    pub(crate) fn hint_for_current(&self) -> String {
        if !self.could_not_renew.is_empty() {
            return BY_THE_SIGNER.to_string();
        }
        self.redeemed_first(
            "`keyspool subscription assign ORG PRODUCT --period current`",
            &self.to_order.missing,
        )
    }

    /// Licences for a system that lacks some or waits for them.
    pub(crate) fn hint_for_requests(&self, order: &Counts) -> String {
        let serve = match self.model {
            Model::Hardware => "`keyspool hardware assign COMPUTER-ID TYPE=COUNT`",
            _ if self.marks.auto_assign => "bring their requests again",
            _ => "`keyspool activation issue COMPUTER-ID`",
        };
        self.redeemed_first(serve, order)
    }

    /// Waiting systems: where all their need counts already, it is the running period that lacks.
    pub(crate) fn hint_for_waiting(&self) -> String {
        if self.model == Model::PooledSubscription && self.waiting_beyond.is_empty() {
            return "License the period, then bring their requests again.".to_string();
        }
        self.hint_for_requests(&self.to_order.waiting)
    }

    /// The renewal that the signer was to do.
    pub(crate) fn hint_for_renewal() -> String {
        BY_THE_SIGNER.to_string()
    }

    /// The period after the licensed ones.
    pub(crate) fn hint_for_next(&self, next: &NextPeriod) -> String {
        if self.auto_renew {
            return BY_THE_SIGNER.to_string();
        }
        if !next.is_near {
            return "The next period cannot be assigned to yet; have the licences in the wallet \
                when it begins."
                .to_string();
        }
        let period = if next.is_next {
            "next".to_string()
        } else {
            next.number.to_string()
        };
        self.redeemed_first(
            &format!("`keyspool subscription assign ORG PRODUCT --period {period}`"),
            &self.to_order.ending,
        )
    }

    /// Seats that end or have ended; `auto` where the signer still renews them.
    pub(crate) fn hint_for_seats(&self, auto: bool) -> String {
        if auto {
            return BY_THE_SIGNER.to_string();
        }
        match self.to_order.ending.is_empty() {
            true => "The wallet has what they need: devices ask with `extend`.".to_string(),
            false => "Send the customer the text for it; devices ask with `extend`.".to_string(),
        }
    }

    fn redeemed_first(&self, then: &str, order: &Counts) -> String {
        if order.is_empty() {
            return format!("The wallet has what they need: {then}.");
        }
        format!("Redeem licence keys, then {then}.")
    }
}
