//! Refusals about a licence key (LICENSING section 10).

use super::kinds::refusals;
use crate::licence::{Counts, Identifier, LicenceKeyId, LineError};
use crate::policy::record::code::RefusalCode;

refusals! {
    /// Why a licence key is not redeemed, taken back, voided or minted.
    KeyRefusal {
        /// What was typed is no licence key.
        Mistyped {
            /// The defect.
            error: LineError,
        } => RefusalCode::Malformed;
        /// A request brings a key that nobody minted, or that its device does not know. The refusal
        /// does not tell which.
        NotProven {} => RefusalCode::UnknownLicenceKey;
        /// An order names a key that nobody minted.
        Unknown {
            /// The key, as named.
            key: LicenceKeyId,
        } => RefusalCode::UnknownLicenceKey;
        /// The key was redeemed.
        Used {
            /// The key.
            key: LicenceKeyId,
        } => RefusalCode::LicenceKeyUsed;
        /// The key was declared void, and is to be redeemed.
        Void {
            /// The key.
            key: LicenceKeyId,
        } => RefusalCode::LicenceKeyVoid;
        /// The key was declared void, and is to be taken back or declared void.
        VoidAlready {
            /// The key.
            key: LicenceKeyId,
        } => RefusalCode::LicenceKeyVoid;
        /// The key is for another product.
        OtherProduct {
            /// The key.
            key: LicenceKeyId,
            /// Its product.
            product: Identifier,
        } => RefusalCode::LicenceKeyProduct;
        /// The key was minted for another organization, which is not named.
        OtherOrganization {
            /// The key.
            key: LicenceKeyId,
        } => RefusalCode::LicenceKeyOrganization;
        /// A key of this id exists already, so it is not minted.
        Exists {
            /// The key.
            key: LicenceKeyId,
        } => RefusalCode::LicenceKeyUsed;
        /// The key is to be taken back, and was not redeemed.
        NotRedeemed {
            /// The key.
            key: LicenceKeyId,
        } => RefusalCode::NotNeeded;
        /// The key is to be taken back, and what it bought is in use.
        InUse {
            /// The key.
            key: LicenceKeyId,
            /// Its licences that do not lie unused.
            missing: Counts,
        } => RefusalCode::LicenceKeyUsed;
    }
}
