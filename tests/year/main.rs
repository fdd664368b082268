//! A subscription year of an organization with 200 systems, by commands alone, as a licence manager
//! reads it: the transcript `fixtures/transcripts/year.md` is played and compared. Each figure is
//! also written here, computed by hand from LICENSING.
#![cfg(feature = "test-build")]

#[allow(dead_code)]
#[path = "../signer/bench.rs"]
mod bench;
mod everyday;
mod scribe;
#[allow(dead_code)]
#[path = "../signer/unit.rs"]
mod unit;

use keyspool::licence::Counts;
use keyspool::wire::request::Wanted;
use scribe::Scribe;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use unit::{Unit, counts};

const CATALOGUE: &str = r#"{
  "organizations": [{"id": "acme", "name": "Acme", "contact": "licences@acme.example"}],
  "products": [{"id": "vms", "name": "Video", "model": "pooled-subscription",
    "growth_allowance_percent": 50,
    "licence_types": [
      {"id": "channel", "name": "Channel"}, {"id": "analytics", "name": "Analytics"}
    ]}]
}"#;

const PREFACE: &str = "\
Acme runs 200 recorders. Each needs 4 channels, each fourth also one analytics. A period lasts 12 \
months, its grace 30 days,
and within a period half as much again may be added without new licences.

What is typed stands after `$`. K1, K2 and so on are licence keys, `...` is what differs \
from run to run, and lines that differ by
their Computer ID alone stand there once. The devices write their requests to a \
stick, which is copied into `inbox/acme/`.";

struct Year {
    scribe: Scribe,
    root: [u8; 32],
    units: BTreeMap<String, Unit>,
}

fn name(number: usize) -> String {
    format!("recorder-{number:03}")
}

fn need(number: usize) -> Counts {
    if number.is_multiple_of(4) {
        counts(&[("channel", 4), ("analytics", 1)])
    } else {
        counts(&[("channel", 4)])
    }
}

impl Year {
    fn begin() -> Self {
        let mut scribe = Scribe::new("A year of Acme", PREFACE);
        scribe.day("2024-03-01", "a new signer");
        let root = scribe.init();
        std::fs::write(scribe.bench.path("catalogue.json"), CATALOGUE).expect("written");
        scribe.run("catalogue apply catalogue.json --yes", 0);
        Self {
            scribe,
            root,
            units: BTreeMap::new(),
        }
    }

    /// Devices write requests, and these are dropped into the inbox.
    fn ask(&mut self, numbers: impl IntoIterator<Item = usize>, wanted: Wanted) {
        for number in numbers {
            let root = self.root;
            let unit = self
                .units
                .entry(name(number))
                .or_insert_with(|| Unit::with_root(&name(number), "vms", "acme", root));
            let request = unit.ask(wanted, need(number), &[]);
            self.scribe.carry(&name(number), &request);
        }
    }

    fn confirm(&mut self, numbers: impl IntoIterator<Item = usize>) {
        for number in numbers {
            let confirmation = self.unit(number).confirm();
            self.scribe
                .carry(&format!("{}-confirms", name(number)), &confirmation);
        }
    }

    fn unit(&mut self, number: usize) -> &mut Unit {
        self.units
            .get_mut(&name(number))
            .expect("a device of the story")
    }

    fn bring_back(&mut self, bundles: usize) {
        assert_eq!(self.scribe.bring_back(&mut self.units), bundles);
    }

    /// Shows the subscription, whose figures are these.
    fn stands(&mut self, status: &str, need: Value, periods: Value, carry_days: Value) {
        self.scribe.run("subscription show acme vms", 0);
        let shown = self
            .scribe
            .quietly("subscription show acme vms --json")
            .exits(0)
            .json();
        let members = [
            "number",
            "first",
            "last",
            "grace_until",
            "assigned",
            "licensed",
            "missing",
        ];
        let told: Vec<Value> = shown["periods"]
            .as_array()
            .expect("periods")
            .iter()
            .map(|period| {
                members
                    .iter()
                    .map(|member| period[*member].clone())
                    .collect()
            })
            .collect();
        assert_eq!(
            json!([shown["status"], shown["need"], told, shown["carry_days"]]),
            json!([status, need, periods, carry_days])
        );
    }

