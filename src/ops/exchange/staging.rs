//! Files of a medium on their way into the inbox.

use crate::licence::{Digest, Ulid};
use crate::ops::crash;
use crate::ops::defect::Defect;
use crate::ops::error::OpsError;
use crate::ops::process::Left;
use crate::spool::{
    InboxPath, ListOptions, Listed, ListedKind, Medium, NotRead, Spool, SpoolError, WorkFile,
    escape_path,
};
use crate::wire::sha256;
use std::collections::HashMap;
use std::io::ErrorKind;

/// Copies from media that lie in the inbox, by digest; one stick may hold one file twice. They wait
/// for parts of QR codes, or an exchange was cut off.
pub(super) fn waiting_copies(spool: &Spool) -> Result<HashMap<Digest, Vec<InboxPath>>, OpsError> {
    let listed = spool.list(&ListOptions::default())?;
    let mut copies: HashMap<Digest, Vec<InboxPath>> = HashMap::new();
    for listed in listed
        .into_iter()
        .filter(|listed| listed.path.exchange_folder().is_some())
    {
        if let Some(digest) = spool.digest_in_inbox(&listed)? {
            copies.entry(digest).or_default().push(listed.path);
        }
    }
    Ok(copies)
}

/// Files of a medium on their way into the inbox, beneath a folder of this exchange. They go
/// through `work/`, so that none is in the inbox before all are copied. The next start puts what a
/// crash leaves there into the inbox.
pub(super) struct Staging<'a> {
    pub(super) spool: &'a Spool,
    pub(super) id: Ulid,
    /// What lies in the inbox already is not copied again.
    pub(super) waiting: &'a HashMap<Digest, Vec<InboxPath>>,
}

impl Staging<'_> {
    /// The folder of the inbox.
    fn folder(&self) -> String {
        InboxPath::exchange_folder_name(self.id.as_str())
    }

    /// Gives the copies, the files that were not read, and how many of these the medium or this
    /// machine failed to read.
    pub(super) fn copy(
        &self,
        medium: &Medium,
        listed: &[Listed],
    ) -> Result<(Vec<InboxPath>, Vec<Left>, usize), OpsError> {
        let (mut copies, mut not_read, mut faults) = (Vec::new(), Vec::new(), 0);
        for listed in listed {
            match listed.kind {
                ListedKind::Skipped(reason) => not_read.push(Left::new(&listed.path, reason)),
                ListedKind::Regular => match self.copy_one(medium, listed)? {
                    Ok(copy) => copies.extend(copy),
                    Err(reason) => {
                        faults += usize::from(matches!(reason, NotRead::Failed(_)));
                        not_read.push(Left::new(&listed.path, reason));
                    }
                },
            }
        }
        crash::point("staged");
        let put_back = copies.iter().map(|copy| self.spool.put_back(copy));
        let paths = put_back.collect::<Result<_, _>>()?;
        crash::point("copied");
        Ok((paths, not_read, faults))
    }

    /// A copy in `work/`, none where one lies in the inbox, or why it could not be read.
    fn copy_one(
        &self,
        medium: &Medium,
        listed: &Listed,
    ) -> Result<Result<Option<WorkFile>, NotRead>, OpsError> {
        let copied = match medium.read(listed) {
            Err(NotRead::Unreadable(_) | NotRead::Failed(_)) if !medium.is_there() => {
                let source = SpoolError::unreadable(medium.path(), ErrorKind::NotFound);
                return Err(OpsError::Medium {
                    source,
                    answers: None,
                });
            }
            Err(reason) => return Ok(Err(reason)),
            Ok(copied) => copied,
        };
        let path = self.path_of(listed)?;
        let is_there =
            |there: &InboxPath| there.below_exchange_folder() == path.below_exchange_folder();
        if self
            .waiting
            .get(&sha256(&[&copied.bytes]))
            .is_some_and(|copies| copies.iter().any(is_there))
        {
            return Ok(Ok(None));
        }
        match self.spool.stage_copy(self.id.as_str(), &path, &copied) {
            // Names on a stick can be longer than the spool's file system allows.
            Err(SpoolError::Io { source, .. }) if source.kind() == ErrorKind::InvalidFilename => {
                Ok(Err(NotRead::Unreadable(ErrorKind::InvalidFilename)))
            }
            staged => Ok(Ok(Some(staged?))),
        }
    }

    fn path_of(&self, listed: &Listed) -> Result<InboxPath, OpsError> {
        let path = [self.folder().as_bytes(), b"/", listed.path.as_bytes()].concat();
        // Invariant: a listed path is one, and so it is with one part more before it.
        let path = InboxPath::new(path).map_err(|_| Defect::MediumPath {
            path: escape_path(&listed.path),
        })?;
        Ok(path)
    }

    /// Removes the copies that were not answered.
    pub(super) fn forget(&self) {
        // The caller gives the error that led here; copies that stay are answered by the next
        // run.
        drop(self.spool.discard_copies(self.id.as_str(), &self.folder()));
    }
}
