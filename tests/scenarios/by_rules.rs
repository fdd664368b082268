//! Plays a scenario through the rules, over a state in memory.

use crate::bench::{self, Bench, Device, Key, word};
use crate::help::helps;
use crate::operator;
use crate::play::{Player, Said};
use crate::seen::{Eyes, Period, StoredLot, Subscription, System};
use crate::table::Product;
use crate::words::{self, Action, ORGANIZATIONS, Order, Place, Scope, Writing};
use keyspool::licence::{ComputerId, Counts, Day};
use keyspool::policy::admit::abuse;
use keyspool::policy::ask::{self, Ask, Context};
use keyspool::policy::model::pooled::growth;
use keyspool::policy::order::approval;
use keyspool::policy::order::approval::Approval;
use keyspool::policy::order::assign;
use keyspool::policy::order::assign::Which;
use keyspool::policy::order::catalogue;
use keyspool::policy::order::expansions;
use keyspool::policy::order::import::import;
use keyspool::policy::order::key;
use keyspool::policy::order::subscription;
use keyspool::policy::record::catalogue::file::Catalogue;
use keyspool::policy::record::catalogue::settings::{Model, ProductSettings};
use keyspool::policy::record::code::RefusalCode;
use keyspool::policy::record::due;
use keyspool::policy::record::event::Event;
use keyspool::policy::record::event::granted::Outcome;
use keyspool::policy::record::given_up::SuspicionRow;
use keyspool::policy::record::key::{KeyRow, KeyState};
use keyspool::policy::record::memory::Memory;
use keyspool::policy::record::preloaded::Record;
use keyspool::policy::record::product::ProductRow;
use keyspool::policy::record::request::WaitingRow;
use keyspool::policy::record::state::{State, key_of};
use keyspool::policy::record::subscription::SubscriptionRow;
use keyspool::policy::record::system::{GivenUp, SystemRow, SystemState};
use keyspool::policy::record::wallet::{self, Lot};
use keyspool::policy::refusal::Stop;
use keyspool::policy::report::status;
use keyspool::seal::Verified;
use keyspool::wire::request::Request;
use keyspool::wire::response::{Activation, Receipt};
use keyspool::words::refusal::{Audience, said as told};
use std::collections::{BTreeMap, BTreeSet};

type Done<T = ()> = Result<T, RefusalCode>;

/// A device, and what it was last known as.
struct Held {
    device: Device,
    /// The generation that spoke last.
    shown: Device,
    written: Option<Verified<Request>>,
    last: Option<Verified<Request>>,
    newest: Option<Activation>,
}

/// The signer's desk: the rules alone.
pub(crate) struct Desk {
    bench: Bench,
    devices: BTreeMap<&'static str, Held>,
    products: Vec<Product>,
    dropped: BTreeSet<&'static str>,
    keys: BTreeSet<&'static str>,
    out_of_reach: Counts,
    receipt: Option<Receipt>,
}

fn key(name: &str) -> Key {
    Key(name[1..].parse().expect("a small number"))
}

impl Desk {
    pub(crate) fn new(products: &[Product], first: Day) -> Self {
        let mut bench = Bench::new("");
        (bench.state, bench.today, bench.vouched) = (Memory::default(), first, false);
        bench.log.clear();
        bench.bring();
        let mut desk = Self {
            bench,
            devices: BTreeMap::new(),
            products: products.to_vec(),
            dropped: BTreeSet::new(),
            keys: BTreeSet::new(),
            out_of_reach: Counts::new(),
            receipt: None,
        };
        desk.apply_catalogue();
        desk
    }

    fn apply_catalogue(&mut self) {
        let text = catalogue(&self.products, &self.dropped);
        let read = Catalogue::read(&text).unwrap_or_else(|error| panic!("{error}"));
        if let Some(event) = catalogue::apply_catalogue(&self.bench.state, &read, true)
            .expect("a change that is allowed")
        {
            self.bench.record(event);
        }
    }

