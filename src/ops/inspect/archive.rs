//! Bundles, and archives that are none (PROTOCOL section 8): names, sequence and limits
//! first, then what is inside.
//!
//! A zip with a foreign name is listed and not read. Nothing is inflated: a bundle's entries are
//! stored.

use super::findings::{Findings, Subject};
use super::vouching::Vouching;
use super::{codes, document, picture};
use crate::render::bundle::{ENTRIES, MAX_PICTURE_BYTES, limit_of};
use crate::spool::Content;
use crate::spool::content::kind_of;
use crate::wire::envelope::{Envelope, MAX_ENVELOPE_BYTES};
use crate::wire::error::Excerpt;
use crate::wire::{Kind, WireError};
use crate::words::escape::bytes_for_terminal;
use std::io::{Cursor, Read};
use zip::read::ZipReadOptions;
use zip::{CompressionMethod, ZipArchive};

/// Largest zip that is opened: five documents and two pictures at their limits, and 64 KiB for
/// names and headers.
const MAX_BUNDLE_BYTES: usize = 5 * MAX_ENVELOPE_BYTES + 2 * MAX_PICTURE_BYTES + 64 * 1024;
/// Names of [`ENTRIES`] that every bundle has; those after them may be missing.
const ALWAYS: usize = 5;
/// Foreign names that are listed.
const MAX_LISTED: usize = 16;

/// A local header without its name (APPNOTE section 4.3.7).
const LOCAL_HEADER_BYTES: u64 = 30;

type Zip<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// What the zip's directory says of an entry.
struct Entry {
    name: String,
    size: u64,
    /// Stored as it is, without extra fields.
    plain: bool,
}

/// An entry that was read.
struct Opened<'a> {
    name: &'a str,
    bytes: Vec<u8>,
}

pub(super) fn explain(kind: &str, bytes: &[u8], vouching: &Vouching<'_>) -> Findings {
    let mut findings = Findings::new(Subject::Archive, format!("a {kind} archive"));
    findings.fact("bytes", bytes.len());
    if kind != "zip" {
        findings.bad(
            "content",
            "bundles are zip files; unpack this and inspect what is in it",
        );
        return findings;
    }
    match open(bytes) {
        Ok(zip) => explain_zip(&mut findings, zip, vouching),
        Err(why) => findings.bad("content", why),
    }
    findings
}

fn open(bytes: &[u8]) -> Result<Zip<'_>, String> {
    if bytes.len() > MAX_BUNDLE_BYTES {
        return Err(format!(
            "{} bytes, a bundle has at most {MAX_BUNDLE_BYTES}",
            bytes.len()
        ));
    }
    // A directory of 64-bit numbers can claim any amount of memory, and no bundle needs one.
    let is_zip64 =
        |window: &[u8]| window.starts_with(b"PK\x06\x07") && window.ends_with(b"PK\x05\x06");
    if bytes.windows(24).any(is_zip64) {
        return Err("a zip64 archive, which bundles are not".to_owned());
    }
    ZipArchive::new(Cursor::new(bytes)).map_err(|error| error.to_string())
}

fn explain_zip(findings: &mut Findings, mut zip: Zip<'_>, vouching: &Vouching<'_>) {
    let entries = match list(&mut zip) {
        Ok(entries) => entries,
        Err(why) => return findings.bad("content", why),
    };
    findings.fact("entries", entries.len());
    let foreign: Vec<&str> = entries
        .iter()
        .map(|entry| entry.name.as_str())
        .filter(|name| !ENTRIES.contains(name))
        .collect();
    if !foreign.is_empty() || entries.is_empty() {
        "a zip archive that is no bundle".clone_into(&mut findings.title);
        return refuse_names(findings, &foreign);
    }
    findings.kind = Subject::Bundle;
    "a bundle: an activation and what belongs to it".clone_into(&mut findings.title);
    check(
        findings,
        "names",
        check_names(&zip, &entries),
        "those of a bundle, each once, in their order",
    );
    check(
        findings,
        "limits",
        check_limits(&entries),
        "each entry is within its limit",
    );
    check(
        findings,
        "storage",
        check_storage(&zip, &entries),
        "stored, without extra fields",
    );
    if !zip.has_duplicate_names() {
        read_entries(findings, &mut zip, &entries, vouching);
    }
}

fn check(findings: &mut Findings, what: &'static str, held: Result<(), String>, good: &str) {
    match held {
        Ok(()) => findings.good(what, good),
        Err(why) => findings.bad(what, why),
    }
}

/// The directory. Names are compared as they stand there, and shown escaped.
fn list(zip: &mut Zip<'_>) -> Result<Vec<Entry>, String> {
    let count = zip.len();
    let entry = |place| {
        let entry = zip.by_index_raw(place).map_err(|error| error.to_string())?;
        let plain = entry.compression() == CompressionMethod::Stored && !entry.encrypted();
        let data = entry.header_start() + LOCAL_HEADER_BYTES + entry.name_raw().len() as u64;
        let extra = entry.extra_data().is_some_and(|fields| !fields.is_empty())
            || entry.data_start() != Some(data);
        Ok(Entry {
            name: bytes_for_terminal(entry.name_raw()),
            size: entry.size(),
            plain: plain && !extra,
        })
    };
    (0..count).map(entry).collect()
}

