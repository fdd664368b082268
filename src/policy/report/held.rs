//! Seats that neither serve nor lie in the wallet.

use crate::licence::Day;
use crate::licence::counts::CountsOverflow;
use crate::policy::model::device::seats;
use crate::policy::record::catalogue::settings::{Model, ProductSettings};
use crate::policy::record::seat::Seat;
use crate::policy::record::system::{HardwareRow, SystemRow, SystemState};
use crate::policy::report::held_seats::{HeldReason, HeldSeats};
use crate::policy::report::holding::Holding;
use alloc::vec::Vec;

impl Holding {
    /// Adds the held seats of a system; `hardware` is what it ran on.
    ///
    /// # Errors
    /// [`CountsOverflow`].
    pub fn note_held(
        &mut self,
        system: &SystemRow,
        settings: &ProductSettings,
        hardware: Option<&HardwareRow>,
        today: Day,
    ) -> Result<(), CountsOverflow> {
        let has_ended = |seat: &Seat| seat.is_over(system.grace_days, today);
        let (ended, lasting): (Vec<Seat>, Vec<Seat>) =
            system.seats.iter().cloned().partition(has_ended);
        let (licences, ended) = (seats::counts(&lasting)?, seats::counts(&ended)?);
        let (since, why) = match &system.state {
            SystemState::Denied {
                on,
                returned: false,
            } if !system.seats.is_empty() || settings.model == Model::Hardware => {
                (*on, HeldReason::Denied)
            }
            SystemState::GivenUp { held: true, on, .. } if !settings.self_service_deactivation => {
                (*on, HeldReason::NoSelfService)
            }
            SystemState::GivenUp { held: true, on, .. }
                if is_over_limit(hardware, settings, *on) =>
            {
                (*on, HeldReason::ReleaseLimit)
            }
            SystemState::GivenUp { held: true, on, .. } => (*on, HeldReason::GivenUpWhileDenied),
            _ => return Ok(()),
        };
        self.held = self.held.plus(&licences)?;
        let (computer_id, computer_name) = (system.computer_id, system.computer_name.clone());
        self.held_seats.push(HeldSeats {
            since,
            why,
            licences,
            ended,
            computer_id,
            computer_name,
        });
        Ok(())
    }
}

/// Whether the hardware had proven as many releases as are allowed before the one of this day.
fn is_over_limit(hardware: Option<&HardwareRow>, settings: &ProductSettings, on: Day) -> bool {
    let limit = settings.release_limit;
    let releases = hardware.map_or(0, |row| {
        row.releases
            .iter()
            .filter(|day| day.in_window(limit.days, on))
            .count()
    });
    u64::try_from(releases).unwrap_or(u64::MAX) > u64::from(limit.count)
}
