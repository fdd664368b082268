//! Publishing: files appear under their names whole and on disk, or not at all.

use super::error::SpoolError;
use super::folder::Folder;
use super::layout::Spool;
use super::names::is_safe;
use super::shelf::{batch_folder, split};
use rustix::io::Errno;
use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::io::{BufReader, BufWriter, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use walkdir::WalkDir;

/// Folders that are kept open: far fewer than a process may have.
const MAX_OPEN: usize = 128;

/// Where files are published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outlet {
    /// `outbox/`.
    Outbox,
    /// `rejected/`.
    Rejected,
}

/// Publishes the files of one batch, in groups: [`Publisher::stage`] them, from any thread, then [`Publisher::flush`].
#[derive(Debug)]
pub struct Publisher<'a> {
    spool: &'a Spool,
    date: String,
    id: String,
    batch: PathBuf,
    staged: Mutex<Vec<Staged>>,
    /// Folders that files were staged in, the newest [`MAX_OPEN`] at most.
    open: Mutex<HashMap<(Outlet, PathBuf), Arc<Folder>>>,
    number: AtomicU64,
    is_unsynced: AtomicBool,
    has_failed: AtomicBool,
}

/// A file under its temporary name.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Staged {
    outlet: Outlet,
    path: PathBuf,
    temporary: OsString,
}

impl Spool {
    /// A publisher into `outbox/<date>-<batch>/` and `rejected/<date>-<batch>/`.
    ///
    /// # Errors
    /// [`SpoolError::Name`] for a date or batch that is no folder's name.
    pub fn publisher(&self, date: &str, batch: &str) -> Result<Publisher<'_>, SpoolError> {
        Ok(Publisher {
            spool: self,
            date: date.to_owned(),
            id: batch.to_owned(),
            batch: batch_folder(date, batch)?,
            staged: Mutex::default(),
            open: Mutex::default(),
            number: AtomicU64::new(1),
            is_unsynced: AtomicBool::new(false),
            has_failed: AtomicBool::new(false),
        })
    }
}

