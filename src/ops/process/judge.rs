//! From a file's bytes to judged documents: shape, signature, payload. Without the ledger, so that
//! all cores can do it.

use super::codes::{PART, judge_codes};
use super::held::{Held, Judged};
use super::pictures;
use crate::policy::refusal::FileRefusal;
use crate::seal::open_request;
use crate::spool::{Content, Contents, MAX_FILE_BYTES, MAX_PICTURE_BYTES, Taken};
use crate::wire::qr::lines_of;

/// Judges a file by its content, never by its name. The codes of a picture are read elsewhere, see
/// [`pictures`].
pub(super) fn judge(taken: &Taken) -> Held {
    match (&taken.contents, taken.kind) {
        (_, Content::Archive(kind)) => Held::refused(FileRefusal::Archive { kind }),
        (_, Content::Foreign(kind)) => pictures::not_read(kind),
        (Contents::TooLarge { size }, Content::Picture(_)) => too_large(*size, MAX_PICTURE_BYTES),
        (Contents::TooLarge { size }, _) => too_large(*size, MAX_FILE_BYTES as u64),
        (_, Content::Picture(_)) | (Contents::PictureHead(_), _) => pictures::no_code(),
        (Contents::Whole(bytes), Content::QrText) => judge_text(bytes),
        (Contents::Whole(bytes), _) => Held::one(open_request(bytes).into()),
    }
}

fn too_large(found: u64, allowed: u64) -> Held {
    Held::refused(FileRefusal::TooLarge { found, allowed })
}

/// Each line of a text file is one code; only CR and LF end a line (PROTOCOL section 7).
fn judge_text(bytes: &[u8]) -> Held {
    let Ok(text) = str::from_utf8(bytes) else {
        return Held::refused(FileRefusal::NotUtf8 {});
    };
    let held = judge_codes(lines_of(text));
    // Without an end of its line a request is whole all the same, for its signature holds; a part
    // may be the beginning of a longer one.
    let last_is_request = || matches!(held.documents.last(), Some(Judged::Request(_)));
    let is_part = |line: &str| line.starts_with(PART);
    let is_cut = !text.ends_with(['\r', '\n'])
        && (lines_of(text).last().is_none_or(is_part) || !last_is_request());
    Held {
        is_cut,
        is_text: true,
        ..held
    }
}
