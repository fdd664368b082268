//! Grey pictures, and the filters that make blurred, noisy or huge ones readable.

use std::borrow::Cow;

/// A grey picture: a byte a pixel, row by row, 0 for black.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Luma {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Luma {
    /// A picture of these pixels; none unless there are exactly as many as its sides say, and at
    /// least one.
    pub(super) fn new(width: usize, height: usize, pixels: Vec<u8>) -> Option<Self> {
        let fits =
            width > 0 && width.checked_mul(height) == Some(pixels.len()) && !pixels.is_empty();
        fits.then_some(Self {
            width,
            height,
            pixels,
        })
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn height(&self) -> usize {
        self.height
    }

    pub(super) fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// Every pixel the mean of the 3 x 3 around it; beyond the edge the picture repeats its own.
    pub(super) fn smoothed(&self) -> Self {
        let mut pixels = Vec::with_capacity(self.pixels.len());
        let mut sums = vec![0_u16; self.width];
        let last = self.width - 1;
        for y in 0..self.height {
            let (above, here, below) = (
                self.row(y.saturating_sub(1)),
                self.row(y),
                self.row((y + 1).min(self.height - 1)),
            );
            for x in 0..self.width {
                sums[x] = u16::from(above[x]) + u16::from(here[x]) + u16::from(below[x]);
            }
            for x in 0..self.width {
                pixels.push(mean(
                    sums[x.saturating_sub(1)] + sums[x] + sums[last.min(x + 1)],
                    9,
                ));
            }
        }
        Self { pixels, ..*self }
    }

    /// Half as wide and high, each pixel the mean of four; none if nothing would be left.
    pub(super) fn halved(&self) -> Option<Self> {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            let (upper, lower) = (self.row(2 * y), self.row(2 * y + 1));
            for x in (0..2 * width).step_by(2) {
                let sum = u16::from(upper[x])
                    + u16::from(upper[x + 1])
                    + u16::from(lower[x])
                    + u16::from(lower[x + 1]);
                pixels.push(mean(sum, 4));
            }
        }
        Self::new(width, height, pixels)
    }

    /// The picture, halved until it has at most so many pixels.
    pub(super) fn within(&self, most: usize) -> Option<Cow<'_, Self>> {
        let mut picture = Cow::Borrowed(self);
        while picture.pixels.len() > most {
            picture = Cow::Owned(picture.halved()?);
        }
        Some(picture)
    }

    fn row(&self, y: usize) -> &[u8] {
        &self.pixels[y * self.width..(y + 1) * self.width]
    }
}

/// Invariant: a mean of bytes is a byte, which is the lower of the two.
fn mean(sum: u16, count: u16) -> u8 {
    (sum / count).to_le_bytes()[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_spread_what_is_uneven() {
        let even = Luma::new(5, 3, vec![200; 15]).expect("15 pixels");
        assert_eq!(even.smoothed(), even);
        assert_eq!(even.halved(), Luma::new(2, 1, vec![200; 2]));
        let mut dot = even.clone();
        dot.pixels[5 + 2] = 20;
        assert_eq!(dot.smoothed().pixels, [200, 180, 180, 180, 200].repeat(3));
        assert_eq!(
            Luma::new(1, 1, vec![7]).expect("a pixel").smoothed().pixels,
            [7]
        );
    }

    #[test]
    fn a_picture_has_as_many_pixels_as_its_sides_say() {
        assert_eq!(Luma::new(2, 2, vec![0; 3]), None);
        assert_eq!(Luma::new(0, 0, Vec::new()), None);
        assert_eq!(Luma::new(usize::MAX, 2, vec![0; 2]), None);
        assert_eq!(
            Luma::new(1, 5, vec![0; 5]).and_then(|thin| thin.halved()),
            None
        );
    }
}
