//! What must always add up (LICENSING section 16), counted from the rows anew.

use keyspool::licence::{Counts, Identifier};
use keyspool::policy::record::catalogue::settings::Model;
use keyspool::policy::record::key::{KeyRow, KeyState};
use keyspool::policy::record::memory::Memory;
use keyspool::policy::record::need::NeedRow;
use keyspool::policy::record::preloaded::ExpansionRow;
use keyspool::policy::record::product::ProductRow;
use keyspool::policy::record::seat::Seat;
use keyspool::policy::record::state::{Row, State, key_of};
use keyspool::policy::record::subscription::{PeriodRow, SubscriptionRow};
use keyspool::policy::record::system::{SystemRow, SystemState};
use keyspool::policy::record::tally::TallyRow;
use keyspool::policy::record::wallet::WalletRow;
use std::collections::BTreeMap;

pub(crate) fn all<R: Row>(state: &Memory) -> Vec<R> {
    let rows = state.rows().filter(|(table, _, _)| *table == R::TABLE);
    rows.map(|(_, _, row)| serde_json::from_slice(row).expect("a row that can be read"))
        .collect()
}

pub(crate) fn model(state: &Memory, product: &Identifier) -> Model {
    let row = state
        .get::<ProductRow>(&key_of(&[product.as_str()]))
        .expect("in memory");
    row.expect("a known product").settings.model
}

/// Every identity, for every product.
pub(crate) fn check(state: &Memory) {
    for product in all::<ProductRow>(state) {
        let id = &product.settings.id;
        let row = state
            .get::<TallyRow>(&key_of(&[id.as_str()]))
            .expect("in memory");
        let tally = row.map_or_else(|| TallyRow::new(id.clone()), |row| (*row).clone());
        check_tally(state, id, &tally);
    }
    check_needs(state);
    check_wallets(state);
    check_seats(state);
    check_subscriptions(state);
}

fn sum(parts: &[&Counts]) -> Counts {
    parts.iter().fold(Counts::new(), |sum, part| {
        sum.plus(part).expect("small counts")
    })
}

fn check_tally(state: &Memory, product: &Identifier, tally: &TallyRow) {
    let places = [
        &tally.unredeemed,
        &tally.voided,
        &tally.stored,
        &tally.assigned,
        &tally.consumed,
        &tally.held,
        &tally.expired,
    ];
    assert_eq!(
        sum(&[&tally.minted, &tally.credited]),
        sum(&places),
        "all that there is is somewhere, once: {tally:?}"
    );
    let periods = all::<PeriodRow>(state)
        .into_iter()
        .filter(|period| period.product == *product)
        .map(|period| period.assigned);
    let expansions = all::<ExpansionRow>(state)
        .into_iter()
        .filter(|row| row.product == *product)
        .map(|row| row.licences);
    assert_eq!(
        tally.assigned,
        sum(&periods
            .chain(expansions)
            .collect::<Vec<_>>()
            .iter()
            .collect::<Vec<_>>())
    );
    let keys: Vec<KeyRow> = all::<KeyRow>(state)
        .into_iter()
        .filter(|key| key.product == *product)
        .collect();
    let minted: Vec<&Counts> = keys.iter().map(|key| &key.licences).collect();
    assert_eq!(tally.minted, sum(&minted));
    let unused: Vec<&Counts> = keys
        .iter()
        .filter(|key| key.state == KeyState::Unused)
        .map(|key| &key.licences)
        .collect();
    assert_eq!(tally.unredeemed, sum(&unused));
    let lots = all::<WalletRow>(state)
        .into_iter()
        .filter(|wallet| wallet.product == *product)
        .flat_map(|wallet| wallet.lots);
    let stored: Vec<Counts> = lots
        .map(|lot| [(lot.licence_type, lot.count)].into_iter().collect())
        .collect();
    assert_eq!(tally.stored, sum(&stored.iter().collect::<Vec<_>>()));
    check_system_seats(state, product, tally);
}

