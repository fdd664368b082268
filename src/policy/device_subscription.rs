//! What a system description is granted under the `device-subscription` model (LICENSING sections 6, 7 and 11).

use super::confirm::{is_own, settle};
use super::decide::{Answer, Asked, Grant};
use super::event::{Event, Granted, Outcome, Redemption};
use super::refusal::{Refusal, RefusalCode, StateBroken, Stop};
use super::standing::Standing;
use super::state::{CounterRow, IssuedActivation, Lot, Seat, State, StatedNeed, SystemRow, SystemState};
use super::term;
use super::wallet::{self, Drawing};
use crate::licence::id::Hex;
use crate::licence::{Counts, Day, LicenceKeyId, Ulid, Validity};
use crate::wire::Kind;
use crate::wire::request::{SystemDescription, Wanted};
use crate::wire::response::Activation;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;

/// What a request changes about the seats of a system.
struct Change {
    outcome: Outcome,
    seats: Vec<Seat>,
    taken: Vec<Lot>,
}

/// What is known of the system before the request.
struct Before {
    seats: Vec<Seat>,
    stated: Vec<StatedNeed>,
    returned: Vec<Lot>,
    confirmed: Option<u16>,
}

pub(super) fn decide<S: State>(
    state: &S,
    asked: &Asked<'_>,
    description: &SystemDescription,
    standing: &Standing,
    redeemed: Vec<Redemption>,
) -> Result<Grant, Stop> {
    let before = before(asked, description, standing);
    let mut lots = wallet::lots(state, &asked.request.organization, &asked.request.product)?;
    redeemed.iter().try_for_each(|redemption| wallet::add(&mut lots, &redemption.lots))?;
    wallet::add(&mut lots, &before.returned)?;
    let lots = wallet::in_order_of_codes(state, lots)?;
    let own: Vec<LicenceKeyId> = redeemed.iter().map(|redemption| redemption.key).collect();
    let drawing = Drawing {
        own: &own,
        wallet: asked.settings().auto_assign,
        returned: description.request != Wanted::Extend,
        notice: asked.settings().largest_notice(),
        today: asked.context.today,
    };
    let change = match description.request {
        Wanted::Trial => return Err(no_trial(asked).into()),
        Wanted::Activate => activate(asked, description, standing, &before, &lots, &drawing),
        Wanted::Refresh => refresh(asked, description, &before),
        Wanted::Extend => extend(asked, description, &before, &lots, &drawing),
    };
    let change = change.map_err(|refusal| buying_helps(refusal, asked))?;
    grant(state, asked, description, standing, redeemed, before, change)
}

fn buying_helps(refusal: Refusal, asked: &Asked<'_>) -> Refusal {
    if refusal.code == RefusalCode::NotEnoughLicences { refusal.with_contact(asked.contact()) } else { refusal }
}

/// The system as it is, once the installed activation that the request names is taken as confirmed.
fn before(asked: &Asked<'_>, description: &SystemDescription, standing: &Standing) -> Before {
    let none = Before { seats: Vec::new(), stated: Vec::new(), returned: Vec::new(), confirmed: None };
    if let Some(recovered) = &standing.recovered {
        let stated = alloc::vec![StatedNeed { sequence: 0, need: recovered.counted_need() }];
        return Before { seats: recovered.seats.clone(), stated, ..none };
    }
    // What an ended system once stated counts no more: it begins anew.
    let Some(system) = asked.active() else { return none };
    let confirmed = description.activation.filter(|installed| is_own(system, *installed));
    let known = system.activation.confirmed;
    let Some(sequence) = confirmed.map(|installed| installed.sequence) else {
        return Before { seats: system.seats.clone(), stated: system.stated.clone(), returned: Vec::new(), confirmed: known };
    };
    let settled = settle(system, sequence, asked.settings().model, asked.context.today);
    let returned = wallet::lots_of_seats(&settled.surplus);
    Before { seats: settled.seats, stated: settled.stated, returned, confirmed: known.max(Some(sequence)) }
}

fn no_trial(asked: &Asked<'_>) -> Refusal {
    if asked.active().is_some() {
        return Refusal::new(
            RefusalCode::AlreadyLicensed,
            "This device is licensed and needs no trial.",
            "Let the device ask for an activation instead.",
        );
    }
    Refusal::new(
        RefusalCode::NoTrial,
        alloc::format!("The product `{}` has no trial.", asked.settings().id),
        "Redeem a licence key and ask for an activation.",
    )
    .with_contact(asked.contact())
}

