//! QR codes as pictures: all parts of a text in one, with a number under each where there are
//! several.

use super::deflate;
use super::digits;
use super::error::RenderError;
use super::qr::{Code, QUIET_ZONE};

/// Pixels of a module's side. Eight, so that a module is one byte of a one-bit picture.
pub const PIXELS_PER_MODULE: usize = 8;
/// Most parts that a text is split into (PROTOCOL section 7).
pub const MAX_PARTS: usize = crate::wire::qr::MAX_PARTS as usize;
/// Modules of height that a part's number takes below its quiet zone.
const CAPTION: usize = 5;
/// Pixels of one dot of a number.
const DOT: usize = 4;

/// The codes of one text, laid out: row by row, as many columns as make it nearly square.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    codes: Vec<Code>,
    columns: usize,
    /// Modules of the side of a cell without its caption: the widest code and its quiet zone.
    cell: usize,
}

/// Where one code stands.
pub(super) struct Placed<'a> {
    pub(super) code: &'a Code,
    /// Modules from the left edge to the code's first column.
    pub(super) left: usize,
    /// Modules from the upper edge to the code's first row.
    pub(super) top: usize,
    /// Its number, `1 / 3`, where there are several.
    pub(super) caption: Option<String>,
    /// Modules from the left edge to the caption's middle.
    pub(super) caption_middle: usize,
    /// Modules from the upper edge to the caption's upper edge.
    pub(super) caption_top: usize,
}

impl Picture {
    /// The picture of the 1 to 32 parts of a text, in their order.
    ///
    /// # Errors
    /// [`RenderError::Parts`], and those of [`Code::of`].
    pub fn of(parts: &[String]) -> Result<Self, RenderError> {
        if parts.is_empty() || parts.len() > MAX_PARTS {
            return Err(RenderError::Parts {
                found: parts.len(),
                allowed: MAX_PARTS,
            });
        }
        let codes = parts
            .iter()
            .map(|part| Code::of(part))
            .collect::<Result<Vec<_>, _>>()?;
        let widest = codes.iter().map(Code::width).max().unwrap_or(0);
        let columns = (1..=codes.len())
            .find(|n| n * n >= codes.len())
            .unwrap_or(1);
        Ok(Self {
            codes,
            columns,
            cell: widest + 2 * QUIET_ZONE,
        })
    }

    /// Width and height in modules.
    #[must_use]
    pub fn modules(&self) -> (usize, usize) {
        (
            self.columns * self.cell,
            self.codes.len().div_ceil(self.columns) * self.cell_height(),
        )
    }

    fn cell_height(&self) -> usize {
        self.cell + if self.codes.len() > 1 { CAPTION } else { 0 }
    }

    /// Every code at its place.
    pub(super) fn placed(&self) -> impl Iterator<Item = Placed<'_>> {
        let several = self.codes.len() > 1;
        self.codes.iter().enumerate().map(move |(i, code)| {
            let (left, top) = (
                i % self.columns * self.cell,
                i / self.columns * self.cell_height(),
            );
            let inset = (self.cell - code.width()) / 2;
            Placed {
                code,
                left: left + inset,
                top: top + inset,
                caption: several.then(|| format!("{} / {}", i + 1, self.codes.len())),
                caption_middle: left + self.cell / 2,
                caption_top: top + self.cell,
            }
        })
    }

    /// The picture as a PNG: one bit a pixel, 8 pixels a module.
    ///
    /// # Errors
    /// [`RenderError::Encoder`], which needs a picture of more than 2^32 pixels.
    pub fn png(&self) -> Result<Vec<u8>, RenderError> {
        let (stride, height) = self.modules();
        if let [code] = self.codes.as_slice() {
            return single_png(code, stride).map_err(|e| RenderError::encoder("PNG", &e));
        }
        let mut pixels = vec![0xFF; stride * height * PIXELS_PER_MODULE];
        for placed in self.placed() {
            draw_code(&mut pixels, stride, &placed);
            if let Some(caption) = &placed.caption {
                draw_caption(&mut pixels, stride, &placed, caption);
            }
        }
        encode(&pixels, stride, height).map_err(|e| RenderError::encoder("PNG", &e))
    }
}

/// All parts in one one-bit PNG: see [`Picture`].
///
/// # Errors
/// Those of [`Picture::of`] and [`Picture::png`].
pub fn png(parts: &[String]) -> Result<Vec<u8>, RenderError> {
    Picture::of(parts)?.png()
}

/// A picture of one code. It is smaller than the general encoder's and made several times faster.
fn single_png(code: &Code, side: usize) -> Result<Vec<u8>, png::EncodingError> {
    let data = deflate::stream(code.rows(), QUIET_ZONE, PIXELS_PER_MODULE);
    let mut bytes = Vec::with_capacity(data.len() + 128);
    let mut writer = header(&mut bytes, side, side)?;
    writer.write_chunk(png::chunk::IDAT, &data)?;
    writer.finish()?;
    Ok(bytes)
}

fn draw_code(pixels: &mut [u8], stride: usize, placed: &Placed<'_>) {
    for y in 0..placed.code.width() {
        let first = (placed.top + y) * PIXELS_PER_MODULE * stride;
        for (x, length) in placed.code.runs(y) {
            pixels[first + placed.left + x..][..length].fill(0);
        }
        let row = first + placed.left..first + placed.left + placed.code.width();
        for copy in 1..PIXELS_PER_MODULE {
            pixels.copy_within(row.clone(), first + copy * stride + placed.left);
        }
    }
}

fn draw_caption(pixels: &mut [u8], stride: usize, placed: &Placed<'_>, caption: &str) {
    let advance = (digits::WIDTH + 1) * DOT;
    let left = placed.caption_middle * PIXELS_PER_MODULE - caption.len() * advance / 2;
    for (i, character) in caption.chars().enumerate() {
        for (row, dots) in digits::rows(character).iter().enumerate() {
            for dot in (0..digits::WIDTH).filter(|dot| dots >> (digits::WIDTH - 1 - dot) & 1 == 1) {
                let y = placed.caption_top * PIXELS_PER_MODULE + row * DOT;
                fill_dot(pixels, stride, left + i * advance + dot * DOT, y);
            }
        }
    }
}

/// Darkens a square of [`DOT`] pixels; x is a multiple of four, so that it lies within one byte.
fn fill_dot(pixels: &mut [u8], stride: usize, x: usize, y: usize) {
    let light = if x.is_multiple_of(8) { 0x0F } else { 0xF0 };
    for line in y..y + DOT {
        pixels[line * stride + x / 8] &= light;
    }
}

fn encode(pixels: &[u8], stride: usize, height: usize) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::with_capacity(pixels.len() / 8);
    let mut writer = header(&mut bytes, stride, height)?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(bytes)
}

/// The beginning of a one-bit picture; sides in modules.
fn header(
    bytes: &mut Vec<u8>,
    wide: usize,
    high: usize,
) -> Result<png::Writer<&mut Vec<u8>>, png::EncodingError> {
    let side = |modules: usize| u32::try_from(modules * PIXELS_PER_MODULE).unwrap_or(u32::MAX);
    let mut encoder = png::Encoder::new(bytes, side(wide), side(high));
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    encoder.set_compression(png::Compression::Fast);
    // Seven of eight lines repeat the one above: their difference is 0.
    encoder.set_filter(png::Filter::Up);
    encoder.write_header()
}
