//! Any way of dropping the same files gives the same state.

use crate::bench::{Bench, PASSPHRASE, entries};
use crate::unit::{counts, qr};
use keyspool::licence::Ulid;
use keyspool::ops::process::{Options, Progress, process};
use keyspool::ops::{Access, Signer};
use keyspool::spool::Spool;
use keyspool::vault::Passphrase;
use keyspool::wire::request::{Reason, Wanted};
use keyspool::wire::{Envelope, sha256};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

const SEED: u64 = 20_240_301;
const ORDERS: u64 = 24;

/// Numbers that look random and are the same every time.
struct Chance(u64, u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.1 += 1;
        let bytes = sha256(&[&self.0.to_be_bytes(), &self.1.to_be_bytes()]).0;
        usize::try_from(u64::from_be_bytes(bytes[..8].try_into().expect("8 bytes")) % limit as u64)
            .expect("small")
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

/// Keys of their own, a seat that comes back, a device that asks three times, strangers who compete
/// for what the wallet has, two devices on one piece of hardware, two deactivations of one device,
/// and what is refused anyway.
fn requests(bench: &Bench) -> Vec<Envelope> {
    bench.store("acme", "desk", "seat=1");
    let mut requests = Vec::new();
    for name in ["north", "south"] {
        requests.push(
            bench
                .unit(name, "desk")
                .activate_with(&bench.key("desk", "seat=1")),
        );
    }
    let mut pair = bench.unit("pair", "desk");
    let key = bench.key("desk", "seat=2,module=1");
    requests.push(pair.ask(
        Wanted::Activate,
        counts(&[("seat", 2), ("module", 1)]),
        &[&key],
    ));
    requests.push(pair.ask(Wanted::Activate, counts(&[("seat", 1)]), &[]));
    requests.push(pair.ask(Wanted::Refresh, counts(&[("seat", 1)]), &[]));
    let mut first = bench.first();
    let mut twin = first.twin();
    requests.push(first.confirm());
    requests.push(first.deactivate());
    requests.push(twin.deactivate_for(Reason::Other));
    for name in ["x", "y", "z"] {
        requests.push(bench.unit(name, "desk").activate());
    }
    let shared = bench.key("open", "seat=1");
    for name in ["twin 1", "twin 2"] {
        requests.push(
            bench
                .unit(name, "open")
                .on("one board")
                .activate_with(&shared),
        );
    }
    requests.push(bench.unit("stray", "nothing").activate());
    requests
}

/// Drops the requests in an order, under names, in folders and containers of chance; one of them
/// twice.
fn drop_all(bench: &Bench, requests: &[Envelope], chance: &mut Chance) {
    let mut all: Vec<&Envelope> = requests
        .iter()
        .chain([&requests[0], &requests[8]])
        .collect();
    chance.shuffle(&mut all);
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    for (number, request) in all.into_iter().enumerate() {
        let folder = ["acme/", "acme/deep/", "acme/Z/y/"][chance.below(3)];
        let name = format!("{folder}{:03} {number}", chance.below(1000));
        match chance.below(3) {
            0 => drop(bench.drop_file(format!("{name}.json"), &request.to_json())),
            1 => drop(bench.drop_file(
                name,
                &serde_json::to_vec_pretty(&json(request)).expect("JSON"),
            )),
            _ => {
                let text = texts
                    .entry(format!("acme/{}.txt", chance.below(3)))
                    .or_default();
                text.push_str(&qr(request));
                text.push_str("\r\n");
            }
        }
    }
    for (name, text) in texts {
        bench.drop_file(name, text.as_bytes());
    }
}

fn json(request: &Envelope) -> Value {
    serde_json::from_slice(&request.to_json()).expect("JSON")
}

/// Answers the inbox in this process, with ids that are the same every time. Gives outcomes by
/// request.
fn answer(bench: &Bench) -> BTreeMap<String, Vec<String>> {
    let passphrase = Passphrase::new(PASSPHRASE.into()).expect("a passphrase");
    let signer = Signer::open(
        &bench.path("vault"),
        &passphrase,
        Access::Changing,
        "a test",
        bench.clock(),
    )
    .expect("a signer");
    let spool = Spool::open(&bench.path("spool")).expect("a spool");
    let next = AtomicU64::new(0);
    let fresh = || {
        let mut random = [0; 10];
        random[2..].copy_from_slice(&next.fetch_add(1, Ordering::SeqCst).to_be_bytes());
        Ok(Ulid::new(1_700_000_000_000, random))
    };
    let options = Options {
        only: None,
        clock: bench.clock(),
        organization: None,
        trust_folders: false,
        settle: Duration::ZERO,
        now: &|| SystemTime::UNIX_EPOCH,
        wait: Some(&|_| panic!("nothing settles")),
        fresh: &fresh,
        scanner: &bench.scanner(),
    };
    let progress = Progress::UNTOLD;
    let result = process(&signer, &spool, &options, &progress).expect("answered");
    let mut outcomes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for entry in entries(&result) {
        let word = entry
            .refusal
            .map_or_else(|| entry.outcome.as_str().to_owned(), |refusal| refusal.code);
        outcomes
            .entry(entry.request.expect("a request").to_string())
            .or_default()
            .push(word);
    }
    outcomes.values_mut().for_each(|words| words.sort());
    outcomes
}

/// The history without the files that its entries came from.
fn history(bench: &Bench) -> Vec<Value> {
    let mut events = bench.events();
    events.iter_mut().for_each(forget_files);
    events
}

fn forget_files(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| name != "file" && name != "digest");
            members.values_mut().for_each(forget_files);
        }
        Value::Array(items) => items.iter_mut().for_each(forget_files),
        _ => {}
    }
}

