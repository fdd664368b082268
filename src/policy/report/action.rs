//! One thing that needs doing, and how soon.

use crate::licence::{Day, Identifier};
use crate::policy::report::kind::{ActionKind, Urgency};
use crate::policy::report::matter::Matter;

/// One thing that needs doing.
#[derive(Debug, Clone)]
pub struct Action {
    /// How soon somebody should look at it.
    pub urgency: Urgency,
    /// The kind of action.
    pub kind: ActionKind,
    /// The day on which it begins to matter, or matters most.
    pub day: Option<Day>,
    /// The organization.
    pub organization: Identifier,
    /// The product.
    pub product: Identifier,
    /// Its facts.
    pub matter: Matter,
}
