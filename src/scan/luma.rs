//! Grey pictures, and the filters that make blurred, noisy or huge ones readable.

/// A grey picture: a byte a pixel, row by row, 0 for black.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Luma {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Luma {
    /// A picture of these pixels; none unless there are exactly as many as its sides say, and at least one.
    pub(super) fn new(width: usize, height: usize, pixels: Vec<u8>) -> Option<Self> {
        let fits = width > 0 && width.checked_mul(height) == Some(pixels.len()) && !pixels.is_empty();
        fits.then_some(Self { width, height, pixels })
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
        let mut sums = vec![0_u16; self.width + 2];
        for y in 0..self.height {
            let rows = [self.row(y.saturating_sub(1)), self.row(y), self.row((y + 1).min(self.height - 1))];
            for (sum, ((above, here), below)) in sums.iter_mut().skip(1).zip(rows[0].iter().zip(rows[1]).zip(rows[2])) {
                *sum = u16::from(*above) + u16::from(*here) + u16::from(*below);
            }
            sums[0] = sums[1];
            sums[self.width + 1] = sums[self.width];
            pixels.extend(sums.windows(3).map(|three| mean(three[0] + three[1] + three[2], 9)));
        }
        Self { pixels, ..*self }
    }

    /// Half as wide and high, each pixel the mean of four; none where nothing would be left.
    pub(super) fn halved(&self) -> Option<Self> {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            let (upper, lower) = (self.row(2 * y).chunks_exact(2), self.row(2 * y + 1).chunks_exact(2));
            let sum = |four: (&[u8], &[u8])| four.0.iter().chain(four.1).map(|pixel| u16::from(*pixel)).sum();
            pixels.extend(upper.zip(lower).map(|four| mean(sum(four), 4)));
        }
        Self::new(width, height, pixels)
    }

    fn row(&self, y: usize) -> &[u8] {
        &self.pixels[y * self.width..(y + 1) * self.width]
    }
}

/// Invariant: a mean of bytes is a byte.
fn mean(sum: u16, count: u16) -> u8 {
    u8::try_from(sum / count).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_keep_what_is_even_and_spread_what_is_not() {
        let even = Luma::new(5, 3, vec![200; 15]).expect("15 pixels");
        assert_eq!(even.smoothed(), even);
        assert_eq!(even.halved(), Luma::new(2, 1, vec![200; 2]));
        let mut dot = even.clone();
        dot.pixels[5 + 2] = 20;
        assert_eq!(dot.smoothed().pixels, [200, 180, 180, 180, 200].repeat(3));
        assert_eq!(Luma::new(1, 1, vec![7]).expect("a pixel").smoothed().pixels, [7]);
    }

    #[test]
    fn a_picture_has_as_many_pixels_as_its_sides_say() {
        assert_eq!(Luma::new(2, 2, vec![0; 3]), None);
        assert_eq!(Luma::new(0, 0, Vec::new()), None);
        assert_eq!(Luma::new(usize::MAX, 2, vec![0; 2]), None);
        assert_eq!(Luma::new(1, 5, vec![0; 5]).and_then(|thin| thin.halved()), None);
    }
}
