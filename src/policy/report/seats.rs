//! What one system adds to the figures of its organization and product.

use super::holding::{HeldReason, HeldSeats, Holding, NotRenewed, SystemDay, smaller};
use super::{Expiring, ExpiringKind, RECENT_DAYS};
use crate::licence::counts::CountsOverflow;
use crate::licence::{Counts, Day, Plan};
use crate::policy::catalogue::{Model, ProductSettings};
use crate::policy::state::{GivenUp, HardwareRow, Seat, SystemRow, SystemState};
use crate::policy::term;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

impl Holding {
    /// A system; `due_since` where a new activation is due to it.
    ///
    /// # Errors
    /// [`CountsOverflow`].
    pub fn note_system(
        &mut self,
        system: &SystemRow,
        settings: &ProductSettings,
        due_since: Option<Day>,
        today: Day,
    ) -> Result<(), CountsOverflow> {
        self.count(system, today);
        if system.is_active(settings.model) {
            self.note_active(system, settings, due_since, today)?;
        }
        Ok(())
    }

    fn count(&mut self, system: &SystemRow, today: Day) {
        let model = self.model;
        let systems = &mut self.systems;
        match &system.state {
            SystemState::Denied { .. } => systems.denied += 1,
            SystemState::GivenUp { how: GivenUp::Proven, .. } => systems.deactivated += 1,
            SystemState::GivenUp { how: GivenUp::Ended, .. } => systems.released_after_end += 1,
            SystemState::GivenUp { how: GivenUp::Unproven, on, .. } => {
                systems.released_without_proof += 1;
                systems.released_without_proof_recently += u64::from(on.in_window(RECENT_DAYS, today));
            }
            SystemState::GivenUp { how: GivenUp::Recovered, on, .. } => {
                systems.recovered += 1;
                systems.recovered_recently += u64::from(on.in_window(RECENT_DAYS, today));
            }
            SystemState::Active => match system.passing.running.map(|running| running.plan) {
                Some(Plan::Emergency) => systems.emergency += 1,
                Some(_) => systems.trial += 1,
                None if system.is_licensed(model) => systems.active += 1,
                None => {
                    systems.ended += 1;
                    self.marks.ended = self.marks.ended.max(system.activation.validity.grace_until);
                }
            },
        }
    }

    fn note_active(
        &mut self,
        system: &SystemRow,
        settings: &ProductSettings,
        due_since: Option<Day>,
        today: Day,
    ) -> Result<(), CountsOverflow> {
        let issued = &system.activation;
        if issued.confirmed != Some(issued.sequence) {
            self.unconfirmed.push(named(system, issued.issued));
        }
        self.due.extend(due_since.map(|since| named(system, since)));
        if let Some(running) = system.passing.running {
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
            Model::Hardware => self.note_use(&issued.licences, &system.need),
        }
    }

    /// What a system may use, and needs.
    fn note_use(&mut self, licences: &Counts, need: &Counts) -> Result<(), CountsOverflow> {
        self.used = self.used.plus(&smaller(licences, need))?;
        self.missing = self.missing.plus(&licences.lacking(need))?;
        Ok(())
    }

    fn note_seats(&mut self, system: &SystemRow, settings: &ProductSettings, today: Day) -> Result<(), CountsOverflow> {
        self.assigned = self.assigned.plus(&term::counts(&system.seats)?)?;
        let serving: Vec<Seat> = system.seats.iter().filter(|seat| !seat.spare).cloned().collect();
        self.note_use(&term::counts(&serving)?, &system.need)?;
        let mut by_end: BTreeMap<Day, Counts> = BTreeMap::new();
        for seat in &serving {
            by_end.entry(seat.term.end()).or_default().add_type(&seat.licence_type, seat.count)?;
        }
        if let Some(end) = by_end.keys().next().copied().filter(|end| self.marks.earliest_end.is_none_or(|known| *end < known)) {
            self.marks.earliest_end = Some(end);
            self.marks.earliest_last_use = Some(end.plus_days(system.grace_days).unwrap_or(Day::LAST));
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
        if settings.auto_renew && until.days_since(today) <= i64::from(settings.largest_notice()) {
            self.could_not_renew = self.could_not_renew.plus(&licences)?;
            let (computer_id, computer_name) = (system.computer_id, system.computer_name.clone());
            self.not_renewed.push(NotRenewed { until, licences: licences.clone(), computer_id, computer_name });
        }
        let named = Some((system.computer_id, system.computer_name.clone()));
        self.expiring.extend(Expiring::within(ExpiringKind::Seats, until, licences, named, today));
        Ok(())
    }

    /// Seats of a system that are held; `hardware` is what it ran on.
    ///
    /// # Errors
    /// [`CountsOverflow`].
    pub fn note_held(
        &mut self,
        system: &SystemRow,
        settings: &ProductSettings,
        hardware: Option<&HardwareRow>,
    ) -> Result<(), CountsOverflow> {
        let licences = term::counts(&system.seats)?;
        let (since, why) = match &system.state {
            SystemState::Denied { on, returned: false } if !licences.is_empty() || settings.model == Model::Hardware => {
                (*on, HeldReason::Denied)
            }
            SystemState::GivenUp { held: true, on, .. } if !settings.self_service_deactivation => {
                (*on, HeldReason::NoSelfService)
            }
            SystemState::GivenUp { held: true, on, .. } if is_over_limit(hardware, settings, *on) => {
                (*on, HeldReason::ReleaseLimit)
            }
            SystemState::GivenUp { held: true, on, .. } => (*on, HeldReason::GivenUpWhileDenied),
            _ => return Ok(()),
        };
        self.held = self.held.plus(&licences)?;
        let (computer_id, computer_name) = (system.computer_id, system.computer_name.clone());
        self.held_seats.push(HeldSeats { since, why, licences, computer_id, computer_name });
        Ok(())
    }
}

fn named(system: &SystemRow, day: Day) -> SystemDay {
    SystemDay { day, computer_name: system.computer_name.clone(), computer_id: system.computer_id }
}

/// Whether the hardware had proven as many releases as are allowed before the one of this day.
fn is_over_limit(hardware: Option<&HardwareRow>, settings: &ProductSettings, on: Day) -> bool {
    let limit = settings.release_limit;
    let releases = hardware.map_or(0, |row| row.releases.iter().filter(|day| day.in_window(limit.days, on)).count());
    u64::try_from(releases).unwrap_or(u64::MAX) > u64::from(limit.count)
}
