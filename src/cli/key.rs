//! `key`.

use super::arguments::Key;
use super::console::{CliError, Exit};
use super::desk::Desk;
use super::{entropy, listing, parse};
use crate::licence::LicenceKey;
use crate::ops::{self, Access, Session};
use crate::policy::record::event::Event;
use crate::policy::record::wallet;
use serde_json::json;

/// `key`.
///
/// # Errors
/// [`CliError`]; nothing is changed then.
pub(super) fn key(desk: &Desk<'_>, command: &Key) -> Result<Exit, CliError> {
    match command {
        Key::Mint {
            product,
            licences,
            count,
            organization,
        } => mint(desk, product, licences, *count, organization.as_deref()),
        Key::List => {
            let keys = ops::key::list(&desk.open(Access::Reading)?, entropy::clock()?)?;
            desk.console
                .give(&json!({"keys": keys}), &listing::keys(&keys))?;
            Ok(Exit::Done)
        }
        Key::Void { key, reason, yes } => {
            let id = parse::key_id(key)?;
            let signer = desk.open(Access::Changing)?;
            let mut session = Session::begin(&signer, entropy::clock()?)?;
            let (event, out_of_reach) = ops::key::plan_void(&session, &id, reason)?;
            desk.console.confirm(
                &[
                    leaves_wallet(&event),
                    format!("then it is void for good; out of reach: {out_of_reach}"),
                ],
                *yes,
            )?;
            session.record(&event)?;
            session.commit()?;
            desk.console.give(
                &json!({"key": id, "out_of_reach": out_of_reach}),
                &[format!("{id} is void")],
            )?;
            Ok(Exit::Done)
        }
    }
}

fn mint(
    desk: &Desk<'_>,
    product: &str,
    licences: &[String],
    count: usize,
    organization: Option<&str>,
) -> Result<Exit, CliError> {
    if count == 0 || count > ops::key::MAX_KEYS {
        let what = format!("{count} keys, 1 to {} are allowed", ops::key::MAX_KEYS);
        return Err(CliError::usage(what, "mint them in several commands"));
    }
    let product = parse::identifier("product", product)?;
    let licences = parse::licences(licences)?;
    let organization = organization
        .map(|id| parse::identifier("organization", id))
        .transpose()?;
    let keys = (0..count)
        .map(|_| entropy::licence_key())
        .collect::<Result<Vec<LicenceKey>, _>>()?;
    let signer = desk.open(Access::Changing)?;
    let minting = ops::key::Minting {
        product: &product,
        organization: organization.as_ref(),
        licences: &licences,
    };
    ops::key::mint(&signer, entropy::clock()?, &minting, &keys)?;
    let shown: Vec<_> = keys
        .iter()
        .map(|key| json!({"key": key.reveal(), "product": product, "licences": licences}))
        .collect();
    let lines: Vec<String> = keys.iter().map(LicenceKey::reveal).collect();
    desk.console.say(&format!(
        "{count} licence key(s) of {product}, each worth {licences}; they are shown only now"
    ));
    desk.console.give(&json!({"keys": shown}), &lines)?;
    Ok(Exit::Done)
}

/// What becomes of a licence key that is taken out of a wallet.
pub(super) fn leaves_wallet(event: &Event) -> String {
    let (key, organization, lots) = match event {
        Event::KeyVoided {
            key,
            organization,
            removed,
            ..
        } => (key, organization.as_ref(), removed),
        Event::KeyUnredeemed {
            key,
            organization,
            lots,
            ..
        } => (key, Some(organization), lots),
        _ => return String::new(),
    };
    match organization {
        Some(id) => format!(
            "licence key {key}: {} leave the wallet of {id}",
            wallet::counts(lots).unwrap_or_default()
        ),
        None => format!("licence key {key} is unused"),
    }
}
