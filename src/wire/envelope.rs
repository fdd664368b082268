//! The DSSE v1 envelope with exactly one signature (PROTOCOL section 2).

use super::error::{Excerpt, WireError};
use super::field::Field;
use super::hash::{key_id, sha256};
use super::json::{self, Object};
use super::kind::{Kind, KindError};
use super::members::Members;
use super::text::{ObjectText, array};
use crate::licence::{Digest, KeyId};
use alloc::string::String;
use alloc::vec::Vec;

/// Largest file or envelope, in bytes: 66 KiB.
pub const MAX_ENVELOPE_BYTES: usize = 66 * 1024;
/// Largest payload, in bytes: 48 KiB.
pub const MAX_PAYLOAD_BYTES: usize = 48 * 1024;

/// An envelope whose shape is right; its signature is verified by `seal`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// `application/vnd.keyspool.<kind>.v1+json`.
    pub payload_type: String,
    /// The exact bytes that were signed, at most 48 KiB.
    pub payload: Vec<u8>,
    /// Key id of the key that signed.
    pub key_id: KeyId,
    /// Ed25519 signature over the PAE.
    pub signature: [u8; 64],
}

/// Bytes of a PAE beside type and payload, at most: "DSSEv1", four spaces, two numbers of up to 20
/// digits.
const PAE_WORDS_BYTES: usize = 50;

/// The bytes that are signed: the DSSE pre-authentication encoding.
#[must_use]
pub fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut head = String::with_capacity(PAE_WORDS_BYTES + payload_type.len() + payload.len());
    json::write_display(
        &format_args!(
            "DSSEv1 {} {payload_type} {} ",
            payload_type.len(),
            payload.len()
        ),
        &mut head,
    );
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

impl Envelope {
    /// Reads an envelope of any kind from a file's bytes and checks its whole shape: size, members,
    /// type, and the payload's JSON.
    ///
    /// The signature and the payload's own members are not looked at. The payload type is judged
    /// before the payload's JSON, because another version may have other rules for it.
    ///
    /// # Errors
    /// [`WireError`] with the first fault.
    pub fn read(file_bytes: &[u8]) -> Result<Self, WireError> {
        Self::read_with_payload(file_bytes).map(|(envelope, _)| envelope)
    }

    /// As [`Self::read`]; gives the payload's members too, so that nobody reads them twice.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub(crate) fn read_with_payload(file_bytes: &[u8]) -> Result<(Self, Object), WireError> {
        if file_bytes.len() > MAX_ENVELOPE_BYTES {
            return Err(WireError::TooLarge {
                found: file_bytes.len(),
                allowed: MAX_ENVELOPE_BYTES,
            });
        }
        let mut members = Members::of(json::read_object(file_bytes)?);
        let payload_type = members.required("payloadType", Field::string)?;
        let payload = members.required("payload", Field::base64)?;
        let signatures =
            members.required("signatures", |field| field.list(1, 1, read_signature))?;
        members.refuse_the_rest()?;
        let (key_id, signature) =
            signatures
                .into_iter()
                .next()
                .ok_or_else(|| WireError::Count {
                    member: Excerpt::new("signatures"),
                    found: 0,
                    from: 1,
                    to: 1,
                })?;
        let envelope = Self {
            payload_type,
            payload,
            key_id,
            signature,
        };
        let payload = envelope.read_payload()?;
        Ok((envelope, payload))
    }

    /// The payload's members, once type, size and JSON rules were checked.
    pub(crate) fn read_payload(&self) -> Result<Object, WireError> {
        if self.payload.len() > MAX_PAYLOAD_BYTES {
            return Err(WireError::PayloadTooLarge {
                allowed: MAX_PAYLOAD_BYTES,
            });
        }
        let kind = self.kind()?;
        let object = json::read_object(&self.payload).map_err(WireError::in_payload)?;
        if kind.is_request() && object.holds_null() {
            return Err(WireError::Null);
        }
        Ok(object)
    }

    /// The kind of its payload type.
    ///
    /// # Errors
    /// [`WireError::UnsupportedVersion`] for another version of a known kind,
    /// [`WireError::UnknownType`] for anything else.
    pub fn kind(&self) -> Result<Kind, WireError> {
        let found = || Excerpt::new(&self.payload_type);
        Kind::from_payload_type(&self.payload_type).map_err(|fault| match fault {
            KindError::Version => WireError::UnsupportedVersion { found: found() },
            KindError::Unknown => WireError::UnknownType { found: found() },
        })
    }

    /// The raw `device_key` that a request carries. It verifies the request's signature, and is the
    /// only member used before that.
    ///
    /// # Errors
    /// [`WireError::NotARequest`]; else a fault of shape: no readable key of 32 bytes, or a `keyid`
    /// that is not its key id.
    pub fn signing_key_of_request(&self) -> Result<[u8; 32], WireError> {
        self.signing_key_in(&self.read_payload()?)
    }

    /// As [`Self::signing_key_of_request`], where the payload's members were read already.
    pub(crate) fn signing_key_in(&self, payload: &Object) -> Result<[u8; 32], WireError> {
        let kind = self.kind()?;
        if !kind.is_request() {
            return Err(WireError::NotARequest { found: kind });
        }
        let device_key = Field::of(payload, "device_key")?.base64_of::<32>()?;
        let expected = key_id(&device_key);
        if expected != self.key_id {
            return Err(WireError::KeyIdOfAnother {
                found: self.key_id,
                expected,
            });
        }
        Ok(device_key)
    }

    /// The envelope as compact JSON, without a line feed at the end.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let mut signature = ObjectText::new();
        signature
            .text("keyid", &self.key_id)
            .base64("sig", &self.signature);
        let mut envelope = ObjectText::new();
        envelope
            .text("payloadType", &self.payload_type)
            .base64("payload", &self.payload);
        envelope.json("signatures", &array(core::iter::once(signature.finish())));
        envelope.into_payload()
    }

    /// The document id: SHA-256 of the PAE. The same payload in any spelling is the same document.
    #[must_use]
    pub fn document_id(&self) -> Digest {
        sha256(&[&pae(&self.payload_type, &self.payload)])
    }
}

fn read_signature(field: Field) -> Result<(KeyId, [u8; 64]), WireError> {
    let mut members = Members::within(field)?;
    let key_id = members.required("keyid", Field::hex)?;
    let signature = members.required("sig", Field::base64_of)?;
    members.refuse_the_rest()?;
    Ok((key_id, signature))
}
