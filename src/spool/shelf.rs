//! The names of the files of one batch in `archive/` or `rejected/`.

use super::error::SpoolError;
use super::folder::Folder;
use super::inbox_path::InboxPath;
use super::names::{Unique, numbered};
use super::reading::Reading;
use super::work_file::WorkFile;
use crate::licence::Digest;
use rustix::io::Errno;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The safe name of a part of an inbox path, and its longest length.
pub(super) type NameOf = fn(&OsStr) -> (String, usize);

/// The names in use in the folder of one batch. Read from disk when first needed; only the signer
/// writes there.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    pub(super) batch: PathBuf,
    pub(super) levels: HashMap<PathBuf, Unique>,
    pub(super) promised: HashMap<InboxPath, PathBuf>,
    /// The folder that the last file came from, and the one that the last file went to: neighbours
    /// share them.
    pub(super) from: Option<(PathBuf, Arc<Folder>)>,
    pub(super) to: Option<(PathBuf, Arc<Folder>)>,
}

impl Shelf {
    /// The names in a folder of the batch.
    pub(super) fn level(
        &mut self,
        top: &Folder,
        relative: &Path,
    ) -> Result<&mut Unique, SpoolError> {
        if !self.levels.contains_key(relative) {
            let names = read_names(top, &self.batch.join(relative))?;
            self.levels.insert(relative.to_owned(), names);
        }
        Ok(self.levels.entry(relative.to_owned()).or_default())
    }

    pub(super) fn claim_parents(
        &mut self,
        top: &Folder,
        parents: &Path,
        name_of: NameOf,
    ) -> Result<PathBuf, SpoolError> {
        let mut path = PathBuf::new();
        for part in parents {
            let name = self.level(top, &path)?.claim_folder(name_of(part).0);
            path.push(name);
        }
        Ok(path)
    }

    /// Looks for a file that was moved before, among the spellings that it may have been given.
    pub(super) fn find(
        &mut self,
        top: &Folder,
        parent: &Path,
        name: &str,
        max: usize,
        file: &WorkFile,
    ) -> Result<PathBuf, SpoolError> {
        let folder = self.batch.join(parent);
        let names = self.level(top, parent)?;
        let spellings = (1..).map(|number| {
            String::from_utf8_lossy(&numbered(name.as_bytes(), number, max)).into_owned()
        });
        let there =
            spellings.map_while(|spelling| names.spelling(&spelling).map(ToOwned::to_owned));
        let digest_of = |spelling: &String| digest_at(top, &folder, OsStr::new(spelling));
        let found = there
            .into_iter()
            .find(|spelling| file.digest.is_some() && digest_of(spelling) == file.digest);
        match found {
            Some(spelling) => Ok(parent.join(spelling)),
            None => Err(SpoolError::Vanished {
                path: file.work_path.clone(),
            }),
        }
    }
}

/// The folder of a path: the open one if it is the same, otherwise what `open` opens.
pub(super) fn same_or(
    last: &mut Option<(PathBuf, Arc<Folder>)>,
    path: &Path,
    open: impl FnOnce() -> rustix::io::Result<Folder>,
) -> rustix::io::Result<Arc<Folder>> {
    if let Some((_, folder)) = last.as_ref().filter(|(known, _)| known == path) {
        return Ok(folder.clone());
    }
    let folder = Arc::new(open()?);
    *last = Some((path.to_owned(), folder.clone()));
    Ok(folder)
}

fn read_names(top: &Folder, path: &Path) -> Result<Unique, SpoolError> {
    let mut unique = Unique::new();
    let names = match top.open(path).and_then(|folder| folder.names()) {
        Err(Errno::NOENT) => return Ok(unique),
        names => names.map_err(|error| SpoolError::io("list", top.path().join(path), error))?,
    };
    for (name, is_folder) in names {
        unique.insert(name.to_string_lossy().into_owned(), is_folder);
    }
    Ok(unique)
}

fn digest_at(top: &Folder, folder: &Path, name: &OsStr) -> Option<Digest> {
    let mut file = top
        .open(folder)
        .and_then(|folder| folder.open_file(name))
        .ok()?;
    let metadata = file.metadata().ok().filter(std::fs::Metadata::is_file)?;
    Reading::of(&mut file, metadata.len())
        .ok()
        .map(|read| read.digest)
}
