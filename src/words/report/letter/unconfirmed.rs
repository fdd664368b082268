//! The letter about activations that nobody has confirmed.

use super::text::{About, Letter};
use super::writer::Writer;
use crate::words::escape::for_terminal;
use crate::words::report::list::LISTED;
use crate::words::report::phrases::filled;

impl Writer<'_> {
    /// Systems that have not confirmed; none where all have.
    pub(super) fn unconfirmed(&self) -> Option<Letter> {
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