fn activate(
    asked: &Asked<'_>,
    description: &SystemDescription,
    standing: &Standing,
    before: &Before,
    lots: &[Lot],
    drawing: &Drawing<'_>,
) -> Result<Change, Refusal> {
    let missing = held(before)?.lacking(&description.need);
    let (seats, taken) = term::add_seats(&before.seats, lots, &missing, asked.settings(), drawing)?;
    let goes_on = asked.active().is_some() && standing.recovered.is_none();
    Ok(Change { outcome: if goes_on { Outcome::Refreshed } else { Outcome::Activated }, seats, taken })
}

fn held(before: &Before) -> Result<Counts, Refusal> {
    term::counts(&before.seats).map_err(|_| term::not_enough(&Counts::new(), false))
}

fn refresh(asked: &Asked<'_>, description: &SystemDescription, before: &Before) -> Result<Change, Refusal> {
    if asked.active().is_none() {
        return Err(Refusal::new(
            RefusalCode::NotActivated,
            "This device has no activation that could be refreshed.",
            "Let the device ask for an activation instead.",
        ));
    }
    let missing = held(before)?.lacking(&description.need);
    if !missing.is_empty() {
        return Err(Refusal::new(
            RefusalCode::NotEnoughLicences,
            alloc::format!("The device needs more than it holds; missing: {missing}."),
            "Let the device ask with `activate`, which adds seats.",
        ));
    }
    Ok(Change { outcome: Outcome::Refreshed, seats: before.seats.clone(), taken: Vec::new() })
}

/// One more term for each seat that serves; later than the last day of use it begins anew. A larger need adds seats.
fn extend(
    asked: &Asked<'_>,
    description: &SystemDescription,
    before: &Before,
    lots: &[Lot],
    drawing: &Drawing<'_>,
) -> Result<Change, Refusal> {
    if asked.known().is_none() {
        return Err(Refusal::new(
            RefusalCode::NothingToExtend,
            "This device has never been activated, so there is nothing to extend.",
            "Let the device ask for an activation instead.",
        ));
    }
    check_renews_itself(asked, before, drawing)?;
    let settings = asked.settings();
    let (serving, surplus) = term::split(&before.seats, &description.need);
    let (mut seats, mut taken) = term::extend_seats(&serving, lots, settings, drawing)?;
    let mut rest = lots.to_vec();
    wallet::remove(&mut rest, &taken).map_err(|_| term::not_enough(&Counts::new(), drawing.wallet))?;
    seats.extend(surplus);
    let missing = held(before)?.lacking(&description.need);
    let (seats, added) = term::add_seats(&seats, &rest, &missing, settings, drawing)?;
    wallet::add(&mut taken, &added).map_err(|_| term::not_enough(&Counts::new(), drawing.wallet))?;
    Ok(Change { outcome: Outcome::Extended, seats, taken })
}

/// A product that renews itself is extended by hand only where the signer could not, and by a key of the request's own.
fn check_renews_itself(asked: &Asked<'_>, before: &Before, drawing: &Drawing<'_>) -> Result<(), Refusal> {
    let settings = asked.settings();
    if !settings.auto_renew || before.seats.is_empty() {
        return Ok(());
    }
    let mut serving = before.seats.iter().filter(|seat| !seat.spare);
    let unrenewed = serving.any(|seat| is_in_renewal(seat, drawing.notice, drawing.today));
    if unrenewed && !drawing.own.is_empty() {
        return Ok(());
    }
    Err(Refusal::new(
        RefusalCode::RenewsAutomatically,
        alloc::format!("The product `{}` is renewed by the signer.", settings.id),
        "Nothing is left to do now; where licences are missing, redeem a licence key with the request.",
    ))
}

/// Whether a seat's end is at most the largest notice away.
fn is_in_renewal(seat: &Seat, notice: u32, today: Day) -> bool {
    seat.term.end().days_since(today) <= i64::from(notice)
}

