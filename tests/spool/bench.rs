//! A spool in a scratch folder.

use keyspool::spool::{
    InboxPath, ListOptions, Listed, ListedKind, Skipped, Spool, TakeError, Taken, escape_path,
};
use rustix::fs::{CWD, Mode, mkfifoat};
use std::ffi::OsStr;
use std::fs::{self};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub(crate) type Tested = Result<(), Box<dyn std::error::Error>>;

pub(crate) const DATE: &str = "2026-11-22";
pub(crate) const BATCH: &str = "01KAMJ4R00N6ZQ3T5V7X9Y1ABC";
pub(crate) const FOLDERS: [&str; 5] = ["inbox", "work", "outbox", "rejected", "archive"];

/// A spool in a scratch folder, with room beside it.
pub(crate) struct Bench {
    pub(crate) scratch: TempDir,
    pub(crate) spool: Spool,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let spool = Spool::create(&scratch.path().join("spool")).unwrap();
        Self { scratch, spool }
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.scratch.path().join("spool")
    }

    pub(crate) fn outside(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    pub(crate) fn inbox(&self, path: impl AsRef<[u8]>) -> PathBuf {
        self.root()
            .join("inbox")
            .join(OsStr::from_bytes(path.as_ref()))
    }

    pub(crate) fn drop_file(&self, path: impl AsRef<[u8]>, bytes: &[u8]) -> PathBuf {
        let path = self.inbox(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) fn list(&self) -> Vec<Listed> {
        self.spool.list(&ListOptions::default()).unwrap()
    }

    /// Paths and why they are skipped.
    pub(crate) fn kinds(&self) -> Vec<(String, ListedKind)> {
        self.list()
            .iter()
            .map(|listed| (escape_path(&listed.path), listed.kind))
            .collect()
    }

    pub(crate) fn listed(&self, path: &str) -> Listed {
        self.list()
            .into_iter()
            .find(|listed| escape_path(&listed.path) == path)
            .unwrap()
    }

    pub(crate) fn take(&self, path: &str) -> Result<Taken, TakeError> {
        self.spool.take(BATCH, &self.listed(path))
    }

    pub(crate) fn drop_and_take(&self, path: &str, bytes: &[u8]) -> Taken {
        self.drop_file(path, bytes);
        self.take(path).unwrap()
    }

    /// Every file beneath a folder of the spool, relative to it, in order.
    pub(crate) fn files(&self, folder: &str) -> Vec<String> {
        let root = self.root().join(folder);
        let walk = walkdir::WalkDir::new(&root)
            .sort_by_file_name()
            .into_iter()
            .map(Result::unwrap);
        let files = walk.filter(|entry| !entry.file_type().is_dir());
        files
            .map(|entry| {
                entry
                    .path()
                    .strip_prefix(&root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned()
            })
            .collect()
    }
}

pub(crate) fn inbox_path(path: &str) -> InboxPath {
    InboxPath::new(path).unwrap()
}

pub(crate) fn skipped(path: &str, reason: Skipped) -> (String, ListedKind) {
    (path.to_owned(), ListedKind::Skipped(reason))
}

pub(crate) fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

pub(crate) fn fifo(path: &Path) {
    mkfifoat(CWD, path, Mode::RWXU).unwrap();
}
