//! `exchange`: the main job with a removable medium. Its requests are copied into the inbox and
//! answered like any others; the answers are whole in the outbox before the first of them is
//! written to the medium.

use super::defect::Defect;
use super::error::OpsError;
use super::process::{BatchResult, Left, Options, Progress, complete, process};
use super::signer::Signer;
use crate::licence::{Digest, Ulid};
use crate::policy::record::organization::OrganizationRow;
use crate::spool::{
    InboxPath, ListOptions, Listed, ListedKind, Medium, NotRead, Spool, SpoolError, WorkFile,
    escape_path,
};
use crate::wire::response::{ManifestEntry, Output, RefusalNotice};
use crate::wire::{Envelope, sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What an exchange did.
#[derive(Debug)]
pub struct Exchanged {
    /// The batch.
    pub report: BatchResult,
    /// Files of the medium that were not read, and why.
    pub not_read: Vec<Left>,
    /// Of how many of them the medium or this machine is at fault, and not the file.
    pub faults: usize,
    /// Files written to the medium, relative to its folder of answers.
    pub written: Vec<String>,
    /// Answers that the medium holds already.
    pub held: usize,
    /// Answers that a later one for the same activation replaces.
    pub replaced: usize,
}

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
    // What a run that was cut off left in work/ goes back to the inbox before it is looked at:
    // nothing is copied twice.
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
    let report = process(
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
    let mut report = report.inspect_err(|_| staging.forget())?;
    completed.append(&mut report.completed);
    report.completed = completed;
    spool.tidy_inbox_of_copies()?;
    let mut exchanged = Exchanged {
        report,
        not_read,
        faults,
        written: Vec::new(),
        held: 0,
        replaced: 0,
    };
    if let Some(batch) = exchanged.report.batch {
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
    let today = super::today::Today::of(signer, options.clock)?;
    let mut ids = BTreeSet::new();
    today.each::<OrganizationRow>(|row| {
        ids.insert(row.id.to_string());
        Ok(())
    })?;
    Ok(ids)
}

/// Copies of media's files that lie in the inbox, by digest, for one stick may hold one file twice:
/// they wait for parts of QR codes that this medium may hold, or an exchange was cut off.
fn waiting_copies(spool: &Spool) -> Result<HashMap<Digest, Vec<InboxPath>>, OpsError> {
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
/// through `work/`, so that none shows in the inbox before all are there: what a crash leaves there
/// is put into the inbox by the next start.
struct Staging<'a> {
    spool: &'a Spool,
    id: Ulid,
    /// What lies in the inbox already is not copied again.
    waiting: &'a HashMap<Digest, Vec<InboxPath>>,
}

impl Staging<'_> {
    /// The folder of the inbox.
    fn folder(&self) -> String {
        InboxPath::exchange_folder_name(self.id.as_str())
    }

    /// Gives the copies, what was not read, and of how much of that the medium or this machine is
    /// at fault.
    fn copy(
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
        super::crash::point("staged");
        let put_back = copies.iter().map(|copy| self.spool.put_back(copy));
        let paths = put_back.collect::<Result<_, _>>()?;
        super::crash::point("copied");
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
    fn forget(&self) {
        // The error that led here is the one to report; copies that stay are answered by the next
        // run.
        drop(self.spool.discard_copies(self.id.as_str(), &self.folder()));
    }
}

/// A file for the medium: its path there, and where its bytes are.
struct Answer {
    path: PathBuf,
    bytes: Vec<u8>,
}

/// Writes what the medium lacks, syncs it, and reads everything back.
fn write_answers(
    medium: &Medium,
    spool: &Spool,
    folder: &str,
    exchanged: &mut Exchanged,
) -> Result<(), OpsError> {
    let mut answers = bundles(medium, spool, folder, exchanged)?;
    answers.extend(refusals(medium, spool, folder, &exchanged.report)?);
    if answers.is_empty() {
        return Ok(());
    }
    for name in ["manifest.jsonl", "manifest.json"] {
        answers.push(Answer {
            path: Path::new(folder).join(name),
            bytes: own_copy(spool, folder, name)?,
        });
    }
    for answer in &answers {
        medium.write(&answer.path, &answer.bytes)?;
        super::crash::point("written-to-medium");
    }
    medium.sync()?;
    for answer in &answers {
        medium.check(&answer.path, &answer.bytes)?;
        exchanged
            .written
            .push(answer.path.to_string_lossy().into_owned());
    }
    if medium.is_there() {
        Ok(())
    } else {
        Err(SpoolError::unreadable(medium.path(), ErrorKind::NotFound).into())
    }
}

/// The answers of the batch, but for those that the medium holds and those that a later one
/// replaces.
fn bundles(
    medium: &Medium,
    spool: &Spool,
    folder: &str,
    exchanged: &mut Exchanged,
) -> Result<Vec<Answer>, OpsError> {
    let entries = exchanged.report.entries()?.collect::<Result<Vec<_>, _>>()?;
    // One request may have come in several files.
    let outputs: BTreeMap<String, &Output> = entries
        .iter()
        .flat_map(|entry: &ManifestEntry| &entry.outputs)
        .map(|output| (output.path.clone(), output))
        .collect();
    let newest = newest_sequences(
        outputs
            .keys()
            .map(String::as_str)
            .chain(medium.held_names()),
    );
    let mut answers = Vec::new();
    for (path, output) in outputs {
        let name = Path::new(&path)
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if activation_of(name)
            .is_some_and(|(id, sequence)| newest.get(&id).is_some_and(|newest| sequence < *newest))
        {
            exchanged.replaced += 1;
            continue;
        }
        let bytes = own_copy(spool, folder, &path)?;
        if sha256(&[&bytes]) != output.sha256 {
            return Err(OpsError::OutboxChanged {
                path: Path::new("outbox").join(folder).join(path),
            });
        }
        if medium.holds(name, &bytes) {
            exchanged.held += 1;
        } else {
            answers.push(Answer {
                path: Path::new(folder).join(&path),
                bytes,
            });
        }
    }
    Ok(answers)
}

/// The activation and the sequence in the name of a bundle or of its pictures (PROTOCOL section 8);
/// none for receipts.
fn activation_of(name: &str) -> Option<(String, u16)> {
    let (stem, extension) = name.rsplit_once('.')?;
    let (rest, sequence) = stem.rsplit_once('_')?;
    let (_, id) = rest.rsplit_once('_')?;
    let is_activation = ["zip", "png", "svg"]
        .iter()
        .any(|known| extension.eq_ignore_ascii_case(known));
    is_activation.then_some((id.to_lowercase(), sequence.parse().ok()?))
}

fn newest_sequences<'a>(names: impl Iterator<Item = &'a str>) -> HashMap<String, u16> {
    let mut newest = HashMap::new();
    for (id, sequence) in
        names.filter_map(|path| activation_of(path.rsplit('/').next().unwrap_or(path)))
    {
        let known = newest.entry(id).or_insert(sequence);
        *known = sequence.max(*known);
    }
    newest
}

fn own_copy(spool: &Spool, folder: &str, path: &str) -> Result<Vec<u8>, OpsError> {
    let path = spool.root().join("outbox").join(folder).join(path);
    std::fs::read(&path).map_err(|source| match source.kind() {
        ErrorKind::NotFound => OpsError::OutboxGone { path },
        _ => OpsError::Io { path, source },
    })
}

/// The refusals of the batch, but for those that the medium holds: the same file refused for the
/// same reason.
fn refusals(
    medium: &Medium,
    spool: &Spool,
    folder: &str,
    report: &BatchResult,
) -> Result<Vec<Answer>, OpsError> {
    let Some(batch) = report.batch.filter(|_| report.has_refusals()) else {
        return Ok(Vec::new());
    };
    let date = folder.strip_suffix(&format!("-{batch}")).unwrap_or(folder);
    let top = spool.root().join("rejected").join(folder);
    let mut answers = Vec::new();
    for path in spool.rejected_files(date, batch.as_str())? {
        let is_notice = path
            .extension()
            .is_some_and(|extension| extension == "json")
            && path.to_string_lossy().contains(".refusal");
        if !is_notice {
            continue;
        }
        let [json, text] = [path.clone(), path.with_extension("txt")]
            .map(|path| std::fs::read(&path).map_err(|source| OpsError::Io { path, source }));
        let (json, text) = (json?, text?);
        // Beneath the folder of the exchange.
        let Ok(relative) = path.strip_prefix(&top) else {
            continue;
        };
        let target = Path::new(folder)
            .join("refused")
            .join(relative.iter().skip(1).collect::<PathBuf>());
        let name = target
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if notice_of(&json).is_some_and(|notice| {
            medium
                .held(name)
                .any(|held| notice_of(&held).as_ref() == Some(&notice))
        }) {
            continue;
        }
        answers.push(Answer {
            path: target.with_extension("txt"),
            bytes: text,
        });
        answers.push(Answer {
            path: target,
            bytes: json,
        });
    }
    Ok(answers)
}

/// Which file is refused, and why.
fn notice_of(envelope: &[u8]) -> Option<(Digest, String, String)> {
    let notice = RefusalNotice::read(&Envelope::read(envelope).ok()?.payload).ok()?;
    Some((notice.digest, notice.code, notice.message))
}
