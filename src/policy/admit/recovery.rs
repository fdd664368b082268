//! The hardware of a request, checked against what is known, and recovery (LICENSING section 13).

use crate::licence::Day;
use crate::policy::admit::asked::Asked;
use crate::policy::admit::wish::Wish;
use crate::policy::admit::{hardware, registration};
use crate::policy::record::state::{State, StateBroken};
use crate::policy::record::system::{HardwareRow, SystemRow};
use crate::policy::refusal::{HardwareRefusal, Stop};
use alloc::rc::Rc;

/// The known hardware that a request comes from, and the system that it recovers.
pub(crate) struct SameHardware {
    /// The known hardware; none: it is new.
    pub(crate) hardware: Option<Rc<HardwareRow>>,
    /// The active system of the same hardware under another Computer ID.
    pub(crate) recovered: Option<Rc<SystemRow>>,
}

/// The hardware that the request comes from, checked against what is known.
pub(crate) fn hardware<S: State>(
    state: &S,
    asked: &Asked<'_>,
    wish: &Wish<'_>,
) -> Result<SameHardware, Stop> {
    match asked.known() {
        Some(system) => known_device(state, asked, wish, system),
        None => new_device(state, asked, wish),
    }
}

fn known_device<S: State>(
    state: &S,
    asked: &Asked<'_>,
    wish: &Wish<'_>,
    system: &SystemRow,
) -> Result<SameHardware, Stop> {
    if !system.is_bound() {
        return bind(state, asked, wish, system);
    }
    let changed =
        hardware::check_known(&system.fingerprint, &wish.fingerprint, asked.settings()).err();
    if let Some(components) = changed
        && !registration::is_approved(state, asked)?
    {
        return Err(HardwareRefusal::HardwareChanged { components }.into());
    }
    if asked.active().is_none() {
        check_active_elsewhere(
            state,
            asked,
            &hardware::find_same(state, &wish.fingerprint, asked.settings())?,
        )?;
    }
    let hardware = state.get::<HardwareRow>(&system.hardware.to_be_bytes())?;
    Ok(SameHardware {
        hardware,
        recovered: None,
    })
}

/// Binds a system that was activated by its Computer ID alone to the hardware of its first request.
fn bind<S: State>(
    state: &S,
    asked: &Asked<'_>,
    wish: &Wish<'_>,
    system: &SystemRow,
) -> Result<SameHardware, Stop> {
    let same = hardware::find_same(state, &wish.fingerprint, asked.settings())?;
    check_active_elsewhere(state, asked, &same)?;
    let hardware = match same.first() {
        Some(row) => Some(row.clone()),
        None => state.get::<HardwareRow>(&system.hardware.to_be_bytes())?,
    };
    Ok(SameHardware {
        hardware,
        recovered: None,
    })
}

/// The active system that last ran on a piece of hardware, if another system asks.
fn active_on<S: State>(
    state: &S,
    asked: &Asked<'_>,
    hardware: &HardwareRow,
) -> Result<Option<Rc<SystemRow>>, StateBroken> {
    let system = state.get::<SystemRow>(&hardware.system.0)?;
    let is_other = |s: &Rc<SystemRow>| {
        s.computer_id != asked.computer_id && s.is_active(asked.settings().model)
    };
    Ok(system.filter(is_other))
}

fn check_active_elsewhere<S: State>(
    state: &S,
    asked: &Asked<'_>,
    same: &[Rc<HardwareRow>],
) -> Result<(), Stop> {
    for row in same {
        if active_on(state, asked, row)?
            .is_some_and(|system| system.organization != asked.organization.id)
        {
            return Err(HardwareRefusal::ActiveElsewhere {}.into());
        }
    }
    Ok(())
}

fn new_device<S: State>(
    state: &S,
    asked: &Asked<'_>,
    wish: &Wish<'_>,
) -> Result<SameHardware, Stop> {
    let same = hardware::find_same(state, &wish.fingerprint, asked.settings())?;
    check_active_elsewhere(state, asked, &same)?;
    let mut recovered = None;
    for row in &same {
        if recovered.is_none() {
            recovered = active_on(state, asked, row)?.map(|system| (row.clone(), system));
        }
    }
    let Some((row, system)) = recovered else {
        return Ok(SameHardware {
            hardware: same.first().cloned(),
            recovered: None,
        });
    };
    if !registration::is_approved(state, asked)? {
        check_recoveries(asked, &row.recoveries)?;
    }
    Ok(SameHardware {
        hardware: Some(row),
        recovered: Some(system),
    })
}

fn check_recoveries(asked: &Asked<'_>, recoveries: &[Day]) -> Result<(), HardwareRefusal> {
    let limit = asked.settings().recovery_limit;
    let within = recoveries
        .iter()
        .filter(|day| day.in_window(limit.days, asked.context().today))
        .count();
    if within < usize::try_from(limit.count).unwrap_or(usize::MAX) {
        return Ok(());
    }
    Err(HardwareRefusal::RecoveryLimit {
        count: within,
        days: limit.days,
    })
}
