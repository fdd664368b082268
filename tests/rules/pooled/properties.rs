//! What must hold whatever happens (LICENSING section 16), over random sequences of actions around
//! subscriptions.

use crate::bench::{Bench, Device, Key, Said, rows};
use crate::desk::{Desk as _, both, pooled};
use crate::help::{helps, order as order_help};
use keyspool::licence::{Counts, Day, Plan};
use keyspool::policy::apply::change::apply;
use keyspool::policy::batch::{Place, sequence};
use keyspool::policy::model::pooled::course::Course;
use keyspool::policy::model::pooled::growth;
use keyspool::policy::order::assign::Which;
use keyspool::policy::record::memory::Memory;
use keyspool::policy::record::need::NeedRow;
use keyspool::policy::record::product::ProductRow;
use keyspool::policy::record::state::{Row as _, State as _, key_of};
use keyspool::policy::record::subscription::{PeriodRow, SubscriptionRow};
use keyspool::policy::record::system::SystemRow;
use keyspool::seal::Verified;
use keyspool::wire::request::{InstalledActivation, Request, RequestBody, Wanted};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::Config;
use std::collections::{BTreeMap, BTreeSet};

const DEVICES: usize = 7;

#[derive(Debug, Clone)]
enum Action {
    Ask {
        device: usize,
        wanted: Wanted,
        need: (u64, u64),
        keys: Vec<usize>,
        named: Option<u16>,
    },
    Confirm {
        device: usize,
        back: u16,
    },
    Deactivate {
        device: usize,
    },
    Reinstall {
        device: usize,
    },
    Mint {
        seat: u64,
        extra: u64,
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
    Start {
        cam: bool,
    },
    Assign {
        cam: bool,
        which: Which,
        counts: Option<(u64, u64)>,
    },
    Settings {
        which: usize,
    },
    Help {
        device: usize,
    },
    Later {
        days: u32,
    },
}

const SETTINGS: [&str; 6] = [
    r#","term_months":1,"grace_days":9"#,
    r#","term_months":1,"grace_days":9,"auto_renew":true,"notify_days":[5]"#,
    concat!(
        r#","term_months":2,"grace_days":20,"auto_assign":false"#,
        r#","growth_allowance_percent":10,"early_renewal_years":0"#
    ),
    concat!(
        r#","term_months":1,"grace_days":0,"joins":"own""#,
        r#","storage_years":1,"growth_allowance_percent":0"#
    ),
    concat!(
        r#","term_months":1,"grace_days":20,"trial_days":10"#,
        r#","auto_renew":true,"recovery_limit":{"count":9,"days":30}"#
    ),
    r#","term_months":12,"auto_start":false,"growth_allowance_percent":50"#,
];

fn wanted() -> impl Strategy<Value = Wanted> {
    prop_oneof![
        6 => Just(Wanted::Activate),
        3 => Just(Wanted::Extend),
        3 => Just(Wanted::Refresh),
        1 => Just(Wanted::Trial),
    ]
}

fn which() -> impl Strategy<Value = Which> {
    prop_oneof![
        4 => Just(Which::Current),
        3 => Just(Which::Next),
        1 => (0..6_u32).prop_map(Which::Number),
    ]
}

fn action() -> impl Strategy<Value = Action> {
    let keys = prop_oneof![3 => Just(vec![]), 1 => prop::collection::vec(0..40_usize, 1..3)];
    let counts = prop::option::of((0..6_u64, 0..3_u64));
    prop_oneof![
        14 => (0..DEVICES, wanted(), (1..5_u64, 0..3_u64), keys, prop::option::of(0..3_u16))
            .prop_map(|(device, wanted, need, keys, named)| {
                Action::Ask { device, wanted, need, keys, named }
            }),
        3 => (0..DEVICES, 0..3_u16).prop_map(|(device, back)| Action::Confirm { device, back }),
        2 => (0..DEVICES).prop_map(|device| Action::Deactivate { device }),
        1 => (0..DEVICES).prop_map(|device| Action::Reinstall { device }),
        2 => (0..DEVICES).prop_map(|device| Action::Help { device }),
        3 => (0..14_u64, 1..9_u64, prop::bool::weighted(0.3))
            .prop_map(|(seat, extra, cam)| Action::Mint { seat, extra, cam }),
        5 => (0..40_usize, prop::bool::weighted(0.2))
            .prop_map(|(key, globex)| Action::Redeem { key, globex }),
        1 => (0..16_usize).prop_map(|key| Action::Unredeem { key }),
        1 => (0..60_usize).prop_map(|key| Action::Void { key }),
        1 => any::<bool>().prop_map(|cam| Action::Start { cam }),
        6 => (prop::bool::weighted(0.3), which(), counts)
            .prop_map(|(cam, which, counts)| Action::Assign { cam, which, counts }),
        1 => (0..SETTINGS.len()).prop_map(|which| Action::Settings { which }),
        4 => prop_oneof![8 => 0..4_u32, 5 => 8..32_u32, 1 => 300..370_u32]
            .prop_map(|days| Action::Later { days }),
    ]
}

/// A bench with its devices, everything that they have written, and what was seen of the
/// subscriptions.
struct Play {
    bench: Bench,
    devices: Vec<Device>,
    keys: Vec<Key>,
    files: Vec<Verified<Request>>,
    seeds: u8,
    seen: Seen,
}

#[derive(Default)]
struct Seen {
    days: BTreeMap<(String, u32), (Option<Day>, Option<Day>)>,
    assigned: BTreeMap<Vec<u8>, Counts>,
    licensed: BTreeSet<Vec<u8>>,
}

impl Seen {
    /// No period moves, assigned licences never return, and what is licensed stays so.
    fn look(&mut self, state: &Memory) {
        for row in crate::audit::all::<SubscriptionRow>(state) {
            for number in 0..=row.running + 2 {
                let days = (row.first_of(number), row.last_of(number));
                let name = format!("{} {}", row.organization, row.product);
                assert_eq!(
                    *self.days.entry((name, number)).or_insert(days),
                    days,
                    "no period moves"
                );
            }
        }
        for row in crate::audit::all::<PeriodRow>(state) {
            let before = self
                .assigned
                .insert(row.key(), row.assigned.clone())
                .unwrap_or_default();
            assert!(
                row.assigned.covers(&before),
                "assigned licences never return: {row:?}"
            );
            if row.licensed {
                self.licensed.insert(row.key());
            }
            assert!(
                row.licensed || !self.licensed.contains(&row.key()),
                "licensed to its end: {row:?}"
            );
        }
    }
}

fn need_of(state: &Memory, device: &Device) -> Counts {
    let row = state
        .get::<NeedRow>(&key_of(&[device.organization, device.product]))
        .expect("in memory");
    row.map_or_else(Counts::new, |row| row.need.clone())
}

impl Play {
    fn new(settings: &str) -> Self {
        let devices = (0_u8..7).map(|i| {
            let (organization, product) = [("acme", "nas"), ("acme", "cam"), ("globex", "nas")]
                [[0, 0, 0, 0, 1, 1, 2][usize::from(i)]];
            Device::of(i + 1, organization, product)
        });
        let bench = pooled(settings);
        let mut play = Self {
            bench,
            devices: devices.collect(),
            keys: vec![],
            files: vec![],
            seeds: 20,
            seen: Seen::default(),
        };
        for (product, seat, extra) in [("nas", 20, 9), ("nas", 9, 1), ("cam", 14, 8), ("nas", 3, 3)]
        {
            play.keys
                .push(play.bench.mint_as(product, None, &both(seat, extra)));
        }
        for key in [0, 2] {
            play.bench
                .redeem("acme", play.keys[key])
                .expect("a new key");
        }
        play
    }

