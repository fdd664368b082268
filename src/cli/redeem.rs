//! `wallet redeem`: key by key, with a line for each.

use super::console::{CliError, Exit};
use super::desk::Desk;
use super::{entropy, parse};
use crate::licence::{Counts, Identifier, LicenceKeyId, LineError};
use crate::ops::{self, Access, OpsError};
use crate::policy::refusal::{KeyRefusal, Refused};
use crate::words::refusal::{Audience, Said, said};
use serde_json::json;

/// A key: its id if it could be read, then its product and worth, or why it was refused.
type Judged = (Option<LicenceKeyId>, Result<(Identifier, Counts), Refused>);

/// Redeems the good keys. A wrong or mistyped key does not stop the others.
///
/// # Errors
/// [`CliError`], also for a single key that is refused.
pub(super) fn redeem(
    desk: &Desk<'_>,
    organization: &str,
    keys: &[String],
) -> Result<Exit, CliError> {
    let organization = parse::identifier("organization", organization)?;
    let typed = parse::key_ids(keys)?;
    if let [Err(error)] = typed[..] {
        return Err(parse::mistyped_key(error));
    }
    let signer = desk.open(Access::Changing)?;
    let read: Vec<LicenceKeyId> = typed.iter().flatten().copied().collect();
    let mut results =
        ops::wallet::redeem(&signer, entropy::clock()?, &organization, &read)?.into_iter();
    let judge = |typed: Result<LicenceKeyId, LineError>| match typed {
        Ok(_) => results.next().map(|one| (Some(one.id), one.result)),
        Err(error) => Some((None, Err(KeyRefusal::Mistyped { error }.into()))),
    };
    let judged: Vec<Judged> = typed.into_iter().filter_map(judge).collect();
    give(desk, judged)
}

fn give(desk: &Desk<'_>, judged: Vec<Judged>) -> Result<Exit, CliError> {
    let (mut good, mut bad, mut lines) = (Vec::new(), Vec::new(), Vec::new());
    let is_single = judged.len() == 1;
    for (place, (id, result)) in (1..).zip(judged) {
        let name = id.map_or_else(|| format!("key {place}"), |id| id.to_string());
        match result {
            Ok((product, licences)) => {
                lines.push(format!("{name}: {licences} of {product}"));
                good.push(json!({"id": id, "product": product, "licences": licences}));
            }
            Err(refused) if is_single => return Err(OpsError::Refused(refused).into()),
            Err(refused) => {
                let code = refused.code();
                let Said { message, remedy } = said(&refused, Audience::ORDERING);
                lines.push(format!("{name}: refused, {code}: {message}"));
                bad.push(json!({
                    "place": place, "id": id, "code": code, "message": message, "remedy": remedy
                }));
            }
        }
    }
    desk.console
        .give(&json!({"redeemed": good, "refused": bad}), &lines)?;
    Ok(match (good.is_empty(), bad.is_empty()) {
        (_, true) => Exit::Done,
        (false, false) => Exit::SomeRefused,
        (true, false) => Exit::Bad,
    })
}
