//! What every letter has: its frame, and its values in the customer's language.

use super::text::{About, Letter};
use crate::licence::{Counts, Day};
use crate::policy::report::figures::Customer;
use crate::policy::report::holding::Holding;
use crate::words::escape::for_terminal;
use crate::words::report::language::Language;
use crate::words::report::phrases::{Phrases, filled};

/// Writes the letters about one product of one customer.
pub(super) struct Writer<'a> {
    pub(super) day: Day,
    pub(super) customer: &'a Customer,
    pub(super) holding: &'a Holding,
    pub(super) language: Language,
    pub(super) phrases: &'static Phrases,
    pub(super) product: String,
}

impl<'a> Writer<'a> {
    pub(super) fn new(day: Day, customer: &'a Customer, holding: &'a Holding) -> Self {
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

    pub(super) fn letter(
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

    pub(super) fn counts(&self, counts: &Counts) -> String {
        self.language.counts(counts, &self.holding.licence_types)
    }
}