impl Publisher<'_> {
    /// The date and the batch that its folders are named after.
    #[must_use]
    pub fn folder(&self) -> (&str, &str) {
        (&self.date, &self.id)
    }

    /// Where a file of this relative path is, or will be, published.
    #[must_use]
    pub fn path_of(&self, outlet: Outlet, relative: impl AsRef<Path>) -> PathBuf {
        self.top(outlet).path().join(&self.batch).join(relative)
    }

    /// Writes a file under a temporary name beside its own, which it gets at the next [`Publisher::flush`]. The path is
    /// relative to the batch's folder, each part a name as [`names::safe`](super::names::safe) makes them. A file that is
    /// published already with the same bytes stays as it is.
    ///
    /// # Errors
    /// [`SpoolError::Exists`] where it is published with other bytes; [`SpoolError::Name`]; [`SpoolError::Io`], with
    /// nothing left behind.
    pub fn stage(&self, outlet: Outlet, relative: impl AsRef<Path>, bytes: &[u8]) -> Result<(), SpoolError> {
        self.stage_pieces(outlet, relative, std::iter::once(bytes))
    }

    /// As [`Publisher::stage`], for a file that is given piece by piece.
    ///
    /// # Errors
    /// As [`Publisher::stage`].
    pub fn stage_pieces<'b>(
        &self,
        outlet: Outlet,
        relative: impl AsRef<Path>,
        pieces: impl Iterator<Item = &'b [u8]> + Clone,
    ) -> Result<(), SpoolError> {
        let relative = publishable(relative.as_ref())?;
        let path = self.batch.join(relative);
        let (_, name) = split(&path);
        let folder = self.folder_of(outlet, &path)?;
        if is_published(&folder, name, pieces.clone())? {
            // By whom, and whether it is on disk, is not known.
            self.is_unsynced.store(true, Ordering::Release);
            return Ok(());
        }
        let temporary = temporary_name(name, self.number.fetch_add(1, Ordering::Relaxed));
        write_new(&folder, &temporary, pieces)?;
        let staged = Staged { outlet, path, temporary };
        self.staged.lock().unwrap_or_else(PoisonError::into_inner).push(staged);
        Ok(())
    }

    /// Gives what was staged its names after one sync for the whole group; that the names are on disk is left to the next
    /// [`Publisher::flush`].
    ///
    /// # Errors
    /// As [`Publisher::flush`].
    pub fn name_staged(&self) -> Result<(), SpoolError> {
        self.name_with(&|| self.spool.sync())
    }

    /// Publishes what was staged: one sync for the whole group, then each file gets its name, then one more sync. When
    /// this returns, every file is on disk under its name.
    ///
    /// # Errors
    /// [`SpoolError::SyncFailed`]: fatal, and no file of the group got its name if the first sync failed.
    /// [`SpoolError::Exists`] where a name was taken meanwhile, by other bytes; [`SpoolError::Io`].
    pub fn flush(&self) -> Result<(), SpoolError> {
        self.flush_with(&|| self.spool.sync())
    }

    /// Removes what an earlier run staged for this batch and never published. Returns how many files those were.
    ///
    /// # Errors
    /// [`SpoolError::Io`].
    pub fn sweep(&self) -> Result<usize, SpoolError> {
        let mut removed = 0;
        for outlet in [Outlet::Outbox, Outlet::Rejected] {
            removed += sweep_folder(self.top(outlet), &self.batch)?;
        }
        Ok(removed)
    }

    fn flush_with(&self, sync: &dyn Fn() -> Result<(), SpoolError>) -> Result<(), SpoolError> {
        self.name_with(sync)?;
        match self.is_unsynced.swap(false, Ordering::AcqRel) {
            true => self.sync_once(sync),
            false => self.sync_once(&|| Ok(())),
        }
    }

    fn name_with(&self, sync: &dyn Fn() -> Result<(), SpoolError>) -> Result<(), SpoolError> {
        let mut staged = std::mem::take(&mut *self.staged.lock().unwrap_or_else(PoisonError::into_inner));
        if staged.is_empty() {
            return Ok(());
        }
        self.sync_once(sync)?;
        self.is_unsynced.store(true, Ordering::Release);
        staged.sort_unstable();
        self.name_all(&staged)
    }

    /// The folder of a file, made if missing. Many files in a row go into few folders: those stay open.
    fn folder_of(&self, outlet: Outlet, file: &Path) -> Result<Arc<Folder>, SpoolError> {
        let (path, _) = split(file);
        let key = (outlet, path.to_owned());
        if let Some(folder) = self.open.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(folder.clone());
        }
        let top = self.top(outlet);
        let made = top.make(path).map_err(|error| SpoolError::io("make the folder of", top.path().join(file), error))?;
        let folder = Arc::new(made);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= MAX_OPEN {
            open.clear();
        }
        open.insert(key, folder.clone());
        Ok(folder)
    }

    /// Syncs, unless a sync failed before: the system reports a failure once and then forgets what it lost.
    fn sync_once(&self, sync: &dyn Fn() -> Result<(), SpoolError>) -> Result<(), SpoolError> {
        if self.has_failed.load(Ordering::Acquire) {
            let source = std::io::Error::other("an earlier sync failed");
            return Err(SpoolError::SyncFailed { path: self.spool.root().into(), source });
        }
        sync().inspect_err(|_| self.has_failed.store(true, Ordering::Release))
    }

    /// Files in order of folders, so that each folder is opened once.
    fn name_all(&self, staged: &[Staged]) -> Result<(), SpoolError> {
        let mut last: Option<(Outlet, &Path, Folder)> = None;
        for file in staged {
            let (parent, name) = split(&file.path);
            let folder = match last.take() {
                Some((outlet, path, folder)) if (outlet, path) == (file.outlet, parent) => folder,
                _ => {
                    let top = self.top(file.outlet);
                    top.open(parent).map_err(|error| SpoolError::io("open", top.path().join(parent), error))?
                }
            };
            give_name(&folder, &file.temporary, name)?;
            last = Some((file.outlet, parent, folder));
        }
        Ok(())
    }

    fn top(&self, outlet: Outlet) -> &Folder {
        match outlet {
            Outlet::Outbox => &self.spool.outbox,
            Outlet::Rejected => &self.spool.rejected,
        }
    }
}

