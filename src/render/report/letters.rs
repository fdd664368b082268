//! Texts that can be sent to the customer, in the customer's language.

use super::LISTED;
use super::language::{Language, filled};
use super::phrases::Phrases;
use crate::licence::{Counts, Day, Identifier};
use crate::policy::catalogue::Model;
use crate::policy::report::{Customer, Expiring, ExpiringKind, Growth, Holding, Report};
use crate::policy::subscription::status::Status;
use crate::render::escape::for_terminal;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

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
    let each = report.organizations.iter().flat_map(|customer| customer.products.iter().map(move |holding| (customer, holding)));
    each.flat_map(|(customer, holding)| letters_of(report.day, customer, holding)).collect()
}

/// The letters about one product.
pub(super) fn letters_of(day: Day, customer: &Customer, holding: &Holding) -> Vec<Letter> {
    let writer = Writer::new(day, customer, holding);
    [writer.missing(), writer.growth(), writer.expiring(), writer.unconfirmed()].into_iter().flatten().collect()
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
        Self { day, customer, holding, language, phrases: language.phrases(), product: for_terminal(&holding.name) }
    }

    fn letter(&self, about: About, subject: &str, opening: &str, list: &[String], closing: &[String]) -> Letter {
        let of_product = |template| filled(template, &[("product", &self.product)]);
        let list: Vec<String> = list.iter().map(|line| format!("- {line}")).collect();
        let mut paragraphs = vec![self.phrases.greeting.to_owned(), of_product(opening), list.join("\n")];
        paragraphs.extend_from_slice(closing);
        let contact = self.customer.contact.as_deref().map(for_terminal);
        paragraphs.extend(contact.map(|contact| filled(self.phrases.contact, &[("contact", &contact)])));
        let (name, day) = (for_terminal(&self.customer.name), self.language.day(self.day));
        paragraphs.push(filled(self.phrases.as_of, &[("organization", &name), ("day", &day)]));
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
            let values = [("licences", self.counts(counts)), ("systems", self.language.systems(systems))];
            filled(template, &values.each_ref().map(|(name, value)| (*name, value.as_str())))
        };
        let is_unlicensed = matches!(standing.status, Status::Started | Status::Grace | Status::Expired);
        let mut list = Vec::new();
        if !holding.missing.is_empty() && (is_unlicensed || holding.model != Model::PooledSubscription) {
            list.push(with(phrases.missing_now, &holding.missing, 0));
        }
        if !holding.stored.lacking(&holding.waiting).is_empty() {
            list.push(with(phrases.missing_waiting, &holding.waiting, holding.waiting_systems));
        }
        if !holding.could_not_renew.is_empty() {
            list.push(with(phrases.missing_renewal, &holding.could_not_renew, 0));
        }
        if list.is_empty() {
            return None;
        }
        let mut closing = Vec::new();
        if holding.model == Model::PooledSubscription && !holding.missing.is_empty() && is_unlicensed {
            closing.extend(standing.until.map(|day| filled(phrases.missing_grace, &[("until", &self.language.day(day))])));
            closing.extend(standing.since.map(|day| filled(phrases.missing_expired, &[("since", &self.language.day(day))])));
        }
        closing.push(phrases.missing_order.to_owned());
        Some(self.letter(About::Missing, phrases.missing_subject, phrases.missing, &list, &closing))
    }

    fn growth(&self) -> Option<Letter> {
        let phrases = self.phrases;
        let growth: Growth = self.holding.growth?;
        let until = growth.until.map(|day| self.language.day(day)).unwrap_or_default();
        let share = growth.used_percent.map(|percent| match self.language {
            Language::Chinese => format!("（{percent}%）"),
            _ => format!(" ({percent} %)"),
        });
        let line = |template: &str, count: u64| {
            let count = count.to_string();
            filled(template, &[("count", &count), ("until", &until), ("share", share.as_deref().unwrap_or_default())])
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
        Some(self.letter(About::Growth, subject, phrases.growth, &list, &[closing.to_owned()]))
    }

    fn expiring(&self) -> Option<Letter> {
        let phrases = self.phrases;
        let list: Vec<String> = self.ends().into_iter().map(|((until, kind), end)| self.end(until, kind, &end)).collect();
        if list.is_empty() {
            return None;
        }
        let kinds: BTreeSet<ExpiringKind> = self.holding.expiring.iter().map(|end| end.kind).collect();
        let mut closing = Vec::new();
        if kinds.contains(&ExpiringKind::Subscription) || kinds.contains(&ExpiringKind::Seats) {
            closing.push(phrases.expiring_renew.to_owned());
            closing.extend(self.holding.auto_renew.then(|| phrases.expiring_auto.to_owned()));
        }
        if kinds.contains(&ExpiringKind::Stored) || kinds.contains(&ExpiringKind::Returned) {
            closing.push(phrases.expiring_use.to_owned());
        }
        Some(self.letter(About::Expiring, phrases.expiring_subject, phrases.expiring, &list, &closing))
    }

    /// What ends, system by system no more: by day and kind.
    fn ends(&self) -> BTreeMap<(Day, ExpiringKind), End> {
        let mut ends: BTreeMap<(Day, ExpiringKind), End> = BTreeMap::new();
        for Expiring { until, kind, licences, days_left, .. } in &self.holding.expiring {
            let end = ends.entry((*until, *kind)).or_default();
            // Invariant: every sum of these was made before, when the wallet and the seats were counted.
            end.licences = end.licences.plus(licences).unwrap_or_default();
            end.systems += 1;
            end.has_ended = *days_left < 0;
        }
        ends
    }

    fn end(&self, until: Day, kind: ExpiringKind, end: &End) -> String {
        let template = match kind {
            ExpiringKind::Subscription => self.phrases.expiring_subscription,
            ExpiringKind::Seats if end.has_ended => self.phrases.expiring_ended,
            ExpiringKind::Seats => self.phrases.expiring_seats,
            ExpiringKind::Stored => self.phrases.expiring_stored,
            ExpiringKind::Returned => self.phrases.expiring_returned,
        };
        let (until, systems) = (self.language.day(until), self.language.systems(end.systems));
        filled(template, &[("until", &until), ("licences", &self.counts(&end.licences)), ("systems", &systems)])
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
                let (name, id) = (for_terminal(&system.computer_name), system.computer_id.to_string());
                let since = self.language.day(system.day);
                filled(phrases.unconfirmed_system, &[("computer", &name), ("id", &id), ("since", &since)])
            })
            .collect();
        let more = systems.len().saturating_sub(LISTED) as u64;
        if more > 0 {
            list.push(filled(phrases.more, &[("systems", &self.language.systems(more))]));
        }
        let closing = [phrases.unconfirmed_bring.to_owned()];
        Some(self.letter(About::Unconfirmed, phrases.unconfirmed_subject, phrases.unconfirmed, &list, &closing))
    }
}

/// What ends on one day.
#[derive(Default)]
struct End {
    licences: Counts,
    systems: u64,
    has_ended: bool,
}
