//! Manufacturing records and expansions: what a piece of hardware may use (LICENSING section 11).

use crate::licence::{ComputerId, Counts, Identifier};
use crate::policy::record::state::{State, StateBroken, key_of, row};
use crate::policy::record::system::SystemRow;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// What manufacturing says of a piece of hardware.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The number that stands on the case, 1 to 64 characters.
    pub serial: String,
    /// The product that runs on it.
    pub product: Identifier,
    /// Its organization, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<Identifier>,
    /// The device, where that is known: with the organization it is registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub computer_id: Option<ComputerId>,
    /// Preloaded licences.
    pub licences: Counts,
}

/// A manufacturing record, its owner and its system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordRow {
    /// As imported.
    pub record: Record,
    /// The organization of its first system. It keeps it for good, since nothing moves between
    /// organizations.
    pub owner: Option<Identifier>,
    /// The system that it last served.
    pub system: Option<ComputerId>,
}

row!(RecordRow, "record", |row| RecordRow::key_of(
    &row.record.product,
    &row.record.serial
));

impl RecordRow {
    /// The key of a serial: each product of a maker has numbers of its own.
    #[must_use]
    pub fn key_of(product: &Identifier, serial: &str) -> Vec<u8> {
        key_of(&[product.as_str(), serial])
    }
}

/// Expansions that were assigned. They follow a serial, or without one the hardware.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpansionRow {
    /// The organization.
    pub organization: Identifier,
    /// The product.
    pub product: Identifier,
    /// What they follow: a serial, hardware or a Computer ID.
    pub holder: String,
    /// How many of each type.
    pub licences: Counts,
}

row!(ExpansionRow, "expansion", |row| ExpansionRow::key_of(
    &row.organization,
    &row.product,
    &row.holder
));

impl ExpansionRow {
    /// The key of a holder.
    #[must_use]
    pub fn key_of(organization: &Identifier, product: &Identifier, holder: &str) -> Vec<u8> {
        key_of(&[organization.as_str(), product.as_str(), holder])
    }
}

/// The holder for a serial that manufacturing has listed.
#[must_use]
pub fn serial_holder(serial: &str) -> String {
    alloc::format!("serial/{serial}")
}

/// The holder for hardware without a listed serial.
#[must_use]
pub fn hardware_holder(hardware: u64) -> String {
    alloc::format!("hardware/{hardware}")
}

/// The holder for a device that has no activation yet. The first activation moves what it holds to
/// its serial or hardware.
#[must_use]
pub fn device_holder(id: &ComputerId) -> String {
    alloc::format!("device/{id}")
}

/// The record of a serial for an organization. An unused record of another organization counts as
/// none, so that a refusal tells nothing of it.
pub(crate) fn listed<S: State>(
    state: &S,
    organization: &Identifier,
    product: &Identifier,
    serial: Option<&str>,
) -> Result<Option<Rc<RecordRow>>, StateBroken> {
    let Some(serial) = serial else {
        return Ok(None);
    };
    let row = state.get::<RecordRow>(&RecordRow::key_of(product, serial))?;
    let may = |row: &Rc<RecordRow>| {
        row.system.is_some()
            || row
                .record
                .organization
                .as_ref()
                .is_none_or(|of| of == organization)
    };
    Ok(row.filter(may))
}

/// Whether a record names this very device for this organization (LICENSING section 8).
pub(crate) fn registers<S: State>(
    state: &S,
    organization: &Identifier,
    product: &Identifier,
    computer_id: ComputerId,
    serial: Option<&str>,
) -> Result<bool, StateBroken> {
    let Some(serial) = serial else {
        return Ok(false);
    };
    let row = state.get::<RecordRow>(&RecordRow::key_of(product, serial))?;
    Ok(row.is_some_and(|row| {
        row.record.organization.as_ref() == Some(organization)
            && row.record.computer_id == Some(computer_id)
    }))
}

/// The expansions that follow a holder within an organization.
///
/// # Errors
/// [`StateBroken`].
pub fn expansions<S: State>(
    state: &S,
    organization: &Identifier,
    product: &Identifier,
    holder: &str,
) -> Result<Counts, StateBroken> {
    let row = state.get::<ExpansionRow>(&ExpansionRow::key_of(organization, product, holder))?;
    Ok(row.map_or_else(Counts::new, |row| row.licences.clone()))
}

/// What hardware may use: preloaded licences, and the expansions that follow its serial, the
/// hardware and the device.
pub(crate) fn entitlement<S: State>(
    state: &S,
    organization: &Identifier,
    product: &Identifier,
    record: Option<&RecordRow>,
    hardware: Option<u64>,
    device: &ComputerId,
) -> Result<Counts, StateBroken> {
    let mut sum = record.map_or_else(Counts::new, |row| row.record.licences.clone());
    let serial = record.map(|row| serial_holder(&row.record.serial));
    let holders = serial
        .into_iter()
        .chain(hardware.map(hardware_holder))
        .chain([device_holder(device)]);
    for holder in holders {
        sum = sum.plus(&expansions(state, organization, product, &holder)?)?;
    }
    Ok(sum)
}

/// What an active system of the `hardware` model may use today; more than its activation states,
/// where it is due.
///
/// # Errors
/// [`StateBroken`].
pub fn entitlement_of<S: State>(state: &S, system: &SystemRow) -> Result<Counts, StateBroken> {
    let record = listed(
        state,
        &system.organization,
        &system.product,
        system.serial.as_deref(),
    )?;
    // A system that was denied or given up, and came back, has lost the serial to whoever took it
    // meanwhile.
    let record = record.filter(|record| record.system.is_none_or(|id| id == system.computer_id));
    let hardware = system.is_bound().then_some(system.hardware);
    entitlement(
        state,
        &system.organization,
        &system.product,
        record.as_deref(),
        hardware,
        &system.computer_id,
    )
}
