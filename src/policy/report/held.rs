//! Seats that neither serve nor lie in the wallet.

use super::holding::Holding;
use crate::licence::counts::CountsOverflow;
use crate::licence::{ComputerId, Counts, Day};
use crate::policy::catalogue::{Model, ProductSettings};
use crate::policy::state::{HardwareRow, Seat, SystemRow, SystemState};
use crate::policy::term;
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

/// Why seats are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HeldReason {
    /// An operator denied the system.
    Denied,
    /// Given up while it was denied.
    GivenUpWhileDenied,
    /// The product gives no seat back without an operator.
    NoSelfService,
    /// The hardware has proven more releases than the product allows.
    ReleaseLimit,
}

impl HeldReason {
    /// In words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Denied => "an operator denied the system",
            Self::GivenUpWhileDenied => "given up while it was denied",
            Self::NoSelfService => "every release of this product needs an operator",
            Self::ReleaseLimit => "over the release limit of its hardware",
        }
    }
}

/// Seats that neither serve nor lie in the wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldSeats {
    /// Since when.
    pub since: Day,
    /// Why.
    pub why: HeldReason,
    /// How many of each type; nothing for a hardware whose serial is held.
    pub licences: Counts,
    /// How many more have ended, grace and all: they are nobody's any more.
    pub ended: Counts,
    /// Which system held them.
    pub computer_id: ComputerId,
    /// What people call it.
    pub computer_name: String,
}

impl HeldSeats {
    /// Whether there is still something to give back.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.licences.is_empty() || self.ended.is_empty()
    }
}

impl Holding {
    /// Seats of a system that are held; `hardware` is what it ran on.
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
        let has_ended = |seat: &Seat| {
            seat.term
                .end()
                .plus_days(system.grace_days)
                .is_some_and(|last| last < today)
        };
        let (ended, lasting): (Vec<Seat>, Vec<Seat>) =
            system.seats.iter().cloned().partition(has_ended);
        let (licences, ended) = (term::counts(&lasting)?, term::counts(&ended)?);
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
