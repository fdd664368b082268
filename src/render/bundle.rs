//! The bundle that a device installs: a zip of stored entries, the same bytes each time (PROTOCOL
//! section 8).

use super::error::RenderError;
use crate::licence::{Moment, Ulid};
use crate::wire::envelope::MAX_ENVELOPE_BYTES;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

/// Largest picture in a bundle, in bytes: 1 MiB.
pub const MAX_PICTURE_BYTES: usize = 1024 * 1024;
/// The names of a bundle's entries, in their order; the last two may be missing.
pub const ENTRIES: [&str; 7] = [
    "activation.json",
    "trust-list.json",
    "checkpoint.json",
    "qr.png",
    "README.txt",
    "computer-key.txt",
    "trust-list.png",
];
/// Most characters of a computer's name in a file's name.
const MAX_NAME: usize = 32;

/// What stands in a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleContent {
    /// The activation's envelope as JSON, at most 66 KiB.
    pub activation: Vec<u8>,
    /// The trust list's envelope as JSON, at most 66 KiB.
    pub trust_list: Vec<u8>,
    /// The checkpoint's envelope as JSON, at most 66 KiB.
    pub checkpoint: Vec<u8>,
    /// The activation as a picture, at most 1 MiB.
    pub qr_png: Vec<u8>,
    /// For the technician, at most 66 KiB.
    pub readme: String,
    /// The Computer Key's lines, where the product opts in, at most 66 KiB.
    pub computer_key: Option<String>,
    /// The trust list as a picture, where it changed since the system's last activation, at most 1
    /// MiB.
    pub trust_list_png: Option<Vec<u8>>,
    /// The activation's `issued_at`, the time of all entries.
    pub issued_at: Moment,
}

