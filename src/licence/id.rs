//! Identities: Computer IDs, activation ids, batches, digests, licence keys.

use super::code::{self, LINE_BYTES, LineError, LineKind};
use alloc::string::String;
use alloc::string::ToString;
use core::fmt;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroize;

/// A Computer ID: one generation of one system (PROTOCOL section 6.2). Written as a line of kind 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ComputerId(pub [u8; LINE_BYTES]);

impl ComputerId {
    /// Reads what a person typed.
    ///
    /// # Errors
    /// [`LineError`], as [`code::read_line`].
    pub fn read(text: &str) -> Result<Self, LineError> {
        code::read_line(text, LineKind::ComputerId).map(Self)
    }

    /// Reads the one canonical form that documents hold.
    #[must_use]
    pub fn from_canonical(text: &str) -> Option<Self> {
        Self::read(text).ok().filter(|id| id.to_string() == text)
    }

    /// The 25 characters without dashes, as they enter a Computer Key's signature.
    #[must_use]
    pub fn without_dashes(self) -> String {
        self.to_string().chars().filter(|c| *c != '-').collect()
    }
}

impl fmt::Display for ComputerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&code::write_line(&self.0, LineKind::ComputerId))
    }
}

/// A licence key's 15 bytes: a purchase. Wiped on drop; only [`LicenceKey::reveal`] writes it out.
#[derive(PartialEq, Eq)]
pub struct LicenceKey([u8; LINE_BYTES]);

impl LicenceKey {
    /// The key of 15 random bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; LINE_BYTES]) -> Self {
        Self(bytes)
    }

    /// Reads what a person typed.
    ///
    /// # Errors
    /// [`LineError`], as [`code::read_line`].
    pub fn read(text: &str) -> Result<Self, LineError> {
        code::read_line(text, LineKind::LicenceKey).map(Self)
    }

    /// The 15 bytes, for its id and its proofs.
    #[must_use]
    pub fn bytes(&self) -> &[u8; LINE_BYTES] {
        &self.0
    }

    /// The 29 characters that are sold to a customer.
    #[must_use]
    pub fn reveal(&self) -> String {
        code::write_line(&self.0, LineKind::LicenceKey)
    }
}

impl Drop for LicenceKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Why a string is no [`Ulid`] or hex number of the wanted length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not 26 upper-case Crockford characters, the first 0 to 7.
    #[error("not a ULID: 26 characters of 0-9 and A-Z without I, L, O, U, the first 0 to 7")]
    Ulid,
    /// Not as many lower-case hex digits as needed.
    #[error("not {0} lower-case hex digits")]
    Hex(usize),
    /// Not the canonical form of a Computer ID.
    #[error("not a Computer ID in its canonical form")]
    ComputerId,
}

/// A ULID: 48 bits of Unix milliseconds and 80 random bits, as 26 Crockford characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ulid([u8; 26]);

impl Ulid {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// Makes one from Unix milliseconds (48 bits are kept) and 80 random bits.
    #[must_use]
    pub fn new(unix_milliseconds: u64, random: [u8; 10]) -> Self {
        let tail = random
            .iter()
            .fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
        let bits = u128::from(unix_milliseconds & 0xFFFF_FFFF_FFFF) << 80 | tail;
        Self(core::array::from_fn(|i| {
            let value = (bits >> (125 - 5 * i)).to_le_bytes()[0] & 0x1F;
            Self::ALPHABET[usize::from(value)]
        }))
    }

    /// Reads 26 upper-case characters.
    ///
    /// # Errors
    /// [`IdError::Ulid`].
    pub fn read(text: &str) -> Result<Self, IdError> {
        let bytes: [u8; 26] = text.as_bytes().try_into().map_err(|_| IdError::Ulid)?;
        let legal = bytes.iter().all(|b| Self::ALPHABET.contains(b)) && bytes[0] <= b'7';
        if legal {
            Ok(Self(bytes))
        } else {
            Err(IdError::Ulid)
        }
    }

    /// The 26 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Invariant: only characters of the alphabet, which is ASCII.
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Ulid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// N bytes that documents write as lower-case hex: digests (32), key ids and licence-key ids (8), a
/// history's origin (8).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hex<const N: usize>(pub [u8; N]);

/// A SHA-256: a document id, a file's digest, a head of the history.
pub type Digest = Hex<32>;
/// The first 8 bytes of SHA-256 of a public key.
pub type KeyId = Hex<8>;
/// The public name of a licence key; the history holds it (PROTOCOL section 4.1).
pub type LicenceKeyId = Hex<8>;
/// A pseudonym of what one component of the fingerprint reads.
pub type FingerprintValue = Hex<8>;
/// 8 random bytes that name one history of one vault.
pub type Origin = Hex<8>;

impl<const N: usize> Hex<N> {
    /// Reads 2N lower-case hex digits.
    ///
    /// # Errors
    /// [`IdError::Hex`].
    pub fn read(text: &str) -> Result<Self, IdError> {
        let bytes = data_encoding::HEXLOWER
            .decode(text.as_bytes())
            .map_err(|_| IdError::Hex(2 * N))?;
        bytes.try_into().map(Self).map_err(|_| IdError::Hex(2 * N))
    }
}

impl<const N: usize> fmt::Display for Hex<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&data_encoding::HEXLOWER.encode_display(&self.0), f)
    }
}

impl<const N: usize> fmt::Debug for Hex<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn read_canonical_computer_id(text: &str) -> Result<ComputerId, IdError> {
    ComputerId::from_canonical(text).ok_or(IdError::ComputerId)
}

macro_rules! as_json_text {
    ($type:ty, $read:expr $(, const $n:ident)?) => {
        impl$(<const $n: usize>)? Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de $(, const $n: usize)?> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                $read(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}
as_json_text!(ComputerId, read_canonical_computer_id);
as_json_text!(Ulid, Ulid::read);
as_json_text!(Hex<N>, Self::read, const N);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ulids_read_back_and_refuse_what_overflows() {
        let ulid = Ulid::new(1_795_329_600_000, [0xA5; 10]);
        assert_eq!(Ulid::read(ulid.as_str()), Ok(ulid));
        assert_eq!(
            Ulid::new(u64::MAX, [0xFF; 10]).as_str(),
            "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"
        );
        for bad in [
            "8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
            "01kamj4r00n6zq3t5v7x9y1abc",
            "01KAMJ4R00N6ZQ3T5V7X9Y1AB",
            "01KAMJ4R00N6ZQ3T5V7X9Y1ABI",
        ] {
            assert_eq!(Ulid::read(bad), Err(IdError::Ulid), "{bad}");
        }
    }

    #[test]
    fn hex_is_lower_case_and_of_one_length() {
        assert_eq!(
            KeyId::read("e509103f5b6c804f").map(|id| id.to_string()),
            Ok("e509103f5b6c804f".into())
        );
        for bad in [
            "E509103f5b6c804f",
            "e509103f5b6c80",
            "e509103f5b6c804f00",
            "e509103f5b6c804g",
        ] {
            assert_eq!(KeyId::read(bad), Err(IdError::Hex(16)), "{bad}");
        }
    }

    #[test]
    fn computer_ids_have_one_form_in_documents() {
        assert!(ComputerId::from_canonical("DK4KN-25XA5-XFQVN-6XHBV-7P6DW").is_some());
        for other in ["dk4kn-25xa5-xfqvn-6xhbv-7p6dw", "DK4KN25XA5XFQVN6XHBV7P6DW"] {
            assert!(ComputerId::read(other).is_ok() && ComputerId::from_canonical(other).is_none());
        }
    }
}
