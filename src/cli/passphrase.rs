//! Where the passphrase comes from: a file, a systemd credential, or the terminal; never an
//! argument or the environment.

use super::arguments::Global;
use super::console::CliError;
use crate::ops::OpsError;
use crate::vault::{Passphrase, VaultError};
use std::fs::File;
use std::io::{ErrorKind, IsTerminal, Read};
use std::path::{Path, PathBuf};

/// Name of the systemd credential.
const CREDENTIAL: &str = "keyspool-passphrase";
/// Most bytes that are read of a passphrase file: the longest passphrase and a line end.
const MAX_FILE_BYTES: u64 = 4096;

/// The passphrase of an existing vault.
///
/// # Errors
/// [`CliError`]: no file, no terminal, an empty passphrase.
pub(super) fn get(global: &Global) -> Result<Passphrase, CliError> {
    match file_of(global) {
        Some(path) => from_file(&path),
        None => ask("passphrase: "),
    }
}

/// The passphrase of a new vault; at the terminal it is typed twice.
///
/// # Errors
/// As [`get`]; two that differ.
pub(super) fn get_new(global: &Global) -> Result<Passphrase, CliError> {
    if let Some(path) = file_of(global) {
        return from_file(&path);
    }
    let first = ask_text("new passphrase: ")?;
    let second = ask_text("the same again: ")?;
    if *first != *second {
        return Err(CliError::usage(
            "the two passphrases differ",
            "run it again and type the same twice",
        ));
    }
    passphrase(first)
}

/// Whether the passphrase need not be asked for.
pub(super) fn is_at_hand(global: &Global) -> bool {
    file_of(global).is_some()
}

fn file_of(global: &Global) -> Option<PathBuf> {
    let credential = || {
        let path = PathBuf::from(std::env::var_os("CREDENTIALS_DIRECTORY")?).join(CREDENTIAL);
        path.exists().then_some(path)
    };
    global.passphrase_file.clone().or_else(credential)
}

fn from_file(path: &Path) -> Result<Passphrase, CliError> {
    let io = |source| OpsError::Io {
        path: path.to_owned(),
        source,
    };
    let mut bytes = Vec::with_capacity(usize::try_from(MAX_FILE_BYTES).unwrap_or(0));
    File::open(path)
        .map_err(io)?
        .take(MAX_FILE_BYTES)
        .read_to_end(&mut bytes)
        .map_err(io)?;
    Passphrase::from_first_line(bytes).map_err(|error| OpsError::from(error).into())
}

fn ask(prompt: &str) -> Result<Passphrase, CliError> {
    passphrase(ask_text(prompt)?)
}

fn passphrase(mut text: zeroize::Zeroizing<String>) -> Result<Passphrase, CliError> {
    Passphrase::new(std::mem::take(&mut *text)).map_err(|error| OpsError::from(error).into())
}

fn ask_text(prompt: &str) -> Result<zeroize::Zeroizing<String>, CliError> {
    if !std::io::stdin().is_terminal() {
        let what = "there is no terminal to ask for the passphrase".to_owned();
        let hint = "name a file with --passphrase-file, or pass the systemd credential \
            keyspool-passphrase"
            .to_owned();
        return Err(CliError::NobodyToAsk { what, hint });
    }
    match rpassword::prompt_password(prompt) {
        // Ctrl-D: nothing was typed.
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(zeroize::Zeroizing::default()),
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            Err(OpsError::from(VaultError::PassphraseNotText).into())
        }
        typed => typed.map(zeroize::Zeroizing::new).map_err(CliError::Input),
    }
}
