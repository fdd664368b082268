//! Importing manufacturing records (LICENSING section 11).

use crate::licence::Counts;
use crate::policy::admit::known;
use crate::policy::record::catalogue::settings::{Model, ProductSettings};
use crate::policy::record::code::RefusalCode;
use crate::policy::record::preloaded::{Record, RecordRow};
use crate::policy::record::state::State;
use crate::policy::refusal::{Refusal, Stop};
use alloc::string::String;

/// A record as it is to be kept; none where it says nothing new.
///
/// # Errors
/// Unknown product, organization or licence type; other counts, another organization or device than
/// is recorded.
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
        return Err(contradicts(
            &known.record,
            alloc::format!("with {}", or_nothing(&known.record.licences)),
        )
        .into());
    }
    let owner = known.owner.as_ref().or(known.record.organization.as_ref());
    if let (Some(owner), Some(_)) = (
        owner.filter(|owner| stated.organization.as_ref() != Some(*owner)),
        &stated.organization,
    ) {
        return Err(contradicts(
            &known.record,
            alloc::format!("for the organization `{owner}`"),
        )
        .into());
    }
    let device = known
        .record
        .computer_id
        .filter(|id| stated.computer_id.is_some_and(|stated| stated != *id));
    if let Some(device) = device {
        return Err(contradicts(
            &known.record,
            alloc::format!("with the Computer ID {device}"),
        )
        .into());
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

pub(crate) fn check_counts(product: &ProductSettings, stated: &Record) -> Result<(), Refusal> {
    if let Some((unknown, _)) = stated
        .licences
        .iter()
        .find(|(licence_type, _)| !product.has_type(licence_type))
    {
        let message = alloc::format!(
            "The product `{}` has no licence type `{unknown}`.",
            product.id
        );
        return Err(Refusal::new(
            RefusalCode::UnknownLicenceType,
            message,
            "Leave the cell empty, or correct the product.",
        ));
    }
    if product.model != Model::Hardware && !stated.licences.is_empty() {
        let message = alloc::format!(
            "The product `{}` has no preloaded licences: its model is {}.",
            product.id,
            product.model
        );
        return Err(Refusal::new(
            RefusalCode::UnknownLicenceType,
            message,
            "Leave the counts empty, or correct the product.",
        ));
    }
    Ok(())
}

pub(crate) fn or_nothing(counts: &Counts) -> String {
    if counts.is_empty() {
        "no licences".to_string()
    } else {
        counts.to_string()
    }
}

pub(crate) fn contradicts(known: &Record, how: String) -> Refusal {
    Refusal::new(
        RefusalCode::SerialInUse,
        alloc::format!(
            "The serial number {} of `{}` is recorded already, {how}.",
            known.serial,
            known.product
        ),
        "Correct the line; what was imported stays as it is.",
    )
}
