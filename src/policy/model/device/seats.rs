//! The `device-subscription` model: each seat has its own first day, months and end (LICENSING
//! sections 6, 7 and 11).

use crate::licence::counts::CountsOverflow;
use crate::licence::{Counts, Day, Plan, Validity};
use crate::policy::model::drawing;
use crate::policy::model::drawing::Drawing;
use crate::policy::record::catalogue::settings::ProductSettings;
use crate::policy::record::seat::{Seat, Term, last_day_of_use};
use crate::policy::record::state::StateBroken;
use crate::policy::record::wallet::Lot;
use crate::policy::refusal::{DrawnOn, LicencesRefusal, Refusal, TermRefusal};
use alloc::vec::Vec;

/// The seats of some lots: returned ones go on with their term, unused ones begin today.
#[must_use]
pub fn seats_of_lots(taken: &[Lot], product: &ProductSettings, today: Day) -> Vec<Seat> {
    let seat = |lot: &Lot| {
        Some(Seat {
            licence_type: lot.licence_type.clone(),
            count: lot.count,
            term: lot.returned.unwrap_or(Term {
                first: today,
                months: product.term_months,
            }),
            key: lot.key?,
            redeemed: lot.redeemed,
            spare: false,
        })
    };
    // Credit is given for periods of pooled subscriptions only: every lot that seats are made of
    // has its key.
    taken.iter().filter_map(seat).collect()
}

/// The number of seats of each type.
///
/// # Errors
/// [`CountsOverflow`].
pub fn counts(seats: &[Seat]) -> Result<Counts, CountsOverflow> {
    let mut sum = Counts::new();
    seats
        .iter()
        .try_for_each(|seat| sum.add_type(&seat.licence_type, seat.count))?;
    Ok(sum)
}

/// Seats in one sequence, whatever way they came, with equal ones merged.
#[must_use]
pub fn tidy(mut seats: Vec<Seat>) -> Vec<Seat> {
    seats.sort_by(|a, b| {
        (
            &a.licence_type,
            a.spare,
            a.term.end(),
            a.term,
            a.redeemed,
            a.key,
        )
            .cmp(&(
                &b.licence_type,
                b.spare,
                b.term.end(),
                b.term,
                b.redeemed,
                b.key,
            ))
    });
    let mut tidied: Vec<Seat> = Vec::new();
    for seat in seats {
        match tidied.last_mut() {
            Some(last)
                if Seat {
                    count: seat.count,
                    ..last.clone()
                } == seat =>
            {
                last.count = last.count.saturating_add(seat.count);
            }
            _ => tidied.push(seat),
        }
    }
    tidied
}

/// Splits seats into those that serve a need and the surplus. Of each type, the latest ends become
/// surplus first.
///
/// A spare seat stays spare while the others suffice, whatever its end: an extended seat that
/// serves is not given back in place of one that was not extended.
#[must_use]
pub fn split(seats: &[Seat], need: &Counts) -> (Vec<Seat>, Vec<Seat>) {
    let marked = |seats: Vec<Seat>, spare| {
        seats
            .into_iter()
            .map(|seat| Seat { spare, ..seat })
            .collect()
    };
    let (kept, surplus) = divide(seats, need);
    (tidy(marked(kept, false)), marked(surplus, true))
}

/// The seats that are held while an activation states this need: those that serve, and the rest as
/// spare.
#[must_use]
pub fn held_for(seats: &[Seat], need: &Counts) -> Vec<Seat> {
    let (mut held, spare) = split(seats, need);
    held.extend(spare);
    tidy(held)
}

/// As [`split`], but what is spare keeps saying so.
#[must_use]
pub fn divide(seats: &[Seat], need: &Counts) -> (Vec<Seat>, Vec<Seat>) {
    let mut open = need.clone();
    let (mut kept, mut surplus) = (Vec::new(), Vec::new());
    for seat in tidy(seats.to_vec()) {
        let serving = seat.count.min(open.of(&seat.licence_type));
        open.set(
            seat.licence_type.clone(),
            open.of(&seat.licence_type) - serving,
        );
        if serving > 0 {
            kept.push(Seat {
                count: serving,
                ..seat.clone()
            });
        }
        if serving < seat.count {
            surplus.push(Seat {
                count: seat.count - serving,
                ..seat
            });
        }
    }
    (kept, surplus)
}

/// The dates of an activation of these seats: the earliest first day, the earliest end, and the
/// grace after it.
///
/// # Errors
/// [`StateBroken`] where there is no seat.
pub fn validity(serving: &[Seat], grace_days: u32) -> Result<Validity, StateBroken> {
    let first = serving.iter().map(|seat| seat.term.first).min();
    let end = serving.iter().map(|seat| seat.term.end()).min();
    let (Some(valid_from), Some(until)) = (first, end) else {
        return Err(StateBroken::Row("an activation without seats".into()));
    };
    let grace_until = last_day_of_use(until, grace_days).unwrap_or(Day::LAST);
    Ok(Validity {
        valid_from,
        valid_until: Some(until),
        grace_until: Some(grace_until),
    })
}