    /// What lies in the wallet: type, count, store-until and origin of each lot.
    fn stores(&mut self, lots: Value) {
        self.scribe.run("wallet show acme", 0);
        let shown = self
            .scribe
            .quietly("wallet show acme --json")
            .exits(0)
            .json();
        let told: Vec<Value> = shown["lots"]
            .as_array()
            .expect("lots")
            .iter()
            .map(|lot| {
                json!([
                    lot["type"],
                    lot["count"],
                    lot["store_until"],
                    if lot["origin"] == "credit" {
                        "credit"
                    } else {
                        "key"
                    }
                ])
            })
            .collect();
        assert_eq!(json!(told), lots);
    }

    /// What a system was given, as the signer shows it.
    fn given(&self, number: usize) -> Value {
        let id = self.units[&name(number)].computer_id();
        let shown = self
            .scribe
            .quietly(&format!("system show {id} --json"))
            .exits(0)
            .json();
        let issued = &shown["activation"];
        json!([
            issued["plan"],
            issued["sequence"],
            issued["valid_until"],
            issued["grace_until"],
            issued["confirmed"]
        ])
    }
}

#[test]
fn year_reads_as_its_transcript() {
    let mut year = Year::begin();
    started(&mut year);
    licensed(&mut year);
    grown(&mut year);
    renewed(&mut year);
    compensated(&mut year);
    moved(&mut year);
    lost(&mut year);
    next_period(&mut year);
    adds_up(&mut year);
    year.scribe.compare("year.md");
}

/// Period 0: 1 March 2024 to 28 February 2025; its grace is the first 30 days.
fn started(year: &mut Year) {
    year.scribe
        .tell("200 recorders are installed. Nobody has bought a licence yet.");
    year.ask(1..=200, Wanted::Activate);
    year.scribe.run("process", 0);
    year.bring_back(200);
    assert_eq!(
        year.given(1),
        json!(["grace", 1, "2024-03-30", "2024-03-30", null])
    );
    let all = json!({"channel": 800, "analytics": 50});
    let periods = json!([
        [0, "2024-03-01", "2025-02-28", "2024-03-30", {}, false, all],
        [1, "2025-03-01", "2026-02-28", null, {}, false, all],
    ]);
    year.stands("started", all, periods, json!({}));
}

/// Assigned within the grace of a start that joined nothing: no credit.
fn licensed(year: &mut Year) {
    year.scribe.day("2024-03-14", "the channels are bought");
    year.scribe.mint("K1", "vms", "channel=800");
    year.scribe.day("2024-03-15", "and the analytics");
    year.scribe.mint("K2", "vms", "analytics=50");
    year.scribe.run("wallet redeem acme K1 K2", 0);
    year.stores(json!([
        ["analytics", 50, "2029-03-14", "key"],
        ["channel", 800, "2029-03-14", "key"]
    ]));
    year.scribe
        .run("subscription assign acme vms --period current", 1);
    year.scribe
        .tell("Nobody was there to answer, so nothing was changed.");
    year.scribe
        .run("subscription assign acme vms --period current --yes", 0);
    year.scribe.run("refresh --yes", 0);
    year.bring_back(200);
    year.scribe
        .tell("One visit with a stick: all devices install, and write their confirmations.");
    year.confirm(1..=200);
    year.scribe.run("process", 0);
    assert_eq!(
        year.given(200),
        json!(["subscription", 2, "2025-02-28", "2025-03-30", 2])
    );
    let all = json!({"channel": 800, "analytics": 50});
    let periods = json!([
        [0, "2024-03-01", "2025-02-28", "2024-03-30", all, true, {}],
        [1, "2025-03-01", "2026-02-28", "2025-03-30", {}, false, all],
    ]);
    year.stands("licensed", all, periods, json!({}));
    year.stores(json!([]));
}

/// 850 assigned allow a need of 1,275. With 4 more, (850 + X) x 150 >= 127,900 needs X = 3.
fn grown(year: &mut Year) {
    year.scribe.day("2024-06-10", "half as many again");
    year.ask(201..=300, Wanted::Activate);
    year.scribe.run("process", 0);
    year.bring_back(100);
    assert_eq!(
        year.given(300),
        json!(["subscription", 1, "2025-02-28", "2025-03-30", null])
    );
    let (bought, all) = (
        json!({"channel": 800, "analytics": 50}),
        json!({"channel": 1200, "analytics": 75}),
    );
    let grown = json!({"channel": 400, "analytics": 25});
    let periods = json!([
        [
            0,
            "2024-03-01",
            "2025-02-28",
            "2024-03-30",
            bought,
            true,
            grown
        ],
        [1, "2025-03-01", "2026-02-28", "2025-03-30", {}, false, all],
    ]);
    year.stands("licensed", all, periods, json!({}));
    year.scribe.day("2024-06-11", "one too many");
    year.ask([301], Wanted::Activate);
    let said = year.scribe.run("process", 3);
    assert!(
        said.stderr.contains("growth-allowance") && said.stderr.contains("3 channel"),
        "{said}"
    );
    year.scribe
        .run("system list --waiting --organization acme", 0);
}

