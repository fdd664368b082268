//! The QR codes of a grey picture.
//!
//! No reader reads every photograph. These are tried in turn: the picture as it is; smoothed once
//! and three times, against noise; at a half and a quarter of its size, against blur and for large
//! pictures; and at last another reader.

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
/// Pixels up to which the other reader is tried: it is slow.
const LAST_READER_PIXELS: usize = 4 * 1024 * 1024;

/// The texts of all codes that can be read, each once, the first found first. After half of
/// [`TIME_LIMIT`], nothing new is tried.
pub(super) fn texts_of(picture: &Luma) -> Vec<String> {
    let begun = Instant::now();
    let mut texts = Vec::new();
    let mut look = |read: &dyn Fn() -> Vec<String>, only_if_none: bool| {
        let is_over = texts.len() >= MAX_CODES || begun.elapsed() > TIME_LIMIT / 2;
        if !is_over && (!only_if_none || texts.is_empty()) {
            add(&mut texts, read);
        }
    };
    look(&|| first_reader(picture), false);
    if let Some(small) = picture.within(SMOOTHED_PIXELS) {
        let smoothed = small.smoothed();
        look(&|| first_reader(&smoothed), false);
        look(&|| first_reader(&smoothed.smoothed().smoothed()), false);
        let half = small.halved();
        look(
            &|| half.as_ref().map(first_reader).unwrap_or_default(),
            false,
        );
        look(
            &|| {
                half.as_ref()
                    .and_then(Luma::halved)
                    .as_ref()
                    .map(first_reader)
                    .unwrap_or_default()
            },
            false,
        );
    }
    // It finds little that the other does not, and takes longest.
    look(
        &|| {
            picture
                .within(LAST_READER_PIXELS)
                .map(|small| last_reader(&small))
                .unwrap_or_default()
        },
        true,
    );
    texts.truncate(MAX_CODES);
    texts
}

/// A reader that panics has found nothing: what it reads is hostile, and it is not ours.
fn add(texts: &mut Vec<String>, read: &dyn Fn() -> Vec<String>) {
    for text in catch_unwind(AssertUnwindSafe(read)).unwrap_or_default() {
        let text = text_of_code(&text);
        if !text.is_empty() && !texts.contains(&text) {
            texts.push(text);
        }
    }
}

fn first_reader(picture: &Luma) -> Vec<String> {
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

fn last_reader(picture: &Luma) -> Vec<String> {
    let (width, height) = (picture.width(), picture.height());
    let grey = |x: usize, y: usize| {
        picture
            .pixels()
            .get(y * width + x)
            .copied()
            .unwrap_or(u8::MAX)
    };
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, grey);
    prepared
        .detect_grids()
        .iter()
        .filter_map(|grid| grid.decode().ok())
        .map(|(_, text)| text)
        .collect()
}
