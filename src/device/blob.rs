//! The blob that keeps a system's state: one JSON object.
//!
//! Its first member, `check`, is the SHA-256 in hex of the object without that member; it shows
//! damage. Then come `secret` and the members of `Stored`. The documents in the blob are not
//! verified again: whoever can write the store has the secret.

use super::deactivated::Deactivated;
use super::entitlement::Entitlement;
use super::state::{Installation, State};
use crate::licence::{Digest, Identifier, KeyId, Moment};
use crate::seal::{Acceptance, DeviceSecret, PublicKey, TrustError, TrustStore};
use crate::wire::computer_key::ComputerKey;
use crate::wire::envelope::Envelope;
use crate::wire::error::WireError;
use crate::wire::response::Activation;
use crate::wire::sha256;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use data_encoding::BASE64;
use serde::{Deserialize, Deserializer, Serialize};
use zeroize::Zeroizing;

/// The version of the blob that this program writes, and the only one that it reads.
const VERSION: u64 = 1;
/// What stands before the check sum.
const BEFORE_CHECK: &[u8] = b"{\"check\":\"";
/// What stands between the check sum and the members that it covers.
const AFTER_CHECK: &[u8] = b"\",";
/// What stands before the secret.
const BEFORE_SECRET: &[u8] = b"\"secret\":\"";
/// Hex digits of the check sum.
const CHECK_DIGITS: usize = 64;

/// Why a blob of state cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// The blob does not begin as one does.
    #[error("it is no state of a device")]
    Form,
    /// The check sum does not fit: the blob was damaged or cut short.
    #[error("it was damaged or cut short")]
    Damaged,
    /// The blob is of another version.
    #[error("it is of version {found}, this program reads version 1")]
    Version {
        /// Its version.
        found: u64,
    },
    /// A member is missing, unknown, repeated or of a wrong form.
    #[error("a member is missing, unknown or of a wrong form")]
    Member,
    /// The secret or the pinned root is not 32 bytes of base64, or the root is refused.
    #[error("{0} is not 32 usable bytes")]
    Key(&'static str),
    /// A stored document cannot be read.
    #[error("a stored document cannot be read: {0}")]
    Document(WireError),
    /// The stored trust list does not fit the pinned root.
    #[error("the stored trust list: {0}")]
    Trust(TrustError),
    /// A stored deactivation cannot be read as one.
    #[error("a stored deactivation is none")]
    Deactivation,
    /// The stored Computer Key cannot be read.
    #[error("the stored Computer Key cannot be read")]
    ComputerKey,
}

/// The members after `check` and `secret`. Documents are the text of their envelopes.
#[derive(Serialize)]
struct Stored<'a> {
    version: u64,
    organization: &'a Identifier,
    product: &'a Identifier,
    computer_name: &'a str,
    generation: u32,
    counter: u64,
    pinned_root: String,
    trust_list: Option<String>,
    activation: Option<String>,
    computer_key: Option<StoredKey>,
    sequence: u16,
    clock_floor: Option<Moment>,
    checkpoint: Option<String>,
    deactivations: Vec<String>,
}

/// The same, read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    #[serde(rename = "check")]
    _check: Digest,
    secret: SecretText,
    #[serde(rename = "version")]
    _version: u64,
    organization: Identifier,
    product: Identifier,
    computer_name: String,
    generation: u32,
    counter: u64,
    pinned_root: String,
    trust_list: Option<String>,
    activation: Option<String>,
    computer_key: Option<StoredKey>,
    sequence: u16,
    clock_floor: Option<Moment>,
    checkpoint: Option<String>,
    deactivations: Vec<String>,
}

/// A Computer Key as it was typed.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredKey {
    lines: String,
    licence_types: Vec<Identifier>,
    key_id: KeyId,
}

/// The secret's base64 on its way out of a blob, wiped on drop.
struct SecretText(Zeroizing<String>);

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self(Zeroizing::new(text)))
    }
}

/// Writes the blob. It is allocated once at its full size: growing would leave copies of the secret
/// behind.
pub(super) fn write(secret: &DeviceSecret, state: &State) -> Zeroizing<Vec<u8>> {
    // Invariant: serde_json writes every string, number and list of these.
    let rest = serde_json::to_vec(&stored(state)).expect("strings and numbers");
    let secret = Zeroizing::new(BASE64.encode(secret.bytes()));
    let mut covered = Zeroizing::new(Vec::with_capacity(
        BEFORE_SECRET.len() + secret.len() + 2 + rest.len(),
    ));
    for part in [
        BEFORE_SECRET,
        secret.as_bytes(),
        AFTER_CHECK,
        rest.get(1..).unwrap_or_default(),
    ] {
        covered.extend_from_slice(part);
    }
    let check = sha256(&[b"{", &covered]).to_string();
    let mut blob = Zeroizing::new(Vec::with_capacity(
        BEFORE_CHECK.len() + CHECK_DIGITS + AFTER_CHECK.len() + covered.len(),
    ));
    for part in [BEFORE_CHECK, check.as_bytes(), AFTER_CHECK, &covered] {
        blob.extend_from_slice(part);
    }
    blob
}

