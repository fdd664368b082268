//! Days and times: UTC, whole seconds, 2020-01-01 to 2199-06-05 (PROTOCOL section 3, LICENSING
//! section 4).

use alloc::string::String;
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use core::fmt;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Why a string is no day or time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DayError {
    /// Not `YYYY-MM-DD`, or not `YYYY-MM-DDThh:mm:ssZ`.
    #[error("not of the form {0}")]
    Form(&'static str),
    /// The calendar has no such day, or the day no such second.
    #[error("no such day or time")]
    Unreal,
    /// Before 2020-01-01 or after 2199-06-05.
    #[error("before 2020-01-01 or after 2199-06-05")]
    Range,
}

/// A calendar day in UTC, from 2020-01-01 to 2199-06-05.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(NaiveDate);

// Invariant: both are computed while compiling, so that a wrong day does not compile.
impl Day {
    /// 2020-01-01, day 0 of a Computer Key.
    pub const FIRST: Self = Self(NaiveDate::from_ymd_opt(2020, 1, 1).expect("a real day"));
    /// 2199-06-05, day 65,534 of a Computer Key.
    pub const LAST: Self = Self(NaiveDate::from_ymd_opt(2199, 6, 5).expect("a real day"));

    /// The day of these numbers.
    ///
    /// # Errors
    /// [`DayError::Unreal`] or [`DayError::Range`].
    pub fn new(year: i32, month: u32, day: u32) -> Result<Self, DayError> {
        Self::checked(NaiveDate::from_ymd_opt(year, month, day).ok_or(DayError::Unreal)?)
    }

    fn checked(date: NaiveDate) -> Result<Self, DayError> {
        let day = Self(date);
        if day < Self::FIRST || day > Self::LAST {
            Err(DayError::Range)
        } else {
            Ok(day)
        }
    }

    /// Reads `YYYY-MM-DD`.
    ///
    /// # Errors
    /// [`DayError`] with the rule that is broken.
    pub fn read(text: &str) -> Result<Self, DayError> {
        let form = DayError::Form("YYYY-MM-DD");
        if !matches_form(text, "dddd-dd-dd") {
            return Err(form);
        }
        let number =
            |from: usize, to: usize| text.get(from..to).and_then(|t| t.parse().ok()).ok_or(form);
        let year = i32::try_from(number(0, 4)?).map_err(|_| form)?;
        Self::new(year, number(5, 7)?, number(8, 10)?)
    }

    /// Year, month and day of the month.
    #[must_use]
    pub fn year_month_day(self) -> (i32, u32, u32) {
        (self.0.year(), self.0.month(), self.0.day())
    }

    /// Days since 2020-01-01: 0 to 65,534.
    #[must_use]
    pub fn number(self) -> u16 {
        u16::try_from((self.0 - Self::FIRST.0).num_days()).unwrap_or(u16::MAX)
    }

    /// The day that lies this many days after 2020-01-01, at most 65,534.
    #[must_use]
    pub fn from_number(number: u16) -> Option<Self> {
        Self::FIRST.plus_days(u32::from(number))
    }

    /// The day n days later; none after 2199-06-05.
    #[must_use]
    pub fn plus_days(self, days: u32) -> Option<Self> {
        self.0
            .checked_add_days(Days::new(u64::from(days)))
            .and_then(|d| Self::checked(d).ok())
    }

    /// The day n days earlier; none before 2020-01-01.
    #[must_use]
    pub fn minus_days(self, days: u32) -> Option<Self> {
        self.0
            .checked_sub_days(Days::new(u64::from(days)))
            .and_then(|d| Self::checked(d).ok())
    }

    /// The same day of the month n months later, clamped to the end of a short month.
    #[must_use]
    pub fn plus_months(self, months: u32) -> Option<Self> {
        self.0
            .checked_add_months(Months::new(months))
            .and_then(|d| Self::checked(d).ok())
    }

    /// The last day of a term of n months that begins on this day: the day before (this day plus n
    /// months).
    #[must_use]
    pub fn last_of_months(self, months: u32) -> Option<Self> {
        self.0
            .checked_add_months(Months::new(months))
            .and_then(|d| d.pred_opt())
            .and_then(|d| Self::checked(d).ok())
    }

    /// The last day of a span of n days that begins on this day: this day plus n - 1.
    #[must_use]
    pub fn last_of_days(self, days: u32) -> Option<Self> {
        self.plus_days(days.checked_sub(1)?)
    }

    /// Days from `earlier` to this day; negative where `earlier` is later.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).num_days()
    }

    /// Whether this day lies in the window of n days that ends today: today - n + 1 to today.
    #[must_use]
    pub fn in_window(self, days: u32, today: Self) -> bool {
        let age = today.days_since(self);
        age >= 0 && age < i64::from(days)
    }

    /// The day in words: `22 November 2026`.
    #[must_use]
    pub fn in_words(self) -> String {
        alloc::format!("{}", self.0.format("%-d %B %Y"))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.year_month_day();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// A second in UTC, from 2020-01-01T00:00:00Z to 2199-06-05T23:59:59Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(NaiveDateTime);

// Invariant: both are computed while compiling.
impl Moment {
    /// 2020-01-01T00:00:00Z.
    pub const FIRST: Self = Self(NaiveDateTime::new(Day::FIRST.0, NaiveTime::MIN));
    /// 2199-06-05T23:59:59Z.
    pub const LAST: Self = Self(NaiveDateTime::new(
        Day::LAST.0,
        NaiveTime::from_hms_opt(23, 59, 59).expect("a real time"),
    ));

    /// Reads `YYYY-MM-DDThh:mm:ssZ`.
    ///
    /// # Errors
    /// [`DayError`] with the rule that is broken.
    pub fn read(text: &str) -> Result<Self, DayError> {
        let form = DayError::Form("YYYY-MM-DDThh:mm:ssZ");
        if !matches_form(text, "dddd-dd-ddTdd:dd:ddZ") {
            return Err(form);
        }
        let number =
            |from: usize, to: usize| text.get(from..to).and_then(|t| t.parse().ok()).ok_or(form);
        let day = Day::read(text.get(..10).ok_or(form)?)?;
        let time = day
            .0
            .and_hms_opt(number(11, 13)?, number(14, 16)?, number(17, 19)?);
        time.map(Self).ok_or(DayError::Unreal)
    }

    /// The moment of a Unix time in seconds.
    ///
    /// # Errors
    /// [`DayError::Range`] outside 2020-01-01 to 2199-06-05.
    pub fn from_unix(seconds: i64) -> Result<Self, DayError> {
        let time = DateTime::from_timestamp(seconds, 0)
            .ok_or(DayError::Range)?
            .naive_utc();
        Day::checked(time.date())?;
        Ok(Self(time))
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn unix(self) -> i64 {
        self.0.and_utc().timestamp()
    }

    /// The day on which it lies.
    #[must_use]
    pub fn day(self) -> Day {
        Day(self.0.date())
    }

    /// Hour, minute and second.
    #[must_use]
    pub fn hour_minute_second(self) -> (u32, u32, u32) {
        (self.0.hour(), self.0.minute(), self.0.second())
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second) = self.hour_minute_second();
        write!(f, "{}T{hour:02}:{minute:02}:{second:02}Z", self.day())
    }
}

/// `d` stands for a digit, any other character for itself.
fn matches_form(text: &str, form: &str) -> bool {
    text.len() == form.len()
        && text
            .bytes()
            .zip(form.bytes())
            .all(|(found, wanted)| match wanted {
                b'd' => found.is_ascii_digit(),
                other => found == other,
            })
}

macro_rules! as_json_text {
    ($type:ty) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::read(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}
as_json_text!(Day);
as_json_text!(Moment);

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::read(text).expect("a day of the test")
    }

    #[test]
    fn only_real_days_in_range_are_read() {
        assert_eq!(Day::read("2026-02-29"), Err(DayError::Unreal));
        assert!(Day::read("2028-02-29").is_ok());
        assert_eq!(Day::read("2019-12-31"), Err(DayError::Range));
        assert_eq!(Day::read("2199-06-06"), Err(DayError::Range));
        assert_eq!(Day::LAST.number(), 65_534);
        for form in [
            "2026-2-01",
            "2026-02-1 ",
            "+026-02-01",
            "2026/02/01",
            "2026-02-01T",
        ] {
            assert!(matches!(Day::read(form), Err(DayError::Form(_))), "{form}");
        }
    }

    #[test]
    fn only_real_seconds_are_read() {
        assert!(Moment::read("2026-11-22T23:59:59Z").is_ok());
        assert_eq!(Moment::read("2026-11-22T23:59:60Z"), Err(DayError::Unreal));
        assert_eq!(Moment::read("2026-11-22T24:00:00Z"), Err(DayError::Unreal));
        assert!(matches!(
            Moment::read("2026-11-22T05:00:00+00:00"),
            Err(DayError::Form(_))
        ));
        assert!(matches!(
            Moment::read("2026-11-22T05:00:00.0Z"),
            Err(DayError::Form(_))
        ));
        let moment = Moment::read("2026-11-22T05:06:07Z").expect("a time of the test");
        assert_eq!(Moment::from_unix(moment.unix()), Ok(moment));
    }

    #[test]
    fn months_count_from_the_first_day() {
        let start = day("2026-01-31");
        assert_eq!(start.last_of_months(1), Some(day("2026-02-27")));
        assert_eq!(start.plus_months(1), Some(day("2026-02-28")));
        assert_eq!(start.last_of_months(12), Some(day("2027-01-30")));
        assert_eq!(
            day("2028-02-29").last_of_months(12),
            Some(day("2029-02-27"))
        );
    }

    #[test]
    fn spans_of_days_include_their_last_day() {
        assert_eq!(day("2026-11-22").last_of_days(30), Some(day("2026-12-21")));
        assert_eq!(day("2026-11-22").last_of_days(0), None);
        let today = day("2026-11-22");
        assert!(day("2026-10-24").in_window(30, today));
        assert!(!day("2026-10-23").in_window(30, today));
        assert!(!day("2026-11-23").in_window(30, today));
    }

    #[test]
    fn days_stand_in_words() {
        assert_eq!(day("2027-01-05").in_words(), "5 January 2027");
    }
}
