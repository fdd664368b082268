//! What is wanted for a system, in one shape for a device's request and an operator's order.

use crate::licence::{Counts, Identifier};
use crate::policy::ask::{Activating, Order};
use crate::policy::record::system::SystemRow;
use crate::policy::refusal::{SystemRefusal, Unstated};
use crate::wire::request::{Fingerprint, InstalledActivation, Redeem, SystemDescription, Wanted};
use alloc::borrow::Cow;
use alloc::string::ToString;

/// The version of the software where it is not stated.
const UNSTATED: &str = "unstated";

/// What a request or an order wants for a system.
pub(crate) struct Wish<'a> {
    pub(crate) request: Wanted,
    pub(crate) product_version: &'a str,
    pub(crate) computer_name: Cow<'a, str>,
    /// Empty where the system has sent no request yet.
    pub(crate) fingerprint: Cow<'a, Fingerprint>,
    pub(crate) need: &'a Counts,
    /// Keys that a request brings. An order brings none.
    pub(crate) redeem: &'a [Redeem],
    pub(crate) serial: Option<&'a str>,
    /// The installed activation, as the device states it.
    pub(crate) activation: Option<InstalledActivation>,
}

impl<'a> Wish<'a> {
    /// What a device states.
    pub(crate) fn stated(description: &'a SystemDescription) -> Self {
        Self {
            request: description.request,
            product_version: &description.product_version,
            computer_name: Cow::Borrowed(&description.computer_name),
            fingerprint: Cow::Borrowed(&description.fingerprint),
            need: &description.need,
            redeem: &description.redeem,
            serial: description.serial.as_deref(),
            activation: description.activation,
        }
    }

    /// What an operator orders. The last request of the system fills in what the order leaves open.
    pub(crate) fn ordered(
        order: &'a Order,
        wanted: Wanted,
        system: Option<&'a SystemRow>,
    ) -> Result<Self, SystemRefusal> {
        let need = order
            .need
            .as_ref()
            .or_else(|| system.map(|system| &system.need));
        let named = match &order.what {
            Activating::Issue { computer_name } => computer_name.as_deref(),
            _ => None,
        };
        let name = named.or_else(|| system.map(|system| system.computer_name.as_str()));
        Ok(Self {
            request: wanted,
            product_version: system.map_or(UNSTATED, |system| system.product_version.as_str()),
            computer_name: name
                .map_or_else(|| Cow::Owned(order.computer_id.to_string()), Cow::Borrowed),
            fingerprint: system.map_or_else(
                || Cow::Owned(Fingerprint::new()),
                |system| Cow::Borrowed(&system.fingerprint),
            ),
            need: need.ok_or_else(|| unnamed(order, Unstated::Need))?,
            redeem: &[],
            serial: system.and_then(|system| system.serial.as_deref()),
            activation: None,
        })
    }
}

/// The organization and the product of an order: as it names them, else as recorded for the system.
pub(crate) fn owner<'a>(
    order: &'a Order,
    system: Option<&'a SystemRow>,
) -> Result<(&'a Identifier, &'a Identifier), SystemRefusal> {
    let organization = order
        .organization
        .as_ref()
        .or_else(|| system.map(|system| &system.organization));
    let product = order
        .product
        .as_ref()
        .or_else(|| system.map(|system| &system.product));
    Ok((
        organization.ok_or_else(|| unnamed(order, Unstated::Organization))?,
        product.ok_or_else(|| unnamed(order, Unstated::Product))?,
    ))
}

fn unnamed(order: &Order, missing: Unstated) -> SystemRefusal {
    SystemRefusal::Unstated {
        computer_id: order.computer_id,
        missing,
    }
}
