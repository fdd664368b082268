//! What comes in: told apart by content, never by name. Nothing here is verified yet.

use super::bundle::{self, MAX_BUNDLE_BYTES};
use super::error::AgentError;
use super::output::Output;
use crate::device::documents_of_text;
use crate::licence::identifier::is_control_or_format;
use crate::wire::Envelope;
use fs_err::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;

/// What a file, or what was typed, holds.
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
                output.talk("type or paste the lines, then press Ctrl-D on a line of its own");
            }
            bounded(io::stdin().lock())?
        } else {
            bounded(File::open(source)?)?
        };
        Self::of(&bytes)
    }

    fn of(bytes: &[u8]) -> Result<Self, AgentError> {
        match bytes {
            [b'P', b'K', 3 | 5, 4 | 6, ..] => of_bundle(bytes),
            [0x89, b'P', b'N', b'G', ..] => Err(AgentError::Picture("PNG")),
            [0xFF, 0xD8, 0xFF, ..] => Err(AgentError::Picture("JPEG")),
            _ => of_text(bytes),
        }
    }
}

fn bounded(source: impl Read) -> Result<Vec<u8>, AgentError> {
    let mut bytes = Vec::new();
    source.take(MAX_BUNDLE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > MAX_BUNDLE_BYTES { Err(AgentError::InputSize { allowed: MAX_BUNDLE_BYTES }) } else { Ok(bytes) }
}

fn of_bundle(zip: &[u8]) -> Result<Incoming, AgentError> {
    let documents = bundle::documents(zip)?.into_iter().map(|(name, bytes)| envelope(name, &bytes));
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
        let documents = documents_of_text(text).map_err(|fault| AgentError::Document { name: "the QR text".into(), fault })?;
        return Ok(Incoming::Documents(documents.into_iter().map(|document| (word_of(&document), document)).collect()));
    }
    let typed = |c: char| c.is_alphanumeric() || c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}');
    let is_typed = text.chars().all(|c| typed(c) && !is_control_or_format(c) || c.is_ascii_whitespace());
    if is_typed && !text.trim().is_empty() { Ok(Incoming::Typed(text.to_owned())) } else { Err(AgentError::Unrecognised) }
}

fn envelope(name: &str, bytes: &[u8]) -> Result<(String, Envelope), AgentError> {
    let read = Envelope::read(bytes).map_err(|fault| AgentError::Document { name: name.to_owned(), fault })?;
    Ok((name.to_owned(), read))
}

fn word_of(document: &Envelope) -> String {
    document.kind().map_or("document", |kind| kind.word()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_named_and_not_read() {
        assert!(matches!(Incoming::of(b"\x89PNG\r\n\x1a\n"), Err(AgentError::Picture("PNG"))));
        assert!(matches!(Incoming::of(b"\xff\xd8\xff\xe0"), Err(AgentError::Picture("JPEG"))));
    }

    #[test]
    fn typed_lines_are_told_from_other_text() {
        let typed = "\u{feff}k7q2m 00000-00000-00000-0000J\r\nabcde\u{2013}fghij\n";
        assert!(matches!(Incoming::of(typed.as_bytes()), Ok(Incoming::Typed(text)) if text.starts_with('k')));
        for other in [b"".as_slice(), b" \n", b"#!/bin/sh\n", b"\xff\xfe", b"a\x1b[2J"] {
            assert!(matches!(Incoming::of(other), Err(AgentError::Unrecognised)), "{other:?}");
        }
    }

    #[test]
    fn a_broken_document_says_what_is_broken() {
        assert!(matches!(Incoming::of(b" {\"payload\":1"), Err(AgentError::Document { .. })));
        assert!(matches!(Incoming::of(b"KS1:@"), Err(AgentError::Document { .. })));
        assert!(matches!(Incoming::of(b"KS2:ABC"), Err(AgentError::Document { .. })));
    }
}
