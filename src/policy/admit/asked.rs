//! A request with the rows that every rule reads.

use crate::licence::{ComputerId, Digest};
use crate::policy::ask::{Ask, By, Context};
use crate::policy::record::catalogue::settings::ProductSettings;
use crate::policy::record::organization::OrganizationRow;
use crate::policy::record::product::ProductRow;
use crate::policy::record::system::SystemRow;
use crate::policy::record::temporary::{Running, Temporary};
use crate::wire::request::Wanted;
use alloc::rc::Rc;

/// The form of what is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A system description, or an order in its place.
    Description(Wanted),
    /// A device proves that an activation arrived.
    Confirmation,
    /// A device gives itself up.
    Deactivation,
}

/// What is asked, with the rows that every rule reads.
pub(crate) struct Asked<'a> {
    pub(crate) ask: Ask<'a>,
    pub(crate) form: Form,
    pub(crate) computer_id: ComputerId,
    /// The key that the system speaks by; none: it has never spoken.
    pub(crate) device_key: Option<[u8; 32]>,
    /// The counter of its newest request.
    pub(crate) counter: u64,
    /// Document id of the request, or the id of the order.
    pub(crate) document: Digest,
    pub(crate) organization: Rc<OrganizationRow>,
    pub(crate) product: Rc<ProductRow>,
    pub(crate) system: Option<Rc<SystemRow>>,
}

impl Asked<'_> {
    pub(crate) fn context(&self) -> &Context {
        self.ask.context
    }

    /// Whether an operator asks.
    pub(crate) fn is_order(&self) -> bool {
        matches!(self.ask.by, By::Operator { .. })
    }

    /// Whether the wallet may be drawn on: operators always may.
    pub(crate) fn draws_on_wallet(&self) -> bool {
        self.is_order() || self.settings().auto_assign
    }

    /// Whether the signer renews by itself what the asker wants extended: operators may always
    /// extend.
    pub(crate) fn is_renewed_by_signer(&self) -> bool {
        !self.is_order() && self.settings().auto_renew
    }

    pub(crate) fn settings(&self) -> &ProductSettings {
        &self.product.settings
    }

    /// Document id of the request, as answers name it: an operator's order has none.
    pub(crate) fn request_id(&self) -> Option<Digest> {
        (!self.is_order()).then_some(self.document)
    }

    pub(crate) fn contact(&self) -> Option<&str> {
        self.organization.contact.as_deref()
    }

    /// The system, if it is known for the organization that the request names: it speaks by its
    /// key.
    pub(crate) fn known(&self) -> Option<&Rc<SystemRow>> {
        self.system
            .as_ref()
            .filter(|system| system.organization == self.organization.id)
    }

    /// The system, if it is active by more than a trial or an emergency.
    pub(crate) fn licensed(&self) -> Option<&Rc<SystemRow>> {
        self.known()
            .filter(|system| system.is_licensed(self.settings().model))
    }

    /// The system, if it is active.
    pub(crate) fn active(&self) -> Option<&Rc<SystemRow>> {
        self.known()
            .filter(|system| system.is_active(self.settings().model))
    }
}

impl Asked<'_> {
    /// What the system keeps of its trials and emergencies with an ordinary activation.
    pub(crate) fn temporary_ended(&self) -> Temporary {
        self.known()
            .map_or_else(Temporary::default, |system| system.temporary.ended())
    }

    /// What runs of the system, if it is active by that alone.
    pub(crate) fn running(&self) -> Option<Running> {
        if self.licensed().is_some() {
            None
        } else {
            self.active().and_then(|system| system.temporary.running)
        }
    }
}
