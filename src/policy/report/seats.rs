//! What one system adds to the figures of its organization and product.

use crate::licence::counts::CountsOverflow;
use crate::licence::{Counts, Day, Plan};
use crate::policy::model::device::seats;
use crate::policy::record::catalogue::settings::{Model, ProductSettings};
use crate::policy::record::seat::{Seat, last_day_of_use};
use crate::policy::record::subscription::smaller;
use crate::policy::record::system::{GivenUp, SystemRow, SystemState};
use crate::policy::report::ends::{
    EXPIRING_DAYS, EndedSeats, Expiring, ExpiringKind, NotRenewed, RECENT_DAYS,
};
use crate::policy::report::holding::{Holding, SystemDay};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

impl Holding {
    /// Adds a system. `due_since` is set where a new activation is due to it; `entitlement` is what
    /// hardware may use today.
    ///
    /// # Errors
    /// [`CountsOverflow`].
    pub fn note_system(
        &mut self,
        system: &SystemRow,
        settings: &ProductSettings,
        due_since: Option<Day>,
        entitlement: &Counts,
        today: Day,
    ) -> Result<(), CountsOverflow> {
        self.count(system, today);
        if system.is_active(settings.model) {
            self.note_active(system, settings, due_since, entitlement, today)?;
        }
        Ok(())
    }

    fn count(&mut self, system: &SystemRow, today: Day) {
        let model = self.model;
        let systems = &mut self.systems;
        match &system.state {
            SystemState::Denied { .. } => systems.denied += 1,
            SystemState::GivenUp {
                how: GivenUp::Proven,
                ..
            } => systems.deactivated += 1,
            SystemState::GivenUp {
                how: GivenUp::Ended,
                ..
            } => systems.released_after_end += 1,
            SystemState::GivenUp {
                how: GivenUp::Unproven,
                on,
                ..
            } => {
                systems.released_without_proof += 1;
                systems.released_without_proof_recently +=
                    u64::from(on.in_window(RECENT_DAYS, today));
            }
            SystemState::GivenUp {
                how: GivenUp::Recovered,
                on,
                ..
            } => {
                systems.recovered += 1;
                systems.recovered_recently += u64::from(on.in_window(RECENT_DAYS, today));
            }
            SystemState::Active => match system.temporary.running.map(|running| running.plan) {
                Some(Plan::Emergency) => systems.emergency += 1,
                Some(_) => systems.trial += 1,
                None if system.is_licensed(model) => systems.active += 1,
                None => {
                    systems.ended += 1;
                    self.marks.ended = self.marks.ended.max(system.activation.validity.grace_until);
                    self.ended_seats.extend(ended(system));
                }
            },
        }
    }

    fn note_active(
        &mut self,
        system: &SystemRow,
        settings: &ProductSettings,
        due_since: Option<Day>,
        entitlement: &Counts,
        today: Day,
    ) -> Result<(), CountsOverflow> {
        let issued = &system.activation;
        if issued.confirmed != Some(issued.sequence) {
            self.unconfirmed.push(named(system, issued.issued));
        }
        self.due.extend(due_since.map(|since| named(system, since)));
        if let Some(running) = system.temporary.running {
            match running.plan {
                Plan::Emergency => self.emergencies.push(named(system, running.until)),
                _ => self.marks.trial_until = self.marks.trial_until.max(Some(running.until)),
            }
        }
        if !system.is_licensed(settings.model) {
            return Ok(());
        }
        match settings.model {
            Model::PooledSubscription => Ok(()),
            Model::DeviceSubscription => self.note_seats(system, settings, today),
            Model::Hardware => self.note_use(entitlement, &system.need),
        }
    }

    /// Adds what a system may use and needs.
    fn note_use(&mut self, licences: &Counts, need: &Counts) -> Result<(), CountsOverflow> {
        self.used = self.used.plus(&smaller(licences, need))?;
        self.missing = self.missing.plus(&licences.lacking(need))?;
        Ok(())
    }

    fn note_seats(
        &mut self,
        system: &SystemRow,
        settings: &ProductSettings,
        today: Day,
    ) -> Result<(), CountsOverflow> {
        self.assigned = self.assigned.plus(&seats::counts(&system.seats)?)?;
        let serving: Vec<Seat> = system
            .seats
            .iter()
            .filter(|seat| !seat.spare)
            .cloned()
            .collect();
        self.note_use(&seats::counts(&serving)?, &system.need)?;
        let mut by_end: BTreeMap<Day, Counts> = BTreeMap::new();
        for seat in &serving {
            by_end
                .entry(seat.term.end())
                .or_default()
                .add_type(&seat.licence_type, seat.count)?;
        }
        if let Some(end) = by_end
            .keys()
            .next()
            .copied()
            .filter(|end| self.marks.earliest_end.is_none_or(|known| *end < known))
        {
            self.marks.earliest_end = Some(end);
            self.marks.earliest_last_use =
                Some(last_day_of_use(end, system.grace_days).unwrap_or(Day::LAST));
        }
        for (until, licences) in by_end {
            self.note_end(system, settings, until, licences, today)?;
        }
        Ok(())
    }

    fn note_end(
        &mut self,
        system: &SystemRow,
        settings: &ProductSettings,
        until: Day,
        licences: Counts,
        today: Day,
    ) -> Result<(), CountsOverflow> {
        if settings.auto_renew && is_renewable(settings, until, today) {
            self.could_not_renew = self.could_not_renew.plus(&licences)?;
            let (computer_id, computer_name) = (system.computer_id, system.computer_name.clone());
            self.not_renewed.push(NotRenewed {
                until,
                licences: licences.clone(),
                computer_id,
                computer_name,
            });
        } else if until.days_since(today) <= i64::from(EXPIRING_DAYS) {
            let ending = self.marks.ending.entry(until).or_default();
            *ending = ending.plus(&licences)?;
        }
        let named = Some((system.computer_id, system.computer_name.clone()));
        self.expiring.extend(Expiring::within(
            ExpiringKind::Seats,
            (until, system.grace_days),
            licences,
            named,
            today,
        ));
        Ok(())
    }
}

fn named(system: &SystemRow, day: Day) -> SystemDay {
    SystemDay {
        day,
        computer_name: system.computer_name.clone(),
        computer_id: system.computer_id,
    }
}

/// Whether the signer has to renew seats of this end by now: within the notice, and not too far
/// ahead.
fn is_renewable(settings: &ProductSettings, until: Day, today: Day) -> bool {
    let horizon = today
        .plus_months(settings.early_renewal_years * 12 + settings.term_months)
        .unwrap_or(Day::LAST);
    let is_near = until.days_since(today) <= i64::from(settings.largest_notice());
    is_near
        && until
            .plus_months(settings.term_months)
            .is_some_and(|end| end <= horizon)
}

/// The seats of a device that has ended by more than a trial or an emergency.
fn ended(system: &SystemRow) -> Option<EndedSeats> {
    let issued = &system.activation;
    let until = issued
        .validity
        .valid_until
        .filter(|_| issued.plan == Plan::Subscription)?;
    let grace_until = issued.validity.grace_until.filter(|last| *last > until);
    let (computer_id, computer_name) = (system.computer_id, system.computer_name.clone());
    Some(EndedSeats {
        until,
        grace_until,
        licences: issued.licences.clone(),
        computer_id,
        computer_name,
    })
}
