//! Documents as QR text, whole and in parts (PROTOCOL section 7).
//!
//! `KS1:` and the base45 of a frame: kind (1 byte), key id (8), signature (64), raw DEFLATE of the
//! payload.

use super::base45;
use super::envelope::{Envelope, MAX_ENVELOPE_BYTES, MAX_PAYLOAD_BYTES};
use super::error::{Excerpt, QrFault, WireError};
use super::kind::Kind;
use super::qr_line::{WHOLE, check_version};
use crate::licence::id::Hex;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, compress_to_output, create_comp_flags_from_zip_params,
};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};

pub use super::qr_fault::QrError;
pub use super::qr_line::{is_qr_text, lines_of};
pub use super::qr_part::{
    MAX_PART_CHARACTERS, MAX_PARTS, MAX_WHOLE_CHARACTERS, Part, PartSet, parts_of, read_part,
};

/// Kind, key id and signature.
const HEAD_BYTES: usize = 1 + 8 + 64;
/// miniz_oxide's levels go to 10; 9 is the best that zlib knows.
const LEVEL: i32 = 9;

/// The kinds that travel as QR; number 1 is the first.
const KINDS: [Kind; 7] = [
    Kind::SystemDescription,
    Kind::Deactivation,
    Kind::Activation,
    Kind::Receipt,
    Kind::TrustList,
    Kind::Confirmation,
    Kind::Refusal,
];

/// The QR text of a document: `KS1:` and the base45 of its frame.
///
/// # Errors
/// [`QrError::Kind`] for a manifest, a checkpoint, or a type that is not known.
pub fn text_of(envelope: &Envelope) -> Result<String, QrError> {
    write(envelope, &mut Deflater::new().0)
}

/// The memory that deflating takes, about 320 KiB. Taking it costs more time than deflating a
/// payload, so that one deflater serves many texts.
pub struct Deflater(CompressorOxide);

impl Default for Deflater {
    fn default() -> Self {
        Self::new()
    }
}

impl Deflater {
    /// Takes all of the memory.
    #[must_use]
    pub fn new() -> Self {
        Self(CompressorOxide::new(create_comp_flags_from_zip_params(
            LEVEL, 0, 0,
        )))
    }

    /// As [`text_of`]. What was written before changes nothing.
    ///
    /// # Errors
    /// Those of [`text_of`].
    pub fn text_of(&mut self, envelope: &Envelope) -> Result<String, QrError> {
        self.0.reset();
        write(envelope, &mut self.0)
    }
}

/// The QR text. The compressor must be new or reset.
fn write(envelope: &Envelope, compressor: &mut CompressorOxide) -> Result<String, QrError> {
    let place = envelope
        .kind()
        .ok()
        .and_then(|kind| KINDS.iter().position(|known| *known == kind));
    let number = place.and_then(|place| u8::try_from(place + 1).ok());
    let number = number.ok_or_else(|| QrError::Kind {
        found: Excerpt::new(&envelope.payload_type),
    })?;
    let mut frame = vec![number];
    frame.extend_from_slice(&envelope.key_id.0);
    frame.extend_from_slice(&envelope.signature);
    // Invariant: `Finish` into a sink that takes everything gives a whole stream.
    compress_to_output(compressor, &envelope.payload, TDEFLFlush::Finish, |bytes| {
        frame.extend_from_slice(bytes);
        true
    });
    Ok(alloc::format!("{WHOLE}{}", base45::encode(&frame)))
}

/// Reads the QR text of a whole document and checks its shape, as [`Envelope::read`] does for a
/// file.
///
/// # Errors
/// [`WireError`] with the first fault.
pub fn read_text(text: &str) -> Result<Envelope, WireError> {
    if text.len() > MAX_ENVELOPE_BYTES {
        return Err(WireError::TooLarge {
            found: text.len(),
            allowed: MAX_ENVELOPE_BYTES,
        });
    }
    check_version(text)?;
    let digits = text.strip_prefix(WHOLE).ok_or_else(|| QrFault::NotQrText {
        found: Excerpt::new(text),
    })?;
    let frame = base45::decode(digits)?;
    read_frame(&frame)
}

fn read_frame(frame: &[u8]) -> Result<Envelope, WireError> {
    let short = || QrFault::FrameShort {
        found: frame.len(),
        needed: HEAD_BYTES,
    };
    let (number, rest) = frame.split_first().ok_or_else(short)?;
    let (key_id, rest) = rest.split_first_chunk::<8>().ok_or_else(short)?;
    let (signature, deflated) = rest.split_first_chunk::<64>().ok_or_else(short)?;
    let place = usize::from(*number).checked_sub(1);
    let kind = place
        .and_then(|place| KINDS.get(place))
        .ok_or(WireError::UnknownQrKind { found: *number })?;
    let payload = inflate(deflated)?;
    let envelope = Envelope {
        payload_type: kind.payload_type(),
        payload,
        key_id: Hex(*key_id),
        signature: *signature,
    };
    envelope.read_payload()?;
    Ok(envelope)
}

