//! The only place that changes rows: one event in, the rows after it out. Replaying the history
//! through here gives the same state (LICENSING section 16).

mod catalogue;
mod given_up;
mod hardware;
mod passing;
mod stock;
mod subscription;

use self::catalogue::{
    apply_catalogue, known_product, mark_in_use, withdraw_organization, withdraw_product,
};
use self::stock::{
    change_wallet, consume, expire, expire_later, give_back, mint, redeem, tally, unredeem, void,
};
use self::subscription::judged;
use super::catalogue::Model;
use super::event::{Deactivated, Event, Granted, Refused};
use super::refusal::{RefusalCode, StateBroken};
use super::state::{
    AnsweredRow, ApprovalRow, CounterRow, GivenUp, HardwareRow, Lot, NeedRow, Seat, State,
    StateMut, SystemRow, SystemState, WaitingRow, answers_given, key_of,
};
use super::{due, list, wallet};
use crate::licence::counts::CountsOverflow;
use crate::licence::{ComputerId, Counts, Day, Digest, Identifier, Plan};
use crate::wire::response::Destination;
use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Days of releases and recoveries that a piece of hardware keeps: as many as the largest limit
/// counts.
const MAX_DAYS_KEPT: usize = 64;

/// Changes the state as the event says.
///
/// # Errors
/// [`StateBroken`] where the event does not fit the state: the history and the rows have come
/// apart.
pub fn apply<S: StateMut>(state: &mut S, event: &Event) -> Result<(), StateBroken> {
    match subscriber(event) {
        Some((organization, product, on)) => judged(state, organization, product, on, |state| {
            change(state, event)
        }),
        None => change(state, event),
    }
}

/// Whose need of which product, or licences for it, an event changes, and when: the running period
/// of a subscription is judged anew by what came of it.
fn subscriber(event: &Event) -> Option<(&Identifier, &Identifier, Day)> {
    match event {
        Event::Granted(event) | Event::Issued(event) => {
            Some((&event.system.organization, &event.system.product, event.on))
        }
        Event::EmergencyGranted(event) => {
            Some((&event.system.organization, &event.system.product, event.on))
        }
        Event::Deactivated(event) => Some((&event.organization, &event.product, event.on)),
        Event::Released(event) => Some((&event.organization, &event.product, event.on)),
        Event::Denied(event) => Some((&event.organization, &event.product, event.on)),
        Event::Undenied(event) | Event::Reinstated(event) => {
            Some((&event.organization, &event.product, event.on))
        }
        Event::Confirmed {
            organization,
            product,
            on,
            ..
        }
        | Event::LicencesAssigned {
            organization,
            product,
            on,
            ..
        }
        | Event::PassingEnded {
            organization,
            product,
            on,
            ..
        } => Some((organization, product, *on)),
        _ => None,
    }
}

