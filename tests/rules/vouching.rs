//! Who may speak for an organization, and for which device (LICENSING sections 8 and 14).

use super::checks::{active, code, waiting};
use crate::bench::{Bench, Device, Key, seats};
use keyspool::policy::record::code::RefusalCode::*;
use keyspool::policy::record::event::granted::Outcome;
use keyspool::policy::record::request::WaitingRow;
use keyspool::policy::record::state::StateMut as _;
use keyspool::wire::request::Wanted;

#[test]
fn unknown_device_waits_for_a_voucher() {
    let mut bench = Bench::new("");
    bench.stock(3);
    bench.vouched = false;
    let mut device = Device::new(1);
    let file = device.activate(1);
    assert_eq!(code(&mut bench, &file), Some(AwaitingApproval));
    assert_eq!(waiting(&bench), 1);
    assert_eq!(bench.row::<WaitingRow>(&device.id().0).need, seats(1));
    assert_eq!(bench.approve(Device::new(2).id()), Err(NotNeeded));
    assert_eq!(bench.approve(device.id()), Ok(()));
    assert_eq!(bench.drop(&file).outcome(), Some(Outcome::Activated));
    assert_eq!(waiting(&bench), 0);
    assert_eq!(
        bench.drop(&device.activate(1)).outcome(),
        Some(Outcome::Refreshed),
        "a known device speaks by its key"
    );
    bench.folder = Some("acme");
    assert_eq!(
        bench.drop(&Device::new(2).activate(1)).outcome(),
        Some(Outcome::Activated),
        "by its folder"
    );
    bench.folder = None;
    bench.vouched = true;
    assert_eq!(
        bench.drop(&Device::new(3).activate(1)).outcome(),
        Some(Outcome::Activated),
        "by word"
    );
}

#[test]
fn an_approval_is_for_one_organization_and_product() {
    let mut bench = Bench::new("");
    bench.vouched = false;
    let mut device = Device::new(1);
    assert_eq!(
        code(&mut bench, &device.activate(1)),
        Some(AwaitingApproval)
    );
    bench.approve(device.id()).expect("it waits");
    assert_eq!(
        code(&mut bench, &device.activate(1)),
        Some(NotEnoughLicences)
    );
    let mut elsewhere = Device {
        organization: "globex",
        ..device
    };
    assert_eq!(
        code(&mut bench, &elsewhere.activate(1)),
        Some(AwaitingApproval)
    );
}

