//! Activations by an operator's hand: for a Computer ID alone, one more term, and for what is due
//! (LICENSING sections 14 and 15).
//!
//! The same checks as for a request, from the organization on. The operator vouches, so that nobody
//! else has to, and draws on the wallet; there is no device key and no hardware yet where the
//! Computer ID is new: they bind at its first request.

use crate::licence::{ComputerId, Counts, Digest, Identifier};
use crate::policy::admit::asked::Asked;
use crate::policy::admit::serial;
use crate::policy::admit::standing::Standing;
use crate::policy::admit::subject::look_up;
use crate::policy::ask::Context;
use crate::policy::decide::by_model;
use crate::policy::model::grant::Grant;
use crate::policy::order::release;
use crate::policy::record::code::RefusalCode;
use crate::policy::record::event::Event;
use crate::policy::record::product::ProductRow;
use crate::policy::record::state::{State, StateBroken};
use crate::policy::record::system::{HardwareRow, SystemRow};
use crate::policy::refusal::{Refusal, Stop};
use crate::wire::request::{Request, RequestBody, SystemDescription, Wanted};
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

/// What an operator typed in place of a request. For a known system everything but the Computer ID
/// may be left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// For which system.
    pub computer_id: ComputerId,
    /// Whose it is.
    pub organization: Option<Identifier>,
    /// What is installed.
    pub product: Option<Identifier>,
    /// What it needs.
    pub need: Option<Counts>,
    /// What people call it.
    pub computer_name: Option<String>,
}

impl Typed {
    /// A known system, as it stated itself last.
    #[must_use]
    pub fn known(computer_id: ComputerId) -> Self {
        Self {
            computer_id,
            organization: None,
            product: None,
            need: None,
            computer_name: None,
        }
    }
}

/// Issues an activation as if the system had asked for one. `order` names the order as a document
/// id names a request.
///
/// # Errors
/// The codes of LICENSING section 14.
pub fn issue<S: State>(
    state: &S,
    typed: &Typed,
    order: Digest,
    context: &Context,
) -> Result<Grant, Stop> {
    carry_out(state, typed, Wanted::Activate, order, context)
}

/// Issues one more term, as if the system had asked for it.
///
/// # Errors
/// As [`issue`]; [`RefusalCode::UnknownActivation`] for an unknown system.
pub fn extend<S: State>(
    state: &S,
    id: ComputerId,
    order: Digest,
    context: &Context,
) -> Result<Grant, Stop> {
    release::system(state, &id)?;
    carry_out(state, &Typed::known(id), Wanted::Extend, order, context)
}

/// Issues what is held anew.
///
/// # Errors
/// As [`extend`].
pub fn refresh<S: State>(
    state: &S,
    id: ComputerId,
    order: Digest,
    context: &Context,
) -> Result<Grant, Stop> {
    release::system(state, &id)?;
    carry_out(state, &Typed::known(id), Wanted::Refresh, order, context)
}

fn carry_out<S: State>(
    state: &S,
    typed: &Typed,
    wanted: Wanted,
    order: Digest,
    context: &Context,
) -> Result<Grant, Stop> {
    let system = state.get::<SystemRow>(&typed.computer_id.0)?;
    let request = request(system.as_deref(), typed, wanted, context)?;
    let RequestBody::SystemDescription(description) = &request.body else {
        return Err(StateBroken::Row("an order that is no system description".into()).into());
    };
    let mut asked = look_up(state, &request, order, context)?;
    asked.by_hand = true;
    asked.product = Rc::new(as_operator(&asked));
    let hardware = match asked.known() {
        Some(system) => state.get::<HardwareRow>(&system.hardware.to_be_bytes())?,
        None => None,
    };
    let standing = Standing {
        hardware,
        recovered: None,
    };
    serial::check_serial(state, &asked, description, &standing)?;
    let mut grant = by_model(state, &asked, description, &standing, Vec::new())?;
    if let Event::Granted(granted) = grant.event {
        grant.event = Event::Issued(granted);
    }
    Ok(grant)
}

/// Operators may always draw on the wallet, and extend what would renew itself.
fn as_operator(asked: &Asked<'_>) -> ProductRow {
    let mut product = (*asked.product).clone();
    product.settings.auto_assign = true;
    product.settings.auto_renew = false;
    product
}

fn request(
    system: Option<&SystemRow>,
    typed: &Typed,
    wanted: Wanted,
    context: &Context,
) -> Result<Request, Refusal> {
    let missing = |what: &str| {
        Refusal::new(
            RefusalCode::UnknownActivation,
            alloc::format!(
                "The signer has activated no system {}, so {what} must be named.",
                typed.computer_id
            ),
            "Name organization, product and need, or check the Computer ID with `keyspool system \
                list`.",
        )
    };
    let organization = typed
        .organization
        .clone()
        .or_else(|| system.map(|system| system.organization.clone()));
    let product = typed
        .product
        .clone()
        .or_else(|| system.map(|system| system.product.clone()));
    let need = typed
        .need
        .clone()
        .or_else(|| system.map(|system| system.need.clone()));
    let name = typed
        .computer_name
        .clone()
        .or_else(|| system.map(|system| system.computer_name.clone()));
    Ok(Request {
        organization: organization.ok_or_else(|| missing("its organization"))?,
        product: product.ok_or_else(|| missing("its product"))?,
        computer_id: typed.computer_id,
        device_key: system.map_or([0; 32], |system| system.device_key.0),
        counter: system.map_or(0, |system| system.counter),
        created_at: context.now,
        witness: None,
        extensions: None,
        body: RequestBody::SystemDescription(SystemDescription {
            request: wanted,
            product_version: system.map_or_else(
                || "unstated".into(),
                |system| system.product_version.clone(),
            ),
            computer_name: name.unwrap_or_else(|| typed.computer_id.to_string()),
            fingerprint: system
                .map(|system| system.fingerprint.clone())
                .unwrap_or_default(),
            need: need.ok_or_else(|| missing("its need"))?,
            redeem: Vec::new(),
            serial: system.and_then(|system| system.serial.clone()),
            activation: None,
        }),
    })
}
