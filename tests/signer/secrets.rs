//! Secrets never show: what every command says at its most talkative, and every file that it
//! leaves.

use crate::bench::{Bench, PASSPHRASE, entries_of_zip};
use keyspool::licence::{ComputerId, LicenceKey};
use std::fs;

/// Spellings of a code that a person would recognize.
fn spellings(code: &str) -> [String; 4] {
    let plain = code.replace('-', "");
    [
        code.to_owned(),
        code.to_lowercase(),
        plain.to_lowercase(),
        plain,
    ]
}

fn assert_hides(place: &str, bytes: &[u8], secrets: &[String]) {
    for secret in secrets {
        let found = bytes
            .windows(secret.len())
            .any(|window| window == secret.as_bytes());
        assert!(!found, "{place} tells a secret");
    }
    if bytes.starts_with(b"PK") {
        for (name, content) in entries_of_zip(bytes) {
            assert_hides(&format!("{place}/{name}"), &content, secrets);
        }
    }
}

/// Keys as raw bytes: what is sealed shows no key in any form.
fn assert_sealed(place: &str, bytes: &[u8], keys: &[LicenceKey]) {
    for key in keys {
        assert!(
            !bytes.windows(15).any(|window| window == key.bytes()),
            "{place} holds a licence key in the clear"
        );
    }
}

/// A vault with a life behind it: keys used, unused and void, a device that left, refusals of every
/// kind.
fn life(bench: &Bench) -> (Vec<LicenceKey>, String) {
    let keys: Vec<LicenceKey> = (0..4).map(|_| bench.key("desk", "seat=1")).collect();
    let mut unit = bench.unit("talker", "desk");
    let request = unit.activate_with(&keys[0]);
    let batch = bench.answer("talker.json", &request.to_json());
    unit.install(&batch.bundle(&request));
    bench.drop_file(
        "second.json",
        &bench
            .unit("second", "desk")
            .activate_with(&keys[0])
            .to_json(),
    );
    bench.drop_file("bad.json", b"{}");
    bench.drop_file("leaving.json", &unit.deactivate().to_json());
    bench.process();
    // Keys typed as an operator types them: on the command line and over standard input.
    bench
        .run(&[
            "wallet",
            "redeem",
            "acme",
            &keys[1].reveal(),
            &keys[0].reveal(),
        ])
        .exits(3);
    bench
        .run(&[
            "wallet",
            "unredeem",
            &keys[1].reveal(),
            "--reason",
            "wrong wallet",
            "--yes",
        ])
        .exits(0);
    bench
        .run(&[
            "key",
            "void",
            &keys[2].reveal(),
            "--reason",
            "refunded",
            "--yes",
        ])
        .exits(0);
    (keys, unit.verification_code())
}

#[test]
fn no_command_repeats_a_licence_key() {
    let bench = Bench::new();
    let (keys, _) = life(&bench);
    let key = keys[3].reveal();
    let plain = key.replace('-', "").to_lowercase();
    // One check character serves all kinds: a key whose misread one makes it a Computer ID would
    // rightly be shown.
    let misread = |last: char| format!("{}{last}", &key[..28]);
    let is_neither =
        |typed: &String| LicenceKey::read(typed).is_err() && ComputerId::read(typed).is_err();
    let mistyped = "789"
        .chars()
        .map(misread)
        .find(is_neither)
        .expect("two of three characters fit neither kind");
    for typed in [key.as_str(), &plain, &mistyped] {
        for arguments in [
            &["wallet", "show", typed][..],
            &["wallet", "redeem", typed, typed],
            &["wallet", "redeem", "acme", typed, "--bogus"],
            &["wallet", "unredeem", typed, typed, "--reason", "x"],
            &["key", "void", typed, typed],
            &["key", "mint", typed, "--licences", "seat=1"],
            &["key", "mint", "desk", "--licences", typed],
            &[
                "key",
                "mint",
                "desk",
                "--licences",
                "seat=1",
                "--organization",
                typed,
            ],
            &["system", "show", typed],
            &["activation", "approve", typed],
            &["process", "--organization", typed],
            &["process", "--settle", typed],
            &["catalogue", "apply", typed],
            &["history", "verify", "--checkpoint", typed],
            &["--vault", typed, "system", "list"],
            &["--spool", typed, "process"],
            &["--passphrase-file", typed, "system", "list"],
            &[typed],
        ] {
            for more in [&[][..], &["--json"]] {
                let said = bench.run(&[arguments, more].concat());
                assert_ne!(said.code, Some(0), "{arguments:?}");
                let told = format!("{}{}", said.stdout, said.stderr)
                    .replace('-', "")
                    .to_lowercase();
                assert!(
                    !told.contains(&typed.replace('-', "").to_lowercase()),
                    "{said}"
                );
            }
        }
    }
}