fn change<S: StateMut>(state: &mut S, event: &Event) -> Result<(), StateBroken> {
    match event {
        Event::Began { .. }
        | Event::ClockAccepted { .. }
        | Event::PartsWaiting { .. }
        | Event::UnlocksFailed { .. } => Ok(()),
        Event::CatalogueApplied {
            organizations,
            products,
            withdrawn_organizations,
            withdrawn_products,
        } => {
            apply_catalogue(state, organizations, products)?;
            withdrawn_organizations
                .iter()
                .try_for_each(|id| withdraw_organization(state, id))?;
            withdrawn_products
                .iter()
                .try_for_each(|id| withdraw_product(state, id))
        }
        Event::KeysMinted {
            product,
            organization,
            licences,
            keys,
            on,
        } => mint(state, product, organization.as_ref(), licences, keys, *on),
        Event::KeyVoided {
            key,
            organization,
            removed,
            on,
            ..
        } => void(state, key, organization.as_ref(), removed, *on),
        Event::KeyRedeemed {
            organization,
            key,
            lots,
            on,
        } => redeem(state, key, organization, lots, *on),
        Event::KeyUnredeemed {
            organization,
            key,
            lots,
            ..
        } => unredeem(state, key, organization, lots),
        Event::Granted(event) | Event::Issued(event) => grant(state, event),
        Event::Deactivated(event) => deactivate(state, event),
        Event::Released(event) => given_up::release(state, event),
        Event::Denied(event) => given_up::deny(state, event),
        Event::Undenied(event) | Event::Reinstated(event) => given_up::reinstate(state, event),
        Event::CodeRefused(event) => given_up::refuse_code(state, &event.computer_id),
        Event::Suspected(event) => given_up::suspect(state, event),
        Event::Confirmed { .. } => confirm(state, event),
        Event::SubscriptionStarted {
            organization,
            product,
            started,
            on,
        } => subscription::start(state, organization, product, *started, *on),
        Event::LicencesAssigned {
            organization,
            product,
            assignment,
            ..
        } => subscription::assign(state, organization, product, assignment),
        Event::PeriodBegan {
            organization,
            product,
            period,
            licensed,
            graced,
            on,
        } => subscription::begin(
            state,
            organization,
            product,
            *period,
            (*licensed, *graced),
            *on,
        ),
        Event::Refused(refused) => refuse(state, refused),
        Event::Approved {
            computer_id,
            organization,
            product,
            request,
            ..
        } => state.put(ApprovalRow {
            computer_id: *computer_id,
            organization: organization.clone(),
            product: product.clone(),
            document: *request,
        }),
        Event::SeatsReleased {
            computer_id,
            returned,
            ended,
            ..
        } => release_held(state, computer_id, returned, ended),
        Event::SeatsEnded {
            computer_id, ended, ..
        } => {
            let mut system = (*known_system(state, computer_id)?).clone();
            if system.state != SystemState::Active {
                given_up::consume_held(state, &system, ended)?;
            }
            system.seats.retain(|seat| !ended.contains(seat));
            put_system(state, system)
        }
        Event::LotsExpired {
            organization,
            product,
            lots,
            ..
        } => expire(state, organization, product, lots),
        Event::SeatsRenewed {
            computer_id,
            taken,
            seats,
            on,
            ..
        } => {
            let mut system = (*known_system(state, computer_id)?).clone();
            consume(state, &system.organization, &system.product, taken)?;
            system.seats.clone_from(seats);
            due::mark(state, &system, *on)?;
            put_system(state, system)
        }
        Event::PassingEnded { computer_id, .. } => passing::ended(state, computer_id),
        Event::EmergencyGranted(event) => passing::emergency(state, event),
        Event::RecordsImported { records, .. } => records
            .iter()
            .try_for_each(|record| hardware::import(state, record)),
        Event::ExpansionsAssigned {
            computer_id,
            organization,
            product,
            holder,
            taken,
            on,
        } => {
            hardware::assign(state, organization, product, holder, taken)?;
            match state.get::<SystemRow>(&computer_id.0)? {
                Some(system) if system.is_licensed(Model::Hardware) => {
                    due::mark(state, &system, *on)
                }
                _ => Ok(()),
            }
        }
        Event::DayBegan { day } => {
            list::clear(state, &due_list(*day))?;
            change_counter(state, |counter| counter.brought_to = Some(*day))
        }
    }
}

/// The list of what ends so that a day is the first without it.
#[must_use]
pub fn due_list(day: Day) -> String {
    alloc::format!("due/{day}")
}

/// The list of a product's systems of which a seat ends on a day.
#[must_use]
pub fn ends_list(product: &Identifier, day: Day) -> String {
    alloc::format!("ends/{product}/{day}")
}

fn known_system<S: State>(state: &S, id: &ComputerId) -> Result<Rc<SystemRow>, StateBroken> {
    state
        .get::<SystemRow>(&id.0)?
        .ok_or_else(|| StateBroken(alloc::format!("no system {id}")))
}

fn confirm<S: StateMut>(state: &mut S, event: &Event) -> Result<(), StateBroken> {
    let Event::Confirmed {
        request,
        computer_id,
        sequence,
        counter,
        stated,
        seats,
        returned,
        ..
    } = event
    else {
        return Ok(());
    };
    let mut system = (*known_system(state, computer_id)?).clone();
    system.activation.confirmed = system.activation.confirmed.max(Some(*sequence));
    system.stated.clone_from(stated);
    system.seats.clone_from(seats);
    give_back(state, &system.organization, &system.product, returned)?;
    answered(state, request, &system, None, false)?;
    given_up::see(state, computer_id, *counter)?;
    put_system(state, system)
}

fn grant<S: StateMut>(state: &mut S, granted: &Granted) -> Result<(), StateBroken> {
    let system = &granted.system;
    mark_in_use(state, &system.product)?;
    for redemption in &granted.redeemed {
        redeem(
            state,
            &redemption.key,
            &system.organization,
            &redemption.lots,
            granted.on,
        )?;
    }
    // What a confirmed smaller need gave back may be taken again by the same request.
    give_back(
        state,
        &system.organization,
        &system.product,
        &granted.returned,
    )?;
    consume(state, &system.organization, &system.product, &granted.taken)?;
    if let Some(started) = granted.started {
        subscription::start(
            state,
            &system.organization,
            &system.product,
            started,
            granted.on,
        )?;
    }
    for assignment in &granted.assignments {
        subscription::assign(state, &system.organization, &system.product, assignment)?;
    }
    if let Some(old) = &granted.recovered_from {
        recover(state, old, granted.on)?;
    }
    bind_hardware(state, system)?;
    passing::begin_trial(state, system)?;
    hardware::claim(state, system)?;
    let answer = Some(count_answer(state)?);
    answered(state, &granted.request, system, answer, false)?;
    state.remove::<WaitingRow>(&system.computer_id.0)?;
    due::settle(state, &system.computer_id)?;
    put_system(state, system.clone())
}

