//! The device SDK against a signer that is played with keys of its own: what a device accepts, what
//! it stores first, and what it gives out.
#![allow(clippy::unwrap_used)]

use keyspool::device::{
    Clock, Components, Description, Device, DeviceError, MAX_KEPT_DEACTIVATIONS, Notice, Outcome,
    Refusal, Setup, StateError, Status, Store, Witness, documents_of_text,
};
use keyspool::licence::identifier::TextError;
use keyspool::licence::{
    Counts, Day, DayStatus, Identifier, LicenceKey, LineKind, Moment, Plan, Ulid, Validity, code,
    id::Hex,
};
use keyspool::seal::computer_key::{self, ComputerKeyRefused, Owner};
use keyspool::seal::generation::from_verification_code;
use keyspool::seal::redeem::verify_proof;
use keyspool::seal::trust::sign_succession;
use keyspool::seal::{DeviceSecret, SigningKey, TrustError, Verified, VerifyError, open_request};
use keyspool::wire::computer_key::ComputerKey;
use keyspool::wire::request::{InstalledActivation, Reason, Request, RequestBody, Wanted};
use keyspool::wire::response::{
    Activation, Checkpoint, HistoryPoint, KeyStatus, Products, Succession, TrustList, TrustedKey,
};
use keyspool::wire::{Envelope, Kind, qr};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use zeroize::Zeroizing;

const TODAY: &str = "2026-11-22T06:00:00Z";

// ---- a device in memory

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FlashBroken;

impl std::fmt::Display for FlashBroken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the flash is broken")
    }
}

#[derive(Clone, Default)]
struct Flash {
    blob: Rc<RefCell<Option<Vec<u8>>>>,
    broken: Rc<Cell<bool>>,
}

impl Store for Flash {
    type Error = FlashBroken;
    fn load(&mut self) -> Result<Option<Vec<u8>>, FlashBroken> {
        Ok(self.blob.borrow().clone())
    }
    fn save(&mut self, blob: &[u8]) -> Result<(), FlashBroken> {
        if self.broken.get() {
            return Err(FlashBroken);
        }
        *self.blob.borrow_mut() = Some(blob.to_vec());
        Ok(())
    }
}

#[derive(Clone)]
struct Watch(Rc<Cell<Moment>>);

impl Clock for Watch {
    fn now(&self) -> Moment {
        self.0.get()
    }
}

struct Bench {
    device: Device<Flash, Watch>,
    flash: Flash,
    watch: Watch,
}

type Result<T, E = DeviceError<FlashBroken>> = std::result::Result<T, E>;

fn id(text: &str) -> Identifier {
    Identifier::new(text).unwrap()
}

fn moment(text: &str) -> Moment {
    Moment::read(text).unwrap()
}

fn day(text: &str) -> Day {
    Day::read(text).unwrap()
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(Zeroizing::new([seed; 32]))
}

fn root() -> SigningKey {
    key(1)
}

fn signer() -> SigningKey {
    key(2)
}

fn components(reads: &[(&str, &str)]) -> Components {
    reads
        .iter()
        .map(|(name, raw)| (id(name), raw.as_bytes().to_vec()))
        .collect()
}

fn hardware() -> Components {
    components(&[
        ("board", "B0"),
        ("mac", "02:00:00:00:00:00"),
        ("disk", "D0"),
    ])
}

fn need() -> Counts {
    [(id("core"), 16), (id("universal"), 4)]
        .into_iter()
        .collect()
}

fn setup() -> Setup {
    Setup {
        organization: id("acme"),
        product: id("vms"),
        computer_name: "nvr-lobby-01 東".into(),
        root: root().public(),
    }
}

fn secret(seed: u8) -> DeviceSecret {
    DeviceSecret::from_bytes(Zeroizing::new([seed; 32]))
}

impl Bench {
    fn new() -> Self {
        let (flash, watch) = (Flash::default(), Watch(Rc::new(Cell::new(moment(TODAY)))));
        let device = Device::create(flash.clone(), watch.clone(), secret(7), setup()).unwrap();
        Self {
            device,
            flash,
            watch,
        }
    }

    fn installed() -> Self {
        let mut bench = Self::new();
        bench.install(&bench.bundle(1)).unwrap();
        bench
    }

    fn restart(&mut self) {
        self.device = Device::open(self.flash.clone(), self.watch.clone()).unwrap();
    }

    fn blob(&self) -> Vec<u8> {
        self.flash.blob.borrow().clone().unwrap()
    }

    fn describe(&mut self) -> Result<Envelope> {
        self.device.describe(Description::new(
            Wanted::Activate,
            "5.8.2",
            need(),
            hardware(),
        ))
    }

    fn install(&mut self, documents: &[Envelope]) -> Result<keyspool::device::Installed> {
        self.device.install(documents, &hardware())
    }

    fn refusal(&mut self, documents: &[Envelope]) -> Refusal {
        refusal(self.install(documents))
    }

    fn status(&self) -> Status {
        self.device.status(&hardware())
    }

