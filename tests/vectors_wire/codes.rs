//! Codes, ids and Computer Keys.

use crate::fixture::{bytes_of, identifier, list, text, vectors};
use data_encoding::HEXLOWER;
use ed25519_dalek::{Signature, VerifyingKey};
use keyspool::licence::code::LineError;
use keyspool::licence::{ComputerId, LineKind, code};
use keyspool::wire::computer_key::ComputerKey;
use keyspool::wire::hash;

#[test]
fn lines_are_those_of_the_vectors() {
    for vector in list(&vectors("vectors/codes.json")["lines"]) {
        let bytes = HEXLOWER
            .decode(text(&vector["bytes"]).as_bytes())
            .expect("hex")
            .try_into()
            .expect("15 bytes");
        let number =
            u8::try_from(vector["kind"].as_u64().expect("a number")).expect("a small number");
        let kind = LineKind::from_number(number).expect("a kind");
        assert_eq!(code::write_line(&bytes, kind), text(&vector["line"]));
        assert_eq!(code::read_line(text(&vector["line"]), kind), Ok(bytes));
    }
}

#[test]
fn wrong_codes_say_what_failed() {
    for vector in list(&vectors("vectors/codes.json")["refused_as_computer_id"]) {
        let error = ComputerId::read(text(&vector["text"])).expect_err("a wrong code");
        let (word, fits) = match error {
            LineError::Length { .. } => ("length", None),
            LineError::Alphabet { .. } => ("alphabet", None),
            LineError::Check { fits, .. } => ("check", fits.map(|kind| u64::from(kind.number()))),
        };
        assert_eq!(word, text(&vector["error"]), "{vector}");
        if let Some(kind) = vector["fits_kind"].as_u64() {
            assert_eq!(fits, Some(kind), "{vector}");
        }
    }
}

#[test]
fn codes_are_read_as_people_type_them() {
    for vector in list(&vectors("vectors/codes.json")["read_as_computer_id"]) {
        assert_eq!(
            ComputerId::read(text(&vector["text"])).map(|id| id.to_string()),
            Ok(text(&vector["line"]).into())
        );
    }
}

#[test]
fn ids_follow_from_device_keys() {
    for generation in list(&vectors("vectors/devices.json"))
        .iter()
        .flat_map(|device| list(&device["generations"]))
    {
        let device_key = bytes_of::<32>(&generation["device_key"]);
        assert_eq!(
            hash::computer_id(&device_key).to_string(),
            text(&generation["computer_id"])
        );
        assert_eq!(
            hash::key_id(&device_key).to_string(),
            text(&generation["key_id"])
        );
    }
}

#[test]
fn computer_keys_are_those_of_the_vectors() {
    let vector = vectors("vectors/computer-key.json");
    let lines: Vec<&str> = list(&vector["lines"]).iter().map(text).collect();
    let (key, signature) = ComputerKey::read_lines(&lines).expect("a Computer Key");
    assert_eq!(key.to_lines(&signature).expect("values that fit"), lines);
    assert_eq!(key.plan.as_str(), text(&vector["means"]["plan"]));
    assert_eq!(
        key.validity.valid_from.to_string(),
        text(&vector["means"]["valid_from"])
    );
    assert_eq!(
        key.validity
            .valid_until
            .map(|day| day.to_string())
            .as_deref(),
        vector["means"]["valid_until"].as_str()
    );
    assert_eq!(
        key.validity
            .grace_until
            .map(|day| day.to_string())
            .as_deref(),
        vector["means"]["grace_until"].as_str()
    );
    assert_eq!(u64::from(key.sequence), vector["means"]["sequence"]);
    assert_eq!(key.licences, [(0, 16), (1, 4)]);
    let computer_id =
        ComputerId::from_canonical(text(&vector["computer_id"])).expect("a Computer ID");
    let signed = key.signed_bytes(
        &identifier(&vector["organization"]),
        &identifier(&vector["product"]),
        &computer_id,
    );
    let public_key =
        VerifyingKey::from_bytes(&bytes_of(&vector["public_key"])).expect("a public key");
    let verified = public_key.verify_strict(
        &signed.expect("values that fit"),
        &Signature::from_bytes(&signature),
    );
    assert!(verified.is_ok(), "{verified:?}");
}