fn recover<S: StateMut>(state: &mut S, old: &ComputerId, on: Day) -> Result<(), StateBroken> {
    let mut system = (*known_system(state, old)?).clone();
    system.seats.clear();
    system.passing.running = None;
    system.state = SystemState::GivenUp {
        how: GivenUp::Recovered,
        on,
        document: None,
        destination: Destination::None,
        held: false,
    };
    change_hardware(state, system.hardware, |row| {
        remember_day(&mut row.recoveries, on)
    })?;
    put_system(state, system)
}

fn remember_day(days: &mut Vec<Day>, on: Day) {
    days.push(on);
    let surplus = days.len().saturating_sub(MAX_DAYS_KEPT);
    days.drain(..surplus);
}

fn bind_hardware<S: StateMut>(state: &mut S, system: &SystemRow) -> Result<(), StateBroken> {
    let before = state.get::<HardwareRow>(&system.hardware.to_be_bytes())?;
    let row = HardwareRow {
        id: system.hardware,
        product: system.product.clone(),
        fingerprint: system.fingerprint.clone(),
        system: system.computer_id,
        releases: before
            .as_ref()
            .map_or_else(Vec::new, |row| row.releases.clone()),
        recoveries: before
            .as_ref()
            .map_or_else(Vec::new, |row| row.recoveries.clone()),
        had_trial: before.as_ref().is_some_and(|row| row.had_trial)
            || system.activation.plan == Plan::Trial,
    };
    for (component, value) in &row.fingerprint {
        if before
            .as_ref()
            .is_none_or(|before| before.fingerprint.get(component) != Some(value))
        {
            list::push(
                state,
                &super::hardware::component_list(&row.product, component, value),
                &row.id.to_string(),
            )?;
        }
    }
    if before.is_none() {
        change_counter(state, |counter| {
            counter.hardware = counter.hardware.max(row.id)
        })?;
    }
    state.put(row)
}

fn deactivate<S: StateMut>(state: &mut S, event: &Deactivated) -> Result<(), StateBroken> {
    let known = known_system(state, &event.computer_id)?;
    if let SystemState::GivenUp {
        how: GivenUp::Proven,
        on,
        destination,
        held,
        ..
    } = known.state
    {
        // Its code was typed before: what it had went then.
        let document = Some(event.request);
        let system = SystemRow {
            state: SystemState::GivenUp {
                how: GivenUp::Proven,
                on,
                document,
                destination,
                held,
            },
            ..(*known).clone()
        };
        let answer = Some(count_answer(state)?);
        answered(state, &event.request, &system, answer, true)?;
        return put_system(state, system);
    }
    let given_up = SystemState::GivenUp {
        how: GivenUp::Proven,
        on: event.on,
        document: Some(event.request),
        destination: event.destination,
        held: event.held,
    };
    let system = given_up::give_up(state, &event.computer_id, given_up, &event.returned)?;
    let answer = Some(count_answer(state)?);
    answered(state, &event.request, &system, answer, true)?;
    put_system(state, system)
}

fn release_held<S: StateMut>(
    state: &mut S,
    id: &ComputerId,
    returned: &[Lot],
    ended: &[Seat],
) -> Result<(), StateBroken> {
    let mut system = (*known_system(state, id)?).clone();
    let back = wallet::counts(returned)?;
    let gone = wallet::counts(&wallet::lots_of_seats(ended))?;
    tally(state, &system.product, |t| {
        t.held = t.held.minus(&back)?.minus(&gone)?;
        t.stored = t.stored.plus(&back)?;
        t.consumed = t.consumed.plus(&gone)?;
        Ok(())
    })?;
    change_wallet(state, &system.organization, &system.product, |held| {
        wallet::add(held, returned)
    })?;
    expire_later(state, &system.organization, &system.product, returned)?;
    system.seats.clear();
    if let SystemState::GivenUp { held, .. } = &mut system.state {
        *held = false;
    }
    put_system(state, system)
}

/// Codes after which a request waits: for an operator, or for licences.
const WAITING: [RefusalCode; 6] = [
    RefusalCode::AwaitingApproval,
    RefusalCode::HardwareChanged,
    RefusalCode::RecoveryLimit,
    RefusalCode::NotEnoughLicences,
    RefusalCode::GrowthAllowance,
    // An operator may import its record, or assign it expansions.
    RefusalCode::UnknownSerial,
];

