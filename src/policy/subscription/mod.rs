//! The `pooled-subscription` model: licences belong to the organization's subscription of a
//! product, all systems together (LICENSING section 9).
//!
//! The state of a subscription is small however many systems there are: one row, one row a period,
//! and the need in total.

pub mod assign;
pub mod course;
pub mod growth;
pub mod overlap;
pub mod renewal;
pub(super) mod request;
pub mod row;
pub mod start;
pub mod status;

pub use course::Course;
pub use overlap::Assignment;
pub use row::{PeriodRow, SubscriptionRow};
pub use start::Start;
