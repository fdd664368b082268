//! Which rows a decision about a request is sure to read, so that they can be read before it, many
//! at once.

use crate::policy::admit::hardware::component_list;
use crate::policy::record::list::ListRow;
use crate::policy::record::request::AnsweredRow;
use crate::policy::record::state::{Row as _, Table};
use crate::policy::record::system::{HardwareRow, SystemRow};
use crate::seal::Verified;
use crate::wire::request::{Request, RequestBody};
use alloc::vec::Vec;

/// A row: its table, and its key there.
pub type RowName = (Table, Vec<u8>);

/// The row of the system that a request speaks for. Which others are needed follows from it.
#[must_use]
pub fn system_of(request: &Request) -> RowName {
    (SystemRow::TABLE, request.computer_id.0.to_vec())
}

/// The other rows of the state that are this request's own: its answer; the hardware of a system
/// that is known, and of one that is not, what runs on hardware like its. A new system's answer is
/// asked for by no rule, but it is written there in the end.
#[must_use]
pub fn further_rows(request: &Verified<Request>, system: Option<&SystemRow>) -> Vec<RowName> {
    let mut rows = Vec::with_capacity(8);
    rows.push((AnsweredRow::TABLE, request.document_id().0.to_vec()));
    match (system, &request.body) {
        (Some(system), _) => {
            rows.push((HardwareRow::TABLE, system.hardware.to_be_bytes().to_vec()))
        }
        (None, RequestBody::SystemDescription(description)) => {
            let lists = description
                .fingerprint
                .iter()
                .map(|(component, value)| component_list(&request.product, component, value));
            rows.extend(lists.map(|list| (ListRow::TABLE, ListRow::key_of(&list, 0))));
        }
        (None, _) => {}
    }
    rows
}