    fn sequence(&self, device: usize, back: u16) -> u16 {
        let row = self
            .bench
            .state
            .get::<SystemRow>(&self.devices[device].id().0)
            .expect("in memory");
        row.map_or(1, |row| row.activation.sequence)
            .saturating_sub(back)
            .max(1)
    }

    fn key(&self, place: usize) -> Key {
        self.keys[place % self.keys.len()]
    }

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
                device.installed = named.map(|sequence| InstalledActivation { id: None, sequence });
                device.ask(*wanted, both(need.0, need.1), &keys)
            }
            Action::Confirm { device, back } => {
                let sequence = self.sequence(*device, *back);
                self.devices[*device].installed = None;
                self.devices[*device].confirm(sequence)
            }
            Action::Deactivate { device } => {
                let sequence = self.sequence(*device, 0);
                let file = self.devices[*device].deactivate(sequence);
                self.devices[*device] = self.devices[*device].moved_on();
                file
            }
            Action::Reinstall { device } => {
                self.seeds += 1;
                self.devices[*device] = self.devices[*device].reinstalled(self.seeds);
                return None;
            }
            _ => return None,
        })
    }

    fn act(&mut self, action: &Action) {
        if let Some(file) = self.file(action) {
            self.files.push(file.clone());
            self.drop(action, &file);
        } else {
            self.order(action);
        }
        self.seen.look(&self.bench.state);
    }

    fn drop(&mut self, action: &Action, file: &Verified<Request>) {
        let before = self.bench.state.clone();
        let said = self.bench.drop(file);
        if let (Action::Ask { device, .. }, Said::Granted(_, activation)) = (action, &said) {
            if activation.plan == Plan::Trial {
                assert_eq!(
                    need_of(&before, &self.devices[*device]),
                    need_of(&self.bench.state, &self.devices[*device])
                );
                return;
            }
            let device = &self.devices[*device];
            let key = key_of(&[device.product]);
            let settings = self
                .bench
                .state
                .get::<ProductRow>(&key)
                .expect("in memory")
                .expect("a product")
                .settings
                .clone();
            let (organization, product) = (
                crate::bench::word(device.organization),
                crate::bench::word(device.product),
            );
            let course = Course::of(&self.bench.state, &organization, &product)
                .expect("a sound state")
                .expect("started");
            let (was, is) = (need_of(&before, device), need_of(&self.bench.state, device));
            let running = course.row.running;
            if course.is_licensed(running, &is) {
                assert!(activation.plan == Plan::Subscription, "{activation:?}");
            } else {
                assert!(
                    course.is_in_grace(settings.grace_days, self.bench.today),
                    "unlicensed and past the grace: {activation:?}"
                );
            }
            let grew =
                !was.covers(&is) && !course.is_in_grace(settings.grace_days, self.bench.today);
            if grew {
                let missing = growth::missing(&is, &course.assigned(running), &settings)
                    .expect("small counts");
                assert!(missing.is_empty(), "beyond the allowance: {missing}");
            }
        }
    }

    fn order(&mut self, action: &Action) {
        let name = |cam: bool| if cam { "cam" } else { "nas" };
        match action {
            Action::Mint { seat, extra, cam } => {
                self.keys
                    .extend(self.bench.try_mint(name(*cam), None, &both(*seat, *extra)));
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
            Action::Help { device } => {
                let _ = helps(&mut self.bench, &order_help(&self.devices[*device]));
            }
            Action::Start { cam } => {
                let _ = self.bench.start(name(*cam));
            }
            Action::Assign { cam, which, counts } => {
                let counts = counts.map(|(seat, extra)| both(seat, extra));
                let _ = self.bench.try_assign(name(*cam), *which, counts.as_ref());
            }
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
    #![proptest_config(config(24))]

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
        days in 1..80_u32,
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
fn the_property_reaches_every_kind_of_change() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut seen = BTreeMap::<String, usize>::new();
    let mut note = |what: String| *seen.entry(what).or_default() += 1;
    for settings in SETTINGS.iter().cycle().take(36) {
        let actions = prop::collection::vec(action(), 60)
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
                .or(json.get("renewed"))
                .or(json.get("licensed"));
            note(
                format!(
                    "{} {}",
                    json["event"],
                    part.map_or_else(String::new, ToString::to_string)
                )
                .replace('"', ""),
            );
            let text = json.to_string();
            for word in [
                "recovered_from",
                "\"credited\"",
                "\"carry_days\"",
                "\"started\"",
            ] {
                if text.contains(word) {
                    note(word.replace('"', ""));
                }
            }
            note(
                json["system"]["activation"]["plan"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
            );
        }
    }
    let wanted = [
        "granted activated",
        "granted extended",
        "granted refreshed",
        "refused growth-allowance",
        "refused not-enough-licences",
        "refused too-far-ahead",
        "refused renews-automatically",
        "refused not-started",
        "licences_assigned true",
        "licences_assigned false",
        "period_began true",
        "period_began false",
        "recovered_from",
        "credited",
        "carry_days",
        "started",
        "emergency_granted ",
        "passing_ended ",
        "grace",
        "subscription",
        "trial",
        "emergency",
    ];
    for what in wanted {
        assert!(seen.contains_key(what), "{what}: {seen:?}");
    }
}
