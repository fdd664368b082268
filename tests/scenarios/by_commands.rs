//! Plays a scenario through the command line: files in, `--json` out.

use crate::by_rules::catalogue;
use crate::play::{Player, Said};
use crate::seen::{Eyes, StoredLot, Subscription, System};
use crate::signer::{self, Batch, outcome, word};
use crate::table::Product;
use crate::unit::{Unit, components, parts, qr};
use crate::words::{self, Action, ORGANIZATIONS, Order, Period, Place, Scope, Thing, Writing};
use keyspool::licence::{Counts, Day, LicenceKey};
use keyspool::seal::redeem::licence_key_id;
use keyspool::wire::Envelope;
use keyspool::wire::request::Reason;
use keyspool::wire::response::Receipt;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// A device, and what it was last known as.
struct Held {
    unit: Unit,
    organization: &'static str,
    product: &'static str,
    /// Whose hardware it runs on.
    hardware: &'static str,
    /// How often parts of it were changed.
    changes: usize,
    /// The Computer ID that spoke last.
    shown: String,
    written: Option<Envelope>,
    last: Option<Envelope>,
    /// A bundle that was not installed yet.
    bundle: Option<Vec<u8>>,
}

/// The signer as those at its counter meet it.
pub(crate) struct Counter {
    bench: signer::Bench,
    devices: BTreeMap<&'static str, Held>,
    products: Vec<Product>,
    dropped: BTreeSet<&'static str>,
    keys: BTreeMap<&'static str, LicenceKey>,
    today: Day,
    copy: Option<signer::Bench>,
    files: u32,
    out_of_reach: Counts,
    receipt: Option<Receipt>,
    /// What was shown since the last action, by what was asked.
    shown: RefCell<BTreeMap<String, signer::Said>>,
}

/// The clock may not jump further than that without an operator's word.
const FAR: i64 = 399;

fn read<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{error}: {value}"))
}

fn text_of(counts: &Counts) -> String {
    counts
        .iter()
        .map(|(id, count)| format!("{id}={count}"))
        .collect::<Vec<_>>()
        .join(",")
}

impl Counter {
    pub(crate) fn new(products: &[Product], first: Day) -> Self {
        let start = Day::read(&signer::START[..10]).expect("a day");
        let mut counter = Self {
            bench: signer::Bench::new(),
            devices: BTreeMap::new(),
            products: products.to_vec(),
            dropped: BTreeSet::new(),
            keys: BTreeMap::new(),
            today: start,
            copy: None,
            files: 0,
            out_of_reach: Counts::new(),
            receipt: None,
            shown: RefCell::default(),
        };
        counter.on(first);
        counter.apply_catalogue();
        counter
    }

    fn apply_catalogue(&self) {
        let path = self.bench.path("scenario.json");
        std::fs::write(&path, catalogue(&self.products, &self.dropped)).expect("written");
        self.bench.json(&[
            "catalogue",
            "apply",
            path.to_str().expect("UTF-8"),
            "--withdraw",
            "--yes",
        ]);
    }

    /// Asks the signer what it shows, once between two actions.
    fn shows(&self, arguments: &[&str]) -> signer::Said {
        let mut shown = self.shown.borrow_mut();
        let said = shown
            .entry(arguments.join(" "))
            .or_insert_with(|| self.bench.run(&[arguments, &["--json"]].concat()));
        said.clone()
    }

