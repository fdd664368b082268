//! What a system description is granted, by its product's model: the one place that knows every
//! model's rules.

use crate::policy::admit::asked::Asked;
use crate::policy::admit::recovery::SameHardware;
use crate::policy::admit::wish::Wish;
use crate::policy::model::grant::Grant;
use crate::policy::model::{device, hardware, pooled, temporary, trial};
use crate::policy::record::catalogue::settings::Model;
use crate::policy::record::event::file::Redemption;
use crate::policy::record::state::State;
use crate::policy::refusal::Stop;
use crate::wire::request::Wanted;
use alloc::vec::Vec;

/// What the product's model grants, once everything before it was checked.
pub(crate) fn by_model<S: State>(
    state: &S,
    asked: &Asked<'_>,
    wish: &Wish<'_>,
    same: &SameHardware,
    redeemed: Vec<Redemption>,
) -> Result<Grant, Stop> {
    if let Some(grant) = temporary::decide(state, asked, wish, same, &redeemed)? {
        return Ok(grant);
    }
    match asked.settings().model {
        _ if wish.request == Wanted::Trial => trial::decide(state, asked, wish, same, redeemed),
        Model::DeviceSubscription => device::request::decide(state, asked, wish, same, redeemed),
        Model::PooledSubscription => pooled::request::decide(state, asked, wish, same, redeemed),
        Model::Hardware => hardware::request::decide(state, asked, wish, same, redeemed),
    }
}
