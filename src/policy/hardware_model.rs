//! What a system description is granted under the `hardware` model (LICENSING sections 6, 7 and
//! 11).

use super::catalogue::Model;
use super::decide::{Asked, Grant};
use super::event::{Event, Outcome, Redemption};
use super::issue::{Change, before, buying_helps, issue};
use super::preloaded::{self, RecordRow, device_holder, hardware_holder, listed, serial_holder};
use super::refusal::{Refusal, RefusalCode, StateBroken, Stop};
use super::standing::Standing;
use super::state::{State, SystemRow, SystemState, WaitingRow};
use super::wallet::{self, Drawing};
use super::{orders, term};
use crate::licence::{ComputerId, Counts, Day, Identifier, Plan, Validity};
use crate::wire::request::{SystemDescription, Wanted};
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

/// The serial that a request of this model states: it serves one active system, and must be listed
/// where its licences are needed.
pub(super) fn check_serial<S: State>(
    state: &S,
    asked: &Asked<'_>,
    description: &SystemDescription,
    standing: &Standing,
) -> Result<(), Stop> {
    let concerned =
        asked.settings().model == Model::Hardware && description.request != Wanted::Trial;
    let Some(serial) = description.serial.as_ref().filter(|_| concerned) else {
        return Ok(());
    };
    match record(state, asked, description)? {
        Some(record) => {
            let is_other = record
                .owner
                .as_ref()
                .is_some_and(|owner| *owner != asked.request.organization);
            let recovered = standing.recovered.as_ref().map(|system| system.computer_id);
            let own = [Some(asked.request.computer_id), recovered];
            let in_use = is_other
                || holder(state, &record)?
                    .is_some_and(|system| !own.contains(&Some(system.computer_id)));
            if in_use {
                Err(serial_in_use(serial).into())
            } else {
                Ok(())
            }
        }
        None if held(state, asked, description, standing)?.covers(&description.need) => Ok(()),
        None => Err(unknown_serial(serial).with_contact(asked.contact()).into()),
    }
}

fn record<S: State>(
    state: &S,
    asked: &Asked<'_>,
    description: &SystemDescription,
) -> Result<Option<Rc<RecordRow>>, StateBroken> {
    listed(
        state,
        &asked.request.organization,
        &asked.request.product,
        description.serial.as_deref(),
    )
}

/// The system that a serial serves, while that is active, or its seat is held.
fn holder<S: State>(state: &S, record: &RecordRow) -> Result<Option<Rc<SystemRow>>, StateBroken> {
    let Some(id) = record.system else {
        return Ok(None);
    };
    let serves = |system: &Rc<SystemRow>| {
        let holds = match system.state {
            SystemState::Active => system.is_licensed(Model::Hardware),
            SystemState::GivenUp { held, .. } => held,
            SystemState::Denied { returned, .. } => !returned,
        };
        holds && system.serial.as_ref() == Some(&record.record.serial)
    };
    Ok(state.get::<SystemRow>(&id.0)?.filter(serves))
}

/// Whether the serial of a system, or its hardware, serves another system now.
///
/// # Errors
/// [`RefusalCode::SerialInUse`].
pub(super) fn check_still_free<S: State>(state: &S, system: &SystemRow) -> Result<(), Stop> {
    let record = listed(
        state,
        &system.organization,
        &system.product,
        system.serial.as_deref(),
    )?;
    let holder = record
        .as_ref()
        .map(|record| holder(state, record))
        .transpose()?
        .flatten();
    match (
        holder.filter(|holder| holder.computer_id != system.computer_id),
        &system.serial,
    ) {
        (Some(_), Some(serial)) => Err(serial_in_use(serial).into()),
        _ => Ok(()),
    }
}

fn serial_in_use(serial: &str) -> Refusal {
    Refusal::new(
        RefusalCode::SerialInUse,
        alloc::format!("The serial number {serial} serves another system."),
        "Deactivate that system first, or check the serial number set on the device.",
    )
}

fn unknown_serial(serial: &str) -> Refusal {
    Refusal::new(
        RefusalCode::UnknownSerial,
        alloc::format!(
            "The serial number {serial} is on no manufacturing record of this organization and \
                product."
        ),
        "Check the serial number set on the device, or import its manufacturing record.",
    )
}

/// Preloaded licences and expansions of the hardware that asks.
fn held<S: State>(
    state: &S,
    asked: &Asked<'_>,
    description: &SystemDescription,
    standing: &Standing,
) -> Result<Counts, StateBroken> {
    let record = record(state, asked, description)?;
    let hardware = standing.hardware.as_ref().map(|row| row.id);
    let request = asked.request;
    preloaded::entitlement(
        state,
        &request.organization,
        &request.product,
        record.as_deref(),
        hardware,
        &request.computer_id,
    )
}

