//! Where the periods of a subscription begin (LICENSING sections 4 and 9.1).

use super::row::SubscriptionRow;
use crate::licence::{Day, Identifier};
use crate::policy::catalogue::{Joins, Model, ProductSettings};
use crate::policy::event::Event;
use crate::policy::refusal::{Refusal, RefusalCode, StateBroken, Stop};
use crate::policy::state::{ProductRow, State, key_of};
use crate::policy::{list, orders};
use alloc::rc::Rc;
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// From which day periods are reckoned: a subscription that joins another takes that one's days for
/// good, also where these are clamped to the end of a short month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// The first day of the subscription that was first.
    pub first: Day,
    /// Periods of that one before period 0 of this one.
    pub skipped: u32,
    /// Length of a period in months.
    pub term_months: u32,
}

impl Start {
    fn months_to(&self, period: u32) -> Option<u32> {
        self.skipped
            .checked_add(period)?
            .checked_mul(self.term_months)
    }

    /// First day of a period; none beyond the last day that we know.
    #[must_use]
    pub fn first_of(&self, period: u32) -> Option<Day> {
        self.first.plus_months(self.months_to(period)?)
    }

    /// Last day of a period, inclusive; none beyond the last day that we know.
    #[must_use]
    pub fn last_of(&self, period: u32) -> Option<Day> {
        self.first
            .last_of_months(self.months_to(period.checked_add(1)?)?)
    }
}

/// The list of the products that an organization has subscribed.
#[must_use]
pub fn subscriptions_list(organization: &Identifier) -> String {
    alloc::format!("subscriptions/{organization}")
}

/// Where a subscription that is started today has its periods.
///
/// # Errors
/// [`StateBroken`].
pub fn start_of<S: State>(
    state: &S,
    organization: &Identifier,
    settings: &ProductSettings,
    today: Day,
) -> Result<Start, StateBroken> {
    let own = Start {
        first: today,
        skipped: 0,
        term_months: settings.term_months,
    };
    if settings.joins == Joins::Own {
        return Ok(own);
    }
    let mut oldest: Option<(Day, Identifier, Rc<SubscriptionRow>)> = None;
    for product in list::items(state, &subscriptions_list(organization))? {
        let Some(row) =
            state.get::<SubscriptionRow>(&key_of(&[organization.as_str(), &product]))?
        else {
            continue;
        };
        let Some(first) = row
            .first_of(0)
            .filter(|_| row.start.term_months == settings.term_months)
        else {
            continue;
        };
        if oldest
            .as_ref()
            .is_none_or(|(day, id, _)| (first, &row.product) < (*day, id))
        {
            oldest = Some((first, row.product.clone(), row));
        }
    }
    let Some((_, _, joined)) = oldest else {
        return Ok(own);
    };
    let skipped = joined.start.skipped.checked_add(joined.running);
    let skipped = skipped.ok_or_else(|| StateBroken("more periods than can be counted".into()))?;
    Ok(Start {
        skipped,
        ..joined.start
    })
}

/// A product of the `pooled-subscription` model.
///
/// # Errors
/// [`RefusalCode::UnknownProduct`] where there is none of this identifier.
pub fn pooled_product<S: State>(state: &S, id: &Identifier) -> Result<Rc<ProductRow>, Stop> {
    let row = orders::product(state, id)?;
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
    if orders::organization(state, organization)?.withdrawn {
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
