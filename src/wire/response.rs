//! What the signer says: activations, receipts, refusals, trust lists, manifests, checkpoints (PROTOCOL section 5).

use super::request::Fingerprint;
use crate::licence::{ComputerId, Counts, Day, Digest, Identifier, KeyId, Moment, Origin, Plan, Ulid, Validity};
use alloc::string::String;
use alloc::vec::Vec;

/// Everything that one system is entitled to; replaces every earlier activation of it (section 5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activation {
    /// The same while the system is extended or refreshed.
    pub activation_id: Ulid,
    /// 1 to 65,535, increasing with every activation issued for this Computer ID.
    pub sequence: u16,
    /// As requested.
    pub organization: Identifier,
    /// As requested.
    pub product: Identifier,
    /// As requested.
    pub computer_id: ComputerId,
    /// As requested.
    pub computer_name: String,
    /// Document id of the request answered.
    pub request: Option<Digest>,
    /// The fingerprint as requested, and how many components must still agree.
    pub fingerprint: Option<(Fingerprint, u8)>,
    /// On what grounds.
    pub plan: Plan,
    /// Licence type to count; types with count 0 are left out.
    pub licences: Counts,
    /// First day, last day, last day of use.
    pub validity: Validity,
    /// Days before the last day at which the device tells its user: at most 8, strictly falling.
    pub notify_days: Vec<u16>,
    /// By the signer's clock.
    pub issued_at: Moment,
    /// Version of the trust list in force.
    pub trust_list: u64,
    /// From the product's catalogue entry: a JSON object as text.
    pub extensions: Option<String>,
}

/// What came of a deactivation (section 5.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The activation given up.
    pub activation_id: Ulid,
    /// Its newest sequence.
    pub sequence: u16,
    /// Whose it was.
    pub organization: Identifier,
    /// Of which product.
    pub product: Identifier,
    /// The retired Computer ID.
    pub computer_id: ComputerId,
    /// Document id of the deactivation.
    pub request: Digest,
    /// What went back.
    pub licences: Counts,
    /// Where it went.
    pub destination: Destination,
    /// By the signer's clock.
    pub issued_at: Moment,
}

/// Where the licences of a deactivated system went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Destination {
    /// Into the organization's wallet.
    Wallet,
    /// Held until an operator approves.
    Held,
    /// Nowhere: nothing went back.
    None,
}

/// Why a file was not answered (section 5.3).
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

/// Which keys sign, and since when (section 5.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustList {
    /// Increasing, from 1.
    pub version: u64,
    /// By the signer's clock.
    pub issued_at: Moment,
    /// The root public key that signs this list.
    pub root: [u8; 32],
    /// From the first root to `root`, at most 64 steps.
    pub succession: Vec<Succession>,
    /// The root before all.
    pub first_root: [u8; 32],
    /// 1 to 64, append-only.
    pub keys: Vec<TrustedKey>,
}

/// One root hands over to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Succession {
    /// The next root.
    pub root: [u8; 32],
    /// By the root before it.
    pub signature: [u8; 64],
}

/// A signing key on the trust list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedKey {
    /// First 8 bytes of SHA-256 of `public_key`.
    pub key_id: KeyId,
    /// Raw Ed25519 public key.
    pub public_key: [u8; 32],
    /// Whose activations it may sign.
    pub products: Products,
    /// First day, `None` for open.
    pub not_before: Option<Day>,
    /// Last day, inclusive, `None` for open.
    pub not_after: Option<Day>,
    /// Whether it is in use.
    pub status: KeyStatus,
}

/// The products that a signing key may sign activations of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Products {
    /// `["*"]`.
    All,
    /// These.
    Only(Vec<Identifier>),
}

/// Whether a signing key is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyStatus {
    /// In use.
    Active,
    /// Its activations stay good within its dates.
    Retired,
    /// Nothing that it signed is good.
    Revoked,
}

/// What a batch answered (section 5.5); its lines stand in `manifest.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// The batch's ULID.
    pub batch: Ulid,
    /// By the signer's clock.
    pub issued_at: Moment,
    /// Lines of `manifest.jsonl`.
    pub count: u64,
    /// SHA-256 of `manifest.jsonl`.
    pub entries_sha256: Digest,
    /// The history after the batch.
    pub checkpoint: HistoryPoint,
}

/// A place in the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryPoint {
    /// Random per vault, renewed when a loss is accepted.
    pub origin: Origin,
    /// Entries.
    pub size: u64,
    /// The head after that many entries.
    pub head: Digest,
}

/// A signed place in the history (section 5.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpoint {
    /// The place.
    pub point: HistoryPoint,
    /// By the signer's clock.
    pub issued_at: Moment,
}
