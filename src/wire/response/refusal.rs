//! Refusals: why a file has no answer (PROTOCOL section 5.3).

use crate::licence::{ComputerId, Digest, Identifier, Moment};
use crate::wire::error::{Excerpt, WireError};
use crate::wire::field::Field;
use crate::wire::json;
use crate::wire::members::Members;
use crate::wire::text::ObjectText;
use alloc::string::String;
use alloc::vec::Vec;

/// Why a file has no answer (section 5.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalNotice {
    /// Lower-case words joined by `-`.
    pub code: String,
    /// One sentence that a technician understands.
    pub message: String,
    /// One sentence: what to do next.
    pub remedy: String,
    /// The file's path in the inbox, `/` between folders, unprintable bytes as `\xNN`.
    pub file: String,
    /// SHA-256 of the file's bytes.
    pub digest: Digest,
    /// By the signer's clock.
    pub issued_at: Moment,
    /// Document id, where it could be read.
    pub request: Option<Digest>,
    /// Where it could be read.
    pub computer_id: Option<ComputerId>,
    /// Where it could be read.
    pub organization: Option<Identifier>,
    /// Where it could be read.
    pub product: Option<Identifier>,
}

impl RefusalNotice {
    /// Reads the payload of a refusal whose signature holds.
    ///
    /// # Errors
    /// [`WireError`] with the first broken rule.
    pub fn read(payload: &[u8]) -> Result<Self, WireError> {
        let mut members = Members::of(json::read_object(payload).map_err(WireError::in_payload)?);
        let refusal = Self {
            code: members.required("code", read_code)?,
            message: members.required("message", Field::string)?,
            remedy: members.required("remedy", Field::string)?,
            file: members.required("file", Field::string)?,
            digest: members.required("digest", Field::hex)?,
            issued_at: members.required("issued_at", Field::moment)?,
            request: members.optional("request", Field::hex)?,
            computer_id: members.optional("computer_id", Field::computer_id)?,
            organization: members.optional("organization", Field::identifier)?,
            product: members.optional("product", Field::identifier)?,
        };
        members.ignore_the_rest()?;
        Ok(refusal)
    }

    /// The payload: compact JSON, members in the sequence of section 5.3.
    #[must_use]
    pub fn to_payload(&self) -> Vec<u8> {
        let mut out = ObjectText::new();
        out.text("code", &self.code)
            .text("message", &self.message)
            .text("remedy", &self.remedy);
        out.text("file", &self.file)
            .text("digest", &self.digest)
            .text("issued_at", &self.issued_at);
        out.text_if("request", self.request.as_ref())
            .text_if("computer_id", self.computer_id.as_ref());
        out.text_if("organization", self.organization.as_ref())
            .text_if("product", self.product.as_ref());
        out.into_payload()
    }
}

/// Lower-case words joined by `-`.
pub(super) fn read_code(field: Field) -> Result<String, WireError> {
    let member = field.member();
    let found = field.string()?;
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    if found.split('-').all(is_word) {
        Ok(found)
    } else {
        Err(WireError::CodeWords {
            member,
            found: Excerpt::new(&found),
        })
    }
}