    fn organization(scope: Scope) -> &'static str {
        scope.organization.unwrap_or(ORGANIZATIONS[0])
    }

    fn product(&self, scope: Scope) -> &'static str {
        scope.product.unwrap_or(self.products[0].id)
    }

    fn meet(&mut self, phrase: &words::Device) -> &mut Held {
        if phrase.is_new {
            let organization = phrase.organization.unwrap_or(ORGANIZATIONS[0]);
            let product = phrase.product.unwrap_or(self.products[0].id);
            let hardware = phrase
                .hardware_of
                .map_or(phrase.name, |other| self.devices[other].hardware);
            let mut unit = self
                .bench
                .unit_of(phrase.name, product, organization)
                .on(hardware);
            unit.serial = phrase.serial.map(Into::into);
            let shown = unit.computer_id();
            let held = Held {
                unit,
                organization,
                product,
                hardware,
                changes: 0,
                shown,
                written: None,
                last: None,
                bundle: None,
            };
            assert!(
                self.devices.insert(phrase.name, held).is_none(),
                "`{}` is not new",
                phrase.name
            );
        }
        let held = self
            .devices
            .get_mut(phrase.name)
            .unwrap_or_else(|| panic!("`{}` was not named as new", phrase.name));
        assert!(
            phrase.is_new || (phrase.organization.is_none() && phrase.product.is_none()),
            "by the rules only"
        );
        held.unit.serial = phrase.serial.map(Into::into).or(held.unit.serial.take());
        let changed = components(&format!("other hardware {}", held.changes));
        held.changes += usize::from(phrase.parts_changed > 0);
        for part in held
            .unit
            .components
            .clone()
            .into_keys()
            .rev()
            .take(phrase.parts_changed.into())
        {
            held.unit
                .components
                .insert(part.clone(), changed[&part].clone());
        }
        held
    }

    fn known(&self, name: &str) -> &Held {
        self.devices
            .get(name)
            .unwrap_or_else(|| panic!("`{name}` was not named as new"))
    }

    fn held(&mut self, name: &str) -> &mut Held {
        self.devices
            .get_mut(name)
            .unwrap_or_else(|| panic!("`{name}` was not named as new"))
    }

    fn install(held: &mut Held) {
        if let Some(bundle) = held.bundle.take() {
            held.unit.install(&bundle);
        }
    }

    /// Writes a request; what the device only writes, a copy of it writes, so that it can still do
    /// otherwise.
    fn write(&mut self, name: &'static str, writing: &Writing) -> Envelope {
        let unknown = LicenceKey::from_bytes([7; 15]);
        let keys = match writing {
            Writing::Description { keys, .. } => keys
                .iter()
                .map(|key| self.keys.get(key).unwrap_or(&unknown))
                .collect(),
            _ => Vec::new(),
        };
        let keys: Vec<LicenceKey> = keys
            .iter()
            .map(|key| LicenceKey::from_bytes(*key.bytes()))
            .collect();
        let held = self.held(name);
        match writing {
            Writing::Description { wanted, need, .. } => {
                held.unit
                    .ask(*wanted, need.clone(), &keys.iter().collect::<Vec<_>>())
            }
            Writing::Deactivation => {
                Self::install(held);
                held.shown = held.unit.computer_id();
                held.unit.deactivate()
            }
            Writing::Confirmation { sequence } => {
                Self::install(held);
                let confirmation = held.unit.confirm();
                let Some(sequence) = sequence else {
                    return confirmation;
                };
                held.unit.forge(&confirmation, |payload| {
                    payload["activation"]["sequence"] = (*sequence).into()
                })
            }
        }
    }

    fn deliver(
        &mut self,
        name: &'static str,
        request: Envelope,
        place: Place,
        is_own: bool,
    ) -> Said {
        self.files += 1;
        let held = self.held(name);
        held.last = Some(request.clone());
        if is_own {
            held.shown = held.unit.computer_id();
        }
        let file = format!("{name}-{}.json", self.files);
        let file = match place {
            Place::OwnFolder => format!("{}/{file}", self.known(name).organization),
            Place::NoFolder => file,
            Place::FolderOf(other) => format!("{other}/{file}"),
        };
        self.bench.drop_file(file, &request.to_json());
        let said = self.bench.run(&["process", "--settle", "0", "--json"]);
        if said.code == Some(5) {
            return Said::Refused(said.error_code(), None);
        }
        let batch = self.bench.batch_of(said);
        self.take(name, &request, &batch)
    }

    /// What a batch says of a request, and what it gives the device.
    fn take(&mut self, name: &'static str, request: &Envelope, batch: &Batch) -> Said {
        let entry = batch.entries_of(request)[0].clone();
        match batch.outcome(request).as_str() {
            "activated" | "extended" | "refreshed" => {
                self.held(name).bundle = Some(batch.bundle(request))
            }
            "deactivated" => {
                let envelope =
                    Envelope::read(&batch.output(request, ".receipt.json")).expect("a receipt");
                self.receipt = Some(Receipt::read(&envelope.payload).expect("a receipt"));
            }
            "repeated" => return Said::Word("the same answer".into()),
            "confirmed" => {}
            code => {
                return Said::Refused(code.to_owned(), Some(word(&entry["refusal"]["message"])));
            }
        }
        Said::Word(outcome(&entry))
    }

    /// Runs an order: the document of one that was carried out, else the code of its refusal.
    fn ordered(&self, arguments: &[&str]) -> Result<Value, Said> {
        let said = self.bench.run(&[arguments, &["--json"]].concat());
        match said.code {
            Some(0) => Ok(said.json()),
            Some(1 | 3) if said.json()["refused"].is_array() => {
                let refused = said.json()["refused"][0].clone();
                Err(Said::Refused(
                    word(&refused["code"]),
                    Some(word(&refused["message"])),
                ))
            }
            Some(1) => Err(Said::Refused(said.error_code(), None)),
            _ => panic!("{said}"),
        }
    }

    /// Runs an order that answers with a batch, and takes what it gives a device.
    fn batch(&mut self, name: &'static str, arguments: &[&str]) -> Result<Said, Said> {
        let said = self.bench.run(&[arguments, &["--yes", "--json"]].concat());
        if said.code == Some(1) {
            return Err(Said::Refused(said.error_code(), None));
        }
        if said.json().get("returned").is_some() {
            return Ok(Said::done());
        }
        let batch = self.bench.batch_of(said);
        let is_request = batch.entries[0]
            .get("request")
            .is_some_and(|id| !id.is_null());
        if is_request {
            let last = self
                .known(name)
                .last
                .clone()
                .expect("the request that waits");
            return Ok(self.take(name, &last, &batch));
        }
        self.held(name).bundle = Some(bundle_of(&batch, &batch.entries[0]));
        Ok(Said::Word(outcome(&batch.entries[0])))
    }

    fn order(&mut self, name: &'static str, order: Order) -> Result<Said, Said> {
        let id = self.known(name).shown.clone();
        let verb = |verb: &'static str, more: &[&str]| -> Vec<String> {
            ["activation", verb, &id]
                .iter()
                .chain(more)
                .map(|word| (*word).to_owned())
                .collect()
        };
        const WHY: &str = "--reason=it was lost";
        let arguments = match order {
            Order::ReleaseWithoutProof => verb("release", &["--without-proof", WHY]),
            Order::ReleaseByCode => {
                let mut twin = self.known(name).unit.twin();
                drop(twin.deactivate());
                verb("release", &["--code", &twin.verification_code(), WHY])
            }
            Order::Cancel => verb("cancel", &[]),
            Order::Deny => verb("deny", &[WHY]),
            Order::DenyAndReturn => verb("deny", &[WHY, "--return-seat"]),
            Order::Undeny => verb("undeny", &[]),
            Order::Reinstate => verb("reinstate", &[]),
            Order::Extend => return self.batch(name, &["activation", "extend", &id]),
            Order::Refresh => return self.batch(name, &["activation", "issue", &id]),
        };
        let arguments: Vec<&str> = arguments
            .iter()
            .map(String::as_str)
            .chain(["--yes"])
            .collect();
        self.ordered(&arguments)?;
        if order == Order::ReleaseByCode {
            drop(self.held(name).unit.deactivate());
        }
        Ok(Said::done())
    }

    fn type_wrong_codes(&mut self, name: &'static str, times: u32) -> Result<Said, Said> {
        let mut stranger = self.bench.first();
        drop(stranger.deactivate());
        let (id, code) = (self.known(name).shown.clone(), stranger.verification_code());
        let mut last = Ok(Value::Null);
        for _ in 0..times {
            last = self.ordered(&[
                "activation",
                "release",
                &id,
                "--code",
                &code,
                "--reason",
                "it was lost",
            ]);
        }
        last.map(|_| Said::done())
    }

    fn issue(
        &mut self,
        phrase: &words::Device,
        need: &Counts,
        computer_key: bool,
    ) -> Result<Said, Said> {
        let held = self.meet(phrase);
        let (id, organization, product) =
            (held.unit.computer_id(), held.organization, held.product);
        held.shown.clone_from(&id);
        let need = text_of(need);
        let mut arguments = vec![
            "activation",
            "issue",
            &id,
            "--organization",
            organization,
            "--product",
            product,
        ];
        arguments.extend(["--need", &need]);
        arguments.extend(computer_key.then_some("--computer-key"));
        self.batch(phrase.name, &arguments)
    }

    fn help(
        &mut self,
        phrase: &words::Device,
        need: Option<&Counts>,
        in_place_of: Option<&'static str>,
    ) -> Result<Said, Said> {
        let held = self.meet(phrase);
        let (id, organization, product) =
            (held.unit.computer_id(), held.organization, held.product);
        held.shown.clone_from(&id);
        let need = need.map(text_of);
        let other = in_place_of.map(|name| self.known(name).shown.clone());
        let mut arguments = vec![
            "activation",
            "emergency",
            &id,
            "--reason",
            "the server room is under water",
        ];
        if let Some(need) = &need {
            arguments.extend([
                "--organization",
                organization,
                "--product",
                product,
                "--need",
                need,
            ]);
        }
        arguments.extend(other.iter().flat_map(|other| ["--for", other]));
        self.batch(phrase.name, &arguments)
    }

    fn refresh_due(&mut self) -> Result<Said, Said> {
        let said = self.bench.run(&["refresh", "--yes", "--json"]).exits(0);
        let systems = said.json()["systems"].as_array().expect("systems").len();
        if systems > 0 {
            let batch = self.bench.batch_of(said);
            for entry in &batch.entries {
                let file = word(&entry["file"]);
                let held = self
                    .devices
                    .values_mut()
                    .find(|held| file.ends_with(&held.shown));
                held.expect("a device of the scenario").bundle = Some(bundle_of(&batch, entry));
            }
        }
        Ok(Said::Word(format!("{systems} refreshed")))
    }

    fn mint(&mut self, name: &'static str, licences: &Counts, scope: Scope) -> Result<Said, Said> {
        let (product, licences) = (self.product(scope), text_of(licences));
        let mut arguments = vec!["key", "mint", product, "--licences", &licences];
        arguments.extend(
            scope
                .organization
                .iter()
                .flat_map(|organization| ["--organization", organization]),
        );
        let document = self.ordered(&arguments)?;
        let key = LicenceKey::read(&word(&document["keys"][0]["key"])).expect("a key");
        self.keys.insert(name, key);
        Ok(Said::done())
    }

    /// The id of a key; that of one that nobody minted is made up.
    fn key_id(&self, name: &str) -> String {
        let unknown = LicenceKey::from_bytes([7; 15]);
        licence_key_id(self.keys.get(name).unwrap_or(&unknown)).to_string()
    }

    fn assign(
        &mut self,
        licences: Option<&Counts>,
        period: Period,
        surplus: bool,
        scope: Scope,
    ) -> Result<Said, Said> {
        let period = match period {
            Period::Current => "current".to_owned(),
            Period::Next => "next".to_owned(),
            Period::Number(number) => number.to_string(),
        };
        let licences = licences.map(text_of);
        let mut arguments = vec![
            "subscription",
            "assign",
            Self::organization(scope),
            self.product(scope),
            "--period",
            &period,
        ];
        arguments.extend(licences.as_deref());
        arguments.extend(surplus.then_some("--surplus"));
        arguments.push("--yes");
        self.ordered(&arguments).map(|_| Said::done())
    }

    fn import(
        &mut self,
        serial: &str,
        licences: &Counts,
        organization: Option<&'static str>,
        id_of: Option<&words::Device>,
    ) -> Result<Said, Said> {
        let id = id_of
            .map(|phrase| self.meet(phrase).unit.computer_id())
            .unwrap_or_default();
        let columns: String = licences.iter().map(|(id, _)| format!(",{id}")).collect();
        let values: String = licences
            .iter()
            .map(|(_, count)| format!(",{count}"))
            .collect();
        let (product, organization) = (self.products[0].id, organization.unwrap_or_default());
        let text = format!(
            "serial,product,organization,computer_id{columns}\n{serial},{product},{organization},\
                {id}{values}\n"
        );
        std::fs::write(self.bench.path("records.csv"), text).expect("written");
        let said = self
            .bench
            .run(&["hardware", "import", "records.csv", "--json"]);
        match said.code {
            Some(0) => Ok(Said::done()),
            _ => Err(Said::Refused(
                word(&said.json()["refused"][0]["code"]),
                None,
            )),
        }
    }

    fn do_it(&mut self, action: &Action) -> Result<Said, Said> {
        match action {
            Action::Sends {
                device,
                writing,
                place,
            } => {
                self.meet(device);
                let request = self.write(device.name, writing);
                let is_own = !matches!(writing, Writing::Deactivation);
                Ok(self.deliver(device.name, request, *place, is_own))
            }
            Action::Writes {
                device,
                writing: Writing::Deactivation,
            } => {
                let held = self.meet(device);
                Self::install(held);
                held.written = Some(held.unit.twin().deactivate_for(Reason::Replaced));
                Ok(Said::Word("written".into()))
            }
            Action::Writes { device, writing } => {
                self.meet(device);
                let request = self.write(device.name, writing);
                self.held(device.name).written = Some(request);
                Ok(Said::Word("written".into()))
            }
            Action::BringsWritten {
                device,
                place,
                newer_checkpoint: false,
            } => {
                let request = self
                    .known(device.name)
                    .written
                    .clone()
                    .expect("something that was written");
                Ok(self.deliver(device.name, request, *place, false))
            }
            Action::BringsAgain { device, place } => {
                let request = self
                    .known(device.name)
                    .last
                    .clone()
                    .expect("something that was brought");
                Ok(self.deliver(device.name, request, *place, false))
            }
            Action::Installs { device } => {
                Self::install(self.meet(device));
                Ok(Said::done())
            }
            Action::Approves { device } => {
                let id = self.known(device.name).shown.clone();
                self.batch(device.name, &["activation", "approve", &id])
            }
            Action::Orders { device, order } => {
                self.meet(device);
                self.order(device.name, *order)
            }
            Action::TypesWrongCodes { device, times } => self.type_wrong_codes(device.name, *times),
            Action::Issues {
                device,
                need,
                computer_key,
            } => self.issue(device, need, *computer_key),
            Action::Helps {
                device,
                need,
                in_place_of,
            } => self.help(device, need.as_ref(), *in_place_of),
            Action::RefreshesDue => self.refresh_due(),
            other => self.do_by_desk(other),
        }
    }

    /// What an operator does about licences, records, the catalogue and the vault itself.
    fn do_by_desk(&mut self, action: &Action) -> Result<Said, Said> {
        match action {
            Action::Mints {
                key,
                licences,
                scope,
            } => return self.mint(key, licences, *scope),
            Action::Redeems { key, organization } => {
                let id = self.key_id(key);
                self.ordered(&[
                    "wallet",
                    "redeem",
                    organization.unwrap_or(ORGANIZATIONS[0]),
                    &id,
                ])?;
            }
            Action::Unredeems { key } => {
                let id = self.key_id(key);
                self.ordered(&["wallet", "unredeem", &id, "--reason", "a mistake", "--yes"])?;
            }
            Action::Voids { key } => {
                let id = self.key_id(key);
                let document =
                    self.ordered(&["key", "void", &id, "--reason", "refunded", "--yes"])?;
                self.out_of_reach = read(&document["out_of_reach"]);
            }
            Action::Starts { scope } => {
                self.ordered(&[
                    "subscription",
                    "start",
                    Self::organization(*scope),
                    self.product(*scope),
                    "--yes",
                ])?;
            }
            Action::Assigns {
                licences,
                period,
                surplus,
                scope,
            } => {
                return self.assign(licences.as_ref(), *period, *surplus, *scope);
            }
            Action::Imports {
                serial,
                licences,
                organization,
                id_of,
            } => {
                return self.import(serial, licences, *organization, id_of.as_ref());
            }
            Action::Expands { device, licences } => {
                let id = self.meet(device).shown.clone();
                self.ordered(&["hardware", "assign", &id, &text_of(licences), "--yes"])?;
            }
            Action::CatalogueSets { product, settings } => {
                let known = self
                    .products
                    .iter_mut()
                    .find(|known| known.id == *product)
                    .expect("a product of the scenario");
                known.read_settings(settings).expect("settings");
                self.apply_catalogue();
            }
            Action::CatalogueDrops { name } => {
                self.dropped.insert(name);
                self.apply_catalogue();
            }
            Action::CatalogueBringsBack { name } => {
                self.dropped.remove(name);
                self.apply_catalogue();
            }
            Action::KeepsACopy => self.copy = Some(self.bench.copy()),
            Action::PutsTheCopyBack => self.bench = self.copy.take().expect("a copy"),
            Action::Drops { thing } => return Ok(self.drop_thing(*thing)),
            Action::Processes => return Ok(self.process_rest()),
            other => panic!("only the rules can do that: {other:?}"),
        }
        Ok(Said::done())
    }

    fn drop_thing(&mut self, thing: Thing) -> Said {
        let bundle = || {
            let files = self.bench.files("spool/outbox");
            files
                .into_values()
                .find(|bytes| bytes.starts_with(b"PK"))
                .expect("a bundle")
        };
        let (organization, product) = (ORGANIZATIONS[0], self.products[0].id);
        let mut unit = self.bench.unit_of("somebody", product, organization);
        let bytes = match thing {
            Thing::Nonsense => b"{}".to_vec(),
            Thing::TooMuch => vec![b' '; 66 * 1024 + 1],
            Thing::Activation => signer::entries_of_zip(&bundle())["activation.json"].clone(),
            Thing::LaterVersion => {
                let text = String::from_utf8(unit.activate().to_json()).expect("text");
                text.replace(".v1+json", ".v2+json").into_bytes()
            }
            Thing::Archive => bundle(),
            Thing::EmptyPicture => white_square(),
            Thing::PartOfAText => parts(&qr(&unit.activate()), 3)[1].clone().into_bytes(),
            Thing::ChangedRequest => {
                let good = unit.activate();
                let mut payload: Value = serde_json::from_slice(&good.payload).expect("a payload");
                payload["computer_name"] = "another".into();
                Envelope {
                    payload: payload.to_string().into_bytes(),
                    ..good
                }
                .to_json()
            }
        };
        let name = if thing == Thing::PartOfAText {
            "thing.txt"
        } else {
            "thing.json"
        };
        self.bench.drop_file(name, &bytes);
        self.process_rest()
    }

    /// Answers what lies in the inbox: one thing, or nothing yet.
    fn process_rest(&mut self) -> Said {
        let batch = self.bench.process();
        let Some(entry) = batch.entries.first() else {
            return Said::Word("waiting".into());
        };
        match entry["refusal"].get("code") {
            Some(code) => Said::Refused(word(code), None),
            None => Said::Word(outcome(entry)),
        }
    }
}

