//! Drawing licences from a wallet, in the sequence of LICENSING section 10.

use crate::licence::{Counts, Day, LicenceKey, LicenceKeyId};
use crate::policy::record::seat::Term;
use crate::policy::record::state::{State, StateBroken};
use crate::policy::record::wallet::Lot;
use crate::policy::refusal::DrawnOn;
use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::vec::Vec;
use core::cmp::Reverse;

/// Sorts lots by the codes of their keys, which decide between lots that are alike in all else.
/// Only the codes of such lots are looked up.
///
/// # Errors
/// [`StateBroken`].
pub fn sequenced_by_code<S: State>(state: &S, mut lots: Vec<Lot>) -> Result<Vec<Lot>, StateBroken> {
    let place = |lot: &Lot| {
        (
            lot.licence_type.clone(),
            lot.store_until,
            lot.redeemed,
            lot.returned.is_some(),
        )
    };
    let mut alike: BTreeMap<_, Vec<Option<LicenceKeyId>>> = BTreeMap::new();
    for lot in &lots {
        alike.entry(place(lot)).or_default().push(lot.key);
    }
    let mut codes: BTreeMap<LicenceKeyId, LicenceKey> = BTreeMap::new();
    for key in alike
        .values()
        .filter(|keys| keys.len() > 1)
        .flatten()
        .flatten()
    {
        if let Entry::Vacant(entry) = codes.entry(*key)
            && let Some(code) = state.licence_key(key)?
        {
            entry.insert(code);
        }
    }
    let code = |lot: &Lot| {
        lot.key
            .and_then(|key| codes.get(&key))
            .map(LicenceKey::bytes)
    };
    lots.sort_by(|a, b| (code(a), a.key).cmp(&(code(b), b.key)));
    Ok(lots)
}

/// What may be drawn on.
#[derive(Debug, Clone, Copy)]
pub struct Drawing<'a> {
    /// Keys that the request brings; they are drawn on first.
    pub own: &'a [LicenceKeyId],
    /// Whether the rest of the wallet may be drawn on.
    pub wallet: bool,
    /// Whether returned seats serve too, as for activating; not for extending.
    pub returned: bool,
    /// The largest `notify_days`: returned seats with more days left go first.
    pub notice: u32,
    /// The day of the decision.
    pub today: Day,
}

/// Takes `wanted` from the lots in the sequence of LICENSING section 10; gives what was taken. Lots
/// that are alike in all but their key are taken as they stand here: see [`sequenced_by_code`].
///
/// # Errors
/// [`Counts`]: the shortfall per type. Nothing is taken then.
pub fn take(lots: &[Lot], wanted: &Counts, drawing: &Drawing<'_>) -> Result<Vec<Lot>, Counts> {
    let (taken, missing) = take_some(lots, wanted, drawing);
    if missing.is_empty() {
        Ok(taken)
    } else {
        Err(missing)
    }
}

/// As [`take`], but takes what there is; also gives what is missing.
#[must_use]
pub fn take_some(lots: &[Lot], wanted: &Counts, drawing: &Drawing<'_>) -> (Vec<Lot>, Counts) {
    let mut usable: Vec<&Lot> = lots.iter().filter(|lot| drawing.allows(lot)).collect();
    usable.sort_by_key(|lot| drawing.rank(lot));
    let mut missing = wanted.clone();
    let mut taken = Vec::new();
    for lot in usable {
        let count = lot.count.min(missing.of(&lot.licence_type));
        if count > 0 {
            missing.set(
                lot.licence_type.clone(),
                missing.of(&lot.licence_type) - count,
            );
            taken.push(Lot {
                count,
                ..lot.clone()
            });
        }
    }
    (taken, missing)
}

type Rank = (u8, Reverse<Option<Day>>, Day, Day);

