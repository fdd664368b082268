//! What must hold whatever happens (LICENSING section 16), over random sequences of actions.

use crate::bench::{Bench, Device, Key, Said, rows, seats};
use keyspool::licence::ComputerId;
use keyspool::policy::apply::change::apply;
use keyspool::policy::batch::{Place, sequence};
use keyspool::policy::record::memory::Memory;
use keyspool::policy::record::system::{SystemRow, SystemState};
use keyspool::seal::Verified;
use keyspool::wire::request::{Request, RequestBody, Wanted};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::Config;
use std::collections::BTreeMap;

/// Devices 0 and 1 share their hardware, as do 2 and 3; of these pairs the second is of the other
/// organization.
const DEVICES: usize = 8;

#[derive(Debug, Clone)]
enum Action {
    Ask {
        device: usize,
        wanted: Wanted,
        need: u64,
        keys: Vec<usize>,
        named: Option<u16>,
    },
    Confirm {
        device: usize,
        back: u16,
    },
    Deactivate {
        device: usize,
        back: u16,
    },
    Reinstall {
        device: usize,
    },
    Replace {
        device: usize,
        part: usize,
        by: u8,
    },
    Withdraw {
        what: usize,
    },
    Again {
        place: usize,
    },
    Mint {
        count: u64,
        organization: Option<bool>,
        cam: bool,
    },
    Redeem {
        key: usize,
        globex: bool,
    },
    Unredeem {
        key: usize,
    },
    Void {
        key: usize,
    },
    Approve {
        device: usize,
    },
    Vouch {
        vouched: bool,
    },
    Settings {
        which: usize,
    },
    Later {
        days: u32,
    },
}

const SETTINGS: [&str; 6] = [
    r#","term_months":1"#,
    r#","term_months":1,"grace_days":20,"auto_renew":true"#,
    r#","term_months":2,"grace_days":3,"self_service_deactivation":false,"notify_days":[10]"#,
    concat!(
        r#","term_months":1,"storage_years":1,"release_limit":{"count":1,"days":30}"#,
        r#","recovery_limit":{"count":1,"days":30}"#
    ),
    r#","term_months":1,"grace_days":10,"auto_assign":false,"registration":"approved""#,
    r#","term_months":1,"auto_renew":true,"registration":"open","early_renewal_years":0"#,
];

fn wanted() -> impl Strategy<Value = Wanted> {
    prop_oneof![
        4 => Just(Wanted::Activate),
        3 => Just(Wanted::Extend),
        3 => Just(Wanted::Refresh),
        1 => Just(Wanted::Trial),
    ]
}

fn action() -> impl Strategy<Value = Action> {
    let device = 0..DEVICES;
    let keys = prop_oneof![3 => Just(vec![]), 2 => prop::collection::vec(0..12_usize, 1..3)];
    prop_oneof![
        12 => (device.clone(), wanted(), 1..4_u64, keys, prop::option::of(0..3_u16))
            .prop_map(|(device, wanted, need, keys, named)| {
                Action::Ask { device, wanted, need, keys, named }
            }),
        2 => (device.clone(), 0..3_u16).prop_map(|(device, back)| Action::Confirm { device, back }),
        4 => (device.clone(), 0..2_u16)
            .prop_map(|(device, back)| Action::Deactivate { device, back }),
        1 => device.clone().prop_map(|device| Action::Reinstall { device }),
        1 => (device.clone(), 0..3_usize, 100..104_u8)
            .prop_map(|(device, part, by)| Action::Replace { device, part, by }),
        1 => (0..4_usize).prop_map(|what| Action::Withdraw { what }),
        1 => (0..64_usize).prop_map(|place| Action::Again { place }),
        2 => (1..5_u64, prop::option::of(any::<bool>()), prop::bool::weighted(0.3))
            .prop_map(|(count, organization, cam)| Action::Mint { count, organization, cam }),
        3 => (0..12_usize, any::<bool>()).prop_map(|(key, globex)| Action::Redeem { key, globex }),
        1 => (0..12_usize).prop_map(|key| Action::Unredeem { key }),
        1 => (0..12_usize).prop_map(|key| Action::Void { key }),
        2 => device.prop_map(|device| Action::Approve { device }),
        1 => any::<bool>().prop_map(|vouched| Action::Vouch { vouched }),
        1 => (0..SETTINGS.len()).prop_map(|which| Action::Settings { which }),
        4 => prop_oneof![8 => 0..3_u32, 4 => 8..32_u32, 1 => 300..370_u32]
            .prop_map(|days| Action::Later { days }),
    ]
}

/// A bench with its devices and everything that they have written so far.
struct Play {
    bench: Bench,
    devices: Vec<Device>,
    keys: Vec<Key>,
    files: Vec<Verified<Request>>,
    seeds: u8,
}

