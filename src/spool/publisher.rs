//! Publishing: a batch's folder appears under its name whole and on disk, or not at all.

use super::batch::batch_folder;
use super::error::SpoolError;
use super::folder::{Folder, split};
use super::layout::Spool;
use super::names::is_safe;
use super::unpublished::{
    WriteTo, Written, give_name, hidden, is_published, remove_hidden, sweep, temporary_name,
    write_new,
};
use rustix::io::Errno;
use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

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

/// Where the files of a batch are written in an outlet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Into a folder with a temporary name, which gets the batch's once everything in it is on
    /// disk: one rename for all.
    Hidden,
    /// Into the batch's folder, which an earlier flush has published: each file first gets a
    /// temporary name of its own.
    Published,
}

/// Publishes the files of one batch: [`Publisher::stage`] them, from any thread, then
/// [`Publisher::flush`].
#[derive(Debug)]
pub struct Publisher<'a> {
    spool: &'a Spool,
    date: String,
    id: String,
    batch: PathBuf,
    /// For each outlet that was looked at.
    stages: Mutex<BTreeMap<Outlet, Stage>>,
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
            stages: Mutex::default(),
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

    /// Writes a file under a temporary name; the next [`Publisher::flush`] publishes it. The path
    /// is relative to the batch's folder, each part a name as [`names::safe`](super::names::safe)
    /// makes them. A file that is published already with the same bytes stays as it is.
    ///
    /// # Errors
    /// [`SpoolError::Exists`] where it is published with other bytes; [`SpoolError::Name`];
    /// [`SpoolError::Io`], with nothing left behind.
    pub fn stage(
        &self,
        outlet: Outlet,
        relative: impl AsRef<Path>,
        bytes: &[u8],
    ) -> Result<(), SpoolError> {
        self.stage_unless(outlet, relative.as_ref(), Some(bytes), &mut |file| {
            file.write_all(bytes)
        })
    }

    /// As [`Publisher::stage`], for a file that `write` writes and that may be large. The flush
    /// compares it with a published file of its name.
    ///
    /// # Errors
    /// As [`Publisher::stage`].
    pub fn stage_with(
        &self,
        outlet: Outlet,
        relative: impl AsRef<Path>,
        write: WriteTo<'_>,
    ) -> Result<(), SpoolError> {
        self.stage_unless(outlet, relative.as_ref(), None, write)
    }

    /// Stages a file, unless it is published with these bytes.
    fn stage_unless(
        &self,
        outlet: Outlet,
        relative: &Path,
        bytes: Option<&[u8]>,
        write: WriteTo<'_>,
    ) -> Result<(), SpoolError> {
        let relative = publishable(relative)?;
        let stage = self.stage_of(outlet)?;
        let path = match stage {
            Stage::Hidden => hidden(&self.batch).join(relative),
            Stage::Published => self.batch.join(relative),
        };
        let (_, name) = split(&path);
        let folder = self.folder_of(outlet, &path)?;
        let is_done = match (stage, bytes) {
            (Stage::Hidden, _) => write_new(&folder, name, write)? == Written::New,
            (Stage::Published, Some(bytes)) => is_published(&folder, name, bytes)?,
            (Stage::Published, None) => false,
        };
        if !is_done {
            // Two files of one name are compared once both are whole.
            self.stage_beside(outlet, &folder, path, write)?;
        }
        // Also where nothing was written: the file that was there may not be on disk.
        self.is_unsynced.store(true, Ordering::Release);
        Ok(())
    }

    /// Brings everything that was staged so far to disk, and publishes none of it. A caller that
    /// stages much calls this now and then, so that the disk works meanwhile.
    ///
    /// # Errors
    /// [`SpoolError::SyncFailed`]: fatal.
    pub fn sync_staged(&self) -> Result<(), SpoolError> {
        self.sync_if_needed(&|| self.spool.sync())
    }

    /// Publishes what was staged: one sync, then the batch's folders get their names, then one more
    /// sync. When this returns, every file is on disk under its name.
    ///
    /// # Errors
    /// [`SpoolError::SyncFailed`]: fatal, and nothing got its name if the first sync failed.
    /// [`SpoolError::Exists`] where a name was taken meanwhile, by other bytes; [`SpoolError::Io`].
    pub fn flush(&self) -> Result<(), SpoolError> {
        self.flush_with(&|| self.spool.sync())
    }

    /// Removes what an earlier run staged for this batch and never published. Returns how many
    /// files those were.
    ///
    /// # Errors
    /// [`SpoolError::Io`].
    pub fn sweep(&self) -> Result<usize, SpoolError> {
        let mut removed = 0;
        for outlet in [Outlet::Outbox, Outlet::Rejected] {
            removed += sweep(self.top(outlet), &self.batch)?;
            removed += remove_hidden(self.top(outlet), &self.batch)?;
        }
        Ok(removed)
    }

    fn flush_with(&self, sync: &dyn Fn() -> Result<(), SpoolError>) -> Result<(), SpoolError> {
        self.sync_if_needed(sync)?;
        let mut staged =
            std::mem::take(&mut *self.staged.lock().unwrap_or_else(PoisonError::into_inner));
        staged.sort_unstable();
        self.name_all(&staged)?;
        self.publish_folders(!staged.is_empty())?;
        self.sync_if_needed(sync)
    }

    /// Gives the batch's folders their names.
    fn publish_folders(&self, are_files_named: bool) -> Result<(), SpoolError> {
        let mut stages = self.stages.lock().unwrap_or_else(PoisonError::into_inner);
        let mut is_changed = are_files_named;
        for (outlet, stage) in stages
            .iter_mut()
            .filter(|(_, stage)| **stage == Stage::Hidden)
        {
            let top = self.top(*outlet);
            let renamed =
                top.rename_into(hidden(&self.batch).as_os_str(), top, self.batch.as_os_str());
            renamed.map_err(|error| match error {
                Errno::EXIST | Errno::NOTEMPTY => SpoolError::Exists {
                    path: top.path().join(&self.batch),
                },
                error => SpoolError::io("publish", top.path().join(&self.batch), error),
            })?;
            (*stage, is_changed) = (Stage::Published, true);
        }
        self.open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        self.is_unsynced.fetch_or(is_changed, Ordering::AcqRel);
        Ok(())
    }

    fn stage_of(&self, outlet: Outlet) -> Result<Stage, SpoolError> {
        let mut stages = self.stages.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(stage) = stages.get(&outlet) {
            return Ok(*stage);
        }
        let top = self.top(outlet);
        let stage = match top.look_at(self.batch.as_os_str()) {
            Err(Errno::NOENT) => Stage::Hidden,
            Ok(_) => Stage::Published,
            Err(error) => {
                return Err(SpoolError::io(
                    "look at",
                    top.path().join(&self.batch),
                    error,
                ));
            }
        };
        if stage == Stage::Hidden {
            remove_hidden(top, &self.batch)?;
        }
        stages.insert(outlet, stage);
        Ok(stage)
    }

    /// Writes a file under a temporary name beside its own.
    fn stage_beside(
        &self,
        outlet: Outlet,
        folder: &Folder,
        path: PathBuf,
        write: WriteTo<'_>,
    ) -> Result<(), SpoolError> {
        let temporary = temporary_name(split(&path).1, self.number.fetch_add(1, Ordering::Relaxed));
        if write_new(folder, &temporary, write)? == Written::Taken {
            // Left by an earlier run that ended before it was published.
            folder
                .remove_file(&temporary)
                .map_err(|error| SpoolError::io("remove", folder.path().join(&temporary), error))?;
            write_new(folder, &temporary, write)?;
        }
        self.staged
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Staged {
                outlet,
                path,
                temporary,
            });
        Ok(())
    }

    /// The folder of a file, made if missing. Many files in a row go into few folders: those stay
    /// open.
    fn folder_of(&self, outlet: Outlet, file: &Path) -> Result<Arc<Folder>, SpoolError> {
        let (path, _) = split(file);
        let key = (outlet, path.to_owned());
        if let Some(folder) = self
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
        {
            return Ok(folder.clone());
        }
        let top = self.top(outlet);
        let made = top
            .make(path)
            .map_err(|error| SpoolError::io("make the folder of", top.path().join(file), error))?;
        let folder = Arc::new(made);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= MAX_OPEN {
            open.clear();
        }
        open.insert(key, folder.clone());
        Ok(folder)
    }

    /// Syncs what was written or named since the last sync. It fails if any sync failed before: the
    /// system reports a failure once and then forgets what it lost.
    fn sync_if_needed(&self, sync: &dyn Fn() -> Result<(), SpoolError>) -> Result<(), SpoolError> {
        if self.has_failed.load(Ordering::Acquire) {
            let source = std::io::Error::other("an earlier sync failed");
            return Err(SpoolError::SyncFailed {
                path: self.spool.root().into(),
                source,
            });
        }
        if !self.is_unsynced.swap(false, Ordering::AcqRel) {
            return Ok(());
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
                    top.open(parent)
                        .map_err(|error| SpoolError::io("open", top.path().join(parent), error))?
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
    match relative
        .as_os_str()
        .as_bytes()
        .split(|b| *b == b'/')
        .all(is_valid)
    {
        true => Ok(relative),
        false => Err(SpoolError::Name {
            name: relative.into(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::{Cell, RefCell};

    const BATCH: &str = "01KAMJ4R00N6ZQ3T5V7X9Y1ABC";

    fn names(spool: &Spool) -> Vec<String> {
        let folder = spool
            .root()
            .join("outbox")
            .join(format!("2026-11-22-{BATCH}"));
        let read = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut names: Vec<String> = read
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// What the batch's folder shows at each sync of a flush.
    fn seen_at_syncs(spool: &Spool, publisher: &Publisher<'_>) -> Result<Vec<String>, SpoolError> {
        let seen = RefCell::new(Vec::new());
        publisher.flush_with(&|| {
            seen.borrow_mut().push(names(spool).join(" "));
            Ok(())
        })?;
        Ok(seen.into_inner())
    }

    fn failed() -> Result<(), SpoolError> {
        Err(SpoolError::SyncFailed {
            path: PathBuf::new(),
            source: Errno::IO.into(),
        })
    }

    #[test]
    fn a_batch_is_published_between_two_syncs() -> Result<(), Box<dyn std::error::Error>> {
        let scratch = tempfile::tempdir()?;
        let spool = Spool::create(scratch.path())?;
        let publisher = spool.publisher("2026-11-22", BATCH)?;
        publisher.stage(Outlet::Outbox, "a.zip", b"a")?;
        publisher.stage(Outlet::Outbox, "b.zip", b"b")?;
        assert_eq!(seen_at_syncs(&spool, &publisher)?, ["", "a.zip b.zip"]);
        Ok(())
    }

    #[test]
    fn a_late_file_is_named_between_two_syncs() -> Result<(), Box<dyn std::error::Error>> {
        let scratch = tempfile::tempdir()?;
        let spool = Spool::create(scratch.path())?;
        let publisher = spool.publisher("2026-11-22", BATCH)?;
        publisher.stage(Outlet::Outbox, "a.zip", b"a")?;
        publisher.flush_with(&|| Ok(()))?;
        publisher.stage(Outlet::Outbox, "b.zip", b"b")?;
        assert_eq!(
            seen_at_syncs(&spool, &publisher)?,
            [".b.zip.1.part a.zip", "a.zip b.zip"]
        );
        Ok(())
    }

    #[test]
    fn a_failed_sync_publishes_nothing() -> Result<(), Box<dyn std::error::Error>> {
        let scratch = tempfile::tempdir()?;
        let spool = Spool::create(scratch.path())?;
        let publisher = spool.publisher("2026-11-22", BATCH)?;
        publisher.stage(Outlet::Outbox, "a.zip", b"a")?;
        assert!(matches!(
            publisher.flush_with(&failed),
            Err(SpoolError::SyncFailed { .. })
        ));
        assert!(names(&spool).is_empty());
        assert!(matches!(
            publisher.flush(),
            Err(SpoolError::SyncFailed { .. })
        ));
        publisher.stage(Outlet::Outbox, "b.zip", b"b")?;
        assert!(matches!(
            publisher.sync_staged(),
            Err(SpoolError::SyncFailed { .. })
        ));
        assert!(matches!(
            publisher.flush(),
            Err(SpoolError::SyncFailed { .. })
        ));
        assert!(names(&spool).is_empty());
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