/// The bundle as a zip: stored entries in the order of [`ENTRIES`], no extra fields, no data
/// descriptors, `rw-r--r--`.
///
/// # Errors
/// [`RenderError::EntrySize`] for what a reader would refuse.
pub fn zip(content: &BundleContent) -> Result<Vec<u8>, RenderError> {
    let entries = [
        Some(content.activation.as_slice()),
        Some(content.trust_list.as_slice()),
        Some(content.checkpoint.as_slice()),
        Some(content.qr_png.as_slice()),
        Some(content.readme.as_bytes()),
        content.computer_key.as_deref().map(str::as_bytes),
        content.trust_list_png.as_deref(),
    ];
    let present: Vec<(&'static str, &[u8])> = ENTRIES
        .into_iter()
        .zip(entries)
        .filter_map(|(name, bytes)| Some((name, bytes?)))
        .collect();
    for (name, bytes) in &present {
        let allowed = limit_of(name);
        if bytes.len() > allowed {
            return Err(RenderError::EntrySize {
                name,
                found: bytes.len(),
                allowed,
            });
        }
    }
    write_entries(&present, content.issued_at).map_err(|e| RenderError::encoder("zip", &e))
}

/// Most bytes that an entry of this name may have: 1 MiB for pictures, 66 KiB for all else.
#[must_use]
pub fn limit_of(name: &str) -> usize {
    if name.ends_with(".png") {
        MAX_PICTURE_BYTES
    } else {
        MAX_ENVELOPE_BYTES
    }
}

fn write_entries(
    entries: &[(&'static str, &[u8])],
    issued_at: Moment,
) -> Result<Vec<u8>, zip::result::ZipError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(entry_time(issued_at))
        .system(System::Unix)
        .unix_permissions(0o644);
    let room = entries.iter().map(|(_, bytes)| bytes.len() + 256).sum();
    let mut writer = ZipWriter::new(Cursor::new(Vec::with_capacity(room)));
    for (name, bytes) in entries {
        writer.start_file(*name, options)?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// The time as zip files hold it: two-second steps, rounded down; from 2107-12-31 on its last,
/// 2107-12-31T23:59:58.
fn entry_time(moment: Moment) -> DateTime {
    let (year, month, day) = moment.day().year_month_day();
    let (hour, minute, second) = moment.hour_minute_second();
    let small = |number: u32| u8::try_from(number).unwrap_or(u8::MAX);
    let last = || DateTime::from_date_and_time(2107, 12, 31, 23, 59, 58).unwrap_or_default();
    if (year, month, day) >= (2107, 12, 31) {
        return last();
    }
    let year = u16::try_from(year).unwrap_or(u16::MAX);
    DateTime::from_date_and_time(
        year,
        small(month),
        small(day),
        small(hour),
        small(minute),
        small(second),
    )
    .unwrap_or_else(|_| last())
}

/// `<computer>_<activation_id>_<sequence>`, the name of a bundle and of what belongs to it, without
/// extension.
///
/// The computer's name has every run of characters other than `A-Z a-z 0-9` turned into one `-`, is
/// cut to 32 characters, trimmed of `-`, and is `device` if nothing is left: at most 65 bytes of
/// ASCII in all.
#[must_use]
pub fn file_stem(computer_name: &str, activation_id: &Ulid, sequence: u16) -> String {
    let mut computer = String::with_capacity(MAX_NAME);
    for c in computer_name.chars() {
        if c.is_ascii_alphanumeric() {
            computer.push(c);
        } else if !computer.ends_with('-') {
            computer.push('-');
        }
    }
    computer.truncate(MAX_NAME);
    let trimmed = computer.trim_matches('-');
    let computer = if trimmed.is_empty() {
        "device"
    } else {
        trimmed
    };
    format!("{computer}_{activation_id}_{sequence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Moment {
        Moment::read(text).expect("a time of the test")
    }

    fn stem_of(name: &str) -> String {
        let id = Ulid::read("01KAMJ4R00N6ZQ3T5V7X9Y1ABC").expect("a ULID of the test");
        file_stem(name, &id, 7).replace("_01KAMJ4R00N6ZQ3T5V7X9Y1ABC_7", "")
    }

    #[test]
    fn bundle_names_are_plain() {
        assert_eq!(stem_of("nvr-lobby-01 東"), "nvr-lobby-01");
        assert_eq!(stem_of("../../etc/passwd"), "etc-passwd");
        assert_eq!(stem_of("a  --  b"), "a-b");
        assert_eq!(stem_of("東京"), "device");
        assert_eq!(stem_of(""), "device");
        assert_eq!(stem_of(&"x".repeat(40)), "x".repeat(32));
        assert_eq!(stem_of(&format!("{} y", "x".repeat(31))), "x".repeat(31));
        assert_eq!(stem_of(&format!("-{}", "x".repeat(40))), "x".repeat(31));
    }

    #[test]
    fn times_fit_into_zip() {
        let parts = |text: &str| {
            let time = entry_time(moment(text));
            (
                time.year(),
                time.month(),
                time.day(),
                time.hour(),
                time.minute(),
                time.second(),
            )
        };
        assert_eq!(parts("2026-11-22T05:06:07Z"), (2026, 11, 22, 5, 6, 6));
        assert_eq!(parts("2107-12-30T23:59:59Z"), (2107, 12, 30, 23, 59, 58));
        for late in [
            "2107-12-31T00:00:00Z",
            "2108-01-01T00:00:00Z",
            "2199-06-05T23:59:59Z",
        ] {
            assert_eq!(parts(late), (2107, 12, 31, 23, 59, 58), "{late}");
        }
    }

    #[test]
    fn what_a_device_would_refuse_is_not_written() {
        let content = BundleContent {
            activation: vec![b' '; MAX_ENVELOPE_BYTES + 1],
            trust_list: Vec::new(),
            checkpoint: Vec::new(),
            qr_png: Vec::new(),
            readme: String::new(),
            computer_key: None,
            trust_list_png: None,
            issued_at: moment("2026-11-22T05:00:00Z"),
        };
        let refused = RenderError::EntrySize {
            name: "activation.json",
            found: 67_585,
            allowed: 67_584,
        };
        assert_eq!(zip(&content), Err(refused));
    }
}
