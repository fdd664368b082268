//! The languages of a catalogue, `en`, `de`, `zh` and `es`: days, counts and systems in each.

use super::de::GERMAN;
use super::en::ENGLISH;
use super::es::SPANISH;
use super::phrases::{Phrases, filled};
use super::zh::CHINESE;
use crate::licence::{ComputerId, Counts, Day};
use crate::policy::record::catalogue::settings::LicenceType;
use crate::words::escape::for_terminal;

/// A language that customers are written to in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// `en`.
    English,
    /// `de`.
    German,
    /// `zh`.
    Chinese,
    /// `es`.
    Spanish,
}

impl Language {
    /// The language of a code; English where it is none of the four.
    #[must_use]
    pub fn of(code: &str) -> Self {
        match code {
            "de" => Self::German,
            "zh" => Self::Chinese,
            "es" => Self::Spanish,
            _ => Self::English,
        }
    }

    /// The tag for HTML.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Chinese => "zh-Hans",
            Self::Spanish => "es",
        }
    }

    pub(super) fn phrases(self) -> &'static Phrases {
        match self {
            Self::English => &ENGLISH,
            Self::German => &GERMAN,
            Self::Chinese => &CHINESE,
            Self::Spanish => &SPANISH,
        }
    }

    /// The day in words.
    pub(super) fn day(self, day: Day) -> String {
        let (year, month, date) = day.year_month_day();
        let place = usize::try_from(month.saturating_sub(1)).unwrap_or(0);
        let phrases = self.phrases();
        let month = phrases.months.get(place).unwrap_or(&"");
        let (year, date) = (year.to_string(), date.to_string());
        filled(
            phrases.day,
            &[("date", &date), ("month", month), ("year", &year)],
        )
    }

    /// `1 system`, `3 systems`.
    pub(super) fn systems(self, count: u64) -> String {
        match count {
            1 => self.phrases().one_system.to_owned(),
            _ => filled(self.phrases().systems, &[("count", &count.to_string())]),
        }
    }

    /// `north (ABCDE-...)`; the Computer ID alone where nobody has named it.
    pub(super) fn system(self, name: &str, id: ComputerId) -> String {
        let id = id.to_string();
        if name.is_empty() || name == id {
            return id;
        }
        filled(self.phrases().named, &[("name", name), ("id", &id)])
    }

    /// `16 × Core, 4 × Universal`: by the names of the types, in their declared order.
    pub(super) fn counts(self, counts: &Counts, types: &[LicenceType]) -> String {
        let held = types.iter().filter(|known| counts.of(&known.id) > 0);
        let words: Vec<String> = held
            .map(|known| {
                let (count, name) = (counts.of(&known.id).to_string(), for_terminal(&known.name));
                filled(
                    self.phrases().counted,
                    &[("count", &count), ("type", &name)],
                )
            })
            .collect();
        words.join(self.phrases().comma)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_says_a_day_in_its_words() {
        let day = Day::read("2027-03-05").expect("a day of the test");
        let said = ["en", "de", "zh", "es"].map(|code| Language::of(code).day(day));
        assert_eq!(
            said,
            [
                "5 March 2027",
                "5. März 2027",
                "2027年3月5日",
                "5 de marzo de 2027"
            ]
        );
        assert_eq!(said[0], day.in_words());
    }

    #[test]
    fn a_system_without_name_is_its_id_once() {
        let id = ComputerId([7; 15]);
        for language in ["en", "zh"].map(Language::of) {
            assert_eq!(language.system(&id.to_string(), id), id.to_string());
            assert_eq!(language.system("", id), id.to_string());
        }
        assert_eq!(
            Language::English.system("north", id),
            format!("north ({id})")
        );
    }

    #[test]
    fn every_place_in_a_phrase_has_a_value() {
        for language in ["en", "de", "zh", "es"].map(Language::of) {
            for (phrase, places) in language.phrases().all() {
                let mut found: Vec<&str> = phrase
                    .split('{')
                    .skip(1)
                    .filter_map(|part| part.split_once('}'))
                    .map(|(n, _)| n)
                    .collect();
                found.sort_unstable();
                assert_eq!(found, places, "{language:?}: {phrase}");
            }
        }
    }
}