/// The plan of every activation of this model.
pub const PLAN: Plan = Plan::Subscription;

/// Seats after taking `wanted` from the wallet, and what was taken.
///
/// # Errors
/// The shortfall as [`LicencesRefusal::NotEnough`].
pub fn add_seats(
    held: &[Seat],
    lots: &[Lot],
    wanted: &Counts,
    product: &ProductSettings,
    drawing: &Drawing<'_>,
) -> Result<(Vec<Seat>, Vec<Lot>), Refusal> {
    let taken = drawing::take(lots, wanted, drawing)
        .map_err(|missing| not_enough(missing, drawing.from()))?;
    let mut seats = held.to_vec();
    seats.extend(seats_of_lots(&taken, product, drawing.today));
    Ok((tidy(seats), taken))
}

/// One more term for each of these seats, by unused licences.
///
/// # Errors
/// [`TermRefusal::TooFarAhead`], or [`LicencesRefusal::NotEnough`] with the shortfall.
pub fn extend_seats(
    serving: &[Seat],
    lots: &[Lot],
    product: &ProductSettings,
    drawing: &Drawing<'_>,
) -> Result<(Vec<Seat>, Vec<Lot>), Refusal> {
    let wanted = counts(serving).map_err(|_| not_enough(Counts::new(), drawing.from()))?;
    let horizon = drawing
        .today
        .plus_months(product.early_renewal_years * 12 + product.term_months)
        .unwrap_or(Day::LAST);
    let longer = |seat: &Seat| Term {
        months: seat.term.months.saturating_add(product.term_months),
        ..seat.term
    };
    if let Some(end) = serving
        .iter()
        .map(|seat| longer(seat).end())
        .max()
        .filter(|end| *end > horizon)
    {
        return Err(TermRefusal::TooFarAhead {
            until: end,
            allowed: horizon,
        }
        .into());
    }
    let taken = drawing::take(lots, &wanted, drawing)
        .map_err(|missing| not_enough(missing, drawing.from()))?;
    let extended = serving
        .iter()
        .map(|seat| Seat {
            term: longer(seat),
            ..seat.clone()
        })
        .collect();
    Ok((extended, taken))
}

/// The refusal where licences are missing.
#[must_use]
pub fn not_enough(missing: Counts, from: DrawnOn) -> LicencesRefusal {
    LicencesRefusal::NotEnough { missing, from }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::licence::Identifier;
    use crate::licence::id::Hex;

    fn day(text: &str) -> Day {
        Day::read(text).expect("a day of the test")
    }

    fn seat(count: u64, first: &str) -> Seat {
        Seat {
            licence_type: Identifier::new("seat").expect("an identifier"),
            count,
            term: Term {
                first: day(first),
                months: 12,
            },
            key: Hex([1; 8]),
            redeemed: day("2026-01-01"),
            spare: false,
        }
    }

    fn need(count: u64) -> Counts {
        [(Identifier::new("seat").expect("an identifier"), count)]
            .into_iter()
            .collect()
    }

    #[test]
    fn the_latest_ends_are_surplus_first() {
        let (kept, surplus) = split(&[seat(2, "2026-06-01"), seat(3, "2026-01-01")], &need(4));
        assert_eq!(kept, [seat(3, "2026-01-01"), seat(1, "2026-06-01")]);
        assert_eq!(
            surplus,
            [Seat {
                spare: true,
                ..seat(1, "2026-06-01")
            }]
        );
    }

    #[test]
    fn spare_seats_serve_again() {
        let longer = Seat {
            term: Term {
                first: day("2026-01-01"),
                months: 24,
            },
            ..seat(1, "2026-01-01")
        };
        let held = [
            longer.clone(),
            Seat {
                spare: true,
                ..seat(1, "2026-01-01")
            },
        ];
        assert_eq!(split(&held, &need(1)).0, core::slice::from_ref(&longer));
        assert_eq!(
            split(&held, &need(2)),
            (vec![seat(1, "2026-01-01"), longer], vec![])
        );
    }

    #[test]
    fn an_activation_ends_with_its_earliest_seat() {
        let validity =
            validity(&[seat(1, "2026-03-01"), seat(1, "2026-01-31")], 10).expect("two seats");
        assert_eq!(validity.valid_from, day("2026-01-31"));
        assert_eq!(validity.valid_until, Some(day("2027-01-30")));
        assert_eq!(validity.grace_until, Some(day("2027-02-09")));
    }
}