#[test]
fn keys_vouch_for_the_request_they_come_with() {
    for (registration, good, bad, none) in [
        (
            "vouched",
            None,
            Some(UnknownLicenceKey),
            Some(AwaitingApproval),
        ),
        (
            "open",
            None,
            Some(UnknownLicenceKey),
            Some(NotEnoughLicences),
        ),
        (
            "approved",
            Some(AwaitingApproval),
            Some(AwaitingApproval),
            Some(AwaitingApproval),
        ),
    ] {
        let mut bench = Bench::new(&format!(r#","registration":"{registration}""#));
        bench.vouched = false;
        let key = bench.mint(1);
        let ask = |seed, keys: &[Key]| Device::new(seed).ask(Wanted::Activate, seats(1), keys);
        assert_eq!(code(&mut bench, &ask(1, &[])), none, "{registration}");
        assert_eq!(
            code(&mut bench, &ask(1, &[key, Key(999)])),
            bad,
            "{registration}"
        );
        assert_eq!(code(&mut bench, &ask(1, &[key])), good, "{registration}");
    }
}

#[test]
fn only_an_operator_vouches_for_approved_products() {
    let mut bench = Bench::new(r#","registration":"approved""#);
    bench.stock(1);
    bench.folder = Some("acme");
    let mut device = Device::new(1);
    let file = device.activate(1);
    assert_eq!(code(&mut bench, &file), Some(AwaitingApproval));
    bench.approve(device.id()).expect("it waits");
    assert_eq!(bench.drop(&file).outcome(), Some(Outcome::Activated));
}

#[test]
fn file_in_anothers_folder_is_refused() {
    let (mut bench, mut device) = active("");
    bench.folder = Some("globex");
    assert_eq!(
        code(&mut bench, &device.refresh(1)),
        Some(OtherOrganization)
    );
    assert_eq!(
        code(&mut bench, &device.deactivate(1)),
        Some(OtherOrganization)
    );
    bench.folder = Some("acme");
    assert_eq!(
        bench.drop(&device.refresh(1)).outcome(),
        Some(Outcome::Refreshed)
    );
}

#[test]
fn ended_system_may_change_organization() {
    let (mut bench, device) = active("");
    let first = bench.system(&device).activation.id;
    let key = bench.mint(1);
    bench.redeem("globex", key).expect("a new key");
    let mut moved = Device {
        organization: "globex",
        ..device
    };
    assert_eq!(
        code(&mut bench, &moved.activate(1)),
        Some(OtherOrganization),
        "still active"
    );
    bench.on("2027-11-22");
    bench.vouched = false;
    assert_eq!(code(&mut bench, &moved.activate(1)), Some(AwaitingApproval));
    assert_eq!(
        code(&mut bench, &moved.deactivate(1)),
        Some(OtherOrganization),
        "what it held was of acme"
    );
    bench.vouched = true;
    let activation = bench.drop(&moved.activate(1)).activation();
    assert_eq!(
        activation.sequence, 2,
        "a Computer ID never sees a sequence twice"
    );
    assert_ne!(activation.activation_id, first);
    assert_eq!(bench.wallet(), (3, 0), "nothing of acme's was taken");
}

#[test]
fn never_active_is_not_refreshed_or_extended() {
    let mut bench = Bench::new("");
    bench.stock(2);
    let mut device = Device::new(1);
    assert_eq!(code(&mut bench, &device.refresh(1)), Some(NotActivated));
    assert_eq!(code(&mut bench, &device.extend(1)), Some(NothingToExtend));
    assert_eq!(
        code(&mut bench, &device.ask(Wanted::Trial, seats(1), &[])),
        Some(NoTrial)
    );
    bench.drop(&device.activate(1));
    assert_eq!(
        code(&mut bench, &device.ask(Wanted::Trial, seats(1), &[])),
        Some(AlreadyLicensed)
    );
}

#[test]
fn deactivation_names_its_activation_and_code() {
    let (mut bench, mut device) = active("");
    let mut stranger = Device::new(2);
    assert_eq!(
        code(&mut bench, &stranger.deactivate(1)),
        Some(UnknownActivation)
    );
    assert_eq!(
        code(&mut bench, &device.deactivate(2)),
        Some(UnknownActivation)
    );
    let other = *stranger.generation().verification_code();
    assert_eq!(
        code(&mut bench, &device.deactivate_with(2, other)),
        Some(UnknownActivation),
        "this is looked at first"
    );
    assert_eq!(
        code(&mut bench, &device.deactivate_with(1, other)),
        Some(WrongCode)
    );
    assert_eq!(
        bench.drop(&device.deactivate(1)).receipt().licences,
        seats(1)
    );
}

#[test]
fn hardware_may_change_little_by_little() {
    let (mut bench, mut device) = active("");
    device.board = [1, 1, 7];
    assert_eq!(
        bench.drop(&device.refresh(1)).outcome(),
        Some(Outcome::Refreshed)
    );
    device.board = [1, 8, 7];
    assert_eq!(
        bench.drop(&device.refresh(1)).outcome(),
        Some(Outcome::Refreshed),
        "what was granted is what is known"
    );
    device.board = [1, 1, 1];
    assert_eq!(code(&mut bench, &device.refresh(1)), Some(HardwareChanged));
}

#[test]
fn approval_is_for_the_request_that_was_seen() {
    let (mut bench, mut device) = active("");
    device.board = [7, 8, 9];
    let (seen, other) = (device.refresh(1), device.refresh(1));
    assert_eq!(code(&mut bench, &seen), Some(HardwareChanged));
    bench.approve(device.id()).expect("it waits");
    assert_eq!(code(&mut bench, &other), Some(HardwareChanged));
    bench.approve(device.id()).expect("the other waits now");
    assert_eq!(
        code(&mut bench, &seen),
        Some(HardwareChanged),
        "the newest word counts"
    );
    assert_eq!(bench.drop(&other).outcome(), Some(Outcome::Refreshed));
    device.board = [1, 1, 1];
    assert_eq!(code(&mut bench, &device.refresh(1)), Some(HardwareChanged));
}

#[test]
fn active_hardware_elsewhere_is_refused_there() {
    let (mut bench, mut device) = active("");
    let key = bench.mint(2);
    bench.redeem("globex", key).expect("a new key");
    let mut other = Device {
        organization: "globex",
        ..device.reinstalled(2)
    };
    assert_eq!(code(&mut bench, &other.activate(1)), Some(AlreadyActive));
    bench.drop(&device.deactivate(1));
    assert_eq!(
        bench.drop(&other.activate(1)).outcome(),
        Some(Outcome::Activated)
    );
}

#[test]
fn known_device_anew_is_sought_elsewhere_too() {
    let (mut bench, mut device) = active("");
    bench.on("2027-11-22");
    let key = bench.mint(1);
    bench.redeem("globex", key).expect("a new key");
    let mut other = Device {
        organization: "globex",
        ..device.reinstalled(2)
    };
    assert_eq!(
        bench.drop(&other.activate(1)).outcome(),
        Some(Outcome::Activated)
    );
    assert_eq!(code(&mut bench, &device.activate(1)), Some(AlreadyActive));
}

#[test]
fn last_sequence_still_allows_giving_up() {
    let (mut bench, mut device) = active("");
    let mut system = bench.system(&device);
    system.activation.sequence = u16::MAX;
    bench.state.put(system).expect("in memory");
    assert_eq!(
        code(&mut bench, &device.refresh(1)),
        Some(ComputerIdRetired)
    );
    assert_eq!(
        bench.drop(&device.deactivate(u16::MAX)).receipt().licences,
        seats(1)
    );
}
