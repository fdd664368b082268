//! The vault as its callers, and those who would change its file, see it.

use keyspool::licence::Moment;
use keyspool::seal::record::{RecordBroken, RecordSealer};
use keyspool::vault::{Damage, Passphrase, VAULT_FILE, Vault, VaultError, kdf};
use keyspool::wire::Kind;
use keyspool::wire::response::{KeyStatus, Products};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use tempfile::TempDir;

const PASSPHRASE: &str = "correct horse battery staple";

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text.to_owned()).expect("a passphrase of the test")
}

fn moment() -> Moment {
    Moment::read("2026-11-22T05:06:07Z").expect("a time of the test")
}

/// A vault on the disk, and the bytes of its file.
struct Fixture {
    folder: TempDir,
    vault: Vault,
    bytes: Vec<u8>,
}

impl Fixture {
    fn new() -> Self {
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

    fn place(&self) -> PathBuf {
        self.folder.path().join("vault")
    }

    fn open(&self) -> Result<Vault, VaultError> {
        Vault::open(&self.place(), &passphrase(PASSPHRASE))
    }

    /// Opens the vault with these bytes in place of its file.
    fn open_as(&self, bytes: &[u8]) -> Result<Vault, VaultError> {
        fs::write(self.place().join(VAULT_FILE), bytes).expect("the file can be changed");
        self.open()
    }

    fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).expect("the file is text")
    }
}

/// Puts the checksum right after a change, as anybody can: it needs no key.
fn with_checksum(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = str::from_utf8(bytes).ok()?;
    let (content, rest) = text
        .strip_prefix("{\"vault\":")?
        .rsplit_once(",\"mac\":\"")?;
    let (mac, _) = rest.split_once("\",\"checksum\":\"")?;
    let mac = keyspool::licence::Digest::read(mac).ok()?;
    let checksum = keyspool::wire::sha256(&[content.as_bytes(), &mac.0]);
    Some(
        format!("{{\"vault\":{content},\"mac\":\"{mac}\",\"checksum\":\"{checksum}\"}}\n")
            .into_bytes(),
    )
}

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
    assert!(
        matches!(again.err(), Some(VaultError::AlreadyExists { path }) if path.ends_with("vault/vault.json"))
    );
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

#[cfg(feature = "test-build")]
#[test]
fn every_flipped_bit_of_the_file_is_noticed() {
    let made = Fixture::new();
    for bit in 0..8 * made.bytes.len() {
        let mut changed = made.bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let error = made.open_as(&changed).err();
        let clear = matches!(
            error,
            Some(
                VaultError::Damaged(Damage::Shape { .. } | Damage::Checksum | Damage::Spelling)
                    | VaultError::Version { .. }
                    | VaultError::TooFewIterations { .. }
                    | VaultError::TooManyIterations { .. }
            )
        );
        assert!(clear, "bit {bit}: {error:?}");
    }
    assert!(made.open_as(&made.bytes).is_ok());
}

/// The same by someone who puts the checksum right: only keys are in the way.
#[cfg(feature = "test-build")]
#[test]
fn no_flipped_bit_gets_past_the_keys() {
    let made = Fixture::new();
    let (mut tried, mut by_mac) = (0, 0);
    for bit in 0..8 * made.bytes.len() {
        let mut changed = made.bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let Some(changed) = with_checksum(&changed).filter(|changed| *changed != made.bytes) else {
            continue;
        };
        let error = made.open_as(&changed).err();
        tried += 1;
        by_mac += usize::from(matches!(error, Some(VaultError::Damaged(Damage::Mac))));
        assert!(error.is_some(), "bit {bit} was not noticed");
        assert!(
            !matches!(error, Some(VaultError::Damaged(Damage::Checksum))),
            "bit {bit}: the checksum was put right"
        );
    }
    assert!(
        tried > 10_000 && by_mac > 5_000,
        "{tried} tried, {by_mac} stopped by the authentication code"
    );
}

#[test]
fn every_cut_file_is_noticed() {
    let made = Fixture::new();
    for length in 0..made.bytes.len() {
        let error = made.open_as(&made.bytes[..length]).err();
        assert!(
            matches!(
                error,
                Some(VaultError::Damaged(Damage::Shape { .. } | Damage::Spelling))
            ),
            "{length}: {error:?}"
        );
    }
}

#[test]
fn another_spelling_is_refused() {
    let made = Fixture::new();
    let text = made.text();
    for other in [
        text.replacen(':', ": ", 1),
        text.trim_end().to_owned(),
        format!("{text}\n"),
        text.replacen("\"version\":1,", "", 1)
            .replacen("\"vault\":{", "\"vault\":{\"version\":1,", 1)
            .replacen("Ada", "\\u0041da", 1),
    ] {
        assert!(
            matches!(
                made.open_as(other.as_bytes()).err(),
                Some(VaultError::Damaged(Damage::Spelling))
            ),
            "{other}"
        );
    }
    for other in [
        text.replacen("\"version\":1,", "\"version\":1,\"version\":1,", 1),
        text.replacen("\"version\":1,", "\"version\":1,\"more\":1,", 1),
        text.replacen("\"version\":1,", "", 1),
        format!("\u{feff}{text}"),
    ] {
        assert!(
            matches!(
                made.open_as(other.as_bytes()).err(),
                Some(VaultError::Damaged(Damage::Shape { .. }))
            ),
            "{other}"
        );
    }
}