/// The next period is paid four months early; the need of the refused one does not count.
fn renewed(year: &mut Year) {
    year.scribe.day("2024-11-01", "renewed early");
    year.scribe.mint("K3", "vms", "channel=1200,analytics=75");
    year.scribe.run("wallet redeem acme K3", 0);
    year.scribe
        .run("subscription assign acme vms --period next --yes", 0);
    year.scribe.run("refresh --yes", 0);
    year.bring_back(300);
    year.confirm(1..=300);
    year.scribe.run("process", 0);
    assert_eq!(
        year.given(1),
        json!(["subscription", 3, "2026-02-28", "2026-03-30", 3])
    );
    let all = json!({"channel": 1200, "analytics": 75});
    let bought = json!({"channel": 800, "analytics": 50});
    let grown = json!({"channel": 400, "analytics": 25});
    let periods = json!([
        [
            0,
            "2024-03-01",
            "2025-02-28",
            "2024-03-30",
            bought,
            true,
            grown
        ],
        [1, "2025-03-01", "2026-02-28", "2025-03-30", all, true, {}],
    ]);
    year.stands("licensed", all, periods, json!({}));
}

/// 1 March to 1 December are 275 days, the period has 365: 400 x 275 = 110,000 = 301 x 365 + 135,
/// and 25 x 275 = 6,875 = 18 x 365 + 305.
fn compensated(year: &mut Year) {
    year.scribe.day(
        "2024-12-01",
        "licences for the growth, nine months into the period",
    );
    year.scribe.tell(
        "275 of the period's 365 days are past: that much of what is assigned now comes back.",
    );
    year.scribe.mint("K4", "vms", "channel=400,analytics=25");
    year.scribe.run("wallet redeem acme K4", 0);
    year.scribe
        .run("subscription assign acme vms --period current --yes", 0);
    year.stores(json!([
        ["analytics", 18, "2029-11-30", "credit"],
        ["channel", 301, "2029-11-30", "credit"]
    ]));
    year.scribe
        .tell("The recorder that was refused in June asks again.");
    year.ask([301], Wanted::Activate);
    year.scribe.run("process", 0);
    year.bring_back(1);
    assert_eq!(
        year.given(301),
        json!(["subscription", 1, "2025-02-28", "2025-03-30", null]),
        "the next period lacks 4"
    );
    year.scribe
        .run("subscription assign acme vms --period next --yes", 0);
    year.scribe.run("refresh --yes", 0);
    year.bring_back(1);
    year.confirm([301]);
    year.scribe.run("process", 0);
    let assigned = json!({"channel": 1200, "analytics": 75});
    let all = json!({"channel": 1204, "analytics": 75});
    let periods = json!([
        [0, "2024-03-01", "2025-02-28", "2024-03-30", assigned, true, {"channel": 4}],
        [1, "2025-03-01", "2026-02-28", "2025-03-30", all, true, {}],
    ]);
    year.stands(
        "licensed",
        all,
        periods,
        json!({"channel": 135, "analytics": 305}),
    );
}

fn moved(year: &mut Year) {
    year.scribe
        .day("2025-01-10", "one recorder moves to new hardware");
    year.scribe.tell(
        "The old recorder gives itself up; its proof is carried to the signer, then \
        the request of the new one.",
    );
    let id = year.unit(7).computer_id();
    let proof = year.unit(7).deactivate();
    year.scribe.carry("recorder-007-gives-itself-up", &proof);
    year.scribe.run("process", 0);
    year.ask([307], Wanted::Activate);
    year.scribe.run("process", 0);
    year.bring_back(1);
    year.confirm([307]);
    year.scribe.run("process", 0);
    assert_eq!(
        year.given(307),
        json!(["subscription", 1, "2026-02-28", "2026-03-30", 1])
    );
    let said = year.scribe.run(&format!("history list --system {id}"), 0);
    let told: Vec<&str> = said
        .stdout
        .lines()
        .filter_map(|line| line.split("  mara  ").nth(1)?.split([':', ' ']).next())
        .collect();
    let (assigned, brought) = ("licences_assigned", ["issued", "confirmed"]);
    let paid = [
        &["granted", assigned][..],
        &brought,
        &[assigned],
        &brought,
        &[assigned, assigned],
        &["deactivated"],
    ]
    .concat();
    assert_eq!(
        told, paid,
        "activated, licensed, renewed, compensated, renewed for the growth, moved"
    );
}

