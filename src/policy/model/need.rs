//! The needs that a system has stated and not confirmed (LICENSING section 7).

use crate::licence::Counts;
use crate::policy::record::system::StatedNeed;
use alloc::vec::Vec;

/// Most needs that a system keeps without a confirmation; beyond, the oldest are merged.
const MAX_STATED: usize = 16;

/// Adds the need that a new activation states. Needs before a confirmed one are gone already.
#[must_use]
pub fn state_need(stated: &[StatedNeed], sequence: u16, need: &Counts) -> Vec<StatedNeed> {
    let mut stated = stated.to_vec();
    stated.push(StatedNeed {
        sequence,
        need: need.clone(),
    });
    while stated.len() > MAX_STATED {
        let oldest = stated.remove(0);
        for (licence_type, count) in &oldest.need {
            let next = &mut stated[0].need;
            next.set(licence_type.clone(), count.max(next.of(licence_type)));
        }
    }
    stated
}

/// The needs that still count once the device runs the activation of this sequence: the one that it
/// stated, and every later one.
#[must_use]
pub fn confirm_need(stated: &[StatedNeed], sequence: u16) -> Vec<StatedNeed> {
    let superseded = stated
        .iter()
        .rposition(|s| s.sequence <= sequence)
        .unwrap_or(0);
    stated[superseded..].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::licence::Identifier;

    fn need(count: u64) -> Counts {
        let seat = Identifier::new("seat").expect("an identifier of the test");
        [(seat, count)].into_iter().collect()
    }

    #[test]
    fn confirmed_smaller_need_counts() {
        let mut stated = state_need(&[], 1, &need(16));
        stated = state_need(&stated, 2, &need(8));
        stated = state_need(&stated, 3, &need(10));
        let largest =
            |stated: &[StatedNeed]| stated.iter().map(|s| s.need.total().unwrap_or(0)).max();
        assert_eq!(largest(&confirm_need(&stated, 1)), Some(16));
        assert_eq!(largest(&confirm_need(&stated, 2)), Some(10));
        assert_eq!(
            confirm_need(&stated, 3),
            [StatedNeed {
                sequence: 3,
                need: need(10)
            }]
        );
        assert_eq!(
            confirm_need(&confirm_need(&stated, 3), 2),
            confirm_need(&stated, 3),
            "an older one changes nothing"
        );
    }

    #[test]
    fn unconfirmed_needs_stay_few() {
        let stated = (1..=100).fold(Vec::new(), |stated, i| {
            state_need(&stated, i, &need(u64::from(200 - i)))
        });
        assert_eq!(stated.len(), MAX_STATED);
        assert_eq!(stated[0].need, need(199));
    }
}
