//! Subscriptions, their periods and assignments (LICENSING section 9).

use crate::licence::{Counts, Day, Identifier};
use crate::policy::apply::catalogue::mark_in_use;
use crate::policy::apply::due;
use crate::policy::apply::stock::{change_wallet, expire_later, tally};
use crate::policy::model::pooled::course::{Course, need_of, period_of};
use crate::policy::record::due::{due_list, ends_list};
use crate::policy::record::state::{State, StateBroken, StateMut, key_of};
use crate::policy::record::subscription::{
    Assignment, PeriodRow, Start, SubscriptionRow, subscriptions_list,
};
use crate::policy::record::{list, wallet};

/// Carries out a change of an organization's systems or licences, then judges its running period
/// once, after the whole change. Where more is licensed then, its systems are due.
pub(crate) fn judged<S: StateMut>(
    state: &mut S,
    organization: &Identifier,
    product: &Identifier,
    on: Day,
    change: impl FnOnce(&mut S) -> Result<(), StateBroken>,
) -> Result<(), StateBroken> {
    let before = need_of(state, organization, product)?;
    let licensed_before = licensed_until(state, organization, product)?;
    change(state)?;
    let Some(row) =
        state.get::<SubscriptionRow>(&key_of(&[organization.as_str(), product.as_str()]))?
    else {
        return Ok(());
    };
    let after = need_of(state, organization, product)?;
    let period = period_of(state, &row, row.running)?;
    if !period.licensed && period.suffices(&after) {
        state.put(PeriodRow {
            licensed: true,
            ..period
        })?;
    }
    let licensed = licensed_until(state, organization, product)?;
    if let Some(until) = licensed.filter(|_| licensed > licensed_before) {
        due::mark_all(state, organization, product, until, on)?;
    }
    let mut noted = (*row).clone();
    noted.note_need(&before, &after, on);
    if noted == *row {
        Ok(())
    } else {
        state.put(noted)
    }
}

/// The last day that is licensed without a gap, for the need of now.
pub(crate) fn licensed_until<S: State>(
    state: &S,
    organization: &Identifier,
    product: &Identifier,
) -> Result<Option<Day>, StateBroken> {
    let Some(course) = Course::of(state, organization, product)? else {
        return Ok(None);
    };
    Ok(course.licensed_until(&need_of(state, organization, product)?))
}

pub(crate) fn start<S: StateMut>(
    state: &mut S,
    organization: &Identifier,
    product: &Identifier,
    start: Start,
    on: Day,
) -> Result<(), StateBroken> {
    mark_in_use(state, product)?;
    list::push(state, &subscriptions_list(organization), product.as_str())?;
    let (row, periods) = Course::starting(organization, product, start, on).into_rows();
    periods
        .into_iter()
        .try_for_each(|period| state.put(period))?;
    end_later(state, &row)?;
    state.put(row)
}

/// Ends the running period and begins the next.
fn end_later<S: StateMut>(state: &mut S, row: &SubscriptionRow) -> Result<(), StateBroken> {
    let (organization, product) = (&row.organization, &row.product);
    if let Some(first) = row
        .running
        .checked_add(1)
        .and_then(|next| row.first_of(next))
    {
        list::push(
            state,
            &due_list(first),
            &alloc::format!("period/{organization}/{product}"),
        )?;
    }
    if let Some(last) = row.last_of(row.running) {
        list::push(state, &ends_list(product, last), organization.as_str())?;
    }
    Ok(())
}

pub(crate) fn begin<S: StateMut>(
    state: &mut S,
    organization: &Identifier,
    product: &Identifier,
    number: u32,
    (licensed, graced): (bool, bool),
    on: Day,
) -> Result<(), StateBroken> {
    let course = known(state, organization, product)?;
    let need = need_of(state, organization, product)?;
    let period = period_of(state, &course.row, number)?;
    state.put(PeriodRow {
        licensed,
        graced,
        ..period
    })?;
    let mut row = SubscriptionRow {
        running: number,
        ..course.row
    };
    row.note_renewal(&need, on);
    end_later(state, &row)?;
    state.put(row)?;
    match licensed_until(state, organization, product)? {
        Some(until) => due::mark_all(state, organization, product, until, on),
        None => Ok(()),
    }
}

pub(crate) fn assign<S: StateMut>(
    state: &mut S,
    organization: &Identifier,
    product: &Identifier,
    assignment: &Assignment,
) -> Result<(), StateBroken> {
    let (taken, credited): (Counts, Counts) = (
        wallet::counts(&assignment.taken)?,
        wallet::counts(&assignment.credited)?,
    );
    tally(state, product, |t| {
        t.stored = t.stored.minus(&taken)?.plus(&credited)?;
        t.assigned = t.assigned.plus(&taken)?;
        t.credited = t.credited.plus(&credited)?;
        Ok(())
    })?;
    change_wallet(state, organization, product, |held| {
        wallet::remove(held, &assignment.taken)?;
        wallet::add(held, &assignment.credited)
    })?;
    expire_later(state, organization, product, &assignment.credited)?;
    let mut course = known(state, organization, product)?;
    course.assign(assignment)?;
    let (row, periods) = course.into_rows();
    periods
        .into_iter()
        .filter(|period| period.number == assignment.period)
        .try_for_each(|period| state.put(period))?;
    state.put(row)
}

fn known<S: StateMut>(
    state: &S,
    organization: &Identifier,
    product: &Identifier,
) -> Result<Course, StateBroken> {
    let course = Course::of(state, organization, product)?;
    course.ok_or_else(|| {
        StateBroken::Row(alloc::format!(
            "no subscription of {product} for {organization}"
        ))
    })
}
