//! What a system description is granted under the `device-subscription` model (LICENSING sections
//! 6, 7 and 11).

use crate::licence::{Counts, Day, LicenceKeyId, Validity};
use crate::policy::admit::asked::Asked;
use crate::policy::admit::recovery::SameHardware;
use crate::policy::admit::wish::Wish;
use crate::policy::model::device::seats;
use crate::policy::model::drawing;
use crate::policy::model::drawing::Drawing;
use crate::policy::model::grant::Grant;
use crate::policy::model::issue::{Before, Change, before, issue};
use crate::policy::record::event::file::Redemption;
use crate::policy::record::event::granted::Outcome;
use crate::policy::record::seat::Seat;
use crate::policy::record::state::{State, StateBroken};
use crate::policy::record::system::SystemRow;
use crate::policy::record::wallet;
use crate::policy::record::wallet::Lot;
use crate::policy::refusal::{DrawnOn, LicencesRefusal, Refusal, Stop, TermRefusal};
use crate::wire::request::Wanted;
use alloc::rc::Rc;
use alloc::vec::Vec;

/// What a request changes about the seats of a system.
struct Seats {
    outcome: Outcome,
    seats: Vec<Seat>,
    taken: Vec<Lot>,
}

pub(crate) fn decide<S: State>(
    state: &S,
    asked: &Asked<'_>,
    wish: &Wish<'_>,
    same: &SameHardware,
    redeemed: Vec<Redemption>,
) -> Result<Grant, Stop> {
    let before = before(asked, wish, same);
    let mut lots = wallet::lots(state, &asked.organization.id, &asked.settings().id)?;
    redeemed
        .iter()
        .try_for_each(|redemption| wallet::add(&mut lots, &redemption.lots))?;
    wallet::add(&mut lots, &before.returned)?;
    let lots = drawing::sequenced_by_code(state, lots)?;
    let own: Vec<LicenceKeyId> = redeemed.iter().map(|redemption| redemption.key).collect();
    let drawing = Drawing {
        own: &own,
        wallet: asked.draws_on_wallet(),
        returned: wish.request != Wanted::Extend,
        notice: asked.settings().largest_notice(),
        today: asked.context().today,
    };
    let change = match wish.request {
        // A trial is the same for every model, and decided before.
        Wanted::Activate | Wanted::Trial => activate(asked, wish, same, &before, &lots, &drawing),
        Wanted::Refresh => refresh(asked, wish, &before),
        Wanted::Extend => extend(asked, wish, &before, &lots, &drawing),
    };
    let change = statement(asked, wish, same, change?)?;
    issue(state, asked, wish, same, redeemed, before, change)
}

/// What the new activation states of the seats that serve.
fn statement(
    asked: &Asked<'_>,
    wish: &Wish<'_>,
    same: &SameHardware,
    change: Seats,
) -> Result<Change, Stop> {
    let (serving, _) = seats::split(&change.seats, wish.need);
    let replaced = same.recovered.as_ref().or(asked.active());
    let (validity, grace_days) = validity(asked, wish, &serving, replaced)?;
    Ok(Change {
        outcome: change.outcome,
        plan: seats::PLAN,
        licences: seats::counts(&serving)?,
        validity,
        grace_days,
        seats: seats::held_for(&change.seats, wish.need),
        taken: change.taken,
        started: None,
        assignments: Vec::new(),
        temporary: asked.temporary_ended(),
    })
}

fn activate(
    asked: &Asked<'_>,
    wish: &Wish<'_>,
    same: &SameHardware,
    before: &Before,
    lots: &[Lot],
    drawing: &Drawing<'_>,
) -> Result<Seats, Refusal> {
    let missing = held(before)?.lacking(wish.need);
    let (seats, taken) =
        seats::add_seats(&before.seats, lots, &missing, asked.settings(), drawing)?;
    let goes_on = asked.licensed().is_some() && same.recovered.is_none();
    Ok(Seats {
        outcome: if goes_on {
            Outcome::Refreshed
        } else {
            Outcome::Activated
        },
        seats,
        taken,
    })
}

