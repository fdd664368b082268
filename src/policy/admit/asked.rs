//! A request with the rows that every rule reads.

use crate::policy::ask::Context;
use crate::policy::record::catalogue::settings::ProductSettings;
use crate::policy::record::organization::OrganizationRow;
use crate::policy::record::product::ProductRow;
use crate::policy::record::system::SystemRow;
use crate::policy::record::temporary::{Passing, Running};
use crate::wire::request::Request;
use alloc::rc::Rc;

/// A request with the rows that every rule reads.
pub(crate) struct Asked<'a> {
    pub(crate) request: &'a Request,
    pub(crate) document: crate::licence::Digest,
    pub(crate) organization: Rc<OrganizationRow>,
    pub(crate) product: Rc<ProductRow>,
    pub(crate) system: Option<Rc<SystemRow>>,
    pub(crate) context: &'a Context,
    /// Whether an operator gave the order in place of a request.
    pub(crate) by_hand: bool,
}

impl Asked<'_> {
    pub(crate) fn settings(&self) -> &ProductSettings {
        &self.product.settings
    }

    /// Document id of the request, as answers name it: an operator's order has none.
    pub(crate) fn request_id(&self) -> Option<crate::licence::Digest> {
        (!self.by_hand).then_some(self.document)
    }

    pub(crate) fn contact(&self) -> Option<&str> {
        self.organization.contact.as_deref()
    }

    /// The system, if it is known for the organization that the request names: it speaks by its
    /// key.
    pub(crate) fn known(&self) -> Option<&Rc<SystemRow>> {
        self.system
            .as_ref()
            .filter(|system| system.organization == self.request.organization)
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
    pub(crate) fn passing_ended(&self) -> Passing {
        self.known()
            .map_or_else(Passing::default, |system| system.passing.ended())
    }

    /// What runs of the system, if it is active by that alone.
    pub(crate) fn running(&self) -> Option<Running> {
        if self.licensed().is_some() {
            None
        } else {
            self.active().and_then(|system| system.passing.running)
        }
    }
}