impl Play {
    fn new(settings: &str) -> Self {
        let devices = (0_u8..8).map(|i| Device {
            board: [100 + i / 2; 3],
            ..Device::of(
                i + 1,
                if i % 4 == 1 { "globex" } else { "acme" },
                if i / 2 == 3 { "cam" } else { "nas" },
            )
        });
        let mut play = Self {
            bench: Bench::new(settings),
            devices: devices.collect(),
            keys: vec![],
            files: vec![],
            seeds: 8,
        };
        for (count, product) in [(2, "nas"), (4, "nas"), (1, "cam"), (6, "nas")] {
            play.keys
                .push(play.bench.mint_as(product, None, &seats(count)));
        }
        for key in [1, 3] {
            play.bench
                .redeem("acme", play.keys[key])
                .expect("a new key");
        }
        play
    }

    /// The sequence that a device would name: its newest, or one so many before.
    fn sequence(&self, device: usize, back: u16) -> u16 {
        let id = self.devices[device].id();
        let system = crate::audit::all::<SystemRow>(&self.bench.state).into_iter();
        let newest = system
            .filter(|system| system.computer_id == id)
            .map(|system| system.activation.sequence)
            .max();
        newest.unwrap_or(1).saturating_sub(back).max(1)
    }

    /// A given-up device whose seats wait for an operator.
    fn held(&self) -> Option<ComputerId> {
        let systems = crate::audit::all::<SystemRow>(&self.bench.state).into_iter();
        let mut held = systems
            .filter(|system| matches!(system.state, SystemState::GivenUp { held: true, .. }));
        held.next().map(|system| system.computer_id)
    }

    fn key(&self, place: usize) -> Key {
        self.keys[place % self.keys.len()]
    }

    /// The file that an action of a device writes.
    fn file(&mut self, action: &Action) -> Option<Verified<Request>> {
        Some(match action {
            Action::Ask {
                device,
                wanted,
                need,
                keys,
                named,
            } => {
                let keys: Vec<Key> = keys.iter().map(|key| self.key(*key)).collect();
                let named = named.map(|back| self.sequence(*device, back));
                let device = &mut self.devices[*device];
                device.installed = named.map(|sequence| {
                    keyspool::wire::request::InstalledActivation { id: None, sequence }
                });
                device.ask(*wanted, seats(*need), &keys)
            }
            Action::Confirm { device, back } => {
                let sequence = self.sequence(*device, *back);
                self.devices[*device].installed = None;
                self.devices[*device].confirm(sequence)
            }
            Action::Deactivate { device, back } => {
                let sequence = self.sequence(*device, *back);
                let file = self.devices[*device].deactivate(sequence);
                self.devices[*device] = self.devices[*device].moved_on();
                file
            }
            Action::Reinstall { device } => {
                self.seeds += 1;
                self.devices[*device] = self.devices[*device].reinstalled(self.seeds);
                return None;
            }
            Action::Replace { device, part, by } => {
                self.devices[*device].board[*part] = *by;
                return None;
            }
            Action::Again { place } => self.files.get(*place)?.clone(),
            _ => return None,
        })
    }

    fn act(&mut self, action: &Action) {
        if let Some(file) = self.file(action) {
            self.files.push(file.clone());
            self.bench.drop(&file);
            return;
        }
        match action {
            Action::Withdraw { what } => {
                let (organizations, products): (&[&str], &[&str]) = match what {
                    0 => (&["acme"], &["nas", "cam"]),
                    1 => (&["acme", "globex"], &["nas"]),
                    _ => (&["acme", "globex"], &["nas", "cam"]),
                };
                self.bench.apply_catalogue(organizations, products);
            }
            Action::Mint {
                count,
                organization,
                cam,
            } => {
                let only = organization.map(|globex| if globex { "globex" } else { "acme" });
                let product = if *cam { "cam" } else { "nas" };
                self.keys
                    .extend(self.bench.try_mint(product, only, &seats(*count)));
            }
            Action::Redeem { key, globex } => {
                let _ = self
                    .bench
                    .redeem(if *globex { "globex" } else { "acme" }, self.key(*key));
            }
            Action::Unredeem { key } => {
                let _ = self.bench.unredeem(self.key(*key));
            }
            Action::Void { key } => {
                let _ = self.bench.void(self.key(*key));
            }
            Action::Approve { device } => {
                let id = self.held().unwrap_or_else(|| self.devices[*device].id());
                let _ = self.bench.approve(id);
            }
            Action::Vouch { vouched } => self.bench.vouched = *vouched,
            Action::Settings { which } => self.bench.set(SETTINGS[*which]),
            Action::Later { days } => self.bench.later(*days),
            _ => {}
        }
    }
}