fn refuse_names(findings: &mut Findings, foreign: &[&str]) {
    if foreign.is_empty() {
        return findings.bad("names", "no entries");
    }
    let listed: Vec<String> = foreign
        .iter()
        .take(MAX_LISTED)
        .map(|name| Excerpt::new(name).to_string())
        .collect();
    let more = foreign.len().saturating_sub(MAX_LISTED);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    findings.fact("foreign names", format!("{}{more}", listed.join(", ")));
    findings.bad(
        "names",
        format!(
            "{} that no bundle has; the entries were not read",
            foreign.len()
        ),
    );
    findings.not_checked("content", "unpack it and inspect what is in it");
}

fn check_names(zip: &Zip<'_>, entries: &[Entry]) -> Result<(), String> {
    if zip.has_duplicate_names() {
        return Err("a name stands twice; the entries were not read".to_owned());
    }
    let has = |name: &&str| entries.iter().any(|entry| entry.name == **name);
    if let Some(missing) = ENTRIES.iter().take(ALWAYS).find(|name| !has(name)) {
        return Err(format!("{missing} is missing"));
    }
    let in_order = ENTRIES
        .iter()
        .filter(|name| has(name))
        .zip(entries)
        .find(|(name, entry)| **name != entry.name);
    in_order.map_or(Ok(()), |(name, entry)| {
        Err(format!("{} stands where {name} belongs", entry.name))
    })
}

fn check_limits(entries: &[Entry]) -> Result<(), String> {
    let limit = |entry: &Entry| limit_of(&entry.name) as u64;
    match entries.iter().find(|entry| entry.size > limit(entry)) {
        Some(entry) => Err(format!(
            "{} has {} bytes, {} are allowed",
            entry.name,
            entry.size,
            limit(entry)
        )),
        None => Ok(()),
    }
}

fn check_storage(zip: &Zip<'_>, entries: &[Entry]) -> Result<(), String> {
    if zip.offset() > 0 || !zip.comment().is_empty() {
        return Err("bytes before the first entry, or a comment after the last".to_owned());
    }
    match entries.iter().find(|entry| !entry.plain) {
        Some(entry) => Err(format!(
            "{} is compressed, encrypted, or has extra fields",
            entry.name
        )),
        None => Ok(()),
    }
}

/// Reads the entries that keep to the limits, the trust list and the activation first: they vouch
/// for the others.
fn read_entries(
    findings: &mut Findings,
    zip: &mut Zip<'_>,
    entries: &[Entry],
    vouching: &Vouching<'_>,
) {
    let mut contents = Vec::new();
    for (place, entry) in entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| entry.size <= limit_of(&entry.name) as u64)
    {
        match read(zip, place, limit_of(&entry.name)) {
            Ok(bytes) => contents.push(Opened {
                name: &entry.name,
                bytes,
            }),
            Err(why) => findings.bad("content", format!("{}: {why}", entry.name)),
        }
    }
    let envelope = |name: &str| {
        let content = contents.iter().find(|content| content.name == name)?;
        Envelope::read(&content.bytes).ok()
    };
    let vouching = vouching.in_bundle(
        envelope("trust-list.json").as_ref(),
        envelope("activation.json").as_ref(),
    );
    findings.parts = contents
        .iter()
        .map(|content| explain_entry(content, &vouching))
        .collect();
}

fn read(zip: &mut Zip<'_>, place: usize, limit: usize) -> Result<Vec<u8>, String> {
    let options = ZipReadOptions::new().enforce_header_consistency(true);
    let entry = zip
        .by_index_with_options(place, options)
        .map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    entry
        .take(limit as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    if bytes.len() > limit {
        Err(WireError::TooLarge {
            found: bytes.len(),
            allowed: limit,
        }
        .to_string())
    } else {
        Ok(bytes)
    }
}

fn explain_entry(content: &Opened<'_>, vouching: &Vouching<'_>) -> Findings {
    let mut findings = match content.name {
        "activation.json" => document_of(Kind::Activation, &content.bytes, vouching),
        "trust-list.json" => document_of(Kind::TrustList, &content.bytes, vouching),
        "checkpoint.json" => document_of(Kind::Checkpoint, &content.bytes, vouching),
        "README.txt" => readme(&content.bytes),
        "computer-key.txt" => {
            codes::explain_computer_key(&String::from_utf8_lossy(&content.bytes), vouching)
        }
        _ => picture_of(&content.bytes),
    };
    findings.put_first("entry", content.name);
    findings
}

fn document_of(kind: Kind, bytes: &[u8], vouching: &Vouching<'_>) -> Findings {
    let mut findings = document::explain(bytes, vouching);
    if findings.kind != Subject::Document(kind) {
        findings.bad(
            "entry",
            format!("this name is for the document of kind {kind}"),
        );
    }
    findings
}

fn readme(bytes: &[u8]) -> Findings {
    let mut findings = Findings::new(Subject::Readme, "the text for the technician");
    findings.fact("bytes", bytes.len());
    findings.not_checked("content", "nobody signs it: only the documents are trusted");
    findings
}

fn picture_of(bytes: &[u8]) -> Findings {
    match kind_of(bytes) {
        Content::Picture(kind) => picture::explain(kind, bytes),
        _ => Findings::unknown(
            "no picture",
            "content",
            "neither PNG nor JPEG, where a bundle has a picture",
        ),
    }
}
