//! A file in `work/`, and where it came from.

use super::inbox_path::InboxPath;
use crate::licence::Digest;
use std::path::{Path, PathBuf};

/// A file in `work/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkFile {
    /// The batch that took it; empty for a file that no batch put there.
    pub batch: String,
    /// Where it lay in the inbox.
    pub inbox_path: InboxPath,
    /// Where it lies now.
    pub work_path: PathBuf,
    /// SHA-256 of its bytes, where they were read.
    pub digest: Option<Digest>,
}

/// A file that an earlier run left in `work/`: its digest is not known yet.
pub type Leftover = WorkFile;

impl WorkFile {
    /// The folder it lies in, relative to `work/`.
    pub(super) fn parent(&self) -> PathBuf {
        Path::new(&self.batch).join(self.inbox_path.parent())
    }
}
