//! The `hardware` model: manufacturing records, serials, expansions (LICENSING sections 6, 7 and
//! 11).

use crate::bench::{Bench, Device, Said, counts, day, seats, word};
use crate::trials::{need, replays};
use keyspool::licence::{ComputerId, Counts, Plan};
use keyspool::policy::order::expansions::assign;
use keyspool::policy::order::import::import;
use keyspool::policy::record::code::RefusalCode;
use keyspool::policy::record::code::RefusalCode::*;
use keyspool::policy::record::event::Event;
use keyspool::policy::record::event::granted::Outcome;
use keyspool::policy::record::preloaded::Record;
use keyspool::policy::refusal::Stop;
use keyspool::wire::request::Wanted;
use keyspool::wire::response::Destination;

fn record(serial: &str, licences: &Counts) -> Record {
    Record {
        serial: serial.into(),
        product: word("nas"),
        organization: None,
        computer_id: None,
        licences: licences.clone(),
    }
}

/// Whether the record says something new.
fn imports(bench: &mut Bench, record: &Record) -> Result<bool, RefusalCode> {
    match import(&bench.state, record) {
        Ok(None) => Ok(false),
        Ok(Some(record)) => {
            bench.record(Event::RecordsImported {
                records: vec![record],
                on: bench.today,
            });
            Ok(true)
        }
        Err(Stop::Refused(refusal)) => Err(refusal.code()),
        Err(Stop::Broken(broken)) => panic!("{broken}"),
    }
}

pub(crate) fn assigns(
    bench: &mut Bench,
    id: ComputerId,
    wanted: &Counts,
) -> Result<(), RefusalCode> {
    bench.order(|state, today| assign(state, &id, wanted, today).map(|assigned| assigned.event))
}

/// The serials S1 and S2, each with four preloaded seats.
pub(crate) fn made(settings: &str) -> Bench {
    let mut bench = Bench::of("hardware", settings);
    for serial in ["S1", "S2"] {
        assert_eq!(imports(&mut bench, &record(serial, &seats(4))), Ok(true));
    }
    bench
}

pub(crate) fn unit(seed: u8, serial: &'static str) -> Device {
    Device {
        serial: Some(serial),
        ..Device::new(seed)
    }
}

pub(crate) fn activates(bench: &mut Bench, device: &mut Device, need: u64) -> Said {
    let request = device.activate(need);
    bench.drop(&request)
}

#[test]
fn listed_serial_gets_all_that_was_preloaded() {
    let mut bench = made("");
    let mut device = unit(1, "S1");
    let activation = activates(&mut bench, &mut device, 1).activation();
    assert_eq!(
        (activation.plan, activation.licences.clone()),
        (Plan::Hardware, seats(4)),
        "even if the need is less"
    );
    assert_eq!(
        (
            activation.validity.valid_from,
            activation.validity.valid_until
        ),
        (day("2026-11-22"), None)
    );
    assert_eq!(activation.validity.grace_until, None);
    assert_eq!(need(&bench), 1);
    let again = bench.on("2029-01-31").drop(&device.refresh(4));
    assert_eq!(again.outcome(), Some(Outcome::Refreshed));
    let again = again.activation();
    assert_eq!(
        (again.activation_id, again.sequence),
        (activation.activation_id, 2)
    );
    assert_eq!(
        again.validity, activation.validity,
        "the day of registration stays"
    );
    assert_eq!(
        activates(&mut bench, &mut device, 4).outcome(),
        Some(Outcome::Refreshed)
    );
    replays(&bench);
}

#[test]
fn a_need_over_what_the_hardware_holds_is_refused() {
    let mut bench = made("");
    let mut device = unit(1, "S1");
    assert_eq!(
        activates(&mut bench, &mut device, 5).code(),
        Some(NotEnoughLicences)
    );
    assert_eq!(
        activates(&mut bench, &mut device, 4).outcome(),
        Some(Outcome::Activated)
    );
    assert_eq!(
        bench.drop(&device.refresh(5)).code(),
        Some(NotEnoughLicences)
    );
    let mut other_type = unit(2, "S2");
    let request = other_type.ask(Wanted::Activate, counts(&[("seat", 1), ("extra", 1)]), &[]);
    assert_eq!(bench.drop(&request).code(), Some(NotEnoughLicences));
}

#[test]
fn there_is_nothing_to_extend() {
    let mut bench = made("");
    let mut device = unit(1, "S1");
    assert_eq!(bench.drop(&device.extend(1)).code(), Some(NothingToExtend));
    activates(&mut bench, &mut device, 1).activation();
    assert_eq!(bench.drop(&device.extend(1)).code(), Some(NothingToExtend));
}

#[test]
fn a_serial_serves_one_active_system() {
    let mut bench = made("");
    let mut first = unit(1, "S1");
    activates(&mut bench, &mut first, 1).activation();
    let mut second = unit(2, "S1");
    assert_eq!(
        activates(&mut bench, &mut second, 1).code(),
        Some(SerialInUse)
    );
    assert_eq!(
        activates(
            &mut bench,
            &mut Device {
                organization: "globex",
                ..unit(3, "S1")
            },
            1
        )
        .code(),
        Some(SerialInUse)
    );
    let receipt = bench.drop(&first.deactivate(1)).receipt();
    assert_eq!(
        (receipt.destination, receipt.licences),
        (Destination::None, counts(&[])),
        "nothing goes to the wallet"
    );
    assert_eq!(need(&bench), 0);
    assert_eq!(
        activates(&mut bench, &mut second, 1).outcome(),
        Some(Outcome::Activated)
    );
    replays(&bench);
}

