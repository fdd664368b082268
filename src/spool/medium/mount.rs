//! A mounted medium and its folders.

use crate::spool::error::SpoolError;
use crate::spool::folder::Folder;
use crate::spool::listing::ListOptions;
use rustix::io::Errno;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// The folder of requests, in any case; where there is none, they lie at the top.
const REQUESTS: &str = "requests";
/// The folder of answers, in any case.
const ANSWERS: &str = "answers";

/// A mounted medium.
#[derive(Debug)]
pub struct Medium {
    pub(super) root: Folder,
    /// The folder that holds the requests, relative to the root; none: they lie at the top.
    pub(super) requests: Option<PathBuf>,
    /// The name of the folder of answers.
    pub(super) answers: PathBuf,
    /// Files of the folder of answers by name in lower case, each with its size; several of one
    /// name lie in several folders.
    pub(super) held: HashMap<String, Vec<(PathBuf, u64)>>,
}

impl Medium {
    /// Opens a mounted medium and looks at what it holds.
    ///
    /// # Errors
    /// [`SpoolError::Io`], [`SpoolError::NotAFolder`].
    pub fn open(path: &Path) -> Result<Self, SpoolError> {
        let root = Folder::open_path(path).map_err(|error| match error {
            Errno::NOTDIR | Errno::LOOP => SpoolError::NotAFolder { path: path.into() },
            error => SpoolError::io("open", path, error),
        })?;
        let names = root
            .names()
            .map_err(|error| SpoolError::io("list", path, error))?;
        let folder = |wanted: &str| {
            let mut same = names
                .iter()
                .filter(|(name, is_folder)| *is_folder && name.eq_ignore_ascii_case(wanted))
                .collect::<Vec<_>>();
            same.sort();
            same.first().map(|(name, _)| PathBuf::from(name))
        };
        let (requests, answers) = (
            folder(REQUESTS),
            folder(ANSWERS).unwrap_or_else(|| ANSWERS.into()),
        );
        let held = held_in(&root.path().join(&answers));
        Ok(Self {
            root,
            requests,
            answers,
            held,
        })
    }

    /// Where it is mounted.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.root.path()
    }

    /// Whether it is still mounted and answers.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.root.is_in_place().unwrap_or(false) && self.root.names().is_ok()
    }

    /// Writes the whole medium through.
    ///
    /// # Errors
    /// [`SpoolError::SyncFailed`].
    pub fn sync(&self) -> Result<(), SpoolError> {
        self.root.sync()
    }
}

/// Files beneath a folder by their names in lower case. Files that cannot be read are left out.
fn held_in(answers: &Path) -> HashMap<String, Vec<(PathBuf, u64)>> {
    let mut held: HashMap<String, Vec<(PathBuf, u64)>> = HashMap::new();
    let walk = WalkDir::new(answers)
        .follow_links(false)
        .follow_root_links(false)
        .max_depth(ListOptions::MAX_DEPTH);
    for entry in walk
        .into_iter()
        .flatten()
        .filter(|entry| entry.file_type().is_file())
    {
        let (Some(name), Ok(metadata)) = (entry.file_name().to_str(), entry.metadata()) else {
            continue;
        };
        held.entry(name.to_lowercase())
            .or_default()
            .push((entry.path().to_owned(), metadata.len()));
    }
    held
}
