//! Giving up, losing, denying, refresh and activation by hand (LICENSING sections 13 to 15), with
//! dates computed by hand, each rule just inside and just outside its limit.

#[path = "rules_giveup/abuse.rs"]
mod abuse;
#[path = "rules/audit.rs"]
mod audit;
#[allow(dead_code, reason = "the other tests use the rest")]
#[path = "rules/bench.rs"]
mod bench;
#[path = "rules_giveup/by_hand.rs"]
mod by_hand;
#[path = "rules_giveup/deny.rs"]
mod deny;
#[allow(dead_code, reason = "the pooled tests use the rest")]
#[path = "rules/pooled/desk.rs"]
mod desk;
#[path = "rules/help.rs"]
mod help;
#[path = "rules_giveup/operator.rs"]
mod operator;
#[path = "rules_giveup/pooled.rs"]
mod pooled;
#[path = "rules_giveup/refresh.rs"]
mod refresh;
#[path = "rules_giveup/reinstate.rs"]
mod reinstate;
#[path = "rules_giveup/release.rs"]
mod release;
