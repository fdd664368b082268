//! One line of `history list`: who did what, when, for whom, why.

use crate::licence::{ComputerId, Counts};
use crate::ops::history::Found;
use crate::policy::model::device::seats;
use crate::policy::record::event::Event;
use crate::policy::record::event::about::{About, Why};
use crate::policy::record::event::given_up::{Denied, Reinstated};
use crate::policy::record::event::granted::Granted;
use crate::policy::record::key::KeyRow;
use crate::policy::record::seat::Seat;
use crate::policy::record::subscription::{Assignment, Start};
use crate::policy::record::system::IssuedActivation;
use crate::policy::record::wallet;
use crate::policy::record::wallet::Lot;
use crate::words::escape::for_terminal;
use serde_json::json;
use std::collections::BTreeSet;

/// `    12  2026-11-22T05:00:00Z  mara  granted: activated  acme vms DK4KN-…  file lobby.json`.
///
/// If an entry names only systems other than the one asked for, the line says why it concerns that
/// one.
pub(super) fn line(found: &Found<'_>, system: Option<ComputerId>) -> String {
    let entry = found.entry;
    let about = entry.event.about();
    let name = entry.event.name();
    let mut details = vec![detail(found)];
    details.extend(
        entry
            .event
            .came_on()
            .filter(|day| *day != entry.at.day())
            .map(|day| format!("on {day}")),
    );
    details.retain(|detail| !detail.is_empty());
    let what = if details.is_empty() {
        name.to_owned()
    } else {
        format!("{name}: {}", details.join(", "))
    };
    let other = system.filter(|id| !about.systems.is_empty() && !about.systems.contains(id));
    let other = other.map_or_else(String::new, |id| {
        format!(" (the subscription is that of {id}, too)")
    });
    let (whom, why) = (whom(&about, found.key.as_ref()), why(&about.why));
    for_terminal(&format!(
        "{:>6}  {}  {}  {what}  {whom}{other}  {why}",
        entry.number, entry.at, entry.operator
    ))
}

fn whom(about: &About<'_>, key: Option<&KeyRow>) -> String {
    let one = |all: Vec<String>, many: &str| {
        let distinct: BTreeSet<&String> = all.iter().collect();
        match distinct.len() {
            0 => None,
            1 => all.first().cloned(),
            count => Some(format!("{count} {many}")),
        }
    };
    let mut systems: Vec<String> = about.systems.iter().map(ToString::to_string).collect();
    // The entry is about the first; it only mentions the others.
    let others = systems.split_off(systems.len().min(1));
    let words = [
        one(
            about
                .organizations
                .iter()
                .map(ToString::to_string)
                .collect(),
            "organizations",
        ),
        one(
            about
                .products
                .iter()
                .copied()
                .chain(key.map(|key| &key.product))
                .map(ToString::to_string)
                .collect(),
            "products",
        ),
        systems.pop(),
        mentioned(&others),
        one(
            about.keys.iter().map(|key| format!("key {key}")).collect(),
            "keys",
        ),
    ];
    let words: Vec<String> = words.into_iter().flatten().collect();
    if words.is_empty() {
        "-".to_owned()
    } else {
        words.join(" ")
    }
}

/// Systems beside the one that it is about: by name while they are few.
fn mentioned(systems: &[String]) -> Option<String> {
    match systems.len() {
        0 => None,
        1..=3 => Some(format!("and {}", systems.join(" "))),
        count => Some(format!("and {count} systems")),
    }
}

fn why(why: &Why<'_>) -> String {
    match why {
        Why::Command => "by command".to_owned(),
        Why::Reason(reason) => format!("because: {reason}"),
        Why::File(source) => format!("file {}", source.file),
        Why::Order(text) => format!("order: {text}"),
        Why::Stated(reason, source) => format!("because: {reason}, file {}", source.file),
        Why::Day => "the day came".to_owned(),
        Why::Found => "found".to_owned(),
    }
}

/// What an event says beside its name and whom it concerns.
fn detail(found: &Found<'_>) -> String {
    let event = &found.entry.event;
    match event {
        Event::CatalogueApplied { .. } => found.changes.join("; "),
        Event::KeysMinted { licences, keys, .. } => format!("{} each worth {licences}", keys.len()),
        Event::KeyRedeemed { lots: all, .. }
        | Event::KeyUnredeemed { lots: all, .. }
        | Event::LotsExpired { lots: all, .. } => lots(all).to_string(),
        Event::KeyVoided {
            organization,
            removed,
            ..
        } => {
            let worth = found
                .key
                .as_ref()
                .filter(|_| organization.is_some())
                .map(|key| &key.licences);
            worth.map_or_else(
                || "it was unused".to_owned(),
                |worth| voided(&lots(removed), worth),
            )
        }
        Event::Granted(granted) | Event::Issued(granted) => granted_parts(granted),
        Event::EmergencyGranted(granted) => stated(&granted.system.activation),
        Event::Deactivated(given) => returned(&given.returned, given.held),
        Event::Released(given) => format!(
            "{}, {}",
            word(&json!(given.how)),
            returned(&given.returned, given.held)
        ),
        Event::Confirmed {
            sequence, returned, ..
        } => parts([
            Some(format!("sequence {sequence}")),
            some(&lots(returned), "returned"),
        ]),
        Event::Refused(refused) => refused.code.to_string(),
        Event::Suspected(suspected) => suspected.abuse.as_str().to_owned(),
        Event::SubscriptionStarted { started, .. } => periods(started),
        Event::LicencesAssigned { assignment, .. } => assigned(assignment, ""),
        Event::PeriodBegan {
            period, licensed, ..
        } => {
            format!(
                "period {period}, {}",
                if *licensed {
                    "licensed"
                } else {
                    "not licensed"
                }
            )
        }
        Event::TemporaryEnded { plan, .. } => plan.to_string(),
        Event::ExpansionsAssigned { taken, .. } => lots(taken).to_string(),
        Event::RecordsImported { records, .. } => format!("{} record(s)", records.len()),
        Event::DayBegan { day } => day.to_string(),
        Event::UnlocksFailed { count, first, last } => {
            format!("{count} time(s), {first} to {last}")
        }
        Event::PartsWaiting { have, count, .. } => format!("{} of {count}", have.len()),
        Event::ClockAccepted { newest, clock, .. } => format!("{clock}, after {newest}"),
        Event::SeatsReleased { .. }
        | Event::Denied(_)
        | Event::Undenied(_)
        | Event::Reinstated(_)
        | Event::SeatsEnded { .. }
        | Event::SeatsRenewed { .. } => seats_detail(event),
        Event::Began { .. } | Event::Approved { .. } | Event::CodeRefused(_) => String::new(),
    }
}

