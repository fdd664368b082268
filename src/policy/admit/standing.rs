//! Who may speak for an organization (LICENSING section 8), and on which hardware (section 13).

use crate::licence::Day;
use crate::policy::admit::asked::Asked;
use crate::policy::admit::wish::Wish;
use crate::policy::admit::{hardware, keys};
use crate::policy::record::catalogue::settings::Registration;
use crate::policy::record::preloaded;
use crate::policy::record::request::ApprovalRow;
use crate::policy::record::state::{State, StateBroken};
use crate::policy::record::system::{HardwareRow, SystemRow, SystemState};
use crate::policy::refusal::{HardwareRefusal, Stop};
use alloc::rc::Rc;

/// The hardware of a request, and the system that it takes the place of.
pub(crate) struct Standing {
    /// Known hardware; none: it is new.
    pub(crate) hardware: Option<Rc<HardwareRow>>,
    /// The active system of the same hardware under another Computer ID.
    pub(crate) recovered: Option<Rc<SystemRow>>,
}

fn approval<S: State>(
    state: &S,
    asked: &Asked<'_>,
) -> Result<Option<Rc<ApprovalRow>>, StateBroken> {
    let row = state.get::<ApprovalRow>(&asked.computer_id.0)?;
    Ok(row.filter(|row| {
        row.organization == asked.organization.id && row.product == asked.settings().id
    }))
}

/// Whether an operator approved this very request.
fn is_approved<S: State>(state: &S, asked: &Asked<'_>) -> Result<bool, StateBroken> {
    Ok(approval(state, asked)?.is_some_and(|row| row.document == asked.document))
}

/// Registered, or vouched for.
pub(crate) fn check<S: State>(state: &S, asked: &Asked<'_>, wish: &Wish<'_>) -> Result<(), Stop> {
    if asked.known().is_some() || approval(state, asked)?.is_some() {
        return Ok(());
    }
    let vouched = asked.context().vouched.as_ref() == Some(&asked.organization.id);
    match asked.settings().registration {
        Registration::Open => Ok(()),
        Registration::Vouched
            if vouched
                || preloaded::registers(
                    state,
                    &asked.organization.id,
                    &asked.settings().id,
                    asked.computer_id,
                    wish.serial,
                )? =>
        {
            Ok(())
        }
        Registration::Vouched if !wish.redeem.is_empty() => {
            keys::check(state, asked, wish.redeem).map(|_| ())
        }
        Registration::Vouched | Registration::Approved => Err(HardwareRefusal::AwaitingApproval {
            organization: asked.organization.id.clone(),
        }
        .into()),
    }
}

/// The hardware that the request comes from, checked against what is known.
pub(crate) fn hardware<S: State>(
    state: &S,
    asked: &Asked<'_>,
    wish: &Wish<'_>,
) -> Result<Standing, Stop> {
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
) -> Result<Standing, Stop> {
    if !system.is_bound() {
        return bind(state, asked, wish, system);
    }
    let changed =
        hardware::check_known(&system.fingerprint, &wish.fingerprint, asked.settings()).err();
    if let Some(components) = changed
        && !is_approved(state, asked)?
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
    Ok(Standing {
        hardware,
        recovered: None,
    })
}

/// A system that was activated by its Computer ID alone names its hardware for the first time.
fn bind<S: State>(
    state: &S,
    asked: &Asked<'_>,
    wish: &Wish<'_>,
    system: &SystemRow,
) -> Result<Standing, Stop> {
    let same = hardware::find_same(state, &wish.fingerprint, asked.settings())?;
    check_active_elsewhere(state, asked, &same)?;
    let hardware = match same.first() {
        Some(row) => Some(row.clone()),
        None => state.get::<HardwareRow>(&system.hardware.to_be_bytes())?,
    };
    Ok(Standing {
        hardware,
        recovered: None,
    })
}

/// The active system that last ran on a piece of hardware, if it is another than the one that asks.
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

fn new_device<S: State>(state: &S, asked: &Asked<'_>, wish: &Wish<'_>) -> Result<Standing, Stop> {
    let same = hardware::find_same(state, &wish.fingerprint, asked.settings())?;
    check_active_elsewhere(state, asked, &same)?;
    let mut recovered = None;
    for row in &same {
        if recovered.is_none() {
            recovered = active_on(state, asked, row)?.map(|system| (row.clone(), system));
        }
    }
    let Some((row, system)) = recovered else {
        return Ok(Standing {
            hardware: same.first().cloned(),
            recovered: None,
        });
    };
    if !is_approved(state, asked)? {
        check_recoveries(asked, &row.recoveries)?;
    }
    Ok(Standing {
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

/// Whether a system's own state says that it may still get seats back.
#[must_use]
pub(crate) fn is_denied(system: &SystemRow) -> bool {
    matches!(system.state, SystemState::Denied { .. })
}
