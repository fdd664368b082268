//! `inspect`.

use super::console::{CliError, Exit};
use super::desk::Desk;
use super::entropy;
use super::no_file::NoFile;
use super::passphrase;
use crate::ops::inspect::{Findings, Input, MAX_FILE_BYTES, inspect as explain, to_text};
use crate::ops::{OpsError, Signer};
use crate::scan::{Kind, Scanner};
use rustix::fs::{Mode, OFlags};
use std::fs::{File, FileType};
use std::io::Read;
use std::path::Path;

/// Explains a file, a code or a QR text. With a vault at hand and a passphrase file named, the
/// signer's own signatures are checked too; a passphrase is never asked for.
///
/// # Errors
/// [`CliError`].
pub(super) fn inspect(desk: &Desk<'_>, what: &str, without_vault: bool) -> Result<Exit, CliError> {
    let bytes = read(what)?;
    // Before the passphrase is read, as everywhere.
    let codes = bytes
        .as_deref()
        .filter(|bytes| Kind::of(bytes).is_some())
        .map(|picture| Scanner::start().scan(picture));
    let trust = if without_vault { None } else { trust(desk)? };
    let trust = trust.as_ref().map(|vault| vault.trust_store());
    let findings = match (&bytes, codes) {
        (Some(bytes), Some(Ok(codes))) => explain(
            &Input::Picture {
                name: what,
                bytes,
                codes: &codes,
            },
            trust,
        )?,
        (Some(bytes), unread) => {
            if let Some(Err(reason)) = unread {
                desk.console.say(&format!("warning: {reason}"));
            }
            explain(&Input::File { name: what, bytes }, trust)?
        }
        (None, _) => explain(&Input::Typed(what), trust)?,
    };
    show(desk, &findings)?;
    Ok(if findings.is_good() {
        Exit::Done
    } else {
        Exit::Bad
    })
}

fn trust(desk: &Desk<'_>) -> Result<Option<crate::vault::Vault>, CliError> {
    if !passphrase::is_at_hand(desk.global)
        || !desk.global.vault.join(crate::vault::VAULT_FILE).exists()
    {
        return Ok(None);
    }
    let secret = passphrase::get(desk.global)?;
    Ok(Some(Signer::unlock(
        &desk.global.vault,
        &secret,
        entropy::clock()?,
    )?))
}

/// The bytes of a file or of standard input; none for typed text.
fn read(what: &str) -> Result<Option<Vec<u8>>, CliError> {
    let limit = MAX_FILE_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    if what == "-" {
        let read = std::io::stdin().take(limit).read_to_end(&mut bytes);
        read.map_err(CliError::Input)?;
        return Ok(Some(bytes));
    }
    let path = Path::new(what);
    let failed = |source| OpsError::Io {
        path: path.to_owned(),
        source,
    };
    let found = match path.metadata() {
        Ok(found) => found,
        Err(_) if !what.contains('/') => return Ok(None),
        Err(source) => return Err(failed(source).into()),
    };
    check_file(path, found.file_type())?;
    let file = open(path).map_err(failed)?;
    // Another file may stand there by now.
    check_file(path, file.metadata().map_err(failed)?.file_type())?;
    file.take(limit).read_to_end(&mut bytes).map_err(failed)?;
    Ok(Some(bytes))
}

fn check_file(path: &Path, found: FileType) -> Result<(), CliError> {
    NoFile::of(found).map_or(Ok(()), |found| {
        Err(CliError::NotAFile {
            path: path.to_owned(),
            found,
        })
    })
}

/// Opens without waiting for whoever writes into a pipe.
fn open(path: &Path) -> std::io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    Ok(File::from(rustix::fs::open(path, flags, Mode::empty())?))
}

fn show(desk: &Desk<'_>, findings: &Findings) -> Result<(), CliError> {
    let lines: Vec<String> = to_text(findings).lines().map(str::to_owned).collect();
    desk.console.give(&serde_json::json!(findings), &lines)
}
