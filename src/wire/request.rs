//! What a device says to the signer: system descriptions, deactivations, confirmations (PROTOCOL
//! section 4).

use super::error::WireError;
use super::extensions;
use super::field::Field;
use super::hash;
use super::json::{self, MAX_NUMBER, Object};
use super::kind::Kind;
use super::members::Members;
use super::text::{ObjectText, array};
use crate::licence::code::{LINE_BYTES, write_line};
use crate::licence::identifier::MAX_NAME_CHARACTERS;
use crate::licence::{
    ComputerId, Counts, FingerprintValue, Identifier, LicenceKeyId, LineKind, Moment, Ulid,
};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// A system's fingerprint: component to pseudonym, 1 to 16 members.
pub type Fingerprint = BTreeMap<Identifier, FingerprintValue>;

/// Most components of a fingerprint.
pub const MAX_COMPONENTS: usize = 16;
/// Most licence types of a need, and most licence keys to redeem in one request.
pub const MAX_TYPES: usize = 64;
/// Largest count of one licence type in a need.
pub const MAX_NEED: u64 = 1_000_000;
/// Longest `product_version` and `serial`, in Unicode scalar values.
pub const MAX_SHORT_TEXT: usize = 64;

/// A well-formed request. `seal::Verified<Request>` says that its signature holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The customer it speaks for.
    pub organization: Identifier,
    /// The product that the system is an installation of.
    pub product: Identifier,
    /// The Computer ID of `device_key`.
    pub computer_id: ComputerId,
    /// The raw Ed25519 public key that signed it.
    pub device_key: [u8; 32],
    /// Strictly increasing over all requests of this device key, 1 to 2^53 - 1.
    pub counter: u64,
    /// By the device's clock: recorded, never trusted.
    pub created_at: Moment,
    /// The newest checkpoint envelope that the device has verified, as JSON text; unverified.
    pub witness: Option<Vec<u8>>,
    /// Vendor data as compact JSON text: at most 16 members, 4 KiB.
    pub extensions: Option<String>,
    /// What it asks for.
    pub body: RequestBody,
}

/// The three kinds of request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestBody {
    /// Section 4.1.
    SystemDescription(SystemDescription),
    /// Section 4.2.
    Deactivation(Deactivation),
    /// Section 4.3.
    Confirmation(InstalledActivation),
}

/// A system describes itself and asks for an activation (section 4.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemDescription {
    /// What is wanted.
    pub request: Wanted,
    /// The software's version, 1 to 64 characters.
    pub product_version: String,
    /// What people call the device, 1 to 128 characters.
    pub computer_name: String,
    /// 1 to 16 components.
    pub fingerprint: Fingerprint,
    /// 1 to 64 licence types, each 1 to 1,000,000: the system's current need.
    pub need: Counts,
    /// Up to 64 licence keys to redeem first; empty where the member is absent.
    pub redeem: Vec<Redeem>,
    /// The hardware's serial number, 1 to 64 characters.
    pub serial: Option<String>,
    /// The installed activation.
    pub activation: Option<InstalledActivation>,
}

/// What a system description asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// An activation.
    Activate,
    /// One more term.
    Extend,
    /// The same entitlement again.
    Refresh,
    /// A trial.
    Trial,
}

/// Proof that a device knows a licence key, without the key (section 4.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redeem {
    /// The key's public name.
    pub id: LicenceKeyId,
    /// HMAC-SHA-256 under the key.
    pub proof: [u8; 32],
}

/// The activation that a device has installed; `id` is left out after a Computer Key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InstalledActivation {
    /// The activation's id.
    pub id: Option<Ulid>,
    /// Its sequence, 1 to 65,535.
    pub sequence: u16,
}

/// A device has given itself up (section 4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deactivation {
    /// The activation that is given up.
    pub activation: InstalledActivation,
    /// The 15 bytes of the Deactivation Verification Code, r_g of section 6.2.
    pub verification_code: [u8; LINE_BYTES],
    /// Why.
    pub reason: Reason,
}

