//! What comes in: told apart by content, never by name. Nothing here is verified yet.

use super::bundle::{self, MAX_BUNDLE_BYTES};
use super::error::AgentError;
use super::output::Output;
use crate::device::documents_of_text;
use crate::licence::identifier::is_control_or_format;
use crate::scan::{Kind, MAX_PICTURE_BYTES, Reading, Scanner};
use crate::wire::Envelope;
use crate::wire::qr::is_qr_text;
use crate::words::device::en;
use fs_err::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;

/// What a file holds, or what a person typed.
#[derive(Debug)]
pub(super) enum Incoming {
    /// Documents, each with the name under which it came.
    Documents(Vec<(String, Envelope)>),
    /// Lines of a Computer Key, perhaps.
    Typed(String),
}

impl Incoming {
    /// Reads a file, or stdin for `-`, at most as much as a bundle may hold.
    ///
    /// # Errors
    /// [`AgentError`] with what is wrong with it.
    pub(super) fn read(source: &Path, output: Output) -> Result<Self, AgentError> {
        let bytes = if source == Path::new("-") {
            if io::stdin().is_terminal() {
                output.talk(en::talk::TYPE_LINES);
            }
            bounded(io::stdin().lock())?
        } else {
            bounded(File::open(source)?)?
        };
        match Kind::of(&bytes) {
            Some(_) => of_picture(&Scanner::start().scan(&bytes)?),
            None => Self::of(&bytes),
        }
    }

    fn of(bytes: &[u8]) -> Result<Self, AgentError> {
        match bytes {
            [b'P', b'K', 3 | 5, 4 | 6, ..] => of_bundle(bytes),
            _ => of_text(bytes),
        }
    }
}

/// Pictures may be larger than all else.
fn bounded(mut source: impl Read) -> Result<Vec<u8>, AgentError> {
    let mut bytes = Vec::new();
    let mut read = |bytes: &mut Vec<u8>, allowed: usize| -> Result<bool, AgentError> {
        let rest = (allowed + 1).saturating_sub(bytes.len());
        source.by_ref().take(rest as u64).read_to_end(bytes)?;
        Ok(bytes.len() <= allowed)
    };
    let fits = read(&mut bytes, MAX_BUNDLE_BYTES)?;
    let allowed = if Kind::of(&bytes).is_some() {
        MAX_PICTURE_BYTES
    } else {
        MAX_BUNDLE_BYTES
    };
    let fits = if fits {
        true
    } else {
        read(&mut bytes, allowed)?
    };
    if fits {
        Ok(bytes)
    } else {
        Err(AgentError::InputSize { allowed })
    }
}

/// Takes the texts of a picture; codes that are not ours are skipped.
fn of_picture(outcome: &Reading) -> Result<Incoming, AgentError> {
    let texts = match outcome {
        Reading::Texts(texts) => texts,
        Reading::TooManyPixels { .. } => {
            return Err(AgentError::Picture(en::error::picture_faults::MANY_PIXELS));
        }
        Reading::Damaged => {
            return Err(AgentError::Picture(en::error::picture_faults::DAMAGED));
        }
        Reading::TooSlow | Reading::OutOfMemory => {
            return Err(AgentError::Picture(en::error::picture_faults::TOO_MUCH));
        }
        Reading::Crashed => return Err(AgentError::Picture(en::error::picture_faults::CRASHED)),
    };
    let own: Vec<&str> = texts
        .iter()
        .map(String::as_str)
        .filter(|text| is_qr_text(text.as_bytes()))
        .collect();
    match (texts.is_empty(), own.is_empty()) {
        (true, _) => Err(AgentError::Picture(en::error::picture_faults::NO_CODE)),
        (false, true) => Err(AgentError::Picture(en::error::picture_faults::FOREIGN_CODE)),
        (false, false) => of_text(own.join("\n").as_bytes()),
    }
}

fn of_bundle(zip: &[u8]) -> Result<Incoming, AgentError> {
    let documents = bundle::documents(zip)?
        .into_iter()
        .map(|(name, bytes)| envelope(name, &bytes));
    Ok(Incoming::Documents(documents.collect::<Result<_, _>>()?))
}

