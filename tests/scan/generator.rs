//! Photographs that were never taken: QR codes on a table full of things, seen askew, blurred,
//! noisy, in bad light. The same seed gives the same picture.
// Each test program uses its part of it; places in a picture are small numbers.
#![allow(dead_code, clippy::cast_possible_truncation, clippy::cast_sign_loss)]

use jpeg_encoder::{ColorType, Encoder};
use keyspool::render::qr::Code;

/// A generator of numbers (splitmix64): what matters is that it never changes.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Evenly from `0..count`.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(count).expect("small")).expect("small")
    }

    /// Evenly between the two.
    pub(crate) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * (self.below(1 << 20) as f32 / (1 << 20) as f32)
    }

    /// Around 0 with deviation 1: the sum of twelve even numbers.
    fn bell(&mut self) -> f32 {
        (0..12).map(|_| self.between(0.0, 1.0)).sum::<f32>() - 6.0
    }
}

/// A grey picture with as much light as may be.
#[derive(Clone)]
pub(crate) struct Photo {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) pixels: Vec<f32>,
}

/// How a photograph was taken.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Degrees that the camera was turned.
    pub(crate) rotation: f32,
    /// How much smaller the far edge is than the near one, as a part of it.
    pub(crate) perspective: f32,
    /// Radius of the blur, in pixels.
    pub(crate) blur: f32,
    /// Deviation of the noise, in steps of grey.
    pub(crate) noise: f32,
    /// How much of the light is gone in the darkest corner.
    pub(crate) shade: f32,
    /// Things that lie around.
    pub(crate) clutter: usize,
    /// Quality of the JPEG; PNG without.
    pub(crate) jpeg: Option<u8>,
}

/// A photograph as it is mostly taken.
pub(crate) fn photo(texts: &[&str], seed: u64) -> Vec<u8> {
    let (width, height) = (900, 700);
    let (rotation, perspective, blur, noise, shade) = (17.0, 0.05, 0.6, 6.0, 0.3);
    let setting = Setting {
        width,
        height,
        rotation,
        perspective,
        blur,
        noise,
        shade,
        clutter: 12,
        jpeg: Some(60),
    };
    photograph(texts, &setting, &mut Chance::new(seed))
}

/// A photograph of codes that lie side by side on one sheet.
pub(crate) fn photograph(texts: &[&str], setting: &Setting, chance: &mut Chance) -> Vec<u8> {
    let mut photo = table(setting, chance);
    lay_out(&mut photo, texts, setting);
    let photo = shaded(
        blurred(photo, setting.blur),
        setting.shade,
        setting.noise,
        chance,
    );
    photo.encoded(setting.jpeg)
}

impl Photo {
    pub(crate) fn even(width: usize, height: usize, grey: f32) -> Self {
        Self {
            width,
            height,
            pixels: vec![grey; width * height],
        }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.pixels
            .iter()
            .map(|grey| grey.clamp(0.0, 255.0) as u8)
            .collect()
    }

    pub(crate) fn encoded(&self, jpeg: Option<u8>) -> Vec<u8> {
        match jpeg {
            Some(quality) => jpeg_of(&self.bytes(), self.width, self.height, quality),
            None => png_of(&self.bytes(), self.width, self.height),
        }
    }

    fn fill(&mut self, left: usize, top: usize, width: usize, height: usize, grey: f32) {
        for y in top..(top + height).min(self.height) {
            let row = y * self.width;
            let right = (left + width).min(self.width);
            if left < right {
                self.pixels[row + left..row + right].fill(grey);
            }
        }
    }
}

pub(crate) fn jpeg_of(grey: &[u8], width: usize, height: usize, quality: u8) -> Vec<u8> {
    let mut jpeg = Vec::new();
    let (width, height) = (
        u16::try_from(width).expect("small"),
        u16::try_from(height).expect("small"),
    );
    Encoder::new(&mut jpeg, quality)
        .encode(grey, width, height, ColorType::Luma)
        .expect("a JPEG");
    jpeg
}

pub(crate) fn png_of(grey: &[u8], width: usize, height: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (width, height) = (
        u32::try_from(width).expect("small"),
        u32::try_from(height).expect("small"),
    );
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(grey).expect("rows");
    writer.finish().expect("an end");
    bytes
}

/// A table with boxes, edges and lines of text on it.
fn table(setting: &Setting, chance: &mut Chance) -> Photo {
    let grey = chance.between(90.0, 210.0);
    let mut photo = Photo::even(setting.width, setting.height, grey);
    for _ in 0..setting.clutter {
        let (left, top) = (chance.below(setting.width), chance.below(setting.height));
        let (width, height) = (
            4 + chance.below(setting.width / 6),
            3 + chance.below(setting.height / 8),
        );
        let grey = chance.between(20.0, 240.0);
        if chance.below(3) > 0 {
            photo.fill(left, top, width, height, grey);
            continue;
        }
        // A line of text: strokes and gaps.
        let mut x = left;
        while x < left + width {
            let stroke = 1 + chance.below(4);
            photo.fill(x, top, stroke, height.min(14), 30.0);
            x += stroke + 1 + chance.below(5);
        }
    }
    photo
}

/// Modules of light around a code on the sheet.
const QUIET: usize = 4;