#[test]
fn any_way_of_dropping_gives_the_same_state() {
    let bench = Bench::new();
    let requests = requests(&bench);
    let mut expected = None;
    for order in 0..ORDERS {
        let copy = bench.copy();
        drop_all(&copy, &requests, &mut Chance(SEED + order, 0));
        let outcomes = answer(&copy);
        assert_eq!(outcomes.len(), requests.len(), "seed {}", SEED + order);
        let shown = (outcomes, copy.state(), history(&copy));
        copy.verify_history();
        let expected = expected.get_or_insert_with(|| shown.clone());
        assert_eq!(*expected, shown, "seed {}", SEED + order);
    }
    let (outcomes, ..) = expected.expect("an order");
    let of = |number: usize| outcomes[&requests[number].document_id().to_string()].join(" ");
    assert_eq!(
        [of(0), of(1), of(2), of(3), of(4)],
        [
            "activated repeated",
            "activated",
            "activated",
            "refreshed",
            "refreshed"
        ]
    );
    let mut strangers: Vec<(String, String)> = (8..11)
        .map(|n| (requests[n].document_id().to_string(), of(n)))
        .collect();
    strangers.sort();
    assert!(
        strangers[2].1.starts_with("not-enough-licences"),
        "by smallest document id: {strangers:?}"
    );
    assert!(
        strangers[..2]
            .iter()
            .all(|(_, outcome)| outcome.starts_with("activated")),
        "{strangers:?}"
    );
}

#[test]
fn files_with_own_licences_come_in_any_batch() {
    let bench = Bench::new();
    let mut requests = Vec::new();
    for name in ["a", "b", "c", "d", "e"] {
        requests.push(
            bench
                .unit(name, "desk")
                .activate_with(&bench.key("desk", "seat=1")),
        );
    }
    let mut expected = None;
    for order in 0..8 {
        let copy = bench.copy();
        let mut chance = Chance(SEED + order, 0);
        let mut left: Vec<&Envelope> = requests.iter().collect();
        chance.shuffle(&mut left);
        while !left.is_empty() {
            for request in left.split_off(left.len() - 1 - chance.below(left.len())) {
                copy.drop_file(
                    format!("{}.json", request.document_id()),
                    &request.to_json(),
                );
            }
            copy.process().said.exits(0);
        }
        let mut systems = copy.json(&["system", "list"]);
        for system in systems["systems"].as_array_mut().expect("systems") {
            system["activation"]["id"] = Value::Null;
        }
        let shown = (
            systems,
            copy.json(&["wallet", "show", "acme"]),
            copy.json(&["key", "list"]),
        );
        assert_eq!(
            *expected.get_or_insert_with(|| shown.clone()),
            shown,
            "seed {}",
            SEED + order
        );
    }
}
