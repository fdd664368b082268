//! Manufacturing records and expansions (LICENSING section 11).

use crate::licence::{Counts, Identifier, Plan};
use crate::policy::apply::catalogue::mark_in_use;
use crate::policy::apply::stock::{change_wallet, tally};
use crate::policy::record::preloaded;
use crate::policy::record::preloaded::{ExpansionRow, Record, RecordRow};
use crate::policy::record::state::{StateBroken, StateMut};
use crate::policy::record::system::SystemRow;
use crate::policy::record::wallet;
use crate::policy::record::wallet::Lot;

pub(crate) fn import<S: StateMut>(state: &mut S, record: &Record) -> Result<(), StateBroken> {
    mark_in_use(state, &record.product)?;
    let known = state.get::<RecordRow>(&RecordRow::key_of(&record.product, &record.serial))?;
    let (owner, system) = known.map_or((None, None), |known| (known.owner.clone(), known.system));
    state.put(RecordRow {
        record: record.clone(),
        owner,
        system,
    })
}

pub(crate) fn assign<S: StateMut>(
    state: &mut S,
    organization: &Identifier,
    product: &Identifier,
    holder: &str,
    taken: &[Lot],
) -> Result<(), StateBroken> {
    let counts = wallet::counts(taken)?;
    tally(state, product, |t| {
        t.stored = t.stored.minus(&counts)?;
        t.assigned = t.assigned.plus(&counts)?;
        Ok(())
    })?;
    change_wallet(state, organization, product, |held| {
        wallet::remove(held, taken)
    })?;
    add(state, organization, product, holder, &counts)
}

fn add<S: StateMut>(
    state: &mut S,
    organization: &Identifier,
    product: &Identifier,
    holder: &str,
    counts: &Counts,
) -> Result<(), StateBroken> {
    let licences = preloaded::expansions(state, organization, product, holder)?.plus(counts)?;
    let (organization, product) = (organization.clone(), product.clone());
    state.put(ExpansionRow {
        organization,
        product,
        holder: holder.into(),
        licences,
    })
}

/// Gives a system with a hardware activation its serial, and the expansions that were assigned to
/// its Computer ID.
pub(crate) fn claim<S: StateMut>(state: &mut S, system: &SystemRow) -> Result<(), StateBroken> {
    if system.activation.plan != Plan::Hardware {
        return Ok(());
    }
    let record = preloaded::listed(
        state,
        &system.organization,
        &system.product,
        system.serial.as_deref(),
    )?;
    let serial = record
        .as_ref()
        .map(|record| preloaded::serial_holder(&record.record.serial));
    let hardware = system
        .is_bound()
        .then(|| preloaded::hardware_holder(system.hardware));
    if let Some(record) = record {
        let (owner, holder) = (Some(system.organization.clone()), Some(system.computer_id));
        state.put(RecordRow {
            owner,
            system: holder,
            ..(*record).clone()
        })?;
    }
    let Some(holder) = serial.or(hardware) else {
        return Ok(());
    };
    let device = preloaded::device_holder(&system.computer_id);
    let waiting = preloaded::expansions(state, &system.organization, &system.product, &device)?;
    if waiting.is_empty() {
        return Ok(());
    }
    state.remove::<ExpansionRow>(&ExpansionRow::key_of(
        &system.organization,
        &system.product,
        &device,
    ))?;
    add(
        state,
        &system.organization,
        &system.product,
        &holder,
        &waiting,
    )
}