fn of_text(bytes: &[u8]) -> Result<Incoming, AgentError> {
    if bytes.trim_ascii_start().starts_with(b"{") {
        return Ok(Incoming::Documents(vec![envelope("the document", bytes)?]));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| AgentError::Unrecognised)?;
    // Editors of Windows put a byte order mark before text that they save.
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with("KS") && text.contains(':') {
        let documents = documents_of_text(text).map_err(|fault| AgentError::Document {
            name: "the QR text".into(),
            fault,
        })?;
        return Ok(Incoming::Documents(
            documents
                .into_iter()
                .map(|document| (word_of(&document), document))
                .collect(),
        ));
    }
    let typed = |c: char| {
        c.is_alphanumeric() || c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}')
    };
    let is_typed = text
        .chars()
        .all(|c| typed(c) && !is_control_or_format(c) || c.is_ascii_whitespace());
    if is_typed && !text.trim().is_empty() {
        Ok(Incoming::Typed(text.to_owned()))
    } else {
        Err(AgentError::Unrecognised)
    }
}

fn envelope(name: &str, bytes: &[u8]) -> Result<(String, Envelope), AgentError> {
    let read = Envelope::read(bytes).map_err(|fault| AgentError::Document {
        name: name.to_owned(),
        fault,
    })?;
    Ok((name.to_owned(), read))
}

fn word_of(document: &Envelope) -> String {
    document
        .kind()
        .map_or("document", |kind| kind.word())
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_says_what_is_wrong_with_it() {
        let texts =
            |texts: &[&str]| Reading::Texts(texts.iter().map(|text| (*text).to_owned()).collect());
        for (outcome, says) in [
            (texts(&[]), "no QR code"),
            (texts(&["https://example.com"]), "none of keyspool"),
            (
                Reading::TooManyPixels {
                    width: 1,
                    height: 1,
                },
                "pixels",
            ),
            (Reading::Damaged, "damaged"),
            (Reading::TooSlow, "time"),
            (Reading::OutOfMemory, "memory"),
            (Reading::Crashed, "broke"),
        ] {
            assert!(
                of_picture(&outcome).is_err_and(|error| error.to_string().contains(says)),
                "{outcome:?}"
            );
        }
        let beside = texts(&["https://example.com", "KS1:@"]);
        assert!(matches!(
            of_picture(&beside),
            Err(AgentError::Document { .. })
        ));
    }

    #[test]
    fn only_a_picture_may_be_larger_than_a_bundle() {
        let of_size = |start: &[u8], size: usize| {
            bounded([start, &vec![0; size - start.len()]].concat().as_slice())
                .map(|read| read.len())
        };
        let (png, zip) = (b"\x89PNG\r\n\x1a\n".as_slice(), b"PK\x03\x04".as_slice());
        assert!(matches!(
            of_size(zip, MAX_BUNDLE_BYTES),
            Ok(MAX_BUNDLE_BYTES)
        ));
        assert!(matches!(
            of_size(zip, MAX_BUNDLE_BYTES + 1),
            Err(AgentError::InputSize {
                allowed: MAX_BUNDLE_BYTES
            })
        ));
        assert!(
            matches!(of_size(png, MAX_BUNDLE_BYTES + 1), Ok(size) if size == MAX_BUNDLE_BYTES + 1)
        );
        assert!(matches!(
            of_size(png, MAX_PICTURE_BYTES),
            Ok(MAX_PICTURE_BYTES)
        ));
        assert!(matches!(
            of_size(png, MAX_PICTURE_BYTES + 1),
            Err(AgentError::InputSize {
                allowed: MAX_PICTURE_BYTES
            })
        ));
    }

    #[test]
    fn typed_lines_are_told_from_other_text() {
        let typed = "\u{feff}k7q2m 00000-00000-00000-0000J\r\nabcde\u{2013}fghij\n";
        let Ok(Incoming::Typed(text)) = Incoming::of(typed.as_bytes()) else {
            panic!("typed lines")
        };
        assert!(text.starts_with('k'));
        for other in [
            b"".as_slice(),
            b" \n",
            b"#!/bin/sh\n",
            b"\xff\xfe",
            b"a\x1b[2J",
        ] {
            assert!(
                matches!(Incoming::of(other), Err(AgentError::Unrecognised)),
                "{other:?}"
            );
        }
    }

    #[test]
    fn a_broken_document_says_what_is_broken() {
        assert!(matches!(
            Incoming::of(b" {\"payload\":1"),
            Err(AgentError::Document { .. })
        ));
        assert!(matches!(
            Incoming::of(b"KS1:@"),
            Err(AgentError::Document { .. })
        ));
        assert!(matches!(
            Incoming::of(b"KS2:ABC"),
            Err(AgentError::Document { .. })
        ));
    }
}
