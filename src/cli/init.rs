//! `init`.

use super::console::{CliError, Exit};
use super::desk::Desk;
use super::{entropy, passphrase};
use crate::ops;
use serde_json::json;

/// `init`.
///
/// # Errors
/// [`CliError`]; nothing is changed then.
pub(super) fn init(desk: &Desk<'_>, operator: &str) -> Result<Exit, CliError> {
    let secret = passphrase::get_new(desk.global)?;
    let (vault, spool) = (&desk.global.vault, &desk.global.spool);
    let first = ops::init::First {
        passphrase: &secret,
        operator,
        clock: entropy::clock()?,
        origin: entropy::origin()?,
    };
    let root = ops::init::init(vault, spool, &first)?;
    let text = data_encoding::BASE64.encode(&root);
    let key_id = crate::wire::hash::key_id(&root);
    desk.console.say(&format!(
        "made the vault {} and the spool {}",
        vault.display(),
        spool.display()
    ));
    desk.console.say(
        "back the vault's folder up, and keep its passphrase apart from it; devices \
        pin the root public key",
    );
    desk.console.give(
        &json!({"root_public_key": text, "key_id": key_id}),
        &[format!("root public key: {text}")],
    )?;
    Ok(Exit::Done)
}
