//! Documents whose signature held, and the sequence of the checks (PROTOCOL section 2).
//!
//! Shape first (size, envelope, JSON rules, a readable `device_key`), then the key and the
//! signature over the payload's exact bytes, then the kind's own members. Nothing of a payload is
//! used before its signature holds, but for the `device_key` of a request and the `root` and
//! `succession` of a trust list, which verify it.

use super::key::{PublicKey, WeakKey};
use crate::licence::{ComputerId, Digest, Identifier, KeyId};
use crate::wire::Kind;
use crate::wire::envelope::{Envelope, pae};
use crate::wire::error::WireError;
use crate::wire::json::Object;
use crate::wire::request::Request;
use crate::wire::response::{Activation, Checkpoint, Manifest, Receipt, RefusalNotice, TrustList};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ops::Deref;

/// Why a document was not verified.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The file, its envelope or its payload is not of the form that the protocol asks for.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// A document of another kind than the one asked for.
    #[error("a {found} where a {wanted} belongs")]
    OtherKind {
        /// The kind of the document.
        found: Kind,
        /// The kind asked for.
        wanted: Kind,
    },
    /// The envelope's key id is not that of the key that verifies it.
    #[error("the envelope names the key {found}, the key that verifies it is {wanted}")]
    KeyId {
        /// The envelope's key id.
        found: KeyId,
        /// The key id of the verifying key.
        wanted: KeyId,
    },
    /// The key is of 32 bytes, but refused by section 1.
    #[error(
        "the public key is weak: no point of the curve, not its one encoding, or of small order"
    )]
    WeakKey,
    /// The signature does not fit the payload and the key.
    #[error("the signature does not fit the document")]
    BadSignature,
}

impl VerifyError {
    /// The refusal code: `malformed`, `bad-signature`, `unknown-type`, `unsupported-version` or
    /// `too-large`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Wire(error) => error.code(),
            Self::OtherKind { .. } => "unknown-type",
            Self::KeyId { .. } => "malformed",
            Self::WeakKey | Self::BadSignature => "bad-signature",
        }
    }
}

impl From<WeakKey> for VerifyError {
    fn from(_: WeakKey) -> Self {
        Self::WeakKey
    }
}

/// A value out of a document whose signature held. Only this module makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified<T> {
    value: T,
    document: Digest,
    key_id: KeyId,
}

impl<T> Verified<T> {
    /// The document id: SHA-256 of the PAE.
    #[must_use]
    pub fn document_id(&self) -> Digest {
        self.document
    }

    /// The key id of the key that signed it.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// The value without its proof.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The maker for `computer_key`, which verifies bytes that are no envelope.
    pub(super) fn of_signed(value: T, document: Digest, key_id: KeyId) -> Self {
        Self {
            value,
            document,
            key_id,
        }
    }

    fn read_as<U>(
        self,
        read: impl FnOnce(T) -> Result<U, WireError>,
    ) -> Result<Verified<U>, VerifyError> {
        let value = read(self.value)?;
        Ok(Verified {
            value,
            document: self.document,
            key_id: self.key_id,
        })
    }
}

impl<T> Deref for Verified<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// A document that comes from the signer (PROTOCOL section 5).
pub trait FromSigner: Sized {
    /// Its kind.
    const KIND: Kind;

    /// Reads its payload.
    ///
    /// # Errors
    /// [`WireError`].
    fn read_payload(payload: &[u8]) -> Result<Self, WireError>;
}

macro_rules! from_signer {
    ($($type:ident is $kind:ident),*) => {$(
        impl FromSigner for $type {
            const KIND: Kind = Kind::$kind;
            fn read_payload(payload: &[u8]) -> Result<Self, WireError> {
                Self::read(payload)
            }
        }
    )*};
}
from_signer!(
    Activation is Activation,
    Receipt is Receipt,
    RefusalNotice is Refusal,
    TrustList is TrustList,
    Manifest is Manifest,
    Checkpoint is Checkpoint
);

