//! The lines of `manifest.jsonl`, however many they are: in memory at first, then on disk.

use crate::licence::Digest;
use crate::licence::id::Hex;
use crate::spool::{InboxPath, Spool};
use sha2::{Digest as _, Sha256};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use tempfile::SpooledTempFile;

/// Bytes of lines that stay in memory: those of some thousand documents.
const HELD_BYTES: usize = 4 * 1024 * 1024;
/// Bytes written at a time.
const STEP_BYTES: usize = 64 * 1024;

/// Lines of a batch.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// One after the other as they came, each with its line feed.
    text: Option<SpooledTempFile>,
    length: u64,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    path: InboxPath,
    place: u32,
    length: u32,
    from: u64,
}

impl Lines {
    /// Adds the line of a document: its file and its place there from 1.
    ///
    /// # Errors
    /// Those of writing to the spool's disk.
    pub(super) fn push(
        &mut self,
        spool: &Spool,
        path: InboxPath,
        place: u32,
        mut line: String,
    ) -> io::Result<()> {
        line.push('\n');
        let length = u32::try_from(line.len()).map_err(io::Error::other)?;
        self.text
            .get_or_insert_with(|| spool.scratch(HELD_BYTES))
            .write_all(line.as_bytes())?;
        self.lines.push(Line {
            path,
            place,
            length,
            from: self.length,
        });
        self.length += u64::from(length);
        Ok(())
    }

    /// Sorts the lines by file, whatever the sequence of decisions.
    pub(super) fn sort(&mut self) {
        self.lines
            .sort_unstable_by(|a, b| (&a.path, a.place).cmp(&(&b.path, b.place)));
    }

    /// Writes each line with its line feed, and gives the digest of them all.
    ///
    /// # Errors
    /// Those of reading what was pushed, and of writing.
    pub(super) fn write(&mut self, to: &mut dyn Write) -> io::Result<Digest> {
        let mut to = BufWriter::with_capacity(STEP_BYTES, to);
        let mut hash = Sha256::new();
        let mut line = Vec::new();
        if let Some(text) = &mut self.text {
            let mut text = BufReader::new(text);
            let mut at = text.seek(SeekFrom::Start(0))?;
            for Line { from, length, .. } in &self.lines {
                // Within what was read ahead where the lines came sorted by file.
                text.seek_relative(from.cast_signed().wrapping_sub(at.cast_signed()))?;
                at = from + u64::from(*length);
                line.resize(*length as usize, 0);
                text.read_exact(&mut line)?;
                hash.update(&line);
                to.write_all(&line)?;
            }
        }
        to.flush()?;
        Ok(Hex(hash.finalize().into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::sha256;

    #[test]
    fn lines_come_out_sorted_by_file() -> Result<(), Box<dyn std::error::Error>> {
        let scratch = tempfile::tempdir()?;
        let spool = Spool::create(scratch.path())?;
        for (count, length) in [(0, 10), (50, 10), (20_000, 500)] {
            let mut lines = Lines::default();
            // 7919 is a prime: every number once, in another sequence.
            for number in (0..count).map(|number| number * 7919 % count) {
                let path = InboxPath::new(format!("acme/{number:06}.json"))?;
                lines.push(
                    &spool,
                    path.clone(),
                    2,
                    format!("{number:06}b{}", "x".repeat(length)),
                )?;
                lines.push(
                    &spool,
                    path,
                    1,
                    format!("{number:06}a{}", "x".repeat(length)),
                )?;
            }
            assert_eq!(
                lines.text.as_ref().is_some_and(SpooledTempFile::is_rolled),
                lines.length > HELD_BYTES as u64
            );
            lines.sort();
            let mut written = Vec::new();
            let digest = lines.write(&mut written)?;
            assert_eq!(digest, sha256(&[&written]));
            let starts: Vec<String> = String::from_utf8(written)?
                .lines()
                .map(|line| line[..7].to_owned())
                .collect();
            let wanted: Vec<String> = (0..count)
                .flat_map(|number| [format!("{number:06}a"), format!("{number:06}b")])
                .collect();
            assert_eq!(starts, wanted);
        }
        assert_eq!(
            std::fs::read_dir(scratch.path())?.count(),
            5,
            "nothing but the spool's folders has a name"
        );
        Ok(())
    }
}