/// Why a device was deactivated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The licence moves to another device.
    Moved,
    /// The device is taken out of service.
    Retired,
    /// Another device takes its place.
    Replaced,
    /// Anything else.
    Other,
}

impl Wanted {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Activate, Self::Extend, Self::Refresh, Self::Trial];

    /// The word that documents use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Activate => "activate",
            Self::Extend => "extend",
            Self::Refresh => "refresh",
            Self::Trial => "trial",
        }
    }
}

impl Reason {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Moved, Self::Retired, Self::Replaced, Self::Other];

    /// The word that documents use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Moved => "moved",
            Self::Retired => "retired",
            Self::Replaced => "replaced",
            Self::Other => "other",
        }
    }
}

impl Request {
    /// Reads the payload of a request of this kind, whose signature holds: every member and range
    /// of section 4.
    ///
    /// # Errors
    /// [`WireError::NotARequest`] for a kind of the signer; else the first broken rule.
    pub fn read(kind: Kind, payload: &[u8]) -> Result<Self, WireError> {
        Self::from_object(
            kind,
            json::read_object(payload).map_err(WireError::in_payload)?,
        )
    }

    /// As [`Self::read`], from the payload's members.
    pub(crate) fn from_object(kind: Kind, object: Object) -> Result<Self, WireError> {
        if object.holds_null() {
            return Err(WireError::Null);
        }
        let mut members = Members::of(object);
        let body = RequestBody::take(kind, &mut members)?;
        let request = Self {
            organization: members.required("organization", Field::identifier)?,
            product: members.required("product", Field::identifier)?,
            computer_id: members.required("computer_id", Field::computer_id)?,
            device_key: members.required("device_key", Field::base64_of)?,
            counter: members.required("counter", |field| field.number_within(1, MAX_NUMBER))?,
            created_at: members.required("created_at", Field::moment)?,
            witness: members.optional("witness", |field| {
                Ok(field.object()?.to_json().into_bytes())
            })?,
            extensions: members
                .optional("extensions", |field| extensions::read(&field.object()?))?,
            body,
        };
        members.refuse_the_rest()?;
        let expected = hash::computer_id(&request.device_key);
        if request.computer_id != expected {
            return Err(WireError::ComputerIdOfAnother {
                found: request.computer_id,
                expected,
            });
        }
        Ok(request)
    }

    /// The payload: compact JSON, members in the sequence of section 4. Reading it back gives an
    /// equal request, or names the field of this one that breaks a rule.
    #[must_use]
    pub fn to_payload(&self) -> Vec<u8> {
        let mut out = ObjectText::new();
        out.text("organization", &self.organization)
            .text("product", &self.product);
        out.text("computer_id", &self.computer_id)
            .base64("device_key", &self.device_key);
        out.number("counter", self.counter)
            .text("created_at", &self.created_at);
        if let Some(witness) = &self.witness {
            out.json("witness", &String::from_utf8_lossy(witness));
        }
        if let Some(extensions) = &self.extensions {
            out.json("extensions", extensions);
        }
        self.body.write(&mut out);
        out.into_payload()
    }

    /// The kind of document that it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.body {
            RequestBody::SystemDescription(_) => Kind::SystemDescription,
            RequestBody::Deactivation(_) => Kind::Deactivation,
            RequestBody::Confirmation(_) => Kind::Confirmation,
        }
    }
}

impl RequestBody {
    fn take(kind: Kind, members: &mut Members) -> Result<Self, WireError> {
        match kind {
            Kind::SystemDescription => {
                SystemDescription::take(members).map(Self::SystemDescription)
            }
            Kind::Deactivation => Deactivation::take(members).map(Self::Deactivation),
            Kind::Confirmation => members
                .required("activation", InstalledActivation::read)
                .map(Self::Confirmation),
            other => Err(WireError::NotARequest { found: other }),
        }
    }

    fn write(&self, out: &mut ObjectText) {
        match self {
            Self::SystemDescription(description) => description.write(out),
            Self::Deactivation(deactivation) => deactivation.write(out),
            Self::Confirmation(installed) => installed.write(out),
        }
    }
}