/// Verifies an envelope of a kind with a key; the payload stays the bytes that were signed.
///
/// # Errors
/// [`VerifyError`]: another kind, another key's id, a signature that does not fit.
pub fn verify_with(
    envelope: &Envelope,
    kind: Kind,
    key: &PublicKey,
) -> Result<Verified<Vec<u8>>, VerifyError> {
    let found = envelope.kind()?;
    if found != kind {
        return Err(VerifyError::OtherKind {
            found,
            wanted: kind,
        });
    }
    if envelope.key_id != key.key_id() {
        return Err(VerifyError::KeyId {
            found: envelope.key_id,
            wanted: key.key_id(),
        });
    }
    let signed = pae(&envelope.payload_type, &envelope.payload);
    key.verify(&signed, &envelope.signature)
        .map_err(|_| VerifyError::BadSignature)?;
    Ok(Verified {
        value: envelope.payload.clone(),
        document: envelope.document_id(),
        key_id: envelope.key_id,
    })
}

/// Verifies a document of the signer with a key, and only then reads it.
///
/// # Errors
/// [`VerifyError`], as [`verify_with`], or what is wrong with the payload.
pub fn verify_signed<T: FromSigner>(
    envelope: &Envelope,
    key: &PublicKey,
) -> Result<Verified<T>, VerifyError> {
    verify_with(envelope, T::KIND, key)?.read_as(|payload| T::read_payload(&payload))
}

/// Verifies a request with the device key that it carries.
///
/// # Errors
/// [`VerifyError`]: shape before signature, the kind's own members after it.
pub fn verify_request(envelope: &Envelope) -> Result<Verified<Request>, VerifyError> {
    let payload = envelope.read_payload()?;
    read_request(request_signature(envelope, payload)?)
}

/// The kind of a request whose signature held, and the members of its payload.
struct SignedRequest {
    kind: Kind,
    payload: Verified<Object>,
}

/// Checks shape, then key strength, then signature; a wrong key id is a fault of the shape.
/// `payload` holds the members of the envelope's payload.
fn request_signature(envelope: &Envelope, payload: Object) -> Result<SignedRequest, VerifyError> {
    let device_key = envelope.signing_key_in(&payload)?;
    let kind = envelope.kind()?;
    let signed = verify_with(envelope, kind, &PublicKey::from_bytes(&device_key)?)?;
    Ok(SignedRequest {
        kind,
        payload: signed.read_as(|_| Ok(payload))?,
    })
}

fn read_request(signed: SignedRequest) -> Result<Verified<Request>, VerifyError> {
    signed
        .payload
        .read_as(|payload| Request::from_object(signed.kind, payload))
}

/// Whom a refused request names. Its signature held; what it says of itself may still be wrong.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct Facts {
    /// The organization that it speaks for.
    #[serde(default, deserialize_with = "if_readable")]
    pub organization: Option<Identifier>,
    /// The product.
    #[serde(default, deserialize_with = "if_readable")]
    pub product: Option<Identifier>,
    /// The Computer ID that it claims.
    #[serde(default, deserialize_with = "if_readable")]
    pub computer_id: Option<ComputerId>,
}

/// A malformed member is left out; the others are given.
fn if_readable<'de, D: serde::Deserializer<'de>, T: serde::de::DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let value = <serde_json::Value as serde::Deserialize>::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).ok())
}

/// A file that is no good request, and what could be read of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct Refused {
    /// What is wrong.
    pub error: VerifyError,
    /// The document id, where the envelope could be read.
    pub document: Option<Digest>,
    /// Whom it names, as far as it can be read; only where the signature held.
    pub facts: Option<Box<Facts>>,
}

/// Opens a file that should hold one request: envelope, signature, payload.
///
/// # Errors
/// [`Refused`].
pub fn open_request(file: &[u8]) -> Result<Verified<Request>, Refused> {
    let refused = |error| Refused {
        error,
        document: None,
        facts: None,
    };
    let (envelope, payload) =
        Envelope::read_with_payload(file).map_err(|error| refused(error.into()))?;
    open(&envelope, Ok(payload))
}

