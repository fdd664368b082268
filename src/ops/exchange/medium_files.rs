//! What a batch writes to a medium: bundles, receipts, refusals, the manifest.

use super::exchanged::Exchanged;
use crate::licence::Digest;
use crate::ops::crash;
use crate::ops::error::OpsError;
use crate::ops::process::BatchResult;
use crate::spool::{MANIFEST_FILE, MANIFEST_LINES_FILE, Medium, Spool, SpoolError, folders};
use crate::wire::response::{ManifestEntry, Output, RefusalNotice};
use crate::wire::{Envelope, sha256};
use std::collections::{BTreeMap, HashMap};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// A file for the medium: its path there, and where its bytes are.
struct MediumFile {
    path: PathBuf,
    bytes: Vec<u8>,
}

/// Writes what the medium lacks, syncs it, and reads everything back.
pub(super) fn write_answers(
    medium: &Medium,
    spool: &Spool,
    folder: &str,
    exchanged: &mut Exchanged,
) -> Result<(), OpsError> {
    let mut files = bundles(medium, spool, folder, exchanged)?;
    files.extend(refusals(medium, spool, folder, &exchanged.result)?);
    if files.is_empty() {
        return Ok(());
    }
    for name in [MANIFEST_LINES_FILE, MANIFEST_FILE] {
        files.push(MediumFile {
            path: Path::new(folder).join(name),
            bytes: own_copy(spool, folder, name)?,
        });
    }
    for file in &files {
        medium.write(&file.path, &file.bytes)?;
        crash::point("written-to-medium");
    }
    medium.sync()?;
    for file in &files {
        medium.check(&file.path, &file.bytes)?;
        exchanged
            .written
            .push(file.path.to_string_lossy().into_owned());
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
) -> Result<Vec<MediumFile>, OpsError> {
    let entries = exchanged.result.entries()?.collect::<Result<Vec<_>, _>>()?;
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
    let mut files = Vec::new();
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
                path: Path::new(folders::OUTBOX).join(folder).join(path),
            });
        }
        if medium.holds(name, &bytes) {
            exchanged.held += 1;
        } else {
            files.push(MediumFile {
                path: Path::new(folder).join(&path),
                bytes,
            });
        }
    }
    Ok(files)
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
    let path = spool.root().join(folders::OUTBOX).join(folder).join(path);
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
    result: &BatchResult,
) -> Result<Vec<MediumFile>, OpsError> {
    let Some(batch) = result.batch.filter(|_| result.has_refusals()) else {
        return Ok(Vec::new());
    };
    let date = folder.strip_suffix(&format!("-{batch}")).unwrap_or(folder);
    let top = spool.root().join(folders::REJECTED).join(folder);
    let mut files = Vec::new();
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
        files.push(MediumFile {
            path: target.with_extension("txt"),
            bytes: text,
        });
        files.push(MediumFile {
            path: target,
            bytes: json,
        });
    }
    Ok(files)
}

/// Which file is refused, and why.
fn notice_of(envelope: &[u8]) -> Option<(Digest, String, String)> {
    let notice = RefusalNotice::read(&Envelope::read(envelope).ok()?.payload).ok()?;
    Some((notice.digest, notice.code, notice.message))
}
