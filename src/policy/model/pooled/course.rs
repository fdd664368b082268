//! A subscription as a decision reads it: its periods from the running one on, and the need of the
//! organization.

use crate::licence::counts::CountsOverflow;
use crate::licence::{Counts, Day, Identifier};
use crate::policy::record::need::NeedRow;
use crate::policy::record::state::{State, StateBroken, key_of};
use crate::policy::record::subscription::{Assignment, PeriodRow, Start, SubscriptionRow};
use crate::policy::record::wallet;
use alloc::vec::Vec;

/// A subscription from its running period on.
#[derive(Debug, Clone)]
pub struct Course {
    /// Its row.
    pub row: SubscriptionRow,
    /// The running period and every later one up to the last with licences, without gaps.
    periods: Vec<PeriodRow>,
}

/// The need of an organization's systems of a product.
///
/// # Errors
/// [`StateBroken`].
pub fn need_of<S: State>(
    state: &S,
    organization: &Identifier,
    product: &Identifier,
) -> Result<Counts, StateBroken> {
    let row = state.get::<NeedRow>(&key_of(&[organization.as_str(), product.as_str()]))?;
    Ok(row.map_or_else(Counts::new, |row| row.need.clone()))
}

/// A period's row, whether or not it is recorded.
///
/// # Errors
/// [`StateBroken`].
pub fn period_of<S: State>(
    state: &S,
    row: &SubscriptionRow,
    number: u32,
) -> Result<PeriodRow, StateBroken> {
    let found =
        state.get::<PeriodRow>(&PeriodRow::key_of(&row.organization, &row.product, number))?;
    Ok(found.map_or_else(
        || PeriodRow::new(&row.organization, &row.product, number),
        |row| (*row).clone(),
    ))
}

impl Course {
    /// A subscription that was started.
    ///
    /// # Errors
    /// [`StateBroken`].
    pub fn of<S: State>(
        state: &S,
        organization: &Identifier,
        product: &Identifier,
    ) -> Result<Option<Self>, StateBroken> {
        let key = key_of(&[organization.as_str(), product.as_str()]);
        let Some(row) = state.get::<SubscriptionRow>(&key)? else {
            return Ok(None);
        };
        let row = (*row).clone();
        let last = row.last_assigned.unwrap_or(0).max(row.running);
        let periods = (row.running..=last)
            .map(|number| period_of(state, &row, number))
            .collect::<Result<_, _>>()?;
        Ok(Some(Self { row, periods }))
    }

    /// A subscription that starts today.
    #[must_use]
    pub fn starting(
        organization: &Identifier,
        product: &Identifier,
        start: Start,
        today: Day,
    ) -> Self {
        let row = SubscriptionRow {
            organization: organization.clone(),
            product: product.clone(),
            start,
            started: today,
            running: 0,
            last_assigned: None,
            carry_days: Counts::new(),
            lowered: None,
            swing: None,
        };
        let periods = alloc::vec![PeriodRow::new(organization, product, 0)];
        Self { row, periods }
    }

    fn period(&self, number: u32) -> Option<&PeriodRow> {
        let place = usize::try_from(number.checked_sub(self.row.running)?).ok()?;
        self.periods.get(place)
    }

    /// The licences assigned to the running period or a later one.
    #[must_use]
    pub fn assigned(&self, number: u32) -> Counts {
        self.period(number)
            .map_or_else(Counts::new, |period| period.assigned.clone())
    }

    /// Whether the running period or a later one is licensed on a day with this need.
    #[must_use]
    pub fn is_licensed(&self, number: u32, need: &Counts) -> bool {
        let is_running = number == self.row.running;
        self.period(number)
            .is_some_and(|period| (is_running && period.licensed) || period.suffices(need))
    }

    /// Whether the running period has a grace because the one before was licensed on its last day.
    #[must_use]
    pub fn is_graced(&self) -> bool {
        self.period(self.row.running)
            .is_some_and(|period| period.graced)
    }

    /// The shortfall of a period for this need, per type.
    #[must_use]
    pub fn shortfall(&self, number: u32, need: &Counts) -> Counts {
        self.assigned(number).lacking(need)
    }

    /// First day of the running period.
    ///
    /// # Errors
    /// [`StateBroken`].
    pub fn first_day(&self) -> Result<Day, StateBroken> {
        self.row.first_of(self.row.running).ok_or_else(beyond)
    }

    /// Last day of the running period's grace; none where it has none. The grace of a start may
    /// outlast period 0.
    #[must_use]
    pub fn grace_until(&self, grace_days: u32) -> Option<Day> {
        grace_of(&self.row, self.row.running, self.is_graced(), grace_days)
    }

    /// Whether a day lies within the running period's grace.
    #[must_use]
    pub fn is_in_grace(&self, grace_days: u32, today: Day) -> bool {
        self.grace_until(grace_days)
            .is_some_and(|last| today <= last)
    }

    /// The last day that is licensed without a gap from the running period on; none where that is
    /// not licensed.
    #[must_use]
    pub fn licensed_until(&self, need: &Counts) -> Option<Day> {
        let mut number = self.row.running;
        let mut until = None;
        while self.is_licensed(number, need) {
            until = Some(self.row.last_of(number).unwrap_or(Day::LAST));
            number = number.checked_add(1)?;
        }
        until
    }

    /// The first period, from the running one on, that is not licensed with this need.
    #[must_use]
    pub fn next_unlicensed(&self, need: &Counts) -> u32 {
        let later = self.row.running..;
        later
            .into_iter()
            .find(|number| !self.is_licensed(*number, need))
            .unwrap_or(self.row.running)
    }

    /// The subscription after an assignment.
    ///
    /// # Errors
    /// [`CountsOverflow`].
    pub fn assign(&mut self, assignment: &Assignment) -> Result<(), CountsOverflow> {
        let (organization, product) = (self.row.organization.clone(), self.row.product.clone());
        while self.period(assignment.period).is_none() && assignment.period >= self.row.running {
            let number = u32::try_from(self.periods.len())
                .ok()
                .and_then(|len| self.row.running.checked_add(len));
            self.periods.push(PeriodRow::new(
                &organization,
                &product,
                number.ok_or(CountsOverflow)?,
            ));
        }
        let period = self
            .periods
            .iter_mut()
            .find(|period| period.number == assignment.period)
            .ok_or(CountsOverflow)?;
        period.assigned = period.assigned.plus(&wallet::counts(&assignment.taken)?)?;
        self.row.carry_days.clone_from(&assignment.carry_days);
        self.row.last_assigned = self.row.last_assigned.max(Some(assignment.period));
        Ok(())
    }

    /// The period of a number, as it is now, for [`crate::policy::apply::change()`] to write.
    pub(crate) fn into_rows(self) -> (SubscriptionRow, Vec<PeriodRow>) {
        (self.row, self.periods)
    }
}

/// Last day of a period's grace: from the day of starting, or after the end of a period that was
/// licensed to its last day.
#[must_use]
pub fn grace_of(row: &SubscriptionRow, number: u32, graced: bool, grace_days: u32) -> Option<Day> {
    let first = row.first_of(number)?;
    let of_start = row
        .started
        .last_of_days(grace_days)
        .filter(|last| number == 0 || *last >= first);
    let of_end = if graced {
        first.last_of_days(grace_days)
    } else {
        None
    };
    of_start.max(of_end)
}

fn beyond() -> StateBroken {
    StateBroken::Row("a period beyond the last day that we know".into())
}
