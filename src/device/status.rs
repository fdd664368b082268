//! What a device may do on a day, and what it should tell its user.

use super::clock::Clock;
use super::entitlement::Entitlement;
use super::fingerprint::{Components, FingerprintMatch, fingerprint_of};
use super::state::Installation;
use super::store::Store;
use super::system::Device;
use crate::licence::{ComputerId, Counts, Day, DayStatus, Moment};

/// The state of one system at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The present Computer ID.
    pub computer_id: ComputerId,
    /// The present generation, from 1 up.
    pub generation: u32,
    /// The time that counts: the clock's, but never before the floor.
    pub now: Moment,
    /// Where the clock shows a time before the newest activation was issued.
    pub clock_set_back: Option<ClockSetBack>,
    /// Version of the trust list.
    pub trust_list: Option<u64>,
    /// What is installed.
    pub held: Option<Held>,
}

/// The clock was set back, or was never set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockSetBack {
    /// What it shows.
    pub clock: Moment,
    /// When the newest activation was issued: what counts instead.
    pub floor: Moment,
}

/// An installed activation on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// What it grants.
    pub entitlement: Entitlement,
    /// What its days say.
    pub day: DayStatus,
    /// Whether its end is near enough to tell the user.
    pub notice: Option<Notice>,
    /// How far the hardware agrees; `None` where the activation has no fingerprint.
    pub fingerprint: Option<FingerprintMatch>,
    /// The key that signed it was revoked later: the activation is no longer good.
    pub key_revoked: bool,
}

/// The end is near.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notice {
    /// Days from today to the last day: 0 on the last day itself.
    pub days_left: u32,
    /// The entry of `notify_days` that was reached: a new one is a reason to tell the user again.
    pub reached: u16,
}

impl Status {
    /// What may be used now; `None` where nothing may be.
    #[must_use]
    pub fn usable(&self) -> Option<&Counts> {
        let held = self.held.as_ref()?;
        let day = matches!(held.day, DayStatus::Valid | DayStatus::InGrace);
        let hardware = held
            .fingerprint
            .as_ref()
            .is_none_or(FingerprintMatch::holds);
        (day && hardware && !held.key_revoked).then_some(&held.entitlement.licences)
    }
}

impl<S: Store, C: Clock> Device<S, C> {
    /// The status by the device's clock and its hardware as it reads now.
    #[must_use]
    pub fn status(&self, components: &Components) -> Status {
        self.status_at(self.clock.now(), components)
    }

    /// The status at the time that a clock shows.
    #[must_use]
    pub fn status_at(&self, clock: Moment, components: &Components) -> Status {
        let floor = self.state.clock_floor;
        let now = floor.map_or(clock, |floor| floor.max(clock));
        Status {
            computer_id: self.computer_id(),
            generation: self.state.generation,
            now,
            clock_set_back: floor
                .filter(|floor| clock < *floor)
                .map(|floor| ClockSetBack { clock, floor }),
            trust_list: self.state.trust.list().map(|list| list.version),
            held: self
                .state
                .installed
                .as_ref()
                .map(|installed| self.held(installed, now.day(), components)),
        }
    }

    fn held(&self, installed: &Installation, today: Day, components: &Components) -> Held {
        let entitlement = installed.entitlement();
        let present = fingerprint_of(&self.state.product, components);
        let fingerprint = entitlement.fingerprint.as_ref();
        Held {
            day: entitlement.validity.on(today),
            notice: notice(&entitlement, today),
            fingerprint: fingerprint
                .map(|(known, needed)| FingerprintMatch::of(known, &present, *needed)),
            key_revoked: self.state.trust.is_revoked(installed.key_id()),
            entitlement,
        }
    }
}

/// The smallest of `notify_days` that was reached. After the last day there is none.
fn notice(entitlement: &Entitlement, today: Day) -> Option<Notice> {
    let days_left = u32::try_from(entitlement.validity.valid_until?.days_since(today)).ok()?;
    let reached = entitlement
        .notify_days
        .iter()
        .filter(|days| days_left <= u32::from(**days))
        .min()?;
    Some(Notice {
        days_left,
        reached: *reached,
    })
}