impl SystemDescription {
    fn take(members: &mut Members) -> Result<Self, WireError> {
        Ok(Self {
            request: members
                .required("request", |field| field.word(&Wanted::ALL, Wanted::as_str))?,
            product_version: members
                .required("product_version", |field| field.text(MAX_SHORT_TEXT))?,
            computer_name: members
                .required("computer_name", |field| field.text(MAX_NAME_CHARACTERS))?,
            fingerprint: members.required("fingerprint", read_fingerprint)?,
            need: members.required("need", |field| field.counts((1, MAX_TYPES), (1, MAX_NEED)))?,
            redeem: members
                .optional("redeem", |field| field.list(1, MAX_TYPES, Redeem::read))?
                .unwrap_or_default(),
            serial: members.optional("serial", |field| field.text(MAX_SHORT_TEXT))?,
            activation: members.optional("activation", InstalledActivation::read)?,
        })
    }

    fn write(&self, out: &mut ObjectText) {
        out.text("request", &self.request.as_str())
            .text("product_version", &self.product_version);
        out.text("computer_name", &self.computer_name);
        write_fingerprint(&self.fingerprint, out);
        write_counts("need", &self.need, out);
        if !self.redeem.is_empty() {
            out.json("redeem", &array(self.redeem.iter().map(Redeem::to_json)));
        }
        out.text_if("serial", self.serial.as_ref());
        if let Some(installed) = &self.activation {
            installed.write(out);
        }
    }
}

impl Deactivation {
    fn take(members: &mut Members) -> Result<Self, WireError> {
        Ok(Self {
            activation: members.required("activation", InstalledActivation::read)?,
            verification_code: members.required("verification_code", |field| {
                field.line(LineKind::VerificationCode)
            })?,
            reason: members.required("reason", |field| field.word(&Reason::ALL, Reason::as_str))?,
        })
    }

    fn write(&self, out: &mut ObjectText) {
        self.activation.write(out);
        out.text(
            "verification_code",
            &write_line(&self.verification_code, LineKind::VerificationCode),
        );
        out.text("reason", &self.reason.as_str());
    }
}

impl InstalledActivation {
    fn read(field: Field) -> Result<Self, WireError> {
        let mut members = Members::within(field)?;
        let id = members.optional("id", Field::ulid)?;
        let sequence = members.required("sequence", Field::sequence)?;
        members.refuse_the_rest()?;
        Ok(Self { id, sequence })
    }

    fn write(&self, out: &mut ObjectText) {
        out.object("activation", |activation| {
            activation
                .text_if("id", self.id.as_ref())
                .number("sequence", u64::from(self.sequence));
        });
    }
}

impl Redeem {
    fn read(field: Field) -> Result<Self, WireError> {
        let mut members = Members::within(field)?;
        let id = members.required("id", Field::hex)?;
        let proof = members.required("proof", Field::base64_of)?;
        members.refuse_the_rest()?;
        Ok(Self { id, proof })
    }

    fn to_json(&self) -> String {
        let mut out = ObjectText::new();
        out.text("id", &self.id).base64("proof", &self.proof);
        out.finish()
    }
}

/// A fingerprint: 1 to 16 components to 16 hex digits.
pub(super) fn read_fingerprint(field: Field) -> Result<Fingerprint, WireError> {
    field.map(1, MAX_COMPONENTS, Field::hex)
}

/// The member `fingerprint`.
pub(super) fn write_fingerprint(fingerprint: &Fingerprint, out: &mut ObjectText) {
    out.object("fingerprint", |object| {
        for (component, value) in fingerprint {
            object.text(component.as_str(), value);
        }
    });
}

/// A member of licence types and counts.
pub(super) fn write_counts(name: &str, counts: &Counts, out: &mut ObjectText) {
    out.object(name, |object| {
        for (licence_type, count) in counts {
            object.number(licence_type.as_str(), count);
        }
    });
}
