//! A million systems in the ledger.

use crate::table::Table;
use crate::{Fail, Plan};

pub(crate) fn measure(_plan: &Plan, table: &mut Table) -> Result<(), Fail> {
    table.row("scale", "not measured", "");
    Ok(())
}
