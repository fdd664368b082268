//! Systems and the hardware that they run on.

use crate::licence::{ComputerId, Counts, Day, Digest, Identifier, Plan, Ulid, Validity};
use crate::policy::record::catalogue::settings::Model;
use crate::policy::record::seat::Seat;
use crate::policy::record::state::row;
use crate::policy::record::temporary::Temporary;
use crate::wire::request::Fingerprint;
use crate::wire::response::Destination;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// One generation of one system: a product installed on a device for an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemRow {
    /// Its Computer ID.
    pub computer_id: ComputerId,
    /// The organization.
    pub organization: Identifier,
    /// The product.
    pub product: Identifier,
    /// Its public key.
    pub device_key: Digest32,
    /// The name of the system.
    pub computer_name: String,
    /// The software's version as last stated.
    pub product_version: String,
    /// The hardware's serial number as last stated.
    pub serial: Option<String>,
    /// The hardware it runs on; 0 until its first request.
    pub hardware: u64,
    /// The components as last granted.
    pub fingerprint: Fingerprint,
    /// Counter of the last request granted.
    pub counter: u64,
    /// Its state.
    pub state: SystemState,
    /// The need as last stated.
    pub need: Counts,
    /// Needs stated since the newest activation that is confirmed, oldest first.
    pub stated: Vec<StatedNeed>,
    /// Seats held, surplus ones among them.
    pub seats: Vec<Seat>,
    /// Days of grace after each end, as of the newest activation.
    pub grace_days: u32,
    /// Trials and emergencies.
    #[serde(
        default,
        rename = "passing",
        skip_serializing_if = "Temporary::is_none"
    )]
    pub temporary: Temporary,
    /// The newest activation.
    pub activation: IssuedActivation,
}

row!(SystemRow, "system", |row| row.computer_id.0.to_vec());

/// 32 bytes in hex: a raw public key.
pub type Digest32 = Digest;

impl SystemRow {
    /// Whether it is active, in a state that was brought to today. The row then holds nothing that
    /// has ended.
    #[must_use]
    pub fn is_active(&self, model: Model) -> bool {
        self.is_licensed(model)
            || (self.state == SystemState::Active && self.temporary.running.is_some())
    }

    /// Whether it is active by more than a trial or an emergency.
    #[must_use]
    pub fn is_licensed(&self, model: Model) -> bool {
        let seated = model != Model::DeviceSubscription || !self.seats.is_empty();
        self.state == SystemState::Active && seated && !self.temporary.only
    }

    /// Whether its need counts; that of trials and emergencies does not.
    #[must_use]
    pub fn counts(&self, model: Model) -> bool {
        self.is_licensed(model) && self.temporary.running.is_none()
    }

    /// Whether its key and hardware are known. They are not while an operator alone has named its
    /// Computer ID.
    #[must_use]
    pub fn is_bound(&self) -> bool {
        !self.fingerprint.is_empty()
    }

    /// The need that counts: the largest stated by an activation that the device may still run on.
    #[must_use]
    pub fn counted_need(&self) -> Counts {
        let mut counted = Counts::new();
        for (licence_type, count) in self.stated.iter().flat_map(|stated| stated.need.iter()) {
            counted.set(licence_type.clone(), count.max(counted.of(licence_type)));
        }
        counted
    }
}

/// The state of a system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SystemState {
    /// Neither given up nor denied; its seats may have ended.
    Active,
    /// Given up: its Computer ID is retired for good.
    GivenUp {
        /// Whether it is proven, and how.
        how: GivenUp,
        /// The day.
        on: Day,
        /// The deactivation that proved it.
        document: Option<Digest>,
        /// Where its licences went.
        destination: Destination,
        /// Whether its seats are held until an operator approves.
        held: bool,
    },
    /// An operator denied it.
    Denied {
        /// The day.
        on: Day,
        /// Whether what it held, its seats or its serial, may serve another.
        #[serde(default, skip_serializing_if = "core::ops::Not::not")]
        returned: bool,
    },
}

/// Whether it is proven that a system was given up, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GivenUp {
    /// The device proved it.
    Proven,
    /// An operator released it without proof.
    Unproven,
    /// The same hardware came back under another Computer ID.
    Recovered,
    /// An operator released it after the activation's last day of use, which needs no proof.
    Ended,
}

/// The need that an activation stated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedNeed {
    /// Sequence of the activation; 0: one of the Computer ID that was recovered.
    pub sequence: u16,
    /// The need.
    pub need: Counts,
}

/// The newest activation of a system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedActivation {
    /// Its id.
    pub id: Ulid,
    /// Its sequence.
    pub sequence: u16,
    /// Its plan.
    pub plan: Plan,
    /// The licences that it states.
    pub licences: Counts,
    /// Its days.
    pub validity: Validity,
    /// The day of issue.
    pub issued: Day,
    /// The newest sequence that the device has confirmed.
    pub confirmed: Option<u16>,
}

/// A piece of hardware, known by its fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HardwareRow {
    /// Counted up from 1.
    pub id: u64,
    /// The product: fingerprints of two products never agree.
    pub product: Identifier,
    /// The components as last granted.
    pub fingerprint: Fingerprint,
    /// The system that last ran on it.
    pub system: ComputerId,
    /// Days of its proven releases, newest last, at most 64 kept.
    pub releases: Vec<Day>,
    /// Days of its recoveries, newest last, at most 64 kept.
    pub recoveries: Vec<Day>,
    /// Whether it had a trial of the product, in whatever organization.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub had_trial: bool,
}

row!(HardwareRow, numbered "hardware", |row| row.id);
