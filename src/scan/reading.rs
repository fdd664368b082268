//! The reading of a picture, and how it travels between the processes.
//!
//! | byte | means | then |
//! | --- | --- | --- |
//! | `T` | texts | their number, 1 byte; each its length, 2 bytes, and its characters |
//! | `P` | too many pixels | width and height, 4 bytes each |
//! | `D` `O` `S` `C` | damaged, out of memory, too slow, crashed | |
//! | `N` | not read | why, to the end |
//!
//! Numbers are big-endian. The reader takes nothing else, no trailing byte, and no character but
//! those from space to tilde.

use super::limits::{MAX_CODES, MAX_TEXT};

/// What a picture gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// The texts of its codes, each once, at most [`MAX_CODES`] of at most [`MAX_TEXT`] characters
    /// from space to tilde; empty if no code could be read.
    Texts(Vec<String>),
    /// More pixels than are read.
    TooManyPixels {
        /// Pixels of a row.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// Damaged, cut off, or of a kind that is not known.
    Damaged,
    /// It would take more memory than [`super::MEMORY_LIMIT`].
    OutOfMemory,
    /// It took longer than [`super::TIME_LIMIT`].
    TooSlow,
    /// What decodes pictures broke at it.
    Crashed,
}

/// The reading of a picture, or why it was not tried, which is not the picture's fault.
pub(super) type Reply = Result<Reading, String>;

/// Most bytes of a reply.
pub(super) const MAX_REPLY_BYTES: usize = 2 + MAX_CODES * (2 + MAX_TEXT);
/// Most characters of the reason why a picture was not read.
const MAX_REASON: usize = 500;

/// A reply as it travels.
pub(super) fn to_bytes(reply: &Reply) -> Vec<u8> {
    match reply {
        Ok(Reading::Texts(texts)) => texts_to_bytes(texts.get(..MAX_CODES).unwrap_or(texts)),
        Ok(Reading::TooManyPixels { width, height }) => {
            [b"P".as_slice(), &width.to_be_bytes(), &height.to_be_bytes()].concat()
        }
        Ok(Reading::Damaged) => b"D".to_vec(),
        Ok(Reading::OutOfMemory) => b"O".to_vec(),
        Ok(Reading::TooSlow) => b"S".to_vec(),
        Ok(Reading::Crashed) => b"C".to_vec(),
        Err(why) => format!("N{}", plain(why, MAX_REASON)).into_bytes(),
    }
}

fn texts_to_bytes(texts: &[String]) -> Vec<u8> {
    let mut bytes = vec![b'T', u8::try_from(texts.len()).unwrap_or_default()];
    for text in texts.iter().map(|text| text_of_code(text)) {
        bytes.extend(u16::try_from(text.len()).unwrap_or_default().to_be_bytes());
        bytes.extend(text.as_bytes());
    }
    bytes
}

/// Reads the reply of a process that a picture may have taken over.
pub(super) fn read(bytes: &[u8]) -> Option<Reply> {
    let reading = match bytes {
        [b'T', count, rest @ ..] => Reading::Texts(read_texts(usize::from(*count), rest)?),
        [b'P', sides @ ..] => {
            let (width, height) = sides.split_first_chunk::<4>()?;
            let (width, height) = (
                u32::from_be_bytes(*width),
                u32::from_be_bytes(height.try_into().ok()?),
            );
            Reading::TooManyPixels { width, height }
        }
        b"D" => Reading::Damaged,
        b"O" => Reading::OutOfMemory,
        b"S" => Reading::TooSlow,
        b"C" => Reading::Crashed,
        [b'N', why @ ..] if why.len() <= MAX_REASON => return read_plain(why).map(Err),
        _ => return None,
    };
    Some(Ok(reading))
}

fn read_texts(count: usize, mut rest: &[u8]) -> Option<Vec<String>> {
    if count > MAX_CODES {
        return None;
    }
    let mut texts = Vec::with_capacity(count);
    for _ in 0..count {
        let (length, after) = rest.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_be_bytes(*length));
        let text = after
            .get(..length)
            .filter(|_| (1..=MAX_TEXT).contains(&length))?;
        texts.push(read_plain(text)?);
        rest = &after[length..];
    }
    rest.is_empty().then_some(texts)
}

fn read_plain(bytes: &[u8]) -> Option<String> {
    let is_plain = bytes.iter().all(|byte| matches!(byte, b' '..=b'~'));
    is_plain.then(|| bytes.iter().copied().map(char::from).collect())
}

/// A code's text as it travels. Our own texts are plain already; others are made plain.
pub(super) fn text_of_code(text: &str) -> String {
    plain(text, MAX_TEXT)
}

/// The text with a question mark for every character that is not plain, at most so many characters.
fn plain(text: &str, most: usize) -> String {
    text.chars()
        .take(most)
        .map(|c| if matches!(c, ' '..='~') { c } else { '?' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Reply> {
        vec![
            Ok(Reading::Texts(Vec::new())),
            Ok(Reading::Texts(vec![
                "KS1:A B".to_owned(),
                "x".repeat(MAX_TEXT),
            ])),
            Ok(Reading::Texts(
                (0..MAX_CODES)
                    .map(|n| format!("{n:02}{}", "~".repeat(MAX_TEXT - 2)))
                    .collect(),
            )),
            Ok(Reading::TooManyPixels {
                width: 1,
                height: u32::MAX,
            }),
            Ok(Reading::Damaged),
            Ok(Reading::OutOfMemory),
            Ok(Reading::TooSlow),
            Ok(Reading::Crashed),
            Err("no memory".to_owned()),
        ]
    }

    #[test]
    fn answers_are_read_as_they_were_written() {
        for reply in all() {
            let bytes = to_bytes(&reply);
            assert!(bytes.len() <= MAX_REPLY_BYTES);
            assert_eq!(read(&bytes), Some(reply));
        }
    }

    #[test]
    fn no_other_reply_is_read() {
        for reply in all().into_iter().filter(Result::is_ok) {
            let bytes = to_bytes(&reply);
            for cut in 0..bytes.len().min(40) {
                assert_eq!(read(&bytes[..cut]), None, "{reply:?} cut at {cut}");
            }
            assert_eq!(read(&[&bytes[..], b"x"].concat()), None);
        }
        for bad in [
            &b""[..],
            b"X",
            b"T\x01\0\0",
            b"T\x01\0\x01\n",
            b"T\x01\0\x01\x7f",
            b"T\x41",
            b"N\x1b[2J",
            b"DD",
            b"P1234567",
        ] {
            assert_eq!(read(bad), None, "{}", bad.escape_ascii());
        }
        let long = [
            b"T\x01".as_slice(),
            &4_297_u16.to_be_bytes(),
            &[b'x'; 4_297],
        ]
        .concat();
        assert_eq!(read(&long), None);
    }

    #[test]
    fn texts_of_others_are_made_plain() {
        assert_eq!(text_of_code("caf\u{e9}\n\x1b[2J"), "caf???[2J");
        assert_eq!(text_of_code(&"7".repeat(7_089)).len(), MAX_TEXT);
    }
}
