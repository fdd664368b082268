//! What a player sees of its signer, and whether a statement of the table holds.

use crate::words::{Lot, Scope, Statement};
use keyspool::licence::{Counts, Day};
use std::fmt::Debug;

/// A system as it stands.
#[derive(Debug, Default)]
pub(crate) struct System {
    /// `active`, `ended`, `deactivated`, `released`, `recovered`, `denied`.
    pub(crate) state: String,
    pub(crate) held: bool,
    pub(crate) need: Counts,
    pub(crate) id: String,
    pub(crate) sequence: u64,
    pub(crate) plan: String,
    pub(crate) licences: Counts,
    pub(crate) valid_from: Option<Day>,
    pub(crate) valid_until: Option<Day>,
    pub(crate) grace_until: Option<Day>,
    /// In the order of type, then end; alike ones together.
    pub(crate) seats: Vec<(String, u64, Day)>,
    pub(crate) suspected: Option<String>,
    pub(crate) is_due: bool,
}

/// A subscription as it stands.
#[derive(Debug, Default)]
pub(crate) struct Subscription {
    pub(crate) status: String,
    pub(crate) periods: Vec<Period>,
    pub(crate) need: Counts,
    pub(crate) waiting: Counts,
    pub(crate) carry_days: Counts,
}

#[derive(Debug, serde::Deserialize)]
pub(crate) struct Period {
    pub(crate) first: Day,
    pub(crate) last: Day,
    pub(crate) grace_until: Option<Day>,
    pub(crate) assigned: Counts,
    pub(crate) licensed: bool,
    pub(crate) missing: Counts,
}

/// What lies in a wallet: type, count, origin and end.
#[derive(Debug)]
pub(crate) struct StoredLot {
    pub(crate) licence_type: String,
    pub(crate) count: u64,
    /// A key's name, `credit` or `returned`.
    pub(crate) origin: String,
    pub(crate) until: Day,
}

