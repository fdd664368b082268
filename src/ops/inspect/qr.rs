//! QR text: one code a line, whole documents and the parts of split ones (PROTOCOL section 7).

use super::findings::{Findings, MAX_PARTS, Subject};
use super::vouching::Vouching;
use super::{codes, document};
use crate::wire::WireError;
use crate::wire::envelope::MAX_ENVELOPE_BYTES;
use crate::wire::qr::{Part, PartSet, lines_of, read_part, read_text};
use std::collections::{BTreeMap, BTreeSet};

/// Parts of one text, as far as they came.
#[derive(Default)]
struct Split {
    set: PartSet,
    count: u8,
    present: BTreeSet<u8>,
}

pub(super) fn explain(bytes: &[u8], vouching: &Vouching<'_>) -> Findings {
    let mut findings = Findings::new(Subject::QrText, "QR text that cannot be read");
    if bytes.len() > MAX_ENVELOPE_BYTES {
        let error = WireError::TooLarge {
            found: bytes.len(),
            allowed: MAX_ENVELOPE_BYTES,
        };
        findings.bad("shape", error.to_string());
        return findings;
    }
    match str::from_utf8(bytes) {
        Ok(text) => read_lines(&mut findings, lines_of(text), vouching),
        Err(error) => findings.bad(
            "shape",
            WireError::NotUtf8 {
                at: error.valid_up_to(),
            }
            .to_string(),
        ),
    }
    findings
}

/// Explains the texts of codes that were read one by one.
pub(super) fn explain_codes<'a>(
    texts: impl Iterator<Item = &'a str>,
    vouching: &Vouching<'_>,
) -> Findings {
    let mut findings = Findings::new(Subject::QrText, "QR text that cannot be read");
    read_lines(&mut findings, texts, vouching);
    findings
}

fn read_lines<'a>(
    findings: &mut Findings,
    lines: impl Iterator<Item = &'a str>,
    vouching: &Vouching<'_>,
) {
    let mut splits: BTreeMap<[u8; 8], Split> = BTreeMap::new();
    let (mut codes, mut whole) = (0_usize, Vec::new());
    for line in lines {
        codes += 1;
        match read_part(line) {
            Ok(part) => splits.entry(part.tag).or_default().add(part),
            Err(error) if line.starts_with("KS1-") => whole.push(Err(error)),
            Err(_) => whole.push(Ok(line)),
        }
    }
    let found = whole.len() + splits.len();
    let whole = whole.into_iter().map(|line| match line {
        Ok(line) => explain_line(line, vouching),
        Err(error) => unread(error.to_string()),
    });
    let parts = whole.chain(
        splits
            .iter()
            .map(|(tag, split)| split.explain(tag, vouching)),
    );
    findings.parts = parts.take(MAX_PARTS).collect();
    findings.title = match findings.parts.as_slice() {
        [one] => format!("QR text: {}", one.title),
        _ => format!("QR text of {found} things"),
    };
    findings.fact("codes", codes);
    if found > MAX_PARTS {
        findings.not_checked(
            "codes",
            format!("only the first {MAX_PARTS} of {found} are explained"),
        );
    }
}

fn unread(why: impl Into<String>) -> Findings {
    let mut findings = Findings::new(Subject::QrText, "a code that cannot be read");
    findings.bad("shape", why);
    findings
}

/// A whole text, or another line of the file: it may be a code that people type, and a secret.
fn explain_line(line: &str, vouching: &Vouching<'_>) -> Findings {
    if !line.starts_with("KS") {
        let title = "a line that is no code";
        return codes::explain(line, vouching)
            .unwrap_or_else(|why| Findings::unknown(title, "content", why));
    }
    match read_text(line) {
        Ok(envelope) => document::of_envelope(&envelope, vouching),
        Err(error) => unread(error.to_string()),
    }
}

impl Split {
    fn add(&mut self, part: Part) {
        self.count = self.count.max(part.count);
        self.present.insert(part.index);
        // Two different parts of one number make the set void: joining it says so.
        drop(self.set.add(part));
    }

    fn explain(&self, tag: &[u8; 8], vouching: &Vouching<'_>) -> Findings {
        let mut findings = Findings::new(Subject::QrText, "a QR text in parts");
        findings.fact("set", String::from_utf8_lossy(tag));
        findings.fact(
            "parts present",
            format!(
                "{} of {}",
                numbers(self.present.iter().copied()),
                self.count
            ),
        );
        match self.set.join() {
            Ok(text) => {
                findings.good("parts", "all are here, and the tag is that of the whole");
                let inside = explain_line(&text, vouching);
                findings.title = format!("a QR text in parts: {}", inside.title);
                findings.parts.push(inside);
            }
            Err(WireError::PartsMissing { missing, count }) => {
                findings.fact("parts missing", numbers(missing.iter().copied()));
                findings.bad("parts", format!("{} of {count} are missing", missing.len()));
            }
            Err(error) => findings.bad("parts", error.to_string()),
        }
        findings
    }
}

fn numbers(numbers: impl Iterator<Item = u8>) -> String {
    let words: Vec<String> = numbers.map(|number| number.to_string()).collect();
    words.join(", ")
}