#[test]
fn a_weak_derivation_is_refused_at_once() {
    let made = Fixture::new();
    let iterations = format!("\"iterations\":{},", made.vault.iterations());
    let with = |found: u32| {
        made.open_as(
            made.text()
                .replacen(&iterations, &format!("\"iterations\":{found},"), 1)
                .as_bytes(),
        )
    };
    let floor = kdf::MIN_ITERATIONS;
    let weak = with(floor - 1).err();
    assert!(matches!(
        weak,
        Some(VaultError::TooFewIterations { found, floor: f })
            if found == floor - 1 && f == floor
    ));
    let endless = with(100_000_001).err();
    assert!(matches!(
        endless,
        Some(VaultError::TooManyIterations {
            found: 100_000_001,
            ceiling: 100_000_000
        })
    ));
}

#[test]
fn another_version_is_not_damage() {
    let made = Fixture::new();
    let newer = made
        .text()
        .replacen("\"version\":1,", "\"version\":2,\"more\":true,", 1);
    assert!(matches!(
        made.open_as(newer.as_bytes()).err(),
        Some(VaultError::Version { found: 2, known: 1 })
    ));
}

#[test]
fn an_oversized_file_is_not_read() {
    let made = Fixture::new();
    let long = " ".repeat(1024 * 1024 + 1);
    assert!(matches!(
        made.open_as(long.as_bytes()).err(),
        Some(VaultError::TooLarge {
            allowed: 1_048_576,
            ..
        })
    ));
}

/// A slot, a key or a trust list of another vault, put into this one by someone who knows that
/// other vault's passphrase.
#[test]
fn parts_of_another_vault_do_not_fit() {
    let (made, other) = (Fixture::new(), Fixture::new());
    for (begin, end) in [
        ("\"slots\":", ",\"root\":"),
        ("\"root\":", ",\"keys\":"),
        ("\"keys\":", ",\"trust_list\":"),
        ("\"trust_list\":", "},\"mac\":"),
    ] {
        let part = |text: &str| {
            let (_, rest) = text.split_once(begin).expect("the part begins");
            rest.split_once(end).expect("the part ends").0.to_owned()
        };
        let swapped = made
            .text()
            .replacen(&part(&made.text()), &part(&other.text()), 1);
        let swapped = with_checksum(swapped.as_bytes()).expect("the file's shape");
        let error = made.open_as(&swapped).err();
        let expected = if begin == "\"slots\":" {
            matches!(error, Some(VaultError::WrongPassphrase))
        } else {
            matches!(error, Some(VaultError::Damaged(Damage::Mac)))
        };
        assert!(expected, "{begin} {error:?}");
    }
}

#[test]
fn an_added_slot_opens_nothing() {
    let (made, other) = (Fixture::new(), Fixture::new());
    let slot = |text: &str| {
        text.split_once("\"slots\":[")
            .and_then(|(_, rest)| rest.split_once("],\"root\""))
            .map(|(slot, _)| slot.to_owned())
    };
    let (own, foreign) = (
        slot(&made.text()).expect("a slot"),
        slot(&other.text()).expect("a slot"),
    );
    let added = made.text().replacen(&own, &format!("{own},{foreign}"), 1);
    let added = with_checksum(added.as_bytes()).expect("the file's shape");
    assert!(matches!(
        made.open_as(&added).err(),
        Some(VaultError::Damaged(Damage::Mac))
    ));
    let none = made.text().replacen(&own, "", 1);
    assert!(matches!(
        made.open_as(none.as_bytes()).err(),
        Some(VaultError::Damaged(Damage::Count {
            found: 0,
            allowed: 64,
            ..
        }))
    ));
}

/// Compiles only while none of these types has any of these traits: were there one, `_` would stand
/// for two.
#[test]
fn secrets_cannot_be_printed() {
    trait Without<Trait> {
        fn holds() {}
    }
    struct Printable;
    struct Shown;
    struct Copied;
    struct Serialised;
    impl<T: ?Sized> Without<()> for T {}
    impl<T: ?Sized + std::fmt::Debug> Without<Printable> for T {}
    impl<T: ?Sized + std::fmt::Display> Without<Shown> for T {}
    impl<T: Clone> Without<Copied> for T {}
    impl<T: ?Sized + serde::Serialize> Without<Serialised> for T {}
    <Vault as Without<_>>::holds();
    <Passphrase as Without<_>>::holds();
    <keyspool::vault::RecordKeys as Without<_>>::holds();
    <keyspool::seal::SigningKey as Without<_>>::holds();
}