pub(super) fn decide<S: State>(
    state: &S,
    asked: &Asked<'_>,
    description: &SystemDescription,
    standing: &Standing,
    redeemed: Vec<Redemption>,
) -> Result<Grant, Stop> {
    match description.request {
        Wanted::Extend => return Err(nothing_to_extend().into()),
        Wanted::Refresh if asked.licensed().is_none() => return Err(not_activated().into()),
        // A trial is the same for every model, and decided before.
        Wanted::Activate | Wanted::Refresh | Wanted::Trial => {}
    }
    let licences = held(state, asked, description, standing)?;
    let missing = licences.lacking(&description.need);
    if !missing.is_empty() {
        return Err(buying_helps(not_enough(&missing), asked).into());
    }
    let goes_on = asked.licensed().filter(|_| standing.recovered.is_none());
    // The hardware is the same: so is the day from which it is licensed.
    let since = goes_on
        .or(standing.recovered.as_ref())
        .map(|system| &system.activation);
    let since = since
        .filter(|issued| issued.plan == Plan::Hardware)
        .map(|issued| issued.validity.valid_from);
    let change = Change {
        outcome: if goes_on.is_some() {
            Outcome::Refreshed
        } else {
            Outcome::Activated
        },
        plan: Plan::Hardware,
        licences,
        validity: Validity {
            valid_from: since.unwrap_or(asked.context.today),
            valid_until: None,
            grace_until: None,
        },
        grace_days: 0,
        seats: Vec::new(),
        taken: Vec::new(),
        started: None,
        assignments: Vec::new(),
        passing: asked.passing_ended(),
    };
    issue(
        state,
        asked,
        description,
        standing,
        redeemed,
        before(asked, description, standing),
        change,
    )
}

fn nothing_to_extend() -> Refusal {
    Refusal::new(
        RefusalCode::NothingToExtend,
        "The licences of this hardware have no end, so there is nothing to extend.",
        "Let the device ask with `activate` for what it holds.",
    )
}

fn not_activated() -> Refusal {
    Refusal::new(
        RefusalCode::NotActivated,
        "This device has no activation that could be refreshed.",
        "Let the device ask for an activation instead.",
    )
}

fn not_enough(missing: &Counts) -> Refusal {
    Refusal::new(
        RefusalCode::NotEnoughLicences,
        alloc::format!("The device needs more than its hardware holds; missing: {missing}."),
        "Redeem expansions into the wallet, assign them with `keyspool hardware assign`, then \
            bring this file again.",
    )
}

/// What `hardware assign` would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Assigned {
    /// The event that does it.
    pub event: Event,
    /// Whose wallet gives.
    pub organization: Identifier,
    /// Of which product.
    pub product: Identifier,
    /// What the hardware holds then.
    pub licences: Counts,
}

/// Who gets expansions, and what they follow.
struct Receiver {
    organization: Identifier,
    product: Identifier,
    holder: String,
    held: Counts,
}

/// Assigns expansions from the organization's wallet to a system, or to a device that waits for
/// them.
///
/// # Errors
/// [`RefusalCode::NotEnoughLicences`] with the shortfall; a system that is unknown, given up,
/// denied, or of another model.
pub fn assign<S: State>(
    state: &S,
    id: &ComputerId,
    wanted: &Counts,
    today: Day,
) -> Result<Assigned, Stop> {
    let receiver = receiver(state, id)?;
    let Receiver {
        organization,
        product,
        holder,
        held,
    } = receiver;
    let row = orders::product(state, &product)?;
    if row.settings.model != Model::Hardware {
        let message = alloc::format!(
            "The product `{product}` has no expansions: its model is {}.",
            row.settings.model
        );
        return Err(Refusal::new(
            RefusalCode::NotNeeded,
            message,
            "Let the device ask for what it needs.",
        )
        .into());
    }
    if let Some((unknown, _)) = wanted
        .iter()
        .find(|(licence_type, _)| !row.settings.has_type(licence_type))
    {
        let message = alloc::format!("The product `{product}` has no licence type `{unknown}`.");
        return Err(Refusal::new(
            RefusalCode::UnknownLicenceType,
            message,
            "Check its types with `keyspool catalogue show`.",
        )
        .into());
    }
    let lots = wallet::in_order_of_codes(state, wallet::lots(state, &organization, &product)?)?;
    let drawing = Drawing {
        own: &[],
        wallet: true,
        returned: false,
        notice: row.settings.largest_notice(),
        today,
    };
    let contact = orders::organization(state, &organization)?;
    let short = |missing: Counts| {
        term::not_enough(&missing, true)
            .of_order()
            .with_contact(contact.contact.as_deref())
    };
    let taken = wallet::take(&lots, wanted, &drawing).map_err(short)?;
    let licences = held.plus(wanted)?;
    let event = Event::ExpansionsAssigned {
        computer_id: *id,
        organization: organization.clone(),
        product: product.clone(),
        holder,
        taken,
        on: today,
    };
    Ok(Assigned {
        event,
        organization,
        product,
        licences,
    })
}

fn receiver<S: State>(state: &S, id: &ComputerId) -> Result<Receiver, Stop> {
    if let Some(system) = state.get::<SystemRow>(&id.0)? {
        orders::check_not_given_up(&system)?;
        let record = listed(
            state,
            &system.organization,
            &system.product,
            system.serial.as_deref(),
        )?;
        let record = record.filter(|record| {
            record
                .owner
                .as_ref()
                .is_none_or(|owner| *owner == system.organization)
        });
        let holder = match record {
            Some(record) => serial_holder(&record.record.serial),
            None if system.is_bound() => hardware_holder(system.hardware),
            None => device_holder(id),
        };
        let held = preloaded::entitlement_of(state, &system)?;
        return Ok(Receiver {
            organization: system.organization.clone(),
            product: system.product.clone(),
            holder,
            held,
        });
    }
    let Some(waiting) = state.get::<WaitingRow>(&id.0)? else {
        let message =
            alloc::format!("The signer knows no system {id}, and no request of it waits.");
        let remedy = "Bring the device's request first, or check the Computer ID with `keyspool \
            system list`.";
        return Err(Refusal::new(RefusalCode::UnknownActivation, message, remedy).into());
    };
    let (organization, product) = (waiting.organization.clone(), waiting.product.clone());
    let held = preloaded::entitlement(state, &organization, &product, None, None, id)?;
    Ok(Receiver {
        organization,
        product,
        holder: device_holder(id),
        held,
    })
}
