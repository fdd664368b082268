//! The texts of QR codes, judged.

use super::held::{Held, Judged};
use crate::policy::refusal::FileRefusal;
use crate::seal::open_envelope;
use crate::wire::qr::{read_part, read_text};

/// How a part of a QR text begins (PROTOCOL section 7).
pub(super) const PART: &str = "KS1-";

/// Judges the texts of several codes.
pub(super) fn judge_codes<'a>(texts: impl Iterator<Item = &'a str>) -> Held {
    let mut held = Held::default();
    for line in texts {
        if !line.starts_with(PART) {
            held.documents.push(judge_qr(line));
            continue;
        }
        match read_part(line) {
            Ok(part) => held.parts.push(part),
            Err(error) => {
                let refusal = FileRefusal::from(error);
                held.documents.push(Judged::refused(refusal));
            }
        }
    }
    held
}

/// Judges one whole QR text.
pub(super) fn judge_qr(text: &str) -> Judged {
    match read_text(text) {
        Ok(envelope) => open_envelope(&envelope).into(),
        Err(error) => Judged::refused(FileRefusal::from(error)),
    }
}
