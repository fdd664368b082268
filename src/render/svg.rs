//! Pictures as SVG 1.1: one path whose strokes, one module wide, are the dark runs of each row.

use super::picture::{PIXELS_PER_MODULE, Picture, Placed};
use std::io::Write;

impl Picture {
    /// The picture as an SVG: the same modules as runs of one path, numbers as text. UTF-8, one
    /// line.
    #[must_use]
    pub fn svg(&self) -> String {
        let (width, height) = self.modules();
        let mut svg = Vec::with_capacity(16 * 1024);
        let (wide, high) = (width * PIXELS_PER_MODULE, height * PIXELS_PER_MODULE);
        // Invariant, here and below: writing to memory never fails.
        let _ = write!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{wide}\" height=\"{high}\" \
            viewBox=\"0 0 {width} {height}\" shape-rendering=\"crispEdges\"><path fill=\"white\" \
            d=\"M0 0h{width}v{height}H0z\"/><path stroke=\"black\" d=\""
        );
        let mut captions = Vec::new();
        for placed in self.placed() {
            push_runs(&mut svg, &placed);
            push_caption(&mut captions, &placed);
        }
        svg.extend_from_slice(br#""/>"#);
        svg.extend_from_slice(&captions);
        svg.extend_from_slice(b"</svg>\n");
        String::from_utf8(svg).expect("all that was written is ASCII")
    }
}

/// Rows as `M4 4.5h7m1 0h3`: to the first run, its length, the gap, the next length.
fn push_runs(svg: &mut Vec<u8>, placed: &Placed<'_>) {
    for y in 0..placed.code.width() {
        let mut end = None;
        for (x, length) in placed.code.runs(y) {
            match end {
                None => {
                    svg.push(b'M');
                    push(svg, placed.left + x);
                    svg.push(b' ');
                    push(svg, placed.top + y);
                    svg.extend_from_slice(b".5h");
                    push(svg, length);
                }
                Some(end) => push_step(svg, x - end, length),
            }
            end = Some(x + length);
        }
    }
}

/// Moves over a gap and draws a run. A picture has thousands, nearly all with one digit each.
fn push_step(svg: &mut Vec<u8>, gap: usize, length: usize) {
    if gap < 10 && length < 10 {
        svg.extend_from_slice(&[b'm', digit(gap), b' ', b'0', b'h', digit(length)]);
    } else {
        svg.push(b'm');
        push(svg, gap);
        svg.extend_from_slice(b" 0h");
        push(svg, length);
    }
}

/// Appends a number in decimal: several times faster than formatting it.
fn push(svg: &mut Vec<u8>, number: usize) {
    if number >= 10 {
        push(svg, number / 10);
    }
    svg.push(digit(number));
}

/// The last digit of a number.
fn digit(number: usize) -> u8 {
    b"0123456789"[number % 10]
}

fn push_caption(svg: &mut Vec<u8>, placed: &Placed<'_>) {
    if let Some(caption) = &placed.caption {
        let (x, y) = (placed.caption_middle, placed.caption_top + 3);
        let _ = write!(
            svg,
            "<text x=\"{x}.5\" y=\"{y}.5\" font-family=\"sans-serif\" font-size=\"4.5\" \
                text-anchor=\"middle\">{caption}</text>"
        );
    }
}
