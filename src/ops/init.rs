//! `init`: a vault, its ledger and its spool. Made aside and put in place at once: a crash leaves
//! no half vault.

use super::crash;
use super::error::OpsError;
use super::records::{TRUST_LISTS, put_json};
use super::session::Session;
use super::signer::Signer;
use crate::ledger::Ledger;
use crate::licence::{Moment, Origin};
use crate::policy::record::event::Event;
use crate::spool::Spool;
use crate::vault::{Passphrase, VAULT_FILE, Vault, VaultError};
use std::fs;
use std::path::{Path, PathBuf};

/// What a vault begins with.
pub struct First<'a> {
    /// The passphrase of its first slot.
    pub passphrase: &'a Passphrase,
    /// Whose slot it is.
    pub operator: &'a str,
    /// The signer's clock.
    pub clock: Moment,
    /// The origin of its history.
    pub origin: Origin,
}

/// Makes the vault in `folder` and the spool in `spool_root`, and gives the root public key that
/// devices pin.
///
/// # Errors
/// [`VaultError::AlreadyExists`] where a vault is there; a folder that holds other things; what the
/// disk says.
pub fn init(folder: &Path, spool_root: &Path, first: &First<'_>) -> Result<[u8; 32], OpsError> {
    check_free(folder)?;
    let aside = aside(folder);
    if aside.symlink_metadata().is_ok() {
        // What an interrupted `init` left was never a vault.
        fs::remove_dir_all(&aside).map_err(|source| OpsError::Io {
            path: aside.clone(),
            source,
        })?;
    }
    let root = make(&aside, first)?;
    crash::point("init-made");
    Spool::create(spool_root)?;
    crash::point("init-spool");
    put_in_place(&aside, folder)?;
    Ok(root)
}

fn make(folder: &Path, first: &First<'_>) -> Result<[u8; 32], OpsError> {
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent).map_err(|source| OpsError::Io {
            path: parent.to_owned(),
            source,
        })?;
    }
    let vault = Vault::create(folder, first.passphrase, first.operator, first.clock)?;
    crash::point("init-vault");
    let ledger = Ledger::create(folder, vault.id(), first.origin, vault.records())?;
    crash::point("init-ledger");
    let signer = Signer {
        vault: vault.into(),
        ledger,
        folder: folder.to_owned(),
    };
    let mut session = Session::begin_unchecked(&signer, first.clock)?;
    session.record(&Event::Began {
        origin: first.origin,
        vault: signer.vault.id().to_owned(),
    })?;
    let (list, envelope) = signer.vault.trust_list();
    let text = String::from_utf8_lossy(&envelope.to_json()).into_owned();
    put_json(&mut session.transaction, TRUST_LISTS, list.version, &text)?;
    session.brought_to_today()?.commit()?;
    Ok(signer.vault.root_public_key())
}

fn check_free(folder: &Path) -> Result<(), OpsError> {
    let path = folder.join(VAULT_FILE);
    if path.symlink_metadata().is_ok() {
        return Err(VaultError::AlreadyExists { path }.into());
    }
    let path = folder.to_owned();
    if folder.symlink_metadata().is_ok() && !folder.is_dir() {
        return Err(OpsError::NoFolder { path });
    }
    if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(OpsError::FolderNotEmpty { path });
    }
    Ok(())
}

/// The folder beside `folder` in which the vault is made.
fn aside(folder: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(folder.file_name().unwrap_or_default());
    name.push(".init");
    folder.with_file_name(name)
}

fn put_in_place(aside: &Path, folder: &Path) -> Result<(), OpsError> {
    let io = |source| OpsError::Io {
        path: folder.to_owned(),
        source,
    };
    fs::rename(aside, folder).map_err(io)?;
    let parent = folder
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    fs::File::open(parent)
        .and_then(|parent| parent.sync_all())
        .map_err(io)
}
