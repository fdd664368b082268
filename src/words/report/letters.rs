//! Texts that can be sent to the customer, in the customer's language.

use super::language::{Language, filled};
use super::phrases::Phrases;
use crate::licence::{Counts, Day, Identifier};
use crate::policy::record::catalogue::settings::Model;
use crate::policy::report::ends::{EndedSeats, Expiring, ExpiringKind};
use crate::policy::report::figures::{Customer, Report};
use crate::policy::report::holding::{Growth, Holding};
use crate::policy::report::status::Status;
use crate::words::escape::for_terminal;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Most systems of one list that people are shown.
pub const LISTED: usize = 20;

/// What a letter is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Licences are missing.
    Missing,
    /// 80 % of the growth allowance and more is used.
    Growth,
    /// Licences end within 90 days.
    Expiring,
    /// Activations were issued and never confirmed.
    Unconfirmed,
}

/// A text that can be sent to a customer. Names in it are escaped for terminals, not for HTML.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Letter {
    /// To whom.
    pub organization: Identifier,
    /// Of which product.
    pub product: Identifier,
    /// What it is about.
    pub about: About,
    /// `en`, `de`, `zh` or `es`.
    pub language: String,
    /// One line.
    pub subject: String,
    /// Paragraphs with an empty line between them; lines of a list begin with `- `.
    pub text: String,
}

/// Every letter, by organization, product and what it is about.
#[must_use]
pub fn letters(report: &Report) -> Vec<Letter> {
    let each = report.organizations.iter().flat_map(|customer| {
        customer
            .products
            .iter()
            .map(move |holding| (customer, holding))
    });
    each.flat_map(|(customer, holding)| letters_of(report.day, customer, holding))
        .collect()
}

