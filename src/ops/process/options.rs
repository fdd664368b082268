//! What a caller asks of a batch, and how the batch says how far it is.

use crate::licence::{Identifier, Moment, Ulid};
use crate::ops::error::OpsError;
use crate::scan::Scanner;
use crate::spool::InboxPath;
use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

/// Gives a fresh ULID.
pub type Fresh<'a> = dyn Fn() -> Result<Ulid, OpsError> + Sync + 'a;

/// What a caller asks of a batch of the inbox.
pub struct Options<'a> {
    /// The signer's clock, read once for the batch.
    pub clock: Moment,
    /// Only these files of the inbox; all where none are named.
    pub only: Option<BTreeSet<InboxPath>>,
    /// The operator vouches for everything of this organization.
    pub organization: Option<Identifier>,
    /// The operator vouches for the folders of a medium that are named like organizations.
    pub trust_folders: bool,
    /// How long a file that may not be whole must have been left alone.
    pub settle: Duration,
    /// The clock that file times are compared with.
    pub now: &'a (dyn Fn() -> SystemTime + Sync),
    /// Waits for the settle time, once. Without it, files that may not be whole stay in the inbox.
    pub wait: Option<&'a (dyn Fn(Duration) + Sync)>,
    /// A fresh ULID.
    pub fresh: &'a Fresh<'a>,
    /// What reads pictures.
    pub scanner: &'a Scanner,
}

/// How a batch says how far it is.
pub struct Progress<'a> {
    /// One line for people.
    pub say: &'a (dyn Fn(&str) + Sync),
    /// Documents answered so far, and all.
    pub step: &'a (dyn Fn(usize, usize) + Sync),
    /// Called by the thread at work after each file that is looked at or moved on, and each group
    /// of answers that is written.
    pub alive: &'a (dyn Fn() + Sync),
}

impl Progress<'static> {
    /// Nobody listens.
    pub const UNTOLD: Self = Self {
        say: &|_| {},
        step: &|_, _| {},
        alive: &|| {},
    };
}