fn bundle_of(batch: &Batch, entry: &Value) -> Vec<u8> {
    let outputs = entry["outputs"].as_array().expect("outputs");
    let path = outputs
        .iter()
        .map(|output| word(&output["path"]))
        .find(|path| path.ends_with(".zip"))
        .expect("a bundle");
    std::fs::read(batch.folder("outbox").join(path)).expect("a bundle")
}

impl Eyes for Counter {
    fn system(&self, device: &'static str) -> Option<System> {
        let said = self.shows(&["system", "show", &self.known(device).shown]);
        if said.code != Some(0) {
            assert_eq!(said.error_code(), "unknown-activation");
            return None;
        }
        let shown = said.json();
        let issued = &shown["activation"];
        let seats = shown["seats"].as_array().expect("seats").iter();
        Some(System {
            state: word(&shown["state"]),
            held: read(&shown["held"]),
            need: read(&shown["need"]),
            id: word(&issued["id"]),
            sequence: read(&issued["sequence"]),
            plan: word(&issued["plan"]),
            licences: read(&issued["licences"]),
            valid_from: read(&issued["valid_from"]),
            valid_until: read(&issued["valid_until"]),
            grace_until: read(&issued["grace_until"]),
            seats: seats
                .map(|seat| {
                    (
                        word(&seat["type"]),
                        read(&seat["count"]),
                        read(&seat["last"]),
                    )
                })
                .collect(),
            suspected: read(&shown["suspected"]),
            is_due: !shown["due_since"].is_null(),
        })
    }

