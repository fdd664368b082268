//! Refusals of files, in English.

use crate::policy::record::code::RefusalCode;
use crate::policy::refusal::FileRefusal;
use crate::words::refusal::said::Said;
use std::fmt::Display;

const WRITE_AGAIN: &str = "Let the device write the file again, and copy it unchanged.";
const ALL_PARTS: &str = "Bring all parts of the QR code in one go.";
/// What helps where a picture tells nothing.
const PHOTOGRAPH_AGAIN: &str =
    "Photograph the QR code again, sharp and as a whole, or bring the file that the device wrote.";

pub(super) fn said(refusal: &FileRefusal) -> Said {
    match refusal {
        FileRefusal::Unreadable { error } => Said::new(cannot_be_read(error), mend(refusal.code())),
        FileRefusal::NoRequest { error } => Said::new(
            format!("The file is no request of a device: {error}."),
            "Bring the system description, confirmation or deactivation that the device wrote.",
        ),
        FileRefusal::Unsigned { .. } => Said::new(
            "The device's signature does not hold: the file was changed after the device wrote it.",
            WRITE_AGAIN,
        ),
        FileRefusal::NotUtf8 {} => {
            Said::new(cannot_be_read("the text file is not UTF-8"), WRITE_AGAIN)
        }
        FileRefusal::Changed { file } => Said::new(
            cannot_be_read(format!("{file} changed while it was answered")),
            WRITE_AGAIN,
        ),
        FileRefusal::TooLarge { found, allowed } => Said::new(
            format!("The file has {found} bytes, and {allowed} are allowed."),
            "Bring the file that the device wrote, alone and unchanged.",
        ),
        FileRefusal::Archive { kind } => Said::new(
            format!("The file is a {kind} archive."),
            "Unpack it and drop the files that were in it.",
        ),
        FileRefusal::PartsMissing {
            count,
            missing,
            hours,
        } => Said::new(parts_missing(*count, missing, *hours), ALL_PARTS),
        FileRefusal::PictureKind { kind } => Said::new(
            format!("The picture is of the kind {kind}; {KINDS_READ}"),
            SAVE_AS,
        ),
        FileRefusal::Pdf {} => Said::new(
            format!("The file is of the kind PDF; {KINDS_READ}"),
            SAVE_AS,
        ),
        FileRefusal::Heic {} => Said::new(
            format!("The picture is of the kind HEIC; {KINDS_READ}"),
            "Set the camera to the most compatible format (iPhone: Settings, Camera, Formats), or \
                save the picture as JPEG, or bring the file that the device wrote.",
        ),
        FileRefusal::TooManyPixels {
            width,
            height,
            allowed,
            side,
        } => Said::new(
            format!(
                "The picture has {width} x {height} pixels; {allowed} are allowed, and {side} on \
                    a side."
            ),
            "Photograph the QR code alone, or make the picture smaller.",
        ),
        FileRefusal::NoCode {}
        | FileRefusal::ForeignCode { .. }
        | FileRefusal::Damaged {}
        | FileRefusal::TooSlow { .. }
        | FileRefusal::TooMuchMemory { .. }
        | FileRefusal::ReaderBroke {} => Said::new(unread(refusal), PHOTOGRAPH_AGAIN),
    }
}

const KINDS_READ: &str = "PNG and JPEG are read.";
const SAVE_AS: &str = "Save the picture as PNG or JPEG, or bring the file that the device wrote.";

fn cannot_be_read(why: impl Display) -> String {
    format!("The file cannot be read: {why}.")
}

fn mend(code: RefusalCode) -> &'static str {
    match code {
        RefusalCode::UnsupportedVersion => {
            "Update the signer, which reads version 1 of the protocol."
        }
        RefusalCode::PartsMissing => ALL_PARTS,
        _ => WRITE_AGAIN,
    }
}

fn parts_missing(count: u8, missing: &[u8], hours: i64) -> String {
    let missing: Vec<String> = missing.iter().map(u8::to_string).collect();
    format!(
        "Of {count} parts of a QR code, part {} did not come within {hours} hours.",
        missing.join(", ")
    )
}

/// What came of a picture that told nothing.
fn unread(refusal: &FileRefusal) -> String {
    match refusal {
        FileRefusal::ForeignCode { host: Some(host) } => {
            format!("The QR code in the picture is none of Keyspool: it leads to {host}.")
        }
        FileRefusal::ForeignCode { host: None } => {
            "The QR code in the picture is none of Keyspool.".to_owned()
        }
        FileRefusal::Damaged {} => {
            "The picture cannot be read: it is damaged, not whole, or of an unusual kind."
                .to_owned()
        }
        FileRefusal::TooSlow { allowed } => {
            format!("The picture could not be read within {allowed} s.")
        }
        FileRefusal::TooMuchMemory { allowed } => {
            format!("The picture could not be read within {allowed} MiB of memory.")
        }
        FileRefusal::ReaderBroke {} => {
            "The picture could not be read: what reads pictures broke at it.".to_owned()
        }
        _ => "No QR code could be read from the picture.".to_owned(),
    }
}
