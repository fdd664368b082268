//! The open vault: keys that sign, keys that seal, the trust list.

use super::disk::{make_folder, read_bounded, write_new};
use super::document::{Content, Document, MAX_FILE_BYTES, VERSION};
use super::error::{Damage, VaultError};
use super::files::VAULT_FILE;
use super::kdf::Kdf;
use super::passphrase::Passphrase;
use super::record_keys::RecordKeys;
use super::slot::{Slot, SlotHome, SlotSummary};
use super::stored_key::{Role, StoredKey};
use super::subkey::{Key, Purpose, VaultId, derive, random};
use crate::licence::id::Hex;
use crate::licence::{KeyId, Moment};
use crate::seal::{Acceptance, SigningKey, TrustStore};
use crate::wire::response::{KeyStatus, Products, TrustList, TrustedKey};
use crate::wire::{Envelope, Kind};
use std::path::Path;
use std::sync::Arc;

/// An open vault. Its secrets are wiped on drop and cannot be printed, copied or serialised.
///
/// The root key stays wrapped: signing a trust list takes the passphrase again
/// ([`Vault::open_root`]).
pub struct Vault {
    document: Document,
    id: String,
    operator: String,
    /// In the order of the trust list.
    signing: Vec<SigningKey>,
    /// Place of the newest active key in `signing`.
    newest: usize,
    trust: TrustStore,
    trust_envelope: Envelope,
    records: Arc<RecordKeys>,
}

impl Vault {
    /// Makes a vault in a folder: master key, first slot, root key, one signing key and trust list
    /// version 1. Everything but the passphrase is random. The calibration takes about a second.
    /// The vault is read back and opened before this returns.
    ///
    /// # Errors
    /// [`VaultError::AlreadyExists`] where a vault is there; [`VaultError::OperatorName`];
    /// [`VaultError::Io`], [`VaultError::SyncFailed`], [`VaultError::NoRandomness`].
    pub fn create(
        folder: &Path,
        passphrase: &Passphrase,
        operator: &str,
        now: Moment,
    ) -> Result<Self, VaultError> {
        let path = folder.join(VAULT_FILE);
        if path.symlink_metadata().is_ok() {
            return Err(VaultError::AlreadyExists { path });
        }
        let kdf = Kdf::calibrated(*random::<32>()?);
        let derived = kdf.derive(passphrase);
        let document = new_document(kdf, &derived, operator, now)?;
        make_folder(folder)?;
        write_new(folder, VAULT_FILE, &document.to_bytes())?;
        let written = Document::read(&read_bounded(&path, MAX_FILE_BYTES)?)?;
        Self::open_with(written, &derived)
    }

    /// Opens the vault of a folder.
    ///
    /// # Errors
    /// [`VaultError::NotFound`]; [`VaultError::WrongPassphrase`]; [`VaultError::Damaged`] and the
    /// others with what is wrong with the file. Nothing of a vault that is not exactly as it was
    /// written is ever used.
    pub fn open(folder: &Path, passphrase: &Passphrase) -> Result<Self, VaultError> {
        let document = Document::read(&read_bounded(&folder.join(VAULT_FILE), MAX_FILE_BYTES)?)?;
        let derived = document.content().kdf.derive(passphrase);
        Self::open_with(document, &derived)
    }

    /// `derived` is what the vault's KDF made of the passphrase.
    fn open_with(document: Document, derived: &Key) -> Result<Self, VaultError> {
        let content = document.content();
        let (slot, master) = open_slot(content, derived)?;
        document.check_mac(&derive(&master, Purpose::File, content.id, &[]))?;
        let under = derive(&master, Purpose::Keys, content.id, &[]);
        let signing = content
            .keys
            .iter()
            .map(|key| key.open(Role::Signing, content.id, &under));
        let signing = signing.collect::<Result<Vec<_>, Damage>>()?;
        let trust_envelope =
            Envelope::read(content.trust_list.as_bytes()).map_err(|_| Damage::TrustList)?;
        let trust = verified_trust(content.root.public_key(), &trust_envelope)?;
        let newest = newest_active(&trust, &signing)?;
        Ok(Self {
            id: content.id.to_string(),
            operator: slot.operator().to_owned(),
            records: Arc::new(RecordKeys::new(&master, content.id)),
            signing,
            newest,
            trust,
            trust_envelope,
            document,
        })
    }

    /// Whether the file in the folder is the one that was opened: slots and keys may have changed
    /// since.
    ///
    /// # Errors
    /// [`VaultError::Io`], [`VaultError::NotFound`].
    pub fn is_current(&self, folder: &Path) -> Result<bool, VaultError> {
        Ok(read_bounded(&folder.join(VAULT_FILE), MAX_FILE_BYTES)? == self.document.to_bytes())
    }

    /// The vault's id: 32 lower-case hex digits.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The name of the slot that opened the vault: the operator of this run.
    #[must_use]
    pub fn operator(&self) -> &str {
        &self.operator
    }

    /// When the vault was made, by the signer's clock.
    #[must_use]
    pub fn created_at(&self) -> Moment {
        self.document.content().created_at
    }

    /// Iterations of the key derivation: what one guess of a passphrase costs.
    #[must_use]
    pub fn iterations(&self) -> u32 {
        self.document.content().kdf.iterations()
    }

