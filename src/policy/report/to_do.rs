//! What needs doing, in the order in which somebody should look at it.

use crate::licence::counts::CountsOverflow;
use crate::licence::{Counts, Day, Identifier};
use crate::policy::record::catalogue::settings::Model;
use crate::policy::record::given_up::Abuse;
use crate::policy::report::action::{Action, ActionKind};
use crate::policy::report::ends::{EndedSeats, Expiring, ExpiringKind};
use crate::policy::report::figures::Customer;
use crate::policy::report::held_seats::{HeldReason, HeldSeats};
use crate::policy::report::holding::Holding;
use crate::policy::report::status::Status;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Everything that needs doing: by kind, day, organization, product.
///
/// # Errors
/// [`CountsOverflow`].
pub fn actions(customers: &[Customer]) -> Result<Vec<Action>, CountsOverflow> {
    let mut all = Vec::new();
    for customer in customers {
        for holding in &customer.products {
            let mut list = List {
                organization: &customer.id,
                holding,
                found: &mut all,
            };
            list.licences();
            list.growth();
            list.renewal();
            list.ends()?;
            list.ended_seats()?;
            list.held();
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
    fn add(&mut self, kind: ActionKind, day: Option<Day>, text: String, hint: impl Into<String>) {
        let (organization, product) = (self.organization.clone(), self.holding.product.clone());
        self.found.push(Action {
            urgency: kind.urgency(),
            kind,
            day,
            organization,
            product,
            text,
            hint: hint.into(),
        });
    }

    fn licences(&mut self) {
        let holding = self.holding;
        let standing = holding.standing;
        let is_pooled = holding.model == Model::PooledSubscription;
        let missing = format!(
            "missing: {}{}",
            holding.in_words(&holding.missing),
            holding.supply(&holding.to_order.missing)
        );
        match standing.status {
            Status::Expired if is_pooled && !holding.need.is_empty() => {
                let since = standing
                    .since
                    .map_or_else(String::new, |day| format!(" since {}", day.in_words()));
                let text = format!("The period is not licensed{since}; {missing}.");
                self.add(
                    ActionKind::Unlicensed,
                    standing.since,
                    text,
                    holding.hint_for_current(),
                );
            }
            Status::Started | Status::Grace if is_pooled && !holding.missing.is_empty() => {
                let until = standing
                    .until
                    .map_or_else(String::new, |day| format!(" until {}", day.in_words()));
                let text = format!("Works in its grace{until}; {missing}.");
                self.add(
                    ActionKind::Grace,
                    standing.until,
                    text,
                    holding.hint_for_current(),
                );
            }
            _ => {}
        }
        if !is_pooled && !holding.missing.is_empty() {
            let text = format!("Active systems need more than they hold; {missing}.");
            self.add(
                ActionKind::Missing,
                None,
                text,
                holding.hint_for_requests(&holding.to_order.missing),
            );
        }
        if !holding.waiting.is_empty() {
            let text = format!(
                "{} for licences: {}; not counted yet: {}{}.",
                wait(holding.waiting_systems),
                holding.in_words(&holding.waiting),
                holding.in_words(&holding.waiting_beyond),
                holding.supply(&holding.to_order.waiting)
            );
            self.add(ActionKind::Waiting, None, text, holding.hint_for_waiting());
        }
    }

    /// What the signer could not renew; the running period's renewal stands under its grace.
    fn renewal(&mut self) {
        let holding = self.holding;
        if holding.could_not_renew.is_empty() || holding.renews_running() {
            return;
        }
        let kinds = [ExpiringKind::Subscription, ExpiringKind::Seats];
        let first = holding
            .expiring
            .iter()
            .find(|end| kinds.contains(&end.kind));
        let (lacks, supply) = (
            holding.in_words(&holding.could_not_renew),
            holding.supply(&holding.to_order.not_renewed),
        );
        let end = first.map_or_else(String::new, |end| {
            format!("; the end is {}", days_of(end.until, end.grace_until))
        });
        let text = format!("Could not be renewed for want of licences: {lacks}{supply}{end}.");
        self.add(
            ActionKind::CouldNotRenew,
            first.map(|end| end.until),
            text,
            Holding::hint_for_renewal(),
        );
    }

    fn growth(&mut self) {
        let Some(growth) = self.holding.growth else {
            return;
        };
        let share = growth
            .used_percent
            .map_or_else(String::new, |percent| format!(", {percent} %"));
        let text = format!(
            "{} of {} licences of the growth allowance are used{share}.",
            growth.added, growth.allowance
        );
        let kind = if growth.over {
            ActionKind::GrowthOver
        } else {
            ActionKind::Growth
        };
        let hint = "Send the customer the text for it; assign what is bought with `keyspool \
            subscription assign ORG PRODUCT --period current`.";
        let covered = "The wallet has what grew: assign it with `keyspool subscription assign ORG \
            PRODUCT --period current`.";
        let hint = if self.holding.to_order.growth.is_empty() {
            covered
        } else {
            hint
        };
        self.add(kind, growth.until, text, hint);
    }

    fn ends(&mut self) -> Result<(), CountsOverflow> {
        let holding = self.holding;
        let of = |kinds: &[ExpiringKind]| {
            holding
                .expiring
                .iter()
                .filter(|end| kinds.contains(&end.kind))
                .collect::<Vec<_>>()
        };
        self.subscription_ends(&of(&[ExpiringKind::Subscription]));
        let (ended, ending): (Vec<&Expiring>, Vec<&Expiring>) = of(&[ExpiringKind::Seats])
            .into_iter()
            .partition(|end| end.days_left < 0);
        let said: Vec<&Expiring> = ending
            .into_iter()
            .filter(|end| !holding.is_provided_for(end) && !holding.is_overdue(end))
            .collect();
        self.seats(ActionKind::ExpiringSeats, "Seats end", &said)?;
        self.seats(
            ActionKind::SeatsInGrace,
            "Seats have ended and work in their grace: they ended",
            &ended,
        )?;
        let stored = of(&[ExpiringKind::Stored, ExpiringKind::Returned]);
        if let (Some(first), Some(last)) = (stored.first(), stored.last()) {
            let (days, sum) = (
                span(first.until, last.until),
                self.sum(stored.iter().map(|end| &end.licences))?,
            );
            let text = format!("Stored licences expire {days}: {sum}.");
            self.add(
                ActionKind::ExpiringStored,
                Some(first.until),
                text,
                "Let the customer use or assign them.",
            );
        }
        Ok(())
    }

    /// Nothing is to be done where nothing lacks, or where the signer renews and the wallet
    /// suffices.
    fn subscription_ends(&mut self, ends: &[&Expiring]) {
        let holding = self.holding;
        let (Some(end), Some(next)) = (ends.first(), &holding.marks.next) else {
            return;
        };
        let is_told = !holding.could_not_renew.is_empty();
        if is_told
            || next.lacks.is_empty()
            || (holding.auto_renew && holding.to_order.ending.is_empty())
        {
            return;
        }
        let (lacks, supply) = (
            holding.in_words(&next.lacks),
            holding.supply(&holding.to_order.ending),
        );
        let days = days_of(end.until, end.grace_until);
        let text = format!(
            "The subscription is licensed until {days}; the period after that lacks \
                {lacks}{supply}."
        );
        self.add(
            ActionKind::ExpiringSubscription,
            Some(end.until),
            text,
            holding.hint_for_next(next),
        );
    }

    fn seats(
        &mut self,
        kind: ActionKind,
        what: &str,
        ends: &[&Expiring],
    ) -> Result<(), CountsOverflow> {
        let (Some(first), Some(last)) = (ends.first(), ends.last()) else {
            return Ok(());
        };
        let graces = ends.iter().filter_map(|end| end.grace_until);
        let days = days_between(
            (first.until, last.until),
            graces.clone().min().zip(graces.max()),
        );
        let sum = self.sum(ends.iter().map(|end| &end.licences))?;
        let hint = self.holding.hint_for_seats(self.holding.auto_renew);
        self.add(
            kind,
            Some(first.until),
            format!("{what} {days}: {sum}."),
            hint,
        );
        Ok(())
    }

    fn ended_seats(&mut self) -> Result<(), CountsOverflow> {
        let ended: &[EndedSeats] = &self.holding.ended_seats;
        let (Some(newest), Some(oldest)) = (ended.first(), ended.last()) else {
            return Ok(());
        };
        let graces = ended.iter().filter_map(|seats| seats.grace_until);
        let days = days_between(
            (oldest.until, newest.until),
            graces.clone().min().zip(graces.max()),
        );
        let (systems, sum) = (
            ended.len() as u64,
            self.sum(ended.iter().map(|seats| &seats.licences))?,
        );
        let systems = count_of(
            systems,
            "system is without a licence: its seats",
            "systems are without a licence: their seats",
        );
        let gone = "what is gone for good: `keyspool activation release COMPUTER-ID \
            --without-proof --reason TEXT`.";
        let hint = format!("{} Release {gone}", self.holding.hint_for_seats(false));
        self.add(
            ActionKind::EndedSeats,
            Some(oldest.until),
            format!("{systems} ended {days}: {sum}."),
            hint,
        );
        Ok(())
    }

    fn sum<'c>(&self, counts: impl Iterator<Item = &'c Counts>) -> Result<String, CountsOverflow> {
        let mut sum = Counts::new();
        for one in counts {
            sum = sum.plus(one)?;
        }
        Ok(self.holding.in_words(&sum))
    }

    /// Seats that are held; those that have ended are nobody's to give back.
    fn held(&mut self) {
        let open: Vec<&HeldSeats> = self
            .holding
            .held_seats
            .iter()
            .filter(|seats| seats.is_open())
            .collect();
        let (denied, others): (Vec<&HeldSeats>, Vec<&HeldSeats>) = open
            .into_iter()
            .partition(|seats| seats.why == HeldReason::Denied);
        let deny = "Give them back with `keyspool activation deny COMPUTER-ID --return-seat \
            --reason TEXT`, or leave them held.";
        let approve = "Give them back with `keyspool activation approve COMPUTER-ID --reason \
            TEXT`, or leave them held.";
        for (held, hint) in [(denied, deny), (others, approve)] {
            let Some(first) = held.first() else { continue };
            let text = format!(
                "{} for an operator: {}.",
                wait_for(held.len() as u64),
                first.why.as_str()
            );
            self.add(ActionKind::Held, Some(first.since), text, hint);
        }
    }

    fn systems(&mut self) {
        let holding = self.holding;
        for (abuse, kind) in [
            (Abuse::Proven, ActionKind::ProvenAbuse),
            (Abuse::Possible, ActionKind::PossibleAbuse),
        ] {
            let of: Vec<_> = holding
                .suspected
                .iter()
                .filter(|one| one.abuse == abuse)
                .collect();
            let (Some(newest), count) = (of.iter().map(|one| one.on).max(), of.len()) else {
                continue;
            };
            let text = format!(
                "{} after a release without proof: {}.",
                count_of(count as u64, "system spoke", "systems spoke"),
                abuse.as_str()
            );
            self.add(
                kind,
                Some(newest),
                text,
                "Ask the customer; `keyspool system show COMPUTER-ID` has the facts.",
            );
        }
        if holding.awaiting_approval > 0 {
            let text = format!(
                "{} for an operator's word.",
                wait(holding.awaiting_approval)
            );
            self.add(
                ActionKind::AwaitingApproval,
                None,
                text,
                "See them with `keyspool system list --waiting`.",
            );
        }
        if let Some(first) = holding.due.first() {
            let text = format!(
                "New activations are due to {}.",
                count_of(holding.due.len() as u64, "system", "systems")
            );
            self.add(
                ActionKind::Due,
                Some(first.day),
                text,
                "Issue them with `keyspool refresh`.",
            );
        }
        if let Some(first) = holding.unconfirmed.first() {
            let count = count_of(
                holding.unconfirmed.len() as u64,
                "system has",
                "systems have",
            );
            let text = format!(
                "{count} not confirmed an activation, the first since {}.",
                first.day.in_words()
            );
            self.add(
                ActionKind::Unconfirmed,
                Some(first.day),
                text,
                "Let the customer bring the confirmations back.",
            );
        }
        if let Some(first) = holding.emergencies.first() {
            let count = count_of(
                holding.emergencies.len() as u64,
                "emergency runs",
                "emergencies run",
            );
            let text = format!("{count}, the first until {}.", first.day.in_words());
            self.add(
                ActionKind::Emergency,
                Some(first.day),
                text,
                "Let the devices ask for their ordinary activations.",
            );
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
            self.add(
                ActionKind::Swing,
                Some(swing.renewed),
                text,
                "Ask the customer why.",
            );
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

/// `30 January 2028, with grace until 13 February 2028`.
fn days_of(until: Day, grace_until: Option<Day>) -> String {
    let grace = grace_until.map_or_else(String::new, |last| {
        format!(", with grace until {}", last.in_words())
    });
    format!("{}{grace}", until.in_words())
}

/// `on 30 January 2028`, `from 30 January 2028 to 2 February 2028`.
fn span(first: Day, last: Day) -> String {
    match first == last {
        true => format!("on {}", first.in_words()),
        false => format!("from {} to {}", first.in_words(), last.in_words()),
    }
}

/// Ends with the last days of use after them, each the earliest and the latest.
fn days_between((first, last): (Day, Day), graces: Option<(Day, Day)>) -> String {
    let grace = match graces {
        None => String::new(),
        Some((one, other)) if one == other => format!(", with grace until {}", one.in_words()),
        Some((earliest, latest)) => format!(
            ", with grace until {} to {}",
            earliest.in_words(),
            latest.in_words()
        ),
    };
    format!("{}{grace}", span(first, last))
}
