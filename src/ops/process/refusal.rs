//! A refusal on its way: from the check that makes it to its entry in the history and its notice.

use crate::licence::{ComputerId, Counts, Digest, Identifier};
use crate::policy::record::code::RefusalCode;
use crate::policy::refusal::{FileRefusal, Refused};
use crate::seal::{self, Facts, Verified};
use crate::wire::request::{Request, RequestBody};

/// Why a document is refused, and what could be read of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// Why, and whom to ask.
    pub(super) reason: Refused,
    /// Document id, where it could be read.
    pub(super) document: Option<Digest>,
    /// Whom the document names, where its signature held.
    pub(super) named: Option<Box<Facts>>,
    /// What a system description needs.
    pub(super) need: Option<Counts>,
}

impl Refusal {
    /// The rules' refusal of a verified request.
    pub(super) fn by_rules(request: &Verified<Request>, reason: Refused) -> Self {
        let need = match &request.body {
            RequestBody::SystemDescription(description) => Some(description.need.clone()),
            _ => None,
        };
        let named = Facts {
            organization: Some(request.organization.clone()),
            product: Some(request.product.clone()),
            computer_id: Some(request.computer_id),
        };
        Self {
            reason,
            document: Some(request.document_id()),
            named: Some(Box::new(named)),
            need,
        }
    }

    /// The code that documents, history and command line use.
    pub(super) fn code(&self) -> RefusalCode {
        self.reason.code()
    }

    pub(super) fn computer_id(&self) -> Option<ComputerId> {
        self.named.as_ref()?.computer_id
    }

    pub(super) fn organization(&self) -> Option<Identifier> {
        self.named.as_ref()?.organization.clone()
    }

    pub(super) fn product(&self) -> Option<Identifier> {
        self.named.as_ref()?.product.clone()
    }

    /// The device and its organization, where both are named.
    pub(super) fn device(&self) -> Option<(ComputerId, Identifier)> {
        self.computer_id().zip(self.organization())
    }
}

impl From<FileRefusal> for Refusal {
    fn from(refusal: FileRefusal) -> Self {
        Self {
            reason: refusal.into(),
            document: None,
            named: None,
            need: None,
        }
    }
}

impl From<seal::Refused> for Refusal {
    fn from(refused: seal::Refused) -> Self {
        Self {
            document: refused.document,
            named: refused.facts,
            ..FileRefusal::from(refused.error).into()
        }
    }
}
