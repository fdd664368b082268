//! The checks of LICENSING section 14, in their order, and what a request is granted.

use crate::policy::admit::asked::Asked;
use crate::policy::admit::subject::{check_counter, look_up};
use crate::policy::admit::{keys, serial, standing};
use crate::policy::ask::Context;
use crate::policy::model::grant::Grant;
use crate::policy::model::{confirmation, deactivation, temporary, trial};
use crate::policy::model::{device, hardware as hardware_model, pooled};
use crate::policy::record::catalogue::settings::Model;
use crate::policy::record::event::file::Redemption;
use crate::policy::record::request::AnsweredRow;
use crate::policy::record::state::{State, StateBroken};
use crate::policy::record::system::{SystemRow, SystemState};
use crate::policy::refusal::Stop;
use crate::seal::Verified;
use crate::wire::request::{Request, RequestBody, SystemDescription, Wanted};
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

/// Decides a request on the state as brought to today. The outcome is determined by its arguments.
///
/// # Errors
/// [`Stop::Refused`] with the first check that fails, [`Stop::Broken`] where the state cannot be
/// read.
pub fn decide<S: State>(
    state: &S,
    request: &Verified<Request>,
    context: &Context,
) -> Result<Decision, Stop> {
    if let Some(answered) = answered(state, request)? {
        return Ok(Decision::Repeated(answered));
    }
    let asked = look_up(state, request, request.document_id(), context)?;
    let grant = match &request.body {
        RequestBody::Confirmation(installed) => confirmation::decide(&asked, *installed),
        RequestBody::Deactivation(deactivation) => {
            deactivation::decide(state, &asked, deactivation)
        }
        RequestBody::SystemDescription(description) => describe(state, &asked, description),
    };
    let grant = grant.map_err(|stop| stop.with_contact(asked.contact()))?;
    Ok(Decision::Granted(Box::new(grant)))
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

fn describe<S: State>(
    state: &S,
    asked: &Asked<'_>,
    description: &SystemDescription,
) -> Result<Grant, Stop> {
    check_counter(asked)?;
    standing::check(state, asked, description)?;
    let hardware = standing::hardware(state, asked, description)?;
    serial::check_serial(state, asked, description, &hardware)?;
    let redeemed = keys::check(state, asked, &description.redeem)?;
    by_model(state, asked, description, &hardware, redeemed)
}

/// What the product's model grants, once everything before it was checked.
pub(crate) fn by_model<S: State>(
    state: &S,
    asked: &Asked<'_>,
    description: &SystemDescription,
    hardware: &standing::Standing,
    redeemed: Vec<Redemption>,
) -> Result<Grant, Stop> {
    if let Some(grant) = temporary::decide(state, asked, description, hardware, &redeemed)? {
        return Ok(grant);
    }
    match asked.settings().model {
        _ if description.request == Wanted::Trial => {
            trial::decide(state, asked, description, hardware, redeemed)
        }
        Model::DeviceSubscription => {
            device::request::decide(state, asked, description, hardware, redeemed)
        }
        Model::PooledSubscription => {
            pooled::request::decide(state, asked, description, hardware, redeemed)
        }
        Model::Hardware => {
            hardware_model::request::decide(state, asked, description, hardware, redeemed)
        }
    }
}
