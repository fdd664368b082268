//! `report` through the command line, by a clock of the test: each figure against a case reckoned
//! by hand.
#![cfg(feature = "test-build")]

#[path = "report/abuse.rs"]
mod abuse;
#[allow(dead_code)]
#[path = "signer/bench.rs"]
mod bench;
#[path = "report/ends.rs"]
mod ends;
#[path = "report/figures.rs"]
mod figures;
#[path = "report/forms.rs"]
mod forms;
#[path = "report/letters.rs"]
mod letters;
#[path = "report/pooled.rs"]
mod pooled;
#[path = "report/unit.rs"]
mod report_unit;
#[path = "report/to_order.rs"]
mod to_order;
#[allow(dead_code)]
#[path = "signer/unit.rs"]
mod unit;
