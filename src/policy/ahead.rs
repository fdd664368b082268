//! Which rows a decision about a request is sure to read, so that they can be read before it, many at once.

use super::hardware::component_list;
use super::state::{AnsweredRow, ListRow, SystemRow, Table};
use crate::policy::Row as _;
use crate::seal::Verified;
use crate::wire::request::{Request, RequestBody};
use alloc::vec::Vec;

/// A row: its table, and its key there.
pub type RowName = (Table, Vec<u8>);

/// The rows of the state that are this request's own: its answer, its system, and what runs on hardware like its.
#[must_use]
pub fn rows_of(request: &Verified<Request>) -> Vec<RowName> {
    let mut rows = Vec::with_capacity(8);
    rows.push((AnsweredRow::TABLE, request.document_id().0.to_vec()));
    rows.push((SystemRow::TABLE, request.computer_id.0.to_vec()));
    if let RequestBody::SystemDescription(description) = &request.body {
        let lists = description.fingerprint.iter().map(|(component, value)| component_list(&request.product, component, value));
        rows.extend(lists.map(|list| (ListRow::TABLE, ListRow::key_of(&list, 0))));
    }
    rows
}
