//! The licensing rules against LICENSING.md, for the `device-subscription` model: scenarios with
//! dates computed by hand, each rule just inside and just outside its limit, and properties over
//! random sequences.

#[path = "rules/ahead.rs"]
mod ahead;
#[path = "rules/audit.rs"]
mod audit;
#[path = "rules/bench.rs"]
mod bench;
#[path = "rules/checks.rs"]
mod checks;
#[path = "rules/dates.rs"]
mod dates;
#[path = "rules/events.rs"]
mod events;
#[path = "rules/needs.rs"]
mod needs;
#[path = "rules/properties.rs"]
mod properties;
#[path = "rules/recoveries.rs"]
mod recoveries;
#[path = "rules/releases.rs"]
mod releases;
#[path = "rules/renewals.rs"]
mod renewals;
#[path = "rules/vouching.rs"]
mod vouching;
#[path = "rules/wallets.rs"]
mod wallets;
