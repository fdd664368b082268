//! An emergency, as recorded in the history (LICENSING section 12).

use crate::licence::{ComputerId, Day, Digest};
use crate::policy::record::system::SystemRow;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// An operator gave a device an activation for some days (LICENSING section 12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyGranted {
    /// The system afterwards.
    pub system: SystemRow,
    /// The systems that it stands in for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub in_place_of: Vec<ComputerId>,
    /// The reason.
    pub reason: String,
    /// The id of the order, which takes the place of a request's document id.
    pub order: Digest,
    /// Document id of the activation.
    pub answer: Digest,
    /// The day.
    pub on: Day,
}