    fn organization(scope: Scope) -> &'static str {
        scope.organization.unwrap_or(ORGANIZATIONS[0])
    }

    fn product(&self, scope: Scope) -> &'static str {
        scope.product.unwrap_or(self.products[0].id)
    }

    fn settings(&self, scope: Scope) -> ProductSettings {
        self.bench
            .row::<ProductRow>(&key_of(&[self.product(scope)]))
            .settings
    }

    /// The device of a phrase, with what is said of it.
    fn meet(&mut self, phrase: &words::Device) -> &mut Held {
        if phrase.is_new {
            let device = self.made(phrase);
            let held = Held {
                shown: device.clone(),
                device,
                written: None,
                last: None,
                newest: None,
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
        if !phrase.is_new {
            held.device.organization = phrase.organization.unwrap_or(held.device.organization);
            held.device.claims = phrase.product.or(held.device.claims);
            held.device.serial = phrase.serial.or(held.device.serial);
        }
        for part in held
            .device
            .board
            .iter_mut()
            .rev()
            .take(phrase.parts_changed.into())
        {
            *part += 100;
        }
        held
    }

    fn made(&self, phrase: &words::Device) -> Device {
        let seed = u8::try_from(self.devices.len() + 1).expect("few devices");
        let organization = phrase.organization.unwrap_or(ORGANIZATIONS[0]);
        let mut device = Device::of(
            seed,
            organization,
            phrase.product.unwrap_or(self.products[0].id),
        );
        device.serial = phrase.serial;
        if let Some(other) = phrase.hardware_of {
            device.board = self.devices[other].device.board;
        }
        device
    }

    fn known(&self, name: &str) -> &Held {
        self.devices
            .get(name)
            .unwrap_or_else(|| panic!("`{name}` was not named as new"))
    }

    fn write(held: &mut Held, writing: &Writing) -> Verified<Request> {
        let device = &mut held.device;
        match writing {
            Writing::Description { wanted, need, keys } => {
                let keys: Vec<Key> = keys.iter().map(|name| key(name)).collect();
                device.ask(*wanted, need.clone(), &keys)
            }
            Writing::Deactivation => {
                device.deactivate(held.newest.as_ref().map_or(1, |newest| newest.sequence))
            }
            Writing::Confirmation { sequence } => {
                let newest = held.newest.as_ref().expect("an activation to confirm");
                device.install(newest);
                device.confirm(sequence.unwrap_or(newest.sequence))
            }
        }
    }

    /// Drops a request, records what it makes of its device, and takes what comes back.
    fn deliver(
        &mut self,
        name: &'static str,
        request: Verified<Request>,
        place: Place,
        newer_checkpoint: bool,
    ) -> Said {
        let organization = self.known(name).device.organization;
        self.bench.folder = match place {
            Place::OwnFolder => Some(organization),
            Place::NoFolder => None,
            Place::FolderOf(other) => Some(other),
        };
        let refusal = match keyspool::policy::decide::decide(
            &self.bench.state,
            &Ask::device(&request, &self.bench.context(&request)),
        ) {
            Err(Stop::Refused(refusal)) => Some(told(&refusal, Audience::TECHNICIAN).message),
            _ => None,
        };
        let said = self.bench.drop(&request);
        let held = self.devices.get_mut(name).expect("met before");
        held.last = Some(request.clone());
        if held.device.id() == request.computer_id {
            held.shown = held.device.clone();
        }
        match said {
            bench::Said::Granted(outcome, activation) => {
                held.newest = Some(*activation);
                Said::Word(word_of(outcome).into())
            }
            bench::Said::Deactivated(receipt) => {
                self.receipt = Some(*receipt);
                held.device = held.device.moved_on();
                held.newest = None;
                Said::Word("deactivated".into())
            }
            bench::Said::Confirmed => Said::Word("confirmed".into()),
            bench::Said::Repeated(_) => Said::Word("the same answer".into()),
            bench::Said::Refused(code) => {
                self.suspect(&request, code, newer_checkpoint);
                Said::Refused(code.as_str().into(), refusal)
            }
        }
    }

    fn suspect(&mut self, request: &Verified<Request>, code: RefusalCode, newer_checkpoint: bool) {
        let witness = newer_checkpoint.then_some(self.bench.log.len() as u64);
        let context = Context {
            witness,
            ..self.bench.context(request)
        };
        if let Some(event) =
            abuse::suspect(&self.bench.state, request, &context, code).expect("a sound state")
        {
            self.bench.record(event);
        }
    }

    fn order(&mut self, device: &'static str, order: Order) -> Done<Said> {
        let shown = self.known(device).shown.clone();
        let bench = &mut self.bench;
        match order {
            Order::ReleaseWithoutProof => operator::release(bench, &shown)?,
            Order::ReleaseByCode => {
                operator::by_code(bench, &shown)?;
                let held = self.devices.get_mut(device).expect("met before");
                held.device = held.device.moved_on();
            }
            Order::Cancel => operator::cancel(bench, &shown)?,
            Order::Deny => operator::deny(bench, &shown, false)?,
            Order::DenyAndReturn => operator::deny(bench, &shown, true)?,
            Order::Undeny => operator::undeny(bench, &shown)?,
            Order::Reinstate => drop(operator::reinstate(bench, &shown)?),
            Order::Extend => {
                let activation = operator::extend(bench, shown.id())?;
                return Ok(self.issued(device, activation));
            }
            Order::Refresh => {
                let activation = operator::refresh(bench, shown.id())?;
                return Ok(self.issued(device, activation));
            }
        }
        Ok(Said::done())
    }

    /// Takes an activation that an operator issued; its outcome stands in the history.
    fn issued(&mut self, device: &str, activation: Activation) -> Said {
        self.devices.get_mut(device).expect("met before").newest = Some(activation);
        match self.bench.log.last() {
            Some(Event::Issued(granted)) => Said::Word(word_of(granted.outcome).into()),
            _ => Said::Word("activated".into()),
        }
    }

    fn issue(&mut self, phrase: &words::Device, need: &Counts) -> Done<Said> {
        let device = self.meet(phrase).device.clone();
        let activation =
            operator::issue(&mut self.bench, &operator::order_for(&device, need.clone()))?;
        Ok(self.issued(phrase.name, activation))
    }

    fn help(
        &mut self,
        phrase: &words::Device,
        need: Option<&Counts>,
        in_place_of: Option<&'static str>,
    ) -> Done<Said> {
        let device = self.meet(phrase).device.clone();
        let others = in_place_of.map(|name| self.known(name).shown.id());
        let order = ask::Order {
            organization: need.map(|_| word(device.organization)),
            product: need.map(|_| word(device.product)),
            need: need.cloned(),
            ..crate::help::in_place_of(&device, others.into_iter().collect())
        };
        let activation = helps(&mut self.bench, &order)?;
        Ok(self.issued(phrase.name, activation))
    }

    fn refresh_due(&mut self) -> Done<Said> {
        let due = due::systems(&self.bench.state).expect("a sound state");
        for id in &due {
            let activation = operator::refresh(&mut self.bench, *id)?;
            if let Some(held) = self
                .devices
                .values_mut()
                .find(|held| held.shown.id() == *id)
            {
                held.newest = Some(activation);
            }
        }
        Ok(Said::Word(format!("{} refreshed", due.len())))
    }

    fn mint(&mut self, name: &'static str, licences: &Counts, scope: Scope) -> Done<Said> {
        let (product, key) = (self.product(scope), key(name));
        let only = scope.organization.map(word);
        self.bench.order(|state, today| {
            key::mint(
                state,
                &word(product),
                only.as_ref(),
                licences,
                vec![key.id()],
                today,
            )
        })?;
        self.bench.state.know_key(&key.licence_key());
        self.keys.insert(name);
        Ok(Said::done())
    }

    fn assign(
        &mut self,
        licences: Option<&Counts>,
        period: words::Period,
        surplus: bool,
        scope: Scope,
    ) -> Done<Said> {
        let which = match period {
            words::Period::Current => Which::Current,
            words::Period::Next => Which::Next,
            words::Period::Number(number) => Which::Number(number),
        };
        let order = assign::Order {
            which,
            counts: licences,
            surplus,
        };
        let (organization, product) = (word(Self::organization(scope)), word(self.product(scope)));
        let mut nothing = false;
        let state = self.bench.state.clone();
        self.bench.order(|_, today| {
            let planned = assign::assign(&state, &organization, &product, &order, today)?;
            nothing = planned.event.is_none();
            Ok(planned.event.unwrap_or(Event::DayBegan { day: today }))
        })?;
        assert!(!nothing, "nothing is missing in that period");
        Ok(Said::done())
    }

    fn approve(&mut self, device: &'static str) -> Done<Said> {
        let approved = approval::approve(
            &self.bench.state,
            &self.known(device).shown.id(),
            "known".into(),
            self.bench.today,
        );
        let is_request = matches!(approved, Ok(Approval::Request { .. }));
        self.bench.order(|_, _| match approved? {
            Approval::Request { event, .. } | Approval::Seats(event) => Ok(event),
        })?;
        if !is_request {
            return Ok(Said::done());
        }
        let last = self
            .known(device)
            .last
            .clone()
            .expect("the request that waits");
        Ok(self.deliver(device, last, Place::NoFolder, false))
    }

    fn type_wrong_codes(&mut self, device: &'static str, times: u32) -> Done<Said> {
        let id = self.known(device).shown.id();
        let mut last = Ok(());
        for _ in 0..times {
            last = operator::type_code(&mut self.bench, id, &operator::NOBODYS);
        }
        last.map(|()| Said::done())
    }

    fn import(&mut self, record: &Record) -> Done<Said> {
        match import(&self.bench.state, record) {
            Ok(None) => {}
            Ok(Some(record)) => self.bench.record(Event::RecordsImported {
                records: vec![record],
                on: self.bench.today,
            }),
            Err(Stop::Refused(refusal)) => return Err(refusal.code()),
            Err(Stop::Broken(broken)) => panic!("{broken}"),
        }
        Ok(Said::done())
    }

    fn do_it(&mut self, action: &Action) -> Done<Said> {
        match action {
            Action::Sends {
                device,
                writing,
                place,
            } => {
                let request = Self::write(self.meet(device), writing);
                Ok(self.deliver(device.name, request, *place, false))
            }
            Action::Writes { device, writing } => {
                let held = self.meet(device);
                held.written = Some(Self::write(held, writing));
                Ok(Said::Word("written".into()))
            }
            Action::BringsWritten {
                device,
                place,
                newer_checkpoint,
            } => {
                let request = self
                    .meet(device)
                    .written
                    .clone()
                    .expect("something that was written");
                Ok(self.deliver(device.name, request, *place, *newer_checkpoint))
            }
            Action::BringsAgain { device, place } => {
                let request = self
                    .meet(device)
                    .last
                    .clone()
                    .expect("something that was brought");
                Ok(self.deliver(device.name, request, *place, false))
            }
            Action::Installs { device } => {
                let held = self.meet(device);
                let newest = held.newest.clone().expect("an activation to install");
                held.device.install(&newest);
                Ok(Said::done())
            }
            Action::Approves { device } => self.approve(device.name),
            Action::Orders { device, order } => {
                self.meet(device);
                self.order(device.name, *order)
            }
            Action::TypesWrongCodes { device, times } => self.type_wrong_codes(device.name, *times),
            Action::Issues {
                device,
                need,
                computer_key: false,
            } => self.issue(device, need),
            Action::Helps {
                device,
                need,
                in_place_of,
            } => self.help(device, need.as_ref(), *in_place_of),
            Action::RefreshesDue => self.refresh_due(),
            other => self.do_by_desk(other),
        }
    }

    /// What an operator does about licences, records and the catalogue.
    fn do_by_desk(&mut self, action: &Action) -> Done<Said> {
        match action {
            Action::Mints {
                key,
                licences,
                scope,
            } => return self.mint(key, licences, *scope),
            Action::Redeems {
                key: name,
                organization,
            } => {
                self.bench
                    .redeem(organization.unwrap_or(ORGANIZATIONS[0]), key(name))?;
            }
            Action::Unredeems { key: name } => self.bench.unredeem(key(name))?,
            Action::Voids { key: name } => self.out_of_reach = self.bench.void(key(name))?,
            Action::Starts { scope } => {
                let (organization, product) =
                    (word(Self::organization(*scope)), word(self.product(*scope)));
                self.bench.order(|state, today| {
                    subscription::start(state, &organization, &product, today)
                })?;
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
                let record = Record {
                    serial: (*serial).into(),
                    product: word(self.products[0].id),
                    organization: organization.map(word),
                    computer_id: id_of.as_ref().map(|phrase| self.meet(phrase).device.id()),
                    licences: licences.clone(),
                };
                return self.import(&record);
            }
            Action::Expands { device, licences } => {
                let id = self.meet(device).shown.id();
                self.bench.order(|state, today| {
                    expansions::assign(state, &id, licences, today).map(|assigned| assigned.event)
                })?;
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
                assert!(self.dropped.remove(name), "`{name}` was not dropped");
                self.apply_catalogue();
            }
            other => panic!("only commands can do that: {other:?}"),
        }
        Ok(Said::done())
    }

    fn name_of(&self, id: &keyspool::licence::LicenceKeyId) -> String {
        let found = self.keys.iter().find(|name| key(name).id() == *id);
        found.map_or_else(|| id.to_string(), |name| (*name).to_owned())
    }

    fn subscription_row(&self, scope: Scope) -> SubscriptionRow {
        self.bench
            .row(&key_of(&[Self::organization(scope), self.product(scope)]))
    }
}

/// The catalogue as JSON: everything but what was dropped.
pub(crate) fn catalogue(products: &[Product], dropped: &BTreeSet<&'static str>) -> String {
    let organizations = ORGANIZATIONS.iter().filter(|id| !dropped.contains(*id));
    let organizations: Vec<String> = organizations
        .map(|id| format!(r#"{{"id":"{id}","name":"{id}","contact":"the shop of {id}"}}"#))
        .collect();
    for name in dropped {
        let is_known =
            ORGANIZATIONS.contains(name) || products.iter().any(|product| product.id == *name);
        assert!(is_known, "`{name}` is no organization and no product");
    }
    let products: Vec<String> = products
        .iter()
        .filter(|product| !dropped.contains(product.id))
        .map(Product::json)
        .collect();
    format!(
        r#"{{"organizations":[{}],"products":[{}]}}"#,
        organizations.join(","),
        products.join(",")
    )
}

fn word_of(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Activated => "activated",
        Outcome::Extended => "extended",
        Outcome::Refreshed => "refreshed",
    }
}

fn state_word(system: &SystemRow, model: Model) -> (&'static str, bool) {
    match &system.state {
        SystemState::Active if system.is_active(model) => ("active", false),
        SystemState::Active => ("ended", false),
        SystemState::GivenUp { how, held, .. } => match how {
            GivenUp::Proven => ("deactivated", *held),
            GivenUp::Unproven | GivenUp::Ended => ("released", *held),
            GivenUp::Recovered => ("recovered", *held),
        },
        SystemState::Denied { .. } => ("denied", false),
    }
}

impl Eyes for Desk {
    fn system(&self, device: &'static str) -> Option<System> {
        let id: ComputerId = self.known(device).shown.id();
        let row = self
            .bench
            .state
            .get::<SystemRow>(&id.0)
            .expect("in memory")?;
        let product: ProductRow = self.bench.row(&key_of(&[row.product.as_str()]));
        let (state, held) = state_word(&row, product.settings.model);
        let issued = &row.activation;
        let suspicion = self
            .bench
            .state
            .get::<SuspicionRow>(&id.0)
            .expect("in memory");
        let abuse = suspicion.map(|row| serde_json::to_value(row.abuse).expect("a word"));
        Some(System {
            state: state.into(),
            held,
            need: row.need.clone(),
            id: issued.id.to_string(),
            sequence: issued.sequence.into(),
            plan: issued.plan.to_string(),
            licences: issued.licences.clone(),
            valid_from: Some(issued.validity.valid_from),
            valid_until: issued.validity.valid_until,
            grace_until: issued.validity.grace_until,
            seats: row
                .seats
                .iter()
                .map(|seat| (seat.licence_type.to_string(), seat.count, seat.term.end()))
                .collect(),
            suspected: abuse.and_then(|word| word.as_str().map(str::to_owned)),
            is_due: due::since(&self.bench.state, &id)
                .expect("in memory")
                .is_some(),
        })
    }

    fn wallet(&self, scope: Scope) -> Vec<StoredLot> {
        let (organization, product) = (word(Self::organization(scope)), word(self.product(scope)));
        let lots = wallet::lots(&self.bench.state, &organization, &product).expect("in memory");
        let origin = |lot: &Lot| match (&lot.key, &lot.returned) {
            (_, Some(_)) => "returned".to_owned(),
            (Some(key), None) => self.name_of(key),
            (None, None) => "credit".to_owned(),
        };
        let stored = |lot: &Lot| StoredLot {
            licence_type: lot.licence_type.to_string(),
            count: lot.count,
            origin: origin(lot),
            until: lot.store_until,
        };
        lots.iter().map(stored).collect()
    }

    fn subscription(&self, scope: Scope) -> Subscription {
        let organization = word(Self::organization(scope));
        let settings = self.settings(scope);
        let outlook = status::outlook(
            &self.bench.state,
            &organization,
            &settings,
            self.bench.today,
        )
        .expect("a sound state");
        let mut waiting = Counts::new();
        for row in crate::audit::all::<WaitingRow>(&self.bench.state) {
            let is_want = matches!(
                row.code,
                RefusalCode::NotEnoughLicences | RefusalCode::GrowthAllowance
            );
            let is_recent = row.on.in_window(30, self.bench.today);
            if is_want
                && is_recent
                && row.organization == organization
                && row.product == settings.id
            {
                waiting = waiting.plus(&row.need).expect("small counts");
            }
        }
        let period = |shown: &status::PeriodOutlook| Period {
            first: shown.first,
            last: shown.last,
            grace_until: shown.grace_until,
            assigned: shown.assigned.clone(),
            licensed: shown.licensed,
            missing: shown.missing.clone(),
        };
        Subscription {
            status: outlook.status.as_str().into(),
            periods: outlook.periods.iter().map(period).collect(),
            need: outlook.need,
            waiting,
            carry_days: outlook.carry_days,
        }
    }

    fn key(&self, name: &'static str) -> String {
        let row: KeyRow = self.bench.row(&key(name).id().0);
        match row.state {
            KeyState::Unused => "unused".into(),
            KeyState::Redeemed { .. } => "redeemed".into(),
            KeyState::Void { .. } => "void".into(),
        }
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

    fn is_growth_reported(&self, scope: Scope) -> bool {
        let seen = self.subscription(scope);
        let running = usize::try_from(self.subscription_row(scope).running).expect("few periods");
        let percent = self.settings(scope).growth_allowance_percent;
        growth::is_reported(&seen.need, &seen.periods[running].assigned, percent)
            .expect("small counts")
    }

    fn is_swing_reported(&self, scope: Scope) -> bool {
        self.subscription_row(scope)
            .swing
            .is_some_and(|swing| swing.raised.is_some())
    }
}

impl Player for Desk {
    fn on(&mut self, day: Day) {
        self.bench.today = day;
        self.bench.bring();
    }

    fn act(&mut self, action: &Action) -> Said {
        self.do_it(action)
            .unwrap_or_else(|code| Said::Refused(code.as_str().into(), None))
    }

    fn finish(&mut self) {
        operator::replay(&self.bench);
        crate::audit::check(&self.bench.state);
    }
}
