//! The worker: one picture in, what came of it out.

use super::codes::texts_of;
use super::decode::{Fault, decode};
use super::limits::MAX_PICTURE_BYTES;
use super::outcome::{Answer, Outcome, to_bytes};
use std::io::{self, Read, Write};
use std::panic::catch_unwind;

/// Reads a picture from standard input to its end, and writes the answer to standard output.
/// Without `confined` it reads nothing.
pub(super) fn serve(confined: Result<(), String>) -> io::Result<()> {
    // What a reader says when it panics would tell nobody anything.
    std::panic::set_hook(Box::new(|_| {}));
    let answer = confined
        .and_then(|()| read_picture().map_err(|error| error.to_string()))
        .and_then(|picture| answer(&picture));
    let mut out = io::stdout().lock();
    out.write_all(&to_bytes(&answer))?;
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

fn answer(picture: &[u8]) -> Answer {
    #[cfg(feature = "test-build")]
    if let Some(answer) = super::probe::in_worker(picture) {
        return answer;
    }
    Ok(catch_unwind(|| outcome_of(picture)).unwrap_or(Outcome::Crashed))
}

/// Decodes a picture in this process.
pub(super) fn outcome_of(picture: &[u8]) -> Outcome {
    match decode(picture) {
        Ok(luma) => Outcome::Texts(texts_of(&luma)),
        Err(Fault::TooManyPixels { width, height }) => Outcome::TooManyPixels { width, height },
        Err(Fault::Damaged) => Outcome::Damaged,
    }
}
