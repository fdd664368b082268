//! Documents that were damaged on their way.

use crate::documents::rewritten;
use crate::fixture::{documents, envelope, list, text, vectors};
use crate::refused::code_of_file;
use keyspool::wire::computer_key::ComputerKey;

/// A small generator of pseudo-random numbers (splitmix64): the same mutations in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from(
            (mixed ^ (mixed >> 31)) % u64::try_from(limit.max(1)).expect("a small limit"),
        )
        .expect("below the limit")
    }

    /// One to three bytes flipped, cut, repeated or inserted.
    fn mutate(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.below(3) {
            let at = self.below(bytes.len());
            match self.below(5) {
                0 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
                1 => bytes.truncate(at),
                2 => bytes.insert(at, b"{}[]\",:\\0 -n\0\xff\x80"[self.below(15)]),
                3 if !bytes.is_empty() => drop(bytes.remove(at)),
                _ => bytes.extend_from_within(at..(at + self.below(40)).min(bytes.len())),
            }
        }
        bytes
    }
}

#[test]
fn mutated_documents_panic_no_reader() {
    let mut numbers = Numbers(20_261_122);
    for document in documents() {
        let envelope = envelope(&document);
        let kind = envelope.kind().expect("a known kind");
        for _ in 0..400 {
            let _ = code_of_file(&numbers.mutate(&envelope.to_json()));
            let _ = rewritten(kind, &numbers.mutate(&envelope.payload));
        }
    }
}

#[test]
fn mutated_qr_texts_panic_no_reader() {
    let mut numbers = Numbers(2);
    for document in documents()
        .iter()
        .filter(|document| document.get("qr_text").is_some())
    {
        let parts: Vec<&str> = list(&document["qr_parts"]).iter().map(text).collect();
        for _ in 0..400 {
            let _ = code_of_file(&numbers.mutate(text(&document["qr_text"]).as_bytes()));
            let _ = code_of_file(&numbers.mutate(parts.join("\n").as_bytes()));
        }
    }
}

#[test]
fn mutated_computer_keys_panic_no_reader() {
    let mut numbers = Numbers(3);
    let vector = vectors("vectors/computer-key.json");
    let lines: Vec<&str> = list(&vector["lines"]).iter().map(text).collect();
    for _ in 0..4_000 {
        let mutated = numbers.mutate(lines.join("\n").as_bytes());
        let _ = ComputerKey::read_text(&String::from_utf8_lossy(&mutated));
    }
}
