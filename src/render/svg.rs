//! Pictures as SVG 1.1: one path whose strokes, one module wide, are the dark runs of each row.

use super::picture::{PIXELS_PER_MODULE, Picture, Placed};
use std::fmt::Write;

/// Appends a number in decimal: several times faster than formatting it.
fn push(svg: &mut String, number: usize) {
    if number >= 10 {
        push(svg, number / 10);
    }
    // Invariant: a digit is below 10.
    svg.push(char::from_digit(u32::try_from(number % 10).unwrap_or(0), 10).unwrap_or('0'));
}

/// The whole picture.
pub(super) fn of(picture: &Picture) -> String {
    let (width, height) = picture.modules();
    let mut svg = String::with_capacity(16 * 1024);
    let (wide, high) = (width * PIXELS_PER_MODULE, height * PIXELS_PER_MODULE);
    // Invariant, here and below: writing to a string never fails.
    let _ = write!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="0 0 {width} {height}" shape-rendering="crispEdges"><path fill="white" d="M0 0h{width}v{height}H0z"/><path stroke="black" d=""#
    );
    let mut captions = String::new();
    for placed in picture.placed() {
        push_runs(&mut svg, &placed);
        push_caption(&mut captions, &placed);
    }
    svg.push_str(r#""/>"#);
    svg.push_str(&captions);
    svg.push_str("</svg>\n");
    svg
}

/// Rows as `M4 4.5h7m1 0h3`: to the first run, its length, the gap, the next length.
fn push_runs(svg: &mut String, placed: &Placed<'_>) {
    for y in 0..placed.code.width() {
        let mut end = None;
        for (x, length) in placed.code.runs(y) {
            match end {
                None => {
                    svg.push('M');
                    push(svg, placed.left + x);
                    svg.push(' ');
                    push(svg, placed.top + y);
                    svg.push_str(".5h");
                }
                Some(end) => {
                    svg.push('m');
                    push(svg, x - end);
                    svg.push_str(" 0h");
                }
            }
            push(svg, length);
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
