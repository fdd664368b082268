//! What a device says to the signer: system descriptions, deactivations, confirmations (PROTOCOL section 4).

use crate::licence::{ComputerId, Counts, FingerprintValue, Identifier, LicenceKeyId, Moment, Ulid};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

/// A system's fingerprint: component to pseudonym, 1 to 16 members.
pub type Fingerprint = BTreeMap<Identifier, FingerprintValue>;

/// A well-formed request. That its signature holds is said by `seal::Verified<Request>`.
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
    /// Vendor data as JSON text: at most 16 members, 4 KiB.
    pub extensions: Option<String>,
    /// What is asked.
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
    pub verification_code: [u8; 15],
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
