//! Proofs that a device knows a licence key, which itself never travels (PROTOCOL section 4.1).

use crate::licence::{Identifier, LicenceKey, LicenceKeyId, id::Hex};
use crate::wire::sha256;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The public name of a licence key: the first 8 bytes of SHA-256 of `"keyspool/licence-key/v1"
/// 0x00 || K`.
#[must_use]
pub fn licence_key_id(key: &LicenceKey) -> LicenceKeyId {
    let digest = sha256(&[b"keyspool/licence-key/v1\0", key.bytes()]);
    let mut id = [0; 8];
    id.copy_from_slice(&digest.0[..8]);
    Hex(id)
}

/// The proof, 32 bytes: HMAC-SHA-256 under the key over organization, device key and the request's
/// counter.
///
/// It is bound to one request of one device; no other request can carry it.
#[must_use]
pub fn redeem_proof(
    key: &LicenceKey,
    organization: &Identifier,
    device_key: &[u8; 32],
    counter: u64,
) -> [u8; 32] {
    mac(key, organization, device_key, counter)
        .finalize()
        .into_bytes()
        .into()
}

/// Whether a proof is the one of this key, organization, device key and counter; in constant time.
#[must_use]
pub fn verify_proof(
    key: &LicenceKey,
    organization: &Identifier,
    device_key: &[u8; 32],
    counter: u64,
    proof: &[u8; 32],
) -> bool {
    mac(key, organization, device_key, counter)
        .verify_slice(proof)
        .is_ok()
}

fn mac(
    key: &LicenceKey,
    organization: &Identifier,
    device_key: &[u8; 32],
    counter: u64,
) -> Hmac<Sha256> {
    // Invariant: HMAC takes keys of any length (RFC 2104 section 2).
    let mut mac = Hmac::<Sha256>::new_from_slice(key.bytes()).expect("a key of any length");
    mac.update(b"keyspool/redeem/v1\0");
    mac.update(organization.as_str().as_bytes());
    mac.update(&[0]);
    mac.update(device_key);
    mac.update(&counter.to_be_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_serves_one_request_only() {
        let key = LicenceKey::from_bytes([1; 15]);
        let acme = Identifier::new("acme").expect("an identifier of the test");
        let other = Identifier::new("acm").expect("an identifier of the test");
        let proof = redeem_proof(&key, &acme, &[2; 32], 3);
        assert!(verify_proof(&key, &acme, &[2; 32], 3, &proof));
        assert!(!verify_proof(
            &LicenceKey::from_bytes([9; 15]),
            &acme,
            &[2; 32],
            3,
            &proof
        ));
        assert!(!verify_proof(&key, &other, &[2; 32], 3, &proof));
        assert!(!verify_proof(&key, &acme, &[9; 32], 3, &proof));
        assert!(!verify_proof(&key, &acme, &[2; 32], 4, &proof));
    }
}
