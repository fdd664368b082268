//! Refusals about organizations and products, in English.

use crate::licence::Identifier;
use crate::policy::refusal::{Fresh, SubjectRefusal};
use crate::words::refusal::audience::Audience;
use crate::words::refusal::said::Said;

const SEE_CATALOGUE: &str = "Check its identifier with `keyspool catalogue show`.";

pub(super) fn said(refusal: &SubjectRefusal, to: Audience) -> Said {
    let for_order = |order: &'static str, request: &'static str| {
        if to.has_ordered() { order } else { request }
    };
    match refusal {
        SubjectRefusal::UnknownOrganization { organization } => Said::new(
            format!("The signer knows no organization `{organization}`."),
            for_order(
                SEE_CATALOGUE,
                "Check the organization set on the device, or add it to the catalogue.",
            ),
        ),
        SubjectRefusal::UnknownProduct { product } => Said::new(
            format!("The signer knows no product `{product}`."),
            for_order(
                SEE_CATALOGUE,
                "Check the product set on the device, or add it to the catalogue.",
            ),
        ),
        SubjectRefusal::UnknownLicenceType {
            product,
            licence_type,
            known,
        } => Said::new(
            format!(
                "The product `{product}` has no licence type `{licence_type}`; it has {}.",
                list(known)
            ),
            for_order(
                "Check its types with `keyspool catalogue show`.",
                "Check the need set on the device, or add the licence type to the catalogue.",
            ),
        ),
        SubjectRefusal::WithdrawnOrganization {
            organization,
            wanted,
        } => withdrawn("organization", organization, *wanted, to),
        SubjectRefusal::WithdrawnProduct { product, wanted } => {
            withdrawn("product", product, *wanted, to)
        }
        SubjectRefusal::NotPooled { product, model } => Said::new(
            format!("The product `{product}` has the model {model}, which has no subscriptions."),
            "Name a product of the model pooled-subscription.",
        ),
        SubjectRefusal::NoPreloadedLicences { product, model } => Said::new(
            format!("The product `{product}` has no preloaded licences: its model is {model}."),
            "Leave the counts empty, or correct the product.",
        ),
        SubjectRefusal::NoExpansions { product, model } => Said::new(
            format!("The product `{product}` has no expansions: its model is {model}."),
            "Let the device ask for what it needs.",
        ),
        SubjectRefusal::NoComputerKeys { product } => Said::new(
            format!("The product `{product}` has no Computer Keys."),
            "Bring the bundle or its picture to the device, or set computer_keys in the catalogue.",
        ),
    }
}

fn withdrawn(what: &str, id: &Identifier, wanted: Fresh, to: Audience) -> Said {
    let wanted = match wanted {
        Fresh::Systems => "systems",
        Fresh::LicenceKeys => "licence keys",
        Fresh::Subscription => "subscription",
    };
    Said::new(
        format!("The {what} `{id}` was withdrawn and gets no new {wanted}."),
        if to.is_operator() {
            "Apply a catalogue that has it again."
        } else {
            "Ask the licence manager."
        },
    )
}

fn list(identifiers: &[Identifier]) -> String {
    let names: Vec<&str> = identifiers.iter().map(Identifier::as_str).collect();
    names.join(", ")
}
