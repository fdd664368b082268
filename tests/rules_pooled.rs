//! The licensing rules against LICENSING.md section 9, for the `pooled-subscription` model:
//! scenarios with dates computed by hand, each rule just inside and just outside its limit, and
//! properties over random sequences.

#[path = "rules/pooled/assignments.rs"]
mod assignments;
#[path = "rules/audit.rs"]
mod audit;
#[allow(dead_code, reason = "the device-subscription tests use the rest")]
#[path = "rules/bench.rs"]
mod bench;
#[path = "rules/pooled/desk.rs"]
mod desk;
#[path = "rules/pooled/growth.rs"]
mod growth;
#[path = "rules/help.rs"]
mod help;
#[path = "rules/pooled/overlap.rs"]
mod overlap;
#[path = "rules/pooled/passing.rs"]
mod passing;
#[path = "rules/pooled/properties.rs"]
mod properties;
#[path = "rules/pooled/renewals.rs"]
mod renewals;
#[path = "rules/pooled/requests.rs"]
mod requests;
#[path = "rules/pooled/starts.rs"]
mod starts;