/// Inflates to at most 48 KiB: the output buffer is all the memory that a stream can claim.
fn inflate(deflated: &[u8]) -> Result<Vec<u8>, WireError> {
    let mut payload = vec![0; MAX_PAYLOAD_BYTES + 1];
    let flags = inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let (status, read, written) = decompress(
        &mut DecompressorOxide::new(),
        deflated,
        &mut payload,
        0,
        flags,
    );
    let too_large = status == TINFLStatus::HasMoreOutput || written > MAX_PAYLOAD_BYTES;
    match status {
        _ if too_large => Err(WireError::PayloadTooLarge {
            allowed: MAX_PAYLOAD_BYTES,
        }),
        TINFLStatus::Done if read < deflated.len() => Err(QrFault::DeflateTrailing {
            found: deflated.len() - read,
        }
        .into()),
        TINFLStatus::Done => {
            payload.truncate(written);
            Ok(payload)
        }
        TINFLStatus::FailedCannotMakeProgress | TINFLStatus::NeedsMoreInput => {
            Err(QrFault::DeflateEndsEarly.into())
        }
        _ => Err(QrFault::Deflate.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use miniz_oxide::deflate::compress_to_vec;

    fn envelope(payload: &[u8]) -> Envelope {
        let payload_type = Kind::Confirmation.payload_type();
        Envelope {
            payload_type,
            payload: payload.to_vec(),
            key_id: Hex([7; 8]),
            signature: [9; 64],
        }
    }

    fn text_of_frame(deflated: &[u8]) -> String {
        let frame = [&[6_u8][..], &[7; 8], &[9; 64], deflated].concat();
        alloc::format!("{WHOLE}{}", base45::encode(&frame))
    }

    #[test]
    fn text_reads_back() {
        for kind in KINDS {
            let envelope = Envelope {
                payload_type: kind.payload_type(),
                ..envelope(b"{\"a\":1}")
            };
            assert_eq!(
                text_of(&envelope).map(|text| read_text(&text)),
                Ok(Ok(envelope))
            );
        }
    }

    #[test]
    fn a_deflater_keeps_nothing_between_texts() {
        let mut kept = Deflater::new();
        let most: String = (0_u32..)
            .map(|n| n.wrapping_mul(n).to_string())
            .take_while(|n| n.len() < 8)
            .take(MAX_PAYLOAD_BYTES / 8)
            .collect();
        for payload in [
            "{}",
            &most,
            "{\"a\":1,\"b\":\"a longer text, a longer text\"}",
            &most[7..],
            "",
            "{}",
        ] {
            let text = text_of_frame(&compress_to_vec(payload.as_bytes(), 9));
            assert_eq!(
                kept.text_of(&envelope(payload.as_bytes())).as_deref(),
                Ok(text.as_str())
            );
            assert_eq!(
                text_of(&envelope(payload.as_bytes())).as_deref(),
                Ok(text.as_str())
            );
        }
    }

    #[test]
    fn manifests_and_checkpoints_are_not_written() {
        for kind in [Kind::Manifest, Kind::Checkpoint] {
            let envelope = Envelope {
                payload_type: kind.payload_type(),
                ..envelope(b"{}")
            };
            assert_eq!(
                text_of(&envelope),
                Err(QrError::Kind {
                    found: Excerpt::new(&kind.payload_type())
                })
            );
        }
    }

    #[test]
    fn inflation_stops_at_48_kib() {
        let most = alloc::format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_PAYLOAD_BYTES - 8));
        assert_eq!(most.len(), MAX_PAYLOAD_BYTES);
        let read = read_text(&text_of_frame(&compress_to_vec(most.as_bytes(), 9)));
        assert_eq!(
            read.map(|envelope| envelope.payload.len()),
            Ok(MAX_PAYLOAD_BYTES)
        );
        for bytes in [MAX_PAYLOAD_BYTES + 1, 10_000_000] {
            let bomb = compress_to_vec(&vec![b' '; bytes], 9);
            assert_eq!(
                read_text(&text_of_frame(&bomb)),
                Err(WireError::PayloadTooLarge {
                    allowed: MAX_PAYLOAD_BYTES
                })
            );
        }
    }

    #[test]
    fn the_stream_ends_with_its_final_block() {
        let whole = compress_to_vec(b"{\"a\":1,\"b\":\"a longer text, a longer text\"}", 9);
        for trailing in 1..20 {
            let longer = [&whole[..], &vec![0; trailing]].concat();
            assert_eq!(
                read_text(&text_of_frame(&longer)),
                Err(QrFault::DeflateTrailing { found: trailing }.into())
            );
        }
        for end in 0..whole.len() {
            assert_eq!(
                read_text(&text_of_frame(&whole[..end])),
                Err(QrFault::DeflateEndsEarly.into()),
                "{end}"
            );
        }
        assert_eq!(
            read_text(&text_of_frame(&[0xFF; 8])),
            Err(QrFault::Deflate.into())
        );
    }

    #[test]
    fn other_versions_and_texts_are_told_apart() {
        for digit in ['0', '2', '9'] {
            let unsupported = Err(WireError::UnsupportedVersion {
                found: Excerpt::new(&alloc::format!("KS{digit}")),
            });
            assert_eq!(read_text(&alloc::format!("KS{digit}:ABC")), unsupported);
        }
        for text in [
            "",
            "KS",
            "KS1",
            "ks1:",
            " KS1:",
            "KS:",
            "KSA:",
            "KS1-1-2-00000000:A",
        ] {
            assert_eq!(
                read_text(text),
                Err(QrFault::NotQrText {
                    found: Excerpt::new(text)
                }
                .into())
            );
        }
        let kind = |byte: u8| {
            read_text(&alloc::format!(
                "{WHOLE}{}",
                base45::encode(&[&[byte][..], &[0; 80]].concat())
            ))
        };
        assert_eq!(kind(0), Err(WireError::UnknownQrKind { found: 0 }));
        assert_eq!(kind(8), Err(WireError::UnknownQrKind { found: 8 }));
        let short = alloc::format!("{WHOLE}{}", base45::encode(&[1; 72]));
        assert_eq!(
            read_text(&short),
            Err(QrFault::FrameShort {
                found: 72,
                needed: 73
            }
            .into())
        );
    }
}
