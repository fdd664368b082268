//! The checks of LICENSING section 14, in their order, and what a request is granted.

use super::catalogue::{Model, ProductSettings};
use super::event::{Event, Redemption, Source};
use super::refusal::{Refusal, RefusalCode, StateBroken, Stop};
use super::state::{
    AnsweredRow, GivenUp, OrganizationRow, ProductRow, State, SystemRow, SystemState, key_of,
};
use super::{
    confirm, device_subscription, hardware_model, keys, passing, release, standing, subscription,
    trial,
};
use crate::licence::{Counts, Day, Identifier, Moment, Ulid};
use crate::seal::Verified;
use crate::wire::Kind;
use crate::wire::request::{Request, RequestBody, SystemDescription, Wanted};
use alloc::rc::Rc;
use alloc::vec::Vec;

/// What the signer knows beside the request and the state.
#[derive(Debug, Clone)]
pub struct Context {
    /// The day of the batch.
    pub today: Day,
    /// The time of the batch.
    pub now: Moment,
    /// Version of the trust list in force.
    pub trust_list: u64,
    /// The id of a first activation, should there be one.
    pub fresh_id: Ulid,
    /// The organization that the operator vouches for, by a folder or by word.
    pub vouched: Option<Identifier>,
    /// The organization in whose folder the file lies.
    pub folder: Option<Identifier>,
    /// Size of the history that the device has seen, where its witness is the signer's own.
    pub witness: Option<u64>,
    /// Whence the file came.
    pub source: Source,
}

/// What is signed and sent back: its kind and exact payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// An activation or a receipt.
    pub kind: Kind,
    /// The bytes to sign.
    pub payload: Vec<u8>,
}

impl Answer {
    /// The document id that the signed answer will have.
    #[must_use]
    pub fn document_id(&self) -> crate::licence::Digest {
        crate::wire::sha256(&[&crate::wire::envelope::pae(
            &self.kind.payload_type(),
            &self.payload,
        )])
    }
}

/// What a request is granted. Only [`decide`] makes one.
#[derive(Debug)]
pub struct Grant {
    pub(super) event: Event,
    pub(super) answer: Option<Answer>,
}

impl Grant {
    /// The change that it is.
    #[must_use]
    pub fn event(&self) -> &Event {
        &self.event
    }

    /// What is sent back; none where a line in the manifest is the answer.
    #[must_use]
    pub fn answer(&self) -> Option<&Answer> {
        self.answer.as_ref()
    }
}

/// What becomes of a request that is not refused.
#[derive(Debug)]
pub enum Decision {
    /// Something new is granted.
    Granted(Box<Grant>),
    /// The same request was granted before: it gets that answer again.
    Repeated(Rc<AnsweredRow>),
}

use alloc::boxed::Box;

/// A request with the rows that every rule reads.
pub(super) struct Asked<'a> {
    pub(super) request: &'a Request,
    pub(super) document: crate::licence::Digest,
    pub(super) organization: Rc<OrganizationRow>,
    pub(super) product: Rc<ProductRow>,
    pub(super) system: Option<Rc<SystemRow>>,
    pub(super) context: &'a Context,
    /// Whether an operator gave the order in place of a request.
    pub(super) by_hand: bool,
}

impl Asked<'_> {
    pub(super) fn settings(&self) -> &ProductSettings {
        &self.product.settings
    }

    /// Document id of the request, as answers name it: an operator's order has none.
    pub(super) fn request_id(&self) -> Option<crate::licence::Digest> {
        (!self.by_hand).then_some(self.document)
    }

    pub(super) fn contact(&self) -> Option<&str> {
        self.organization.contact.as_deref()
    }

    /// The system, if it is known for the organization that the request names: it speaks by its
    /// key.
    pub(super) fn known(&self) -> Option<&Rc<SystemRow>> {
        self.system
            .as_ref()
            .filter(|system| system.organization == self.request.organization)
    }

    /// The system, if it is active by more than a trial or an emergency.
    pub(super) fn licensed(&self) -> Option<&Rc<SystemRow>> {
        self.known()
            .filter(|system| system.is_licensed(self.settings().model))
    }

    /// The system, if it is active.
    pub(super) fn active(&self) -> Option<&Rc<SystemRow>> {
        self.known()
            .filter(|system| system.is_active(self.settings().model))
    }
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
    let event = match &request.body {
        RequestBody::Confirmation(installed) => confirm::decide(&asked, *installed)?,
        RequestBody::Deactivation(deactivation) => release::decide(state, &asked, deactivation)?,
        RequestBody::SystemDescription(description) => describe(state, &asked, description)?,
    };
    Ok(Decision::Granted(Box::new(event)))
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

