//! What may be asked of the signer, by whom, and what it knows beside the state.

use crate::licence::{ComputerId, Counts, Day, Digest, Identifier, Moment, Ulid};
use crate::policy::record::event::file::Source;
use crate::seal::Verified;
use crate::wire::request::Request;
use alloc::string::String;
use alloc::vec::Vec;

/// What is asked, by whom, under which circumstances.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// Who asks.
    pub by: By<'a>,
    /// What the signer knows beside the state.
    pub context: &'a Context,
}

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    /// A device, by a request that it signed.
    Device(&'a Verified<Request>),
    /// An operator, by an order.
    Operator {
        /// The order.
        order: &'a Order,
        /// Names the order as a document id names a request.
        id: Digest,
    },
}

impl<'a> Ask<'a> {
    /// A device asks.
    #[must_use]
    pub fn device(request: &'a Verified<Request>, context: &'a Context) -> Self {
        Self {
            by: By::Device(request),
            context,
        }
    }

    /// An operator asks. `id` names the order as a document id names a request.
    #[must_use]
    pub fn operator(order: &'a Order, id: Digest, context: &'a Context) -> Self {
        Self {
            by: By::Operator { order, id },
            context,
        }
    }
}

/// An operator's order for an activation. Whatever the signer knows of the system may be left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The Computer ID of the system.
    pub computer_id: ComputerId,
    /// The organization.
    pub organization: Option<Identifier>,
    /// The product.
    pub product: Option<Identifier>,
    /// Its need.
    pub need: Option<Counts>,
    /// The activation that is ordered.
    pub what: Activating,
}

impl Order {
    /// An order for a system as it stated itself last.
    #[must_use]
    pub fn known(computer_id: ComputerId, what: Activating) -> Self {
        Self {
            computer_id,
            organization: None,
            product: None,
            need: None,
            what,
        }
    }
}

/// The activation that an operator orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Activating {
    /// As if the system had asked for one.
    Issue {
        /// The name of the system.
        computer_name: Option<String>,
    },
    /// One more term, as if the system had asked for it.
    Extend,
    /// What is held, stated anew.
    Refresh,
    /// Some days without a seat (LICENSING section 12).
    Emergency {
        /// The systems that it stands in for.
        in_place_of: Vec<ComputerId>,
        /// The reason.
        reason: String,
    },
}

/// What the signer knows beside the request or order and the state.
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
    /// Where the file came from.
    pub source: Source,
}