impl Drawing<'_> {
    /// What may be drawn on beside the request's own keys.
    pub(crate) fn from(&self) -> DrawnOn {
        DrawnOn::wallet(self.wallet)
    }

    fn is_of_own_key(&self, lot: &Lot) -> bool {
        lot.key.is_some_and(|key| self.own.contains(&key))
    }

    fn allows(&self, lot: &Lot) -> bool {
        let is_own = lot.returned.is_none() && self.is_of_own_key(lot);
        let usable = lot.store_until >= self.today;
        usable && (is_own || (self.wallet && (self.returned || lot.returned.is_none())))
    }

    /// Own keys; returned seats that still last, latest end first; unused lots, earliest
    /// store-until first; other returned seats. Ties: redeemed earlier.
    fn rank(&self, lot: &Lot) -> Rank {
        let lasting = |term: &Term| term.end().days_since(self.today) > i64::from(self.notice);
        let (class, end) = match &lot.returned {
            None if self.is_of_own_key(lot) => (0, None),
            Some(term) if lasting(term) => (1, Some(term.end())),
            None => (2, None),
            Some(term) => (3, Some(term.end())),
        };
        let store_until = if end.is_some() {
            Day::FIRST
        } else {
            lot.store_until
        };
        (class, Reverse(end), store_until, lot.redeemed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::licence::Identifier;
    use crate::licence::id::Hex;
    use crate::policy::record::seat::Term;

    fn day(text: &str) -> Day {
        Day::read(text).expect("a day of the test")
    }

    fn seat_type() -> Identifier {
        Identifier::new("seat").expect("an identifier of the test")
    }

    fn lot(key: u8, count: u64, store_until: &str, returned: Option<&str>) -> Lot {
        let term = returned.map(|first| Term {
            first: day(first),
            months: 12,
        });
        let store_until = term.map_or_else(|| day(store_until), |term| term.end());
        Lot {
            licence_type: seat_type(),
            count,
            redeemed: day("2026-01-01"),
            store_until,
            key: Some(Hex([key; 8])),
            returned: term,
        }
    }

    fn sequence(lots: &[Lot], drawing: &Drawing<'_>) -> Vec<u8> {
        let all: Counts = [(
            seat_type(),
            lots.iter()
                .filter(|l| drawing.allows(l))
                .map(|l| l.count)
                .sum(),
        )]
        .into_iter()
        .collect();
        take(lots, &all, drawing)
            .expect("all can be taken")
            .iter()
            .filter_map(|lot| lot.key)
            .map(|key| key.0[0])
            .collect()
    }

    #[test]
    fn own_keys_and_lasting_seats_go_first() {
        let today = day("2026-11-22");
        let lots = [
            lot(5, 1, "", Some("2025-12-22")), // ends 2026-12-21: 29 days left
            lot(4, 1, "2031-01-01", None),
            lot(3, 1, "2030-01-01", None),
            lot(2, 1, "", Some("2026-02-01")), // ends 2027-01-31
            lot(1, 1, "", Some("2026-06-01")), // ends 2027-05-31
            lot(0, 1, "2031-11-21", None),
        ];
        let own = [Hex([0; 8])];
        let drawing = Drawing {
            own: &own,
            wallet: true,
            returned: true,
            notice: 30,
            today,
        };
        assert_eq!(sequence(&lots, &drawing), [0, 1, 2, 3, 4, 5]);
        assert_eq!(
            sequence(
                &lots,
                &Drawing {
                    returned: false,
                    ..drawing
                }
            ),
            [0, 3, 4]
        );
        assert_eq!(
            sequence(
                &lots,
                &Drawing {
                    wallet: false,
                    ..drawing
                }
            ),
            [0]
        );
    }

    #[test]
    fn seat_at_exactly_the_notice_goes_last() {
        let lots = [
            lot(1, 1, "", Some("2026-01-01")),
            lot(2, 1, "2031-01-01", None),
        ]; // ends 2026-12-31
        let drawing = Drawing {
            own: &[],
            wallet: true,
            returned: true,
            notice: 30,
            today: day("2026-12-01"),
        };
        assert_eq!(
            sequence(&lots, &drawing),
            [2, 1],
            "30 days left are not more than 30"
        );
        assert_eq!(
            sequence(
                &lots,
                &Drawing {
                    today: day("2026-11-30"),
                    ..drawing
                }
            ),
            [1, 2]
        );
    }

    #[test]
    fn shortfall_takes_nothing() {
        let lots = [lot(1, 3, "2026-11-21", None), lot(2, 2, "2026-11-22", None)];
        let drawing = Drawing {
            own: &[],
            wallet: true,
            returned: true,
            notice: 30,
            today: day("2026-11-22"),
        };
        let three: Counts = [(seat_type(), 3)].into_iter().collect();
        assert_eq!(
            take(&lots, &three, &drawing),
            Err([(seat_type(), 1)].into_iter().collect())
        );
    }
}
