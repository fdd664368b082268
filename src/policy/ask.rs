//! What may be asked of the signer, and what it knows beside the state.

use crate::licence::{Day, Identifier, Moment, Ulid};
use crate::policy::record::event::file::Source;

/// What the signer knows beside the request and the state.
#[derive(Debug, Clone)]
pub struct Context {
    /// The day of the batch.
    pub today: Day,
    /// The time of the batch.
    pub now: Moment,
    /// Version of the trust list in force.
    pub trust_list: u64,
    /// The id of a first activation, should there be one.
    pub fresh_id: Ulid,
    /// The organization that the operator vouches for, by a folder or by word.
    pub vouched: Option<Identifier>,
    /// The organization in whose folder the file lies.
    pub folder: Option<Identifier>,
    /// Size of the history that the device has seen, where its witness is the signer's own.
    pub witness: Option<u64>,
    /// Whence the file came.
    pub source: Source,
}
