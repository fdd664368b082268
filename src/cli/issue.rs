//! `activation issue`, `activation emergency`, `activation extend` and `refresh`: old and new dates
//! first, then one batch.

use super::arguments::{Emergency, Issue};
use super::console::{CliError, Exit};
use super::run::Desk;
use super::{entropy, parse, process};
use crate::licence::{Day, Ulid};
use crate::ops::process::by_hand::{Carried, Issued, Orders};
use crate::ops::{self, Access};
use crate::policy::by_hand::Typed;
use crate::policy::model::emergency::Order;
use crate::policy::record::system::IssuedActivation;
use crate::words::refusal::{Audience, said};
use serde_json::{Value, json};

/// `activation issue`.
///
/// # Errors
/// [`CliError`].
pub(super) fn issue(desk: &Desk<'_>, wanted: &Issue) -> Result<Exit, CliError> {
    let need = if wanted.need.is_empty() {
        None
    } else {
        Some(parse::licences(&wanted.need)?)
    };
    let typed = Typed {
        computer_id: parse::computer_id(&wanted.computer_id)?,
        organization: wanted
            .organization
            .as_deref()
            .map(|id| parse::identifier("organization", id))
            .transpose()?,
        product: wanted
            .product
            .as_deref()
            .map(|id| parse::identifier("product", id))
            .transpose()?,
        need,
        computer_name: wanted
            .name
            .as_deref()
            .map(parse::computer_name)
            .transpose()?,
    };
    one(desk, wanted.computer_key, wanted.yes, |orders| {
        ops::issue::plan(orders, &typed)
    })
}

/// `activation emergency`.
///
/// # Errors
/// [`CliError`].
pub(super) fn emergency(desk: &Desk<'_>, wanted: &Emergency) -> Result<Exit, CliError> {
    let order = Order {
        computer_id: parse::computer_id(&wanted.computer_id)?,
        in_place_of: wanted
            .in_place_of
            .iter()
            .map(|id| parse::computer_id(id))
            .collect::<Result<_, _>>()?,
        organization: wanted
            .organization
            .as_deref()
            .map(|id| parse::identifier("organization", id))
            .transpose()?,
        product: wanted
            .product
            .as_deref()
            .map(|id| parse::identifier("product", id))
            .transpose()?,
        need: if wanted.need.is_empty() {
            None
        } else {
            Some(parse::licences(&wanted.need)?)
        },
        reason: wanted.reason.clone(),
    };
    one(desk, wanted.computer_key, wanted.yes, |orders| {
        ops::emergency::plan(orders, &order)
    })
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
    let id = parse::computer_id(computer_id)?;
    one(desk, computer_key, yes, |orders| {
        ops::issue::plan_extend(orders, id)
    })
}

fn one(
    desk: &Desk<'_>,
    computer_key: bool,
    yes: bool,
    plan: impl FnOnce(&mut Orders<'_>) -> Result<(), ops::OpsError>,
) -> Result<Exit, CliError> {
    let spool = desk.spool()?;
    let signer = desk.open(Access::Changing)?;
    let fresh: &(dyn Fn() -> Ulid + Sync) = &entropy::ulid;
    let mut orders = Orders::begin(&signer, &spool, entropy::clock()?, fresh)?;
    plan(&mut orders)?;
    if let Some(issued) = orders.issued.first().filter(|_| computer_key) {
        ops::issue::check_computer_key(&orders, issued)?;
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
    let fresh: &(dyn Fn() -> Ulid + Sync) = &entropy::ulid;
    let mut orders = Orders::begin(&signer, &spool, entropy::clock()?, fresh)?;
    for (id, refused) in ops::refresh::plan(&mut orders)? {
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

/// What an activation states, in one line.
pub(super) fn dates(issued: &IssuedActivation) -> String {
    let end = |day: Option<Day>| {
        day.map_or_else(
            || "the hardware's lifetime".to_owned(),
            |day| day.to_string(),
        )
    };
    let (until, grace) = (
        end(issued.validity.valid_until),
        end(issued.validity.grace_until),
    );
    let last = if until == grace {
        String::new()
    } else {
        format!(", usable until {grace}")
    };
    format!(
        "{}, {} to {until}{last}",
        issued.licences, issued.validity.valid_from
    )
}

fn tell(desk: &Desk<'_>, carried: &Carried) -> Result<Exit, CliError> {
    process::tell_completed(desk, &carried.report.completed);
    if desk.console.json {
        let systems: Vec<Value> = carried
            .issued
            .iter()
            .map(|(issued, lines)| shown(issued, lines))
            .collect();
        process::give_document(desk, &carried.report, &[("systems", &json!(systems))])?;
        return Ok(Exit::Done);
    }
    let Some(batch) = carried.report.batch else {
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
