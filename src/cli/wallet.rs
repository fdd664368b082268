//! `wallet`.

use super::arguments::Wallet;
use super::console::{CliError, Exit};
use super::desk::Desk;
use super::key::leaves_wallet;
use super::redeem::redeem;
use super::{entropy, listing, parse};
use crate::ops::{self, Access, Session};
use serde_json::json;

/// `wallet`.
///
/// # Errors
/// [`CliError`]; nothing is changed then.
pub(super) fn wallet(desk: &Desk<'_>, command: &Wallet) -> Result<Exit, CliError> {
    match command {
        Wallet::Redeem { organization, keys } => redeem(desk, organization, keys),
        Wallet::Unredeem { key, reason, yes } => {
            let id = parse::key_id(key)?;
            let signer = desk.open(Access::Changing)?;
            let mut session = Session::begin(&signer, entropy::clock()?)?;
            let event = ops::wallet::plan_unredeem(&session, &id, reason)?;
            desk.console.confirm(
                &[
                    leaves_wallet(&event),
                    "then it is unused, and can be redeemed again".to_owned(),
                ],
                *yes,
            )?;
            session.record(&event)?;
            session.commit()?;
            desk.console
                .give(&json!({"key": id}), &[format!("{id} is unused again")])?;
            Ok(Exit::Done)
        }
        Wallet::Show { organization } => {
            let organization = parse::identifier("organization", organization)?;
            let lots = ops::wallet::show(
                &desk.open(Access::Reading)?,
                entropy::clock()?,
                &organization,
            )?;
            desk.console.give(
                &json!({"organization": organization, "lots": lots}),
                &listing::lots(&lots),
            )?;
            Ok(Exit::Done)
        }
    }
}
