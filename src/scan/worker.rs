//! The worker reads one picture and replies with its reading.

use super::codes::texts_of;
use super::decode::{Fault, decode};
use super::limits::MAX_PICTURE_BYTES;
use super::reading::{Reading, Reply, to_bytes};
use std::io::{self, Read, Write};
use std::panic::catch_unwind;

/// Reads a picture from standard input to its end, and writes the reply to standard output.
/// Without `confined` it reads nothing.
pub(super) fn serve(confined: Result<(), String>) -> io::Result<()> {
    // What a reader says when it panics would tell nobody anything.
    std::panic::set_hook(Box::new(|_| {}));
    let reply = confined
        .and_then(|()| read_picture().map_err(|error| error.to_string()))
        .and_then(|picture| reply(&picture));
    let mut out = io::stdout().lock();
    out.write_all(&to_bytes(&reply))?;
    out.flush()
}

fn read_picture() -> io::Result<Vec<u8>> {
    let mut picture = Vec::new();
    io::stdin()
        .lock()
        .take(MAX_PICTURE_BYTES as u64)
        .read_to_end(&mut picture)?;
    Ok(picture)
}

fn reply(picture: &[u8]) -> Reply {
    #[cfg(feature = "test-build")]
    if let Some(reply) = super::probe::in_worker(picture) {
        return reply;
    }
    Ok(catch_unwind(|| reading_of(picture)).unwrap_or(Reading::Crashed))
}

/// Decodes a picture in this process.
pub(super) fn reading_of(picture: &[u8]) -> Reading {
    match decode(picture) {
        Ok(luma) => Reading::Texts(texts_of(&luma)),
        Err(Fault::TooManyPixels { width, height }) => Reading::TooManyPixels { width, height },
        Err(Fault::Damaged) => Reading::Damaged,
    }
}
