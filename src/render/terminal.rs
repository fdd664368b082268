//! QR codes for terminals: two modules a character, as half blocks.

use super::error::RenderError;
use super::qr::{Code, QUIET_ZONE};

/// Black on white from the fixed part of the 256 colours, which themes leave alone.
const BLACK_ON_WHITE: &str = "\u{1b}[38;5;16;48;5;231m";
const RESET: &str = "\u{1b}[0m";

/// One code, black on white whatever the terminal's colours, with its quiet zone; each line ends
/// with LF.
///
/// A part of 1,180 characters is 113 columns wide: draw parts one below the other.
///
/// # Errors
/// Those of [`Code::of`].
pub fn draw(text_or_part: &str) -> Result<String, RenderError> {
    Ok(lines(&Code::of(text_or_part)?, false)
        .iter()
        .map(|line| format!("{BLACK_ON_WHITE}{line}{RESET}\n"))
        .collect())
}

/// The same without colours, for terminals that write light on dark: light modules are the blocks.
///
/// # Errors
/// Those of [`Code::of`].
pub fn draw_plain(text_or_part: &str) -> Result<String, RenderError> {
    Ok(lines(&Code::of(text_or_part)?, true)
        .iter()
        .map(|line| format!("{line}\n"))
        .collect())
}

/// Half blocks for the dark modules, or for the light ones.
fn lines(code: &Code, light: bool) -> Vec<String> {
    let side = code.width() + 2 * QUIET_ZONE;
    let inked = |x: usize, y: usize| {
        let dark =
            x >= QUIET_ZONE && y >= QUIET_ZONE && code.is_dark(x - QUIET_ZONE, y - QUIET_ZONE);
        dark != light
    };
    let character = |x: usize, y: usize| match (inked(x, y), inked(x, y + 1)) {
        (false, false) => ' ',
        (true, false) => '\u{2580}',
        (false, true) => '\u{2584}',
        (true, true) => '\u{2588}',
    };
    (0..side)
        .step_by(2)
        .map(|y| (0..side).map(|x| character(x, y)).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_drawings_show_the_same_modules() {
        let code = Code::of("KS1:TERMINAL").expect("a text of the test");
        let drawn = draw("KS1:TERMINAL").expect("a text of the test");
        let plain = draw_plain("KS1:TERMINAL").expect("a text of the test");
        for (y, (line, plain)) in drawn.lines().zip(plain.lines()).enumerate() {
            let line = line
                .strip_prefix(BLACK_ON_WHITE)
                .and_then(|l| l.strip_suffix(RESET))
                .expect("colours around each line");
            for (x, (c, p)) in line.chars().zip(plain.chars()).enumerate() {
                let dark = |row: usize| x >= 4 && row >= 4 && code.is_dark(x - 4, row - 4);
                assert_eq!(matches!(c, '▀' | '█'), dark(2 * y));
                assert_eq!(matches!(p, '▄' | '█'), !dark(2 * y + 1));
            }
        }
        assert_eq!(drawn.lines().count(), (code.width() + 8).div_ceil(2));
    }

    #[test]
    fn plain_drawings_hold_no_terminal_sequences() {
        assert!(
            !draw_plain("KS1:TERMINAL")
                .expect("a text of the test")
                .contains('\u{1b}')
        );
    }
}
