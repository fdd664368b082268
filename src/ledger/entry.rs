//! Entries of the history as JSON: `{"number","at","operator","event",...}`, one object a line
//! (PROTOCOL section 9).

use crate::licence::Moment;
use crate::policy::record::event::Event;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// One entry: what changed, when, and who did it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its number, from 1.
    pub number: u64,
    /// By the signer's clock, never earlier than the entry before.
    pub at: Moment,
    /// Name of the key slot that opened the vault.
    pub operator: String,
    /// What changed.
    pub event: Event,
}

/// Why an entry's bytes cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("entry of the history: {0}")]
pub struct EntryError(#[from] serde_json::Error);

#[derive(Serialize, Deserialize)]
struct Head<'a> {
    number: u64,
    at: Moment,
    #[serde(borrow)]
    operator: Cow<'a, str>,
}

impl Entry {
    /// The entry's bytes, without a line feed.
    ///
    /// # Errors
    /// [`EntryError`] where the event cannot be written as JSON.
    pub fn to_bytes(&self) -> Result<Vec<u8>, EntryError> {
        Self::bytes_of(self.number, self.at, &self.operator, &self.event)
    }

    /// The bytes of an entry of these members, without a line feed.
    ///
    /// # Errors
    /// As [`Entry::to_bytes`].
    pub fn bytes_of(
        number: u64,
        at: Moment,
        operator: &str,
        event: &Event,
    ) -> Result<Vec<u8>, EntryError> {
        // A grant has some 1,500.
        let mut bytes = Vec::with_capacity(2048);
        serde_json::to_writer(
            &mut bytes,
            &Head {
                number,
                at,
                operator: operator.into(),
            },
        )?;
        // Both are objects with members: the first's end and the second's beginning become a comma.
        bytes.pop();
        let between = bytes.len();
        serde_json::to_writer(&mut bytes, event)?;
        bytes[between] = b',';
        Ok(bytes)
    }

    /// Reads an entry's bytes.
    ///
    /// # Errors
    /// [`EntryError`].
    pub fn read(bytes: &[u8]) -> Result<Self, EntryError> {
        let head: Head<'_> = serde_json::from_slice(bytes)?;
        let event = serde_json::from_slice(bytes)?;
        Ok(Self {
            number: head.number,
            at: head.at,
            operator: head.operator.into_owned(),
            event,
        })
    }

    /// Reads only when an entry was made: without its event, which may be large.
    ///
    /// # Errors
    /// [`EntryError`].
    pub fn read_at(bytes: &[u8]) -> Result<Moment, EntryError> {
        Ok(serde_json::from_slice::<Head<'_>>(bytes)?.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::licence::Day;

    #[test]
    fn an_entry_is_one_object_and_reads_back() {
        let at = Moment::read("2026-11-22T05:00:00Z").expect("a time of the test");
        let event = Event::DayBegan {
            day: Day::read("2026-11-22").expect("a day of the test"),
        };
        let entry = Entry {
            number: 7,
            at,
            operator: "Ada \"L\"".into(),
            event,
        };
        let bytes = entry.to_bytes().expect("an entry as JSON");
        let text = String::from_utf8(bytes.clone()).expect("JSON is UTF-8");
        assert_eq!(
            text,
            concat!(
                r#"{"number":7,"at":"2026-11-22T05:00:00Z","operator":"Ada \"L\"","#,
                r#""event":"day_began","day":"2026-11-22"}"#
            )
        );
        assert_eq!(Entry::read(&bytes).expect("the entry again"), entry);
    }
}
