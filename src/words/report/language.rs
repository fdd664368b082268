//! Days, counts and texts in the languages of a catalogue: `en`, `de`, `zh`, `es`.

use super::phrases::{CHINESE, ENGLISH, GERMAN, Phrases, SPANISH};
use crate::licence::{ComputerId, Counts, Day};
use crate::policy::record::catalogue::settings::LicenceType;
use crate::words::escape::for_terminal;

const GERMAN_MONTHS: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
const SPANISH_MONTHS: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];

/// A language that customers are written to in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    English,
    German,
    Chinese,
    Spanish,
}

impl Language {
    /// The language of a code; English where it is none of the four.
    pub fn of(code: &str) -> Self {
        match code {
            "de" => Self::German,
            "zh" => Self::Chinese,
            "es" => Self::Spanish,
            _ => Self::English,
        }
    }

    /// The tag for HTML.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Chinese => "zh-Hans",
            Self::Spanish => "es",
        }
    }

    pub fn phrases(self) -> &'static Phrases {
        match self {
            Self::English => &ENGLISH,
            Self::German => &GERMAN,
            Self::Chinese => &CHINESE,
            Self::Spanish => &SPANISH,
        }
    }

    /// The day in words.
    pub fn day(self, day: Day) -> String {
        let (year, month, date) = day.year_month_day();
        let place = usize::try_from(month.saturating_sub(1)).unwrap_or(0);
        match self {
            Self::English => day.in_words(),
            Self::German => format!("{date}. {} {year}", GERMAN_MONTHS.get(place).unwrap_or(&"")),
            Self::Spanish => format!(
                "{date} de {} de {year}",
                SPANISH_MONTHS.get(place).unwrap_or(&"")
            ),
            Self::Chinese => format!("{year}年{month}月{date}日"),
        }
    }

    /// `1 system`, `3 systems`.
    pub fn systems(self, count: u64) -> String {
        match (self, count) {
            (Self::English, 1) => "1 system".to_owned(),
            (Self::English, _) => format!("{count} systems"),
            (Self::German, 1) => "1 System".to_owned(),
            (Self::German, _) => format!("{count} Systeme"),
            (Self::Spanish, 1) => "1 sistema".to_owned(),
            (Self::Spanish, _) => format!("{count} sistemas"),
            (Self::Chinese, _) => format!("{count} 个系统"),
        }
    }

    /// `north (ABCDE-...)`; the Computer ID alone where nobody has named it.
    pub fn system(self, name: &str, id: ComputerId) -> String {
        let id = id.to_string();
        match self {
            _ if name.is_empty() || name == id => id,
            Self::Chinese => format!("{name}（{id}）"),
            _ => format!("{name} ({id})"),
        }
    }

    /// `16 × Core, 4 × Universal`: by the names of the types, in their declared order.
    pub fn counts(self, counts: &Counts, types: &[LicenceType]) -> String {
        let held = types.iter().filter(|known| counts.of(&known.id) > 0);
        let words: Vec<String> = held
            .map(|known| match self {
                Self::Chinese => {
                    format!("{} × {}", for_terminal(&known.name), counts.of(&known.id))
                }
                _ => format!("{} × {}", counts.of(&known.id), for_terminal(&known.name)),
            })
            .collect();
        words.join(if self == Self::Chinese { "，" } else { ", " })
    }
}

/// The template with each `{name}` replaced by its value, in one pass: a value that looks like a
/// place stays as it is.
pub fn filled(template: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let Some((name, behind)) = after.split_once('}') else {
            break;
        };
        text.push_str(
            values
                .iter()
                .find(|(known, _)| *known == name)
                .map_or("", |(_, value)| value),
        );
        rest = behind;
    }
    text.push_str(rest);
    text
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
    }

    #[test]
    fn a_system_without_a_name_is_its_computer_id_once() {
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
    fn a_value_that_looks_like_a_place_is_not_replaced() {
        assert_eq!(
            filled("{a} and {b}.", &[("a", "{b}"), ("b", "x")]),
            "{b} and x."
        );
    }

    #[test]
    fn every_place_in_every_phrase_has_a_value() {
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
