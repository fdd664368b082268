//! Taking a file out of the inbox: moved first, then opened and read once.

use super::content::Content;
use super::error::SpoolError;
use super::folder::Folder;
use super::inbox_path::{InboxPath, escape_path};
use super::layout::Spool;
use super::listing::{Listed, ListedKind};
use super::reading::{Contents, MAX_PICTURE_BYTES, Reading};
use super::skipped::{Skipped, irregular, is_fault};
use super::work_file::WorkFile;
use crate::licence::{Digest, id::Hex};
use rustix::io::Errno;
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::ops::Deref;
use std::time::SystemTime;

/// A file in `work/` and what one pass read from it. Judging, recording and answering use nothing
/// else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Which file: its batch, its path in the inbox and in `work/`, its digest.
    pub file: WorkFile,
    /// What it seems to hold.
    pub kind: Content,
    /// Its bytes, within the limits.
    pub contents: Contents,
    /// SHA-256 of all its bytes.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: u64,
    /// When it was last changed, by the clock of its writer.
    pub modified: Option<SystemTime>,
}

impl Deref for Taken {
    type Target = WorkFile;

    fn deref(&self) -> &WorkFile {
        &self.file
    }
}

/// Why a listed file was not taken. Only [`TakeError::Spool`] is a fault of the signer.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    /// The file is no longer there.
    #[error("{} is no longer there", escape_path(.path))]
    Gone {
        /// Where it lay.
        path: InboxPath,
    },
    /// The file is not to be taken, and stays in the inbox.
    #[error("{} is left where it is: {reason}", escape_path(.path))]
    Left {
        /// Where it lies, which is another name beside the old one where that was taken meanwhile.
        path: InboxPath,
        /// Why.
        reason: Skipped,
    },
    /// The file changed while it was looked at, and waits in the inbox.
    #[error("{} is still being written", escape_path(.path))]
    Unsettled {
        /// Where it lies, which is another name beside the old one where that was taken meanwhile.
        path: InboxPath,
    },
    /// This batch already took a file from this path. The new one waits for the next batch.
    #[error("another {} is being answered: this one waits", escape_path(.path))]
    Occupied {
        /// Where it lies.
        path: InboxPath,
    },
    /// The spool failed.
    #[error(transparent)]
    Spool(#[from] SpoolError),
}

impl Spool {
    /// Moves a listed file to `work/<batch>/`, opens it there beneath the folder, without following
    /// links and without blocking, and reads it once. A file that may not be taken, or changes
    /// meanwhile, goes back to the inbox.
    ///
    /// # Errors
    /// [`TakeError`]: after all but [`TakeError::Spool`] the next file may be tried.
    pub fn take(&self, batch: &str, listed: &Listed) -> Result<Taken, TakeError> {
        if let ListedKind::Skipped(reason) = listed.kind {
            return Err(TakeError::Left {
                path: listed.path.clone(),
                reason,
            });
        }
        let file = self.work_file(batch, &listed.path, None)?;
        let folder = self.move_in(&file)?;
        let seen = Look {
            size: listed.size,
            modified: listed.modified,
        };
        read_file(&folder, file.clone(), Some(seen))
            .or_else(|unfit| Err(unfit.error(self.put_back(&file)?)))
    }

    /// Reads a file that lies in `work/` already, as [`Spool::take`] does. The file stays there.
    ///
    /// # Errors
    /// [`TakeError::Gone`], [`TakeError::Left`] and [`TakeError::Unsettled`], with the path from
    /// which it was taken.
    pub fn read_again(&self, file: &WorkFile) -> Result<Taken, TakeError> {
        let folder = self.work.open(&file.parent()).map_err(Unfit::from);
        folder
            .and_then(|folder| read_file(&folder, file.clone(), None))
            .map_err(|unfit| match unfit {
                Unfit::Skipped(Skipped::Unreadable(io::ErrorKind::NotFound)) => TakeError::Gone {
                    path: file.inbox_path.clone(),
                },
                unfit => unfit.error(file.inbox_path.clone()),
            })
    }