/// Puts the sheet onto the table: every pixel of the photograph looks up which module it sees.
fn lay_out(photo: &mut Photo, texts: &[&str], setting: &Setting) {
    let codes: Vec<Code> = texts
        .iter()
        .map(|text| Code::of(text).expect("a QR text"))
        .collect();
    let cell = codes.iter().map(Code::width).max().expect("a code") + 2 * QUIET;
    let columns = (1..)
        .find(|columns| columns * columns >= codes.len())
        .expect("few codes");
    let rows = codes.len().div_ceil(columns);
    let sheet = ((cell * columns) as f32, (cell * rows) as f32);
    let view = View::of(setting, sheet);
    for y in 0..photo.height {
        let ((mut u, mut v), (across, down)) = view.row(y as f32 + 0.5);
        for x in 0..photo.width {
            if u >= 0.0 && v >= 0.0 && u < sheet.0 && v < sheet.1 {
                let (m, n) = (u as usize, v as usize);
                let dark = codes
                    .get(n / cell * columns + m / cell)
                    .is_some_and(|code| {
                        let (m, n) = (m % cell, n % cell);
                        m >= QUIET && n >= QUIET && code.is_dark(m - QUIET, n - QUIET)
                    });
                photo.pixels[y * photo.width + x] = if dark { 35.0 } else { 225.0 };
            }
            (u, v) = (u + across, v + down);
        }
    }
}

/// From a pixel back to a module: turned, and smaller towards the far edge.
struct View {
    centre: (f32, f32),
    sheet: (f32, f32),
    scale: f32,
    turn: (f32, f32),
    slope: f32,
}

impl View {
    fn of(setting: &Setting, sheet: (f32, f32)) -> Self {
        let (width, height) = (setting.width as f32, setting.height as f32);
        let (sin, cos) = setting.rotation.to_radians().sin_cos();
        // As large as it goes, turned as it is.
        let (wide, high) = (
            sheet.0 * cos.abs() + sheet.1 * sin.abs(),
            sheet.0 * sin.abs() + sheet.1 * cos.abs(),
        );
        let fitting = (width / wide).min(height / high) * 0.93 * (1.0 - setting.perspective);
        let slope = setting.perspective / (high.max(wide) * fitting / 2.0);
        Self {
            centre: (width / 2.0, height / 2.0),
            sheet,
            scale: fitting,
            turn: (sin, cos),
            slope,
        }
    }

    /// Where the row begins on the sheet, and how far a pixel is there.
    fn row(&self, y: f32) -> ((f32, f32), (f32, f32)) {
        let y = y - self.centre.1;
        let scale = self.scale * (1.0 - self.slope * y);
        let (sin, cos) = self.turn;
        let place = |x: f32| {
            (
                (x * cos + y * sin) / scale + self.sheet.0 / 2.0,
                (y * cos - x * sin) / scale + self.sheet.1 / 2.0,
            )
        };
        (place(0.5 - self.centre.0), (cos / scale, -sin / scale))
    }
}

/// Two boxes one after the other, across and down: nearly a bell of this deviation.
fn blurred(photo: Photo, deviation: f32) -> Photo {
    // A box of radius r has the variance r (r + 1) / 3; the two together have twice that.
    let radius = ((6.0 * deviation * deviation + 1.0).sqrt() - 1.0) / 2.0;
    if radius < 0.2 {
        return photo;
    }
    (0..2).fold(photo, |photo, _| {
        turned(boxed(&turned(boxed(&photo, radius)), radius))
    })
}

/// Every pixel the mean of those as far as the radius to its left and right; the outermost count in
/// part.
fn boxed(photo: &Photo, radius: f32) -> Photo {
    let whole = radius as usize;
    let part = radius - whole as f32;
    let count = 1.0 + 2.0 * radius;
    let mut pixels = Vec::with_capacity(photo.pixels.len());
    for row in photo.pixels.chunks_exact(photo.width) {
        let last = row.len() - 1;
        let mut sum = row[0] * (whole + 1) as f32 + row[1..=whole].iter().sum::<f32>();
        for x in 0..row.len() {
            let (left, right) = (
                row[x.saturating_sub(whole + 1)],
                row[(x + whole + 1).min(last)],
            );
            pixels.push((sum + part * (left + right)) / count);
            sum += right - row[x.saturating_sub(whole)];
        }
    }
    Photo { pixels, ..*photo }
}

/// Rows as columns.
fn turned(photo: Photo) -> Photo {
    let mut pixels = Vec::with_capacity(photo.pixels.len());
    for x in 0..photo.width {
        pixels.extend(photo.pixels[x..].iter().step_by(photo.width));
    }
    Photo {
        width: photo.height,
        height: photo.width,
        pixels,
    }
}

/// Light from one corner, and the noise of a small camera.
fn shaded(mut photo: Photo, shade: f32, noise: f32, chance: &mut Chance) -> Photo {
    let direction = chance.between(0.0, std::f32::consts::TAU);
    let (sin, cos) = direction.sin_cos();
    let noises: Vec<f32> = (0..4_096).map(|_| noise * chance.bell()).collect();
    for y in 0..photo.height {
        for x in 0..photo.width {
            let along = (x as f32 / photo.width as f32 - 0.5) * cos
                + (y as f32 / photo.height as f32 - 0.5) * sin;
            let light = 1.0 - shade * (along + 0.5).clamp(0.0, 1.0);
            let pixel = &mut photo.pixels[y * photo.width + x];
            *pixel = *pixel * light + noises[(chance.next() >> 52) as usize];
        }
    }
    photo
}

/// The checksum of a PNG's chunk (ISO/IEC 15948, annex D).
pub(crate) fn crc_of(bytes: &[u8]) -> u32 {
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