/// A signer that can be looked at.
pub(crate) trait Eyes {
    /// None where the device was never activated.
    fn system(&self, device: &'static str) -> Option<System>;
    fn wallet(&self, scope: Scope) -> Vec<StoredLot>;
    fn subscription(&self, scope: Scope) -> Subscription;
    fn key(&self, name: &'static str) -> String;
    /// Licences that the last order could not take back.
    fn out_of_reach(&self) -> Counts;
    /// Destination and licences of the last receipt.
    fn receipt(&self) -> (String, Counts);
    fn is_growth_reported(&self, scope: Scope) -> bool;
    fn is_swing_reported(&self, scope: Scope) -> bool;
}

fn same<T: PartialEq + Debug>(what: &str, expected: T, found: T) -> Result<(), String> {
    if expected == found {
        Ok(())
    } else {
        Err(format!("{what}: expected {expected:?}, found {found:?}"))
    }
}

/// Whether a statement holds.
pub(crate) fn check(statement: &Statement, eyes: &dyn Eyes) -> Result<(), String> {
    match statement {
        Statement::Wallet(scope, counts) => {
            same("wallet", counts.clone(), total(&eyes.wallet(*scope)))
        }
        Statement::Lots(scope, lots) => same("lots", lots.clone(), as_lots(&eyes.wallet(*scope))),
        Statement::Status(scope, status) => same(
            "status",
            (*status).to_owned(),
            eyes.subscription(*scope).status,
        ),
        Statement::Need(scope, counts) => {
            same("need", counts.clone(), eyes.subscription(*scope).need)
        }
        Statement::Waiting(scope, counts) => {
            same("waiting", counts.clone(), eyes.subscription(*scope).waiting)
        }
        Statement::Carry(scope, counts) => same(
            "carry",
            counts.clone(),
            eyes.subscription(*scope).carry_days,
        ),
        Statement::GrowthReported(scope, is) => {
            same("growth reported", *is, eyes.is_growth_reported(*scope))
        }
        Statement::SwingReported(scope, is) => {
            same("swing reported", *is, eyes.is_swing_reported(*scope))
        }
        Statement::PeriodDays(scope, number, first, last) => {
            let period = period(eyes, *scope, *number)?;
            same(
                "days of the period",
                (*first, *last),
                (period.first, period.last),
            )
        }
        Statement::PeriodLicensed(scope, number, is) => {
            same("licensed", *is, period(eyes, *scope, *number)?.licensed)
        }
        Statement::PeriodAssigned(scope, number, counts) => same(
            "assigned",
            counts.clone(),
            period(eyes, *scope, *number)?.assigned,
        ),
        Statement::PeriodLacks(scope, number, counts) => same(
            "lacking",
            counts.clone(),
            period(eyes, *scope, *number)?.missing,
        ),
        Statement::PeriodGrace(scope, number, until) => {
            same("grace", *until, period(eyes, *scope, *number)?.grace_until)
        }
        Statement::Key(name, state) => same("key", (*state).to_owned(), eyes.key(name)),
        Statement::OutOfReach(counts) => same("out of reach", counts.clone(), eyes.out_of_reach()),
        Statement::Receipt(destination, counts) => same(
            "receipt",
            ((*destination).to_owned(), counts.clone()),
            eyes.receipt(),
        ),
        other => check_device(other, eyes),
    }
}

fn period(eyes: &dyn Eyes, scope: Scope, number: usize) -> Result<Period, String> {
    let mut periods = eyes.subscription(scope).periods;
    if number < periods.len() {
        Ok(periods.swap_remove(number))
    } else {
        Err(format!("there is no period {number}"))
    }
}

fn check_device(statement: &Statement, eyes: &dyn Eyes) -> Result<(), String> {
    let seen = |device: &&'static str| {
        eyes.system(device)
            .ok_or(format!("`{device}` is unknown to the signer"))
    };
    match statement {
        Statement::Has {
            device,
            plan,
            from,
            until,
            grace_until,
        } => {
            let system = seen(device)?;
            let expected = ((*plan).to_owned(), Some(*from), *until, *grace_until);
            same(
                "activation",
                expected,
                (
                    system.plan,
                    system.valid_from,
                    system.valid_until,
                    system.grace_until,
                ),
            )
        }
        Statement::States(device, counts) => {
            same("licences", counts.clone(), seen(device)?.licences)
        }
        Statement::Needs(device, counts) => same("need", counts.clone(), seen(device)?.need),
        Statement::Is(device, "unknown") => same("known", false, eyes.system(device).is_some()),
        Statement::Is(device, state) => same("state", (*state).to_owned(), seen(device)?.state),
        Statement::IsHeld(device, is) => same("held", *is, seen(device)?.held),
        Statement::IsDue(device, is) => same("due", *is, seen(device)?.is_due),
        Statement::IsSuspected(device, abuse) => same(
            "suspected",
            abuse.map(str::to_owned),
            seen(device)?.suspected,
        ),
        Statement::Holds(device, lots) => {
            same("seats", lots.clone(), as_seats(&seen(device)?.seats))
        }
        Statement::HasSequence(device, number) => same("sequence", *number, seen(device)?.sequence),
        Statement::HasIdOf(device, other, is) => {
            same("the same id", *is, seen(device)?.id == seen(other)?.id)
        }
        // Compared with what it was before the action.
        Statement::KeepsId(device) => seen(device).map(drop),
        other => Err(format!("{other:?} cannot be checked")),
    }
}

fn total(lots: &[StoredLot]) -> Counts {
    let mut sum = Counts::new();
    for lot in lots {
        let id = keyspool::licence::Identifier::new(&lot.licence_type).expect("a licence type");
        sum.add_type(&id, lot.count).expect("small counts");
    }
    sum
}

fn as_lots(lots: &[StoredLot]) -> Vec<Lot> {
    let lot = |lot: &StoredLot| Lot {
        licences: format!("{}={}", lot.licence_type, lot.count),
        origin: lot.origin.clone(),
        until: lot.until,
    };
    let mut lots: Vec<Lot> = lots.iter().map(lot).collect();
    lots.sort();
    lots
}

/// Seats of one type and one end are one.
fn as_seats(seats: &[(String, u64, Day)]) -> Vec<Lot> {
    let mut sums = std::collections::BTreeMap::new();
    for (licence_type, count, until) in seats {
        *sums.entry((licence_type, until)).or_insert(0) += count;
    }
    let lot = |((licence_type, until), count): ((&String, &Day), u64)| Lot {
        licences: format!("{licence_type}={count}"),
        origin: String::new(),
        until: *until,
    };
    let mut lots: Vec<Lot> = sums.into_iter().map(lot).collect();
    lots.sort();
    lots
}
