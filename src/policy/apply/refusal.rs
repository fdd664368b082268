//! Requests that wait after a refusal.

use crate::policy::record::code::RefusalCode;
use crate::policy::record::event::file::Refused;
use crate::policy::record::request::WaitingRow;
use crate::policy::record::state::{StateBroken, StateMut};

/// Codes after which a request waits: for an operator, or for licences.
const WAITING: [RefusalCode; 6] = [
    RefusalCode::AwaitingApproval,
    RefusalCode::HardwareChanged,
    RefusalCode::RecoveryLimit,
    RefusalCode::NotEnoughLicences,
    RefusalCode::GrowthAllowance,
    // An operator may import its record, or assign it expansions.
    RefusalCode::UnknownSerial,
];

pub(crate) fn refuse<S: StateMut>(state: &mut S, refused: &Refused) -> Result<(), StateBroken> {
    let (Some(computer_id), Some(organization), Some(product), Some(request)) = (
        refused.computer_id,
        &refused.organization,
        &refused.product,
        refused.request,
    ) else {
        return Ok(());
    };
    if !WAITING.contains(&refused.code) {
        // The same request no longer waits: its file lies elsewhere now, for
        // another reason.
        let waited = state
            .get::<WaitingRow>(&computer_id.0)?
            .is_some_and(|row| row.document == request);
        return if waited {
            state.remove::<WaitingRow>(&computer_id.0)
        } else {
            Ok(())
        };
    }
    state.put(WaitingRow {
        computer_id,
        organization: organization.clone(),
        product: product.clone(),
        need: refused.need.clone().unwrap_or_default(),
        code: refused.code,
        document: request,
        file: refused.source.file.clone(),
        digest: refused.source.digest,
        batch: refused.source.batch,
        on: refused.on,
    })
}
