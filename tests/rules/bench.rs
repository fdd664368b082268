//! A signer without files and devices without hardware: what ops does around the rules, and nothing
//! more.

use keyspool::licence::id::Hex;
use keyspool::licence::{
    ComputerId, Counts, Day, Identifier, LicenceKey, LicenceKeyId, Moment, Plan, Ulid,
};
use keyspool::policy::apply::change::apply;
use keyspool::policy::ask::{Ask, Context};
use keyspool::policy::day::rollforward;
use keyspool::policy::decide::{Decision, decide};
use keyspool::policy::order::approval;
use keyspool::policy::order::approval::Approval;
use keyspool::policy::order::catalogue;
use keyspool::policy::order::key;
use keyspool::policy::record::catalogue::file::Catalogue;
use keyspool::policy::record::code::RefusalCode;
use keyspool::policy::record::counter::answers_given;
use keyspool::policy::record::event::Event;
use keyspool::policy::record::event::file::{Refused, Source};
use keyspool::policy::record::event::granted::{Granted, Outcome};
use keyspool::policy::record::memory::Memory;
use keyspool::policy::record::request::WaitingRow;
use keyspool::policy::record::state::{Row, State, key_of};
use keyspool::policy::record::system::SystemRow;
use keyspool::policy::record::wallet::{Lot, WalletRow};
use keyspool::policy::refusal::Stop;
use keyspool::seal::redeem::{licence_key_id, redeem_proof};
use keyspool::seal::{DeviceSecret, Generation, Verified, verify_request};
use keyspool::wire::request::{
    Deactivation, Fingerprint, InstalledActivation, Reason, Redeem, Request, RequestBody,
    SystemDescription, Wanted,
};
use keyspool::wire::response::{Activation, Receipt};
use keyspool::wire::sha256;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use zeroize::Zeroizing;

pub(crate) fn day(text: &str) -> Day {
    Day::read(text).expect("a day of the test")
}

pub(crate) fn word(text: &str) -> Identifier {
    Identifier::new(text).expect("an identifier of the test")
}

/// So many licences of the type `seat`.
pub(crate) fn seats(count: u64) -> Counts {
    counts(&[("seat", count)])
}

pub(crate) fn counts(pairs: &[(&str, u64)]) -> Counts {
    pairs.iter().map(|(id, count)| (word(id), *count)).collect()
}

/// A licence key of the test, by a small number: its code is in the order of its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key(pub(crate) u32);

impl Key {
    pub(crate) fn bytes(self) -> [u8; 15] {
        let mut bytes = [0x5A; 15];
        bytes[..4].copy_from_slice(&self.0.to_be_bytes());
        bytes
    }

    pub(crate) fn licence_key(self) -> LicenceKey {
        LicenceKey::from_bytes(self.bytes())
    }

    pub(crate) fn id(self) -> LicenceKeyId {
        licence_key_id(&self.licence_key())
    }
}

/// A device: one secret, its present generation, and what it tells of itself.
#[derive(Clone)]
pub(crate) struct Device {
    pub(crate) seed: u8,
    pub(crate) generation: u32,
    pub(crate) organization: &'static str,
    pub(crate) product: &'static str,
    /// The product that its requests name, where it is not its own.
    pub(crate) claims: Option<&'static str>,
    pub(crate) counter: u64,
    pub(crate) board: [u8; 3],
    pub(crate) installed: Option<InstalledActivation>,
    pub(crate) serial: Option<&'static str>,
}

impl Device {
    pub(crate) fn new(seed: u8) -> Self {
        Self {
            seed,
            generation: 1,
            organization: "acme",
            product: "nas",
            claims: None,
            counter: 0,
            board: [seed; 3],
            installed: None,
            serial: None,
        }
    }

    pub(crate) fn of(seed: u8, organization: &'static str, product: &'static str) -> Self {
        Self {
            organization,
            product,
            ..Self::new(seed)
        }
    }

    /// Another installation on the same hardware: a new secret.
    pub(crate) fn reinstalled(&self, seed: u8) -> Self {
        Self {
            seed,
            generation: 1,
            counter: 0,
            installed: None,
            ..self.clone()
        }
    }

    pub(crate) fn generation(&self) -> Generation {
        let secret = DeviceSecret::from_bytes(Zeroizing::new([self.seed; 32]));
        Generation::derive(&secret, &word(self.product), self.generation)
    }

