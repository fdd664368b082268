//! Reading a file once: its bytes within the limits, its kind and its digest.

use super::content::{Content, kind_of};
use crate::licence::{Digest, id::Hex};
use sha2::{Digest as _, Sha256};
use std::io::{self, Read};

/// Largest file other than a picture, in bytes: the largest envelope (PROTOCOL section 2).
pub const MAX_FILE_BYTES: usize = 66 * 1024;

/// Largest picture, in bytes.
pub const MAX_PICTURE_BYTES: u64 = 32 * 1024 * 1024;

/// How much of a picture over [`MAX_FILE_BYTES`] is kept, in bytes: enough for its kind and,
/// mostly, its measures.
pub const PICTURE_HEAD_BYTES: usize = 4096;

/// Bytes hashed at a time.
const STEP_BYTES: usize = 64 * 1024;

/// The bytes of a file, within the limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contents {
    /// All of them, at most [`MAX_FILE_BYTES`].
    Whole(Vec<u8>),
    /// The first [`PICTURE_HEAD_BYTES`] of a picture of at most [`MAX_PICTURE_BYTES`].
    PictureHead(Vec<u8>),
    /// None: the file is larger than its kind may be.
    TooLarge {
        /// Its size in bytes.
        size: u64,
    },
}

/// What one pass over a file gives.
pub(super) struct Reading {
    pub(super) kind: Content,
    pub(super) contents: Contents,
    pub(super) digest: Digest,
    pub(super) size: u64,
}

impl Reading {
    /// Reads a file to its end, but never past its size: at most [`MAX_FILE_BYTES`] + 1 are held,
    /// the rest is hashed.
    pub(super) fn of(file: &mut impl Read, size: u64) -> io::Result<Self> {
        let most = MAX_FILE_BYTES + 1;
        let mut bytes = Vec::with_capacity(
            usize::try_from(size).map_or(most, |size| most.min(size.saturating_add(1))),
        );
        file.by_ref().take(most as u64).read_to_end(&mut bytes)?;
        let mut hash = Sha256::new();
        hash.update(&bytes);
        let head = bytes.len() as u64;
        let rest = if bytes.len() < most {
            0
        } else {
            hash_rest(file, size.saturating_sub(head), &mut hash)?
        };
        let kind = kind_of(&bytes);
        let size = head + rest;
        Ok(Self {
            kind,
            contents: contents(bytes, kind, size),
            digest: Hex(hash.finalize().into()),
            size,
        })
    }
}

fn hash_rest(file: &mut impl Read, max_bytes: u64, hash: &mut Sha256) -> io::Result<u64> {
    let mut step = vec![0; STEP_BYTES];
    let mut rest = file.take(max_bytes);
    let mut total = 0;
    loop {
        match rest.read(&mut step) {
            Ok(0) => return Ok(total),
            Ok(read) => {
                hash.update(&step[..read]);
                total += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn contents(mut bytes: Vec<u8>, kind: Content, size: u64) -> Contents {
    match kind {
        _ if bytes.len() <= MAX_FILE_BYTES => {
            bytes.shrink_to_fit();
            Contents::Whole(bytes)
        }
        Content::Picture(_) if size <= MAX_PICTURE_BYTES => {
            bytes.truncate(PICTURE_HEAD_BYTES);
            bytes.shrink_to_fit();
            Contents::PictureHead(bytes)
        }
        _ => Contents::TooLarge { size },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_is_read_past_its_size() -> io::Result<()> {
        let size = MAX_FILE_BYTES as u64 + 10;
        let read = Reading::of(&mut io::repeat(b'x'), size)?;
        assert_eq!(
            (read.size, read.contents),
            (size, Contents::TooLarge { size })
        );
        Ok(())
    }
}
