//! An operator starts a subscription (LICENSING section 9.1).

use crate::licence::{Day, Identifier};
use crate::policy::admit::known;
use crate::policy::model::pooled::start::start_of;
use crate::policy::record::catalogue::settings::Model;
use crate::policy::record::code::RefusalCode;
use crate::policy::record::event::Event;
use crate::policy::record::product::ProductRow;
use crate::policy::record::state::{State, key_of};
use crate::policy::record::subscription::SubscriptionRow;
use crate::policy::refusal::{Refusal, Stop};
use alloc::rc::Rc;

/// A product of the `pooled-subscription` model.
///
/// # Errors
/// [`RefusalCode::UnknownProduct`] where there is none of this identifier.
pub fn pooled_product<S: State>(state: &S, id: &Identifier) -> Result<Rc<ProductRow>, Stop> {
    let row = known::product(state, id)?;
    if row.settings.model == Model::PooledSubscription {
        return Ok(row);
    }
    let message = alloc::format!(
        "The product `{id}` has the model {}, which has no subscriptions.",
        row.settings.model
    );
    Err(Refusal::new(
        RefusalCode::UnknownProduct,
        message,
        "Name a product of the model pooled-subscription.",
    )
    .into())
}

/// An operator starts an organization's subscription of a product.
///
/// # Errors
/// Unknown or withdrawn organization or product; [`RefusalCode::NotNeeded`] where it runs already.
pub fn start<S: State>(
    state: &S,
    organization: &Identifier,
    product: &Identifier,
    today: Day,
) -> Result<Event, Stop> {
    let withdrawn = |code, what: &str| {
        let message = alloc::format!("The {what} was withdrawn and gets no new subscription.");
        Refusal::new(code, message, "Apply a catalogue that has it again.")
    };
    if known::organization(state, organization)?.withdrawn {
        let what = alloc::format!("organization `{organization}`");
        return Err(withdrawn(RefusalCode::WithdrawnOrganization, &what).into());
    }
    let row = pooled_product(state, product)?;
    if row.withdrawn {
        return Err(withdrawn(
            RefusalCode::WithdrawnProduct,
            &alloc::format!("product `{product}`"),
        )
        .into());
    }
    if let Some(running) =
        state.get::<SubscriptionRow>(&key_of(&[organization.as_str(), product.as_str()]))?
    {
        let since = running.started.in_words();
        let message = alloc::format!(
            "The subscription of `{product}` for `{organization}` was started on {since}."
        );
        return Err(Refusal::new(RefusalCode::NotNeeded, message, "Nothing is left to do.").into());
    }
    let started = start_of(state, organization, &row.settings, today)?;
    Ok(Event::SubscriptionStarted {
        organization: organization.clone(),
        product: product.clone(),
        started,
        on: today,
    })
}
