//! Growth: systems added within a licensed period without new licences (LICENSING section 9.5).

use crate::licence::Counts;
use crate::licence::counts::CountsOverflow;
use crate::policy::record::catalogue::settings::ProductSettings;
use crate::policy::refusal::{DrawnOn, LicencesRefusal};

/// Used share of the allowance, in percent, from which on the report names an organization.
pub const REPORTED_PERCENT: u128 = 80;

/// The licences that this need lacks beyond the allowance, per type. There are none while need x
/// 100 <= assigned x (100 + percent).
///
/// # Errors
/// [`CountsOverflow`].
pub fn missing(
    need: &Counts,
    assigned: &Counts,
    settings: &ProductSettings,
) -> Result<Counts, CountsOverflow> {
    let hundred_and = 100 + u128::from(settings.growth_allowance_percent);
    let wanted = (u128::from(need.total()?) * 100).div_ceil(hundred_and);
    let mut open = u64::try_from(wanted)
        .map_err(|_| CountsOverflow)?
        .saturating_sub(assigned.total()?);
    let exceeding = assigned.lacking(need);
    let mut missing = Counts::new();
    for licence_type in settings.licence_types.iter().map(|known| &known.id) {
        let count = exceeding.of(licence_type).min(open);
        missing.set(licence_type.clone(), count);
        open -= count;
    }
    Ok(missing)
}

/// Whether so much of the allowance is used that the report names the organization.
///
/// # Errors
/// [`CountsOverflow`].
pub fn is_reported(need: &Counts, assigned: &Counts, percent: u32) -> Result<bool, CountsOverflow> {
    let (need, assigned) = (u128::from(need.total()?), u128::from(assigned.total()?));
    let used = need.saturating_sub(assigned);
    Ok(used > 0 && used * 100 * 100 >= assigned * u128::from(percent) * REPORTED_PERCENT)
}

/// The refusal beyond the allowance.
#[must_use]
pub fn beyond(missing: Counts, settings: &ProductSettings) -> LicencesRefusal {
    LicencesRefusal::Growth {
        missing,
        percent: settings.growth_allowance_percent,
        from: DrawnOn::wallet(settings.auto_assign),
    }
}
