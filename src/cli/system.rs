//! `system`.

use super::arguments::System;
use super::console::{CliError, Exit};
use super::desk::Desk;
use super::{entropy, listing, parse};
use crate::ops::system::Selection;
use crate::ops::{self, Access};
use serde_json::json;

/// `system`.
///
/// # Errors
/// [`CliError`]; nothing is changed then.
pub(super) fn system(desk: &Desk<'_>, command: &System) -> Result<Exit, CliError> {
    let clock = entropy::clock()?;
    match command {
        System::List {
            waiting,
            organization,
            product,
            state,
            plan,
        } => {
            let selection = Selection {
                organization: organization
                    .as_deref()
                    .map(|id| parse::identifier("organization", id))
                    .transpose()?,
                product: product
                    .as_deref()
                    .map(|id| parse::identifier("product", id))
                    .transpose()?,
                state: state.clone(),
                plan: plan.clone(),
            };
            let signer = desk.open(Access::Reading)?;
            if *waiting {
                let waiting = ops::system::waiting(&signer, clock, &selection)?;
                desk.console
                    .give(&json!({"waiting": waiting}), &listing::waiting(&waiting))?;
            } else {
                let systems = ops::system::list(&signer, clock, &selection)?;
                desk.console
                    .give(&json!({"systems": systems}), &listing::systems(&systems))?;
            }
        }
        System::Show { computer_id } => {
            let id = parse::computer_id(computer_id)?;
            let shown = ops::system::show(&desk.open(Access::Reading)?, clock, id)?;
            desk.console.give(&json!(shown), &listing::system(&shown))?;
        }
    }
    Ok(Exit::Done)
}
