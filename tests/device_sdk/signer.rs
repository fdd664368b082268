//! The signer, played with keys of its own.

use crate::bench::{TODAY, moment};
use keyspool::licence::id::Hex;
use keyspool::seal::trust::sign_succession;
use keyspool::seal::{SigningKey, Verified, open_request};
use keyspool::wire::request::Request;
use keyspool::wire::response::{
    Activation, Checkpoint, HistoryPoint, KeyStatus, Products, Succession, TrustList, TrustedKey,
};
use keyspool::wire::{Envelope, Kind};
use zeroize::Zeroizing;

pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(Zeroizing::new([seed; 32]))
}

pub(crate) fn root() -> SigningKey {
    key(1)
}

pub(crate) fn signer() -> SigningKey {
    key(2)
}

pub(crate) fn signed(activation: &Activation) -> Envelope {
    signer().sign(Kind::Activation, activation.to_payload())
}

pub(crate) fn entry(key: &SigningKey) -> TrustedKey {
    TrustedKey {
        key_id: key.key_id(),
        public_key: key.public().bytes(),
        products: Products::All,
        not_before: None,
        not_after: None,
        status: KeyStatus::Active,
    }
}

pub(crate) fn trust_list(version: u64) -> TrustList {
    let root = root().public().bytes();
    let keys = vec![entry(&signer())];
    TrustList {
        version,
        issued_at: moment(TODAY),
        root,
        succession: Vec::new(),
        first_root: root,
        keys,
    }
}

pub(crate) fn list_by(root: &SigningKey, list: &TrustList) -> Envelope {
    root.sign(Kind::TrustList, list.to_payload())
}

/// A list of this version with the signer's entry changed.
pub(crate) fn list_with(version: u64, change: impl FnOnce(&mut TrustedKey)) -> Envelope {
    let mut list = trust_list(version);
    change(&mut list.keys[0]);
    list_by(&root(), &list)
}

/// A list after a change of the root from key 1 to key 9.
pub(crate) fn second_root_list(version: u64) -> TrustList {
    let new = key(9).public().bytes();
    let step = Succession {
        root: new,
        signature: sign_succession(&root(), &new),
    };
    TrustList {
        root: new,
        succession: vec![step],
        ..trust_list(version)
    }
}

pub(crate) fn checkpoint(size: u64) -> Envelope {
    let point = HistoryPoint {
        origin: Hex([1; 8]),
        size,
        head: Hex([2; 32]),
    };
    signer().sign(
        Kind::Checkpoint,
        Checkpoint {
            point,
            issued_at: moment(TODAY),
        }
        .to_payload(),
    )
}

pub(crate) fn opened(envelope: &Envelope) -> Verified<Request> {
    open_request(&envelope.to_json()).unwrap()
}
