//! `exchange`: the main job with a removable medium. Its requests are copied into the inbox and
//! answered like any others; the answers are whole in the outbox before the first of them is
//! written to the medium.

mod exchanged;
mod medium_files;
mod staging;

pub use exchanged::Exchanged;

use super::error::OpsError;
use super::process::{Options, Progress, complete, process};
use super::signer::Signer;
use super::today::Today;
use crate::policy::record::organization::OrganizationRow;
use crate::spool::{ListedKind, Medium, Spool};
use medium_files::write_answers;
use staging::{Staging, waiting_copies};
use std::collections::BTreeSet;
use std::path::Path;

/// Answers the requests of a medium mounted at `path`, and writes the answers to it.
///
/// # Errors
/// As [`process`]; [`OpsError::Medium`] where the medium fails: before anything was answered, or
/// with all answers in the outbox. [`OpsError::NoMedium`] where the path is the spool or the
/// vault.
pub fn exchange(
    signer: &Signer,
    spool: &Spool,
    path: &Path,
    options: &Options<'_>,
    progress: &Progress<'_>,
) -> Result<Exchanged, OpsError> {
    check_place(path, &[spool.root(), &signer.folder])?;
    let failed = |source| OpsError::Medium {
        source,
        answers: None,
    };
    let medium = Medium::open(path).map_err(failed)?;
    let organizations = organizations(signer, options)?;
    let listed = medium
        .list(|folder| organizations.contains(&folder.to_ascii_lowercase()))
        .map_err(failed)?;
    if listed
        .iter()
        .any(|listed| listed.kind == ListedKind::Regular)
    {
        medium.try_to_write().map_err(failed)?;
    }
    // What a cut-off run left in work/ goes back to the inbox first: nothing is copied twice.
    let mut completed = complete(signer, spool, progress)?;
    let waiting = waiting_copies(spool)?;
    let staging = Staging {
        spool,
        id: (options.fresh)()?,
        waiting: &waiting,
    };
    let (staged, not_read, faults) = staging
        .copy(&medium, &listed)
        .inspect_err(|_| staging.forget())?;
    let only = Some(
        staged
            .into_iter()
            .chain(waiting.values().flatten().cloned())
            .collect(),
    );
    let result = process(
        signer,
        spool,
        &Options {
            only,
            organization: options.organization.clone(),
            ..*options
        },
        progress,
    );
    // What was not answered lies on the medium still.
    let mut result = result.inspect_err(|_| staging.forget())?;
    completed.append(&mut result.completed);
    result.completed = completed;
    spool.tidy_inbox_of_copies()?;
    let mut exchanged = Exchanged {
        result,
        not_read,
        faults,
        written: Vec::new(),
        held: 0,
        replaced: 0,
    };
    if let Some(batch) = exchanged.result.batch {
        let folder = format!("{}-{batch}", options.clock.day());
        let failed = |source| OpsError::Medium {
            source,
            answers: Some(format!("outbox/{folder}")),
        };
        write_answers(&medium, spool, &folder, &mut exchanged).map_err(|error| match error {
            OpsError::Spool(source) => failed(source),
            error => error,
        })?;
    }
    Ok(exchanged)
}

/// A path within the spool or the vault is no medium.
fn check_place(path: &Path, own: &[&Path]) -> Result<(), OpsError> {
    let io = |source| OpsError::Io {
        path: path.to_owned(),
        source,
    };
    let place = path.canonicalize().map_err(io)?;
    let is_within = |folder: &&&Path| {
        folder
            .canonicalize()
            .is_ok_and(|folder| place.starts_with(&folder) || folder.starts_with(&place))
    };
    match own.iter().find(is_within) {
        None => Ok(()),
        Some(own) => Err(OpsError::NoMedium {
            path: path.to_owned(),
            own: own.to_path_buf(),
        }),
    }
}

/// The identifiers of all organizations.
fn organizations(signer: &Signer, options: &Options<'_>) -> Result<BTreeSet<String>, OpsError> {
    let today = Today::of(signer, options.clock)?;
    let mut ids = BTreeSet::new();
    today.each::<OrganizationRow>(|row| {
        ids.insert(row.id.to_string());
        Ok(())
    })?;
    Ok(ids)
}
