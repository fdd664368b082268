//! Hostile input: cut, flipped and unnamed bytes.

use crate::bundles::{bundle as whole, zip_of};
use crate::{documents, file, list, look, look_with, trust, vectors};
use keyspool::licence::identifier::is_control_or_format;
use keyspool::ops::inspect::{Findings, to_text};
use keyspool::render::bundle::{self};
use serde_json::Value;
use std::collections::BTreeSet;

/// Nothing in what is shown steers a terminal; lines end with LF only.
fn assert_harmless(findings: &Findings) {
    let text = to_text(findings);
    assert!(
        !text.chars().any(|c| c != '\n' && is_control_or_format(c)),
        "{text:?}"
    );
    assert!(serde_json::to_value(findings).unwrap().is_object());
    assert_labels_are_unique(findings);
}

/// They are the names of members in JSON.
pub(crate) fn assert_labels_are_unique(findings: &Findings) {
    let names: BTreeSet<&str> = findings
        .facts
        .iter()
        .map(|(label, _)| label.as_str())
        .collect();
    assert_eq!(names.len(), findings.facts.len(), "{findings:?}");
    findings.parts.iter().for_each(assert_labels_are_unique);
}

fn samples() -> Vec<Vec<u8>> {
    let mut samples: Vec<Vec<u8>> = documents().iter().map(|(_, entry)| file(entry)).collect();
    samples.extend(
        documents()
            .iter()
            .filter_map(|(_, entry)| Some(entry.get("qr_text")?.as_str()?.as_bytes().to_vec())),
    );
    samples.extend(documents().iter().filter_map(|(_, entry)| {
        let parts: Vec<&str> = entry
            .get("qr_parts")?
            .as_array()?
            .iter()
            .filter_map(Value::as_str)
            .collect();
        Some(parts.join("\n").into_bytes())
    }));
    let lines = vectors("computer-key")["lines"].clone();
    samples.push(
        list(&lines)
            .iter()
            .map(|line| line.as_str().unwrap())
            .collect::<Vec<_>>()
            .join("\n")
            .into_bytes(),
    );
    samples.push(bundle::zip(&whole().0).unwrap());
    samples
}

#[test]
fn no_cut_and_no_flipped_bit_makes_it_panic() {
    let trust = trust();
    for sample in samples() {
        let step = (sample.len() / 40).max(1);
        for place in (0..sample.len()).step_by(step) {
            assert_harmless(&look_with(&sample[..place], &trust));
            for bit in [0, 5, 7] {
                let mut flipped = sample.clone();
                flipped[place] ^= 1 << bit;
                assert_harmless(&look_with(&flipped, &trust));
            }
        }
    }
}

#[test]
fn no_flipped_bit_in_a_zips_headers_makes_it_panic() {
    let sample = zip_of(&[("activation.json", b"{}"), ("trust-list.json", b"{}")]);
    for place in 0..sample.len() {
        for value in [0x00, 0x01, 0x7F, 0xFF, sample[place] ^ 0x80] {
            let mut hostile = sample.clone();
            hostile[place] = value;
            assert_harmless(&look(&hostile));
        }
    }
}
