//! What lies in the inbox.

use super::error::SpoolError;
use super::inbox_path::{InboxPath, relative};
use super::layout::Spool;
use super::settle::is_partial_name;
use super::skipped::{Skipped, irregular, is_fault};
use rustix::io::Errno;
use std::fs::Metadata;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, SystemTime};
use walkdir::{DirEntry, WalkDir};

/// Limits of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListOptions {
    /// Most parts of a path that are looked at: 1 is the inbox without its folders.
    pub max_depth: usize,
}

impl ListOptions {
    /// Deepest path unless told otherwise, in parts.
    pub const MAX_DEPTH: usize = 16;
}

impl Default for ListOptions {
    fn default() -> Self {
        Self {
            max_depth: Self::MAX_DEPTH,
        }
    }
}

/// A file of the inbox as it was when it was looked at, or a folder that is not looked into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Where it lies.
    pub path: InboxPath,
    /// Its size in bytes; 0 where it could not be looked at.
    pub size: u64,
    /// When its bytes were last changed, by the clock of its writer.
    pub modified: Option<SystemTime>,
    /// When its bytes, name or permissions were last changed, by this machine's clock.
    pub changed: Option<SystemTime>,
    /// Whether the file can be taken.
    pub kind: ListedKind,
}

/// Whether a listed file can be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListedKind {
    /// A regular file with one link, whose name says nothing against it.
    Regular,
    /// Anything else: it stays where it is.
    Skipped(Skipped),
}

impl Spool {
    /// Lists the inbox in byte order of paths. Links are not followed; folders are not listed but
    /// for those that are not looked into; what vanishes meanwhile is left out.
    ///
    /// # Errors
    /// [`SpoolError::Replaced`] where the inbox is no longer the folder that was opened;
    /// [`SpoolError::Io`] where it cannot be read. What goes wrong with a single file or folder
    /// beneath stands in the list.
    pub fn list(&self, options: &ListOptions) -> Result<Vec<Listed>, SpoolError> {
        let root = self.inbox.path();
        if !self
            .inbox
            .is_in_place()
            .map_err(|error| SpoolError::io("look at", root, error))?
        {
            return Err(SpoolError::Replaced { path: root.into() });
        }
        list_beneath(root, options.max_depth)
    }
}

/// Lists what lies beneath a folder, as [`Spool::list`] does for the inbox.
pub(super) fn list_beneath(root: &Path, max_depth: usize) -> Result<Vec<Listed>, SpoolError> {
    let mut listed = Vec::new();
    let depth = max_depth.saturating_add(1);
    let mut walk = WalkDir::new(root)
        .follow_links(false)
        .follow_root_links(false)
        .min_depth(1)
        .max_depth(depth)
        .into_iter();
    while let Some(entry) = walk.next() {
        let found = match entry {
            Ok(entry) => {
                let found = look_at(root, &entry, max_depth);
                if found.is_some() && entry.file_type().is_dir() && entry.depth() < depth {
                    walk.skip_current_dir();
                }
                found
            }
            Err(error) => unreadable(root, &error)?,
        };
        listed.extend(found);
    }
    listed.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    Ok(listed)
}

/// What to list for an entry: nothing for a folder that is looked into.
fn look_at(root: &Path, entry: &DirEntry, max_depth: usize) -> Option<Listed> {
    let path = relative(root, entry.path())?;
    let by_name = if entry.depth() > max_depth {
        Some(Skipped::TooDeep)
    } else {
        is_partial_name(entry.file_name().as_bytes()).then_some(Skipped::PartialName)
    };
    if by_name.is_none() && entry.file_type().is_dir() {
        return None;
    }
    match entry.metadata() {
        Ok(metadata) => {
            let skipped = by_name.or_else(|| irregular(&metadata));
            Some(Listed {
                path,
                size: metadata.len(),
                modified: metadata.modified().ok(),
                changed: changed(&metadata),
                kind: skipped.map_or(ListedKind::Regular, ListedKind::Skipped),
            })
        }
        Err(error) => skipped(
            path,
            error
                .io_error()
                .map_or(ErrorKind::Other, std::io::Error::kind),
        ),
    }
}

fn unreadable(root: &Path, error: &walkdir::Error) -> Result<Option<Listed>, SpoolError> {
    if let Some(fault) = error
        .io_error()
        .and_then(Errno::from_io_error)
        .filter(|error| is_fault(*error))
    {
        return Err(SpoolError::io("list", error.path().unwrap_or(root), fault));
    }
    let kind = error
        .io_error()
        .map_or(ErrorKind::Other, std::io::Error::kind);
    match error.path().and_then(|path| relative(root, path)) {
        Some(path) => Ok(skipped(path, kind)),
        None => Err(SpoolError::io("list", root, kind)),
    }
}

fn skipped(path: InboxPath, kind: ErrorKind) -> Option<Listed> {
    let kind = match kind {
        ErrorKind::NotFound => return None,
        kind => ListedKind::Skipped(Skipped::Unreadable(kind)),
    };
    Some(Listed {
        path,
        size: 0,
        modified: None,
        changed: None,
        kind,
    })
}

/// The time of the last change by this machine's clock, where it can be told.
fn changed(metadata: &Metadata) -> Option<SystemTime> {
    let nanos = Duration::from_nanos(u64::try_from(metadata.ctime_nsec()).ok()?);
    let seconds = Duration::from_secs(metadata.ctime().unsigned_abs());
    let whole = match metadata.ctime() {
        0.. => SystemTime::UNIX_EPOCH.checked_add(seconds),
        _ => SystemTime::UNIX_EPOCH.checked_sub(seconds),
    };
    whole?.checked_add(nanos)
}