fn stored(state: &State) -> Stored<'_> {
    let (activation, computer_key) = match &state.installed {
        None => (None, None),
        Some(Installation::Document { envelope, .. }) => (Some(text_of(envelope)), None),
        Some(Installation::Typed {
            lines,
            licence_types,
            key_id,
            ..
        }) => {
            let key = StoredKey {
                lines: lines.clone(),
                licence_types: licence_types.clone(),
                key_id: *key_id,
            };
            (None, Some(key))
        }
    };
    Stored {
        version: VERSION,
        organization: &state.organization,
        product: &state.product,
        computer_name: &state.computer_name,
        generation: state.generation,
        counter: state.counter,
        pinned_root: BASE64.encode(state.trust.pinned_root()),
        trust_list: state.trust_list.as_ref().map(text_of),
        activation,
        computer_key,
        sequence: state.sequence,
        clock_floor: state.clock_floor,
        checkpoint: state.checkpoint.as_ref().map(text_of),
        deactivations: state
            .deactivations
            .iter()
            .map(|done| text_of(&done.envelope))
            .collect(),
    }
}

/// Reads a blob.
///
/// # Errors
/// [`StateError`].
pub(super) fn read(blob: &[u8]) -> Result<(DeviceSecret, State), StateError> {
    check_sum(blob)?;
    check_version(blob)?;
    let read: Read = serde_json::from_slice(blob).map_err(|_| StateError::Member)?;
    let secret = Zeroizing::new(
        BASE64
            .decode(read.secret.0.as_bytes())
            .map_err(|_| StateError::Key("the secret"))?,
    );
    let mut bytes = Zeroizing::new([0; 32]);
    if secret.len() != bytes.len() {
        return Err(StateError::Key("the secret"));
    }
    bytes.copy_from_slice(&secret);
    Ok((DeviceSecret::from_bytes(bytes), state_of(read)?))
}

fn check_sum(blob: &[u8]) -> Result<(), StateError> {
    let rest = blob.strip_prefix(BEFORE_CHECK).ok_or(StateError::Form)?;
    let (check, rest) = rest
        .split_at_checked(CHECK_DIGITS)
        .ok_or(StateError::Damaged)?;
    let covered = rest.strip_prefix(AFTER_CHECK).ok_or(StateError::Damaged)?;
    let found = sha256(&[b"{", covered]).to_string();
    if found.as_bytes() == check {
        Ok(())
    } else {
        Err(StateError::Damaged)
    }
}

/// Comes before the strict reading: another version may have members that this one does not know.
fn check_version(blob: &[u8]) -> Result<(), StateError> {
    #[derive(Deserialize)]
    struct Version {
        version: u64,
    }
    let Version { version: found } =
        serde_json::from_slice(blob).map_err(|_| StateError::Member)?;
    if found == VERSION {
        Ok(())
    } else {
        Err(StateError::Version { found })
    }
}

fn state_of(read: Read) -> Result<State, StateError> {
    let trust_list = read.trust_list.as_deref().map(envelope_of).transpose()?;
    let installed = match (read.activation, read.computer_key) {
        (None, None) => None,
        (Some(text), None) => Some(document(&text)?),
        (None, Some(key)) => Some(typed(key)?),
        (Some(_), Some(_)) => return Err(StateError::Member),
    };
    let deactivated = |text: &String| {
        Deactivated::of_envelope(envelope_of(text)?).ok_or(StateError::Deactivation)
    };
    Ok(State {
        organization: read.organization,
        product: read.product,
        computer_name: read.computer_name,
        generation: read.generation,
        counter: read.counter,
        trust: trust_of(&read.pinned_root, trust_list.as_ref())?,
        trust_list,
        installed,
        sequence: read.sequence,
        clock_floor: read.clock_floor,
        checkpoint: read.checkpoint.as_deref().map(envelope_of).transpose()?,
        deactivations: read
            .deactivations
            .iter()
            .map(deactivated)
            .collect::<Result<_, _>>()?,
    })
}

/// The pinned root is the root of the stored list: accepting the list again gives the same store.
fn trust_of(pinned_root: &str, list: Option<&Envelope>) -> Result<TrustStore, StateError> {
    let bytes = BASE64
        .decode(pinned_root.as_bytes())
        .ok()
        .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    let root = bytes
        .and_then(|bytes| PublicKey::from_bytes(&bytes).ok())
        .ok_or(StateError::Key("the pinned root"))?;
    let store = TrustStore::new(root.bytes());
    match list
        .map(|list| store.accept(list))
        .transpose()
        .map_err(StateError::Trust)?
    {
        Some(Acceptance::Newer(store)) => Ok(store),
        Some(Acceptance::Unchanged) | None => Ok(store),
    }
}

fn document(text: &str) -> Result<Installation, StateError> {
    let envelope = envelope_of(text)?;
    let activation = Activation::read(&envelope.payload).map_err(StateError::Document)?;
    Ok(Installation::Document {
        envelope,
        activation: Box::new(activation),
    })
}

fn typed(key: StoredKey) -> Result<Installation, StateError> {
    let StoredKey {
        lines,
        licence_types,
        key_id,
    } = key;
    let (read, _) = ComputerKey::read_text(&lines).map_err(|_| StateError::ComputerKey)?;
    let entitlement =
        Entitlement::of_computer_key(&read, &licence_types).map_err(|_| StateError::ComputerKey)?;
    Ok(Installation::Typed {
        lines,
        licence_types,
        key_id,
        entitlement: Box::new(entitlement),
    })
}

fn envelope_of(text: &str) -> Result<Envelope, StateError> {
    Envelope::read(text.as_bytes()).map_err(StateError::Document)
}

fn text_of(envelope: &Envelope) -> String {
    // Invariant: it is written by serde_json, which writes UTF-8 only.
    String::from_utf8(envelope.to_json()).expect("JSON is UTF-8")
}
