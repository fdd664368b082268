//! The change that each event makes.

use crate::licence::{Day, Identifier};
use crate::policy::apply::catalogue::{apply_catalogue, withdraw_organization, withdraw_product};
use crate::policy::apply::given_up::{deactivate, release_held};
use crate::policy::apply::grant::{confirm, grant};
use crate::policy::apply::refusal::refuse;
use crate::policy::apply::stock::{consume, expire, mint, redeem, unredeem, void};
use crate::policy::apply::subscription::judged;
use crate::policy::apply::system::{change_counter, known_system, put_system};
use crate::policy::apply::{due, given_up, hardware, subscription, temporary};
use crate::policy::record::catalogue::settings::Model;
use crate::policy::record::due::due_list;
use crate::policy::record::event::Event;
use crate::policy::record::list;
use crate::policy::record::request::ApprovalRow;
use crate::policy::record::state::{StateBroken, StateMut};
use crate::policy::record::system::{SystemRow, SystemState};

/// Changes the state as the event says.
///
/// # Errors
/// [`StateBroken`] where the event does not fit the state: history and rows disagree.
pub fn apply<S: StateMut>(state: &mut S, event: &Event) -> Result<(), StateBroken> {
    match subscriber(event) {
        Some((organization, product, on)) => judged(state, organization, product, on, |state| {
            change(state, event)
        }),
        None => change(state, event),
    }
}

/// The organization and product whose need or licences an event changes, and the day. The running
/// period of their subscription is judged anew afterwards.
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
        | Event::TemporaryEnded {
            organization,
            product,
            on,
            ..
        } => Some((organization, product, *on)),
        _ => None,
    }
}

pub(crate) fn change<S: StateMut>(state: &mut S, event: &Event) -> Result<(), StateBroken> {
    match event {
        Event::Began { .. }
        | Event::ClockAccepted { .. }
        | Event::PartsWaiting { .. }
        | Event::UnlocksFailed { .. } => Ok(()),
        Event::CatalogueApplied { .. }
        | Event::KeysMinted { .. }
        | Event::KeyVoided { .. }
        | Event::KeyRedeemed { .. }
        | Event::KeyUnredeemed { .. }
        | Event::LotsExpired { .. } => change_stock(state, event),
        Event::SubscriptionStarted { .. }
        | Event::LicencesAssigned { .. }
        | Event::PeriodBegan { .. } => change_subscription(state, event),
        Event::SeatsReleased { .. } | Event::SeatsEnded { .. } | Event::SeatsRenewed { .. } => {
            change_seats(state, event)
        }
        Event::Granted(event) | Event::Issued(event) => grant(state, event),
        Event::Deactivated(event) => deactivate(state, event),
        Event::Released(event) => given_up::release(state, event),
        Event::Denied(event) => given_up::deny(state, event),
        Event::Undenied(event) | Event::Reinstated(event) => given_up::reinstate(state, event),
        Event::CodeRefused(event) => given_up::refuse_code(state, &event.computer_id),
        Event::Suspected(event) => given_up::suspect(state, event),
        Event::Confirmed { .. } => confirm(state, event),
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
        Event::TemporaryEnded { computer_id, .. } => temporary::ended(state, computer_id),
        Event::EmergencyGranted(event) => temporary::emergency(state, event),
        Event::RecordsImported { records, .. } => records
            .iter()
            .try_for_each(|record| hardware::import(state, record)),
        Event::ExpansionsAssigned { .. } => assign_expansions(state, event),
        Event::DayBegan { day } => {
            list::clear(state, &due_list(*day))?;
            change_counter(state, |counter| counter.brought_to = Some(*day))
        }
    }
}

/// Changes the catalogue, licence keys and lots; nothing for another event.
fn change_stock<S: StateMut>(state: &mut S, event: &Event) -> Result<(), StateBroken> {
    match event {
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
        Event::LotsExpired {
            organization,
            product,
            lots,
            ..
        } => expire(state, organization, product, lots),
        _ => Ok(()),
    }
}

/// Changes subscriptions and their periods; nothing for another event.
fn change_subscription<S: StateMut>(state: &mut S, event: &Event) -> Result<(), StateBroken> {
    match event {
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
        _ => Ok(()),
    }
}

/// Changes seats that end, last longer or are given back; nothing for another event.
fn change_seats<S: StateMut>(state: &mut S, event: &Event) -> Result<(), StateBroken> {
    match event {
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
        _ => Ok(()),
    }
}

/// Changes expansions of hardware; nothing for another event.
fn assign_expansions<S: StateMut>(state: &mut S, event: &Event) -> Result<(), StateBroken> {
    match event {
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
        _ => Ok(()),
    }
}
