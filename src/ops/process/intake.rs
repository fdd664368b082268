//! Steps 1 and 2 of the main job: take what is settled out of the inbox and verify it, on all
//! cores, without the ledger.

use super::batch::Batch;
use super::gather::gather;
use super::look::{Later, Looking};
use super::options::Options;
use super::taken::Intake;
use crate::ops::error::OpsError;
use crate::spool::{ListOptions, Listed, ListedKind};

/// Takes and verifies everything that is settled; waits the settle time out once for what is not,
/// then judges it.
pub(super) fn take(batch: &Batch<'_>, options: &Options<'_>) -> Result<Intake, OpsError> {
    let mut looking = Looking::new(batch, options);
    let mut intake = Intake::default();
    let mut listed = batch.spool.list(&ListOptions::default())?;
    if let Some(only) = &options.only {
        // A folder that cannot be read is named where a wanted file may lie in it.
        let holds_wanted = |listed: &Listed| only.iter().any(|path| path.is_beneath(&listed.path));
        listed.retain(|listed| {
            only.contains(&listed.path)
                || (listed.kind != ListedKind::Regular && holds_wanted(listed))
        });
    }
    let (mut seen, later) = looking.all(&listed, &mut intake.left)?;
    match options.wait {
        Some(wait) if !later.is_empty() => {
            let say = format!(
                "waiting {} s for {} file(s) that may not be whole yet",
                options.settle.as_secs(),
                later.len()
            );
            (batch.progress.say)(&say);
            wait(options.settle);
            seen.extend(looking.again(&later, &mut intake.left)?);
        }
        _ => intake.left.extend(later.values().map(Later::left)),
    }
    drop(listed);
    seen.sort_by(|a, b| a.file.path.cmp(&b.file.path));
    gather(seen, &batch.signer.vault, &mut intake);
    Ok(intake)
}
