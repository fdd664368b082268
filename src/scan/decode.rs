//! PNG and JPEG to grey pixels. The sides in the header are checked before any memory is taken.

use super::limits::{MAX_PIXELS, MAX_SIDE};
use super::luma::Luma;
use png::{ColorType, Transformations};
use std::io::Cursor;
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

/// The kinds of picture that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Portable Network Graphics (ISO/IEC 15948).
    Png,
    /// JPEG (ISO/IEC 10918).
    Jpeg,
}

/// How a PNG ends: the type and the checksum of its last chunk.
const PNG_END: &[u8] = b"IEND\xaeB`\x82";
/// Where the data of a JPEG begin, and how it ends.
const JPEG_SCAN: &[u8] = b"\xff\xda";
const JPEG_END: &[u8] = b"\xff\xd9";
/// Memory that the PNG reader may take beside the rows, in bytes.
const PNG_MEMORY: usize = 64 * 1024 * 1024;

/// Why a picture was not decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// More pixels than are read.
    TooManyPixels { width: u32, height: u32 },
    /// Damaged, cut off, or of a kind that is not known.
    Damaged,
}

impl Kind {
    /// The kind of a file that begins with these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some(Self::Png),
            [0xFF, 0xD8, 0xFF, ..] => Some(Self::Jpeg),
            _ => None,
        }
    }
}

/// Whether a picture has its end; a picture that is still being copied has none yet.
#[must_use]
pub fn is_whole(bytes: &[u8]) -> bool {
    let last = |what: &[u8]| bytes.windows(what.len()).rposition(|window| window == what);
    match Kind::of(bytes) {
        Some(Kind::Png) => last(PNG_END).is_some(),
        Some(Kind::Jpeg) => last(JPEG_END) > last(JPEG_SCAN),
        None => false,
    }
}

/// Decodes a picture.
pub(super) fn decode(bytes: &[u8]) -> Result<Luma, Fault> {
    match Kind::of(bytes) {
        Some(Kind::Png) => decode_png(bytes),
        Some(Kind::Jpeg) => decode_jpeg(bytes),
        None => Err(Fault::Damaged),
    }
}

fn check(width: u32, height: u32) -> Result<(), Fault> {
    let fits = width.max(height) <= MAX_SIDE && u64::from(width) * u64::from(height) <= MAX_PIXELS;
    if fits {
        Ok(())
    } else {
        Err(Fault::TooManyPixels { width, height })
    }
}

fn decode_png(bytes: &[u8]) -> Result<Luma, Fault> {
    let mut decoder =
        png::Decoder::new_with_limits(Cursor::new(bytes), png::Limits { bytes: PNG_MEMORY });
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_transformations(Transformations::normalize_to_color8());
    let (width, height) = decoder.read_header_info().map_err(damaged)?.size();
    check(width, height)?;
    let mut reader = decoder.read_info().map_err(damaged)?;
    let (color, _) = reader.output_color_type();
    let (width, height) = (side(width)?, side(height)?);
    if reader.info().interlaced {
        let mut samples = vec![0; reader.output_buffer_size().ok_or(Fault::Damaged)?];
        reader.next_frame(&mut samples).map_err(damaged)?;
        return grey(width, height, &samples, color);
    }
    let mut pixels = Vec::with_capacity(width * height);
    while let Some(row) = reader.next_row().map_err(damaged)? {
        append_grey(&mut pixels, row.data(), color);
    }
    Luma::new(width, height, pixels).ok_or(Fault::Damaged)
}

fn decode_jpeg(bytes: &[u8]) -> Result<Luma, Fault> {
    let most = usize::try_from(MAX_SIDE).unwrap_or(usize::MAX);
    let options = DecoderOptions::default()
        .set_max_width(most)
        .set_max_height(most)
        .jpeg_set_out_colorspace(ColorSpace::Luma);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(damaged)?;
    let (width, height) = decoder.dimensions().ok_or(Fault::Damaged)?;
    check(
        u32::try_from(width).map_err(damaged)?,
        u32::try_from(height).map_err(damaged)?,
    )?;
    // Colours other than these become grey by way of red, green and blue.
    let is_simple = matches!(
        decoder.input_colorspace(),
        Some(ColorSpace::YCbCr | ColorSpace::Luma)
    );
    if !is_simple {
        decoder.set_options(options.jpeg_set_out_colorspace(ColorSpace::RGB));
    }
    let samples = decoder.decode().map_err(damaged)?;
    match decoder.output_colorspace() {
        Some(ColorSpace::Luma) => Luma::new(width, height, samples).ok_or(Fault::Damaged),
        Some(ColorSpace::RGB) => grey(width, height, &samples, ColorType::Rgb),
        _ => Err(Fault::Damaged),
    }
}