    fn activation(&self, sequence: u16) -> Activation {
        let end = Some(day("2027-11-21"));
        Activation {
            activation_id: Ulid::new(1_795_330_800_000, [3; 10]),
            sequence,
            organization: id("acme"),
            product: id("vms"),
            computer_id: self.device.computer_id(),
            computer_name: "nvr-lobby-01 東".into(),
            request: None,
            fingerprint: Some((keyspool::device::fingerprint_of(&id("vms"), &hardware()), 2)),
            plan: Plan::Subscription,
            licences: need(),
            validity: Validity {
                valid_from: day("2026-11-22"),
                valid_until: end,
                grace_until: Some(day("2027-12-21")),
            },
            notify_days: vec![30, 14, 7],
            issued_at: moment(TODAY),
            trust_list: 1,
            extensions: None,
        }
    }

    fn bundle(&self, sequence: u16) -> Vec<Envelope> {
        vec![
            signed(&self.activation(sequence)),
            list_by(&root(), &trust_list(1)),
            checkpoint(u64::from(sequence)),
        ]
    }

    fn computer_key(&self, sequence: u16, key_index: u8) -> ComputerKey {
        let validity = self.activation(1).validity;
        ComputerKey {
            key_index,
            plan: Plan::Emergency,
            validity,
            sequence,
            licences: vec![(0, 16), (1, 4)],
        }
    }

    fn typed(&self, sequence: u16) -> String {
        self.lines(&self.computer_key(sequence, 0))
    }

    fn lines(&self, key: &ComputerKey) -> String {
        let (organization, product) = (id("acme"), id("vms"));
        let owner = Owner {
            organization: &organization,
            product: &product,
            computer_id: self.device.computer_id(),
        };
        computer_key::sign(&signer(), key, &owner)
            .unwrap()
            .join("\n")
    }
}

fn licence_types() -> Vec<Identifier> {
    vec![id("core"), id("universal")]
}

fn refusal<T: std::fmt::Debug>(result: Result<T>) -> Refusal {
    match result {
        Err(DeviceError::Refused(refused)) => refused.reason,
        other => panic!("not refused: {other:?}"),
    }
}

// ---- the signer

fn signed(activation: &Activation) -> Envelope {
    signer().sign(Kind::Activation, activation.to_payload())
}

fn entry(key: &SigningKey) -> TrustedKey {
    TrustedKey {
        key_id: key.key_id(),
        public_key: key.public().bytes(),
        products: Products::All,
        not_before: None,
        not_after: None,
        status: KeyStatus::Active,
    }
}

