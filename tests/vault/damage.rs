//! A vault file that was changed, cut or put together.

use crate::fixture::Fixture;
use keyspool::vault::{Damage, Passphrase, Vault, VaultError, kdf};

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
