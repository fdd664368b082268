//! An operator assigns expansions to hardware (LICENSING section 11).

use crate::licence::{ComputerId, Counts, Day, Identifier};
use crate::policy::admit::known;
use crate::policy::admit::subject::has_types;
use crate::policy::model::device::seats;
use crate::policy::model::drawing;
use crate::policy::model::drawing::Drawing;
use crate::policy::record::catalogue::settings::Model;
use crate::policy::record::event::Event;
use crate::policy::record::preloaded::{device_holder, hardware_holder, listed, serial_holder};
use crate::policy::record::request::WaitingRow;
use crate::policy::record::state::State;
use crate::policy::record::system::SystemRow;
use crate::policy::record::{preloaded, wallet};
use crate::policy::refusal::{DrawnOn, Stop, SubjectRefusal, SystemRefusal};
use alloc::string::String;

/// The change that `hardware assign` makes.
#[derive(Debug, Clone, PartialEq)]
pub struct Assigned {
    /// The event that makes it.
    pub event: Event,
    /// The organization.
    pub organization: Identifier,
    /// The product.
    pub product: Identifier,
    /// The licences that the hardware holds afterwards.
    pub licences: Counts,
}

/// The system that gets expansions, and what they follow.
pub(crate) struct Receiver {
    organization: Identifier,
    product: Identifier,
    holder: String,
    held: Counts,
}

/// Assigns expansions from the organization's wallet to a system, or to a device that waits for
/// them.
///
/// # Errors
/// `not-enough-licences` with the shortfall; a system that is unknown, given up, denied, or of
/// another model.
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
    let row = known::product(state, &product)?;
    if row.settings.model != Model::Hardware {
        let model = row.settings.model;
        return Err(SubjectRefusal::NoExpansions { product, model }.into());
    }
    has_types(&row.settings, wanted)?;
    let lots = drawing::sequenced_by_code(state, wallet::lots(state, &organization, &product)?)?;
    let drawing = Drawing {
        own: &[],
        wallet: true,
        returned: false,
        notice: row.settings.largest_notice(),
        today,
    };
    let contact = known::organization(state, &organization)?;
    let short = |missing: Counts| {
        Stop::from(seats::not_enough(missing, DrawnOn::Wallet))
            .with_contact(contact.contact.as_deref())
    };
    let taken = drawing::take(&lots, wanted, &drawing).map_err(short)?;
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

pub(crate) fn receiver<S: State>(state: &S, id: &ComputerId) -> Result<Receiver, Stop> {
    if let Some(system) = state.get::<SystemRow>(&id.0)? {
        known::check_not_given_up(&system)?;
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
        return Err(SystemRefusal::NotEvenWaiting { computer_id: *id }.into());
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
