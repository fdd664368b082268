//! Where the periods of a new subscription begin (LICENSING sections 4 and 9.1).

use crate::licence::{Day, Identifier};
use crate::policy::record::catalogue::settings::{Joins, ProductSettings};
use crate::policy::record::list;
use crate::policy::record::state::{State, StateBroken, key_of};
use crate::policy::record::subscription::{Start, SubscriptionRow, subscriptions_list};
use alloc::rc::Rc;

/// Where the periods of a subscription begin that is started today.
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
    let skipped =
        skipped.ok_or_else(|| StateBroken::Row("more periods than can be counted".into()))?;
    Ok(Start {
        skipped,
        ..joined.start
    })
}