/// Opens an envelope, as it also comes out of a QR text: signature, payload.
///
/// # Errors
/// [`Refused`].
pub fn open_envelope(envelope: &Envelope) -> Result<Verified<Request>, Refused> {
    open(envelope, envelope.read_payload())
}

fn open(
    envelope: &Envelope,
    payload: Result<Object, WireError>,
) -> Result<Verified<Request>, Refused> {
    let refused = |error, facts| Refused {
        error,
        document: Some(envelope.document_id()),
        facts,
    };
    let signed = payload
        .map_err(VerifyError::from)
        .and_then(|payload| request_signature(envelope, payload));
    let signed = signed.map_err(|error| refused(error, None))?;
    read_request(signed).map_err(|error| refused(error, facts_of(&envelope.payload)))
}

/// The facts of a payload whose signature held and whose JSON rules were checked before. Other
/// members are skipped.
fn facts_of(payload: &[u8]) -> Option<Box<Facts>> {
    serde_json::from_slice(payload).ok().map(Box::new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::licence::id::Hex;
    use crate::seal::SigningKey;
    use alloc::format;
    use zeroize::Zeroizing;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_seed(Zeroizing::new([seed; 32]))
    }

    /// A confirmation that carries this device key, signed by another.
    fn confirmation(device_key: &[u8; 32]) -> Envelope {
        let payload = format!(
            "{{\"device_key\":\"{}\"}}",
            data_encoding::BASE64.encode(device_key)
        );
        let envelope = key(1).sign(Kind::Confirmation, payload.into_bytes());
        Envelope {
            key_id: crate::wire::hash::key_id(device_key),
            ..envelope
        }
    }

    #[test]
    fn a_document_of_another_kind_is_refused() {
        let checkpoint = key(1).sign(Kind::Checkpoint, b"{}".to_vec());
        let error =
            verify_signed::<Activation>(&checkpoint, &key(1).public()).map(Verified::into_inner);
        let other = VerifyError::OtherKind {
            found: Kind::Checkpoint,
            wanted: Kind::Activation,
        };
        assert_eq!(error, Err(other.clone()));
        assert_eq!(other.code(), "unknown-type");
    }

    #[test]
    fn a_document_naming_another_key_is_refused() {
        let mut envelope = key(1).sign(Kind::Checkpoint, b"{}".to_vec());
        envelope.key_id = key(2).key_id();
        let error = verify_with(&envelope, Kind::Checkpoint, &key(1).public());
        let other = VerifyError::KeyId {
            found: key(2).key_id(),
            wanted: key(1).key_id(),
        };
        assert_eq!(error, Err(other.clone()));
        assert_eq!(other.code(), "malformed");
    }

    #[test]
    fn faults_are_found_in_the_stated_sequence() {
        let mut weak = [0; 32];
        weak[0] = 1;
        let weak = confirmation(&weak);
        assert_eq!(verify_request(&weak), Err(VerifyError::WeakKey));
        let renamed = Envelope {
            key_id: Hex([0; 8]),
            ..weak
        };
        assert_eq!(
            verify_request(&renamed).map_err(|error| error.code()),
            Err("malformed")
        );
    }

    #[test]
    fn members_are_read_after_the_signature() {
        let forged = confirmation(&key(2).public().bytes());
        assert_eq!(verify_request(&forged), Err(VerifyError::BadSignature));
        let signed = confirmation(&key(1).public().bytes());
        assert_eq!(
            verify_request(&signed).map_err(|error| error.code()),
            Err("malformed")
        );
    }

    #[test]
    fn a_document_of_the_signer_is_no_request() {
        let activation = key(1).sign(Kind::Activation, b"{}".to_vec());
        assert_eq!(
            verify_request(&activation).map_err(|error| error.code()),
            Err("unknown-type")
        );
    }
}
