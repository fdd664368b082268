//! The need that a request is judged with (LICENSING section 9.4).

use crate::licence::Counts;
use crate::policy::admit::asked::Asked;
use crate::policy::admit::recovery::SameHardware;
use crate::policy::admit::wish::Wish;
use crate::policy::model::issue::Before;
use crate::policy::model::pooled::course::need_of;
use crate::policy::record::state::State;
use crate::policy::record::subscription::larger;
use crate::policy::record::system::SystemRow;
use crate::policy::refusal::Stop;

/// The need that a request is judged with.
pub(crate) struct Demand {
    /// The need of the organization, with the request's own counted.
    pub(crate) need: Counts,
    /// The growth of the system's counted need. After a trial or an emergency, whose need does not
    /// count, it is the whole need.
    pub(crate) increase: Counts,
    /// What the need has beyond what the system's activation was issued for.
    pub(crate) larger: Counts,
}

impl Demand {
    /// What the organization needs once the request is counted.
    ///
    /// # Errors
    /// [`Stop::Broken`].
    pub(crate) fn of<S: State>(
        state: &S,
        asked: &Asked<'_>,
        wish: &Wish<'_>,
        same: &SameHardware,
        before: &Before,
    ) -> Result<Self, Stop> {
        let counts = replaced(same, asked).filter(|system| system.counts(asked.settings().model));
        let was = counts.map_or_else(Counts::new, SystemRow::counted_need);
        let others = need_of(state, &asked.organization.id, &asked.settings().id)?.minus(&was)?;
        let stated = before.stated.iter().fold(Counts::new(), |counted, stated| {
            larger(&counted, &stated.need)
        });
        let after = larger(&stated, wish.need);
        let need = others.plus(&after)?;
        let larger = stated.lacking(wish.need);
        let increase = if counts.is_some() {
            larger.clone()
        } else {
            after
        };
        Ok(Self {
            need,
            increase,
            larger,
        })
    }
}

/// The system whose activation the new one replaces: the recovered one, or itself.
pub(crate) fn replaced<'a>(same: &'a SameHardware, asked: &'a Asked<'_>) -> Option<&'a SystemRow> {
    same.recovered
        .as_deref()
        .or(asked.active().map(|system| &**system))
}
