//! What stands in the store, and what a failing store does.

use crate::bench::{
    Bench, Flash, FlashBroken, TODAY, Watch, id, licence_types, moment, secret, setup,
};
use crate::signer::{checkpoint, key, list_by, opened, root, second_root_list, signed, trust_list};
use keyspool::device::{Device, DeviceError, Setup, StateError, Witness};
use keyspool::licence::identifier::TextError;
use keyspool::wire::request::Reason;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

#[test]
fn a_failing_store_changes_nothing() {
    type Act = fn(&mut Bench) -> Option<DeviceError<FlashBroken>>;
    let acts: [(&str, Act); 6] = [
        ("describe", |bench| bench.describe().err()),
        ("confirm", |bench| {
            bench.device.confirm(Witness::Quote).err()
        }),
        ("deactivate", |bench| {
            bench.device.deactivate(Reason::Moved, Witness::Quote).err()
        }),
        ("install", |bench| bench.install(&bench.bundle(2)).err()),
        ("install a list beside a refused activation", |bench| {
            bench
                .install(&[
                    list_by(&root(), &trust_list(2)),
                    signed(&bench.activation(1)),
                ])
                .err()
        }),
        ("install a Computer Key", |bench| {
            let typed = bench.typed(2);
            bench
                .device
                .install_computer_key(&typed, &licence_types())
                .err()
        }),
    ];
    for (name, act) in acts {
        let mut bench = Bench::installed();
        let (status, blob) = (bench.status(), bench.blob());
        bench.flash.broken.set(true);
        assert_eq!(
            act(&mut bench),
            Some(DeviceError::Store(FlashBroken)),
            "{name}"
        );
        assert_eq!((bench.status(), bench.blob()), (status, blob), "{name}");
        assert_eq!(bench.device.checkpoint(), Some(&checkpoint(1)), "{name}");
        bench.flash.broken.set(false);
        assert_eq!(opened(&bench.describe().unwrap()).counter, 1, "{name}");
    }
}

#[test]
fn an_unstored_device_is_not_made() {
    let flash = Flash::default();
    flash.broken.set(true);
    let made = Device::create(
        flash.clone(),
        Watch(Rc::new(Cell::new(moment(TODAY)))),
        secret(7),
        setup(),
    );
    assert_eq!(made.err(), Some(DeviceError::Store(FlashBroken)));
    assert_eq!(*flash.blob.borrow(), None);
}

#[test]
fn a_secret_is_never_overwritten() {
    let bench = Bench::new();
    let again = Device::create(bench.flash.clone(), bench.watch.clone(), secret(8), setup());
    assert_eq!(again.err(), Some(DeviceError::Exists));
}

#[test]
fn an_unusable_name_is_refused_at_once() {
    let named = |computer_name: &str| {
        let setup = Setup {
            computer_name: computer_name.into(),
            ..setup()
        };
        Device::create(
            Flash::default(),
            Watch(Rc::new(Cell::new(moment(TODAY)))),
            secret(7),
            setup,
        )
        .err()
    };
    assert_eq!(
        named(""),
        Some(DeviceError::Name(TextError::Length {
            found: 0,
            allowed: 128
        }))
    );
    assert_eq!(
        named("a\u{202e}"),
        Some(DeviceError::Name(TextError::Control(0x202e)))
    );
}

#[test]
fn an_empty_store_holds_no_device() {
    let opened = Device::open(Flash::default(), Watch(Rc::new(Cell::new(moment(TODAY)))));
    assert_eq!(opened.err(), Some(DeviceError::NoState));
}

#[test]
fn everything_survives_a_restart() {
    let mut bench = Bench::installed();
    bench
        .device
        .deactivate(Reason::Moved, Witness::Quote)
        .unwrap();
    bench
        .install(&[
            signed(&bench.activation(4)),
            list_by(&key(9), &second_root_list(2)),
            checkpoint(4),
        ])
        .unwrap();
    let (status, trust) = (bench.status(), bench.device.trust().clone());
    bench.restart();
    assert_eq!(bench.status(), status);
    assert_eq!(*bench.device.trust(), trust);
    assert_eq!(bench.device.checkpoint(), Some(&checkpoint(4)));
    assert_eq!(
        (bench.device.organization(), bench.device.product()),
        (&id("acme"), &id("vms"))
    );
    assert_eq!(bench.device.computer_name(), "nvr-lobby-01 東");
}

#[test]
fn damage_to_the_state_is_noticed() {
    let bench = Bench::new();
    let blob = bench.blob();
    let open = |bytes: Vec<u8>| {
        let flash = Flash {
            blob: Rc::new(RefCell::new(Some(bytes))),
            ..Flash::default()
        };
        Device::open(flash, bench.watch.clone()).err()
    };
    for at in 0..blob.len() {
        let mut damaged = blob.clone();
        damaged[at] ^= 1;
        let noticed = open(damaged);
        assert!(
            matches!(
                noticed,
                Some(DeviceError::State(StateError::Damaged | StateError::Form))
            ),
            "byte {at}: {noticed:?}"
        );
        let noticed = open(blob[..at].to_vec());
        assert!(
            matches!(
                noticed,
                Some(DeviceError::State(StateError::Damaged | StateError::Form))
            ),
            "cut at {at}"
        );
    }
    assert_eq!(open(blob), None);
}

#[test]
fn another_version_is_told_from_damage() {
    let bench = Bench::new();
    let open = |from: &str, to: &str| {
        let text = String::from_utf8(bench.blob()).unwrap();
        let changed = text[text.find(",").unwrap() + 1..].replacen(from, to, 1);
        let check = keyspool::wire::sha256(&[b"{", changed.as_bytes()]);
        let bytes = format!("{{\"check\":\"{check}\",{changed}").into_bytes();
        let flash = Flash {
            blob: Rc::new(RefCell::new(Some(bytes))),
            ..Flash::default()
        };
        Device::open(flash, bench.watch.clone()).err()
    };
    assert_eq!(open("\"version\":1", "\"version\":1"), None);
    let version = StateError::Version { found: 2 };
    assert_eq!(
        open("\"version\":1", "\"version\":2"),
        Some(DeviceError::State(version))
    );
    for (from, to) in [
        ("\"counter\":0", "\"counter\":0,\"more\":1"),
        ("\"counter\":0", "\"counter\":0,\"counter\":0"),
        ("\"counter\":0,", ""),
        ("\"counter\":0", "\"counter\":-1"),
        ("\"acme\"", "\"Acme\""),
    ] {
        assert_eq!(
            open(from, to),
            Some(DeviceError::State(StateError::Member)),
            "{to}"
        );
    }
    let short = StateError::Key("the secret");
    assert_eq!(
        open("\"secret\":\"BwcH", "\"secret\":\""),
        Some(DeviceError::State(short))
    );
}
