//! What a file holds, once it was judged.

use super::refusal::Refusal;
use crate::policy::record::code::RefusalCode;
use crate::seal::Verified;
use crate::wire::qr::Part;
use crate::wire::request::Request;

/// A request that is well-formed and signed, or why a document is not.
#[derive(Debug, Clone)]
pub(super) enum Judged {
    /// Verified; the payload waits for its turn.
    Request(Box<Verified<Request>>),
    /// Refused before any rule was asked.
    Refused(Box<Refusal>),
}

impl<R: Into<Refusal>> From<Result<Verified<Request>, R>> for Judged {
    fn from(opened: Result<Verified<Request>, R>) -> Self {
        match opened {
            Ok(request) => Self::Request(Box::new(request)),
            Err(refused) => Self::refused(refused),
        }
    }
}

impl Judged {
    pub(super) fn refused(refusal: impl Into<Refusal>) -> Self {
        Self::Refused(Box::new(refusal.into()))
    }
}

/// What a file holds.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// Whole documents.
    pub(super) documents: Vec<Judged>,
    /// Parts of QR texts, which other files may complete.
    pub(super) parts: Vec<Part>,
    /// Whether the file ends before its kind does.
    pub(super) is_cut: bool,
    /// Whether it is a text: another line may come, however whole the last one is.
    pub(super) is_text: bool,
}

impl Held {
    pub(super) fn one(judged: Judged) -> Self {
        Self {
            documents: vec![judged],
            ..Self::default()
        }
    }

    pub(super) fn refused(refusal: impl Into<Refusal>) -> Self {
        Self::one(Judged::refused(refusal))
    }

    /// Whether the file may be the beginning of a longer one that is good.
    pub(super) fn may_grow(&self) -> bool {
        self.is_text || !self.is_whole()
    }

    /// Whether nothing is missing: each line of a text is whole.
    pub(super) fn is_whole(&self) -> bool {
        let cut = |judged: &Judged| {
            matches!(judged, Judged::Refused(refusal)
                if refusal.code() == RefusalCode::Malformed)
        };
        !self.is_cut && !self.documents.iter().any(cut)
    }
}
