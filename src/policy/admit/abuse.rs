//! What a request says of a system that was given up without proof (LICENSING section 13).

use crate::policy::ask::Context;
use crate::policy::record::code::RefusalCode;
use crate::policy::record::event::Event;
use crate::policy::record::event::given_up::Suspected;
use crate::policy::record::given_up::{Abuse, GivenBackRow, SeenRow};
use crate::policy::record::request::AnsweredRow;
use crate::policy::record::state::{State, StateBroken};
use crate::policy::record::system::{GivenUp, SystemRow, SystemState};
use crate::seal::Verified;
use crate::wire::request::Request;
use alloc::boxed::Box;

/// The suspicion that a refused request raises, to be recorded beside the refusal.
///
/// A request that was answered before the release proves nothing when it is brought again.
///
/// # Errors
/// [`StateBroken`].
pub fn suspect<S: State>(
    state: &S,
    request: &Verified<Request>,
    context: &Context,
    code: RefusalCode,
) -> Result<Option<Event>, StateBroken> {
    if code != RefusalCode::ComputerIdRetired {
        return Ok(None);
    }
    let Some(system) = state.get::<SystemRow>(&request.computer_id.0)? else {
        return Ok(None);
    };
    let is_unproven = matches!(
        system.state,
        SystemState::GivenUp {
            how: GivenUp::Unproven | GivenUp::Recovered,
            ..
        }
    );
    if !is_unproven
        || state
            .get::<AnsweredRow>(&request.document_id().0)?
            .is_some()
    {
        return Ok(None);
    }
    let Some(abuse) = abuse(state, &system, request, context)? else {
        return Ok(None);
    };
    Ok(Some(Event::Suspected(Box::new(Suspected {
        computer_id: system.computer_id,
        organization: system.organization.clone(),
        product: system.product.clone(),
        abuse,
        request: request.document_id(),
        source: context.source.clone(),
        on: context.today,
    }))))
}

fn abuse<S: State>(
    state: &S,
    system: &SystemRow,
    request: &Request,
    context: &Context,
) -> Result<Option<Abuse>, StateBroken> {
    let release = state
        .get::<GivenBackRow>(&system.computer_id.0)?
        .map(|row| row.entry);
    if context
        .witness
        .zip(release)
        .is_some_and(|(seen, release)| seen >= release)
    {
        return Ok(Some(Abuse::Proven));
    }
    let confirmed = state
        .get::<SeenRow>(&system.computer_id.0)?
        .map_or(0, |row| row.counter);
    Ok((request.counter > system.counter.max(confirmed)).then_some(Abuse::Possible))
}
