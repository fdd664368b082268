//! What is granted, and the answer that is signed for it.

use crate::policy::record::event::Event;
use crate::wire::Kind;
use alloc::vec::Vec;

/// What is signed and sent back: its kind and exact payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// An activation or a receipt.
    pub kind: Kind,
    /// The bytes to sign.
    pub payload: Vec<u8>,
}

impl Answer {
    /// The document id that the signed answer will have.
    #[must_use]
    pub fn document_id(&self) -> crate::licence::Digest {
        crate::wire::sha256(&[&crate::wire::envelope::pae(
            &self.kind.payload_type(),
            &self.payload,
        )])
    }
}

/// What a request is granted. Only [`decide`] makes one.
#[derive(Debug)]
pub struct Grant {
    pub(crate) event: Event,
    pub(crate) answer: Option<Answer>,
}

impl Grant {
    /// The change that it is.
    #[must_use]
    pub fn event(&self) -> &Event {
        &self.event
    }

    /// What is sent back; none where a line in the manifest is the answer.
    #[must_use]
    pub fn answer(&self) -> Option<&Answer> {
        self.answer.as_ref()
    }
}
