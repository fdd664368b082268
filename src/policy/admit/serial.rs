//! The serial number of a request: it serves one active system (LICENSING section 11).

use crate::licence::Counts;
use crate::policy::admit::asked::Asked;
use crate::policy::admit::recovery::SameHardware;
use crate::policy::admit::wish::Wish;
use crate::policy::record::catalogue::settings::Model;
use crate::policy::record::preloaded;
use crate::policy::record::preloaded::{RecordRow, listed};
use crate::policy::record::state::{State, StateBroken};
use crate::policy::record::system::{SystemRow, SystemState};
use crate::policy::refusal::{SerialRefusal, Stop};
use crate::wire::request::Wanted;
use alloc::rc::Rc;

/// Checks the serial of a request under the `hardware` model: it serves one active system, and is
/// listed where its preloaded licences are needed.
pub(crate) fn check_serial<S: State>(
    state: &S,
    asked: &Asked<'_>,
    wish: &Wish<'_>,
    same: &SameHardware,
) -> Result<(), Stop> {
    let concerned = asked.settings().model == Model::Hardware && wish.request != Wanted::Trial;
    let Some(serial) = wish.serial.filter(|_| concerned) else {
        return Ok(());
    };
    match record(state, asked, wish)? {
        Some(record) => {
            let is_other = record
                .owner
                .as_ref()
                .is_some_and(|owner| *owner != asked.organization.id);
            let recovered = same.recovered.as_ref().map(|system| system.computer_id);
            let own = [Some(asked.computer_id), recovered];
            let in_use = is_other
                || holder(state, &record)?
                    .is_some_and(|system| !own.contains(&Some(system.computer_id)));
            if in_use {
                Err(SerialRefusal::InUse {
                    serial: serial.into(),
                }
                .into())
            } else {
                Ok(())
            }
        }
        None if held(state, asked, wish, same)?.covers(wish.need) => Ok(()),
        None => Err(SerialRefusal::Unknown {
            serial: serial.into(),
        }
        .into()),
    }
}

pub(crate) fn record<S: State>(
    state: &S,
    asked: &Asked<'_>,
    wish: &Wish<'_>,
) -> Result<Option<Rc<RecordRow>>, StateBroken> {
    listed(
        state,
        &asked.organization.id,
        &asked.settings().id,
        wish.serial,
    )
}

/// The system that a serial serves: an active one, or one whose seat is held.
pub(crate) fn holder<S: State>(
    state: &S,
    record: &RecordRow,
) -> Result<Option<Rc<SystemRow>>, StateBroken> {
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

/// Checks that neither the serial of a system nor its hardware serves another system now.
///
/// # Errors
/// [`SerialRefusal::InUse`].
pub(crate) fn check_still_free<S: State>(state: &S, system: &SystemRow) -> Result<(), Stop> {
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
        (Some(_), Some(serial)) => Err(SerialRefusal::InUse {
            serial: serial.into(),
        }
        .into()),
        _ => Ok(()),
    }
}

/// Preloaded licences and expansions of the hardware that asks.
pub(crate) fn held<S: State>(
    state: &S,
    asked: &Asked<'_>,
    wish: &Wish<'_>,
    same: &SameHardware,
) -> Result<Counts, StateBroken> {
    let record = record(state, asked, wish)?;
    let hardware = same.hardware.as_ref().map(|row| row.id);
    preloaded::entitlement(
        state,
        &asked.organization.id,
        &asked.settings().id,
        record.as_deref(),
        hardware,
        &asked.computer_id,
    )
}