fn held(before: &Before) -> Result<Counts, LicencesRefusal> {
    seats::counts(&before.seats).map_err(|_| seats::not_enough(Counts::new(), DrawnOn::OwnKeys))
}

fn refresh(asked: &Asked<'_>, wish: &Wish<'_>, before: &Before) -> Result<Seats, Refusal> {
    if asked.licensed().is_none() {
        return Err(TermRefusal::NothingToRefresh {}.into());
    }
    let missing = held(before)?.lacking(wish.need);
    if !missing.is_empty() {
        return Err(LicencesRefusal::MoreThanSeats { missing }.into());
    }
    Ok(Seats {
        outcome: Outcome::Refreshed,
        seats: before.seats.clone(),
        taken: Vec::new(),
    })
}

/// Gives each seat that serves one more term; past the last day of use, the term begins anew. A
/// larger need adds seats.
fn extend(
    asked: &Asked<'_>,
    wish: &Wish<'_>,
    before: &Before,
    lots: &[Lot],
    drawing: &Drawing<'_>,
) -> Result<Seats, Refusal> {
    if asked.known().is_none() {
        return Err(TermRefusal::NothingToExtend {}.into());
    }
    check_renews_itself(asked, before, drawing)?;
    let settings = asked.settings();
    let (serving, surplus) = seats::split(&before.seats, wish.need);
    let (mut seats, mut taken) = seats::extend_seats(&serving, lots, settings, drawing)?;
    let mut rest = lots.to_vec();
    wallet::remove(&mut rest, &taken)
        .map_err(|_| seats::not_enough(Counts::new(), drawing.from()))?;
    seats.extend(surplus);
    let missing = held(before)?.lacking(wish.need);
    let (seats, added) = seats::add_seats(&seats, &rest, &missing, settings, drawing)?;
    wallet::add(&mut taken, &added)
        .map_err(|_| seats::not_enough(Counts::new(), drawing.from()))?;
    Ok(Seats {
        outcome: Outcome::Extended,
        seats,
        taken,
    })
}

/// Checks that a request extends a product that renews itself only where the signer could not, and
/// by a key of its own.
fn check_renews_itself(
    asked: &Asked<'_>,
    before: &Before,
    drawing: &Drawing<'_>,
) -> Result<(), TermRefusal> {
    let settings = asked.settings();
    if !asked.is_renewed_by_signer() || before.seats.is_empty() {
        return Ok(());
    }
    let mut serving = before.seats.iter().filter(|seat| !seat.spare);
    let unrenewed = serving.any(|seat| is_in_renewal(seat, drawing.notice, drawing.today));
    if unrenewed && !drawing.own.is_empty() {
        return Ok(());
    }
    Err(TermRefusal::RenewsItself {
        product: settings.id.clone(),
    })
}

/// Whether a seat's end is at most the largest notice away.
fn is_in_renewal(seat: &Seat, notice: u32, today: Day) -> bool {
    seat.term.end().days_since(today) <= i64::from(notice)
}

/// What the activation states, and the days of grace that it gives.
///
/// It never ends earlier than the one it replaces, even where the product's grace was shortened
/// meanwhile. Only a larger need may bring an earlier end (LICENSING section 6).
fn validity(
    asked: &Asked<'_>,
    wish: &Wish<'_>,
    serving: &[Seat],
    replaced: Option<&Rc<SystemRow>>,
) -> Result<(Validity, u32), StateBroken> {
    let mut validity = seats::validity(serving, asked.settings().grace_days)?;
    let (Some(until), Some(grace_until)) = (validity.valid_until, validity.grace_until) else {
        return Ok((validity, 0));
    };
    let before = replaced.map(|system| &system.activation).filter(|before| {
        before.licences.covers(wish.need)
            || before
                .validity
                .valid_until
                .is_some_and(|before| before <= until)
    });
    let at_least = before
        .and_then(|before| before.validity.grace_until)
        .unwrap_or(grace_until);
    validity.grace_until = Some(grace_until.max(at_least));
    let grace_days = grace_until.max(at_least).days_since(until);
    Ok((validity, u32::try_from(grace_days).unwrap_or(0)))
}
