//! The letter about licences that end soon or have ended.

use super::text::{About, Letter};
use super::writer::Writer;
use crate::licence::{Counts, Day};
use crate::policy::record::catalogue::settings::Model;
use crate::policy::report::ends::{EndedSeats, Expiring, ExpiringKind};
use crate::words::report::list::LISTED;
use crate::words::report::phrases::filled;
use std::cmp::Reverse;
use std::collections::BTreeMap;

impl Writer<'_> {
    /// What ends within 90 days or has ended; none where nothing does.
    pub(super) fn expiring(&self) -> Option<Letter> {
        let (holding, phrases) = (self.holding, self.phrases);
        let ends: Vec<&Expiring> = holding
            .expiring
            .iter()
            .filter(|end| !holding.is_provided_for(end))
            .collect();
        let mut list: Vec<String> = self.ended();
        let has_ended = !list.is_empty();
        list.extend(
            by_day(&ends)
                .into_iter()
                .map(|((until, grace_until, kind), end)| {
                    self.end((until, grace_until), kind, &end)
                }),
        );
        if list.is_empty() {
            return None;
        }
        let has = |kind| ends.iter().any(|end: &&Expiring| end.kind == kind);
        let is_in_use = has(ExpiringKind::Subscription) || has(ExpiringKind::Seats);
        let mut closing = Vec::new();
        if !holding.purchase.ending.is_empty() {
            let licences = self.counts(&holding.purchase.ending);
            closing.push(filled(phrases.expiring_renew, &[("licences", &licences)]));
        } else if holding.model == Model::DeviceSubscription
            && (has_ended || (is_in_use && !holding.auto_renew))
        {
            closing.push(phrases.expiring_extend.to_owned());
        }
        closing.extend((is_in_use && holding.auto_renew).then(|| phrases.expiring_auto.to_owned()));
        if has(ExpiringKind::Stored) || has(ExpiringKind::Returned) {
            closing.push(phrases.expiring_use.to_owned());
        }
        let (subject, opening) = match has_ended {
            true => (phrases.ended_subject, phrases.ended),
            false => (phrases.expiring_subject, phrases.expiring),
        };
        Some(self.letter(About::Expiring, subject, opening, &list, &closing))
    }

    /// Seats that have ended, newest first.
    fn ended(&self) -> Vec<String> {
        let mut ends: BTreeMap<Reverse<(Day, Option<Day>)>, End> = BTreeMap::new();
        for EndedSeats {
            until,
            grace_until,
            licences,
            ..
        } in &self.holding.ended_seats
        {
            ends.entry(Reverse((*until, *grace_until)))
                .or_default()
                .add(licences);
        }
        let line = |(Reverse((until, grace_until)), end): (&Reverse<(Day, Option<Day>)>, &End)| {
            self.dated(self.phrases.ended_seats, (*until, *grace_until), end)
        };
        let mut list: Vec<String> = ends.iter().take(LISTED).map(line).collect();
        let more: u64 = ends.values().skip(LISTED).map(|end| end.systems).sum();
        list.extend((more > 0).then(|| {
            filled(
                self.phrases.more,
                &[("systems", &self.language.systems(more))],
            )
        }));
        list
    }

    fn end(&self, days: (Day, Option<Day>), kind: ExpiringKind, end: &End) -> String {
        let template = match kind {
            ExpiringKind::Subscription => self.phrases.expiring_subscription,
            ExpiringKind::Seats if days.0 < self.day => self.phrases.expiring_ended,
            ExpiringKind::Seats => self.phrases.expiring_seats,
            ExpiringKind::Stored => self.phrases.expiring_stored,
            ExpiringKind::Returned => self.phrases.expiring_returned,
        };
        self.dated(template, days, end)
    }

    /// A line with both of its days in words.
    fn dated(&self, template: &str, (until, grace_until): (Day, Option<Day>), end: &End) -> String {
        let last = grace_until
            .map(|last| self.language.day(last))
            .unwrap_or_default();
        let grace = grace_until
            .map(|_| filled(self.phrases.grace, &[("until", &last)]))
            .unwrap_or_default();
        let (until, systems) = (self.language.day(until), self.language.systems(end.systems));
        let licences = self.counts(&end.licences);
        let days = [
            ("until", until.as_str()),
            ("grace", &grace),
            ("grace_until", &last),
        ];
        filled(
            template,
            &[&days[..], &[("licences", &licences), ("systems", &systems)]].concat(),
        )
    }
}

/// What ends on one day.
#[derive(Default)]
struct End {
    licences: Counts,
    systems: u64,
}

impl End {
    fn add(&mut self, licences: &Counts) {
        // Invariant: every sum of these was made before, when the wallet and the seats were
        // counted.
        self.licences = self.licences.plus(licences).unwrap_or_default();
        self.systems += 1;
    }
}

/// What ends, system by system no more: by its days and kind.
fn by_day(all: &[&Expiring]) -> BTreeMap<(Day, Option<Day>, ExpiringKind), End> {
    let mut ends: BTreeMap<(Day, Option<Day>, ExpiringKind), End> = BTreeMap::new();
    for Expiring {
        until,
        grace_until,
        kind,
        licences,
        ..
    } in all
    {
        ends.entry((*until, *grace_until, *kind))
            .or_default()
            .add(licences);
    }
    ends
}
