//! The checks from the organization to the counter (LICENSING section 14).

use crate::licence::Counts;
use crate::policy::admit::asked::Asked;
use crate::policy::admit::known;
use crate::policy::ask::Context;
use crate::policy::record::catalogue::settings::ProductSettings;
use crate::policy::record::organization::OrganizationRow;
use crate::policy::record::product::ProductRow;
use crate::policy::record::state::{State, key_of};
use crate::policy::record::system::{GivenUp, SystemRow, SystemState};
use crate::policy::refusal::{
    ElsewhereRefusal, Fresh, StandingRefusal, Stop, SubjectRefusal, SystemRefusal,
};
use crate::wire::request::{Request, RequestBody, Wanted};

/// The rows of a request, and the checks from the organization to the Computer ID.
pub(crate) fn look_up<'a, S: State>(
    state: &S,
    request: &'a Request,
    document: crate::licence::Digest,
    context: &'a Context,
) -> Result<Asked<'a>, Stop> {
    let organization = state.get::<OrganizationRow>(&key_of(&[request.organization.as_str()]))?;
    let organization = organization.ok_or_else(|| SubjectRefusal::UnknownOrganization {
        organization: request.organization.clone(),
    })?;
    let product = state.get::<ProductRow>(&key_of(&[request.product.as_str()]))?;
    let product = product.ok_or_else(|| SubjectRefusal::UnknownProduct {
        product: request.product.clone(),
    })?;
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
    check_subject(state, &asked).map_err(|stop| stop.with_contact(asked.contact()))?;
    Ok(asked)
}

fn check_subject<S: State>(state: &S, asked: &Asked<'_>) -> Result<(), Stop> {
    check_types(asked)?;
    check_withdrawn(asked)?;
    check_other_organization(state, asked)?;
    check_other_product(asked)?;
    check_given_up(asked)?;
    Ok(())
}

pub(crate) fn need(request: &Request) -> Option<&Counts> {
    match &request.body {
        RequestBody::SystemDescription(description) => Some(&description.need),
        _ => None,
    }
}

pub(crate) fn check_types(asked: &Asked<'_>) -> Result<(), SubjectRefusal> {
    need(asked.request).map_or(Ok(()), |need| has_types(asked.settings(), need))
}

/// Whether the product has every licence type of some counts.
///
/// # Errors
/// [`SubjectRefusal::UnknownLicenceType`] with the first that it has not.
pub(crate) fn has_types(product: &ProductSettings, counts: &Counts) -> Result<(), SubjectRefusal> {
    let unknown = counts.iter().find(|(id, _)| !product.has_type(id));
    let Some((licence_type, _)) = unknown else {
        return Ok(());
    };
    Err(SubjectRefusal::UnknownLicenceType {
        product: product.id.clone(),
        licence_type: licence_type.clone(),
        known: product
            .licence_types
            .iter()
            .map(|known| known.id.clone())
            .collect(),
    })
}

/// A withdrawn organization or product gets no new systems and trials; what it has goes on.
pub(crate) fn check_withdrawn(asked: &Asked<'_>) -> Result<(), SubjectRefusal> {
    let RequestBody::SystemDescription(description) = &asked.request.body else {
        return Ok(());
    };
    let goes_on = asked.active().is_some() && description.request != Wanted::Trial;
    if goes_on || matches!(description.request, Wanted::Refresh | Wanted::Extend) {
        return Ok(());
    }
    if asked.organization.withdrawn {
        return Err(SubjectRefusal::WithdrawnOrganization {
            organization: asked.organization.id.clone(),
            wanted: Fresh::Systems,
        });
    }
    if asked.product.withdrawn {
        return Err(SubjectRefusal::WithdrawnProduct {
            product: asked.settings().id.clone(),
            wanted: Fresh::Systems,
        });
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
        return Err(ElsewhereRefusal::NotRegistered {
            organization: stated.clone(),
        }
        .into());
    }
    match &asked.context.folder {
        Some(folder) if folder != stated => Err(ElsewhereRefusal::Folder {
            folder: folder.clone(),
            stated: stated.clone(),
        }
        .into()),
        _ => Ok(()),
    }
}

pub(crate) fn check_other_product(asked: &Asked<'_>) -> Result<(), ElsewhereRefusal> {
    let Some(system) = asked
        .system
        .as_ref()
        .filter(|s| s.product != asked.request.product)
    else {
        return Ok(());
    };
    Err(ElsewhereRefusal::OtherProduct {
        installed: system.product.clone(),
        stated: asked.request.product.clone(),
    })
}

pub(crate) fn check_given_up(asked: &Asked<'_>) -> Result<(), StandingRefusal> {
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
        } if is_deactivation => Err(StandingRefusal::OtherDeactivation {}),
        SystemState::GivenUp { .. } | SystemState::Denied { .. } if is_deactivation => Ok(()),
        _ => known::check_not_given_up(system),
    }
}

pub(crate) fn check_counter(asked: &Asked<'_>) -> Result<(), SystemRefusal> {
    let Some(system) = asked
        .system
        .as_ref()
        .filter(|s| asked.request.counter <= s.counter)
    else {
        return Ok(());
    };
    Err(SystemRefusal::Stale {
        counter: asked.request.counter,
        granted: system.counter,
    })
}
