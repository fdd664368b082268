//! An example of each refusal.

use keyspool::licence::id::Hex;
use keyspool::licence::{ComputerId, Counts, Day, Identifier, LicenceKeyId, LineError, Plan};
use keyspool::policy::record::catalogue::settings::Model;
use keyspool::policy::record::system::GivenUp;
use keyspool::policy::refusal::{
    DrawnOn, ElsewhereRefusal, FileRefusal, Fresh, GivenUpRefusal, HardwareRefusal, KeyRefusal,
    LicencesRefusal, RecordedAs, Refusal, SerialRefusal, SubjectRefusal, SystemRefusal,
    TermRefusal, TrialRefusal, Unstated,
};
use keyspool::seal::VerifyError;
use keyspool::wire::error::Excerpt;
use keyspool::wire::{Kind, WireError};

fn word(text: &str) -> Identifier {
    Identifier::new(text).expect("an identifier")
}

fn day(text: &str) -> Day {
    Day::read(text).expect("a day")
}

fn seats(count: u64) -> Counts {
    [(word("seat"), count)].into_iter().collect()
}

fn id() -> ComputerId {
    ComputerId([7; 15])
}

fn key() -> LicenceKeyId {
    Hex([9; 8])
}

fn serial() -> String {
    "SN-0042".to_owned()
}

/// Every refusal, in the order of the subjects.
pub(crate) fn all() -> Vec<Refusal> {
    fn of<T: Into<Refusal>>(facts: Vec<T>) -> impl Iterator<Item = Refusal> {
        facts.into_iter().map(Into::into)
    }
    of(file())
        .chain(of(subject()))
        .chain(of(elsewhere()))
        .chain(of(system()))
        .chain(of(given_up()))
        .chain(of(hardware()))
        .chain(of(serials()))
        .chain(of(keys()))
        .chain(of(licences()))
        .chain(of(term()))
        .chain(of(trial()))
        .collect()
}

fn file() -> Vec<FileRefusal> {
    vec![
        WireError::EndsEarly { found: 812 }.into(),
        WireError::UnsupportedVersion {
            found: Excerpt::new("KS2:"),
        }
        .into(),
        WireError::NotARequest {
            found: Kind::Activation,
        }
        .into(),
        VerifyError::BadSignature.into(),
        FileRefusal::NotUtf8 {},
        FileRefusal::Changed {
            file: "acme/box.json".to_owned(),
        },
        FileRefusal::TooLarge {
            found: 70_000,
            allowed: 67_584,
        },
        FileRefusal::Archive { kind: "zip" },
        FileRefusal::TooManyPixels {
            width: 65_535,
            height: 65_535,
            allowed: 67_108_864,
            side: 65_535,
        },
        FileRefusal::PictureKind { kind: "WebP" },
        FileRefusal::Heic {},
        FileRefusal::Pdf {},
        FileRefusal::NoCode {},
        FileRefusal::ForeignCode {
            host: Some("example.com".to_owned()),
        },
        FileRefusal::ForeignCode { host: None },
        FileRefusal::Damaged {},
        FileRefusal::TooSlow { allowed: 10 },
        FileRefusal::TooMuchMemory { allowed: 512 },
        FileRefusal::ReaderBroke {},
        FileRefusal::PartsMissing {
            count: 3,
            missing: vec![2, 3],
            hours: 24,
        },
    ]
}

fn subject() -> Vec<SubjectRefusal> {
    let (organization, product) = (word("acme"), word("nas"));
    let mut all = vec![
        SubjectRefusal::UnknownOrganization {
            organization: organization.clone(),
        },
        SubjectRefusal::UnknownProduct {
            product: product.clone(),
        },
        SubjectRefusal::NotPooled {
            product: product.clone(),
            model: Model::DeviceSubscription,
        },
        SubjectRefusal::UnknownLicenceType {
            product: product.clone(),
            licence_type: word("camera"),
            known: vec![word("seat"), word("disk")],
        },
        SubjectRefusal::NoPreloadedLicences {
            product: product.clone(),
            model: Model::DeviceSubscription,
        },
        SubjectRefusal::NoExpansions {
            product: product.clone(),
            model: Model::DeviceSubscription,
        },
        SubjectRefusal::NoComputerKeys {
            product: product.clone(),
        },
    ];
    for wanted in [Fresh::Systems, Fresh::LicenceKeys, Fresh::Subscription] {
        let (organization, product) = (organization.clone(), product.clone());
        all.push(SubjectRefusal::WithdrawnOrganization {
            organization,
            wanted,
        });
        all.push(SubjectRefusal::WithdrawnProduct { product, wanted });
    }
    all
}

