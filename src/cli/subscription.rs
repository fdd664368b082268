//! `subscription`: what the operator sees before and after.

use super::arguments::Subscription;
use super::console::{CliError, Exit};
use super::desk::Desk;
use super::{entropy, listing, parse};
use crate::licence::{Day, Identifier};
use crate::ops::subscription::{self, Brought};
use crate::ops::{Access, Session, Signer};
use crate::policy::order::assign::{Order, Planned};
use serde_json::json;

/// `subscription`.
///
/// # Errors
/// [`CliError`]; nothing is changed then.
pub(super) fn run(desk: &Desk<'_>, command: &Subscription) -> Result<Exit, CliError> {
    match command {
        Subscription::Start {
            organization,
            product,
            yes,
        } => start(desk, organization, product, *yes),
        Subscription::Assign {
            organization,
            product,
            period,
            licences,
            surplus,
            yes,
        } => {
            let counts = (!licences.is_empty())
                .then(|| parse::licences(licences))
                .transpose()?;
            let order = Order {
                which: parse::period(period)?,
                counts: counts.as_ref(),
                surplus: *surplus,
            };
            assign(desk, organization, product, &order, *yes)
        }
        Subscription::Show {
            organization,
            product,
        } => show(desk, organization, product.as_deref()),
    }
}

fn named(organization: &str, product: &str) -> Result<(Identifier, Identifier), CliError> {
    Ok((
        parse::identifier("organization", organization)?,
        parse::identifier("product", product)?,
    ))
}

fn grace(last: Option<Day>) -> String {
    last.map_or_else(|| "none".to_owned(), Day::in_words)
}

fn start(desk: &Desk<'_>, organization: &str, product: &str, yes: bool) -> Result<Exit, CliError> {
    let (organization, product) = named(organization, product)?;
    let signer = desk.open(Access::Changing)?;
    let mut session = Session::begin(&signer, entropy::clock()?)?;
    let planned = subscription::plan_start(&session, &organization, &product)?;
    let lines = [
        format!(
            "before: {product} of {organization} is not started; its systems need {}",
            planned.need
        ),
        format!(
            "after: period 0 runs from {} to {}, its grace to {}",
            planned.first.in_words(),
            planned.last.in_words(),
            grace(planned.grace_until)
        ),
        format!("missing then: {}", planned.need),
    ];
    desk.console.confirm(&lines, yes)?;
    session.record(&planned.event)?;
    session.commit()?;
    give(desk, &signer, &organization, &product)
}

fn assign(
    desk: &Desk<'_>,
    organization: &str,
    product: &str,
    order: &Order<'_>,
    yes: bool,
) -> Result<Exit, CliError> {
    let (organization, product) = named(organization, product)?;
    let signer = desk.open(Access::Changing)?;
    let mut session = Session::begin(&signer, entropy::clock()?)?;
    let planned = subscription::plan_assign(&session, &organization, &product, order)?;
    let Some(event) = &planned.event else {
        desk.console.say(&format!(
            "period {} lacks nothing: nothing was assigned",
            planned.period
        ));
        session.commit_if_changed()?;
        return give(desk, &signer, &organization, &product);
    };
    // Nothing of it is kept before the commit.
    session.record(event)?;
    let mut lines = change(&planned, &organization, &product);
    lines.extend(brought(&subscription::brought(
        &session,
        &organization,
        &product,
    )?));
    desk.console.confirm(&lines, yes)?;
    session.commit()?;
    give(desk, &signer, &organization, &product)
}

fn change(planned: &Planned, organization: &Identifier, product: &Identifier) -> Vec<String> {
    let (first, last) = (planned.first.in_words(), planned.last.in_words());
    let after = planned.before.plus(&planned.taken).unwrap_or_default();
    vec![
        format!(
            "period {} of {product} for {organization}, {first} to {last}; needed: {}",
            planned.period, planned.need
        ),
        format!(
            "before: {} assigned, {} missing",
            planned.before, planned.shortfall
        ),
        format!(
            "after: {after} assigned, {} missing",
            after.lacking(&planned.need)
        ),
        format!(
            "leaves the wallet for good: {}; comes back for an overlap: {}",
            planned.taken, planned.credited
        ),
    ]
}

fn brought(brought: &Brought) -> Option<String> {
    let (last, grace) = brought.until?;
    let systems = brought.systems;
    Some(match systems {
        0 => format!(
            "licensed until {}; no system is due for it",
            last.in_words()
        ),
        _ => format!(
            "{systems} system(s) are due then: licensed until {}, usable until {}; bring it to \
                them with `keyspool refresh`",
            last.in_words(),
            grace.in_words()
        ),
    })
}

fn give(
    desk: &Desk<'_>,
    signer: &Signer,
    organization: &Identifier,
    product: &Identifier,
) -> Result<Exit, CliError> {
    let shown = subscription::show(signer, entropy::clock()?, organization, product)?;
    desk.console
        .give(&json!(shown), &listing::subscription(&shown))?;
    Ok(Exit::Done)
}

fn show(desk: &Desk<'_>, organization: &str, product: Option<&str>) -> Result<Exit, CliError> {
    let organization = parse::identifier("organization", organization)?;
    let product = product
        .map(|id| parse::identifier("product", id))
        .transpose()?;
    let signer = desk.open(Access::Reading)?;
    let Some(product) = product else {
        let all = subscription::show_all(&signer, entropy::clock()?, &organization)?;
        let lines: Vec<String> = all.iter().flat_map(listing::subscription).collect();
        if all.is_empty() {
            desk.console
                .say(&format!("no subscription of {organization}"));
        }
        desk.console.give(&json!({"subscriptions": all}), &lines)?;
        return Ok(Exit::Done);
    };
    give(desk, &signer, &organization, &product)
}
