//! The letter about licences that are missing.

use super::text::{About, Letter};
use super::writer::Writer;
use crate::licence::Counts;
use crate::policy::record::catalogue::settings::Model;
use crate::policy::report::status::Status;
use crate::words::report::phrases::filled;

impl Writer<'_> {
    /// Licences that are missing; none where nothing is.
    pub(super) fn missing(&self) -> Option<Letter> {
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
        let order = &holding.purchase;
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
}
