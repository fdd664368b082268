//! The checks from the organization to the counter (LICENSING section 14).

use crate::licence::Counts;
use crate::policy::admit::asked::Asked;
use crate::policy::ask::Context;
use crate::policy::record::code::RefusalCode;
use crate::policy::record::organization::OrganizationRow;
use crate::policy::record::product::ProductRow;
use crate::policy::record::state::{State, key_of};
use crate::policy::record::system::{GivenUp, SystemRow, SystemState};
use crate::policy::refusal::{Refusal, Stop};
use crate::wire::request::{Request, RequestBody, Wanted};
use alloc::vec::Vec;

/// The rows of a request, and the checks from the organization to the Computer ID.
pub(crate) fn look_up<'a, S: State>(
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

pub(crate) fn unknown_organization(request: &Request) -> Refusal {
    Refusal::new(
        RefusalCode::UnknownOrganization,
        alloc::format!(
            "The signer knows no organization `{}`.",
            request.organization
        ),
        "Check the organization set on the device, or add it to the catalogue.",
    )
}

pub(crate) fn unknown_product(request: &Request) -> Refusal {
    Refusal::new(
        RefusalCode::UnknownProduct,
        alloc::format!("The signer knows no product `{}`.", request.product),
        "Check the product set on the device, or add it to the catalogue.",
    )
}

pub(crate) fn need(request: &Request) -> Option<&Counts> {
    match &request.body {
        RequestBody::SystemDescription(description) => Some(&description.need),
        _ => None,
    }
}

pub(crate) fn check_types(asked: &Asked<'_>) -> Result<(), Refusal> {
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
pub(crate) fn check_withdrawn(asked: &Asked<'_>) -> Result<(), Refusal> {
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

pub(crate) fn check_other_organization<S: State>(state: &S, asked: &Asked<'_>) -> Result<(), Stop> {
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

pub(crate) fn check_other_product(asked: &Asked<'_>) -> Result<(), Refusal> {
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

pub(crate) fn check_given_up(asked: &Asked<'_>) -> Result<(), Refusal> {
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

pub(crate) fn check_counter(asked: &Asked<'_>) -> Result<(), Refusal> {
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