    /// The key slots, in the order in which they were added.
    #[must_use]
    pub fn slots(&self) -> Vec<SlotSummary> {
        self.document
            .content()
            .slots
            .iter()
            .map(Slot::summary)
            .collect()
    }

    /// The raw public half of the root key that signs trust lists now; devices pin it.
    #[must_use]
    pub fn root_public_key(&self) -> [u8; 32] {
        self.document.content().root.public_key()
    }

    /// The newest signing key that is active: it signs what is issued.
    #[must_use]
    pub fn signing_key(&self) -> &SigningKey {
        // Invariant: `newest` was found among `signing`, which never changes.
        &self.signing[self.newest]
    }

    /// A signing key of this vault by its id, whatever its status.
    #[must_use]
    pub fn signing_key_by_id(&self, id: &KeyId) -> Option<&SigningKey> {
        self.signing.iter().find(|key| key.key_id() == *id)
    }

    /// The newest trust list, and the envelope that devices get.
    #[must_use]
    pub fn trust_list(&self) -> (&TrustList, &Envelope) {
        // Invariant: `verified_trust` gives only stores that hold a list.
        (
            self.trust
                .list()
                .expect("the trust list was verified when the vault opened"),
            &self.trust_envelope,
        )
    }

    /// The trust list as devices use it. It verifies witnesses, and the signer's own documents
    /// before they leave.
    #[must_use]
    pub fn trust_store(&self) -> &TrustStore {
        &self.trust
    }

    /// What seals the ledger's records and blinds its keys.
    #[must_use]
    pub fn records(&self) -> Arc<RecordKeys> {
        Arc::clone(&self.records)
    }

    /// The root key, for a new trust list. The passphrase is derived again: about a second.
    ///
    /// # Errors
    /// [`VaultError::WrongPassphrase`], or [`VaultError::Damaged`].
    pub fn open_root(&self, passphrase: &Passphrase) -> Result<SigningKey, VaultError> {
        let content = self.document.content();
        let (_, master) = open_slot(content, &content.kdf.derive(passphrase))?;
        let under = derive(&master, Purpose::Keys, content.id, &[]);
        Ok(content.root.open(Role::Root, content.id, &under)?)
    }
}

fn new_document(
    kdf: Kdf,
    derived: &Key,
    operator: &str,
    now: Moment,
) -> Result<Document, VaultError> {
    let id: VaultId = Hex(*random::<16>()?);
    let (master, root_seed, signing_seed) = (random::<32>()?, random::<32>()?, random::<32>()?);
    let under = derive(&master, Purpose::Keys, id, &[]);
    let slot = Slot::new(
        SlotHome {
            version: VERSION,
            vault: id,
            kdf: &kdf,
        },
        operator,
        now,
        derived,
        &master,
    )?;
    let content = Content {
        version: VERSION,
        id,
        created_at: now,
        slots: vec![slot],
        root: StoredKey::new(Role::Root, id, &under, &root_seed)?,
        keys: vec![StoredKey::new(Role::Signing, id, &under, &signing_seed)?],
        trust_list: first_trust_list(
            &SigningKey::from_seed(root_seed),
            &SigningKey::from_seed(signing_seed),
            now,
        )?,
        kdf,
    };
    Ok(Document::new(
        content,
        &derive(&master, Purpose::File, id, &[]),
    ))
}

/// Version 1: one root, one active key for all products, no dates. Signed by the root; as JSON
/// text.
fn first_trust_list(
    root: &SigningKey,
    signing: &SigningKey,
    now: Moment,
) -> Result<String, Damage> {
    let list = TrustList {
        version: 1,
        issued_at: now,
        root: root.public().bytes(),
        succession: Vec::new(),
        first_root: root.public().bytes(),
        keys: vec![TrustedKey {
            key_id: signing.key_id(),
            public_key: signing.public().bytes(),
            products: Products::All,
            not_before: None,
            not_after: None,
            status: KeyStatus::Active,
        }],
    };
    String::from_utf8(root.sign(Kind::TrustList, list.to_payload()).to_json())
        .map_err(|_| Damage::TrustList)
}

fn open_slot<'a>(content: &'a Content, derived: &Key) -> Result<(&'a Slot, Key), VaultError> {
    for slot in &content.slots {
        if let Some(master) = slot.open(content.home(), derived)? {
            return Ok((slot, master));
        }
    }
    Err(VaultError::WrongPassphrase)
}

/// The trust list, verified as a device does that has pinned the vault's root.
fn verified_trust(root: [u8; 32], envelope: &Envelope) -> Result<TrustStore, Damage> {
    match TrustStore::new(root).accept(envelope) {
        Ok(Acceptance::Newer(store)) => Ok(store),
        Ok(Acceptance::Unchanged) | Err(_) => Err(Damage::TrustList),
    }
}

/// Later entries of the append-only list are newer keys.
fn newest_active(trust: &TrustStore, signing: &[SigningKey]) -> Result<usize, Damage> {
    let entries = trust
        .list()
        .map(|list| list.keys.as_slice())
        .unwrap_or_default();
    let mut active = entries
        .iter()
        .rev()
        .filter(|entry| entry.status == KeyStatus::Active);
    active
        .find_map(|entry| signing.iter().position(|key| key.key_id() == entry.key_id))
        .ok_or(Damage::TrustList)
}
