//! The QR codes of a grey picture.
//!
//! The reader sees each picture in five forms: as it is; smoothed once and three times, against
//! noise; at a half and a quarter of its size, against blur and for large pictures.

use super::limits::{MAX_CODES, TIME_LIMIT};
use super::luma::Luma;
use super::reading::text_of_code;
use rxing::common::HybridBinarizer;
use rxing::multi::MultipleBarcodeReader;
use rxing::qrcode::QRCodeReader;
use rxing::qrcode::cpp_port::QrReader;
use rxing::{BarcodeFormat, BinaryBitmap, DecodeHints, Luma8Source, Reader};
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

/// Pixels up to which a picture is smoothed as it is; a larger one is halved first.
const SMOOTHED_PIXELS: usize = 16 * 1024 * 1024;

/// The texts of all codes that can be read, each once, the first found first. After half of
/// [`TIME_LIMIT`], no further form is read.
pub(super) fn texts_of(picture: &Luma) -> Vec<String> {
    let begun = Instant::now();
    let mut texts = Vec::new();
    let mut look = |picture: &Luma| {
        if texts.len() < MAX_CODES && begun.elapsed() <= TIME_LIMIT / 2 {
            add(&mut texts, picture);
        }
    };
    look(picture);
    if let Some(small) = picture.within(SMOOTHED_PIXELS) {
        let smoothed = small.smoothed();
        look(&smoothed);
        look(&smoothed.smoothed().smoothed());
        if let Some(half) = small.halved() {
            look(&half);
            if let Some(quarter) = half.halved() {
                look(&quarter);
            }
        }
    }
    texts.truncate(MAX_CODES);
    texts
}

/// Adds the texts that are new. A reader that panics finds nothing: a picture may be hostile, and
/// the reader is not ours.
fn add(texts: &mut Vec<String>, picture: &Luma) {
    for text in catch_unwind(AssertUnwindSafe(|| read(picture))).unwrap_or_default() {
        let text = text_of_code(&text);
        if !text.is_empty() && !texts.contains(&text) {
            texts.push(text);
        }
    }
}

fn read(picture: &Luma) -> Vec<String> {
    let (Ok(width), Ok(height)) = (
        u32::try_from(picture.width()),
        u32::try_from(picture.height()),
    ) else {
        return Vec::new();
    };
    let Ok(source) = Luma8Source::new_with_slice(picture.pixels(), width, height) else {
        return Vec::new();
    };
    let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
    let formats = HashSet::from([BarcodeFormat::QR_CODE]);
    let hints = DecodeHints {
        PossibleFormats: Some(formats),
        TryHarder: Some(true),
        ..DecodeHints::default()
    };
    let found = QrReader
        .decode_multiple_with_hints(&mut bitmap, &hints)
        .unwrap_or_default();
    if found.is_empty() {
        let one = QRCodeReader.decode_with_hints(&mut bitmap, &hints);
        return one.iter().map(|code| code.getText().to_owned()).collect();
    }
    found.iter().map(|code| code.getText().to_owned()).collect()
}
