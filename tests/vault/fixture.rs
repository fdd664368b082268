//! A vault on the disk.

use keyspool::licence::Moment;
use keyspool::vault::{Passphrase, VAULT_FILE, Vault, VaultError};
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

pub(crate) const PASSPHRASE: &str = "correct horse battery staple";

pub(crate) fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text.to_owned()).expect("a passphrase of the test")
}

pub(crate) fn moment() -> Moment {
    Moment::read("2026-11-22T05:06:07Z").expect("a time of the test")
}

/// A vault on the disk, and the bytes of its file.
pub(crate) struct Fixture {
    pub(crate) folder: TempDir,
    pub(crate) vault: Vault,
    pub(crate) bytes: Vec<u8>,
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let place = folder.path().join("vault");
        let vault =
            Vault::create(&place, &passphrase(PASSPHRASE), "Ada", moment()).expect("a vault");
        let bytes = fs::read(place.join(VAULT_FILE)).expect("its file");
        Self {
            folder,
            vault,
            bytes,
        }
    }

    pub(crate) fn place(&self) -> PathBuf {
        self.folder.path().join("vault")
    }

    pub(crate) fn open(&self) -> Result<Vault, VaultError> {
        Vault::open(&self.place(), &passphrase(PASSPHRASE))
    }

    /// Opens the vault with these bytes in place of its file.
    pub(crate) fn open_as(&self, bytes: &[u8]) -> Result<Vault, VaultError> {
        fs::write(self.place().join(VAULT_FILE), bytes).expect("the file can be changed");
        self.open()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).expect("the file is text")
    }
}
