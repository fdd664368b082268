//! What counts for a system already, by its product's model.

use crate::licence::Counts;
use crate::policy::model::device::seats;
use crate::policy::record::catalogue::settings::Model;
use crate::policy::record::system::SystemRow;

/// What a system holds or counts as its need already, per type the larger: what its request asks
/// beyond that is new.
#[must_use]
pub fn counted_for(system: &SystemRow, model: Model, entitlement: &Counts) -> Counts {
    if !system.is_licensed(model) {
        return Counts::new();
    }
    let (need, held) = match model {
        Model::PooledSubscription if system.counts(model) => (system.counted_need(), Counts::new()),
        Model::PooledSubscription => (Counts::new(), Counts::new()),
        // Invariant: these seats were counted when they were granted.
        Model::DeviceSubscription => (
            system.need.clone(),
            seats::counts(&system.seats).unwrap_or_default(),
        ),
        Model::Hardware => (system.need.clone(), entitlement.clone()),
    };
    let mut larger = held.clone();
    for (licence_type, count) in &need {
        larger.set(licence_type.clone(), count.max(held.of(licence_type)));
    }
    larger
}