    pub(crate) fn id(&self) -> ComputerId {
        self.generation().computer_id()
    }

    fn fingerprint(&self) -> Fingerprint {
        let named = ["board", "disk", "mac"].into_iter().zip(self.board);
        named
            .map(|(component, raw)| (word(component), Hex([raw; 8])))
            .collect()
    }

    fn sign(&mut self, body: RequestBody) -> Verified<Request> {
        self.counter += 1;
        self.sign_at(self.counter, body)
    }

    pub(crate) fn sign_at(&self, counter: u64, body: RequestBody) -> Verified<Request> {
        let generation = self.generation();
        let request = Request {
            organization: word(self.organization),
            product: word(self.claims.unwrap_or(self.product)),
            computer_id: generation.computer_id(),
            device_key: generation.signing_key().public().bytes(),
            counter,
            created_at: Moment::read("2026-11-22T09:00:00Z").expect("a time of the test"),
            witness: None,
            extensions: None,
            body,
        };
        verify_request(
            &generation
                .signing_key()
                .sign(request.kind(), request.to_payload()),
        )
        .expect("a good request")
    }

    pub(crate) fn description(
        &self,
        wanted: Wanted,
        need: Counts,
        keys: &[Key],
        counter: u64,
    ) -> RequestBody {
        let device_key = self.generation().signing_key().public().bytes();
        let proof = |key: &Key| {
            redeem_proof(
                &key.licence_key(),
                &word(self.organization),
                &device_key,
                counter,
            )
        };
        RequestBody::SystemDescription(SystemDescription {
            request: wanted,
            product_version: "1.0".into(),
            computer_name: format!("device {}", self.seed),
            fingerprint: self.fingerprint(),
            need,
            redeem: keys
                .iter()
                .map(|key| Redeem {
                    id: key.id(),
                    proof: proof(key),
                })
                .collect(),
            serial: self.serial.map(Into::into),
            activation: self.installed,
        })
    }

    pub(crate) fn ask(&mut self, wanted: Wanted, need: Counts, keys: &[Key]) -> Verified<Request> {
        let body = self.description(wanted, need, keys, self.counter + 1);
        self.sign(body)
    }

    pub(crate) fn activate(&mut self, need: u64) -> Verified<Request> {
        self.ask(Wanted::Activate, seats(need), &[])
    }

    pub(crate) fn extend(&mut self, need: u64) -> Verified<Request> {
        self.ask(Wanted::Extend, seats(need), &[])
    }

    pub(crate) fn refresh(&mut self, need: u64) -> Verified<Request> {
        self.ask(Wanted::Refresh, seats(need), &[])
    }

    pub(crate) fn install(&mut self, activation: &Activation) {
        self.installed = Some(InstalledActivation {
            id: Some(activation.activation_id),
            sequence: activation.sequence,
        });
    }

    pub(crate) fn confirm(&mut self, sequence: u16) -> Verified<Request> {
        let id = self.installed.and_then(|installed| installed.id);
        self.sign(RequestBody::Confirmation(InstalledActivation {
            id,
            sequence,
        }))
    }

    pub(crate) fn deactivate(&mut self, sequence: u16) -> Verified<Request> {
        let verification_code = *self.generation().verification_code();
        self.deactivate_with(sequence, verification_code)
    }

    pub(crate) fn deactivate_with(
        &mut self,
        sequence: u16,
        verification_code: [u8; 15],
    ) -> Verified<Request> {
        let activation = InstalledActivation { id: None, sequence };
        self.sign(RequestBody::Deactivation(Deactivation {
            activation,
            verification_code,
            reason: Reason::Moved,
        }))
    }

    /// The next generation, after a deactivation.
    pub(crate) fn moved_on(&self) -> Self {
        Self {
            generation: self.generation + 1,
            counter: 0,
            installed: None,
            ..self.clone()
        }
    }
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    Granted(Outcome, Box<Activation>),
    Deactivated(Box<Receipt>),
    Confirmed,
    Repeated(Option<Vec<u8>>),
    Refused(RefusalCode),
}

impl Said {
    pub(crate) fn activation(self) -> Activation {
        match self {
            Self::Granted(_, activation) => *activation,
            other => panic!("no activation: {other:?}"),
        }
    }

    pub(crate) fn receipt(self) -> Receipt {
        match self {
            Self::Deactivated(receipt) => *receipt,
            other => panic!("no receipt: {other:?}"),
        }
    }