fn publishable(relative: &Path) -> Result<&Path, SpoolError> {
    let is_valid = |part: &[u8]| std::str::from_utf8(part).is_ok_and(is_safe);
    match relative.as_os_str().as_bytes().split(|b| *b == b'/').all(is_valid) {
        true => Ok(relative),
        false => Err(SpoolError::Name { name: relative.into() }),
    }
}

/// Like the names of unfinished files everywhere; none that [`is_safe`], which never begins with a dot.
fn temporary_name(name: &OsStr, number: u64) -> OsString {
    let mut temporary = OsString::from(".");
    temporary.push(name);
    temporary.push(format!(".{number}.part"));
    temporary
}

fn is_temporary_name(name: &OsStr) -> bool {
    let name = name.as_bytes();
    name.starts_with(b".") && name.ends_with(b".part")
}

/// Whether a file of this name has these bytes already.
fn is_published<'b>(folder: &Folder, name: &OsStr, pieces: impl Iterator<Item = &'b [u8]>) -> Result<bool, SpoolError> {
    let path = || folder.path().join(name);
    match folder.look_at(name) {
        Err(Errno::NOENT) => return Ok(false),
        Err(error) => return Err(SpoolError::io("look at", path(), error)),
        Ok((file_type, _)) if !file_type.is_file() => return Err(SpoolError::Exists { path: path() }),
        Ok(_) => {}
    }
    let file = folder.open_file(name).map_err(|error| SpoolError::io("open", path(), error))?;
    match holds(BufReader::new(file), pieces) {
        Ok(true) => Ok(true),
        Ok(false) => Err(SpoolError::Exists { path: path() }),
        Err(error) => Err(SpoolError::io("read", path(), error)),
    }
}

/// Whether these pieces are all that can be read.
fn holds<'b>(mut file: impl Read, pieces: impl Iterator<Item = &'b [u8]>) -> std::io::Result<bool> {
    let mut there = Vec::new();
    for piece in pieces {
        there.clear();
        file.by_ref().take(piece.len() as u64).read_to_end(&mut there)?;
        if there != piece {
            return Ok(false);
        }
    }
    Ok(file.take(1).read_to_end(&mut there)? == 0)
}

fn write_new<'b>(folder: &Folder, name: &OsStr, pieces: impl Iterator<Item = &'b [u8]>) -> Result<(), SpoolError> {
    let failed = |error| SpoolError::io("write", folder.path().join(name), error);
    let file = match folder.create_file(name) {
        // Left by an earlier run that ended before it was published.
        Err(Errno::EXIST) => folder.remove_file(name).and_then(|()| folder.create_file(name)),
        created => created,
    }
    .map_err(|error| failed(error.into()))?;
    let mut file = BufWriter::new(file);
    pieces.into_iter().try_for_each(|piece| file.write_all(piece)).and_then(|()| file.flush()).map_err(|error| {
        // What is left behind is swept later: the first error is the one to report.
        let _ = folder.remove_file(name);
        failed(error)
    })
}

fn give_name(folder: &Folder, temporary: &OsStr, name: &OsStr) -> Result<(), SpoolError> {
    let failed = |error| SpoolError::io("publish", folder.path().join(name), error);
    match folder.rename_into(temporary, folder, name) {
        Ok(()) => Ok(()),
        Err(Errno::EXIST) => {
            let mut bytes = Vec::new();
            let mut file = folder.open_file(temporary).map_err(|error| failed(error.into()))?;
            file.read_to_end(&mut bytes).map_err(failed)?;
            let is_same = is_published(folder, name, std::iter::once(bytes.as_slice()));
            folder.remove_file(temporary).map_err(|error| failed(error.into()))?;
            is_same.map(drop)
        }
        Err(error) => Err(failed(error.into())),
    }
}

