//! What a customer has to purchase.

use crate::licence::Counts;
use serde::Serialize;

/// What the wallet does not hold. A stored licence covers one thing only: the members are covered
/// in their sequence here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Purchase {
    /// For what active systems lack now, without growth within a licensed period.
    pub missing: Counts,
    /// For what waiting systems need beyond what counts for them already.
    pub waiting: Counts,
    /// For what the signer could not renew, unless it is missing already.
    pub not_renewed: Counts,
    /// For going on after what has ended or ends within 90 days, unless it is one of these.
    pub ending: Counts,
    /// For what grew beyond the licences of a licensed period.
    pub growth: Counts,
}