fn lost(year: &mut Year) {
    year.scribe.day("2025-01-20", "one recorder is stolen");
    let id = year.unit(13).computer_id();
    year.scribe.run(
        &format!("activation release {id} --without-proof --reason \"stolen from the site\" --yes"),
        0,
    );
    let all = json!({"channel": 1200, "analytics": 75});
    let periods = json!([
        [0, "2024-03-01", "2025-02-28", "2024-03-30", all, true, {}],
        [1, "2025-03-01", "2026-02-28", "2025-03-30", {"channel": 1204, "analytics": 75}, true, {}],
    ]);
    year.stands(
        "licensed",
        all,
        periods,
        json!({"channel": 135, "analytics": 305}),
    );
    year.scribe
        .day("2025-02-05", "the stolen recorder shows up");
    year.scribe
        .tell("Its request is refused, and it is flagged.");
    year.ask([13], Wanted::Refresh);
    let said = year.scribe.run("process", 3);
    assert!(said.stderr.contains("computer-id-retired"), "{said}");
    let said = year.scribe.run(&format!("system show {id}"), 0);
    assert!(
        said.stdout.contains("suspected:     possible abuse"),
        "{said}"
    );
    year.scribe
        .run(&format!("history list --system {id} --since 2025-01-01"), 0);
}

/// Period 1 is judged on its first day with the need of the day before, and ends on 28 February
/// 2026.
fn next_period(year: &mut Year) {
    let all = json!({"channel": 1200, "analytics": 75});
    let bought = json!({"channel": 1204, "analytics": 75});
    let carry = json!({"channel": 135, "analytics": 305});
    let period_0 = json!([0, "2024-03-01", "2025-02-28", "2024-03-30", all, true, {}]);
    let period_1 = json!(
        [1, "2025-03-01", "2026-02-28", "2025-03-30", bought, true, {
        }]
    );
    let period_2 = json!([2, "2026-03-01", "2027-02-28", "2026-03-30", {}, false, all]);
    let periods = json!([period_0, period_1, period_2]);
    year.scribe.day("2025-03-01", "the next period begins");
    year.scribe.run("process", 0);
    year.scribe.run("history list --event period_began", 0);
    year.stands("licensed", all.clone(), periods.clone(), carry.clone());
    year.scribe.day("2026-01-28", "31 days before its end");
    year.stands("licensed", all.clone(), periods.clone(), carry.clone());
    year.scribe.day("2026-01-29", "30 days before its end");
    year.stands("expires-soon", all.clone(), periods, carry.clone());
    let period_3 = json!([3, "2027-03-01", "2028-02-29", null, {}, false, all]);
    let periods = json!([period_0, period_1, period_2, period_3]);
    year.scribe
        .day("2026-03-01", "nobody has renewed: the grace runs");
    year.stands("grace", all.clone(), periods.clone(), carry.clone());
    year.scribe.day("2026-03-31", "the grace is over");
    year.stands("expired", all, periods, carry);
}

/// LICENSING section 16: minted + credited = unredeemed + voided + stored + assigned + consumed +
/// held + expired.
fn adds_up(year: &mut Year) {
    year.scribe
        .tell("What was bought and what was credited lies in periods or in the wallet:");
    year.scribe.run("key list", 0);
    year.stores(json!([
        ["analytics", 18, "2029-11-30", "credit"],
        ["channel", 297, "2029-11-30", "credit"]
    ]));
    let (minted, credited) = ([800 + 1200 + 400, 50 + 75 + 25], [301, 18]);
    let (assigned, stored) = ([1200 + 1204, 75 + 75], [297, 18]);
    let sums = |a: [u64; 2], b: [u64; 2]| [a[0] + b[0], a[1] + b[1]];
    assert_eq!(sums(minted, credited), sums(assigned, stored));
    let shown = year
        .scribe
        .quietly("system list --organization acme --state active --json")
        .exits(0)
        .json();
    assert_eq!(shown["systems"].as_array().map(Vec::len), Some(300));
    year.scribe
        .run("system list --organization acme --state deactivated", 0);
    year.scribe.run("history verify", 0);
}
