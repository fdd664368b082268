//! What needs doing, in the order in which somebody should look at it.

use super::Customer;
use super::holding::{Expiring, ExpiringKind, Holding};
use crate::licence::counts::CountsOverflow;
use crate::licence::{Counts, Day, Identifier};
use crate::policy::catalogue::Model;
use crate::policy::given_up::Abuse;
use crate::policy::subscription::status::Status;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;

/// How soon somebody should look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Somebody works without a licence, cannot work, or does what is not allowed.
    Now,
    /// It will be so, or somebody waits for an operator.
    Soon,
    /// To be known.
    Note,
}

/// What is to be done, most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// Systems run that were given up: proven.
    ProvenAbuse,
    /// A subscription without a licence, past its grace.
    Unlicensed,
    /// More systems were added than are allowed.
    GrowthOver,
    /// The signer could not renew for want of licences.
    CouldNotRenew,
    /// A subscription works in its grace.
    Grace,
    /// Active systems need more than they hold.
    Missing,
    /// Systems wait for licences.
    Waiting,
    /// A subscription ends within 90 days.
    ExpiringSubscription,
    /// Seats end within 90 days.
    ExpiringSeats,
    /// Licences in the wallet, returned seats among them, end within 90 days.
    ExpiringStored,
    /// 80 % of the growth allowance and more is used.
    Growth,
    /// Seats are held until an operator decides.
    Held,
    /// Systems may run that were given up.
    PossibleAbuse,
    /// Systems wait for an operator's word.
    AwaitingApproval,
    /// New activations are due.
    Due,
    /// Activations were issued and never confirmed.
    Unconfirmed,
    /// Emergencies run.
    Emergency,
    /// A need fell before a renewal and rose after it.
    Swing,
}

impl ActionKind {
    /// How soon.
    #[must_use]
    pub fn urgency(self) -> Urgency {
        match self {
            kind if kind <= Self::Waiting => Urgency::Now,
            kind if kind <= Self::Due => Urgency::Soon,
            _ => Urgency::Note,
        }
    }
}

/// One thing that needs doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Action {
    /// How soon.
    pub urgency: Urgency,
    /// What.
    pub kind: ActionKind,
    /// The day from which, or until which, it matters most.
    pub day: Option<Day>,
    /// For whom.
    pub organization: Identifier,
    /// Of which product.
    pub product: Identifier,
    /// What is the matter, in one sentence.
    pub text: String,
    /// What to do next.
    pub hint: String,
}

/// Everything that needs doing: by kind, day, organization, product.
///
/// # Errors
/// [`CountsOverflow`].
pub fn actions(customers: &[Customer]) -> Result<Vec<Action>, CountsOverflow> {
    let mut all = Vec::new();
    for customer in customers {
        for holding in &customer.products {
            let mut list = List { organization: &customer.id, holding, found: &mut all };
            list.licences();
            list.ends()?;
            list.systems();
        }
    }
    all.sort_by(|a, b| {
        let rank = |action: &Action| (action.kind, action.day.is_none(), action.day);
        (rank(a), &a.organization, &a.product).cmp(&(rank(b), &b.organization, &b.product))
    });
    Ok(all)
}

/// The things to do of one organization's product.
struct List<'a> {
    organization: &'a Identifier,
    holding: &'a Holding,
    found: &'a mut Vec<Action>,
}

