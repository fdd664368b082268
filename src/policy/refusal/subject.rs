//! Refusals about the organization, the product and its licence types (LICENSING sections 2, 8 and
//! 14).

use super::kinds::refusals;
use crate::licence::Identifier;
use crate::policy::record::catalogue::settings::Model;
use crate::policy::record::code::RefusalCode;
use alloc::vec::Vec;

/// What a withdrawn organization or product no longer gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fresh {
    /// Systems.
    Systems,
    /// Licence keys.
    LicenceKeys,
    /// A subscription.
    Subscription,
}

refusals! {
    /// Why an organization or a product gets nothing.
    SubjectRefusal {
        /// The catalogue has no such organization (section 14).
        UnknownOrganization {
            /// Its identifier, as stated.
            organization: Identifier,
        } => RefusalCode::UnknownOrganization;
        /// The catalogue has no such product (section 14).
        UnknownProduct {
            /// Its identifier, as stated.
            product: Identifier,
        } => RefusalCode::UnknownProduct;
        /// An order about a subscription, for a product that has none (section 9.1).
        NotPooled {
            /// The product.
            product: Identifier,
            /// Its model.
            model: Model,
        } => RefusalCode::UnknownProduct;
        /// The product has no such licence type (section 14).
        UnknownLicenceType {
            /// The product.
            product: Identifier,
            /// The licence type, as stated.
            licence_type: Identifier,
            /// The product's licence types.
            known: Vec<Identifier>,
        } => RefusalCode::UnknownLicenceType;
        /// A record of preloaded licences, for a product whose model has none (section 11).
        NoPreloadedLicences {
            /// The product.
            product: Identifier,
            /// Its model.
            model: Model,
        } => RefusalCode::UnknownLicenceType;
        /// Expansions for a product whose model has none (section 11).
        NoExpansions {
            /// The product.
            product: Identifier,
            /// Its model.
            model: Model,
        } => RefusalCode::NotNeeded;
        /// The organization was withdrawn (section 14).
        WithdrawnOrganization {
            /// The organization.
            organization: Identifier,
            /// What was wanted anew.
            wanted: Fresh,
        } => RefusalCode::WithdrawnOrganization;
        /// The product was withdrawn (section 14).
        WithdrawnProduct {
            /// The product.
            product: Identifier,
            /// What was wanted anew.
            wanted: Fresh,
        } => RefusalCode::WithdrawnProduct;
        /// The product's activations cannot be typed (section 15).
        NoComputerKeys {
            /// The product.
            product: Identifier,
        } => RefusalCode::NoComputerKeys;
    }
}
