//! Trials, the `hardware` model and emergencies against LICENSING.md sections 11 and 12: scenarios
//! with dates computed by hand, each rule just inside and just outside its limit.

#[allow(dead_code)]
#[path = "rules/audit.rs"]
mod audit;
#[allow(dead_code)]
#[path = "rules/bench.rs"]
mod bench;
#[path = "rules/emergencies.rs"]
mod emergencies;
#[path = "rules/expansions.rs"]
mod expansions;
#[path = "rules/help.rs"]
mod help;
#[path = "rules/preloaded.rs"]
mod preloaded;
#[path = "rules/trials.rs"]
mod trials;
