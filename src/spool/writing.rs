//! Whether somebody still writes to a file, by what the kernel knows now.

use super::inbox_path::InboxPath;
use super::intake::Taken;
use super::layout::Spool;
use super::listing::{Listed, ListedKind};
use rustix::fs::fstatfs;
use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd};

/// The kernel's own file systems, whose writers are all processes of this machine: ext4, XFS,
/// Btrfs, F2FS, bcachefs, ZFS, tmpfs, overlay, FAT, exFAT (`statfs(2)`). Behind any other, FUSE and
/// networks among them, somebody else may write unseen.
const LOCAL: [u32; 10] = [
    0xEF53,
    0x5846_5342,
    0x9123_683E,
    0xF2F5_2010,
    0xCA45_1A4E,
    0x2FC1_2FC1,
    0x0102_1994,
    0x794C_7630,
    0x4D44,
    0x2011_BAB0,
];

/// Who writes to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writing {
    /// Nobody has it open for writing, and its bytes are those that were read.
    Nobody,
    /// Somebody has it open for writing, or has written to it since it was read.
    Somebody,
    /// The system does not tell.
    Unknown,
}

/// Asks the kernel whether anybody has a file open for writing; none if it does not tell.
pub type Ask = fn(BorrowedFd<'_>) -> Option<bool>;

impl Spool {
    /// Who writes to a file that was taken. The file has left the inbox, where nobody can open it
    /// any more: after [`Writing::Nobody`] it stays as it is.
    #[must_use]
    pub fn writing(&self, taken: &Taken, ask: Ask) -> Writing {
        let opened = self
            .work
            .open(&taken.file.parent())
            .and_then(|folder| folder.open_file(taken.inbox_path.file_name()));
        match opened.ok().and_then(|file| ask_local(&file, ask)) {
            None => Writing::Unknown,
            Some(true) => Writing::Somebody,
            // A look now sees what was written before it was closed.
            Some(false) => match self.read_again(&taken.file) {
                Ok(again) if again.digest == taken.digest => Writing::Nobody,
                _ => Writing::Somebody,
            },
        }
    }

    /// A file of the inbox as it is now, if nobody has it open for writing.
    #[must_use]
    pub fn let_go(&self, path: &InboxPath, ask: Ask) -> Option<Listed> {
        let file = self
            .inbox
            .open(path.parent())
            .and_then(|folder| folder.open_file(path.file_name()))
            .ok()?;
        let is_let_go = ask_local(&file, ask) == Some(false);
        let metadata = file
            .metadata()
            .ok()
            .filter(|metadata| is_let_go && metadata.is_file())?;
        let modified = metadata.modified().ok();
        Some(Listed {
            path: path.clone(),
            size: metadata.len(),
            modified,
            changed: None,
            kind: ListedKind::Regular,
        })
    }
}

fn ask_local(file: &File, ask: Ask) -> Option<bool> {
    let kind = fstatfs(file).ok()?.f_type;
    let is_local = LOCAL.iter().any(|known| i64::from(*known) == kind);
    if is_local { ask(file.as_fd()) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spool::ListOptions;
    use std::fs::{create_dir, write};

    const NOBODY: Ask = |_| Some(false);
    const SOMEBODY: Ask = |_| Some(true);
    const NOT_TOLD: Ask = |_| None;

    #[test]
    fn nobody_writes_only_if_bytes_agree() {
        let scratch = tempfile::tempdir().expect("a folder");
        let root = scratch.path().join("spool");
        create_dir(&root).expect("made");
        let spool = Spool::create(&root).expect("a spool");
        write(root.join("inbox/codes.txt"), "KS1:A\n").expect("written");
        let listed = spool
            .list(&ListOptions::default())
            .expect("listed")
            .remove(0);
        assert_eq!(
            spool.let_go(&listed.path, NOBODY).map(|listed| listed.size),
            Some(6)
        );
        assert_eq!(
            [SOMEBODY, NOT_TOLD].map(|ask| spool.let_go(&listed.path, ask)),
            [None, None]
        );
        let taken = spool.take("batch", &listed).expect("taken");
        let told = || [NOBODY, SOMEBODY, NOT_TOLD].map(|ask| spool.writing(&taken, ask));
        assert_eq!(
            told(),
            [Writing::Nobody, Writing::Somebody, Writing::Unknown]
        );
        // The same length, and perhaps the same time.
        write(&taken.work_path, "KS1:B\n").expect("written");
        assert_eq!(
            told(),
            [Writing::Somebody, Writing::Somebody, Writing::Unknown]
        );
    }

    #[test]
    fn a_served_file_system_tells_nothing() {
        let served = File::open("/proc/self/status").expect("opened");
        assert_eq!(ask_local(&served, NOBODY), None);
    }
}
