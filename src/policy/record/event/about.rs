//! What an event concerns: everything that it names, and why it came about.

use crate::licence::{ComputerId, Identifier, LicenceKeyId};
use crate::policy::record::event::file::Source;
use crate::policy::record::seat::Seat;
use crate::policy::record::subscription::Assignment;
use crate::policy::record::system::SystemRow;
use crate::policy::record::wallet::Lot;
use alloc::vec::Vec;

/// What an event names. The first of each list is its main subject. A list may hold an item twice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About<'e> {
    /// Organizations.
    pub organizations: Vec<&'e Identifier>,
    /// Products.
    pub products: Vec<&'e Identifier>,
    /// Systems, also those that are only mentioned.
    pub systems: Vec<ComputerId>,
    /// Licence keys: minted, redeemed or voided ones, and those whose licences moved.
    pub keys: Vec<LicenceKeyId>,
    /// Whether it bears on the dates of all systems of the organization's subscription.
    pub whole_subscription: bool,
    /// Why it came about.
    pub why: Why<'e>,
}

/// Why an event came about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Why<'e> {
    /// An operator's command that takes no reason, or was given none.
    #[default]
    Command,
    /// An operator's reason.
    Reason(&'e str),
    /// A file.
    File(&'e Source),
    /// The text of an operator's order, which stands in the place of a file.
    Order(&'e str),
    /// The reason that a device gives in its file.
    Stated(&'e str, &'e Source),
    /// A day began.
    Day,
    /// Something was found when the vault was opened, or in the inbox.
    Found,
}

impl<'e> About<'e> {
    pub(crate) fn new(why: Why<'e>) -> Self {
        Self {
            why,
            ..Self::default()
        }
    }

    pub(crate) fn of(organization: &'e Identifier, product: &'e Identifier, why: Why<'e>) -> Self {
        Self::new(why).organization(organization).product(product)
    }

    pub(crate) fn organization(mut self, id: &'e Identifier) -> Self {
        self.organizations.push(id);
        self
    }

    pub(crate) fn product(mut self, id: &'e Identifier) -> Self {
        self.products.push(id);
        self
    }

    pub(crate) fn systems(mut self, ids: impl IntoIterator<Item = ComputerId>) -> Self {
        self.systems.extend(ids);
        self
    }

    pub(crate) fn keys(mut self, ids: impl IntoIterator<Item = LicenceKeyId>) -> Self {
        self.keys.extend(ids);
        self
    }

    pub(crate) fn lots(self, lots: &[Lot]) -> Self {
        self.keys(lots.iter().filter_map(|lot| lot.key))
    }

    pub(crate) fn seats(self, seats: &[Seat]) -> Self {
        self.keys(seats.iter().map(|seat| seat.key))
    }

    pub(crate) fn assignment(self, assignment: &Assignment) -> Self {
        self.lots(&assignment.taken).lots(&assignment.credited)
    }

    pub(crate) fn system(system: &'e SystemRow, why: Why<'e>) -> Self {
        Self::of(&system.organization, &system.product, why)
            .systems([system.computer_id])
            .seats(&system.seats)
    }

    pub(crate) fn all_systems(self, whole_subscription: bool) -> Self {
        Self {
            whole_subscription,
            ..self
        }
    }
}
