//! Trials and emergencies as they are recorded (LICENSING section 12).

use crate::licence::{Day, Identifier, Plan};
use crate::policy::record::state::{key_of, row};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Days of emergencies that a system keeps: as many as the largest limit counts.
const MAX_EMERGENCIES: usize = 64;

/// The trials and emergencies that a system has beside its ordinary activation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Temporary {
    /// The trial or emergency that runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running: Option<Running>,
    /// Whether the system has had no ordinary activation yet. It is then active only as long as a
    /// trial or an emergency runs.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub only: bool,
    /// Days of its emergencies, and of those that stood in for it, newest last; at most 64.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emergencies: Vec<Day>,
}

/// A trial or an emergency that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// `trial` or `emergency`.
    pub plan: Plan,
    /// Its last day.
    pub until: Day,
}

impl Temporary {
    /// Whether the system never had a trial or an emergency.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Counts an emergency of this day.
    pub(crate) fn remember_emergency(&mut self, on: Day) {
        self.emergencies.push(on);
        let surplus = self.emergencies.len().saturating_sub(MAX_EMERGENCIES);
        self.emergencies.drain(..surplus);
    }

    /// The rest after an ordinary activation is granted: the emergencies, which still count.
    #[must_use]
    pub fn ended(&self) -> Self {
        Self {
            running: None,
            only: false,
            emergencies: self.emergencies.clone(),
        }
    }
}

/// The trial of an organization for a product: a stretch of days, the same for all its systems.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialRow {
    /// The organization.
    pub organization: Identifier,
    /// The product.
    pub product: Identifier,
    /// The day of the first grant.
    pub first: Day,
    /// Its last day.
    pub last: Day,
}

row!(TrialRow, "trial", |row| key_of(&[
    row.organization.as_str(),
    row.product.as_str()
]));