fn trust_list(version: u64) -> TrustList {
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

fn list_by(root: &SigningKey, list: &TrustList) -> Envelope {
    root.sign(Kind::TrustList, list.to_payload())
}

/// A list of this version with the signer's entry changed.
fn list_with(version: u64, change: impl FnOnce(&mut TrustedKey)) -> Envelope {
    let mut list = trust_list(version);
    change(&mut list.keys[0]);
    list_by(&root(), &list)
}

/// A list after a change of the root from key 1 to key 9.
fn second_root_list(version: u64) -> TrustList {
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

fn checkpoint(size: u64) -> Envelope {
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

fn opened(envelope: &Envelope) -> Verified<Request> {
    open_request(&envelope.to_json()).unwrap()
}

// ---- asking

#[test]
fn a_description_is_a_request_that_the_signer_can_open() {
    let mut bench = Bench::new();
    let request = opened(&bench.describe().unwrap());
    assert_eq!(request.computer_id, bench.device.computer_id());
    assert_eq!((request.counter, request.created_at), (1, moment(TODAY)));
    let RequestBody::SystemDescription(description) = &request.body else {
        panic!("a system description")
    };
    assert_eq!(description.need, need());
    assert_eq!(description.computer_name, "nvr-lobby-01 東");
    assert_eq!(description.activation, None);
}

#[test]
fn raw_components_and_licence_keys_never_leave_the_device() {
    let mut bench = Bench::new();
    let licence_key = || LicenceKey::from_bytes([0x5A; 15]);
    let mut description = Description::new(
        Wanted::Activate,
        "5.8.2",
        need(),
        components(&[("board", "SERIAL-4711")]),
    );
    description.redeem.push(licence_key());
    let envelope = bench.device.describe(description).unwrap();
    let text = String::from_utf8(envelope.payload.clone()).unwrap();
    assert!(!text.contains("SERIAL-4711") && !text.contains(&licence_key().reveal()));
    let request = opened(&envelope);
    let RequestBody::SystemDescription(description) = &request.body else {
        panic!("a system description")
    };
    let proof = &description.redeem[0].proof;
    assert!(verify_proof(
        &licence_key(),
        &request.organization,
        &request.device_key,
        request.counter,
        proof
    ));
}

#[test]
fn a_request_that_the_signer_could_not_read_is_not_written_and_uses_no_counter() {
    let mut bench = Bench::new();
    let before = bench.blob();
    for (version, need) in [
        ("", need()),
        ("a\u{202e}b", need()),
        ("5.8.2", Counts::new()),
    ] {
        let refused = bench.device.describe(Description::new(
            Wanted::Activate,
            version,
            need,
            hardware(),
        ));
        assert!(
            matches!(refused, Err(DeviceError::Request(_))),
            "{version:?}: {refused:?}"
        );
    }
    assert_eq!(bench.blob(), before);
    assert_eq!(opened(&bench.describe().unwrap()).counter, 1);
}

#[test]
fn the_counter_rises_over_requests_of_all_kinds_and_restarts() {
    let mut bench = Bench::installed();
    assert_eq!(opened(&bench.describe().unwrap()).counter, 1);
    bench.restart();
    assert_eq!(
        opened(&bench.device.confirm(Witness::Quote).unwrap()).counter,
        2
    );
    bench.restart();
    assert_eq!(
        opened(
            &bench
                .device
                .deactivate(Reason::Moved, Witness::Quote)
                .unwrap()
                .envelope
        )
        .counter,
        3
    );
    assert_eq!(opened(&bench.describe().unwrap()).counter, 4);
}

#[test]
fn the_counter_is_stored_before_the_request_is_given_out() {
    let mut bench = Bench::new();
    bench.flash.broken.set(true);
    assert_eq!(bench.describe(), Err(DeviceError::Store(FlashBroken)));
    bench.flash.broken.set(false);
    bench.describe().unwrap();
    // What is stored at the moment of giving out already excludes that counter.
    bench.restart();
    assert_eq!(opened(&bench.describe().unwrap()).counter, 2);
}

#[test]
fn the_installed_activation_stands_in_the_next_description() {
    let mut bench = Bench::installed();
    let request = opened(&bench.describe().unwrap());
    let RequestBody::SystemDescription(description) = &request.body else {
        panic!("a system description")
    };
    assert_eq!(description.activation, bench.device.installed_activation());
    assert_eq!(
        description.activation.map(|activation| activation.sequence),
        Some(1)
    );
}

#[test]
fn the_newest_checkpoint_is_quoted_as_witness_or_left_out_on_demand() {
    let mut bench = Bench::installed();
    let quoting = opened(&bench.device.confirm(Witness::Quote).unwrap());
    let witness = Envelope::read(quoting.witness.as_ref().unwrap()).unwrap();
    assert_eq!(witness, checkpoint(1));
    assert_eq!(
        opened(&bench.device.confirm(Witness::LeaveOut).unwrap()).witness,
        None
    );
}

#[test]
fn a_confirmation_names_what_is_installed() {
    let mut bench = Bench::new();
    assert_eq!(
        bench.device.confirm(Witness::Quote),
        Err(DeviceError::NothingInstalled)
    );
    bench.install(&bench.bundle(3)).unwrap();
    let request = opened(&bench.device.confirm(Witness::Quote).unwrap());
    let installed = InstalledActivation {
        id: Some(Ulid::new(1_795_330_800_000, [3; 10])),
        sequence: 3,
    };
    assert_eq!(request.body, RequestBody::Confirmation(installed));
}

// ---- accepting an activation: PROTOCOL section 5.1

#[test]
fn a_bundle_is_installed_and_may_be_used() {
    let mut bench = Bench::new();
    assert_eq!(bench.status().usable(), None);
    let installed = bench.install(&bench.bundle(1)).unwrap();
    assert_eq!(
        installed.activation.map(|activation| activation.sequence),
        Some(1)
    );
    assert_eq!(
        (installed.trust_list, installed.checkpoint),
        (Outcome::Stored, Outcome::Stored)
    );
    assert_eq!(bench.status().usable(), Some(&need()));
}

#[test]
fn a_bundle_is_installed_from_the_text_of_qr_codes_in_any_order() {
    let mut bench = Bench::new();
    let documents = bench.bundle(1);
    let mut codes: Vec<String> = documents[..2]
        .iter()
        .flat_map(|document| qr::parts_of(&qr::text_of(document).unwrap()).unwrap())
        .collect();
    codes.reverse();
    let scanned = documents_of_text(&codes.join("\r\n")).unwrap();
    bench.install(&scanned).unwrap();
    assert_eq!(bench.status().usable(), Some(&need()));
}

#[test]
fn without_a_trust_list_no_activation_is_accepted() {
    let mut bench = Bench::new();
    let activation = signed(&bench.activation(1));
    assert_eq!(
        bench.refusal(&[activation]),
        Refusal::Signer(TrustError::NoList)
    );
}

#[test]
fn a_key_that_is_not_on_the_trust_list_is_refused() {
    let mut bench = Bench::installed();
    let stranger = key(66);
    let activation = stranger.sign(Kind::Activation, bench.activation(2).to_payload());
    assert_eq!(
        bench.refusal(&[activation]),
        Refusal::Signer(TrustError::UnknownKey(stranger.key_id()))
    );
}

#[test]
fn an_altered_activation_is_refused() {
    let mut bench = Bench::installed();
    let mut activation = signed(&bench.activation(2));
    activation.payload = bench.activation(3).to_payload();
    assert_eq!(
        bench.refusal(&[activation]),
        Refusal::Signer(TrustError::Document(VerifyError::BadSignature))
    );
}

#[test]
fn a_signature_for_one_kind_serves_no_other() {
    let mut bench = Bench::installed();
    let mut activation = signer().sign(Kind::Checkpoint, bench.activation(2).to_payload());
    activation.payload_type = Kind::Activation.payload_type();
    assert_eq!(
        bench.refusal(&[activation]),
        Refusal::Signer(TrustError::Document(VerifyError::BadSignature))
    );
}

#[test]
fn a_revoked_key_is_refused() {
    let mut bench = Bench::installed();
    let list = list_with(2, |entry| entry.status = KeyStatus::Revoked);
    let activation = signed(&bench.activation(2));
    assert_eq!(
        bench.refusal(&[list, activation]),
        Refusal::Signer(TrustError::Revoked(signer().key_id()))
    );
}

#[test]
fn a_retired_key_is_good_for_what_was_issued_within_its_dates_only() {
    for (first, last, good) in [
        ("2026-11-22", "2026-11-22", true),
        ("2026-11-20", "2026-11-21", false),
        ("2026-11-23", "2026-12-31", false),
    ] {
        let mut bench = Bench::installed();
        let list = list_with(2, |entry| {
            entry.status = KeyStatus::Retired;
            (entry.not_before, entry.not_after) = (Some(day(first)), Some(day(last)));
        });
        let documents = [list, signed(&bench.activation(2))];
        if good {
            assert_eq!(
                bench
                    .install(&documents)
                    .unwrap()
                    .activation
                    .map(|it| it.sequence),
                Some(2)
            );
        } else {
            assert_eq!(
                bench.refusal(&documents),
                Refusal::Signer(TrustError::Retired(signer().key_id())),
                "{first}"
            );
        }
    }
}

#[test]
fn a_key_signs_only_for_the_products_that_the_list_gives_it() {
    let mut bench = Bench::new();
    let documents = [
        list_with(1, |entry| entry.products = Products::Only(vec![id("nas")])),
        signed(&bench.activation(1)),
    ];
    let refused = TrustError::Product {
        key_id: signer().key_id(),
        product: id("vms"),
    };
    assert_eq!(bench.refusal(&documents), Refusal::Signer(refused));
    let list = list_with(2, |entry| {
        entry.products = Products::Only(vec![id("nas"), id("vms")])
    });
    bench
        .install(&[list, signed(&bench.activation(1))])
        .unwrap();
}

#[test]
fn an_activation_for_another_organization_is_refused() {
    let mut bench = Bench::installed();
    let activation = signed(&Activation {
        organization: id("globex"),
        ..bench.activation(2)
    });
    assert_eq!(
        bench.refusal(&[activation]),
        Refusal::Organization {
            found: id("globex"),
            own: id("acme")
        }
    );
}

#[test]
fn an_activation_for_another_product_is_refused() {
    let mut bench = Bench::installed();
    let activation = signed(&Activation {
        product: id("nas"),
        ..bench.activation(2)
    });
    assert_eq!(
        bench.refusal(&[activation]),
        Refusal::Product {
            found: id("nas"),
            own: id("vms")
        }
    );
}

#[test]
fn an_activation_for_another_device_is_refused() {
    let mut bench = Bench::installed();
    let flash = Flash::default();
    let other = Device::create(flash, bench.watch.clone(), secret(8), setup())
        .unwrap()
        .computer_id();
    let activation = signed(&Activation {
        computer_id: other,
        ..bench.activation(2)
    });
    let own = bench.device.computer_id();
    assert_eq!(
        bench.refusal(&[activation]),
        Refusal::OtherDevice { found: other, own }
    );
}

#[test]
fn as_many_components_as_the_activation_says_must_agree() {
    let mut bench = Bench::installed();
    let documents = [signed(&bench.activation(2))];
    let one_left = components(&[("board", "B0"), ("mac", "02:00:00:00:00:99"), ("usb", "D0")]);
    let Refusal::Fingerprint(found) = refusal(bench.device.install(&documents, &one_left)) else {
        panic!("refused for its fingerprint")
    };
    assert_eq!((found.agree, found.needed), (1, 2));
    assert_eq!(found.changed, vec![id("disk"), id("mac")]);
    let two_left = components(&[
        ("board", "B0"),
        ("mac", "02:00:00:00:00:99"),
        ("disk", "D0"),
    ]);
    bench.device.install(&documents, &two_left).unwrap();
}

#[test]
fn an_activation_without_fingerprint_fits_any_hardware() {
    let mut bench = Bench::installed();
    let activation = signed(&Activation {
        fingerprint: None,
        ..bench.activation(2)
    });
    bench
        .device
        .install(&[activation], &Components::new())
        .unwrap();
    assert_eq!(
        bench.device.status(&Components::new()).usable(),
        Some(&need())
    );
}

#[test]
fn the_sequence_must_be_greater_than_any_installed() {
    let mut bench = Bench::installed();
    bench.install(&bench.bundle(5)).unwrap();
    for found in [4, 5] {
        let activation = signed(&Activation {
            plan: Plan::Trial,
            ..bench.activation(found)
        });
        assert_eq!(
            bench.refusal(&[activation]),
            Refusal::Sequence {
                found,
                installed: 5
            }
        );
    }
    bench.restart();
    assert_eq!(
        bench.refusal(&[signed(&bench.activation(1))]),
        Refusal::Sequence {
            found: 1,
            installed: 5
        }
    );
    bench.install(&bench.bundle(6)).unwrap();
}

#[test]
fn the_same_activation_again_is_told_apart_from_an_older_one() {
    let mut bench = Bench::installed();
    let before = bench.blob();
    assert_eq!(bench.refusal(&bench.bundle(1)), Refusal::Already);
    assert_eq!(bench.blob(), before);
}

#[test]
fn a_set_without_anything_to_install_or_with_two_of_a_kind_is_refused() {
    let mut bench = Bench::installed();
    assert_eq!(bench.refusal(&[]), Refusal::Nothing);
    assert_eq!(bench.refusal(&[checkpoint(2)]), Refusal::Nothing);
    let two = [signed(&bench.activation(2)), signed(&bench.activation(3))];
    assert_eq!(bench.refusal(&two), Refusal::Several(Kind::Activation));
    let request = bench.describe().unwrap();
    assert_eq!(
        bench.refusal(&[request]),
        Refusal::NotForInstalling(Kind::SystemDescription)
    );
    let mut unknown = signed(&bench.activation(2));
    unknown.payload_type = "application/vnd.keyspool.activation.v2+json".into();
    assert_eq!(bench.refusal(&[unknown]), Refusal::UnknownType);
    let twice = [signed(&bench.activation(2)), signed(&bench.activation(2))];
    bench.install(&twice).unwrap();
}

// ---- the trust list: PROTOCOL section 5.4

#[test]
fn a_trust_list_of_another_root_is_refused() {
    let mut bench = Bench::new();
    let stranger = key(66);
    let own = stranger.public().bytes();
    let list = TrustList {
        root: own,
        first_root: own,
        ..trust_list(1)
    };
    let refused = TrustError::OtherRoot {
        pinned: root().key_id(),
    };
    assert_eq!(
        bench.refusal(&[list_by(&stranger, &list)]),
        Refusal::TrustList(refused)
    );
    // Naming the pinned root without its signature helps nobody.
    let posing = list_by(&stranger, &trust_list(1));
    let Refusal::TrustList(TrustError::Document(error)) = bench.refusal(&[posing]) else {
        panic!("a refused list")
    };
    assert_eq!(
        error,
        VerifyError::KeyId {
            found: stranger.key_id(),
            wanted: root().key_id()
        }
    );
    let mut forged = list_by(&stranger, &trust_list(1));
    forged.key_id = root().key_id();
    let refused = TrustError::Document(VerifyError::BadSignature);
    assert_eq!(bench.refusal(&[forged]), Refusal::TrustList(refused));
}

#[test]
fn a_higher_version_is_stored_and_a_lower_or_equal_one_is_ignored() {
    let mut bench = Bench::installed();
    let outcome = |bench: &mut Bench, list: Envelope, sequence| {
        bench
            .install(&[list, signed(&bench.activation(sequence))])
            .unwrap()
            .trust_list
    };
    assert_eq!(
        outcome(&mut bench, list_by(&root(), &trust_list(5)), 2),
        Outcome::Stored
    );
    assert_eq!(
        outcome(&mut bench, list_by(&root(), &trust_list(5)), 3),
        Outcome::Ignored
    );
    assert_eq!(
        outcome(&mut bench, list_by(&root(), &trust_list(4)), 4),
        Outcome::Ignored
    );
    assert_eq!(bench.status().trust_list, Some(5));
}

#[test]
fn a_list_of_a_root_left_behind_is_ignored_with_its_lower_version() {
    let mut bench = Bench::installed();
    bench
        .install(&[list_by(&key(9), &second_root_list(2))])
        .unwrap();
    let installed = bench.install(&bench.bundle(2)).unwrap();
    assert_eq!(installed.trust_list, Outcome::Ignored);
}

#[test]
fn another_list_of_the_same_version_is_reported_and_the_rest_is_installed() {
    let mut bench = Bench::installed();
    let conflicting = list_with(1, |entry| entry.products = Products::Only(vec![id("nas")]));
    let installed = bench
        .install(&[conflicting, signed(&bench.activation(2))])
        .unwrap();
    assert_eq!(
        installed.trust_list,
        Outcome::Refused(TrustError::Conflict { version: 1 })
    );
    assert_eq!(
        installed.activation.map(|activation| activation.sequence),
        Some(2)
    );
}

#[test]
fn a_newer_list_is_stored_even_where_the_activation_beside_it_is_refused() {
    let mut bench = Bench::installed();
    let list = list_with(2, |entry| entry.status = KeyStatus::Revoked);
    let Err(DeviceError::Refused(refused)) = bench.install(&[list, signed(&bench.activation(2))])
    else {
        panic!("the activation is refused")
    };
    assert_eq!(refused.trust_list, Outcome::Stored);
    bench.restart();
    assert_eq!(bench.status().trust_list, Some(2));
}

#[test]
fn a_trust_list_alone_is_installed() {
    let mut bench = Bench::new();
    let installed = bench.install(&[list_by(&root(), &trust_list(1))]).unwrap();
    assert_eq!(
        (installed.activation, installed.trust_list),
        (None, Outcome::Stored)
    );
}

#[test]
fn the_pin_follows_the_signed_succession_and_the_old_root_signs_no_more() {
    let mut bench = Bench::installed();
    bench
        .install(&[list_by(&key(9), &second_root_list(2))])
        .unwrap();
    assert_eq!(*bench.device.trust().pinned_root(), key(9).public().bytes());
    bench.restart();
    assert_eq!(*bench.device.trust().pinned_root(), key(9).public().bytes());
    let by_the_old = list_by(&root(), &trust_list(3));
    let refused = TrustError::OtherRoot {
        pinned: key(9).key_id(),
    };
    assert_eq!(bench.refusal(&[by_the_old]), Refusal::TrustList(refused));
    bench
        .install(&[list_by(&key(9), &second_root_list(3))])
        .unwrap();
}

#[test]
fn a_device_that_missed_a_root_walks_through_all_of_them() {
    let mut list = second_root_list(3);
    let third = key(10).public().bytes();
    list.succession.push(Succession {
        root: third,
        signature: sign_succession(&key(9), &third),
    });
    list.root = third;
    let mut bench = Bench::installed();
    bench.install(&[list_by(&key(10), &list)]).unwrap();
    assert_eq!(*bench.device.trust().pinned_root(), third);
}

#[test]
fn a_step_that_the_root_before_it_did_not_sign_is_refused() {
    let mut bench = Bench::installed();
    let mut list = second_root_list(2);
    list.succession[0].signature = sign_succession(&key(66), &list.root);
    assert_eq!(
        bench.refusal(&[list_by(&key(9), &list)]),
        Refusal::TrustList(TrustError::Succession { step: 1 })
    );
}

#[test]
fn a_succession_that_ends_elsewhere_is_refused() {
    let mut bench = Bench::installed();
    let list = TrustList {
        root: root().public().bytes(),
        ..second_root_list(2)
    };
    assert_eq!(
        bench.refusal(&[list_by(&root(), &list)]),
        Refusal::TrustList(TrustError::SuccessionEnd)
    );
}

#[test]
fn a_key_that_is_revoked_later_ends_what_it_signed() {
    let mut bench = Bench::installed();
    bench
        .install(&[list_with(2, |entry| entry.status = KeyStatus::Revoked)])
        .unwrap();
    let status = bench.status();
    assert!(status.held.as_ref().unwrap().key_revoked);
    assert_eq!(status.usable(), None);
}

// ---- the checkpoint: PROTOCOL section 9

#[test]
fn the_checkpoint_of_the_newest_bundle_installed_is_remembered() {
    let mut bench = Bench::installed();
    assert_eq!(
        bench.refusal(&[signed(&bench.activation(1)), checkpoint(8)]),
        Refusal::Already
    );
    assert_eq!(bench.device.checkpoint(), Some(&checkpoint(1)));
    let alone = bench
        .install(&[list_by(&root(), &trust_list(2)), checkpoint(9)])
        .unwrap();
    assert_eq!(alone.checkpoint, Outcome::Ignored);
    assert_eq!(bench.device.checkpoint(), Some(&checkpoint(1)));
    bench.install(&bench.bundle(2)).unwrap();
    bench.restart();
    assert_eq!(bench.device.checkpoint(), Some(&checkpoint(2)));
}

#[test]
fn a_checkpoint_that_does_not_verify_is_not_quoted_and_does_not_stop_the_activation() {
    let mut bench = Bench::installed();
    let forged = key(66).sign(Kind::Checkpoint, checkpoint(2).payload);
    let installed = bench
        .install(&[signed(&bench.activation(2)), forged])
        .unwrap();
    assert_eq!(
        installed.checkpoint,
        Outcome::Refused(TrustError::UnknownKey(key(66).key_id()))
    );
    assert_eq!(bench.device.checkpoint(), Some(&checkpoint(1)));
}

// ---- Computer Keys: PROTOCOL section 6.5

#[test]
fn a_computer_key_is_installed_and_survives_a_restart() {
    let mut bench = Bench::installed();
    let typed = format!("\n{}\n", bench.typed(2).to_lowercase().replace('-', "   "));
    let installed = bench
        .device
        .install_computer_key(&typed, &licence_types())
        .unwrap();
    assert_eq!(
        installed.activation,
        Some(InstalledActivation {
            id: None,
            sequence: 2
        })
    );
    bench.restart();
    let held = bench.status().held.unwrap();
    assert_eq!(
        (held.entitlement.plan, held.entitlement.licences),
        (Plan::Emergency, need())
    );
    assert_eq!(held.entitlement.notify_days, vec![30, 14, 7]);
    assert_eq!(held.fingerprint, None);
    let confirmation = opened(&bench.device.confirm(Witness::LeaveOut).unwrap());
    assert_eq!(
        confirmation.body,
        RequestBody::Confirmation(InstalledActivation {
            id: None,
            sequence: 2
        })
    );
}

#[test]
fn a_computer_key_of_another_device_is_refused() {
    let mut bench = Bench::installed();
    let other = Device::create(Flash::default(), bench.watch.clone(), secret(8), setup()).unwrap();
    let typed = Bench {
        device: other,
        flash: Flash::default(),
        watch: bench.watch.clone(),
    }
    .typed(2);
    let refused = refusal(bench.device.install_computer_key(&typed, &licence_types()));
    assert_eq!(
        refused,
        Refusal::ComputerKey(ComputerKeyRefused::BadSignature)
    );
}

#[test]
fn a_computer_key_obeys_the_sequence_across_both_forms() {
    let mut bench = Bench::installed();
    let typed = bench.typed(1);
    let refused = refusal(bench.device.install_computer_key(&typed, &licence_types()));
    assert_eq!(
        refused,
        Refusal::Sequence {
            found: 1,
            installed: 1
        }
    );
    let typed = bench.typed(3);
    bench
        .device
        .install_computer_key(&typed, &licence_types())
        .unwrap();
    assert_eq!(
        bench.refusal(&[signed(&bench.activation(3))]),
        Refusal::Sequence {
            found: 3,
            installed: 3
        }
    );
}

#[test]
fn a_computer_key_needs_an_active_key_at_its_place_that_covers_the_product() {
    let refused_after = |list: Envelope, index: u8| {
        let mut bench = Bench::installed();
        bench.install(&[list]).unwrap();
        let typed = bench.lines(&bench.computer_key(2, index));
        refusal(bench.device.install_computer_key(&typed, &licence_types()))
    };
    let signer_refused = |error| Refusal::ComputerKey(ComputerKeyRefused::Signer(error));
    let key_id = signer().key_id();
    let plain = list_by(&root(), &trust_list(2));
    assert_eq!(
        refused_after(plain, 1),
        signer_refused(TrustError::NoSuchIndex(1))
    );
    let retired = list_with(2, |entry| entry.status = KeyStatus::Retired);
    assert_eq!(
        refused_after(retired, 0),
        signer_refused(TrustError::NotActive(key_id))
    );
    let revoked = list_with(2, |entry| entry.status = KeyStatus::Revoked);
    assert_eq!(
        refused_after(revoked, 0),
        signer_refused(TrustError::Revoked(key_id))
    );
    let other_product = list_with(2, |entry| entry.products = Products::Only(vec![id("nas")]));
    assert_eq!(
        refused_after(other_product, 0),
        signer_refused(TrustError::Product {
            key_id,
            product: id("vms")
        })
    );
}

#[test]
fn a_licence_type_that_the_product_does_not_have_is_refused() {
    let mut bench = Bench::installed();
    let typed = bench.typed(2);
    let refused = refusal(
        bench
            .device
            .install_computer_key(&typed, &licence_types()[..1]),
    );
    assert_eq!(refused, Refusal::LicenceType { index: 1 });
}

// ---- status

#[test]
fn notices_come_on_the_days_that_the_activation_names() {
    let bench = Bench::installed();
    for (today, notice) in [
        ("2027-10-21", None),
        (
            "2027-10-22",
            Some(Notice {
                days_left: 30,
                reached: 30,
            }),
        ),
        (
            "2027-11-07",
            Some(Notice {
                days_left: 14,
                reached: 14,
            }),
        ),
        (
            "2027-11-15",
            Some(Notice {
                days_left: 6,
                reached: 7,
            }),
        ),
        (
            "2027-11-21",
            Some(Notice {
                days_left: 0,
                reached: 7,
            }),
        ),
        ("2027-11-22", None),
    ] {
        bench.watch.0.set(moment(&format!("{today}T12:00:00Z")));
        assert_eq!(bench.status().held.unwrap().notice, notice, "{today}");
    }
}

#[test]
fn an_activation_may_be_used_from_its_first_day_to_its_last_day_of_use() {
    let mut bench = Bench::installed();
    let mut activation = bench.activation(2);
    activation.validity.valid_from = day("2026-12-01");
    bench.install(&[signed(&activation)]).unwrap();
    for (today, status, usable) in [
        ("2026-11-30", DayStatus::NotYet, false),
        ("2026-12-01", DayStatus::Valid, true),
        ("2027-11-21", DayStatus::Valid, true),
        ("2027-11-22", DayStatus::InGrace, true),
        ("2027-12-21", DayStatus::InGrace, true),
        ("2027-12-22", DayStatus::Ended, false),
    ] {
        bench.watch.0.set(moment(&format!("{today}T23:59:59Z")));
        let found = bench.status();
        assert_eq!(
            found.held.as_ref().map(|held| held.day),
            Some(status),
            "{today}"
        );
        assert_eq!(found.usable().is_some(), usable, "{today}");
    }
}

#[test]
fn a_clock_set_back_is_reported_and_does_not_count() {
    let mut bench = Bench::installed();
    bench.watch.0.set(moment("2020-01-01T00:00:00Z"));
    bench.restart();
    let status = bench.status();
    assert_eq!(status.now, moment(TODAY));
    let set_back = status.clock_set_back.unwrap();
    assert_eq!(
        (set_back.shown, set_back.floor),
        (moment("2020-01-01T00:00:00Z"), moment(TODAY))
    );
    assert_eq!(status.held.unwrap().day, DayStatus::Valid);
    assert_eq!(opened(&bench.describe().unwrap()).created_at, moment(TODAY));
    bench.watch.0.set(moment(TODAY));
    assert_eq!(bench.status().clock_set_back, None);
}

#[test]
fn the_floor_of_the_clock_is_that_of_the_newest_activation_even_if_it_is_earlier() {
    let mut bench = Bench::installed();
    let earlier = moment("2026-11-22T05:00:00Z");
    bench
        .install(&[signed(&Activation {
            issued_at: earlier,
            ..bench.activation(2)
        })])
        .unwrap();
    bench.watch.0.set(moment("2026-11-22T04:00:00Z"));
    assert_eq!(
        bench.status().clock_set_back.map(|set_back| set_back.floor),
        Some(earlier)
    );
    let typed = bench.typed(3);
    bench
        .device
        .install_computer_key(&typed, &licence_types())
        .unwrap();
    assert_eq!(
        bench.status().clock_set_back.map(|set_back| set_back.floor),
        Some(earlier)
    );
}

#[test]
fn drifted_hardware_is_named_and_too_much_of_it_ends_the_use() {
    let bench = Bench::installed();
    let one = bench.device.status(&components(&[
        ("board", "B0"),
        ("mac", "new"),
        ("disk", "D0"),
    ]));
    assert_eq!(
        one.held
            .as_ref()
            .unwrap()
            .fingerprint
            .as_ref()
            .unwrap()
            .changed,
        vec![id("mac")]
    );
    assert_eq!(one.usable(), Some(&need()));
    let two = bench.device.status(&components(&[
        ("board", "B0"),
        ("mac", "new"),
        ("disk", "new"),
    ]));
    assert_eq!(two.usable(), None);
}

// ---- giving up: PROTOCOL sections 4.2, 6.2 and 6.3

#[test]
fn a_deactivation_proves_itself_and_the_device_becomes_another() {
    let mut bench = Bench::installed();
    let old = bench.device.computer_id();
    let done = bench
        .device
        .deactivate(Reason::Moved, Witness::Quote)
        .unwrap();
    let request = opened(&done.envelope);
    assert_eq!((request.computer_id, done.computer_id), (old, old));
    let RequestBody::Deactivation(body) = &request.body else {
        panic!("a deactivation")
    };
    assert_eq!((body.reason, body.activation.sequence), (Reason::Moved, 1));
    let typed = code::read_line(&done.verification_line(), LineKind::VerificationCode).unwrap();
    assert_eq!(
        (typed, body.verification_code),
        (done.verification_code, done.verification_code)
    );
    assert_eq!(from_verification_code(&typed).1, old);
    assert_ne!(bench.device.computer_id(), old);
    let status = bench.status();
    assert_eq!((status.generation, status.held.is_none()), (2, true));
}

#[test]
fn a_deactivation_is_stored_before_it_is_revealed() {
    let mut bench = Bench::installed();
    let (old, before) = (bench.device.computer_id(), bench.blob());
    bench.flash.broken.set(true);
    assert_eq!(
        bench.device.deactivate(Reason::Moved, Witness::Quote),
        Err(DeviceError::Store(FlashBroken))
    );
    assert_eq!((bench.device.computer_id(), bench.blob()), (old, before));
    assert_eq!(bench.status().usable(), Some(&need()));
    assert_eq!(bench.device.deactivations(), &[]);
    bench.flash.broken.set(false);
    let done = bench
        .device
        .deactivate(Reason::Moved, Witness::Quote)
        .unwrap();
    // The power fails right after it was revealed: what was stored knows nothing of the old
    // generation.
    bench.restart();
    assert_ne!(bench.device.computer_id(), old);
    assert_eq!(bench.status().held, None);
    assert_eq!(bench.device.deactivations(), &[done]);
}

#[test]
fn a_deactivation_is_written_again_byte_for_byte() {
    let mut bench = Bench::installed();
    let done = bench
        .device
        .deactivate(Reason::Retired, Witness::Quote)
        .unwrap();
    bench.restart();
    bench.describe().unwrap();
    assert_eq!(
        bench.device.deactivations()[0].envelope.to_json(),
        done.envelope.to_json()
    );
    assert_eq!(
        bench.device.deactivations()[0].verification_line(),
        done.verification_line()
    );
}

#[test]
fn nothing_issued_for_a_computer_id_that_was_given_up_is_accepted() {
    let mut bench = Bench::installed();
    let later = signed(&bench.activation(9));
    let typed = bench.typed(9);
    let old = bench
        .device
        .deactivate(Reason::Moved, Witness::Quote)
        .unwrap()
        .computer_id;
    assert_eq!(bench.refusal(&[later]), Refusal::GivenUp { found: old });
    let refused = refusal(bench.device.install_computer_key(&typed, &licence_types()));
    assert_eq!(
        refused,
        Refusal::ComputerKey(ComputerKeyRefused::BadSignature)
    );
}

#[test]
fn the_next_generation_begins_its_sequences_anew() {
    let mut bench = Bench::installed();
    bench.install(&bench.bundle(7)).unwrap();
    bench
        .device
        .deactivate(Reason::Other, Witness::Quote)
        .unwrap();
    bench.install(&[signed(&bench.activation(1))]).unwrap();
    assert_eq!(bench.status().usable(), Some(&need()));
}

#[test]
fn without_an_activation_there_is_nothing_to_give_up() {
    let mut bench = Bench::new();
    assert_eq!(
        bench.device.deactivate(Reason::Moved, Witness::Quote),
        Err(DeviceError::NothingInstalled)
    );
    assert_eq!(bench.status().generation, 1);
}

#[test]
fn the_newest_deactivations_are_kept() {
    let mut bench = Bench::installed();
    let mut last = None;
    for _ in 0..=MAX_KEPT_DEACTIVATIONS {
        last = Some(
            bench
                .device
                .deactivate(Reason::Moved, Witness::LeaveOut)
                .unwrap(),
        );
        bench.install(&[signed(&bench.activation(1))]).unwrap();
    }
    assert_eq!(bench.device.deactivations().len(), MAX_KEPT_DEACTIVATIONS);
    assert_eq!(bench.device.deactivations().last(), last.as_ref());
}

// ---- the store

#[test]
fn a_store_that_fails_leaves_the_device_as_it_was() {
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
fn a_device_that_could_not_be_stored_is_not_made() {
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
fn a_secret_is_never_overwritten_by_a_new_device() {
    let bench = Bench::new();
    let again = Device::create(bench.flash.clone(), bench.watch.clone(), secret(8), setup());
    assert_eq!(again.err(), Some(DeviceError::Exists));
}

#[test]
fn a_name_that_no_request_could_carry_is_refused_at_once() {
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
fn every_damaged_byte_and_every_cut_of_the_state_is_noticed() {
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
fn a_state_of_another_version_or_with_other_members_is_told_apart_from_damage() {
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
