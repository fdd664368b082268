//! `manifest.jsonl`: what a batch did, line by line (PROTOCOL section 5.5).

use super::findings::{Findings, Subject};
use crate::wire::envelope::MAX_ENVELOPE_BYTES;
use crate::wire::json;
use crate::wire::response::{ManifestEntry, Outcome};
use crate::wire::{WireError, sha256};

/// Whether the first line is an object with the members of a manifest's line.
pub(super) fn seems(bytes: &[u8]) -> bool {
    let first = lines(bytes)
        .next()
        .filter(|line| line.len() <= MAX_ENVELOPE_BYTES);
    let object = first.and_then(|line| json::read_object(line).ok());
    object.is_some_and(|object| {
        ["file", "digest", "outcome", "outputs"]
            .iter()
            .all(|name| object.get(name).is_some())
    })
}

pub(super) fn explain(bytes: &[u8]) -> Findings {
    let mut outcomes = [0_usize; Outcome::ALL.len()];
    let (mut count, mut fault) = (0, None);
    for line in lines(bytes) {
        count += 1;
        match read_line(line) {
            Ok(entry) => count_outcome(&mut outcomes, entry.outcome),
            Err(error) => {
                fault.get_or_insert((count, error));
            }
        }
    }
    let mut findings = Findings::new(
        Subject::ManifestLines,
        "the lines of a manifest: what a batch did",
    );
    findings.fact("lines", count);
    for (outcome, found) in Outcome::ALL
        .iter()
        .zip(outcomes)
        .filter(|(_, found)| *found > 0)
    {
        findings.fact(outcome.as_str(), found);
    }
    findings.fact("sha256", sha256(&[bytes]));
    match fault {
        Some((line, error)) => findings.bad("lines", format!("line {line}: {error}")),
        None => findings.good("lines", "each line has its members"),
    }
    findings.not_checked(
        "manifest",
        "inspect manifest.json and compare its entries_sha256 with the sha256 above",
    );
    findings
}

fn read_line(line: &[u8]) -> Result<ManifestEntry, WireError> {
    if line.len() > MAX_ENVELOPE_BYTES {
        return Err(WireError::TooLarge {
            found: line.len(),
            allowed: MAX_ENVELOPE_BYTES,
        });
    }
    ManifestEntry::read_line(line)
}

fn count_outcome(outcomes: &mut [usize], outcome: Outcome) {
    for (known, count) in Outcome::ALL.iter().zip(outcomes) {
        *count += usize::from(*known == outcome);
    }
}

/// Lines without their LF; what stands after the last one is a line if it is not empty.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes
        .strip_suffix(b"\n")
        .unwrap_or(bytes)
        .split(|byte| *byte == b'\n')
}