fn grey(width: usize, height: usize, samples: &[u8], color: ColorType) -> Result<Luma, Fault> {
    let mut pixels = Vec::with_capacity(width * height);
    append_grey(&mut pixels, samples, color);
    Luma::new(width, height, pixels).ok_or(Fault::Damaged)
}

/// Grey of samples of 8 bits; what is transparent lies on white, where dark codes stand out.
fn append_grey(pixels: &mut Vec<u8>, samples: &[u8], color: ColorType) {
    match color {
        ColorType::Grayscale | ColorType::Indexed => pixels.extend_from_slice(samples),
        ColorType::GrayscaleAlpha => pixels.extend(
            samples
                .chunks_exact(2)
                .map(|pixel| on_white(pixel[0], pixel[1])),
        ),
        ColorType::Rgb => pixels.extend(
            samples
                .chunks_exact(3)
                .map(|pixel| luma(pixel[0], pixel[1], pixel[2])),
        ),
        ColorType::Rgba => {
            pixels.extend(
                samples
                    .chunks_exact(4)
                    .map(|pixel| on_white(luma(pixel[0], pixel[1], pixel[2]), pixel[3])),
            );
        }
    }
}

/// Luma by the weights of ITU-R BT.601, in 256ths.
fn luma(red: u8, green: u8, blue: u8) -> u8 {
    byte((77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue)) / 256)
}

fn on_white(grey: u8, alpha: u8) -> u8 {
    byte((u32::from(grey) * u32::from(alpha) + 255 * (255 - u32::from(alpha))) / 255)
}

/// Invariant: a weighted mean of bytes is a byte.
fn byte(mean: u32) -> u8 {
    u8::try_from(mean).unwrap_or(u8::MAX)
}

fn side(pixels: u32) -> Result<usize, Fault> {
    usize::try_from(pixels).map_err(damaged)
}

fn damaged<E>(_: E) -> Fault {
    Fault::Damaged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_by_their_first_bytes() {
        assert_eq!(Kind::of(b"\x89PNG\r\n\x1a\nIHDR"), Some(Kind::Png));
        assert_eq!(Kind::of(b"\xff\xd8\xff\xe1"), Some(Kind::Jpeg));
        for other in [b"".as_slice(), b"\x89PNG", b"\xff\xd8", b"GIF89a", b"KS1:"] {
            assert_eq!(Kind::of(other), None, "{other:?}");
        }
    }

    #[test]
    fn the_end_of_a_small_picture_inside_is_no_end() {
        let jpeg =
            b"\xff\xd8\xff\xe1 preview \xff\xda..\xff\xd9 photograph \xff\xda....\xff\xd9 more";
        assert!(is_whole(jpeg));
        assert!(!is_whole(&jpeg[..jpeg.len() - 8]));
        assert!(is_whole(b"\x89PNG\r\n\x1a\n....IEND\xaeB`\x82"));
        assert!(!is_whole(b"\x89PNG\r\n\x1a\n....IEND"));
    }

    #[test]
    fn sides_are_checked_before_memory_is_taken() {
        let mut png =
            b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\xff\xff\0\0\xff\xff\x08\0\0\0\0".to_vec();
        png.extend(crc_of(&png[12..]).to_be_bytes());
        assert_eq!(
            decode(&png).err(),
            Some(Fault::TooManyPixels {
                width: 65_535,
                height: 65_535
            })
        );
        assert_eq!(
            check(65_536, 1),
            Err(Fault::TooManyPixels {
                width: 65_536,
                height: 1
            })
        );
        assert_eq!(check(8_192, 8_192), Ok(()));
    }

    #[test]
    fn grey_is_grey_and_glass_lies_on_white() {
        assert_eq!(
            (luma(255, 255, 255), luma(0, 0, 0), luma(90, 90, 90)),
            (255, 0, 90)
        );
        assert_eq!(
            (on_white(0, 255), on_white(0, 0), on_white(200, 255)),
            (0, 255, 200)
        );
    }

    /// The checksum of a chunk (ISO/IEC 15948, annex D).
    fn crc_of(bytes: &[u8]) -> u32 {
        let step = |crc: u32, _| {
            if crc & 1 == 1 {
                0xEDB8_8320 ^ (crc >> 1)
            } else {
                crc >> 1
            }
        };
        !bytes.iter().fold(!0_u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), step)
        })
    }
}
