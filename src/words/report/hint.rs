//! What to do next: the sentence under an action. What the wallet holds already is never to be
//! bought.

use crate::licence::Counts;
use crate::policy::record::catalogue::settings::Model;
use crate::policy::report::held_seats::HeldReason;
use crate::policy::report::holding::Holding;
use crate::policy::report::marks::NextPeriod;
use crate::policy::report::matter::Matter;

const BY_THE_SIGNER: &str = "Redeem licence keys: the signer renews by itself then.";
const GROWTH: &str = "Send the customer the text for it; assign what is bought with `keyspool \
    subscription assign ORG PRODUCT --period current`.";
const GROWTH_COVERED: &str = "The wallet has what grew: assign it with `keyspool subscription \
    assign ORG PRODUCT --period current`.";
const RELEASE: &str = "Release what is gone for good: `keyspool activation release COMPUTER-ID \
    --without-proof --reason TEXT`.";
const DENY: &str = "Give them back with `keyspool activation deny COMPUTER-ID --return-seat \
    --reason TEXT`, or leave them held.";
const APPROVE: &str = "Give them back with `keyspool activation approve COMPUTER-ID --reason \
    TEXT`, or leave them held.";
const ASK: &str = "Ask the customer; `keyspool system show COMPUTER-ID` has the facts.";

/// The hint of an action.
pub(super) fn of(matter: &Matter, holding: &Holding) -> String {
    let hints = Hints(holding);
    match matter {
        Matter::Unlicensed(_) | Matter::Grace(_) => hints.hint_for_current(),
        Matter::Missing => hints.hint_for_requests(&holding.purchase.missing),
        Matter::Waiting => hints.hint_for_waiting(),
        Matter::CouldNotRenew(_) => BY_THE_SIGNER.to_owned(),
        Matter::GrowthOver(_) | Matter::Growth(_) => match holding.purchase.growth.is_empty() {
            true => GROWTH_COVERED.to_owned(),
            false => GROWTH.to_owned(),
        },
        Matter::ExpiringSubscription(_, next) => hints.hint_for_next(next),
        Matter::ExpiringSeats(_) | Matter::SeatsInGrace(_) => {
            hints.hint_for_seats(holding.auto_renew)
        }
        Matter::EndedSeats(..) => format!("{} {RELEASE}", hints.hint_for_seats(false)),
        other => of_systems(other).to_owned(),
    }
}

fn of_systems(matter: &Matter) -> &'static str {
    match matter {
        Matter::ExpiringStored(_) => "Let the customer use or assign them.",
        Matter::Held(_, HeldReason::Denied) => DENY,
        Matter::Held(..) => APPROVE,
        Matter::ProvenAbuse(_) | Matter::PossibleAbuse(_) => ASK,
        Matter::AwaitingApproval(_) => "See them with `keyspool system list --waiting`.",
        Matter::Due(_) => "Issue them with `keyspool refresh`.",
        Matter::Unconfirmed(..) => "Let the customer bring the confirmations back.",
        Matter::Emergency(..) => "Let the devices ask for their ordinary activations.",
        _ => "Ask the customer why.",
    }
}

/// The hints about one product.
struct Hints<'a>(&'a Holding);

impl Hints<'_> {
    /// Licences for the running period.
    fn hint_for_current(&self) -> String {
        if !self.0.could_not_renew.is_empty() {
            return BY_THE_SIGNER.to_string();
        }
        self.redeemed_first(
            "`keyspool subscription assign ORG PRODUCT --period current`",
            &self.0.purchase.missing,
        )
    }

    /// Licences for a system that lacks some or waits for them.
    fn hint_for_requests(&self, order: &Counts) -> String {
        let serve = match self.0.model {
            Model::Hardware => "`keyspool hardware assign COMPUTER-ID TYPE=COUNT`",
            _ if self.0.marks.auto_assign => "bring their requests again",
            _ => "`keyspool activation issue COMPUTER-ID`",
        };
        self.redeemed_first(serve, order)
    }

    /// Waiting systems: where all their need counts already, it is the running period that lacks.
    fn hint_for_waiting(&self) -> String {
        if self.0.model == Model::PooledSubscription && self.0.waiting_beyond.is_empty() {
            return "License the period, then bring their requests again.".to_string();
        }
        self.hint_for_requests(&self.0.purchase.waiting)
    }

    /// The period after the licensed ones.
    fn hint_for_next(&self, next: &NextPeriod) -> String {
        if self.0.auto_renew {
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
            &self.0.purchase.ending,
        )
    }

    /// Seats that end or have ended; `auto` where the signer still renews them.
    fn hint_for_seats(&self, auto: bool) -> String {
        if auto {
            return BY_THE_SIGNER.to_string();
        }
        match self.0.purchase.ending.is_empty() {
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
