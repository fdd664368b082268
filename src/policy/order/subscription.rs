//! An operator starts a subscription (LICENSING section 9.1).

use crate::licence::{Day, Identifier};
use crate::policy::admit::known;
use crate::policy::model::pooled::start::start_of;
use crate::policy::record::catalogue::settings::Model;
use crate::policy::record::event::Event;
use crate::policy::record::product::ProductRow;
use crate::policy::record::state::{State, key_of};
use crate::policy::record::subscription::SubscriptionRow;
use crate::policy::refusal::{Fresh, Stop, SubjectRefusal, TermRefusal};
use alloc::rc::Rc;

/// A product of the `pooled-subscription` model.
///
/// # Errors
/// [`SubjectRefusal::UnknownProduct`] where there is none of this identifier.
pub fn pooled_product<S: State>(state: &S, id: &Identifier) -> Result<Rc<ProductRow>, Stop> {
    let row = known::product(state, id)?;
    if row.settings.model == Model::PooledSubscription {
        return Ok(row);
    }
    Err(SubjectRefusal::NotPooled {
        product: id.clone(),
        model: row.settings.model,
    }
    .into())
}

/// Starts an organization's subscription of a product.
///
/// # Errors
/// Unknown or withdrawn organization or product; [`TermRefusal::Started`] where it runs already.
pub fn start<S: State>(
    state: &S,
    organization: &Identifier,
    product: &Identifier,
    today: Day,
) -> Result<Event, Stop> {
    let wanted = Fresh::Subscription;
    if known::organization(state, organization)?.withdrawn {
        let organization = organization.clone();
        return Err(SubjectRefusal::WithdrawnOrganization {
            organization,
            wanted,
        }
        .into());
    }
    let row = pooled_product(state, product)?;
    if row.withdrawn {
        let product = product.clone();
        return Err(SubjectRefusal::WithdrawnProduct { product, wanted }.into());
    }
    if let Some(running) =
        state.get::<SubscriptionRow>(&key_of(&[organization.as_str(), product.as_str()]))?
    {
        return Err(TermRefusal::Started {
            organization: organization.clone(),
            product: product.clone(),
            on: running.started,
        }
        .into());
    }
    let started = start_of(state, organization, &row.settings, today)?;
    Ok(Event::SubscriptionStarted {
        organization: organization.clone(),
        product: product.clone(),
        started,
        on: today,
    })
}
