//! Pictures as SVG 1.1: one path whose strokes, one module wide, are the dark runs of each row.

use super::picture::{PIXELS_PER_MODULE, Picture, Placed};
use std::fmt::Write;

/// A number as text, to be appended many times.
struct Numbers(Vec<String>);

impl Numbers {
    fn up_to(largest: usize) -> Self {
        Self((0..=largest).map(|n| n.to_string()).collect())
    }

    fn push(&self, svg: &mut String, number: usize) {
        svg.push_str(self.0.get(number).map_or("", String::as_str));
    }
}

/// The whole picture.
pub(super) fn of(picture: &Picture) -> String {
    let (width, height) = picture.modules();
    let numbers = Numbers::up_to(width.max(height));
    let mut svg = String::with_capacity(12 * 1024);
    let (wide, high) = (width * PIXELS_PER_MODULE, height * PIXELS_PER_MODULE);
    // Invariant, here and below: writing to a string never fails.
    let _ = write!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="0 0 {width} {height}" shape-rendering="crispEdges"><path fill="white" d="M0 0h{width}v{height}H0z"/><path stroke="black" d=""#
    );
    let mut captions = String::new();
    for placed in picture.placed() {
        push_runs(&mut svg, &numbers, &placed);
        push_caption(&mut captions, &placed);
    }
    svg.push_str(r#""/>"#);
    svg.push_str(&captions);
    svg.push_str("</svg>\n");
    svg
}

/// Rows as `M4 4.5h7m1 0h3`: to the first run, its length, the gap, the next length.
fn push_runs(svg: &mut String, numbers: &Numbers, placed: &Placed<'_>) {
    for y in 0..placed.code.width() {
        let mut end = None;
        for (x, length) in placed.code.runs(y) {
            match end {
                None => {
                    svg.push('M');
                    numbers.push(svg, placed.left + x);
                    svg.push(' ');
                    numbers.push(svg, placed.top + y);
                    svg.push_str(".5h");
                }
                Some(end) => {
                    svg.push('m');
                    numbers.push(svg, x - end);
                    svg.push_str(" 0h");
                }
            }
            numbers.push(svg, length);
            end = Some(x + length);
        }
    }
}

fn push_caption(svg: &mut String, placed: &Placed<'_>) {
    if let Some(caption) = &placed.caption {
        let (x, y) = (placed.caption_middle, placed.caption_top + 3);
        let _ = write!(
            svg,
            r#"<text x="{x}.5" y="{y}.5" font-family="sans-serif" font-size="4.5" text-anchor="middle">{caption}</text>"#
        );
    }
}
