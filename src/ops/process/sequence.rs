//! The sequence in which a batch is decided (LICENSING section 7), and its transactions.

use super::taken::{Content, Document};
use crate::policy::batch::{self, Place};
use crate::seal::Verified;
use crate::wire::request::{Request, RequestBody};

/// Documents of the first transaction of a batch: few, so that signing can begin beside deciding.
const FIRST_COMMIT: usize = 128;
/// Documents of the largest transaction: each is twice as large as the one before, up to this.
pub(super) const LARGEST_COMMIT: usize = 512;

/// The indices of documents in the sequence of LICENSING section 7; what is refused already comes
/// last, in the sequence of the files.
pub(super) fn sequence_of(documents: &[Document]) -> Vec<usize> {
    let mut requests = Vec::new();
    let mut places = Vec::new();
    let mut refused = Vec::new();
    for (index, document) in documents.iter().enumerate() {
        match &document.content {
            Some(Content::Request(request, _)) => {
                requests.push(index);
                places.push(place_of(request));
            }
            Some(Content::OnDisk(place, _)) => {
                requests.push(index);
                places.push(*place);
            }
            Some(Content::Refused(_)) | None => refused.push(index),
        }
    }
    batch::sequence(&places)
        .into_iter()
        .filter_map(|i| requests.get(i).copied())
        .chain(refused)
        .collect()
}

/// The parts of a sequence that one transaction each decides.
pub(super) fn transactions(sequence: &[usize]) -> impl Iterator<Item = &[usize]> {
    let (mut rest, mut size) = (sequence, FIRST_COMMIT);
    std::iter::from_fn(move || {
        let (part, after) = rest.split_at(size.min(rest.len()));
        (rest, size) = (after, LARGEST_COMMIT.min(2 * size));
        (!part.is_empty()).then_some(part)
    })
}

/// What the place of a request in the sequence depends on.
pub(super) fn place_of(request: &Verified<Request>) -> Place {
    Place {
        device_key: request.device_key,
        counter: request.counter,
        document: request.document_id(),
        is_deactivation: matches!(request.body, RequestBody::Deactivation(_)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transactions_leave_nothing_out() {
        for count in [0, 1, 127, 128, 129, 384, 5_000] {
            let sequence: Vec<usize> = (0..count).rev().collect();
            let parts: Vec<&[usize]> = transactions(&sequence).collect();
            assert_eq!(parts.concat(), sequence);
            let sizes: Vec<usize> = parts.iter().map(|part| part.len()).collect();
            let wanted: Vec<usize> = [128, 256]
                .into_iter()
                .chain(std::iter::repeat(512))
                .take(sizes.len())
                .collect();
            assert!(
                sizes
                    .iter()
                    .zip(&wanted)
                    .rev()
                    .skip(1)
                    .all(|(found, wanted)| found == wanted),
                "{sizes:?}"
            );
            assert!(
                sizes.last() <= wanted.last() && !sizes.contains(&0),
                "{sizes:?}"
            );
        }
    }
}
