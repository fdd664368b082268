//! What a vault holds, who opens it, where it lies.

use crate::fixture::{Fixture, PASSPHRASE, moment, passphrase};
use keyspool::seal::record::{RecordBroken, RecordSealer};
use keyspool::vault::{Vault, VaultError};
use keyspool::wire::Kind;
use keyspool::wire::response::{KeyStatus, Products};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

#[test]
fn a_vault_opens_again_with_the_same_keys() {
    let made = Fixture::new();
    let opened = made.open().expect("the vault opens");
    assert_eq!(opened.id(), made.vault.id());
    assert_eq!(opened.operator(), "Ada");
    assert_eq!(opened.created_at(), moment());
    assert_eq!(opened.root_public_key(), made.vault.root_public_key());
    assert_eq!(
        opened.signing_key().key_id(),
        made.vault.signing_key().key_id()
    );
    let sealed = made.vault.records().seal(3, "systems", b"row", b"value");
    assert_eq!(
        opened
            .records()
            .open(3, "systems", b"row", &sealed)
            .map(|plain| plain.to_vec()),
        Ok(b"value".to_vec())
    );
    assert_eq!(
        opened.records().blind("systems", b"acme"),
        made.vault.records().blind("systems", b"acme")
    );
    assert_eq!(opened.slots(), made.vault.slots());
}

#[test]
fn two_vaults_of_one_passphrase_share_nothing() {
    let (one, other) = (Fixture::new(), Fixture::new());
    assert_ne!(one.vault.id(), other.vault.id());
    assert_ne!(one.vault.root_public_key(), other.vault.root_public_key());
    assert_ne!(
        one.vault.signing_key().key_id(),
        other.vault.signing_key().key_id()
    );
    assert_ne!(
        one.vault.records().blind("t", b"k"),
        other.vault.records().blind("t", b"k")
    );
    let sealed = one.vault.records().seal(1, "t", b"k", b"v");
    assert_eq!(
        other.vault.records().open(1, "t", b"k", &sealed),
        Err(RecordBroken)
    );
}

#[test]
fn the_first_trust_list_names_one_key() {
    let made = Fixture::new();
    let (list, envelope) = made.vault.trust_list();
    assert_eq!((list.version, list.issued_at), (1, moment()));
    assert_eq!(
        (list.root, list.first_root),
        (made.vault.root_public_key(), made.vault.root_public_key())
    );
    assert!(list.succession.is_empty() && list.keys.len() == 1);
    let key = &list.keys[0];
    assert_eq!(key.public_key, made.vault.signing_key().public().bytes());
    assert_eq!(
        (&key.products, key.not_before, key.not_after, key.status),
        (&Products::All, None, None, KeyStatus::Active)
    );
    assert_eq!(envelope.kind().ok(), Some(Kind::TrustList));
    let root = made
        .vault
        .open_root(&passphrase(PASSPHRASE))
        .expect("the root key opens");
    assert_eq!(root.public().bytes(), made.vault.root_public_key());
    assert_eq!(root.sign(Kind::TrustList, list.to_payload()), *envelope);
    assert_eq!(
        made.vault.trust_store().list().map(|list| list.version),
        Some(1)
    );
}

#[test]
fn signing_keys_are_found_by_their_id() {
    let made = Fixture::new();
    let id = made.vault.signing_key().key_id();
    assert_eq!(
        made.vault
            .signing_key_by_id(&id)
            .map(keyspool::seal::SigningKey::key_id),
        Some(id)
    );
    let root = made
        .vault
        .open_root(&passphrase(PASSPHRASE))
        .expect("the root key opens")
        .key_id();
    assert!(
        made.vault.signing_key_by_id(&root).is_none(),
        "the root key signs trust lists only"
    );
}

#[test]
fn a_wrong_passphrase_opens_nothing() {
    let made = Fixture::new();
    for wrong in [
        "Correct horse battery staple",
        "correct horse battery staple ",
        "x",
    ] {
        assert!(
            matches!(
                Vault::open(&made.place(), &passphrase(wrong)).err(),
                Some(VaultError::WrongPassphrase)
            ),
            "{wrong}"
        );
        assert!(
            matches!(
                made.vault.open_root(&passphrase(wrong)).err(),
                Some(VaultError::WrongPassphrase)
            ),
            "{wrong}"
        );
    }
}

#[test]
fn a_vault_is_never_overwritten() {
    let made = Fixture::new();
    let again = Vault::create(&made.place(), &passphrase("other"), "Eve", moment());
    let is_refused = match again {
        Err(VaultError::AlreadyExists { path }) => path.ends_with("vault/vault.json"),
        _ => false,
    };
    assert!(is_refused);
    assert_eq!(
        fs::read(made.place().join("vault.json")).ok(),
        Some(made.bytes.clone())
    );
}

#[test]
fn a_vault_is_its_owners_alone() {
    let made = Fixture::new();
    let mode = |path: PathBuf| {
        fs::metadata(path)
            .map(|data| data.permissions().mode() & 0o777)
            .ok()
    };
    assert_eq!(mode(made.place()), Some(0o700));
    assert_eq!(mode(made.place().join("vault.json")), Some(0o600));
    assert_eq!(
        fs::read_dir(made.place()).map(Iterator::count).ok(),
        Some(1)
    );
}

#[test]
fn where_there_is_no_vault_none_is_opened() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let found = Vault::open(folder.path(), &passphrase(PASSPHRASE)).err();
    assert!(matches!(found, Some(VaultError::NotFound { path }) if path.ends_with("vault.json")));
}

#[test]
fn a_refused_name_leaves_no_vault() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let made = Vault::create(
        &folder.path().join("vault"),
        &passphrase(PASSPHRASE),
        "a\nb",
        moment(),
    );
    assert!(matches!(made.err(), Some(VaultError::OperatorName(_))));
    assert!(!folder.path().join("vault").exists());
}
