//! Documents out of QR text: what a scanner gives, or a text file with one code a line (PROTOCOL
//! section 7).

use crate::wire::envelope::Envelope;
use crate::wire::error::WireError;
use crate::wire::qr::{PartSet, lines_of, read_part, read_text};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// The documents of a text with one code a line: whole documents, and the parts of split ones in
/// any sequence.
///
/// # Errors
/// [`WireError`] with the first fault: a line that is no code, parts that are missing or contradict
/// each other.
pub fn documents_of_text(text: &str) -> Result<Vec<Envelope>, WireError> {
    let mut documents = Vec::new();
    let mut split: BTreeMap<[u8; 8], PartSet> = BTreeMap::new();
    for line in lines_of(text) {
        if line.starts_with("KS1-") {
            let part = read_part(line)?;
            split.entry(part.tag).or_default().add(part)?;
        } else {
            documents.push(read_text(line)?);
        }
    }
    for parts in split.values() {
        documents.push(read_text(&parts.join()?)?);
    }
    Ok(documents)
}
