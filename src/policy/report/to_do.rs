//! What needs doing, most urgent first.

use crate::licence::counts::CountsOverflow;
use crate::licence::{Counts, Day, Identifier};
use crate::policy::record::catalogue::settings::Model;
use crate::policy::record::given_up::Abuse;
use crate::policy::report::action::Action;
use crate::policy::report::ends::{EndedSeats, Expiring, ExpiringKind};
use crate::policy::report::figures::Customer;
use crate::policy::report::held_seats::{HeldReason, HeldSeats};
use crate::policy::report::holding::Holding;
use crate::policy::report::matter::{Ends, Matter};
use crate::policy::report::status::Status;
use alloc::vec::Vec;

/// Everything that needs doing: by kind, day, organization, product.
///
/// # Errors
/// [`CountsOverflow`].
pub fn actions(customers: &[Customer]) -> Result<Vec<Action>, CountsOverflow> {
    let mut all = Vec::new();
    for customer in customers {
        for holding in &customer.products {
            let mut list = List {
                organization: &customer.id,
                holding,
                found: &mut all,
            };
            list.licences();
            list.growth();
            list.renewal();
            list.ends()?;
            list.ended_seats()?;
            list.held();
            list.systems();
        }
    }
    all.sort_by(|a, b| {
        let rank = |action: &Action| (action.kind, action.day.is_none(), action.day);
        (rank(a), &a.organization, &a.product).cmp(&(rank(b), &b.organization, &b.product))
    });
    Ok(all)
}

/// The things to do of one organization's product.
struct List<'a> {
    organization: &'a Identifier,
    holding: &'a Holding,
    found: &'a mut Vec<Action>,
}