    pub(crate) fn outcome(&self) -> Option<Outcome> {
        if let Self::Granted(outcome, _) = self {
            Some(*outcome)
        } else {
            None
        }
    }

    pub(crate) fn code(&self) -> Option<RefusalCode> {
        if let Self::Refused(code) = self {
            Some(*code)
        } else {
            None
        }
    }
}

/// The signer's side.
#[derive(Clone)]
pub(crate) struct Bench {
    pub(crate) state: Memory,
    pub(crate) today: Day,
    pub(crate) log: Vec<Event>,
    pub(crate) answers: BTreeMap<u64, Vec<u8>>,
    pub(crate) keys: u32,
    /// The operator's word for every file.
    pub(crate) vouched: bool,
    pub(crate) folder: Option<&'static str>,
    model: &'static str,
    settings: String,
}

/// The products `nas` and `cam` with these settings, for the organizations `acme` and `globex`.
pub(crate) fn catalogue(
    model: &str,
    settings: &str,
    organizations: &[&str],
    products: &[&str],
) -> Catalogue {
    let organizations = organizations
        .iter()
        .map(|id| format!(r#"{{"id":"{id}","name":"{id}","contact":"shop"}}"#));
    let mut list = Vec::new();
    for id in products {
        let mut product = String::new();
        let types = r#"[{"id":"seat","name":"Seat"},{"id":"extra","name":"Extra"}]"#;
        write!(
            product,
            r#"{{"id":"{id}","name":"{id}","model":"{model}","licence_types":{types}{settings}}}"#
        )
        .expect("a string takes it");
        list.push(product);
    }
    let organizations = organizations.collect::<Vec<_>>().join(",");
    Catalogue::read(&format!(
        r#"{{"organizations":[{organizations}],"products":[{}]}}"#,
        list.join(",")
    ))
    .expect("a catalogue")
}

impl Bench {
    /// On 2026-11-22; `settings` are members of the products' JSON, each after a comma.
    pub(crate) fn new(settings: &str) -> Self {
        Self::of("device-subscription", settings)
    }

    /// With products of another model.
    pub(crate) fn of(model: &'static str, settings: &str) -> Self {
        let mut bench = Self {
            state: Memory::default(),
            today: day("2026-11-22"),
            log: Vec::new(),
            answers: BTreeMap::new(),
            keys: 0,
            vouched: true,
            folder: None,
            model,
            settings: settings.into(),
        };
        bench.bring();
        bench.set(settings);
        bench
    }

    pub(crate) fn set(&mut self, settings: &str) {
        self.settings = settings.into();
        self.apply_catalogue(&["acme", "globex"], &["nas", "cam"]);
    }

    pub(crate) fn apply_catalogue(&mut self, organizations: &[&str], products: &[&str]) {
        let read = catalogue(self.model, &self.settings, organizations, products);
        if let Some(event) =
            catalogue::apply_catalogue(&self.state, &read, true).expect("a change that is allowed")
        {
            self.record(event);
        }
    }

    pub(crate) fn bring(&mut self) {
        let events = rollforward::bring_to(&mut self.state, self.today).expect("a sound state");
        events.iter().for_each(reads_back);
        self.log.extend(events);
        super::audit::check(&self.state);
    }

    pub(crate) fn on(&mut self, text: &str) -> &mut Self {
        self.today = day(text);
        self.bring();
        self
    }

    pub(crate) fn later(&mut self, days: u32) {
        self.today = self.today.plus_days(days).expect("a day we know");
        self.bring();
    }

    pub(crate) fn record(&mut self, event: Event) {
        apply(&mut self.state, &event).expect("the event fits the state");
        reads_back(&event);
        self.log.push(event);
        super::audit::check(&self.state);
    }

    pub(crate) fn mint(&mut self, count: u64) -> Key {
        self.mint_as("nas", None, &seats(count))
    }

    pub(crate) fn mint_as(
        &mut self,
        product: &str,
        organization: Option<&str>,
        licences: &Counts,
    ) -> Key {
        self.try_mint(product, organization, licences)
            .expect("a key that may be minted")
    }

    pub(crate) fn try_mint(
        &mut self,
        product: &str,
        organization: Option<&str>,
        licences: &Counts,
    ) -> Option<Key> {
        self.keys += 1;
        let key = Key(self.keys);
        let only = organization.map(word);
        let event = key::mint(
            &self.state,
            &word(product),
            only.as_ref(),
            licences,
            vec![key.id()],
            self.today,
        )
        .ok()?;
        self.record(event);
        self.state.know_key(&key.licence_key());
        Some(key)
    }

    pub(crate) fn redeem(&mut self, organization: &str, key: Key) -> Result<(), RefusalCode> {
        self.order(|state, today| key::redeem(state, &word(organization), &key.id(), today))
    }

    pub(crate) fn unredeem(&mut self, key: Key) -> Result<(), RefusalCode> {
        self.order(|state, today| key::unredeem(state, &key.id(), "a mistake".into(), today))
    }

    pub(crate) fn void(&mut self, key: Key) -> Result<Counts, RefusalCode> {
        let mut gone = Counts::new();
        self.order(|state, today| {
            let (event, out_of_reach) = key::void(state, &key.id(), "refunded".into(), today)?;
            gone = out_of_reach;
            Ok(event)
        })?;
        Ok(gone)
    }

    pub(crate) fn order(
        &mut self,
        order: impl FnOnce(&Memory, Day) -> Result<Event, Stop>,
    ) -> Result<(), RefusalCode> {
        match order(&self.state, self.today) {
            Ok(event) => {
                self.record(event);
                Ok(())
            }
            Err(Stop::Refused(refusal)) => Err(refusal.code()),
            Err(Stop::Broken(broken)) => panic!("{broken}"),
        }
    }

    /// `count` licences in the wallet of `acme` for `nas`, by one key.
    pub(crate) fn stock(&mut self, count: u64) -> Key {
        let key = self.mint(count);
        self.redeem("acme", key).expect("a new key");
        key
    }

    /// Approves; a waiting request must be brought again by the test.
    pub(crate) fn approve(&mut self, id: ComputerId) -> Result<(), RefusalCode> {
        let approved = approval::approve(&self.state, &id, "known to me".into(), self.today);
        self.order(|_, _| match approved? {
            Approval::Request { event, .. } | Approval::Seats(event) => Ok(event),
        })
    }

    pub(crate) fn context(&self, request: &Verified<Request>) -> Context {
        let document = request.document_id().0;
        let mut random = [0; 10];
        random.copy_from_slice(&document[..10]);
        let folder = self.folder.map(word);
        Context {
            today: self.today,
            now: Moment::read(&format!("{}T12:00:00Z", self.today)).expect("a time of the test"),
            trust_list: 1,
            fresh_id: Ulid::new(1_795_329_600_000, random),
            vouched: folder
                .clone()
                .or_else(|| self.vouched.then(|| request.organization.clone())),
            folder,
            witness: None,
            source: Source {
                batch: Ulid::new(0, [0; 10]),
                file: "in/file.json".into(),
                digest: sha256(&[b"file"]),
            },
        }
    }

    /// Drops one file: today, decide, record.
    pub(crate) fn drop(&mut self, request: &Verified<Request>) -> Said {
        self.bring();
        let context = self.context(request);
        match decide(&self.state, &Ask::device(request, &context)) {
            Ok(Decision::Repeated(row)) => Said::Repeated(
                row.answer
                    .map(|answer| self.answers.get(&answer).expect("a kept answer").clone()),
            ),
            Ok(Decision::Granted(grant)) => {
                if let Event::Granted(granted) = grant.event() {
                    self.never_ends_earlier(granted);
                }
                let answer = grant.answer().map(|answer| answer.payload.clone());
                self.record(grant.event().clone());
                if let Some(answer) = &answer {
                    let number = answers_given(&self.state).expect("in memory");
                    assert!(
                        self.answers.insert(number, answer.clone()).is_none(),
                        "every answer has a number of its own"
                    );
                }
                said(grant.event(), answer)
            }
            Err(Stop::Refused(refusal)) => {
                self.refuse(request, refusal.code(), context.source);
                Said::Refused(refusal.code())
            }
            Err(Stop::Broken(broken)) => panic!("{broken}"),
        }
    }

    fn refuse(&mut self, request: &Verified<Request>, code: RefusalCode, source: Source) {
        let need = match &request.body {
            RequestBody::SystemDescription(description) => Some(description.need.clone()),
            _ => None,
        };
        let before = self.state.clone();
        self.record(Event::Refused(Box::new(Refused {
            code,
            request: Some(request.document_id()),
            computer_id: Some(request.computer_id),
            organization: Some(request.organization.clone()),
            product: Some(request.product.clone()),
            need,
            source,
            on: self.today,
        })));
        let rows = |state: &Memory| -> Vec<_> {
            let others = state
                .rows()
                .filter(|(table, _, _)| *table != WaitingRow::TABLE);
            others
                .map(|(table, key, row)| (table, key.to_vec(), row.to_vec()))
                .collect()
        };
        assert_eq!(
            rows(&before),
            rows(&self.state),
            "a refusal changes nothing but the history"
        );
    }

    /// LICENSING section 6, for every activation that any test sees.
    fn never_ends_earlier(&self, granted: &Granted) {
        let replaced = granted.recovered_from.unwrap_or(granted.system.computer_id);
        let model = super::audit::model(&self.state, &granted.system.product);
        let Some(before) = self.find(replaced).filter(|before| before.is_active(model)) else {
            return;
        };
        let (old, new) = (&before.activation, &granted.system.activation);
        let last = |day: Option<Day>| day.unwrap_or(Day::LAST);
        if old.licences.covers(&granted.system.need) {
            // A trial or an emergency ends with the first ordinary activation, which lets the
            // device work on as long.
            let passes = matches!(old.plan, Plan::Trial | Plan::Emergency);
            assert!(
                passes || last(new.validity.valid_until) >= last(old.validity.valid_until),
                "{old:?} {new:?}"
            );
            assert!(
                last(new.validity.grace_until) >= last(old.validity.grace_until),
                "{old:?} {new:?}"
            );
        }
    }

    fn find(&self, id: ComputerId) -> Option<SystemRow> {
        self.state
            .get::<SystemRow>(&id.0)
            .expect("in memory")
            .map(|row| (*row).clone())
    }

    pub(crate) fn system(&self, device: &Device) -> SystemRow {
        self.find(device.id()).expect("a known system")
    }

    pub(crate) fn row<R: Row>(&self, key: &[u8]) -> R {
        (*self.state.get::<R>(key).expect("in memory").expect("a row")).clone()
    }

    pub(crate) fn lots(&self, organization: &str) -> Vec<Lot> {
        let row = self
            .state
            .get::<WalletRow>(&key_of(&[organization, "nas"]))
            .expect("in memory");
        row.map_or_else(Vec::new, |row| row.lots.clone())
    }

    /// Licences in the wallet of `acme` for `nas`: unused, and returned.
    pub(crate) fn wallet(&self) -> (u64, u64) {
        let sum = |returned| {
            self.lots("acme")
                .iter()
                .filter(|lot| lot.returned.is_some() == returned)
                .map(|lot| lot.count)
                .sum()
        };
        (sum(false), sum(true))
    }
}

fn said(event: &Event, answer: Option<Vec<u8>>) -> Said {
    match (event, answer) {
        (Event::Granted(granted), Some(payload)) => {
            let activation = Activation::read(&payload).expect("an activation that can be read");
            assert_eq!(activation.validity, granted.system.activation.validity);
            assert!(activation.validity.is_rising(), "{activation:?}");
            assert!(
                activation.licences.covers(&granted.system.need),
                "what is stated covers the need: {activation:?}"
            );
            let preloaded = activation.plan == Plan::Hardware;
            assert!(
                preloaded || activation.licences == granted.system.need,
                "what is stated is what was asked for"
            );
            Said::Granted(granted.outcome, Box::new(activation))
        }
        (Event::Deactivated(_), Some(payload)) => {
            Said::Deactivated(Box::new(Receipt::read(&payload).expect("a receipt")))
        }
        (Event::Confirmed { .. }, None) => Said::Confirmed,
        (event, _) => panic!("no grant: {event:?}"),
    }
}

/// The history is JSON: every event must read back as it was.
fn reads_back(event: &Event) {
    let text = serde_json::to_string(event).expect("an event that can be written");
    assert_eq!(
        &serde_json::from_str::<Event>(&text).expect("an event that can be read"),
        event,
        "{text}"
    );
}

/// Rows in order, as the history must give them again.
pub(crate) fn rows(state: &Memory) -> Vec<(&'static str, Vec<u8>, String)> {
    state
        .rows()
        .map(|(table, key, row)| {
            (
                table.name,
                key.to_vec(),
                String::from_utf8_lossy(row).into_owned(),
            )
        })
        .collect()
}