fn sweep_folder(top: &Folder, batch: &Path) -> Result<usize, SpoolError> {
    let root = top.path().join(batch);
    let mut removed = 0;
    for entry in WalkDir::new(&root).follow_links(false).follow_root_links(false) {
        let entry = match entry {
            Err(error) if error.io_error().is_some_and(|e| e.kind() == std::io::ErrorKind::NotFound) => continue,
            entry => entry.map_err(|error| SpoolError::io("list", &root, std::io::Error::from(error)))?,
        };
        if entry.file_type().is_dir() || !is_temporary_name(entry.file_name()) {
            continue;
        }
        std::fs::remove_file(entry.path()).map_err(|error| SpoolError::io("remove", entry.path(), error))?;
        removed += 1;
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::{Cell, RefCell};

    const BATCH: &str = "01KAMJ4R00N6ZQ3T5V7X9Y1ABC";

    fn names(spool: &Spool) -> Vec<String> {
        let folder = spool.root().join("outbox").join(format!("2026-11-22-{BATCH}"));
        let read = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut names: Vec<String> = read.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    fn failed() -> Result<(), SpoolError> {
        Err(SpoolError::SyncFailed { path: PathBuf::new(), source: Errno::IO.into() })
    }

    #[test]
    fn files_get_their_names_between_two_syncs_of_the_group() -> Result<(), Box<dyn std::error::Error>> {
        let scratch = tempfile::tempdir()?;
        let spool = Spool::create(scratch.path())?;
        let publisher = spool.publisher("2026-11-22", BATCH)?;
        publisher.stage(Outlet::Outbox, "a.zip", b"a")?;
        publisher.stage(Outlet::Outbox, "b.zip", b"b")?;
        let seen = RefCell::new(Vec::new());
        publisher.flush_with(&|| {
            seen.borrow_mut().push(names(&spool));
            Ok(())
        })?;
        assert_eq!(seen.into_inner(), [[".a.zip.1.part", ".b.zip.2.part"], ["a.zip", "b.zip"]]);
        Ok(())
    }

    #[test]
    fn a_failed_sync_names_nothing_and_is_never_tried_again() -> Result<(), Box<dyn std::error::Error>> {
        let scratch = tempfile::tempdir()?;
        let spool = Spool::create(scratch.path())?;
        let publisher = spool.publisher("2026-11-22", BATCH)?;
        publisher.stage(Outlet::Outbox, "a.zip", b"a")?;
        assert!(matches!(publisher.flush_with(&failed), Err(SpoolError::SyncFailed { .. })));
        assert_eq!(names(&spool), [".a.zip.1.part"]);
        assert!(matches!(publisher.flush(), Err(SpoolError::SyncFailed { .. })));
        publisher.stage(Outlet::Outbox, "b.zip", b"b")?;
        assert!(matches!(publisher.flush(), Err(SpoolError::SyncFailed { .. })));
        assert!(names(&spool).iter().all(|name| name.starts_with('.')));
        Ok(())
    }

    #[test]
    fn a_file_found_under_its_name_is_synced_too() -> Result<(), Box<dyn std::error::Error>> {
        let scratch = tempfile::tempdir()?;
        let spool = Spool::create(scratch.path())?;
        let first = spool.publisher("2026-11-22", BATCH)?;
        first.stage(Outlet::Outbox, "a.zip", b"a")?;
        first.flush_with(&|| Ok(()))?;
        let second = spool.publisher("2026-11-22", BATCH)?;
        second.stage(Outlet::Outbox, "a.zip", b"a")?;
        let syncs = Cell::new(0);
        second.flush_with(&|| {
            syncs.set(syncs.get() + 1);
            Ok(())
        })?;
        assert_eq!(syncs.get(), 1);
        Ok(())
    }
}
