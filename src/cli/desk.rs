//! What every command needs: its options, the signer and the spool.

use super::arguments::Global;
use super::console::{CliError, Console};
use super::{entropy, passphrase};
use crate::ops::{Access, OpsError, Signer};
use crate::spool::Spool;

/// What every command needs.
pub(super) struct Desk<'a> {
    pub(super) global: &'a Global,
    pub(super) console: Console,
    pub(super) name: &'static str,
}

impl Desk<'_> {
    pub(super) fn open(&self, access: Access) -> Result<Signer, CliError> {
        let secret = passphrase::get(self.global)?;
        let clock = entropy::clock()?;
        let signer = Signer::open(&self.global.vault, &secret, access, self.name, clock)?;
        if let Some(warning) = signer
            .clock_warning(clock)?
            .filter(|_| access == Access::Reading)
        {
            self.console.say(&format!(
                "warning: {warning}; what is shown is the state as it was recorded"
            ));
        }
        Ok(signer)
    }

    pub(super) fn spool(&self) -> Result<Spool, CliError> {
        Ok(Spool::open(&self.global.spool).map_err(OpsError::from)?)
    }
}