    /// All bytes of a taken picture, at most [`MAX_PICTURE_BYTES`]. Their digest is the one taken.
    ///
    /// # Errors
    /// [`TakeError::Unsettled`] where the bytes have changed since, [`TakeError::Left`] where they
    /// cannot be read.
    pub fn read_picture(&self, taken: &Taken) -> Result<Vec<u8>, TakeError> {
        if let Contents::Whole(bytes) = &taken.contents {
            return Ok(bytes.clone());
        }
        let read = || -> Result<Vec<u8>, Unfit> {
            let file = self
                .work
                .open(&taken.file.parent())?
                .open_file(taken.inbox_path.file_name())?;
            let mut bytes = Vec::with_capacity(
                usize::try_from(taken.size.min(MAX_PICTURE_BYTES)).unwrap_or_default(),
            );
            file.take(MAX_PICTURE_BYTES + 1).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        let bytes = read().map_err(|unfit| unfit.error(taken.inbox_path.clone()))?;
        let digest: Digest = Hex(Sha256::digest(&bytes).into());
        if digest == taken.digest {
            Ok(bytes)
        } else {
            Err(Unfit::Unsettled.error(taken.inbox_path.clone()))
        }
    }

    /// Gives the folder in `work/` that it then lies in.
    fn move_in(&self, file: &WorkFile) -> Result<Folder, TakeError> {
        let path = &file.inbox_path;
        let not_taken = |error| match error {
            Errno::NOENT | Errno::NOTDIR => TakeError::Gone { path: path.clone() },
            Errno::EXIST | Errno::NOTEMPTY => TakeError::Occupied { path: path.clone() },
            error => match Skipped::of_error(error) {
                Some(reason) => TakeError::Left {
                    path: path.clone(),
                    reason,
                },
                None => {
                    SpoolError::io("take", self.inbox.path().join(path.as_path()), error).into()
                }
            },
        };
        let from = self.inbox.open(path.parent()).map_err(not_taken)?;
        let to = self
            .work
            .make(&file.parent())
            .map_err(|error| match error {
                Errno::NOTDIR | Errno::LOOP => TakeError::Occupied { path: path.clone() },
                error => SpoolError::io("make the folder of", &file.work_path, error).into(),
            })?;
        from.rename_into(path.file_name(), &to, path.file_name())
            .map_err(not_taken)?;
        Ok(to)
    }
}

fn read_file(folder: &Folder, file: WorkFile, listed: Option<Look>) -> Result<Taken, Unfit> {
    let name = file.inbox_path.file_name();
    // Before it is opened: opening a device may already do something.
    let (file_type, is_hard_linked) = folder.look_at(name)?;
    if let Some(reason) = Skipped::of(file_type, is_hard_linked) {
        return Err(Unfit::Skipped(reason));
    }
    let opened = folder.open_file(name)?;
    let (look, read) = read_settled(listed, &opened, |file, size| Reading::of(file, size))?;
    let Reading {
        kind,
        contents,
        digest,
        size,
    } = read;
    let file = WorkFile {
        digest: Some(digest),
        ..file
    };
    Ok(Taken {
        file,
        kind,
        contents,
        digest,
        size,
        modified: look.modified,
    })
}

/// Why a file that was moved to `work/` is not judged.
#[derive(Debug, PartialEq, Eq)]
enum Unfit {
    Skipped(Skipped),
    Unsettled,
    /// The system is at fault, not the file.
    Failed(Errno),
}

impl Unfit {
    fn error(self, path: InboxPath) -> TakeError {
        match self {
            Self::Skipped(reason) => TakeError::Left { path, reason },
            Self::Unsettled => TakeError::Unsettled { path },
            Self::Failed(error) => SpoolError::io("open", path.as_path(), error).into(),
        }
    }
}

impl From<Errno> for Unfit {
    fn from(error: Errno) -> Self {
        if is_fault(error) {
            Self::Failed(error)
        } else {
            io::Error::from(error).into()
        }
    }
}

impl From<io::Error> for Unfit {
    fn from(error: io::Error) -> Self {
        Self::Skipped(Skipped::Unreadable(error.kind()))
    }
}

/// One look at a file: two that differ show that it is still being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    size: u64,
    modified: Option<SystemTime>,
}

impl Look {
    fn at(file: &File) -> Result<Self, Unfit> {
        let metadata = file.metadata()?;
        match irregular(&metadata) {
            Some(reason) => Err(Unfit::Skipped(reason)),
            None => Ok(Self {
                size: metadata.len(),
                modified: metadata.modified().ok(),
            }),
        }
    }
}

/// Reads a file between two looks at it, which agree with each other and with what was listed.
fn read_settled(
    listed: Option<Look>,
    mut file: &File,
    pass: impl FnOnce(&mut &File, u64) -> io::Result<Reading>,
) -> Result<(Look, Reading), Unfit> {
    let before = Look::at(file)?;
    if listed.is_some_and(|listed| listed != before) {
        return Err(Unfit::Unsettled);
    }
    let read = pass(&mut file, before.size)?;
    if Look::at(file)? != before || read.size != before.size {
        return Err(Unfit::Unsettled);
    }
    Ok((before, read))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{File, write};
    use std::io::Write;

    /// Reads a file of the text `whole`, with something done to it right after the pass.
    fn meanwhile(
        disturb: impl FnOnce(&std::path::Path) -> io::Result<()>,
    ) -> Result<Option<Unfit>, Unfit> {
        let scratch = tempfile::tempdir()?;
        let path = scratch.path().join("request.json");
        write(&path, "whole")?;
        let file = File::open(&path)?;
        let read = read_settled(None, &file, |file, size| {
            let read = Reading::of(file, size)?;
            disturb(&path)?;
            Ok(read)
        });
        Ok(read.err())
    }

    #[test]
    fn a_changing_file_is_not_judged() -> Result<(), Unfit> {
        assert_eq!(meanwhile(|_| Ok(()))?, None);
        assert_eq!(
            meanwhile(|path| File::options().append(true).open(path)?.write_all(b"r"))?,
            Some(Unfit::Unsettled)
        );
        assert_eq!(
            meanwhile(|path| File::options().write(true).open(path)?.set_len(1))?,
            Some(Unfit::Unsettled)
        );
        let touch = |path: &std::path::Path| {
            File::options()
                .write(true)
                .open(path)?
                .set_modified(SystemTime::UNIX_EPOCH)
        };
        assert_eq!(meanwhile(touch)?, Some(Unfit::Unsettled));
        let link = |path: &std::path::Path| std::fs::hard_link(path, path.with_extension("other"));
        assert_eq!(meanwhile(link)?, Some(Unfit::Skipped(Skipped::HardLinked)));
        Ok(())
    }
}
