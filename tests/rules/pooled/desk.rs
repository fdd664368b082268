//! What an operator does about subscriptions, at the bench.

use crate::bench::{Bench, Device, Key, Said, counts, day, seats, word};
use keyspool::licence::{Counts, Day, Plan};
use keyspool::policy::order::assign;
use keyspool::policy::order::assign::{Order, Planned, Which};
use keyspool::policy::order::subscription;
use keyspool::policy::record::code::RefusalCode;
use keyspool::policy::record::product::ProductRow;
use keyspool::policy::record::state::key_of;
use keyspool::policy::refusal::Stop;
use keyspool::policy::report::status;
use keyspool::policy::report::status::{Outlook, PeriodOutlook};
use keyspool::wire::request::Wanted;
use keyspool::wire::response::Activation;

/// The model of these tests.
pub(crate) const POOLED: &str = "pooled-subscription";

pub(crate) fn pooled(settings: &str) -> Bench {
    Bench::of(POOLED, settings)
}

/// `seat` and `extra`.
pub(crate) fn both(seat: u64, extra: u64) -> Counts {
    counts(&[("seat", seat), ("extra", extra)])
        .iter()
        .map(|(id, count)| (id.clone(), count))
        .collect()
}

pub(crate) trait Desk {
    fn settings(&mut self, settings: &str);
    fn start(&mut self, product: &str) -> Result<(), RefusalCode>;
    fn plan(&self, product: &str, which: Which, counts: Option<&Counts>, surplus: bool) -> Planned;
    fn assign(&mut self, which: Which) -> Result<(), RefusalCode>;
    fn assign_exactly(
        &mut self,
        which: Which,
        counts: &Counts,
        surplus: bool,
    ) -> Result<(), RefusalCode>;
    fn assign_for(
        &mut self,
        product: &str,
        which: Which,
        counts: Option<&Counts>,
        surplus: bool,
    ) -> Result<(), RefusalCode>;
    fn try_assign(&mut self, product: &str, which: Which, counts: Option<&Counts>) -> bool;
    fn outlook_of(&self, product: &str) -> Outlook;
    fn outlook(&self) -> Outlook;
    fn status(&self) -> &'static str;
    fn period(&self, number: usize) -> PeriodOutlook;
    fn dates(&self, product: &str, number: usize) -> (Day, Day);
    fn stock_of(&mut self, product: &str, licences: &Counts) -> Key;
    fn left(&self) -> Counts;
}

impl Desk for Bench {
    fn settings(&mut self, settings: &str) {
        self.set(settings);
    }

    fn start(&mut self, product: &str) -> Result<(), RefusalCode> {
        self.order(|state, today| subscription::start(state, &word("acme"), &word(product), today))
    }

    fn plan(&self, product: &str, which: Which, counts: Option<&Counts>, surplus: bool) -> Planned {
        let order = Order {
            which,
            counts,
            surplus,
        };
        assign::assign(
            &self.state,
            &word("acme"),
            &word(product),
            &order,
            self.today,
        )
        .expect("an order that is allowed")
    }

    fn assign(&mut self, which: Which) -> Result<(), RefusalCode> {
        self.assign_for("nas", which, None, false)
    }

    fn assign_exactly(
        &mut self,
        which: Which,
        counts: &Counts,
        surplus: bool,
    ) -> Result<(), RefusalCode> {
        self.assign_for("nas", which, Some(counts), surplus)
    }

    fn assign_for(
        &mut self,
        product: &str,
        which: Which,
        counts: Option<&Counts>,
        surplus: bool,
    ) -> Result<(), RefusalCode> {
        let order = Order {
            which,
            counts,
            surplus,
        };
        self.order(|state, today| {
            let planned = assign::assign(state, &word("acme"), &word(product), &order, today)?;
            Ok(planned.event.expect("something is missing"))
        })
    }

    /// Whether there was something to assign, and it was; more than is missing is allowed.
    fn try_assign(&mut self, product: &str, which: Which, counts: Option<&Counts>) -> bool {
        let order = Order {
            which,
            counts,
            surplus: true,
        };
        match assign::assign(
            &self.state,
            &word("acme"),
            &word(product),
            &order,
            self.today,
        ) {
            Ok(Planned {
                event: Some(event), ..
            }) => self.order(|_, _| Ok(event)).is_ok(),
            Ok(_) | Err(Stop::Refused(_)) => false,
            Err(Stop::Broken(broken)) => panic!("{broken}"),
        }
    }

    fn outlook_of(&self, product: &str) -> Outlook {
        let row: ProductRow = self.row(&key_of(&[product]));
        status::outlook(&self.state, &word("acme"), &row.settings, self.today)
            .expect("a sound state")
    }

    fn outlook(&self) -> Outlook {
        self.outlook_of("nas")
    }

    fn status(&self) -> &'static str {
        self.outlook().status.as_str()
    }

    fn period(&self, number: usize) -> PeriodOutlook {
        self.outlook().periods[number].clone()
    }

    fn dates(&self, product: &str, number: usize) -> (Day, Day) {
        let period = &self.outlook_of(product).periods[number];
        (period.first, period.last)
    }

    fn stock_of(&mut self, product: &str, licences: &Counts) -> Key {
        let key = self.mint_as(product, None, licences);
        self.redeem("acme", key).expect("a new key");
        key
    }

    /// What lies in the wallet of `acme` for `nas`.
    fn left(&self) -> Counts {
        keyspool::policy::record::wallet::counts(&self.lots("acme")).expect("small counts")
    }
}

/// A device whose board is its own.
pub(crate) fn device(seed: u8) -> Device {
    Device::new(seed)
}

/// Drops an `activate` for so many seats, which must be granted.
pub(crate) fn activate(bench: &mut Bench, device: &mut Device, need: u64) -> Activation {
    ask(bench, device, Wanted::Activate, &seats(need)).activation()
}

pub(crate) fn ask(bench: &mut Bench, device: &mut Device, wanted: Wanted, need: &Counts) -> Said {
    let request = device.ask(wanted, need.clone(), &[]);
    bench.drop(&request)
}

pub(crate) fn ask_with(
    bench: &mut Bench,
    device: &mut Device,
    wanted: Wanted,
    need: u64,
    keys: &[Key],
) -> Said {
    let request = device.ask(wanted, seats(need), keys);
    bench.drop(&request)
}

/// Plan, first day, last day and last day of use of an activation.
pub(crate) fn stated(activation: &Activation) -> (Plan, String, String, String) {
    let text = |day: Option<Day>| day.expect("no lifetime here").to_string();
    let validity = &activation.validity;
    (
        activation.plan,
        validity.valid_from.to_string(),
        text(validity.valid_until),
        text(validity.grace_until),
    )
}

/// The same, to compare with.
pub(crate) fn states(
    plan: Plan,
    from: &str,
    until: &str,
    grace_until: &str,
) -> (Plan, String, String, String) {
    (plan, from.into(), until.into(), grace_until.into())
}

pub(crate) fn span(first: &str, last: &str) -> (Day, Day) {
    (day(first), day(last))
}