#[test]
fn no_command_and_no_file_tells_a_secret() {
    let bench = Bench::new();
    let (keys, code) = life(&bench);
    let mut secrets: Vec<String> = keys
        .iter()
        .flat_map(|key| spellings(&key.reveal()))
        .collect();
    secrets.push(PASSPHRASE.to_owned());
    let revealed: Vec<String> = spellings(&code).into();

    let id = bench.first().computer_id();
    for arguments in [
        &["system", "list"][..],
        &["system", "list", "--waiting"],
        &["system", "show", &id],
        &["wallet", "show", "acme"],
        &["key", "list"],
        &["catalogue", "show"],
        &["history", "list"],
        &["history", "export"],
        &["history", "verify"],
        &["process", "--settle", "0"],
        &["init"],
        &["key", "void", "0000000000000000", "--reason", "x", "--yes"],
    ] {
        for more in [&[][..], &["--json"]] {
            let said = bench.run(&[arguments, more].concat());
            assert_hides(
                &format!("{arguments:?}"),
                said.to_string().as_bytes(),
                &secrets,
            );
            assert_hides(
                &format!("{arguments:?}"),
                said.to_string().as_bytes(),
                &revealed,
            );
        }
    }
    for folder in [
        "spool/outbox",
        "spool/rejected",
        "spool/archive",
        "spool/inbox",
        "spool/work",
        "vault",
    ] {
        for (path, bytes) in bench.files(folder) {
            assert_hides(&path.to_string_lossy(), &bytes, &secrets);
            assert_sealed(&path.to_string_lossy(), &bytes, &keys);
            // The archive holds the deactivation as it came, with its code.
            if folder != "spool/archive" {
                assert_hides(&path.to_string_lossy(), &bytes, &revealed);
            }
        }
    }
    assert!(
        fs::read(bench.path("passphrase"))
            .expect("read")
            .starts_with(PASSPHRASE.as_bytes())
    );
}

#[test]
fn a_minted_key_is_printed_once() {
    let bench = Bench::new();
    let said = bench
        .run(&[
            "key",
            "mint",
            "desk",
            "--licences",
            "seat=2,module=1",
            "--count",
            "3",
        ])
        .exits(0);
    let lines: Vec<&str> = said.stdout.lines().collect();
    assert_eq!(lines.len(), 3);
    for line in lines {
        LicenceKey::read(line).expect("a licence key a line");
        assert!(!said.stderr.contains(line));
    }
    let listed = bench.json(&["key", "list"])["keys"]
        .as_array()
        .expect("keys")
        .len();
    assert_eq!(listed, 1 + 3);
}

#[test]
fn vault_and_spool_are_closed_to_others() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::empty();
    bench.run(&["init"]).exits(0);
    bench.run(&["process"]).exits(0);
    for top in ["vault", "spool"] {
        for entry in walkdir::WalkDir::new(bench.path(top)).into_iter().flatten() {
            let mode = entry.metadata().expect("metadata").permissions().mode() & 0o777;
            let allowed = if entry.file_type().is_dir() {
                0o700
            } else {
                0o600
            };
            assert_eq!(mode, allowed, "{}", entry.path().display());
        }
    }
}