#[test]
fn used_serial_stays_in_its_organization() {
    let mut bench = made("");
    let mut first = unit(1, "S1");
    activates(&mut bench, &mut first, 1).activation();
    bench.drop(&first.deactivate(1)).receipt();
    let mut elsewhere = Device {
        organization: "globex",
        ..unit(2, "S1")
    };
    assert_eq!(
        activates(&mut bench, &mut elsewhere, 1).code(),
        Some(SerialInUse)
    );
}

#[test]
fn unlisted_serial_has_nothing_preloaded() {
    let mut bench = made("");
    assert_eq!(
        activates(&mut bench, &mut unit(1, "S3"), 1).code(),
        Some(UnknownSerial)
    );
    let acme = Record {
        organization: Some(word("acme")),
        ..record("S4", &seats(4))
    };
    assert_eq!(imports(&mut bench, &acme), Ok(true));
    let mut elsewhere = Device {
        organization: "globex",
        ..unit(2, "S4")
    };
    assert_eq!(
        activates(&mut bench, &mut elsewhere, 1).code(),
        Some(UnknownSerial),
        "listed for another organization"
    );
    assert_eq!(
        activates(
            &mut bench,
            &mut Device {
                product: "cam",
                ..unit(3, "S1")
            },
            1
        )
        .code(),
        Some(UnknownSerial)
    );
    assert_eq!(
        activates(&mut bench, &mut Device::new(4), 1).code(),
        Some(NotEnoughLicences),
        "without a serial"
    );
}

#[test]
fn record_with_a_computer_id_registers_the_device() {
    let mut bench = made("");
    bench.vouched = false;
    let (mut device, mut stranger) = (unit(1, "S3"), unit(2, "S3"));
    assert_eq!(
        activates(&mut bench, &mut unit(3, "S1"), 1).code(),
        Some(AwaitingApproval),
        "a serial alone proves nothing"
    );
    let known = Record {
        organization: Some(word("acme")),
        computer_id: Some(device.id()),
        ..record("S3", &seats(4))
    };
    assert_eq!(imports(&mut bench, &known), Ok(true));
    assert_eq!(
        activates(&mut bench, &mut stranger, 1).code(),
        Some(AwaitingApproval)
    );
    let mut elsewhere = Device {
        organization: "globex",
        ..device.clone()
    };
    assert_eq!(
        activates(&mut bench, &mut elsewhere, 1).code(),
        Some(AwaitingApproval)
    );
    assert_eq!(
        activates(&mut bench, &mut device, 1).outcome(),
        Some(Outcome::Activated)
    );
    let mut strict = Bench::of("hardware", r#","registration":"approved""#);
    strict.vouched = false;
    assert_eq!(imports(&mut strict, &known), Ok(true));
    assert_eq!(
        activates(&mut strict, &mut unit(1, "S3"), 1).code(),
        Some(AwaitingApproval),
        "only an operator"
    );
}

#[test]
fn same_record_again_changes_nothing() {
    let mut bench = made("");
    assert_eq!(imports(&mut bench, &record("S1", &seats(4))), Ok(false));
    assert_eq!(
        imports(&mut bench, &record("S1", &seats(5))),
        Err(SerialInUse)
    );
    assert_eq!(
        imports(&mut bench, &record("S1", &counts(&[]))),
        Err(SerialInUse)
    );
    assert_eq!(
        imports(
            &mut bench,
            &Record {
                product: word("cam"),
                ..record("S1", &seats(5))
            }
        ),
        Ok(true),
        "of its own numbers"
    );
    assert_eq!(
        imports(&mut bench, &record("S9", &counts(&[("gold", 1)]))),
        Err(UnknownLicenceType)
    );
    assert_eq!(
        imports(
            &mut bench,
            &Record {
                product: word("toy"),
                ..record("S9", &seats(1))
            }
        ),
        Err(UnknownProduct)
    );
    let nobody = Record {
        organization: Some(word("nobody")),
        ..record("S9", &seats(1))
    };
    assert_eq!(imports(&mut bench, &nobody), Err(UnknownOrganization));
    let mut bench = Bench::new("");
    assert_eq!(
        imports(&mut bench, &record("S1", &seats(1))),
        Err(UnknownLicenceType),
        "seats are bought"
    );
    assert_eq!(
        imports(&mut bench, &record("S1", &counts(&[]))),
        Ok(true),
        "a record may register a device only"
    );
}

#[test]
fn later_record_may_add_the_organization() {
    let mut bench = made("");
    let acme = Record {
        organization: Some(word("acme")),
        ..record("S1", &seats(4))
    };
    let globex = Record {
        organization: Some(word("globex")),
        ..record("S1", &seats(4))
    };
    assert_eq!(imports(&mut bench, &acme), Ok(true));
    assert_eq!(imports(&mut bench, &acme), Ok(false));
    assert_eq!(
        imports(&mut bench, &record("S1", &seats(4))),
        Ok(false),
        "what is left out is not taken back"
    );
    assert_eq!(imports(&mut bench, &globex), Err(SerialInUse));
    activates(&mut bench, &mut unit(1, "S2"), 1).activation();
    assert_eq!(
        imports(
            &mut bench,
            &Record {
                serial: "S2".into(),
                ..globex
            }
        ),
        Err(SerialInUse),
        "acme uses it"
    );
    let device = Record {
        computer_id: Some(Device::new(1).id()),
        ..acme.clone()
    };
    assert_eq!(imports(&mut bench, &device), Ok(true));
    assert_eq!(
        imports(
            &mut bench,
            &Record {
                computer_id: Some(Device::new(2).id()),
                ..acme
            }
        ),
        Err(SerialInUse)
    );
}
