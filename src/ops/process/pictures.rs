//! Photographs and other pictures: from a file to the texts of its codes, and from there on like a
//! text file.

use super::judge::{Held, judge_codes};
use crate::policy::RefusalCode;
use crate::scan::{MAX_PIXELS, MAX_SIDE, MEMORY_LIMIT, Reading, Scanner, TIME_LIMIT, is_whole};
use crate::spool::{Content, Contents, Foreign, Spool, Taken};
use crate::wire::qr::is_qr_text;

/// Longest name of a host that a refusal quotes (RFC 1035).
const MAX_HOST: usize = 253;
/// What helps where a picture tells nothing.
const REMEDY: &str =
    "Photograph the QR code again, sharp and as a whole, or bring the file that the device wrote.";

/// Whether the file is a picture within its limits.
pub(super) fn is_to_be_read(taken: &Taken) -> bool {
    matches!(taken.kind, Content::Picture(_))
        && !matches!(taken.contents, Contents::TooLarge { .. })
}

/// Reads the codes of a picture and judges them.
///
/// # Errors
/// Why it cannot be read now, which is not its fault.
pub(super) fn judge_picture(
    spool: &Spool,
    scanner: &Scanner,
    taken: &Taken,
) -> Result<Held, String> {
    let bytes = spool
        .read_picture(taken)
        .map_err(|error| error.to_string())?;
    let outcome = scanner.scan(&bytes).map_err(|error| error.to_string())?;
    // A picture whose end is missing may be one that is still being copied, whatever was read from
    // its beginning.
    let is_cut = outcome == Reading::Damaged || !is_whole(&bytes);
    Ok(Held {
        is_cut,
        ..judge_outcome(&outcome)
    })
}

/// Codes that are not ours lie about everywhere: beside one of ours they mean nothing.
fn judge_outcome(outcome: &Reading) -> Held {
    let seconds = TIME_LIMIT.as_secs();
    match outcome {
        Reading::Texts(texts) if texts.iter().any(|text| is_qr_text(text.as_bytes())) => {
            judge_codes(
                texts
                    .iter()
                    .map(String::as_str)
                    .filter(|text| is_qr_text(text.as_bytes())),
            )
        }
        Reading::Texts(texts) => texts
            .first()
            .map_or_else(no_code, |text| foreign_code(text)),
        Reading::TooManyPixels { width, height } => Held::refused(
            RefusalCode::TooLarge,
            format!(
                "The picture has {width} x {height} pixels; {MAX_PIXELS} are allowed, and \
                    {MAX_SIDE} on a side."
            ),
            "Photograph the QR code alone, or make the picture smaller.",
        ),
        Reading::Damaged => unread(
            "The picture cannot be read: it is damaged, not whole, or of an unusual kind."
                .to_owned(),
        ),
        Reading::TooSlow => unread(format!("The picture could not be read within {seconds} s.")),
        Reading::OutOfMemory => unread(format!(
            "The picture could not be read within {} MiB of memory.",
            MEMORY_LIMIT >> 20
        )),
        Reading::Crashed => {
            unread("The picture could not be read: what reads pictures broke at it.".to_owned())
        }
    }
}

/// A picture without a code.
pub(super) fn no_code() -> Held {
    unread("No QR code could be read from the picture.".to_owned())
}

/// A picture or page of a kind that is not read.
pub(super) fn not_read(kind: Foreign) -> Held {
    let what = if kind == Foreign::Pdf {
        "file"
    } else {
        "picture"
    };
    let remedy = match kind {
        Foreign::Heic => {
            "Set the camera to the most compatible format (iPhone: Settings, Camera, Formats), or \
                save the picture as JPEG, or bring the file that the device wrote."
        }
        _ => "Save the picture as PNG or JPEG, or bring the file that the device wrote.",
    };
    let message = format!(
        "The {what} is of the kind {}; PNG and JPEG are read.",
        kind.name()
    );
    Held::refused(RefusalCode::NoCodeInPicture, message, remedy)
}

/// A code may hold a secret, a licence key for one, and a refusal goes into the history: only the
/// host of a link is quoted.
fn foreign_code(text: &str) -> Held {
    let is_link =
        |scheme: &str| scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    let link = text
        .split_once("://")
        .filter(|(scheme, _)| is_link(scheme))
        .map(|(_, link)| link);
    let host = link
        .and_then(|link| link.split(['/', '?', '#', '@', ' ']).next())
        .filter(|host| (1..=MAX_HOST).contains(&host.len()));
    unread(match host {
        Some(host) => {
            format!("The QR code in the picture is none of Keyspool: it leads to {host}.")
        }
        None => "The QR code in the picture is none of Keyspool.".to_owned(),
    })
}

fn unread(message: String) -> Held {
    Held::refused(RefusalCode::NoCodeInPicture, message, REMEDY)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::process::judge::Judged;

    fn refusal(outcome: &Reading) -> (RefusalCode, String) {
        match judge_outcome(outcome).documents.as_slice() {
            [Judged::Refused(unfit)] => (unfit.code, unfit.message.clone()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_picture_that_tells_nothing_is_refused_with_the_reason() {
        let texts =
            |texts: &[&str]| Reading::Texts(texts.iter().map(|text| (*text).to_owned()).collect());
        for (outcome, says) in [
            (texts(&[]), "No QR code"),
            (texts(&["HTTPS://example.com/?x"]), "leads to example.com."),
            (texts(&["0123-4567"]), "none of Keyspool."),
            (Reading::Damaged, "damaged"),
            (Reading::TooSlow, "within 10 s"),
            (Reading::OutOfMemory, "within 512 MiB"),
            (Reading::Crashed, "broke"),
        ] {
            let (code, message) = refusal(&outcome);
            assert!(
                code == RefusalCode::NoCodeInPicture && message.contains(says),
                "{message}"
            );
        }
        assert_eq!(
            refusal(&Reading::TooManyPixels {
                width: 65_535,
                height: 65_535
            })
            .0,
            RefusalCode::TooLarge
        );
        assert_eq!(
            refusal(&texts(&["https://example.com", "KS1:@"])).0,
            RefusalCode::Malformed
        );
    }
}
