//! Importing manufacturing records (LICENSING section 11).

use crate::policy::admit::known;
use crate::policy::admit::subject::has_types;
use crate::policy::record::catalogue::settings::{Model, ProductSettings};
use crate::policy::record::preloaded::{Record, RecordRow};
use crate::policy::record::state::State;
use crate::policy::refusal::{RecordedAs, SerialRefusal, Stop, SubjectRefusal};

/// The record to keep; none where it says nothing new.
///
/// # Errors
/// Unknown product, organization or licence type; counts, an organization or a device that differ
/// from the record.
pub fn import<S: State>(state: &S, stated: &Record) -> Result<Option<Record>, Stop> {
    let product = known::product(state, &stated.product)?;
    check_counts(&product.settings, stated)?;
    if let Some(id) = &stated.organization {
        known::organization(state, id)?;
    }
    let known = state.get::<RecordRow>(&RecordRow::key_of(&stated.product, &stated.serial))?;
    let Some(known) = known else {
        return Ok(Some(stated.clone()));
    };
    if known.record.licences != stated.licences {
        let recorded = RecordedAs::Holding(known.record.licences.clone());
        return Err(contradicts(&known.record, recorded).into());
    }
    let owner = known.owner.as_ref().or(known.record.organization.as_ref());
    if let (Some(owner), Some(_)) = (
        owner.filter(|owner| stated.organization.as_ref() != Some(*owner)),
        &stated.organization,
    ) {
        let recorded = RecordedAs::Of(owner.clone());
        return Err(contradicts(&known.record, recorded).into());
    }
    let device = known
        .record
        .computer_id
        .filter(|id| stated.computer_id.is_some_and(|stated| stated != *id));
    if let Some(device) = device {
        return Err(contradicts(&known.record, RecordedAs::Device(device)).into());
    }
    let merged = Record {
        organization: known
            .record
            .organization
            .clone()
            .or_else(|| stated.organization.clone()),
        computer_id: known.record.computer_id.or(stated.computer_id),
        ..known.record.clone()
    };
    Ok((merged != known.record).then_some(merged))
}

pub(crate) fn check_counts(
    product: &ProductSettings,
    stated: &Record,
) -> Result<(), SubjectRefusal> {
    has_types(product, &stated.licences)?;
    if product.model != Model::Hardware && !stated.licences.is_empty() {
        return Err(SubjectRefusal::NoPreloadedLicences {
            product: product.id.clone(),
            model: product.model,
        });
    }
    Ok(())
}

fn contradicts(known: &Record, recorded: RecordedAs) -> SerialRefusal {
    SerialRefusal::Contradicts {
        serial: known.serial.clone(),
        product: known.product.clone(),
        recorded,
    }
}
