//! The figures in words, for the operator and the licence manager.

use crate::licence::{Counts, Day, Identifier};
use crate::policy::record::catalogue::settings::Model;
use crate::policy::record::tally::TallyRow;
use crate::policy::report::ends::ExpiringKind;
use crate::policy::report::holding::{Growth, Holding, Standing, Systems};
use crate::policy::report::kind::{ActionKind, Urgency};
use crate::policy::report::status::Status;
use crate::words::escape::for_terminal;
use std::collections::BTreeSet;

/// The model, as people say it.
pub fn model(model: Model) -> &'static str {
    match model {
        Model::PooledSubscription => "pooled subscription",
        Model::DeviceSubscription => "device subscription",
        Model::Hardware => "hardware",
    }
}

/// The heading over what is assigned.
pub fn assigned(model: Model) -> &'static str {
    match model {
        Model::PooledSubscription => "Assigned now",
        Model::DeviceSubscription => "Seats at systems",
        Model::Hardware => "Expansions",
    }
}

/// How a product stands, with its date.
pub fn standing(holding: &Holding) -> String {
    let Standing {
        status,
        until,
        since,
    } = holding.standing;
    let word = match (status, holding.model) {
        (Status::NotStarted, Model::PooledSubscription) => "not started",
        (Status::NotStarted, _) => "no system active",
        (Status::Trial, _) => "on trial",
        (Status::ExpiresSoon, _) => "expires soon, licensed",
        (Status::Licensed, _) => "licensed",
        (Status::Started, _) => "started, in its grace",
        (Status::Grace, _) => "in its grace",
        (Status::Expired, Model::PooledSubscription) => "not licensed",
        (Status::Expired, _) => "all systems ended",
    };
    match (until, since) {
        (Some(day), _) if holding.model == Model::DeviceSubscription && status != Status::Trial => {
            format!("{word} until {} (earliest seat)", day.in_words())
        }
        (Some(day), _) => format!("{word} until {}", day.in_words()),
        (None, Some(day)) => format!("{word} since {}", day.in_words()),
        (None, None) => word.to_owned(),
    }
}

/// How soon somebody should look at it.
pub fn urgency(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Now => "Act now",
        Urgency::Soon => "Soon",
        Urgency::Note => "To be known",
    }
}

/// The heading of one kind of action.
pub fn kind(kind: ActionKind) -> &'static str {
    match kind {
        ActionKind::ProvenAbuse => "Proven abuse",
        ActionKind::Unlicensed => "Not licensed",
        ActionKind::EndedSeats => "Seats that have ended",
        ActionKind::GrowthOver => "Over the growth allowance",
        ActionKind::CouldNotRenew => "Could not be renewed",
        ActionKind::Grace => "Working in grace",
        ActionKind::SeatsInGrace => "Seats in their grace",
        ActionKind::Missing => "Licences missing",
        ActionKind::Waiting => "Waiting for licences",
        ActionKind::ExpiringSubscription => "Subscriptions that end",
        ActionKind::ExpiringSeats => "Seats that end",
        ActionKind::ExpiringStored => "Stored licences that expire",
        ActionKind::Growth => "Growth allowance used to 80 % and more",
        ActionKind::Held => "Seats held",
        ActionKind::PossibleAbuse => "Possible abuse",
        ActionKind::AwaitingApproval => "Waiting for approval",
        ActionKind::Due => "Due for a refresh",
        ActionKind::Unconfirmed => "Issued, not confirmed",
        ActionKind::Emergency => "Emergencies running",
        ActionKind::Swing => "Need swung around a renewal",
    }
}

/// What ends.
pub fn ending(kind: ExpiringKind) -> &'static str {
    match kind {
        ExpiringKind::Subscription => "subscription",
        ExpiringKind::Seats => "seats in use",
        ExpiringKind::Stored => "stored licences",
        ExpiringKind::Returned => "returned seats",
    }
}

/// Days to an end.
pub fn days_left(days: i64) -> String {
    match days {
        0 => "today".to_owned(),
        1 => "1 day".to_owned(),
        -1 => "1 day ago, in grace".to_owned(),
        days if days < 0 => format!("{} days ago, in grace", days.unsigned_abs()),
        days => format!("{days} days"),
    }
}

/// A day, or that there is none.
pub fn day(day: Option<Day>) -> String {
    day.map_or_else(|| "none".to_owned(), Day::in_words)
}

/// Counts by the names of their types.
pub fn counts(counts: &Counts, holding: &Holding) -> String {
    for_terminal(&by_name(counts, holding))
}

/// Counts by the names of their types, in their declared order: `16 × Core, 4 × Universal`, or
/// `none`. Names are as the catalogue has them, not escaped.
pub(super) fn by_name(counts: &Counts, holding: &Holding) -> String {
    let types = &holding.licence_types;
    let held = types.iter().filter(|known| counts.of(&known.id) > 0);
    let words: Vec<String> = held
        .map(|known| format!("{} × {}", counts.of(&known.id), known.name))
        .collect();
    if words.is_empty() {
        "none".to_owned()
    } else {
        words.join(", ")
    }
}

/// How many systems there are, each number with its word.
pub fn systems(systems: &Systems) -> String {
    let always = [(systems.active, "active")];
    let sometimes = [
        (systems.trial, "on trial"),
        (systems.emergency, "in an emergency"),
        (systems.ended, "ended"),
        (systems.denied, "denied"),
        (systems.deactivated, "deactivated with proof"),
        (systems.released_after_end, "released after their end"),
    ];
    let kept = sometimes.into_iter().filter(|(count, _)| *count > 0);
    let words: Vec<String> = always
        .into_iter()
        .chain(kept)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    words.join(", ")
}

/// Releases that nobody can prove, each kind counted apart; none where there are none.
pub fn unproven(systems: &Systems) -> Option<String> {
    let recently = |all: u64, recent: u64, word: &str| {
        format!("{all} {word}, {recent} of them within 365 days")
    };
    let released = recently(
        systems.released_without_proof,
        systems.released_without_proof_recently,
        "released without proof",
    );
    let recovered = recently(
        systems.recovered,
        systems.recovered_recently,
        "recovered on the same hardware",
    );
    let words: Vec<String> = [
        (systems.released_without_proof, released),
        (systems.recovered, recovered),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(_, words)| words)
    .collect();
    (!words.is_empty()).then(|| words.join("; "))
}

/// Growth, with the share of the allowance that is used.
pub fn growth(growth: &Growth) -> String {
    let share = growth
        .used_percent
        .map_or_else(String::new, |percent| format!(", {percent} %"));
    let verdict = if growth.over {
        "over the allowance"
    } else {
        "80 % and more of the allowance"
    };
    format!(
        "{verdict}: {} of {} additional licences used{share} (assigned {}, needed {})",
        growth.added, growth.allowance, growth.assigned, growth.need
    )
}

/// Where the licences of a product are; the first two are the sum of the others.
pub fn places(tally: &TallyRow) -> [(&'static str, &Counts); 9] {
    [
        ("Minted", &tally.minted),
        ("Credited", &tally.credited),
        ("Not redeemed", &tally.unredeemed),
        ("Void", &tally.voided),
        ("In store", &tally.stored),
        ("Assigned", &tally.assigned),
        ("Used by seats", &tally.consumed),
        ("Held", &tally.held),
        ("Expired", &tally.expired),
    ]
}

/// Every licence type of which there ever was a licence.
pub fn types(tally: &TallyRow) -> BTreeSet<&Identifier> {
    tally
        .minted
        .iter()
        .chain(tally.credited.iter())
        .map(|(licence_type, _)| licence_type)
        .collect()
}
