//! The lines of `manifest.jsonl`: held once, however many they are.

use crate::spool::InboxPath;

/// Lines of a batch, in the order of its files once they are sorted.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// One after the other as they came, each with its line feed.
    text: String,
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    path: InboxPath,
    place: u32,
    from: usize,
    to: usize,
}

impl Lines {
    /// Adds the line of a document: its file and its place there from 1.
    pub(super) fn push(&mut self, path: InboxPath, place: u32, line: &str) {
        let from = self.text.len();
        self.text.push_str(line);
        self.text.push('\n');
        self.lines.push(Line { path, place, from, to: self.text.len() });
    }

    /// Into the order of the files, whatever the order of decisions.
    pub(super) fn sort(&mut self) {
        self.lines.sort_by(|a, b| (&a.path, a.place).cmp(&(&b.path, b.place)));
    }

    /// Each line with its line feed.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> + Clone {
        // Invariant: every line lies within the text.
        self.lines.iter().map(|line| self.text.get(line.from..line.to).unwrap_or_default())
    }
}