/// The letters about one product.
pub fn letters_of(day: Day, customer: &Customer, holding: &Holding) -> Vec<Letter> {
    let writer = Writer::new(day, customer, holding);
    [
        writer.missing(),
        writer.growth(),
        writer.expiring(),
        writer.unconfirmed(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

struct Writer<'a> {
    day: Day,
    customer: &'a Customer,
    holding: &'a Holding,
    language: Language,
    phrases: &'static Phrases,
    product: String,
}

impl<'a> Writer<'a> {
    fn new(day: Day, customer: &'a Customer, holding: &'a Holding) -> Self {
        let language = Language::of(&customer.language);
        Self {
            day,
            customer,
            holding,
            language,
            phrases: language.phrases(),
            product: for_terminal(&holding.name),
        }
    }

    fn letter(
        &self,
        about: About,
        subject: &str,
        opening: &str,
        list: &[String],
        closing: &[String],
    ) -> Letter {
        let of_product = |template| filled(template, &[("product", &self.product)]);
        let list: Vec<String> = list.iter().map(|line| format!("- {line}")).collect();
        let mut paragraphs = vec![
            self.phrases.greeting.to_owned(),
            of_product(opening),
            list.join("\n"),
        ];
        paragraphs.extend_from_slice(closing);
        let contact = self.customer.contact.as_deref().map(for_terminal);
        paragraphs
            .extend(contact.map(|contact| filled(self.phrases.contact, &[("contact", &contact)])));
        let (name, day) = (
            for_terminal(&self.customer.name),
            self.language.day(self.day),
        );
        paragraphs.push(filled(
            self.phrases.as_of,
            &[("organization", &name), ("day", &day)],
        ));
        Letter {
            organization: self.customer.id.clone(),
            product: self.holding.product.clone(),
            about,
            language: self.customer.language.clone(),
            subject: of_product(subject),
            text: paragraphs.join("\n\n"),
        }
    }

    fn counts(&self, counts: &Counts) -> String {
        self.language.counts(counts, &self.holding.licence_types)
    }

    fn missing(&self) -> Option<Letter> {
        let (holding, phrases) = (self.holding, self.phrases);
        let standing = holding.standing;
        let with = |template: &str, counts: &Counts, systems: u64| {
            let values = [
                ("licences", self.counts(counts)),
                ("systems", self.language.systems(systems)),
            ];
            filled(
                template,
                &values
                    .each_ref()
                    .map(|(name, value)| (*name, value.as_str())),
            )
        };
        let is_unlicensed = matches!(
            standing.status,
            Status::Started | Status::Grace | Status::Expired
        );
        let order = &holding.to_order;
        let mut list = Vec::new();
        if !order.missing.is_empty() {
            list.push(with(phrases.missing_now, &order.missing, 0));
        }
        if !order.waiting.is_empty() {
            list.push(with(
                phrases.missing_waiting,
                &order.waiting,
                holding.waiting_beyond_systems,
            ));
        }
        if !order.not_renewed.is_empty() {
            list.push(with(phrases.missing_renewal, &order.not_renewed, 0));
        }
        if list.is_empty() {
            return None;
        }
        let mut closing = Vec::new();
        if holding.model == Model::PooledSubscription && !order.missing.is_empty() && is_unlicensed
        {
            closing.extend(
                standing.until.map(|day| {
                    filled(phrases.missing_grace, &[("until", &self.language.day(day))])
                }),
            );
            closing.extend(standing.since.map(|day| {
                filled(
                    phrases.missing_expired,
                    &[("since", &self.language.day(day))],
                )
            }));
        }
        closing.push(phrases.missing_order.to_owned());
        Some(self.letter(
            About::Missing,
            phrases.missing_subject,
            phrases.missing,
            &list,
            &closing,
        ))
    }

    fn growth(&self) -> Option<Letter> {
        let phrases = self.phrases;
        let growth: Growth = self
            .holding
            .growth
            .filter(|_| !self.holding.to_order.growth.is_empty())?;
        let until = growth
            .until
            .map(|day| self.language.day(day))
            .unwrap_or_default();
        let share = growth.used_percent.map(|percent| match self.language {
            Language::Chinese => format!("（{percent}%）"),
            _ => format!(" ({percent} %)"),
        });
        let line = |template: &str, count: u64| {
            let count = count.to_string();
            filled(
                template,
                &[
                    ("count", &count),
                    ("until", &until),
                    ("share", share.as_deref().unwrap_or_default()),
                ],
            )
        };
        let list = [
            line(phrases.growth_assigned, growth.assigned),
            line(phrases.growth_need, growth.need),
            line(phrases.growth_allowed, growth.allowance),
            line(phrases.growth_used, growth.added),
        ];
        let (subject, closing) = match growth.over {
            true => (phrases.growth_over_subject, phrases.growth_over),
            false => (phrases.growth_subject, phrases.growth_near),
        };
        Some(self.letter(
            About::Growth,
            subject,
            phrases.growth,
            &list,
            &[closing.to_owned()],
        ))
    }

    fn expiring(&self) -> Option<Letter> {
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
        if !holding.to_order.ending.is_empty() {
            let licences = self.counts(&holding.to_order.ending);
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

    fn unconfirmed(&self) -> Option<Letter> {
        let (phrases, systems) = (self.phrases, &self.holding.unconfirmed);
        if systems.is_empty() {
            return None;
        }
        let mut list: Vec<String> = systems
            .iter()
            .take(LISTED)
            .map(|system| {
                let since = self.language.day(system.day);
                let named = self
                    .language
                    .system(&for_terminal(&system.computer_name), system.computer_id);
                filled(
                    phrases.unconfirmed_system,
                    &[("system", &named), ("since", &since)],
                )
            })
            .collect();
        let more = systems.len().saturating_sub(LISTED) as u64;
        if more > 0 {
            list.push(filled(
                phrases.more,
                &[("systems", &self.language.systems(more))],
            ));
        }
        let closing = [phrases.unconfirmed_bring.to_owned()];
        Some(self.letter(
            About::Unconfirmed,
            phrases.unconfirmed_subject,
            phrases.unconfirmed,
            &list,
            &closing,
        ))
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
