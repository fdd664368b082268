//! The checks from the organization to the counter (LICENSING section 14).

use crate::licence::{ComputerId, Counts, Digest, Identifier};
use crate::policy::admit::asked::{Asked, Form};
use crate::policy::ask::Ask;
use crate::policy::record::code::RefusalCode;
use crate::policy::record::organization::OrganizationRow;
use crate::policy::record::product::ProductRow;
use crate::policy::record::state::{State, key_of};
use crate::policy::record::system::{GivenUp, SystemRow, SystemState};
use crate::policy::refusal::{Refusal, Stop};
use crate::seal::Verified;
use crate::wire::request::{Request, RequestBody, Wanted};
use alloc::rc::Rc;
use alloc::vec::Vec;

/// Whom and what is asked about, before any row of it is read.
pub(crate) struct Subject<'a> {
    pub(crate) organization: &'a Identifier,
    pub(crate) product: &'a Identifier,
    pub(crate) computer_id: ComputerId,
    pub(crate) device_key: Option<[u8; 32]>,
    pub(crate) counter: u64,
    pub(crate) document: Digest,
    pub(crate) form: Form,
    /// What a system description or an order needs.
    pub(crate) need: Option<&'a Counts>,
}

impl<'a> Subject<'a> {
    /// Of a device's request.
    pub(crate) fn of(request: &'a Verified<Request>) -> Self {
        let (form, need) = match &request.body {
            RequestBody::SystemDescription(description) => (
                Form::Description(description.request),
                Some(&description.need),
            ),
            RequestBody::Confirmation(_) => (Form::Confirmation, None),
            RequestBody::Deactivation(_) => (Form::Deactivation, None),
        };
        Self {
            organization: &request.organization,
            product: &request.product,
            computer_id: request.computer_id,
            device_key: Some(request.device_key),
            counter: request.counter,
            document: request.document_id(),
            form,
            need,
        }
    }
}

/// The rows of what is asked, and the checks from the organization to the Computer ID.
pub(crate) fn look_up<'a, S: State>(
    state: &S,
    ask: Ask<'a>,
    subject: &Subject<'_>,
    system: Option<Rc<SystemRow>>,
) -> Result<Asked<'a>, Stop> {
    let organization = state.get::<OrganizationRow>(&key_of(&[subject.organization.as_str()]))?;
    let organization = organization.ok_or_else(|| unknown_organization(subject.organization))?;
    let product = state.get::<ProductRow>(&key_of(&[subject.product.as_str()]))?;
    let product = product.ok_or_else(|| unknown_product(subject.product))?;
    let asked = Asked {
        ask,
        form: subject.form,
        computer_id: subject.computer_id,
        device_key: subject.device_key,
        counter: subject.counter,
        document: subject.document,
        organization,
        product,
        system,
    };
    check_types(&asked, subject.need)?;
    check_withdrawn(&asked)?;
    check_other_organization(state, &asked)?;
    check_other_product(&asked)?;
    check_given_up(&asked)?;
    Ok(asked)
}

pub(crate) fn unknown_organization(id: &Identifier) -> Refusal {
    Refusal::new(
        RefusalCode::UnknownOrganization,
        alloc::format!("The signer knows no organization `{id}`."),
        "Check the organization set on the device, or add it to the catalogue.",
    )
}

pub(crate) fn unknown_product(id: &Identifier) -> Refusal {
    Refusal::new(
        RefusalCode::UnknownProduct,
        alloc::format!("The signer knows no product `{id}`."),
        "Check the product set on the device, or add it to the catalogue.",
    )
}

pub(crate) fn check_types(asked: &Asked<'_>, need: Option<&Counts>) -> Result<(), Refusal> {
    let settings = asked.settings();
    let unknown = need.and_then(|need| need.iter().find(|(id, _)| !settings.has_type(id)));
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
pub(crate) fn check_withdrawn(asked: &Asked<'_>) -> Result<(), Refusal> {
    let Form::Description(wanted) = asked.form else {
        return Ok(());
    };
    let goes_on = asked.active().is_some() && wanted != Wanted::Trial;
    if goes_on || matches!(wanted, Wanted::Refresh | Wanted::Extend) {
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

pub(crate) fn check_other_organization<S: State>(state: &S, asked: &Asked<'_>) -> Result<(), Stop> {
    let stated = &asked.organization.id;
    let is_description = matches!(asked.form, Form::Description(_));
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
    match &asked.context().folder {
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

pub(crate) fn check_other_product(asked: &Asked<'_>) -> Result<(), Refusal> {
    let Some(system) = asked
        .system
        .as_ref()
        .filter(|s| s.product != asked.settings().id)
    else {
        return Ok(());
    };
    Err(Refusal::new(
        RefusalCode::OtherProduct,
        alloc::format!(
            "This Computer ID belongs to the product `{}`, not `{}`.",
            system.product,
            asked.settings().id
        ),
        "Set up the second product on the device as a system of its own.",
    ))
}

pub(crate) fn check_given_up(asked: &Asked<'_>) -> Result<(), Refusal> {
    let Some(system) = &asked.system else {
        return Ok(());
    };
    let is_deactivation = asked.form == Form::Deactivation;
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

pub(crate) fn check_counter(asked: &Asked<'_>) -> Result<(), Refusal> {
    let Some(system) = asked.system.as_ref().filter(|s| asked.counter <= s.counter) else {
        return Ok(());
    };
    Err(Refusal::new(
        RefusalCode::StaleRequest,
        alloc::format!(
            "Request {} of this device is older than request {}, which was granted.",
            asked.counter,
            system.counter
        ),
        "Let the device write a new request.",
    ))
}
