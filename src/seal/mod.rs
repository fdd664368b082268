//! Tier 2: signing and verifying; the only maker of [`Verified`]. No storage of keys.
//!
//! | file | holds |
//! | --- | --- |
//! | [`key`] | Ed25519 keys: what signs, what verifies, which are refused |
//! | [`verified`] | documents whose signature held, and the sequence of the checks |
//! | [`trust`] | the root, its succession, and the keys that may sign activations |
//! | [`generation`] | a device's secret and what follows from it: keys, Computer IDs, codes |
//! | [`redeem`] | proofs that a device knows a licence key |
//! | [`computer_key`] | the signature of an activation that people type |
//! | [`record`] | the seam between ledger and vault |

pub mod computer_key;
pub mod generation;
pub mod key;
pub mod record;
pub mod redeem;
pub mod trust;
pub mod verified;

pub use generation::{DeviceSecret, Generation};
pub use key::{BadSignature, PublicKey, SigningKey, WeakKey};
pub use trust::{Acceptance, TrustError, TrustStore};
pub use verified::{
    Facts, FromSigner, Refused, Verified, VerifyError, open_envelope, open_request, verify_request,
    verify_signed, verify_with,
};
