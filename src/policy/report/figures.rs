//! The whole report: customers, their products, the stock.

use crate::licence::{Day, Identifier};
use crate::policy::record::catalogue::settings::Model;
use crate::policy::record::tally::TallyRow;
use crate::policy::report::action::Action;
use crate::policy::report::holding::Holding;
use crate::wire::response::HistoryPoint;
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

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
    #[serde(skip)]
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
