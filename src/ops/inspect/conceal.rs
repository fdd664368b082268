//! The last look at a text before it leaves: whatever a file says, no secret code and nothing
//! hidden is shown.

use crate::licence::LineKind;
use crate::licence::code::kind_of_line;
use crate::licence::identifier::is_control_or_format;
use crate::words::escape::for_terminal;

/// Characters of a code in its written form: five groups of five, joined by `-`.
const WRITTEN: usize = 29;

/// The text without control and format characters, and with licence keys and Deactivation
/// Verification Codes blotted out.
///
/// A text that is fit already stays as it is, so that escapes are not escaped again.
pub(super) fn conceal(text: &str) -> String {
    let text = if text.chars().any(is_control_or_format) {
        for_terminal(text)
    } else {
        text.to_owned()
    };
    let mut shown = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(c) = rest.chars().next() {
        match rest.get(..WRITTEN).and_then(secret) {
            Some(kind) => {
                shown.push_str(&format!("({kind}, not shown)"));
                rest = rest.get(WRITTEN..).unwrap_or_default();
            }
            None => {
                shown.push(c);
                rest = rest.get(c.len_utf8()..).unwrap_or_default();
            }
        }
    }
    shown
}

/// The kind of a secret code in its written form, in either case.
fn secret(written: &str) -> Option<LineKind> {
    let grouped = written
        .bytes()
        .enumerate()
        .all(|(i, byte)| (byte == b'-') == (i % 6 == 5));
    let kind = if grouped {
        kind_of_line(written).ok()?
    } else {
        return None;
    };
    matches!(kind, LineKind::LicenceKey | LineKind::VerificationCode).then_some(kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::licence::code::write_line;

    #[test]
    fn secret_codes_are_blotted_out_everywhere() {
        let key = write_line(&[7; 15], LineKind::LicenceKey);
        let code = write_line(&[7; 15], LineKind::VerificationCode).to_lowercase();
        let text = format!("a {key}東{code}.");
        assert_eq!(
            conceal(&text),
            "a (licence key, not shown)東(Deactivation Verification Code, not shown)."
        );
        assert_eq!(
            conceal(&format!("{key}{key}")),
            "(licence key, not shown)(licence key, not shown)"
        );
    }

    #[test]
    fn what_is_public_stays() {
        for kind in [LineKind::ComputerId, LineKind::ComputerKey(0)] {
            let line = write_line(&[7; 15], kind);
            assert_eq!(conceal(&line), line);
        }
        assert_eq!(
            conceal(r"already \x0a escaped 東"),
            r"already \x0a escaped 東"
        );
    }

    #[test]
    fn nothing_steers_a_terminal() {
        assert_eq!(conceal("a\u{1b}[2J\n\u{202e}"), r"a\x1b[2J\x0a\xe2\x80\xae");
    }
}
