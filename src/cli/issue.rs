//! `activation issue`, `activation emergency`, `activation extend` and `refresh`: old and new dates
//! first, then one batch.

use super::arguments::{Emergency, Issue};
use super::batch::{give_document, tell_completed};
use super::before::dates;
use super::console::{CliError, Exit};
use super::desk::Desk;
use super::{entropy, parse};
use crate::licence::{Counts, Identifier, Ulid};
use crate::ops::process::by_hand::{Carried, Issued, Orders};
use crate::ops::{self, Access};
use crate::policy::ask::{Activating, Order};
use crate::policy::record::system::IssuedActivation;
use crate::words::refusal::{Audience, said};
use serde_json::{Value, json};

/// `activation issue`.
///
/// # Errors
/// [`CliError`].
pub(super) fn issue(desk: &Desk<'_>, wanted: &Issue) -> Result<Exit, CliError> {
    let name = wanted.name.as_deref().map(parse::computer_name);
    let order = Order {
        organization: identifier("organization", wanted.organization.as_deref())?,
        product: identifier("product", wanted.product.as_deref())?,
        need: need(&wanted.need)?,
        ..Order::known(
            parse::computer_id(&wanted.computer_id)?,
            Activating::Issue {
                computer_name: name.transpose()?,
            },
        )
    };
    one(desk, wanted.computer_key, wanted.yes, &order)
}

/// `activation emergency`.
///
/// # Errors
/// [`CliError`].
pub(super) fn emergency(desk: &Desk<'_>, wanted: &Emergency) -> Result<Exit, CliError> {
    let in_place_of = wanted.in_place_of.iter().map(|id| parse::computer_id(id));
    let order = Order {
        organization: identifier("organization", wanted.organization.as_deref())?,
        product: identifier("product", wanted.product.as_deref())?,
        need: need(&wanted.need)?,
        ..Order::known(
            parse::computer_id(&wanted.computer_id)?,
            Activating::Emergency {
                in_place_of: in_place_of.collect::<Result<_, _>>()?,
                reason: wanted.reason.clone(),
            },
        )
    };
    one(desk, wanted.computer_key, wanted.yes, &order)
}

fn identifier(what: &str, id: Option<&str>) -> Result<Option<Identifier>, CliError> {
    id.map(|id| parse::identifier(what, id)).transpose()
}

fn need(stated: &[String]) -> Result<Option<Counts>, CliError> {
    if stated.is_empty() {
        return Ok(None);
    }
    parse::licences(stated).map(Some)
}

/// `activation extend`.
///
/// # Errors
/// [`CliError`].
pub(super) fn extend(
    desk: &Desk<'_>,
    computer_id: &str,
    computer_key: bool,
    yes: bool,
) -> Result<Exit, CliError> {
    let order = Order::known(parse::computer_id(computer_id)?, Activating::Extend);
    one(desk, computer_key, yes, &order)
}

fn one(desk: &Desk<'_>, computer_key: bool, yes: bool, order: &Order) -> Result<Exit, CliError> {
    let spool = desk.spool()?;
    let signer = desk.open(Access::Changing)?;
    let fresh: &(dyn Fn() -> Result<Ulid, ops::OpsError> + Sync) = &entropy::ulid;
    let mut orders = Orders::begin(&signer, &spool, entropy::clock()?, fresh)?;
    orders.give(order)?;
    if let Some(issued) = orders.issued.first().filter(|_| computer_key) {
        ops::activation::check_computer_key(&orders, issued)?;
    }
    desk.console.confirm(&changes(&orders.issued), yes)?;
    tell(desk, &orders.carry_out()?)
}

/// `refresh`.
///
/// # Errors
/// [`CliError`].
pub(super) fn refresh(desk: &Desk<'_>, yes: bool) -> Result<Exit, CliError> {
    let spool = desk.spool()?;
    let signer = desk.open(Access::Changing)?;
    let fresh: &(dyn Fn() -> Result<Ulid, ops::OpsError> + Sync) = &entropy::ulid;
    let mut orders = Orders::begin(&signer, &spool, entropy::clock()?, fresh)?;
    for (id, refused) in ops::activation::refresh(&mut orders)? {
        desk.console.say(&format!(
            "left out: {id}: {}: {}",
            refused.code(),
            said(&refused, Audience::ORDERING).message
        ));
    }
    if !orders.issued.is_empty() {
        desk.console.confirm(&changes(&orders.issued), yes)?;
    }
    tell(desk, &orders.carry_out()?)
}

/// A line a system: old dates, new dates.
fn changes(issued: &[Issued]) -> Vec<String> {
    let line = |issued: &Issued| {
        let system = &issued.system;
        let before = issued
            .before
            .as_ref()
            .map_or_else(|| "no activation".to_owned(), dates);
        let after = dates(&system.activation);
        let taken = if issued.taken.is_empty() {
            String::new()
        } else {
            format!("; {} leave the wallet", issued.taken)
        };
        format!(
            "{} {} of {}: {before} -> {after}{taken}",
            system.computer_id, system.product, system.organization
        )
    };
    issued.iter().map(line).collect()
}

fn tell(desk: &Desk<'_>, carried: &Carried) -> Result<Exit, CliError> {
    tell_completed(desk, &carried.result.completed);
    if desk.console.json {
        let systems: Vec<Value> = carried
            .issued
            .iter()
            .map(|(issued, lines)| shown(issued, lines))
            .collect();
        give_document(desk, &carried.result, &[("systems", &json!(systems))])?;
        return Ok(Exit::Done);
    }
    let Some(batch) = carried.result.batch else {
        desk.console
            .give(&json!(null), &["no system is due".to_owned()])?;
        return Ok(Exit::Done);
    };
    let mut lines = changes(
        &carried
            .issued
            .iter()
            .map(|(issued, _)| issued.clone())
            .collect::<Vec<_>>(),
    );
    for (issued, key) in carried.issued.iter().filter(|(_, key)| !key.is_empty()) {
        lines.push(format!("Computer Key of {}:", issued.system.computer_id));
        lines.extend(key.iter().map(|line| format!("  {line}")));
    }
    lines.push(format!(
        "answers lie in outbox/{}-{batch}",
        entropy::clock()?.day()
    ));
    desk.console.give(&json!(null), &lines)?;
    Ok(Exit::Done)
}

fn shown(issued: &Issued, computer_key: &[String]) -> Value {
    let of = |activation: &IssuedActivation| {
        json!({
            "sequence": activation.sequence,
            "licences": activation.licences,
            "valid_from": activation.validity.valid_from,
            "valid_until": activation.validity.valid_until,
            "grace_until": activation.validity.grace_until,
        })
    };
    let system = &issued.system;
    json!({
        "computer_id": system.computer_id,
        "organization": system.organization,
        "product": system.product,
        "before": issued.before.as_ref().map(of),
        "after": of(&system.activation),
        "taken": issued.taken,
        "computer_key": (!computer_key.is_empty()).then_some(computer_key),
    })
}
