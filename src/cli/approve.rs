//! `activation approve`.

use super::batch::{Wanted, batch, tell_completed};
use super::console::{CliError, Exit};
use super::desk::Desk;
use super::{entropy, parse};
use crate::licence::Counts;
use crate::ops::process::Progress;
use crate::ops::{self, Access};
use crate::policy::order::approval::Approval;
use crate::policy::record::event::Event;
use crate::policy::record::wallet;
use crate::scan::Scanner;
use serde_json::json;

/// `activation approve`.
///
/// # Errors
/// [`CliError`].
pub(super) fn approve(
    desk: &Desk<'_>,
    computer_id: &str,
    reason: &str,
    yes: bool,
) -> Result<Exit, CliError> {
    let id = parse::computer_id(computer_id)?;
    let spool = desk.spool()?;
    let scanner = Scanner::start();
    let signer = desk.open(Access::Changing)?;
    // The file that waits may belong to a batch that was cut off.
    tell_completed(
        desk,
        &ops::process::complete(&signer, &spool, &Progress::UNTOLD)?,
    );
    let session = ops::Session::begin(&signer, entropy::clock()?)?;
    match ops::approve::plan(&session, &id, reason)? {
        Approval::Request { event, waiting } => {
            let line = format!(
                "approve the device {id} of {} for {}, which needs {} and was refused as {}",
                waiting.organization, waiting.product, waiting.need, waiting.code
            );
            desk.console.confirm(&[line], yes)?;
            let files = ops::approve::take_back(session, &spool, &event, &waiting)?;
            batch(
                desk,
                &signer,
                &spool,
                &scanner,
                Wanted {
                    only: Some(files),
                    ..Wanted::default()
                },
            )
        }
        Approval::Seats(event) => {
            let returned = match &event {
                Event::SeatsReleased { returned, .. } => {
                    wallet::counts(returned).unwrap_or_default()
                }
                _ => Counts::new(),
            };
            desk.console.confirm(
                &[format!(
                    "give the held seats of {id} back to its organization: {returned}"
                )],
                yes,
            )?;
            ops::order::carry_out(session, &event)?;
            desk.console.give(
                &json!({"returned": returned}),
                &[format!("back in the wallet: {returned}")],
            )?;
            Ok(Exit::Done)
        }
    }
}
