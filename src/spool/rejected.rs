//! Where a refused file and its refusals stand.

use std::path::PathBuf;

/// Where a refused file lies, or is to lie, and where its refusals stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedPath {
    /// The file's path.
    pub path: PathBuf,
    /// Its path relative to `rejected/<date>-<batch>/`, as
    /// [`Publisher::stage`](super::Publisher::stage) takes it.
    pub relative: PathBuf,
}

impl RejectedPath {
    /// The relative path of the signed refusal beside the file; from the second on they are
    /// numbered, since a file may hold several documents.
    #[must_use]
    pub fn refusal_json(&self, number: usize) -> PathBuf {
        self.beside(number, "json")
    }

    /// The relative path of the refusal in words beside the file.
    #[must_use]
    pub fn refusal_txt(&self, number: usize) -> PathBuf {
        self.beside(number, "txt")
    }

    fn beside(&self, number: usize, extension: &str) -> PathBuf {
        let mut path = self.relative.clone().into_os_string();
        path.push(if number > 1 {
            format!(".refusal-{number}.{extension}")
        } else {
            format!(".refusal.{extension}")
        });
        path.into()
    }
}
