//! From a passphrase to 32 bytes: PBKDF2-HMAC-SHA-256 (RFC 8018), the same derivation for every
//! slot of a vault.

use super::error::VaultError;
use super::passphrase::Passphrase;
use crate::licence::id::Hex;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Fewest iterations that a vault may have been made with, and that this program accepts: 600,000,
/// the figure of OWASP's Password Storage Cheat Sheet for PBKDF2-HMAC-SHA-256. Test builds accept
/// 1,000.
pub const MIN_ITERATIONS: u32 = if cfg!(feature = "test-build") {
    1_000
} else {
    600_000
};

/// Most iterations that this program accepts: about ten seconds on a machine of 2026, so that a
/// changed file cannot make it work for ever.
pub const MAX_ITERATIONS: u32 = 100_000_000;

/// The one derivation that there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum KdfName {
    /// PBKDF2 with HMAC-SHA-256 and 32 bytes of output.
    #[serde(rename = "pbkdf2-hmac-sha-256")]
    Pbkdf2HmacSha256,
}

/// How a vault turns passphrases into keys. None of it is secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kdf {
    name: KdfName,
    iterations: u32,
    salt: Hex<32>,
}

impl Kdf {
    /// A derivation with this salt that takes about a second on this machine, never fewer than
    /// [`MIN_ITERATIONS`].
    #[must_use]
    pub fn calibrated(salt: [u8; 32]) -> Self {
        Self {
            name: KdfName::Pbkdf2HmacSha256,
            iterations: calibrated_iterations(),
            salt: Hex(salt),
        }
    }

    /// Iterations of each guess.
    #[must_use]
    pub fn iterations(&self) -> u32 {
        self.iterations
    }

    /// The salt's 32 bytes.
    #[must_use]
    pub fn salt(&self) -> &[u8; 32] {
        &self.salt.0
    }

    /// Refuses a derivation that is too cheap or too dear.
    ///
    /// # Errors
    /// [`VaultError::TooFewIterations`] or [`VaultError::TooManyIterations`].
    pub fn check(&self) -> Result<(), VaultError> {
        let found = self.iterations;
        if found < MIN_ITERATIONS {
            return Err(VaultError::TooFewIterations {
                found,
                floor: MIN_ITERATIONS,
            });
        }
        if found > MAX_ITERATIONS {
            return Err(VaultError::TooManyIterations {
                found,
                ceiling: MAX_ITERATIONS,
            });
        }
        Ok(())
    }

    /// The 32 bytes of this passphrase, from which every slot derives its own keys.
    pub(super) fn derive(&self, passphrase: &Passphrase) -> Zeroizing<[u8; 32]> {
        let mut output = Zeroizing::new([0; 32]);
        pbkdf2::pbkdf2_hmac::<Sha256>(
            passphrase.bytes(),
            self.salt(),
            self.iterations,
            output.as_mut(),
        );
        output
    }
}

/// A test build does not measure: its vaults are the same on every machine.
#[cfg(feature = "test-build")]
fn calibrated_iterations() -> u32 {
    MIN_ITERATIONS
}

/// Iterations where the clock tells nothing: under a second on any machine that is sold.
#[cfg(not(feature = "test-build"))]
const UNMEASURED_ITERATIONS: u32 = 2_000_000;
/// Iterations a second that no machine reaches: a measurement beyond is a clock that stands still
/// or was set.
#[cfg(not(feature = "test-build"))]
const MAX_ITERATIONS_PER_SECOND: u128 = 50_000_000;

/// Measures a twentieth of a second or more and scales it to one second.
#[cfg(not(feature = "test-build"))]
fn calibrated_iterations() -> u32 {
    let mut sample: u32 = 50_000;
    loop {
        let started = std::time::Instant::now();
        let output: [u8; 32] =
            pbkdf2::pbkdf2_hmac_array::<Sha256, 32>(b"calibration", &[0; 32], sample);
        std::hint::black_box(output);
        let micros = started.elapsed().as_micros().max(1);
        let wanted = u128::from(sample) * 1_000_000 / micros;
        if wanted > MAX_ITERATIONS_PER_SECOND && sample >= 500_000 {
            return UNMEASURED_ITERATIONS;
        }
        if micros >= 50_000 {
            return u32::try_from(wanted)
                .unwrap_or(MAX_ITERATIONS)
                .clamp(MIN_ITERATIONS, MAX_ITERATIONS);
        }
        sample *= 4;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kdf(iterations: u32, salt: [u8; 32]) -> Kdf {
        Kdf {
            name: KdfName::Pbkdf2HmacSha256,
            iterations,
            salt: Hex(salt),
        }
    }

    #[test]
    fn iterations_have_bounds() {
        let check = |iterations| kdf(iterations, [0; 32]).check();
        let floor = MIN_ITERATIONS;
        assert!(matches!(
            check(floor - 1),
            Err(VaultError::TooFewIterations { found, floor: f })
                if found == floor - 1 && f == floor
        ));
        assert!(matches!(
            check(0),
            Err(VaultError::TooFewIterations { found: 0, .. })
        ));
        assert!(check(floor).is_ok() && check(MAX_ITERATIONS).is_ok());
        assert!(matches!(
            check(100_000_001),
            Err(VaultError::TooManyIterations {
                found: 100_000_001,
                ceiling: 100_000_000
            })
        ));
        assert!(matches!(
            check(u32::MAX),
            Err(VaultError::TooManyIterations { .. })
        ));
    }

    #[cfg(not(feature = "test-build"))]
    #[test]
    fn a_vault_has_600_000_iterations() {
        assert_eq!(MIN_ITERATIONS, 600_000);
        assert!(Kdf::calibrated([0; 32]).iterations() >= 600_000);
    }

    /// The one vector that RFC 7914 section 11 gives for PBKDF2-HMAC-SHA-256 with many iterations,
    /// its first 32 bytes.
    #[test]
    fn the_derivation_is_that_of_rfc_8018() -> Result<(), VaultError> {
        let mut output = [0; 32];
        pbkdf2::pbkdf2_hmac::<Sha256>(b"Password", b"NaCl", 80_000, &mut output);
        assert_eq!(
            Hex(output).to_string(),
            "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
        );
        let mut expected = [0; 32];
        pbkdf2::pbkdf2_hmac::<Sha256>(b"secret", &[7; 32], 1_000, &mut expected);
        assert_eq!(
            *kdf(1_000, [7; 32]).derive(&Passphrase::new("secret".into())?),
            expected
        );
        Ok(())
    }
}
