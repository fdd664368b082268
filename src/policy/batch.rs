//! The sequence within a batch. File names and folders play no part, so that any way of dropping
//! the same files gives the same state (LICENSING section 7).

use crate::licence::Digest;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// What the sequence depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The device's public key.
    pub device_key: [u8; 32],
    /// The request's counter.
    pub counter: u64,
    /// The request's document id.
    pub document: Digest,
    /// Whether it is a deactivation.
    pub is_deactivation: bool,
}

/// The sequence in which requests are decided: indices into `places`.
///
/// Requests stand in groups by device key, within a group by counter. Groups with a deactivation
/// come first, then those with the smallest document id.
#[must_use]
pub fn sequence(places: &[Place]) -> Vec<usize> {
    let mut groups: BTreeMap<[u8; 32], (bool, Digest)> = BTreeMap::new();
    for place in places {
        let group = groups
            .entry(place.device_key)
            .or_insert((true, place.document));
        group.0 &= !place.is_deactivation;
        group.1 = group.1.min(place.document);
    }
    let mut indices: Vec<usize> = (0..places.len()).collect();
    indices.sort_by_key(|index| {
        let place = &places[*index];
        (
            groups.get(&place.device_key),
            place.device_key,
            place.counter,
            place.document,
        )
    });
    indices
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::licence::id::Hex;

    fn place(key: u8, counter: u64, document: u8, is_deactivation: bool) -> Place {
        Place {
            device_key: [key; 32],
            counter,
            document: Hex([document; 32]),
            is_deactivation,
        }
    }

    #[test]
    fn devices_that_give_back_come_first() {
        let places = [
            place(1, 2, 9, false),
            place(1, 1, 5, false),
            place(2, 1, 4, false),
            place(3, 7, 8, true),
            place(3, 6, 9, false),
        ];
        let found: Vec<usize> = sequence(&places);
        assert_eq!(found, [4, 3, 2, 1, 0]);
    }

    #[test]
    fn dropping_plays_no_part() {
        let places: Vec<Place> = (0..40)
            .map(|i| place(i % 7, u64::from(i), i.wrapping_mul(37), i % 11 == 0))
            .collect();
        let sequenced = |places: &[Place]| {
            sequence(places)
                .into_iter()
                .map(|i| places[i])
                .collect::<Vec<_>>()
        };
        let mut other = places.clone();
        other.reverse();
        assert_eq!(sequenced(&places), sequenced(&other));
    }
}