impl List<'_> {
    fn add(&mut self, kind: ActionKind, day: Option<Day>, text: String, hint: &str) {
        let (organization, product) = (self.organization.clone(), self.holding.product.clone());
        self.found.push(Action { urgency: kind.urgency(), kind, day, organization, product, text, hint: hint.to_string() });
    }

    fn licences(&mut self) {
        let holding = self.holding;
        let standing = holding.standing;
        let is_pooled = holding.model == Model::PooledSubscription;
        let assign = "Redeem licence keys, then `keyspool subscription assign ORG PRODUCT --period current`.";
        match standing.status {
            Status::Expired if is_pooled && !holding.need.is_empty() => {
                let since = standing.since.map_or_else(String::new, |day| format!(" since {}", day.in_words()));
                let text = format!("Not licensed{since}; missing: {}.", holding.in_words(&holding.missing));
                self.add(ActionKind::Unlicensed, standing.since, text, assign);
            }
            Status::Started | Status::Grace if is_pooled && !holding.missing.is_empty() => {
                let until = standing.until.map_or_else(String::new, |day| format!(" until {}", day.in_words()));
                let text = format!("Works in its grace{until}; missing: {}.", holding.in_words(&holding.missing));
                self.add(ActionKind::Grace, standing.until, text, assign);
            }
            _ => {}
        }
        if !is_pooled && !holding.missing.is_empty() {
            let text = format!("Active systems need more than they hold; missing: {}.", holding.in_words(&holding.missing));
            self.add(ActionKind::Missing, None, text, "Redeem licence keys, then bring their requests again.");
        }
        if !holding.waiting.is_empty() {
            let stored = if holding.stored.is_empty() { "nothing".to_string() } else { holding.in_words(&holding.stored) };
            let text = format!(
                "{} for licences: {}; stored: {stored}.",
                wait(holding.waiting_systems),
                holding.in_words(&holding.waiting)
            );
            self.add(ActionKind::Waiting, None, text, "Redeem licence keys, then bring their requests again.");
        }
        if !holding.could_not_renew.is_empty() {
            let day = holding.not_renewed.first().map(|seats| seats.until).or(holding.expiring.first().map(|end| end.until));
            let text = format!("Could not be renewed for want of licences: {}.", holding.in_words(&holding.could_not_renew));
            self.add(ActionKind::CouldNotRenew, day, text, "Redeem licence keys: the signer renews by itself then.");
        }
        self.growth();
    }

    fn growth(&mut self) {
        let Some(growth) = self.holding.growth else { return };
        let share = growth.used_percent.map_or_else(String::new, |percent| format!(", {percent} %"));
        let text = format!("{} of {} licences of the growth allowance are used{share}.", growth.added, growth.allowance);
        let kind = if growth.over { ActionKind::GrowthOver } else { ActionKind::Growth };
        let hint = "Send the customer the text for it; assign what is bought with `keyspool subscription assign ORG PRODUCT --period current`.";
        self.add(kind, growth.until, text, hint);
    }

    fn ends(&mut self) -> Result<(), CountsOverflow> {
        let renew = "Redeem licence keys, then `keyspool subscription assign ORG PRODUCT --period next`.";
        let kinds = [
            (ActionKind::ExpiringSubscription, &[ExpiringKind::Subscription][..], renew),
            (ActionKind::ExpiringSeats, &[ExpiringKind::Seats], "Send the customer the text for it; devices ask with `extend`."),
            (ActionKind::ExpiringStored, &[ExpiringKind::Stored, ExpiringKind::Returned], "Let the customer use or assign them."),
        ];
        for (kind, of, hint) in kinds {
            let ending: Vec<&Expiring> = self.holding.expiring.iter().filter(|end| of.contains(&end.kind)).collect();
            let (Some(first), Some(last)) = (ending.first(), ending.last()) else { continue };
            let mut sum = Counts::new();
            for end in &ending {
                sum = sum.plus(&end.licences)?;
            }
            let what = match kind {
                ActionKind::ExpiringSubscription => "The subscription is licensed until",
                ActionKind::ExpiringSeats => "Seats end",
                _ => "Stored licences expire",
            };
            let days = match first.until == last.until {
                true => first.until.in_words(),
                false => format!("from {} to {}", first.until.in_words(), last.until.in_words()),
            };
            let days =
                if kind == ActionKind::ExpiringSubscription || first.until != last.until { days } else { format!("on {days}") };
            self.add(kind, Some(first.until), format!("{what} {days}: {}.", self.holding.in_words(&sum)), hint);
        }
        Ok(())
    }

    fn systems(&mut self) {
        let holding = self.holding;
        for (abuse, kind) in [(Abuse::Proven, ActionKind::ProvenAbuse), (Abuse::Possible, ActionKind::PossibleAbuse)] {
            let of: Vec<_> = holding.suspected.iter().filter(|one| one.abuse == abuse).collect();
            let (Some(newest), count) = (of.iter().map(|one| one.on).max(), of.len()) else { continue };
            let text = format!(
                "{} after a release without proof: {}.",
                count_of(count as u64, "system spoke", "systems spoke"),
                abuse.as_str()
            );
            self.add(kind, Some(newest), text, "Ask the customer; `keyspool system show COMPUTER-ID` has the facts.");
        }
        if let Some(first) = holding.held_seats.first() {
            let text = format!("{} for an operator: {}.", wait_for(holding.held_seats.len() as u64), first.why.as_str());
            let hint = "Give them back with `keyspool activation approve COMPUTER-ID --reason TEXT`, or leave them held.";
            self.add(ActionKind::Held, Some(first.since), text, hint);
        }
        if holding.awaiting_approval > 0 {
            let text = format!("{} for an operator's word.", wait(holding.awaiting_approval));
            self.add(ActionKind::AwaitingApproval, None, text, "See them with `keyspool system list --waiting`.");
        }
        if let Some(first) = holding.due.first() {
            let text = format!("New activations are due to {}.", count_of(holding.due.len() as u64, "system", "systems"));
            self.add(ActionKind::Due, Some(first.day), text, "Issue them with `keyspool refresh`.");
        }
        if let Some(first) = holding.unconfirmed.first() {
            let count = count_of(holding.unconfirmed.len() as u64, "system has", "systems have");
            let text = format!("{count} not confirmed an activation, the first since {}.", first.day.in_words());
            self.add(ActionKind::Unconfirmed, Some(first.day), text, "Let the customer bring the confirmations back.");
        }
        if let Some(first) = holding.emergencies.first() {
            let count = count_of(holding.emergencies.len() as u64, "emergency runs", "emergencies run");
            let text = format!("{count}, the first until {}.", first.day.in_words());
            self.add(ActionKind::Emergency, Some(first.day), text, "Let the devices ask for their ordinary activations.");
        }
        if let Some(swing) = &holding.swing {
            let text = format!(
                "The need fell from {} to {} before the renewal on {}, and rose to {} on {}.",
                swing.from,
                swing.judged,
                swing.renewed.in_words(),
                swing.to,
                swing.raised.in_words()
            );
            self.add(ActionKind::Swing, Some(swing.renewed), text, "Ask the customer why.");
        }
    }
}

fn count_of(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn wait(count: u64) -> String {
    count_of(count, "system waits", "systems wait")
}

fn wait_for(count: u64) -> String {
    count_of(count, "system's seats wait", "systems' seats wait")
}
