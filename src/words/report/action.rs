//! What needs doing, in sentences.

use super::figures::by_name;
use super::hint;
use crate::licence::{Counts, Day, Identifier};
use crate::policy::record::given_up::Abuse;
use crate::policy::report::figures::Report;
use crate::policy::report::holding::{Growth, Holding};
use crate::policy::report::kind::{ActionKind, Urgency};
use crate::policy::report::matter::{Ends, Matter};
use serde::Serialize;

/// One thing that needs doing, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToDo {
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

/// The actions of a report in words, in their order.
#[must_use]
pub fn to_do(report: &Report) -> Vec<ToDo> {
    let worded = report.actions.iter().filter_map(|action| {
        let customer = report
            .organizations
            .iter()
            .find(|customer| customer.id == action.organization)?;
        let holding = customer
            .products
            .iter()
            .find(|holding| holding.product == action.product)?;
        Some(ToDo {
            urgency: action.urgency,
            kind: action.kind,
            day: action.day,
            organization: action.organization.clone(),
            product: action.product.clone(),
            text: text_of(&action.matter, holding),
            hint: hint::of(&action.matter, holding),
        })
    });
    worded.collect()
}

fn text_of(matter: &Matter, holding: &Holding) -> String {
    let order = &holding.purchase;
    let said = |counts: &Counts| by_name(counts, holding);
    match matter {
        Matter::Unlicensed(since) => {
            let since = since.map_or_else(String::new, |day| format!(" since {}", day.in_words()));
            format!("The period is not licensed{since}; {}.", missing(holding))
        }
        Matter::Grace(until) => {
            let until = until.map_or_else(String::new, |day| format!(" until {}", day.in_words()));
            format!("Works in its grace{until}; {}.", missing(holding))
        }
        Matter::Missing => {
            format!(
                "Active systems need more than they hold; {}.",
                missing(holding)
            )
        }
        Matter::Waiting => format!(
            "{} for licences: {}; not counted yet: {}{}.",
            wait(holding.waiting_systems),
            said(&holding.waiting),
            said(&holding.waiting_beyond),
            supply(holding, &order.waiting)
        ),
        Matter::CouldNotRenew(end) => {
            let end = end.map_or_else(String::new, |(until, grace_until)| {
                format!("; the end is {}", days_of(until, grace_until))
            });
            format!(
                "Could not be renewed for want of licences: {}{}{end}.",
                said(&holding.could_not_renew),
                supply(holding, &order.not_renewed)
            )
        }
        Matter::GrowthOver(growth) | Matter::Growth(growth) => of_growth(growth),
        Matter::ExpiringSubscription((until, grace_until), next) => format!(
            "The subscription is licensed until {}; the period after that lacks {}{}.",
            days_of(*until, *grace_until),
            said(&next.lacks),
            supply(holding, &order.ending)
        ),
        Matter::ExpiringSeats(ends) => {
            format!(
                "Seats end {}: {}.",
                days_between(ends),
                said(&ends.licences)
            )
        }
        Matter::SeatsInGrace(ends) => format!(
            "Seats have ended and work in their grace: they ended {}: {}.",
            days_between(ends),
            said(&ends.licences)
        ),
        Matter::ExpiringStored(ends) => format!(
            "Stored licences expire {}: {}.",
            span(ends.first, ends.last),
            said(&ends.licences)
        ),
        Matter::EndedSeats(systems, ends) => {
            let (one, many) = (
                "system is without a licence: its seats",
                "systems are without a licence: their seats",
            );
            format!(
                "{} ended {}: {}.",
                count_of(*systems, one, many),
                days_between(ends),
                said(&ends.licences)
            )
        }
        other => of_systems(other),
    }
}

/// What is said of systems, whatever the names of the types are.
fn of_systems(matter: &Matter) -> String {
    match matter {
        Matter::Held(systems, why) => {
            format!("{} for an operator: {}.", wait_for(*systems), why.as_str())
        }
        Matter::ProvenAbuse(systems) => of_abuse(*systems, Abuse::Proven),
        Matter::PossibleAbuse(systems) => of_abuse(*systems, Abuse::Possible),
        Matter::AwaitingApproval(systems) => format!("{} for an operator's word.", wait(*systems)),
        Matter::Due(systems) => format!(
            "New activations are due to {}.",
            count_of(*systems, "system", "systems")
        ),
        Matter::Unconfirmed(systems, first) => format!(
            "{} not confirmed an activation, the first since {}.",
            count_of(*systems, "system has", "systems have"),
            first.in_words()
        ),
        Matter::Emergency(count, first) => format!(
            "{}, the first until {}.",
            count_of(*count, "emergency runs", "emergencies run"),
            first.in_words()
        ),
        Matter::Swing(swing) => format!(
            "The need fell from {} to {} before the renewal on {}, and rose to {} on {}.",
            swing.from,
            swing.judged,
            swing.renewed.in_words(),
            swing.to,
            swing.raised.in_words()
        ),
        _ => String::new(),
    }
}

fn of_abuse(systems: u64, abuse: Abuse) -> String {
    format!(
        "{} after a release without proof: {}.",
        count_of(systems, "system spoke", "systems spoke"),
        abuse.as_str()
    )
}

fn of_growth(growth: &Growth) -> String {
    let share = growth
        .used_percent
        .map_or_else(String::new, |percent| format!(", {percent} %"));
    format!(
        "{} of {} licences of the growth allowance are used{share}.",
        growth.added, growth.allowance
    )
}

fn missing(holding: &Holding) -> String {
    format!(
        "missing: {}{}",
        by_name(&holding.missing, holding),
        supply(holding, &holding.purchase.missing)
    )
}

/// `; stored: 6 × Core; to order: 5 × Core`, where the wallet holds something.
fn supply(holding: &Holding, order: &Counts) -> String {
    if holding.stored.is_empty() {
        return String::new();
    }
    format!(
        "; stored: {}; to order: {}",
        by_name(&holding.stored, holding),
        by_name(order, holding)
    )
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
fn days_between(ends: &Ends) -> String {
    let grace = match ends.graces {
        None => String::new(),
        Some((one, other)) if one == other => format!(", with grace until {}", one.in_words()),
        Some((earliest, latest)) => format!(
            ", with grace until {} to {}",
            earliest.in_words(),
            latest.in_words()
        ),
    };
    format!("{}{grace}", span(ends.first, ends.last))
}
