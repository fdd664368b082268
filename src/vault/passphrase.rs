//! The passphrase that opens a key slot.

use super::error::VaultError;
use zeroize::{Zeroize, Zeroizing};

/// A passphrase of 1 to 1,024 bytes, taken as they are: no trimming, no Unicode normalisation, so
/// that the same keys pressed give the same vault on every system. Wiped on drop.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Longest passphrase, in bytes: more than people type or machines generate, and little enough
    /// to hash at once.
    pub const MAX_BYTES: usize = 1024;

    /// Takes a passphrase; one that is refused is wiped.
    ///
    /// # Errors
    /// [`VaultError::PassphraseEmpty`] or [`VaultError::PassphraseTooLong`].
    pub fn new(text: String) -> Result<Self, VaultError> {
        let text = Zeroizing::new(text);
        match text.len() {
            0 => Err(VaultError::PassphraseEmpty),
            1..=Self::MAX_BYTES => Ok(Self(text)),
            found => Err(VaultError::PassphraseTooLong {
                found,
                allowed: Self::MAX_BYTES,
            }),
        }
    }

    /// Takes the first line of a passphrase file or credential, without its LF or CR LF. The bytes
    /// are wiped.
    ///
    /// # Errors
    /// [`VaultError::PassphraseNotText`], and those of [`Passphrase::new`].
    pub fn from_first_line(mut bytes: Vec<u8>) -> Result<Self, VaultError> {
        let line = bytes
            .split(|byte| *byte == b'\n')
            .next()
            .unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let text = str::from_utf8(line)
            .map(str::to_owned)
            .map_err(|_| VaultError::PassphraseNotText);
        bytes.zeroize();
        Self::new(text?)
    }

    /// The bytes that enter the key derivation.
    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(result: Result<Passphrase, VaultError>) -> Result<String, VaultError> {
        result.map(|passphrase| String::from_utf8_lossy(passphrase.bytes()).into_owned())
    }

    #[test]
    fn a_passphrase_has_1_to_1024_bytes() {
        assert!(matches!(
            taken(Passphrase::new(String::new())),
            Err(VaultError::PassphraseEmpty)
        ));
        assert!(taken(Passphrase::new("x".repeat(1024))).is_ok());
        assert!(matches!(
            taken(Passphrase::new("x".repeat(1025))),
            Err(VaultError::PassphraseTooLong {
                found: 1025,
                allowed: 1024
            })
        ));
    }

    #[test]
    fn a_passphrase_file_gives_its_first_line() {
        for file in [
            "  pass word ",
            "  pass word \n",
            "  pass word \r\n",
            "  pass word \nsecond line\n",
        ] {
            assert_eq!(
                taken(Passphrase::from_first_line(file.into()))
                    .ok()
                    .as_deref(),
                Some("  pass word ")
            );
        }
        assert!(matches!(
            taken(Passphrase::from_first_line(b"\nsecond".to_vec())),
            Err(VaultError::PassphraseEmpty)
        ));
        assert!(matches!(
            taken(Passphrase::from_first_line(vec![0xFF])),
            Err(VaultError::PassphraseNotText)
        ));
    }
}
