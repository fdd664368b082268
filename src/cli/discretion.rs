//! A screen may be read over a shoulder: a licence key that was typed in the wrong place is not
//! repeated.

use crate::licence::ComputerId;

/// Characters of a code that people type, dashes not counted.
const CODE_CHARACTERS: usize = 25;

/// The text with `...` for each code that is not a Computer ID: a licence key, also a mistyped one.
pub(super) fn without_keys(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut kept = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c| !is_part(c)) {
        let (word, rest) = piece.split_at(piece.find(|c| !is_part(c)).unwrap_or(piece.len()));
        kept.push_str(if is_code(word) && ComputerId::read(word).is_err() {
            "..."
        } else {
            word
        });
        kept.push_str(rest);
    }
    kept
}

/// 25 characters, in five groups of five or without dashes.
fn is_code(word: &str) -> bool {
    let groups: Vec<&str> = word.split('-').collect();
    let is_grouped = groups.len() == 5 && groups.iter().all(|group| group.len() == 5);
    is_grouped || (groups.len() == 1 && word.len() == CODE_CHARACTERS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::licence::LicenceKey;

    #[test]
    fn misplaced_licence_key_is_not_repeated() {
        let key = LicenceKey::from_bytes([7; 15]).reveal();
        let plain = key.replace('-', "").to_lowercase();
        let said = without_keys(&format!(
            "unexpected argument '{key}' found; {plain}/x; '--settle' and 東京 stay"
        ));
        assert_eq!(
            said,
            "unexpected argument '...' found; .../x; '--settle' and 東京 stay"
        );
        assert_eq!(
            without_keys("0123A-4567B-89CDE-FGHJK-MNPQR"),
            "...",
            "mistyped"
        );
    }

    #[test]
    fn what_is_no_key_stays() {
        let id = ComputerId([7; 15]).to_string();
        let batch = "2024-03-01-01HQWKVSM0SGJEKAQ73KMZ9MN2 rejected";
        assert_eq!(
            without_keys(&format!("{id} {batch}")),
            format!("{id} {batch}")
        );
    }
}
