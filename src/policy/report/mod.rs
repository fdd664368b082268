//! What a report says: who owns, uses and owes what, per organization and product, and what needs
//! doing.
//!
//! Figures only: [`crate::policy::report`] reads no table by itself. Whoever walks the tables shows
//! each row to the [`Holding`] that it belongs to, in any order, and then calls
//! [`Holding::finish`].

pub mod action;
mod coming;
mod held;
mod hint;
mod holding;
mod order;
mod pooled;
mod seats;

pub use action::{Action, ActionKind, Urgency, actions};
pub use coming::{EndedSeats, Expiring, ExpiringKind, NotRenewed};
pub use held::{HeldReason, HeldSeats};
pub use holding::{Growth, Holding, NeedSwing, Standing, Suspected, SystemDay, Systems};
pub use order::ToOrder;
pub use seats::counted_for;

use crate::licence::{Day, Identifier};
use crate::policy::catalogue::Model;
use crate::policy::state::TallyRow;
use crate::wire::response::HistoryPoint;
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

/// What ends within so many days stands in the report: an end that is at most this many days away.
pub const EXPIRING_DAYS: u32 = 90;

/// Days within which releases without proof and recoveries are counted beside those of all times.
pub const RECENT_DAYS: u32 = 365;

/// A whole report.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// The day that every figure is of.
    pub day: Day,
    /// The only organization that it speaks of; none: all.
    pub only: Option<Identifier>,
    /// The history that it was computed from, so that an auditor can tie it.
    pub history: HistoryPoint,
    /// What is wrong with the clock: the figures are then those of the last recorded day.
    pub clock_warning: Option<String>,
    /// What needs doing, most urgent first.
    pub actions: Vec<Action>,
    /// Customers, by identifier.
    pub organizations: Vec<Customer>,
    /// Where every licence of a product is, by identifier; empty where it speaks of one
    /// organization only.
    pub products: Vec<Stock>,
}

/// An organization with what it has of each product.
#[derive(Debug, Clone, Serialize)]
pub struct Customer {
    /// Its identifier.
    pub id: Identifier,
    /// Its name for people.
    pub name: String,
    /// `en`, `de`, `zh` or `es`.
    pub language: String,
    /// Where to buy or ask.
    pub contact: Option<String>,
    /// Dropped by a later catalogue.
    pub withdrawn: bool,
    /// By product.
    pub products: Vec<Holding>,
}

/// Where every licence of a product is (LICENSING section 16).
#[derive(Debug, Clone, Serialize)]
pub struct Stock {
    /// The product.
    pub id: Identifier,
    /// Its name for people.
    pub name: String,
    /// To whom its licences belong.
    pub model: Model,
    /// Dropped by a later catalogue.
    pub withdrawn: bool,
    /// The counts that always add up.
    pub tally: TallyRow,
}