/// The rows of a request, and the checks from the organization to the Computer ID.
pub(super) fn look_up<'a, S: State>(
    state: &S,
    request: &'a Request,
    document: crate::licence::Digest,
    context: &'a Context,
) -> Result<Asked<'a>, Stop> {
    let organization = state.get::<OrganizationRow>(&key_of(&[request.organization.as_str()]))?;
    let organization = organization.ok_or_else(|| unknown_organization(request))?;
    let product = state.get::<ProductRow>(&key_of(&[request.product.as_str()]))?;
    let product = product.ok_or_else(|| unknown_product(request))?;
    let system = state.get::<SystemRow>(&request.computer_id.0)?;
    let asked = Asked {
        request,
        document,
        organization,
        product,
        system,
        context,
        by_hand: false,
    };
    check_types(&asked)?;
    check_withdrawn(&asked)?;
    check_other_organization(state, &asked)?;
    check_other_product(&asked)?;
    check_given_up(&asked)?;
    Ok(asked)
}

fn unknown_organization(request: &Request) -> Refusal {
    Refusal::new(
        RefusalCode::UnknownOrganization,
        alloc::format!(
            "The signer knows no organization `{}`.",
            request.organization
        ),
        "Check the organization set on the device, or add it to the catalogue.",
    )
}

fn unknown_product(request: &Request) -> Refusal {
    Refusal::new(
        RefusalCode::UnknownProduct,
        alloc::format!("The signer knows no product `{}`.", request.product),
        "Check the product set on the device, or add it to the catalogue.",
    )
}

fn need(request: &Request) -> Option<&Counts> {
    match &request.body {
        RequestBody::SystemDescription(description) => Some(&description.need),
        _ => None,
    }
}

fn check_types(asked: &Asked<'_>) -> Result<(), Refusal> {
    let settings = asked.settings();
    let unknown =
        need(asked.request).and_then(|need| need.iter().find(|(id, _)| !settings.has_type(id)));
    let Some((id, _)) = unknown else {
        return Ok(());
    };
    let known = settings
        .licence_types
        .iter()
        .map(|t| t.id.as_str())
        .collect::<Vec<_>>()
        .join(", ");
    Err(Refusal::new(
        RefusalCode::UnknownLicenceType,
        alloc::format!(
            "The product `{}` has no licence type `{id}`; it has {known}.",
            settings.id
        ),
        "Check the need set on the device, or add the licence type to the catalogue.",
    ))
}

/// A withdrawn organization or product gets no new systems and trials; what it has goes on.
fn check_withdrawn(asked: &Asked<'_>) -> Result<(), Refusal> {
    let RequestBody::SystemDescription(description) = &asked.request.body else {
        return Ok(());
    };
    let goes_on = asked.active().is_some() && description.request != Wanted::Trial;
    if goes_on || matches!(description.request, Wanted::Refresh | Wanted::Extend) {
        return Ok(());
    }
    if asked.organization.withdrawn {
        let message = alloc::format!(
            "The organization `{}` was withdrawn and gets no new systems.",
            asked.organization.id
        );
        return Err(Refusal::new(
            RefusalCode::WithdrawnOrganization,
            message,
            "Ask the licence manager.",
        )
        .with_contact(asked.contact()));
    }
    if asked.product.withdrawn {
        let message = alloc::format!(
            "The product `{}` was withdrawn and gets no new systems.",
            asked.settings().id
        );
        return Err(Refusal::new(
            RefusalCode::WithdrawnProduct,
            message,
            "Ask the licence manager.",
        )
        .with_contact(asked.contact()));
    }
    Ok(())
}

fn check_other_organization<S: State>(state: &S, asked: &Asked<'_>) -> Result<(), Stop> {
    let stated = &asked.request.organization;
    let is_description = matches!(asked.request.body, RequestBody::SystemDescription(_));
    let installed = match &asked.system {
        Some(system) => state.get::<ProductRow>(&key_of(&[system.product.as_str()]))?,
        None => None,
    };
    let model = installed.map_or(asked.settings().model, |product| product.settings.model);
    // What has ended may go elsewhere, as an unknown device; what gives itself up or confirms must
    // say whose it is.
    let is_bound =
        |s: &SystemRow| s.is_active(model) || (!is_description && s.organization != *stated);
    if asked
        .system
        .as_ref()
        .is_some_and(|s| s.organization != *stated && is_bound(s))
    {
        return Err(Refusal::new(
            RefusalCode::OtherOrganization,
            alloc::format!("This device is not registered for the organization `{stated}`."),
            "Deactivate the device where it is active, or correct the organization set on it.",
        )
        .into());
    }
    match &asked.context.folder {
        Some(folder) if folder != stated => Err(Refusal::new(
            RefusalCode::OtherOrganization,
            alloc::format!(
                "The file lies in the folder of `{folder}` but speaks for the \
                organization `{stated}`."
            ),
            "Move the file to the folder of its organization, or correct the organization set on \
                the device.",
        )
        .into()),
        _ => Ok(()),
    }
}

