//! Photographs and other pictures: from a file to the texts of its codes, and from there on like a
//! text file.

use super::codes::judge_codes;
use super::held::Held;
use crate::policy::refusal::FileRefusal;
use crate::scan::{MAX_PIXELS, MAX_SIDE, MEMORY_LIMIT, Reading, Scanner, TIME_LIMIT, is_whole};
use crate::spool::{Content, Contents, Foreign, Spool, Taken};
use crate::wire::qr::is_qr_text;

/// Longest name of a host that a refusal quotes (RFC 1035).
const MAX_HOST: usize = 253;

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
        Reading::TooManyPixels { width, height } => Held::refused(FileRefusal::TooManyPixels {
            width: *width,
            height: *height,
            allowed: MAX_PIXELS,
            side: MAX_SIDE,
        }),
        Reading::Damaged => Held::refused(FileRefusal::Damaged {}),
        Reading::TooSlow => Held::refused(FileRefusal::TooSlow {
            allowed: TIME_LIMIT.as_secs(),
        }),
        Reading::OutOfMemory => Held::refused(FileRefusal::TooMuchMemory {
            allowed: MEMORY_LIMIT >> 20,
        }),
        Reading::Crashed => Held::refused(FileRefusal::ReaderBroke {}),
    }
}

/// A picture without a code.
pub(super) fn no_code() -> Held {
    Held::refused(FileRefusal::NoCode {})
}

/// A picture or page of a kind that is not read.
pub(super) fn not_read(kind: Foreign) -> Held {
    Held::refused(match kind {
        Foreign::Heic => FileRefusal::Heic {},
        Foreign::Pdf => FileRefusal::Pdf {},
        other => FileRefusal::PictureKind { kind: other.name() },
    })
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
    Held::refused(FileRefusal::ForeignCode {
        host: host.map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::process::held::Judged;
    use crate::policy::record::code::RefusalCode;
    use crate::policy::refusal::Refusal;

    fn refusal(outcome: &Reading) -> FileRefusal {
        match judge_outcome(outcome).documents.as_slice() {
            [Judged::Refused(refusal)] => match &refusal.reason.refusal {
                Refusal::File(facts) => facts.clone(),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_empty_picture_is_refused_with_the_reason() {
        let texts =
            |texts: &[&str]| Reading::Texts(texts.iter().map(|text| (*text).to_owned()).collect());
        let foreign = |host: Option<&str>| FileRefusal::ForeignCode {
            host: host.map(str::to_owned),
        };
        for (outcome, wanted) in [
            (texts(&[]), FileRefusal::NoCode {}),
            (
                texts(&["HTTPS://example.com/?x"]),
                foreign(Some("example.com")),
            ),
            (texts(&["0123-4567"]), foreign(None)),
            (Reading::Damaged, FileRefusal::Damaged {}),
            (Reading::TooSlow, FileRefusal::TooSlow { allowed: 10 }),
            (
                Reading::OutOfMemory,
                FileRefusal::TooMuchMemory { allowed: 512 },
            ),
            (Reading::Crashed, FileRefusal::ReaderBroke {}),
        ] {
            let found = refusal(&outcome);
            assert_eq!(found, wanted);
            assert_eq!(found.code(), RefusalCode::NoCodeInPicture);
        }
        let large = refusal(&Reading::TooManyPixels {
            width: 65_535,
            height: 65_535,
        });
        assert_eq!(large.code(), RefusalCode::TooLarge);
        assert_eq!(
            refusal(&texts(&["https://example.com", "KS1:@"])).code(),
            RefusalCode::Malformed
        );
    }
}