    fn wallet(&self, scope: Scope) -> Vec<StoredLot> {
        let shown = self
            .shows(&["wallet", "show", Self::organization(scope)])
            .exits(0)
            .json();
        let product = self.product(scope);
        let lots = shown["lots"]
            .as_array()
            .expect("lots")
            .iter()
            .filter(|lot| lot["product"] == product);
        let named = |id: String| {
            let found = self
                .keys
                .iter()
                .find(|(_, key)| licence_key_id(key).to_string() == id);
            found.map_or(id, |(name, _)| (*name).to_owned())
        };
        lots.map(|lot| StoredLot {
            licence_type: word(&lot["type"]),
            count: read(&lot["count"]),
            origin: named(word(&lot["origin"])),
            until: read(&lot["store_until"]),
        })
        .collect()
    }

    fn subscription(&self, scope: Scope) -> Subscription {
        let shown = self
            .shows(&[
                "subscription",
                "show",
                Self::organization(scope),
                self.product(scope),
            ])
            .exits(0)
            .json();
        Subscription {
            status: word(&shown["status"]),
            periods: read(&shown["periods"]),
            need: read(&shown["need"]),
            waiting: read(&shown["waiting"]),
            carry_days: read(&shown["carry_days"]),
        }
    }

    fn key(&self, name: &'static str) -> String {
        let (shown, id) = (
            self.shows(&["key", "list"]).exits(0).json(),
            self.key_id(name),
        );
        let keys = shown["keys"].as_array().expect("keys");
        word(&keys.iter().find(|key| key["id"] == id).expect("a key")["state"])
    }

