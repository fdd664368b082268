//! `process`.

use super::batch::{Wanted, batch};
use super::console::{CliError, Exit};
use super::desk::Desk;
use super::{entropy, parse};
use crate::ops::{self, Access};
use crate::scan::Scanner;
use std::time::Duration;

/// `process`.
///
/// # Errors
/// [`CliError`].
pub(super) fn process(
    desk: &Desk<'_>,
    organization: Option<&str>,
    settle: u64,
) -> Result<Exit, CliError> {
    let organization = organization
        .map(|id| parse::identifier("organization", id))
        .transpose()?;
    let spool = desk.spool()?;
    let scanner = Scanner::start();
    let signer = desk.open(Access::Changing)?;
    if let Some(id) = &organization {
        ops::approve::check_organization(&signer, entropy::clock()?, id)?;
    }
    let wanted = Wanted {
        organization,
        settle: Duration::from_secs(settle),
        only: None,
    };
    batch(desk, &signer, &spool, &scanner, wanted)
}
