//! What operators order: keys, catalogue, approvals, releases, denials, assignments.

pub mod approval;
pub mod assign;
pub mod catalogue;
pub mod deny;
pub mod expansions;
pub mod import;
pub mod key;
pub mod reinstate;
pub mod release;
pub mod subscription;