/// What the tally says of the seats at systems.
fn check_system_seats(state: &Memory, product: &Identifier, tally: &TallyRow) {
    match model(state, product) {
        Model::DeviceSubscription => assert!(tally.assigned.is_empty(), "{tally:?}"),
        Model::PooledSubscription | Model::Hardware => {
            assert!(tally.consumed.is_empty(), "{tally:?}")
        }
    }
    let systems: Vec<SystemRow> = all::<SystemRow>(state)
        .into_iter()
        .filter(|system| system.product == *product)
        .collect();
    let seats_of = |wanted: fn(&SystemState) -> bool| {
        let seats: Vec<Counts> = systems
            .iter()
            .filter(|s| wanted(&s.state))
            .map(|s| seats(&s.seats))
            .collect();
        sum(&seats.iter().collect::<Vec<_>>())
    };
    assert_eq!(
        tally.held,
        seats_of(|state| matches!(
            state,
            SystemState::GivenUp { held: true, .. } | SystemState::Denied { .. }
        ))
    );
    assert!(
        tally
            .consumed
            .covers(&seats_of(|state| *state == SystemState::Active))
    );
    assert!(seats_of(|state| matches!(state, SystemState::GivenUp { held: false, .. })).is_empty());
}

fn seats(seats: &[Seat]) -> Counts {
    keyspool::policy::model::device::seats::counts(seats).expect("small counts")
}

fn check_needs(state: &Memory) {
    let mut needs: BTreeMap<(Identifier, Identifier), (Counts, u64)> = BTreeMap::new();
    for system in all::<SystemRow>(state)
        .into_iter()
        .filter(|s| s.counts(model(state, &s.product)))
    {
        let need = needs
            .entry((system.organization.clone(), system.product.clone()))
            .or_default();
        *need = (
            need.0.plus(&system.counted_need()).expect("small counts"),
            need.1 + 1,
        );
    }
    for row in all::<NeedRow>(state) {
        let counted = needs
            .remove(&(row.organization.clone(), row.product.clone()))
            .unwrap_or_default();
        assert_eq!((row.need.clone(), row.systems), counted, "{row:?}");
    }
    assert!(needs.is_empty(), "needs without a row: {needs:?}");
}

/// What has expired is gone, and no two lots are alike.
fn check_wallets(state: &Memory) {
    let today = all::<keyspool::policy::record::counter::CounterRow>(state)
        .first()
        .and_then(|row| row.brought_to);
    for wallet in all::<WalletRow>(state) {
        for (place, lot) in wallet.lots.iter().enumerate() {
            assert!(
                lot.count > 0 && today.is_none_or(|today| lot.store_until >= today),
                "{lot:?} on {today:?}"
            );
            assert!(
                wallet.lots[..place].iter().all(|other| !other.is_like(lot)),
                "{lot:?} twice"
            );
        }
    }
}

/// Seats past their last day of use are gone; what serves is at least what was stated, while it
/// lasts.
fn check_seats(state: &Memory) {
    let today = all::<keyspool::policy::record::counter::CounterRow>(state)
        .first()
        .and_then(|row| row.brought_to);
    for system in all::<SystemRow>(state)
        .into_iter()
        .filter(|s| s.state == SystemState::Active)
    {
        for seat in &system.seats {
            let last = seat
                .term
                .end()
                .plus_days(system.grace_days)
                .expect("a day we know");
            assert!(
                seat.count > 0 && today.is_none_or(|today| last >= today),
                "{seat:?} on {today:?}"
            );
        }
        let spare: Vec<Seat> = system
            .seats
            .iter()
            .filter(|seat| seat.spare)
            .cloned()
            .collect();
        let serving: Vec<Seat> = system
            .seats
            .iter()
            .filter(|seat| !seat.spare)
            .cloned()
            .collect();
        assert!(
            system.need.covers(&seats(&serving)),
            "no more serves than is needed: {:?} spare {spare:?}",
            system.seats
        );
    }
}

/// The running period is today's; what it was judged to be agrees with what is recorded; carry is
/// less than a licence.
fn check_subscriptions(state: &Memory) {
    let today = all::<keyspool::policy::record::counter::CounterRow>(state)
        .first()
        .and_then(|row| row.brought_to);
    for row in all::<SubscriptionRow>(state) {
        let (first, last) = (
            row.first_of(row.running).expect("a day we know"),
            row.last_of(row.running).expect("a day"),
        );
        assert!(
            today.is_none_or(|today| (first..=last).contains(&today)),
            "{row:?} on {today:?}"
        );
        assert!(
            row.started >= row.first_of(0).expect("a day we know"),
            "{row:?}"
        );
        for days in row.carry_days.iter().map(|(_, days)| days) {
            assert!(days <= u64::from(row.start.term_months) * 31, "{row:?}");
        }
    }
    for period in all::<PeriodRow>(state) {
        assert!(
            !period.licensed || !period.assigned.is_empty(),
            "nothing assigned is never licensed: {period:?}"
        );
    }
}
