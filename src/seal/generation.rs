//! A device's secret, its generations, and its fingerprint (PROTOCOL sections 4.1, 6.2 and 6.3).

use super::key::{PublicKey, SigningKey};
use crate::licence::code::LINE_BYTES;
use crate::licence::{ComputerId, FingerprintValue, Identifier, id::Hex};
use crate::wire::hash::{computer_id, sha256};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// The 32 random bytes that one system of a device holds. Wiped on drop; it cannot be printed,
/// copied or serialised.
pub struct DeviceSecret(Zeroizing<[u8; 32]>);

impl DeviceSecret {
    /// The secret of 32 random bytes.
    #[must_use]
    pub fn from_bytes(bytes: Zeroizing<[u8; 32]>) -> Self {
        Self(bytes)
    }

    /// The bytes, for the device's own store and for nothing else.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// One generation of a system: its key, its Computer ID, and the code that gives it up.
pub struct Generation {
    /// r_g: whoever learns it learns the key, so it is revealed only once g + 1 is stored.
    secret: Zeroizing<[u8; LINE_BYTES]>,
    key: SigningKey,
    computer_id: ComputerId,
}

impl Generation {
    /// Generation g, from 1 up, of a product's system on a device (section 6.2).
    #[must_use]
    pub fn derive(secret: &DeviceSecret, product: &Identifier, generation: u32) -> Self {
        let mut r_g = Zeroizing::new([0; LINE_BYTES]);
        let number = generation.to_be_bytes();
        expand(
            secret.bytes(),
            &[
                b"keyspool/generation/v1\0",
                product.as_str().as_bytes(),
                &[0],
                &number,
            ],
            &mut *r_g,
        );
        Self::of_secret(r_g)
    }

    fn of_secret(secret: Zeroizing<[u8; LINE_BYTES]>) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        expand(&*secret, &[b"keyspool/device-key/v1"], &mut *seed);
        let key = SigningKey::from_seed(seed);
        let computer_id = computer_id(&key.public().bytes());
        Self {
            secret,
            key,
            computer_id,
        }
    }

    /// The device key.
    #[must_use]
    pub fn signing_key(&self) -> &SigningKey {
        &self.key
    }

    /// The Computer ID.
    #[must_use]
    pub fn computer_id(&self) -> ComputerId {
        self.computer_id
    }

    /// The 15 bytes of the Deactivation Verification Code, r_g: a secret until generation g + 1 is
    /// stored.
    #[must_use]
    pub fn verification_code(&self) -> &[u8; LINE_BYTES] {
        &self.secret
    }
}

/// The signer's half: whose Deactivation Verification Code this is (section 6.3).
#[must_use]
pub fn from_verification_code(code: &[u8; LINE_BYTES]) -> (PublicKey, ComputerId) {
    let generation = Generation::of_secret(Zeroizing::new(*code));
    (generation.key.public(), generation.computer_id)
}

/// The pseudonym of what a component reads, 8 bytes, apart for each product and component (section
/// 4.1).
#[must_use]
pub fn fingerprint_value(
    product: &Identifier,
    component: &Identifier,
    raw: &[u8],
) -> FingerprintValue {
    let (product, component) = (product.as_str().as_bytes(), component.as_str().as_bytes());
    let digest = sha256(&[
        b"keyspool/fingerprint/v1\0",
        product,
        &[0],
        component,
        &[0],
        raw,
    ]);
    let mut value = [0; 8];
    value.copy_from_slice(&digest.0[..8]);
    Hex(value)
}

/// HKDF-SHA-256 with empty salt (RFC 5869).
fn expand(ikm: &[u8], info: &[&[u8]], output: &mut [u8]) {
    let hkdf = Hkdf::<Sha256>::new(None, ikm);
    // Invariant: at most 32 bytes are asked for, HKDF gives up to 255 * 32.
    hkdf.expand_multi_info(info, output)
        .expect("at most 32 bytes");
}
