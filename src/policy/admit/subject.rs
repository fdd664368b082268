//! The checks from the organization to the counter (LICENSING section 14).

use crate::licence::{ComputerId, Counts, Digest, Identifier};
use crate::policy::admit::asked::{Asked, Form};
use crate::policy::admit::known;
use crate::policy::ask::Ask;
use crate::policy::record::catalogue::settings::ProductSettings;
use crate::policy::record::organization::OrganizationRow;
use crate::policy::record::product::ProductRow;
use crate::policy::record::state::{State, key_of};
use crate::policy::record::system::{GivenUp, SystemRow, SystemState};
use crate::policy::refusal::{
    ElsewhereRefusal, Fresh, GivenUpRefusal, Stop, SubjectRefusal, SystemRefusal,
};
use crate::seal::verified::Verified;
use crate::wire::request::{Request, RequestBody, Wanted};
use alloc::rc::Rc;

/// What is asked about, before any row of it is read.
pub(crate) struct Subject<'a> {
    pub(crate) organization: &'a Identifier,
    pub(crate) product: &'a Identifier,
    pub(crate) computer_id: ComputerId,
    pub(crate) device_key: Option<[u8; 32]>,
    pub(crate) counter: u64,
    pub(crate) document: Digest,
    pub(crate) form: Form,
    /// The need that a system description or an order states.
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
    let organization = organization.ok_or_else(|| SubjectRefusal::UnknownOrganization {
        organization: subject.organization.clone(),
    })?;
    let product = state.get::<ProductRow>(&key_of(&[subject.product.as_str()]))?;
    let product = product.ok_or_else(|| SubjectRefusal::UnknownProduct {
        product: subject.product.clone(),
    })?;
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
    check_subject(state, &asked, subject.need)
        .map_err(|stop| stop.with_contact(asked.contact()))?;
    Ok(asked)
}

fn check_subject<S: State>(
    state: &S,
    asked: &Asked<'_>,
    need: Option<&Counts>,
) -> Result<(), Stop> {
    need.map_or(Ok(()), |need| has_types(asked.settings(), need))?;
    check_withdrawn(asked)?;
    check_other_organization(state, asked)?;
    check_other_product(asked)?;
    check_given_up(asked)?;
    Ok(())
}

/// Checks that the product has every licence type of some counts.
///
/// # Errors
/// [`SubjectRefusal::UnknownLicenceType`] with the first that it lacks.
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
fn check_withdrawn(asked: &Asked<'_>) -> Result<(), SubjectRefusal> {
    let Form::Description(wanted) = asked.form else {
        return Ok(());
    };
    let goes_on = asked.active().is_some() && wanted != Wanted::Trial;
    if goes_on || matches!(wanted, Wanted::Refresh | Wanted::Extend) {
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

fn check_other_organization<S: State>(state: &S, asked: &Asked<'_>) -> Result<(), Stop> {
    let stated = &asked.organization.id;
    let is_description = matches!(asked.form, Form::Description(_));
    let installed = match &asked.system {
        Some(system) => state.get::<ProductRow>(&key_of(&[system.product.as_str()]))?,
        None => None,
    };
    let model = installed.map_or(asked.settings().model, |product| product.settings.model);
    // A device whose system has ended may go elsewhere, as an unknown one. A deactivation or a
    // confirmation must name the organization of the system.
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
    match &asked.context().folder {
        Some(folder) if folder != stated => Err(ElsewhereRefusal::Folder {
            folder: folder.clone(),
            stated: stated.clone(),
        }
        .into()),
        _ => Ok(()),
    }
}

fn check_other_product(asked: &Asked<'_>) -> Result<(), ElsewhereRefusal> {
    let Some(system) = asked
        .system
        .as_ref()
        .filter(|s| s.product != asked.settings().id)
    else {
        return Ok(());
    };
    Err(ElsewhereRefusal::OtherProduct {
        installed: system.product.clone(),
        stated: asked.settings().id.clone(),
    })
}

fn check_given_up(asked: &Asked<'_>) -> Result<(), GivenUpRefusal> {
    let Some(system) = &asked.system else {
        return Ok(());
    };
    let is_deactivation = asked.form == Form::Deactivation;
    match &system.state {
        SystemState::Active => Ok(()),
        // A system released by its code has not brought its deactivation yet.
        SystemState::GivenUp {
            how: GivenUp::Proven,
            document: Some(_),
            ..
        } if is_deactivation => Err(GivenUpRefusal::OtherDeactivation {}),
        SystemState::GivenUp { .. } | SystemState::Denied { .. } if is_deactivation => Ok(()),
        _ => known::check_not_given_up(system),
    }
}

pub(crate) fn check_counter(asked: &Asked<'_>) -> Result<(), SystemRefusal> {
    let Some(system) = asked.system.as_ref().filter(|s| asked.counter <= s.counter) else {
        return Ok(());
    };
    Err(SystemRefusal::Stale {
        counter: asked.counter,
        granted: system.counter,
    })
}
