//! Bringing the state to today, in the sequence of LICENSING section 5: trials, emergencies and
//! seats that ended, lots that expired, periods that began, auto-renewals.
//!
//! The signer makes up day by day what it missed while it was off. A list for each day names what
//! is due; nothing else is read.

use crate::licence::{ComputerId, Day, Identifier, Ulid};
use crate::policy::apply::change::apply;
use crate::policy::day::{renewal, temporary};
use crate::policy::model::device::seats;
use crate::policy::model::drawing;
use crate::policy::model::drawing::Drawing;
use crate::policy::model::pooled::course;
use crate::policy::record::catalogue::settings::Model;
use crate::policy::record::counter::CounterRow;
use crate::policy::record::due::{due_list, ends_list};
use crate::policy::record::event::Event;
use crate::policy::record::product::{CatalogueRow, ProductRow};
use crate::policy::record::seat::Seat;
use crate::policy::record::state::{State, StateBroken, StateMut, key_of};
use crate::policy::record::system::SystemRow;
use crate::policy::record::{list, wallet};
use alloc::collections::BTreeSet;
use alloc::rc::Rc;
use alloc::vec::Vec;

/// Brings the state to `today`; gives the events, already applied. An earlier day changes nothing.
///
/// # Errors
/// [`StateBroken`].
pub fn bring_to<S: StateMut>(state: &mut S, today: Day) -> Result<Vec<Event>, StateBroken> {
    let reached = state.get::<CounterRow>(&[])?.and_then(|row| row.brought_to);
    let mut events = Vec::new();
    if reached == Some(today) {
        // Licences that came into a wallet today renew today: tomorrow may be too late.
        renew(state, today, &mut events)?;
    }
    let mut day = reached.map_or(Some(today), |reached| reached.plus_days(1));
    while let Some(now) = day.filter(|day| *day <= today) {
        one_day(state, now, &mut events)?;
        day = now.plus_days(1);
    }
    Ok(events)
}

fn one_day<S: StateMut>(
    state: &mut S,
    day: Day,
    events: &mut Vec<Event>,
) -> Result<(), StateBroken> {
    let due: BTreeSet<_> = list::items(state, &due_list(day))?.into_iter().collect();
    // A period is judged with the need at the end of the day before, so before anything of today
    // ends.
    let mut beginning = Vec::new();
    for item in due.iter().filter_map(|item| item.strip_prefix("period/")) {
        let (organization, product) = named(item)?;
        let need = course::need_of(state, &organization, &product)?;
        beginning.push((organization, product, need));
    }
    for id in due.iter().filter_map(|item| item.strip_prefix("passing/")) {
        if let Some(event) = temporary::ended(state, id, day)? {
            record(state, event, events)?;
        }
    }
    for id in due.iter().filter_map(|item| item.strip_prefix("seat/")) {
        if let Some(event) = seats_ended(state, id, day)? {
            record(state, event, events)?;
        }
    }
    for wallet in due.iter().filter_map(|item| item.strip_prefix("lot/")) {
        if let Some(event) = lots_expired(state, wallet, day)? {
            record(state, event, events)?;
        }
    }
    for (organization, product, need) in beginning {
        if let Some(event) = renewal::began(state, &organization, &product, &need, day)? {
            record(state, event, events)?;
        }
    }
    renew(state, day, events)?;
    record(state, Event::DayBegan { day }, events)
}

fn renew<S: StateMut>(state: &mut S, day: Day, events: &mut Vec<Event>) -> Result<(), StateBroken> {
    for (organization, product, what) in renewals(state, day)? {
        match what {
            What::Seats(end, _, id) => {
                if let Some(event) = renewed(state, &id, end, day)? {
                    record(state, event, events)?;
                }
            }
            What::Period => periods_renewed(state, &organization, &product, day, events)?,
        }
    }
    Ok(())
}

fn record<S: StateMut>(
    state: &mut S,
    event: Event,
    events: &mut Vec<Event>,
) -> Result<(), StateBroken> {
    apply(state, &event)?;
    events.push(event);
    Ok(())
}

fn seats_ended<S: State>(state: &S, id: &str, day: Day) -> Result<Option<Event>, StateBroken> {
    let id = ComputerId::from_canonical(id)
        .ok_or_else(|| StateBroken::Row(alloc::format!("`{id}` in a list of what is due")))?;
    let Some(system) = state.get::<SystemRow>(&id.0)? else {
        return Ok(None);
    };
    let is_over = |seat: &&Seat| seat.is_over(system.grace_days, day);
    let ended: Vec<Seat> = system.seats.iter().filter(is_over).cloned().collect();
    if ended.is_empty() {
        return Ok(None);
    }
    let (organization, product) = (system.organization.clone(), system.product.clone());
    Ok(Some(Event::SeatsEnded {
        computer_id: id,
        organization,
        product,
        ended,
        on: day,
    }))
}

fn lots_expired<S: State>(state: &S, wallet: &str, day: Day) -> Result<Option<Event>, StateBroken> {
    let (organization, product) = named(wallet)?;
    let lots = wallet::lots(state, &organization, &product)?;
    let lots: Vec<_> = lots
        .into_iter()
        .filter(|lot| lot.store_until < day)
        .collect();
    Ok((!lots.is_empty()).then_some(Event::LotsExpired {
        organization,
        product,
        lots,
        on: day,
    }))
}

