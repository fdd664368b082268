//! The checks of LICENSING section 14, in their order, and what a request is granted.

use crate::licence::Digest;
use crate::policy::admit::asked::{Asked, Form};
use crate::policy::admit::recovery::SameHardware;
use crate::policy::admit::subject::{Subject, check_counter, look_up};
use crate::policy::admit::wish::{Wish, owner};
use crate::policy::admit::{keys, known, recovery, registration, serial};
use crate::policy::ask::{Activating, Ask, By, Order};
use crate::policy::model::grant::Grant;
use crate::policy::model::request::by_model;
use crate::policy::model::{confirmation, deactivation, emergency};
use crate::policy::record::request::AnsweredRow;
use crate::policy::record::state::{State, StateBroken};
use crate::policy::record::system::{HardwareRow, SystemRow, SystemState};
use crate::policy::refusal::Stop;
use crate::seal::Verified;
use crate::wire::request::{Request, RequestBody, Wanted};
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;

/// What becomes of a request that is not refused.
#[derive(Debug)]
pub enum Decision {
    /// Something new is granted.
    Granted(Box<Grant>),
    /// The same request was granted before: it gets that answer again.
    Repeated(Rc<AnsweredRow>),
}

/// Decides what is asked on the state as brought to today. The outcome is determined by its
/// arguments.
///
/// # Errors
/// [`Stop::Refused`] with the first check that fails, [`Stop::Broken`] where the state cannot be
/// read.
pub fn decide<S: State>(state: &S, ask: &Ask<'_>) -> Result<Decision, Stop> {
    let grant = match ask.by {
        By::Device(request) => match answered(state, request)? {
            Some(answered) => return Ok(Decision::Repeated(answered)),
            None => requested(state, ask, request)?,
        },
        By::Operator { order, id } => ordered(state, ask, order, id)?,
    };
    Ok(Decision::Granted(Box::new(grant)))
}

fn requested<S: State>(
    state: &S,
    ask: &Ask<'_>,
    request: &Verified<Request>,
) -> Result<Grant, Stop> {
    let system = state.get::<SystemRow>(&request.computer_id.0)?;
    let asked = look_up(state, *ask, &Subject::of(request), system)?;
    let grant = match &request.body {
        RequestBody::Confirmation(installed) => confirmation::decide(&asked, *installed),
        RequestBody::Deactivation(deactivation) => {
            deactivation::decide(state, &asked, deactivation)
        }
        RequestBody::SystemDescription(description) => {
            describe(state, &asked, &Wish::stated(description))
        }
    };
    grant.map_err(|stop| stop.with_contact(asked.contact()))
}

/// The same checks as for a request, from the organization on (LICENSING section 14). The operator
/// vouches for the device. Key and hardware of a new one bind at its first request.
fn ordered<S: State>(state: &S, ask: &Ask<'_>, order: &Order, id: Digest) -> Result<Grant, Stop> {
    let wanted = match &order.what {
        Activating::Emergency {
            in_place_of,
            reason,
        } => return emergency::grant(state, order, (in_place_of, reason), id, ask.context),
        Activating::Issue { .. } => Wanted::Activate,
        Activating::Extend => Wanted::Extend,
        Activating::Refresh => Wanted::Refresh,
    };
    let system = match wanted {
        Wanted::Activate => state.get::<SystemRow>(&order.computer_id.0)?,
        _ => Some(known::system(state, &order.computer_id)?),
    };
    let (organization, product) = owner(order, system.as_deref())?;
    let wish = Wish::ordered(order, wanted, system.as_deref())?;
    let subject = Subject {
        organization,
        product,
        computer_id: order.computer_id,
        device_key: system.as_ref().map(|system| system.device_key.0),
        counter: system.as_ref().map_or(0, |system| system.counter),
        document: id,
        form: Form::Description(wanted),
        need: Some(wish.need),
    };
    let asked = look_up(state, *ask, &subject, system.clone())?;
    let hardware = match asked.known() {
        Some(system) => state.get::<HardwareRow>(&system.hardware.to_be_bytes())?,
        None => None,
    };
    let same = SameHardware {
        hardware,
        recovered: None,
    };
    serial::check_serial(state, &asked, &wish, &same)
        .and_then(|()| by_model(state, &asked, &wish, &same, Vec::new()))
        .map_err(|stop| stop.with_contact(asked.contact()))
}

/// The same request was answered: that answer, as long as it holds (LICENSING section 7).
fn answered<S: State>(
    state: &S,
    request: &Verified<Request>,
) -> Result<Option<Rc<AnsweredRow>>, StateBroken> {
    // Whatever was granted to a Computer ID made it known, and known it stays.
    let Some(system) = state.get::<SystemRow>(&request.computer_id.0)? else {
        return Ok(None);
    };
    let Some(row) = state.get::<AnsweredRow>(&request.document_id().0)? else {
        return Ok(None);
    };
    let holds = row.for_ever
        || (system.state == SystemState::Active && system.activation.id == row.activation_id);
    Ok(holds.then_some(row))
}

fn describe<S: State>(state: &S, asked: &Asked<'_>, wish: &Wish<'_>) -> Result<Grant, Stop> {
    check_counter(asked)?;
    registration::check(state, asked, wish)?;
    let hardware = recovery::hardware(state, asked, wish)?;
    serial::check_serial(state, asked, wish, &hardware)?;
    let redeemed = keys::check(state, asked, wish.redeem)?;
    by_model(state, asked, wish, &hardware, redeemed)
}
