//! From a file's bytes to judged documents: shape, signature, payload. Without the ledger, so that
//! all cores can do it.

use crate::licence::Digest;
use crate::policy::batch::Place;
use crate::policy::record::code::RefusalCode;
use crate::policy::refusal::FileRefusal;
use crate::seal::{Facts, Refused, Verified, open_envelope, open_request};
use crate::spool::{Content, Contents, MAX_FILE_BYTES, MAX_PICTURE_BYTES, Taken};
use crate::wire::qr::{Part, lines_of, read_part, read_text};
use crate::wire::request::{Request, RequestBody};

/// How a part of a QR text begins (PROTOCOL section 7).
const PART: &str = "KS1-";

/// A request that is well-formed and signed, or why a document is not.
#[derive(Debug, Clone)]
pub(super) enum Judged {
    /// Verified; the payload waits for its turn.
    Request(Box<Verified<Request>>),
    /// Refused before any rule was asked.
    Refused(Box<Unfit>),
}

/// Why a document is refused, and what could be read of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unfit {
    pub(super) refusal: FileRefusal,
    pub(super) document: Option<Digest>,
    pub(super) facts: Option<Box<Facts>>,
}

/// What a file holds.
#[derive(Debug)]
pub(super) struct Held {
    /// Whole documents.
    pub(super) documents: Vec<Judged>,
    /// Parts of QR texts, which may be completed by other files.
    pub(super) parts: Vec<Part>,
    /// Whether the file ends before its kind does.
    pub(super) is_cut: bool,
    /// Whether it is a text, to which another line may come however whole the last one is.
    pub(super) is_text: bool,
}

impl Held {
    fn one(judged: Judged) -> Self {
        Self {
            documents: vec![judged],
            parts: Vec::new(),
            is_cut: false,
            is_text: false,
        }
    }

    pub(super) fn refused(refusal: FileRefusal) -> Self {
        Self::one(refused(refusal))
    }

    /// Whether the file may be the beginning of another good one: its end would make the
    /// difference.
    pub(super) fn may_grow(&self) -> bool {
        self.is_text || !self.is_whole()
    }

    /// Whether nothing is missing in what is there: of a text each line is whole.
    pub(super) fn is_whole(&self) -> bool {
        let cut = |judged: &Judged| {
            matches!(judged, Judged::Refused(unfit)
                if unfit.refusal.code() == RefusalCode::Malformed)
        };
        !self.is_cut && !self.documents.iter().any(cut)
    }
}

pub(super) fn refused(refusal: FileRefusal) -> Judged {
    Judged::Refused(Box::new(refusal.into()))
}

impl From<FileRefusal> for Unfit {
    fn from(refusal: FileRefusal) -> Self {
        Self {
            refusal,
            document: None,
            facts: None,
        }
    }
}

/// The order within the batch depends on this.
pub(super) fn place_of(request: &Verified<Request>) -> Place {
    Place {
        device_key: request.device_key,
        counter: request.counter,
        document: request.document_id(),
        is_deactivation: matches!(request.body, RequestBody::Deactivation(_)),
    }
}

/// Judges a file by its content, never by its name. Of a picture no codes are read here, see
/// [`super::pictures`].
pub(super) fn judge(taken: &Taken) -> Held {
    match (&taken.contents, taken.kind) {
        (_, Content::Archive(kind)) => Held::refused(FileRefusal::Archive { kind }),
        (_, Content::Foreign(kind)) => super::pictures::not_read(kind),
        (Contents::TooLarge { size }, Content::Picture(_)) => too_large(*size, MAX_PICTURE_BYTES),
        (Contents::TooLarge { size }, _) => too_large(*size, MAX_FILE_BYTES as u64),
        (_, Content::Picture(_)) | (Contents::PictureHead(_), _) => super::pictures::no_code(),
        (Contents::Whole(bytes), Content::QrText) => judge_text(bytes),
        (Contents::Whole(bytes), _) => Held::one(judge_document(bytes)),
    }
}

fn too_large(found: u64, allowed: u64) -> Held {
    Held::refused(FileRefusal::TooLarge { found, allowed })
}

fn judge_document(bytes: &[u8]) -> Judged {
    match open_request(bytes) {
        Ok(request) => Judged::Request(Box::new(request)),
        Err(refused) => Judged::Refused(Box::new(unfit(refused))),
    }
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

/// Judges the texts of several codes.
pub(super) fn judge_codes<'a>(texts: impl Iterator<Item = &'a str>) -> Held {
    let mut held = Held {
        documents: Vec::new(),
        parts: Vec::new(),
        is_cut: false,
        is_text: false,
    };
    for line in texts {
        if line.starts_with(PART) {
            match read_part(line) {
                Ok(part) => held.parts.push(part),
                Err(error) => held.documents.push(refused(error.into())),
            }
        } else {
            held.documents.push(judge_qr(line));
        }
    }
    held
}

/// Judges one whole QR text.
pub(super) fn judge_qr(text: &str) -> Judged {
    match read_text(text) {
        Ok(envelope) => match open_envelope(&envelope) {
            Ok(request) => Judged::Request(Box::new(request)),
            Err(refused) => Judged::Refused(Box::new(unfit(refused))),
        },
        Err(error) => refused(error.into()),
    }
}

fn unfit(refused: Refused) -> Unfit {
    Unfit {
        refusal: refused.error.into(),
        document: refused.document,
        facts: refused.facts,
    }
}