fn elsewhere() -> Vec<ElsewhereRefusal> {
    vec![
        ElsewhereRefusal::NotRegistered {
            organization: word("acme"),
        },
        ElsewhereRefusal::Folder {
            folder: word("zenith"),
            stated: word("acme"),
        },
        ElsewhereRefusal::TwoOrganizations {
            one: word("acme"),
            other: word("zenith"),
        },
        ElsewhereRefusal::TwoProducts {
            one: word("nas"),
            other: word("cam"),
        },
        ElsewhereRefusal::OtherProduct {
            installed: word("nas"),
            stated: word("cam"),
        },
    ]
}

fn system() -> Vec<SystemRefusal> {
    let computer_id = id();
    let unstated = [Unstated::Organization, Unstated::Product, Unstated::Need];
    let unstated = unstated.map(|missing| SystemRefusal::Unstated {
        computer_id,
        missing,
    });
    let mut all = vec![SystemRefusal::Unknown { computer_id }];
    all.extend(unstated);
    all.extend([
        SystemRefusal::NeverSeen { computer_id },
        SystemRefusal::NotEvenWaiting { computer_id },
        SystemRefusal::NotItsActivation { sequence: 3 },
        SystemRefusal::NoSequenceLeft { computer_id },
        SystemRefusal::NothingWaits { computer_id },
        SystemRefusal::Works {
            computer_id,
            until: Some(day("2027-01-31")),
        },
        SystemRefusal::Works {
            computer_id,
            until: None,
        },
        SystemRefusal::EmergencyLimit {
            computer_id,
            count: 3,
            days: 365,
        },
        SystemRefusal::Stale {
            counter: 4,
            granted: 6,
        },
        SystemRefusal::OtherCode {},
        SystemRefusal::WrongCode {
            computer_id,
            count: 2,
            allowed: 10,
        },
        SystemRefusal::Locked {
            computer_id,
            count: 10,
        },
    ]);
    all
}

fn given_up() -> Vec<GivenUpRefusal> {
    let (computer_id, on) = (id(), day("2026-11-05"));
    let given_up = |how| GivenUpRefusal::GivenUp {
        computer_id,
        on,
        how,
    };
    vec![
        given_up(GivenUp::Proven),
        given_up(GivenUp::Unproven),
        GivenUpRefusal::GivenUpAlready { computer_id, on },
        GivenUpRefusal::Recovered { computer_id },
        GivenUpRefusal::OtherDeactivation {},
        GivenUpRefusal::Proven { computer_id },
        GivenUpRefusal::Denied { computer_id, on },
        GivenUpRefusal::DeniedNotReleased { computer_id, on },
        GivenUpRefusal::DeniedAlready { computer_id, on },
        GivenUpRefusal::NotDenied { computer_id },
        GivenUpRefusal::NotGivenUp { computer_id },
        GivenUpRefusal::Confirmed { sequence: 3 },
    ]
}

fn hardware() -> Vec<HardwareRefusal> {
    vec![
        HardwareRefusal::AwaitingApproval {
            organization: word("acme"),
        },
        HardwareRefusal::HardwareChanged {
            components: vec![word("board"), word("disk")],
        },
        HardwareRefusal::ActiveElsewhere {},
        HardwareRefusal::RecoveryLimit { count: 0, days: 90 },
        HardwareRefusal::RecoveryLimit { count: 1, days: 90 },
        HardwareRefusal::RecoveryLimit { count: 2, days: 90 },
    ]
}