    fn out_of_reach(&self) -> Counts {
        self.out_of_reach.clone()
    }

    fn receipt(&self) -> (String, Counts) {
        let receipt = self.receipt.as_ref().expect("a receipt");
        (
            format!("{:?}", receipt.destination).to_lowercase(),
            receipt.licences.clone(),
        )
    }

    fn is_growth_reported(&self, _: Scope) -> bool {
        panic!("no command shows that")
    }

    fn is_swing_reported(&self, _: Scope) -> bool {
        panic!("no command shows that")
    }
}

impl Player for Counter {
    fn on(&mut self, day: Day) {
        self.shown.borrow_mut().clear();
        if day == self.today {
            self.bench.pass_seconds(1);
            return;
        }
        let is_far = day.days_since(self.today) > FAR;
        self.bench.set_clock(&format!("{day}T10:00:00Z"));
        self.today = day;
        if is_far {
            self.bench
                .json(&["clock", "accept", "--reason", "the signer was off"]);
        }
    }

    fn act(&mut self, action: &Action) -> Said {
        let said = self.do_it(action).unwrap_or_else(|refused| refused);
        self.shown.borrow_mut().clear();
        said
    }

    fn finish(&mut self) {
        self.bench.verify_history();
    }
}

/// A picture of 40 by 40 white pixels.
fn white_square() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 40, 40);
    encoder.set_color(png::ColorType::Grayscale);
    let mut writer = encoder.write_header().expect("a header");
    writer
        .write_image_data(&[255; 40 * 40])
        .expect("its pixels");
    writer.finish().expect("its end");
    bytes
}