fn refuse<S: StateMut>(state: &mut S, refused: &Refused) -> Result<(), StateBroken> {
    let (Some(computer_id), Some(organization), Some(product), Some(request)) = (
        refused.computer_id,
        &refused.organization,
        &refused.product,
        refused.request,
    ) else {
        return Ok(());
    };
    if !WAITING.contains(&refused.code) {
        // The same request waits no more for what it waited for: its file lies elsewhere now, for
        // another reason.
        let waited = state
            .get::<WaitingRow>(&computer_id.0)?
            .is_some_and(|row| row.document == request);
        return if waited {
            state.remove::<WaitingRow>(&computer_id.0)
        } else {
            Ok(())
        };
    }
    state.put(WaitingRow {
        computer_id,
        organization: organization.clone(),
        product: product.clone(),
        need: refused.need.clone().unwrap_or_default(),
        code: refused.code,
        document: request,
        file: refused.source.file.clone(),
        digest: refused.source.digest,
        batch: refused.source.batch,
        on: refused.on,
    })
}

fn answered<S: StateMut>(
    state: &mut S,
    request: &Digest,
    system: &SystemRow,
    answer: Option<u64>,
    for_ever: bool,
) -> Result<(), StateBroken> {
    state.put(AnsweredRow {
        document: *request,
        activation_id: system.activation.id,
        answer,
        for_ever,
    })
}

/// The number of one more answer, which the ledger keeps whole under it.
fn count_answer<S: StateMut>(state: &mut S) -> Result<u64, StateBroken> {
    let number = answers_given(state)? + 1;
    change_counter(state, |counter| counter.answers = number)?;
    Ok(number)
}

/// Writes a system, and keeps the organization's need and the lists of what ends in step.
fn put_system<S: StateMut>(state: &mut S, system: SystemRow) -> Result<(), StateBroken> {
    let model = known_product(state, &system.product)?.settings.model;
    let before = state.get::<SystemRow>(&system.computer_id.0)?;
    count_need(state, before.as_deref(), &system, model)?;
    if model == Model::PooledSubscription
        && before
            .as_deref()
            .is_none_or(|before| before.organization != system.organization)
    {
        due::enlist(state, &system)?;
    }
    for seat in &system.seats {
        let new = before.as_ref().is_none_or(|before| {
            !before.seats.contains(seat) || before.grace_days != system.grace_days
        });
        if new && system.state == SystemState::Active {
            end_later(state, &system, seat)?;
        }
    }
    passing::end_later(state, before.as_deref(), &system)?;
    state.put(system)
}

fn end_later<S: StateMut>(
    state: &mut S,
    system: &SystemRow,
    seat: &Seat,
) -> Result<(), StateBroken> {
    let end = seat.term.end();
    if let Some(day) = end.plus_days(system.grace_days + 1) {
        list::push(
            state,
            &due_list(day),
            &alloc::format!("seat/{}", system.computer_id),
        )?;
    }
    list::push(
        state,
        &ends_list(&system.product, end),
        &system.computer_id.to_string(),
    )
}

fn count_need<S: StateMut>(
    state: &mut S,
    before: Option<&SystemRow>,
    after: &SystemRow,
    model: Model,
) -> Result<(), StateBroken> {
    let counted = |system: &SystemRow| system.counts(model).then(|| system.counted_need());
    let (was, is) = (before.and_then(counted), counted(after));
    if was == is {
        return Ok(());
    }
    let key = key_of(&[after.organization.as_str(), after.product.as_str()]);
    let row = state.get::<NeedRow>(&key)?.map(|row| (*row).clone());
    let mut row = row.unwrap_or_else(|| NeedRow {
        organization: after.organization.clone(),
        product: after.product.clone(),
        need: Counts::new(),
        systems: 0,
    });
    if let Some(was) = was {
        row.need = row.need.minus(&was)?;
        row.systems = row.systems.checked_sub(1).ok_or(CountsOverflow)?;
    }
    if let Some(is) = is {
        row.need = row.need.plus(&is)?;
        row.systems += 1;
    }
    state.put(row)
}

fn change_hardware<S: StateMut>(
    state: &mut S,
    id: u64,
    change: impl FnOnce(&mut HardwareRow),
) -> Result<(), StateBroken> {
    let row = state.get::<HardwareRow>(&id.to_be_bytes())?;
    let mut row = (*row.ok_or_else(|| StateBroken(alloc::format!("no hardware {id}")))?).clone();
    change(&mut row);
    state.put(row)
}

fn change_counter<S: StateMut>(
    state: &mut S,
    change: impl FnOnce(&mut CounterRow),
) -> Result<(), StateBroken> {
    let mut row = state
        .get::<CounterRow>(&[])?
        .map_or_else(CounterRow::default, |row| (*row).clone());
    change(&mut row);
    state.put(row)
}