fn grant<S: State>(
    state: &S,
    asked: &Asked<'_>,
    description: &SystemDescription,
    standing: &Standing,
    redeemed: Vec<Redemption>,
    before: Before,
    change: Change,
) -> Result<Grant, Stop> {
    let (serving, _) = term::split(&change.seats, &description.need);
    let replaced = standing.recovered.as_ref().or(asked.active());
    let (validity, grace_days) = validity(asked, description, &serving, replaced)?;
    let sequence = next_sequence(asked)?;
    let id = asked.known().map_or(asked.context.fresh_id, |system| system.activation.id);
    let issued = IssuedActivation {
        id,
        sequence,
        plan: term::PLAN,
        licences: term::counts(&serving)?,
        validity,
        issued: asked.context.today,
        confirmed: before.confirmed,
    };
    let answer = activation(asked, description, &issued, id, validity);
    let system = SystemRow {
        computer_id: asked.request.computer_id,
        organization: asked.request.organization.clone(),
        product: asked.request.product.clone(),
        device_key: Hex(asked.request.device_key),
        computer_name: description.computer_name.clone(),
        product_version: description.product_version.clone(),
        serial: description.serial.clone(),
        hardware: hardware_id(state, asked, standing)?,
        fingerprint: description.fingerprint.clone(),
        counter: asked.request.counter,
        state: SystemState::Active,
        need: description.need.clone(),
        stated: term::state_need(&before.stated, sequence, &description.need),
        seats: term::held_for(&change.seats, &description.need),
        grace_days,
        activation: issued,
    };
    let event = Event::Granted(Box::new(Granted {
        outcome: change.outcome,
        request: asked.document,
        system,
        redeemed,
        taken: change.taken,
        returned: before.returned,
        recovered_from: standing.recovered.as_ref().map(|system| system.computer_id),
        answer: answer.document_id(),
        witness: asked.context.witness,
        source: asked.context.source.clone(),
        on: asked.context.today,
    }));
    Ok(Grant { event, answer: Some(answer) })
}

/// What the activation states, and the days of grace that it gives.
///
/// Never less than the one it replaces, unless a larger need brings an earlier end: not even where the product's grace
/// was shortened meanwhile (LICENSING section 6).
fn validity(
    asked: &Asked<'_>,
    description: &SystemDescription,
    serving: &[Seat],
    replaced: Option<&Rc<SystemRow>>,
) -> Result<(Validity, u32), StateBroken> {
    let mut validity = term::validity(serving, asked.settings().grace_days)?;
    let (Some(until), Some(grace_until)) = (validity.valid_until, validity.grace_until) else { return Ok((validity, 0)) };
    let before = replaced.map(|system| &system.activation).filter(|before| {
        before.licences.covers(&description.need) || before.validity.valid_until.is_some_and(|before| before <= until)
    });
    let at_least = before.and_then(|before| before.validity.grace_until).unwrap_or(grace_until);
    validity.grace_until = Some(grace_until.max(at_least));
    let grace_days = grace_until.max(at_least).days_since(until);
    Ok((validity, u32::try_from(grace_days).unwrap_or(0)))
}

/// A Computer ID has 65,535 sequences; a device that has used them all needs another.
fn next_sequence(asked: &Asked<'_>) -> Result<u16, Refusal> {
    let newest = asked.system.as_ref().map_or(0, |system| system.activation.sequence);
    newest.checked_add(1).ok_or_else(|| {
        Refusal::new(
            RefusalCode::ComputerIdRetired,
            alloc::format!("The Computer ID {} has had all its 65,535 activations.", asked.request.computer_id),
            "Deactivate the device and let it write a new request with its next Computer ID.",
        )
    })
}

fn hardware_id<S: State>(state: &S, asked: &Asked<'_>, standing: &Standing) -> Result<u64, StateBroken> {
    if let Some(row) = &standing.hardware {
        return Ok(row.id);
    }
    if let Some(system) = asked.known() {
        return Ok(system.hardware);
    }
    Ok(state.get::<CounterRow>(&[])?.map_or(0, |row| row.hardware) + 1)
}

fn activation(
    asked: &Asked<'_>,
    description: &SystemDescription,
    issued: &IssuedActivation,
    id: Ulid,
    validity: Validity,
) -> Answer {
    let settings = asked.settings();
    let components = u8::try_from(description.fingerprint.len()).unwrap_or(u8::MAX);
    let extensions = settings.extensions.as_ref().and_then(|extensions| serde_json::to_string(extensions).ok());
    let activation = Activation {
        activation_id: id,
        sequence: issued.sequence,
        organization: asked.request.organization.clone(),
        product: asked.request.product.clone(),
        computer_id: asked.request.computer_id,
        computer_name: description.computer_name.clone(),
        request: asked.request_id(),
        // A Computer ID alone has no hardware yet.
        fingerprint: (components > 0).then(|| (description.fingerprint.clone(), settings.fingerprint_min_match.min(components))),
        plan: issued.plan,
        licences: issued.licences.clone(),
        validity,
        notify_days: settings.notify_days.clone(),
        issued_at: asked.context.now,
        trust_list: asked.context.trust_list,
        extensions,
    };
    Answer { kind: Kind::Activation, payload: activation.to_payload() }
}