fn serials() -> Vec<SerialRefusal> {
    let recorded = [
        RecordedAs::Holding(seats(2)),
        RecordedAs::Holding(Counts::new()),
        RecordedAs::Of(word("acme")),
        RecordedAs::Device(id()),
    ];
    let recorded = recorded.map(|recorded| SerialRefusal::Contradicts {
        serial: serial(),
        product: word("cam"),
        recorded,
    });
    let mut all = vec![
        SerialRefusal::Unknown { serial: serial() },
        SerialRefusal::InUse { serial: serial() },
    ];
    all.extend(recorded);
    all.push(SerialRefusal::DeviceRecorded {
        computer_id: id(),
        serial: serial(),
        product: word("cam"),
    });
    all.push(SerialRefusal::DeviceActive {
        computer_id: id(),
        serial: serial(),
        product: word("cam"),
    });
    all
}

fn keys() -> Vec<KeyRefusal> {
    let key = key();
    vec![
        KeyRefusal::Mistyped {
            error: LineError::Length { found: 24 },
        },
        KeyRefusal::NotProven {},
        KeyRefusal::Unknown { key },
        KeyRefusal::Used { key },
        KeyRefusal::Void { key },
        KeyRefusal::VoidAlready { key },
        KeyRefusal::OtherProduct {
            key,
            product: word("nas"),
        },
        KeyRefusal::OtherOrganization { key },
        KeyRefusal::Exists { key },
        KeyRefusal::NotRedeemed { key },
        KeyRefusal::InUse {
            key,
            missing: seats(2),
        },
    ]
}

fn licences() -> Vec<LicencesRefusal> {
    let mut all = Vec::new();
    for from in [DrawnOn::Wallet, DrawnOn::OwnKeys] {
        all.extend([
            LicencesRefusal::NotEnough {
                missing: seats(2),
                from,
            },
            LicencesRefusal::NotEnoughForPeriod {
                shortfall: seats(5),
                missing: seats(2),
                from,
            },
            LicencesRefusal::Growth {
                missing: seats(2),
                percent: 10,
                from,
            },
        ]);
    }
    all.extend([
        LicencesRefusal::MoreThanStated { missing: seats(2) },
        LicencesRefusal::MoreThanSeats { missing: seats(2) },
        LicencesRefusal::MoreThanHardware { missing: seats(2) },
        LicencesRefusal::TooFewForPeriod {
            shortfall: seats(5),
            wanted: seats(2),
        },
        LicencesRefusal::Surplus {
            shortfall: seats(5),
            wanted: seats(7),
        },
        LicencesRefusal::TooManyForComputerKey {
            licences: seats(5_000),
        },
    ]);
    all
}

fn term() -> Vec<TermRefusal> {
    vec![
        TermRefusal::NotStarted {
            organization: word("acme"),
            product: word("nas"),
        },
        TermRefusal::Started {
            organization: word("acme"),
            product: word("nas"),
            on: day("2026-01-05"),
        },
        TermRefusal::NothingToRefresh {},
        TermRefusal::NothingToExtend {},
        TermRefusal::NoEnd {},
        TermRefusal::RenewsItself {
            product: word("nas"),
        },
        TermRefusal::TooFarAhead {
            until: day("2032-01-04"),
            allowed: day("2031-12-01"),
        },
        TermRefusal::PeriodTooFarAhead {
            period: 7,
            allowed: day("2031-12-01"),
        },
        TermRefusal::PeriodPast {
            period: 1,
            running: 3,
        },
        TermRefusal::PeriodBeforeLacks {
            period: 5,
            before: 4,
        },
    ]
}

fn trial() -> Vec<TrialRefusal> {
    let until = day("2026-12-31");
    vec![
        TrialRefusal::NotExtended {
            plan: Plan::Trial,
            until,
        },
        TrialRefusal::Licensed {},
        TrialRefusal::Running {
            plan: Plan::Emergency,
            until,
        },
        TrialRefusal::NoTrial {
            product: word("nas"),
        },
        TrialRefusal::TrialOver {},
        TrialRefusal::HardwareHadTrial {},
    ]
}