fn check_other_product(asked: &Asked<'_>) -> Result<(), Refusal> {
    let Some(system) = asked
        .system
        .as_ref()
        .filter(|s| s.product != asked.request.product)
    else {
        return Ok(());
    };
    Err(Refusal::new(
        RefusalCode::OtherProduct,
        alloc::format!(
            "This Computer ID belongs to the product `{}`, not `{}`.",
            system.product,
            asked.request.product
        ),
        "Set up the second product on the device as a system of its own.",
    ))
}

fn check_given_up(asked: &Asked<'_>) -> Result<(), Refusal> {
    let Some(system) = &asked.system else {
        return Ok(());
    };
    let is_deactivation = matches!(asked.request.body, RequestBody::Deactivation(_));
    match &system.state {
        SystemState::Active => Ok(()),
        // One that was given up by its code has not brought its deactivation yet.
        SystemState::GivenUp {
            how: GivenUp::Proven,
            document: Some(_),
            ..
        } if is_deactivation => Err(Refusal::new(
            RefusalCode::AlreadyDeactivated,
            "This Computer ID was given up by another deactivation already.",
            "Nothing is left to do: bring the first deactivation again if its receipt is needed.",
        )),
        SystemState::GivenUp { .. } | SystemState::Denied { .. } if is_deactivation => Ok(()),
        SystemState::GivenUp { how, on, .. } => Err(Refusal::new(
            RefusalCode::ComputerIdRetired,
            alloc::format!(
                "The Computer ID {} was given up on {}.",
                system.computer_id,
                on.in_words()
            ),
            match how {
                GivenUp::Proven | GivenUp::Recovered => {
                    "Let the device write a new request with its present Computer ID."
                }
                GivenUp::Unproven | GivenUp::Ended => {
                    "Ask the operator to take that back with `keyspool activation reinstate`, or \
                        deactivate the device: it gets a new Computer ID then."
                }
            },
        )),
        SystemState::Denied { .. } => Err(Refusal::new(
            RefusalCode::Denied,
            "This device was denied by the operator.",
            "Ask the licence manager of the organization.",
        )
        .with_contact(asked.contact())),
    }
}

fn describe<S: State>(
    state: &S,
    asked: &Asked<'_>,
    description: &SystemDescription,
) -> Result<Grant, Stop> {
    check_counter(asked)?;
    standing::check(state, asked, description)?;
    let hardware = standing::hardware(state, asked, description)?;
    hardware_model::check_serial(state, asked, description, &hardware)?;
    let redeemed = keys::check(state, asked, &description.redeem)?;
    by_model(state, asked, description, &hardware, redeemed)
}

/// What the product's model grants, once everything before it was checked.
pub(super) fn by_model<S: State>(
    state: &S,
    asked: &Asked<'_>,
    description: &SystemDescription,
    hardware: &standing::Standing,
    redeemed: Vec<Redemption>,
) -> Result<Grant, Stop> {
    if let Some(grant) = passing::decide(state, asked, description, hardware, &redeemed)? {
        return Ok(grant);
    }
    match asked.settings().model {
        _ if description.request == Wanted::Trial => {
            trial::decide(state, asked, description, hardware, redeemed)
        }
        Model::DeviceSubscription => {
            device_subscription::decide(state, asked, description, hardware, redeemed)
        }
        Model::PooledSubscription => {
            subscription::request::decide(state, asked, description, hardware, redeemed)
        }
        Model::Hardware => hardware_model::decide(state, asked, description, hardware, redeemed),
    }
}

fn check_counter(asked: &Asked<'_>) -> Result<(), Refusal> {
    let Some(system) = asked
        .system
        .as_ref()
        .filter(|s| asked.request.counter <= s.counter)
    else {
        return Ok(());
    };
    Err(Refusal::new(
        RefusalCode::StaleRequest,
        alloc::format!(
            "Request {} of this device is older than request {}, which was granted.",
            asked.request.counter,
            system.counter
        ),
        "Let the device write a new request.",
    ))
}
