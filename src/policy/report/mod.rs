//! The figures of the licence report: who owns, uses and owes what.

pub mod action;
pub mod coming;
pub mod ends;
pub mod figures;
pub mod held;
pub mod held_seats;
pub mod holding;
pub mod kind;
pub mod marks;
pub mod matter;
pub mod pooled;
pub mod purchase;
pub mod purse;
pub mod seats;
pub mod status;
pub mod to_do;
