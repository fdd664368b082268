//! base45 (RFC 9285), strict: two bytes are three characters, a last single byte is two.

use super::qr_fault::QrFault;
use alloc::string::String;
use alloc::vec::Vec;

const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// The text of these bytes.
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(2) * 3);
    for group in bytes.chunks(2) {
        let mut value = group
            .iter()
            .fold(0_usize, |value, byte| value << 8 | usize::from(*byte));
        for _ in 0..=group.len() {
            // Invariant: a remainder by 45 lies in the alphabet.
            text.push(ALPHABET.get(value % 45).copied().map_or('0', char::from));
            value /= 45;
        }
    }
    text
}

/// The bytes of this text.
pub(super) fn decode(text: &str) -> Result<Vec<u8>, QrFault> {
    let values = text
        .chars()
        .map(value_of)
        .collect::<Result<Vec<u32>, QrFault>>()?;
    let mut bytes = Vec::with_capacity(values.len() / 3 * 2 + 1);
    for group in values.chunks(3) {
        let found = group.iter().rev().fold(0, |sum, value| sum * 45 + value);
        match group.len() {
            3 => bytes.extend(
                u16::try_from(found)
                    .map_err(|_| QrFault::Base45Value {
                        found,
                        allowed: 65_535,
                    })?
                    .to_be_bytes(),
            ),
            2 => bytes.push(u8::try_from(found).map_err(|_| QrFault::Base45Value {
                found,
                allowed: 255,
            })?),
            _ => {
                return Err(QrFault::Base45Length {
                    found: values.len(),
                });
            }
        }
    }
    Ok(bytes)
}

fn value_of(c: char) -> Result<u32, QrFault> {
    let place = u8::try_from(c)
        .ok()
        .and_then(|byte| ALPHABET.iter().position(|known| *known == byte));
    place
        .and_then(|place| u32::try_from(place).ok())
        .ok_or(QrFault::Base45Alphabet {
            found: u32::from(c),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_rfc_hold() {
        for (bytes, text) in [
            (&b"AB"[..], "BB8"),
            (b"Hello!!", "%69 VD92EX0"),
            (b"base-45", "UJCLQE7W581"),
            (b"ietf!", "QED8WEX0"),
            (b"", ""),
        ] {
            assert_eq!(encode(bytes), text);
            assert_eq!(decode(text).as_deref(), Ok(bytes));
        }
    }

    #[test]
    fn every_group_reads_back() {
        for value in 0..=u16::MAX {
            assert_eq!(
                decode(&encode(&value.to_be_bytes())),
                Ok(value.to_be_bytes().to_vec())
            );
        }
        for byte in 0..=u8::MAX {
            assert_eq!(decode(&encode(&[1, 2, byte])), Ok([1, 2, byte].to_vec()));
        }
    }

    #[test]
    fn what_overflows_is_refused() {
        assert_eq!(decode("FGW").as_deref(), Ok(&[0xFF, 0xFF][..]));
        assert_eq!(
            decode("GGW"),
            Err(QrFault::Base45Value {
                found: 65_536,
                allowed: 65_535
            })
        );
        assert_eq!(
            decode(":::"),
            Err(QrFault::Base45Value {
                found: 91_124,
                allowed: 65_535
            })
        );
        assert_eq!(decode("U5").as_deref(), Ok(&[0xFF][..]));
        assert_eq!(
            decode("V5"),
            Err(QrFault::Base45Value {
                found: 256,
                allowed: 255
            })
        );
    }

    #[test]
    fn other_lengths_and_characters_are_refused() {
        assert_eq!(decode("A"), Err(QrFault::Base45Length { found: 1 }));
        assert_eq!(decode("BB8A"), Err(QrFault::Base45Length { found: 4 }));
        for c in ['a', '_', '\n', '\u{e9}', '\u{ff10}', '&'] {
            assert_eq!(
                decode(&alloc::format!("BB{c}")),
                Err(QrFault::Base45Alphabet {
                    found: u32::from(c)
                })
            );
        }
    }
}