impl List<'_> {
    fn add(&mut self, matter: Matter, day: Option<Day>) {
        let (organization, product) = (self.organization.clone(), self.holding.product.clone());
        let kind = matter.kind();
        self.found.push(Action {
            urgency: kind.urgency(),
            kind,
            day,
            organization,
            product,
            matter,
        });
    }

    fn licences(&mut self) {
        let holding = self.holding;
        let standing = holding.standing;
        let is_pooled = holding.model == Model::PooledSubscription;
        match standing.status {
            Status::Expired if is_pooled && !holding.need.is_empty() => {
                self.add(Matter::Unlicensed(standing.since), standing.since);
            }
            Status::Started | Status::Grace if is_pooled && !holding.missing.is_empty() => {
                self.add(Matter::Grace(standing.until), standing.until);
            }
            _ => {}
        }
        if !is_pooled && !holding.missing.is_empty() {
            self.add(Matter::Missing, None);
        }
        if !holding.waiting.is_empty() {
            self.add(Matter::Waiting, None);
        }
    }

    /// Adds what the signer could not renew; the running period's renewal stands under its grace.
    fn renewal(&mut self) {
        let holding = self.holding;
        if holding.could_not_renew.is_empty() || holding.renews_running() {
            return;
        }
        let kinds = [ExpiringKind::Subscription, ExpiringKind::Seats];
        let first = holding
            .expiring
            .iter()
            .find(|end| kinds.contains(&end.kind));
        let end = first.map(|end| (end.until, end.grace_until));
        self.add(Matter::CouldNotRenew(end), first.map(|end| end.until));
    }

    fn growth(&mut self) {
        let Some(growth) = self.holding.growth else {
            return;
        };
        let matter = if growth.over {
            Matter::GrowthOver(growth)
        } else {
            Matter::Growth(growth)
        };
        self.add(matter, growth.until);
    }

    fn ends(&mut self) -> Result<(), CountsOverflow> {
        let holding = self.holding;
        let of = |kinds: &[ExpiringKind]| {
            holding
                .expiring
                .iter()
                .filter(|end| kinds.contains(&end.kind))
                .collect::<Vec<_>>()
        };
        self.subscription_ends(&of(&[ExpiringKind::Subscription]));
        let (ended, ending): (Vec<&Expiring>, Vec<&Expiring>) = of(&[ExpiringKind::Seats])
            .into_iter()
            .partition(|end| end.days_left < 0);
        let said: Vec<&Expiring> = ending
            .into_iter()
            .filter(|end| !holding.is_provided_for(end) && !holding.is_overdue(end))
            .collect();
        let stored = of(&[ExpiringKind::Stored, ExpiringKind::Returned]);
        for (ends, matter) in [
            (said, Matter::ExpiringSeats as fn(Ends) -> Matter),
            (ended, Matter::SeatsInGrace),
            (stored, Matter::ExpiringStored),
        ] {
            if let Some(ends) = ends_of(&ends)? {
                let first = ends.first;
                self.add(matter(ends), Some(first));
            }
        }
        Ok(())
    }

    /// Adds nothing where no licence lacks, or where the signer renews and the wallet suffices.
    fn subscription_ends(&mut self, ends: &[&Expiring]) {
        let holding = self.holding;
        let (Some(end), Some(next)) = (ends.first(), &holding.marks.next) else {
            return;
        };
        let is_told = !holding.could_not_renew.is_empty();
        if is_told
            || next.lacks.is_empty()
            || (holding.auto_renew && holding.purchase.ending.is_empty())
        {
            return;
        }
        let days = (end.until, end.grace_until);
        self.add(
            Matter::ExpiringSubscription(days, next.clone()),
            Some(end.until),
        );
    }

    fn ended_seats(&mut self) -> Result<(), CountsOverflow> {
        let ended: &[EndedSeats] = &self.holding.ended_seats;
        let (Some(newest), Some(oldest)) = (ended.first(), ended.last()) else {
            return Ok(());
        };
        let graces = ended.iter().filter_map(|seats| seats.grace_until);
        let ends = Ends {
            first: oldest.until,
            last: newest.until,
            graces: graces.clone().min().zip(graces.max()),
            licences: sum(ended.iter().map(|seats| &seats.licences))?,
        };
        let (systems, day) = (ended.len() as u64, oldest.until);
        self.add(Matter::EndedSeats(systems, ends), Some(day));
        Ok(())
    }

    /// Adds seats that are held; ended ones cannot be given back.
    fn held(&mut self) {
        let open: Vec<&HeldSeats> = self
            .holding
            .held_seats
            .iter()
            .filter(|seats| seats.is_open())
            .collect();
        let (denied, others): (Vec<&HeldSeats>, Vec<&HeldSeats>) = open
            .into_iter()
            .partition(|seats| seats.why == HeldReason::Denied);
        for held in [denied, others] {
            let Some(first) = held.first() else { continue };
            let matter = Matter::Held(held.len() as u64, first.why);
            self.add(matter, Some(first.since));
        }
    }

    fn systems(&mut self) {
        let holding = self.holding;
        for (abuse, matter) in [
            (Abuse::Proven, Matter::ProvenAbuse as fn(u64) -> Matter),
            (Abuse::Possible, Matter::PossibleAbuse),
        ] {
            let of = || holding.suspected.iter().filter(|one| one.abuse == abuse);
            if let Some(newest) = of().map(|one| one.on).max() {
                self.add(matter(of().count() as u64), Some(newest));
            }
        }
        if holding.awaiting_approval > 0 {
            self.add(Matter::AwaitingApproval(holding.awaiting_approval), None);
        }
        if let Some(first) = holding.due.first() {
            self.add(Matter::Due(holding.due.len() as u64), Some(first.day));
        }
        if let Some(first) = holding.unconfirmed.first() {
            let systems = holding.unconfirmed.len() as u64;
            self.add(Matter::Unconfirmed(systems, first.day), Some(first.day));
        }
        if let Some(first) = holding.emergencies.first() {
            let systems = holding.emergencies.len() as u64;
            self.add(Matter::Emergency(systems, first.day), Some(first.day));
        }
        if let Some(swing) = &holding.swing {
            self.add(Matter::Swing(swing.clone()), Some(swing.renewed));
        }
    }
}

/// Sums ends up, which come earliest first; none where there are none.
fn ends_of(ends: &[&Expiring]) -> Result<Option<Ends>, CountsOverflow> {
    let (Some(first), Some(last)) = (ends.first(), ends.last()) else {
        return Ok(None);
    };
    let graces = ends.iter().filter_map(|end| end.grace_until);
    Ok(Some(Ends {
        first: first.until,
        last: last.until,
        graces: graces.clone().min().zip(graces.max()),
        licences: sum(ends.iter().map(|end| &end.licences))?,
    }))
}

fn sum<'c>(counts: impl Iterator<Item = &'c Counts>) -> Result<Counts, CountsOverflow> {
    let mut sum = Counts::new();
    for one in counts {
        sum = sum.plus(one)?;
    }
    Ok(sum)
}
