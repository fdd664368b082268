//! The letter about the growth allowance.

use super::text::{About, Letter};
use super::writer::Writer;
use crate::policy::report::holding::Growth;
use crate::words::report::phrases::filled;

impl Writer<'_> {
    /// Growth that is to be ordered; none where there is none.
    pub(super) fn growth(&self) -> Option<Letter> {
        let phrases = self.phrases;
        let growth: Growth = self
            .holding
            .growth
            .filter(|_| !self.holding.purchase.growth.is_empty())?;
        let until = growth
            .until
            .map(|day| self.language.day(day))
            .unwrap_or_default();
        let share = growth
            .used_percent
            .map(|percent| filled(phrases.share, &[("percent", &percent.to_string())]));
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
}