/// Drops files as one batch, in the order that the rules give; outcomes by document.
fn drop_batch(bench: &mut Bench, files: &[Verified<Request>]) -> Vec<(String, Said)> {
    let places: Vec<Place> = files
        .iter()
        .map(|file| Place {
            device_key: file.device_key,
            counter: file.counter,
            document: file.document_id(),
            is_deactivation: matches!(file.body, RequestBody::Deactivation(_)),
        })
        .collect();
    let mut said: Vec<_> = sequence(&places)
        .into_iter()
        .map(|i| (files[i].document_id().to_string(), bench.drop(&files[i])))
        .collect();
    said.sort_by(|a, b| a.0.cmp(&b.0));
    said
}

/// More with `PROPTEST_CASES`.
fn config(cases: u32) -> Config {
    let cases = std::env::var("PROPTEST_CASES").map_or(cases, |_| Config::default().cases);
    Config {
        cases,
        failure_persistence: None,
        max_shrink_iters: 2000,
        ..Config::default()
    }
}

proptest! {
    #![proptest_config(config(48))]

    /// The bench audits every step: sums, needs, refusals that change nothing, activations that end
    /// no earlier, events that read back, and no decision that finds the state broken.
    #[test]
    fn replayed_history_adds_up(
        settings in 0..SETTINGS.len(),
        actions in prop::collection::vec(action(), 1..48),
    ) {
        let mut play = Play::new(SETTINGS[settings]);
        for action in &actions {
            play.act(action);
        }
        let mut replayed = Memory::default();
        for event in &play.bench.log {
            apply(&mut replayed, event).expect("an event of the history");
        }
        prop_assert_eq!(rows(&replayed), rows(&play.bench.state));
    }

    #[test]
    fn any_order_of_files_gives_the_same_state(
        settings in 0..SETTINGS.len(),
        before in prop::collection::vec(action(), 1..20),
        batch in prop::collection::vec(action(), 2..16),
        shuffled in Just((0..16_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let mut play = Play::new(SETTINGS[settings]);
        before.iter().for_each(|action| play.act(action));
        let files: Vec<_> = batch.iter().filter_map(|action| play.file(action)).collect();
        let other: Vec<_> = shuffled
            .iter()
            .filter_map(|place| files.get(*place).cloned())
            .collect();
        let (mut one, mut two) = (play.bench.clone(), play.bench);
        prop_assert_eq!(drop_batch(&mut one, &files), drop_batch(&mut two, &other));
        prop_assert_eq!(rows(&one.state), rows(&two.state));
    }

    #[test]
    fn a_signer_that_was_off_comes_to_the_same_state(
        settings in 0..SETTINGS.len(),
        actions in prop::collection::vec(action(), 1..24),
        days in 1..60_u32,
    ) {
        let mut play = Play::new(SETTINGS[settings]);
        actions.iter().for_each(|action| play.act(action));
        let (mut daily, mut away) = (play.bench.clone(), play.bench);
        (0..days).for_each(|_| daily.later(1));
        away.later(days);
        prop_assert_eq!(rows(&daily.state), rows(&away.state));
        prop_assert_eq!(daily.log, away.log);
    }
}

#[test]
fn the_property_reaches_grants_of_every_kind() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut seen = BTreeMap::<String, usize>::new();
    for settings in SETTINGS.iter().cycle().take(48) {
        let actions = prop::collection::vec(action(), 40)
            .new_tree(&mut runner)
            .expect("a strategy that works")
            .current();
        let mut play = Play::new(settings);
        actions.iter().for_each(|action| play.act(action));
        for event in &play.bench.log {
            let json = serde_json::to_value(event).expect("an event");
            let part = json
                .get("outcome")
                .or(json.get("code"))
                .or(json.get("destination"));
            *seen
                .entry(format!(
                    "{} {}",
                    json["event"],
                    part.map_or_else(String::new, ToString::to_string)
                ))
                .or_default() += 1;
            if json["held"] == true {
                *seen.entry("held".into()).or_default() += 1;
            }
            if json.get("recovered_from").is_some() {
                *seen.entry("recovered".into()).or_default() += 1;
            }
            if ["confirmed", "granted"]
                .iter()
                .any(|event| json["event"] == *event)
                && json["returned"]
                    .as_array()
                    .is_some_and(|lots| !lots.is_empty())
            {
                *seen.entry("given back".into()).or_default() += 1;
            }
        }
    }
    for wanted in [
        "granted \"activated\"",
        "granted \"extended\"",
        "granted \"refreshed\"",
    ] {
        let (event, way) = wanted.split_once(' ').expect("two words");
        assert!(
            seen.contains_key(&format!("\"{event}\" {way}")),
            "{wanted}: {seen:?}"
        );
    }
    for wanted in [
        "\"seats_ended\" ",
        "\"lots_expired\" ",
        "\"seats_renewed\" ",
        "\"seats_released\" ",
        "\"key_unredeemed\" ",
    ] {
        assert!(seen.contains_key(wanted), "{wanted}: {seen:?}");
    }
    for wanted in [
        "recovered",
        "given back",
        "held",
        "\"deactivated\" \"wallet\"",
    ] {
        assert!(seen.contains_key(wanted), "{wanted}: {seen:?}");
    }
}