/// The organization and the product that an item of a list names.
fn named(item: &str) -> Result<(Identifier, Identifier), StateBroken> {
    let broken = || StateBroken::Row(alloc::format!("`{item}` in a list of what is due"));
    let (organization, product) = item.split_once('/').ok_or_else(broken)?;
    Ok((
        Identifier::new(organization).map_err(|_| broken())?,
        Identifier::new(product).map_err(|_| broken())?,
    ))
}

/// What waits to be renewed, of an organization and a product.
type Renewal = (Identifier, Identifier, What);

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum What {
    /// A period of the subscription.
    Period,
    /// Seats of one system with one end: that end, activation id, Computer ID.
    Seats(Day, Ulid, ComputerId),
}

/// What waits to be renewed: by organization, product, earliest end, activation id.
fn renewals<S: State>(state: &S, day: Day) -> Result<BTreeSet<Renewal>, StateBroken> {
    let catalogue = state
        .get::<CatalogueRow>(&[])?
        .map_or_else(Vec::new, |row| row.products.clone());
    let mut waiting = BTreeSet::new();
    for id in catalogue {
        if let Some(product) = state
            .get::<ProductRow>(&key_of(&[id.as_str()]))?
            .filter(|row| row.settings.auto_renew)
        {
            renewals_of(state, &product, day, &mut waiting)?;
        }
    }
    Ok(waiting)
}

fn renewals_of<S: State>(
    state: &S,
    product: &Rc<ProductRow>,
    day: Day,
    waiting: &mut BTreeSet<Renewal>,
) -> Result<(), StateBroken> {
    let settings = &product.settings;
    let mut end = day.minus_days(settings.grace_days).unwrap_or(Day::FIRST);
    let last = day
        .plus_days(settings.largest_notice())
        .unwrap_or(Day::LAST);
    while end <= last {
        for item in list::items(state, &ends_list(&settings.id, end))? {
            if settings.model == Model::PooledSubscription {
                let organization =
                    Identifier::new(&item).map_err(|error| StateBroken::because(&error))?;
                waiting.insert((organization, settings.id.clone(), What::Period));
                continue;
            }
            let Some(id) = ComputerId::from_canonical(&item) else {
                continue;
            };
            if let Some(system) = state
                .get::<SystemRow>(&id.0)?
                .filter(|system| system.is_active(settings.model))
            {
                let (organization, product) = (system.organization.clone(), system.product.clone());
                waiting.insert((
                    organization,
                    product,
                    What::Seats(end, system.activation.id, id),
                ));
            }
        }
        let Some(next) = end.plus_days(1) else { break };
        end = next;
    }
    Ok(())
}

/// Renews the running period within the grace after the one before, and the next one near the end:
/// each in full, or not at all.
fn periods_renewed<S: StateMut>(
    state: &mut S,
    organization: &Identifier,
    product: &Identifier,
    day: Day,
    events: &mut Vec<Event>,
) -> Result<(), StateBroken> {
    let Some(row) = state.get::<ProductRow>(&key_of(&[product.as_str()]))? else {
        return Ok(());
    };
    while let Some(event) = renewal::renewed(state, organization, &row.settings, day)? {
        record(state, event, events)?;
    }
    Ok(())
}

/// Renews all seats of a system with this end by unused licences of the wallet, or none of them.
/// Surplus that waits for a confirmation is not renewed, since it goes back.
fn renewed<S: State>(
    state: &S,
    id: &ComputerId,
    end: Day,
    day: Day,
) -> Result<Option<Event>, StateBroken> {
    let Some(system) = state.get::<SystemRow>(&id.0)? else {
        return Ok(None);
    };
    let product = state.get::<ProductRow>(&key_of(&[system.product.as_str()]))?;
    let product =
        product.ok_or_else(|| StateBroken::Row(alloc::format!("no product {}", system.product)))?;
    let settings = &product.settings;
    let is_due = |seat: &Seat| seat.term.end() == end && !seat.spare;
    let (due, others): (Vec<Seat>, Vec<Seat>) = system.seats.iter().cloned().partition(is_due);
    if due.is_empty() {
        return Ok(None);
    }
    let lots = wallet::lots(state, &system.organization, &system.product)?;
    if lots.is_empty() {
        return Ok(None);
    }
    let lots = drawing::sequenced_by_code(state, lots)?;
    let drawing = Drawing {
        own: &[],
        wallet: true,
        returned: false,
        notice: settings.largest_notice(),
        today: day,
    };
    let Ok((mut seats, taken)) = seats::extend_seats(&due, &lots, settings, &drawing) else {
        return Ok(None);
    };
    seats.extend(others);
    let (organization, product) = (system.organization.clone(), system.product.clone());
    Ok(Some(Event::SeatsRenewed {
        computer_id: *id,
        organization,
        product,
        taken,
        seats: seats::tidy(seats),
        on: day,
    }))
}
