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
    /// A device proves that it gave its activation up.
    Deactivation,
}

/// What is asked, with the rows that every rule reads.
pub(crate) struct Asked<'a> {
    pub(crate) ask: Ask<'a>,
    pub(crate) form: Form,
    pub(crate) computer_id: ComputerId,
    /// The public key of the device; none: it has sent no request yet.
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

    /// Whether a request to extend meets a product that the signer renews. Operators may always
    /// extend.
    pub(crate) fn is_renewed_by_signer(&self) -> bool {
        !self.is_order() && self.settings().auto_renew
    }

    pub(crate) fn settings(&self) -> &ProductSettings {
        &self.product.settings
    }

    /// Document id of the request, as answers name it; none for an operator's order.
    pub(crate) fn request_id(&self) -> Option<Digest> {
        (!self.is_order()).then_some(self.document)
    }

    pub(crate) fn contact(&self) -> Option<&str> {
        self.organization.contact.as_deref()
    }

    /// The system, if it is known for the organization that the request names.
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
    /// What an ordinary activation leaves of the trials and emergencies of the system.
    pub(crate) fn temporary_ended(&self) -> Temporary {
        self.known()
            .map_or_else(Temporary::default, |system| system.temporary.ended())
    }

    /// The trial or emergency that runs, if the system is active by that alone.
    pub(crate) fn running(&self) -> Option<Running> {
        if self.licensed().is_some() {
            None
        } else {
            self.active().and_then(|system| system.temporary.running)
        }
    }
}
