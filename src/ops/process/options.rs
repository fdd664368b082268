//! What a caller tells a batch, and whom the batch tells how far it is.

use crate::licence::{Identifier, Moment, Ulid};
use crate::ops::error::OpsError;
use crate::scan::Scanner;
use crate::spool::InboxPath;
use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

/// Gives a fresh ULID.
pub type Fresh<'a> = dyn Fn() -> Result<Ulid, OpsError> + Sync + 'a;

/// What a caller tells a batch about the inbox.
pub struct Options<'a> {
    /// The signer's clock, read once for the batch.
    pub clock: Moment,
    /// Only these files of the inbox; all where none are named.
    pub only: Option<BTreeSet<InboxPath>>,
    /// The operator vouches for everything of this organization.
    pub organization: Option<Identifier>,
    /// The operator vouches for the folders of a medium that are named like organizations.
    pub trust_folders: bool,
    /// How long a file must have been left alone that may not be whole.
    pub settle: Duration,
    /// The clock that file times are compared with.
    pub now: &'a (dyn Fn() -> SystemTime + Sync),
    /// Waits the settle time out, once; without it, what may not be whole yet stays in the inbox.
    pub wait: Option<&'a (dyn Fn(Duration) + Sync)>,
    /// A fresh ULID.
    pub fresh: &'a Fresh<'a>,
    /// What reads pictures.
    pub scanner: &'a Scanner,
}

/// Whom a batch tells how far it is.
pub struct Progress<'a> {
    /// One line for people.
    pub say: &'a (dyn Fn(&str) + Sync),
    /// Documents answered so far, and all.
    pub step: &'a (dyn Fn(usize, usize) + Sync),
    /// Called whenever a file was looked at or moved on, or a group of answers published, by
    /// whichever thread did it: never by one that waits.
    pub alive: &'a (dyn Fn() + Sync),
}

impl Progress<'static> {
    /// Nobody is told.
    pub const UNTOLD: Self = Self {
        say: &|_| {},
        step: &|_, _| {},
        alive: &|| {},
    };
}