/// What becomes of the seats of a system.
fn seats_detail(event: &Event) -> String {
    match event {
        Event::SeatsReleased {
            returned, ended, ..
        } => parts([
            some(&lots(returned), "returned"),
            some(&seats(ended), "had ended"),
        ]),
        Event::Denied(denied) => what_denying_did(denied),
        Event::Undenied(back) | Event::Reinstated(back) => what_came_back(back),
        Event::SeatsEnded { ended, .. } => seats(ended).to_string(),
        Event::SeatsRenewed {
            taken, seats: all, ..
        } => {
            let first_end = all
                .iter()
                .filter(|seat| !seat.spare)
                .map(|seat| seat.term.end())
                .min();
            parts([
                some(&lots(taken), "taken"),
                first_end.map(|day| format!("licensed until {day}")),
            ])
        }
        _ => String::new(),
    }
}

fn what_denying_did(denied: &Denied) -> String {
    match (denied.seats.is_empty(), denied.return_seat) {
        (false, _) => parts([
            some(&seats(&denied.seats), "held"),
            some(&lots(&denied.returned), "returned"),
        ]),
        (true, _) if !denied.returned.is_empty() => format!("{} returned", lots(&denied.returned)),
        (true, true) => "what it held is free".to_owned(),
        (true, false) => "no seats".to_owned(),
    }
}

fn what_came_back(back: &Reinstated) -> String {
    parts([
        some(&lots(&back.taken), "taken"),
        some(&seats(&back.seats), "held now"),
    ])
}

fn voided(removed: &Counts, worth: &Counts) -> String {
    format!(
        "{removed} removed from the wallet; {} out of reach",
        removed.lacking(worth)
    )
}

/// What was granted, and what the request did for it.
fn granted_parts(granted: &Granted) -> String {
    let mut all = vec![format!(
        "{}, {}",
        word(&json!(granted.outcome)),
        stated(&granted.system.activation)
    )];
    let redeemed = |redemption: &crate::policy::record::event::file::Redemption| {
        let worth = lots(&redemption.lots);
        format!("key {} redeemed, {worth}", redemption.key)
    };
    all.extend(granted.redeemed.iter().map(redeemed));
    all.extend(
        granted
            .started
            .as_ref()
            .map(|start| format!("subscription started, {}", periods(start))),
    );
    all.extend(
        granted
            .assignments
            .iter()
            .map(|assignment| assigned(assignment, "assigned ")),
    );
    all.extend(some(&lots(&granted.taken), "taken"));
    all.extend(some(&lots(&granted.returned), "returned"));
    all.join("; ")
}

fn periods(start: &Start) -> String {
    let first = start
        .first_of(0)
        .map_or_else(String::new, |day| format!(" from {day}"));
    format!("periods of {} months{first}", start.term_months)
}

fn assigned(assignment: &Assignment, word: &str) -> String {
    let taken = format!(
        "{} {word}to period {}",
        lots(&assignment.taken),
        assignment.period
    );
    parts([Some(taken), some(&lots(&assignment.credited), "credited")])
}

fn lots(lots: &[Lot]) -> Counts {
    wallet::counts(lots).unwrap_or_default()
}

fn seats(seats: &[Seat]) -> Counts {
    seats::counts(seats).unwrap_or_default()
}

/// `3 seat returned`; nothing where there is nothing.
fn some(counts: &Counts, what: &str) -> Option<String> {
    (!counts.is_empty()).then(|| format!("{counts} {what}"))
}

fn parts<const N: usize>(parts: [Option<String>; N]) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

fn word(value: &serde_json::Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn stated(activation: &IssuedActivation) -> String {
    let until = activation
        .validity
        .valid_until
        .map_or_else(|| "for good".to_owned(), |day| format!("until {day}"));
    format!("{} {until}", activation.licences)
}

fn returned(lots: &[Lot], held: bool) -> String {
    if held {
        return "seats held".to_owned();
    }
    let counts = wallet::counts(lots).unwrap_or_default();
    if counts.is_empty() {
        "nothing returned".to_owned()
    } else {
        format!("{counts} returned")
    }
}
