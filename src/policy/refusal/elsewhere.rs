//! Refusals because of another organization or another product than the one stated (LICENSING
//! sections 8, 12 and 14).

use super::kinds::refusals;
use crate::licence::Identifier;
use crate::policy::record::code::RefusalCode;

refusals! {
    /// Why what is stated does not fit what is known.
    ElsewhereRefusal {
        /// The system is another organization's; which, is not told (section 14).
        NotRegistered {
            /// The organization that the request states.
            organization: Identifier,
        } => RefusalCode::OtherOrganization;
        /// The file lies in the folder of another organization (section 8).
        Folder {
            /// The organization of the folder.
            folder: Identifier,
            /// The organization that the request states.
            stated: Identifier,
        } => RefusalCode::OtherOrganization;
        /// An order names systems of two organizations (section 12).
        TwoOrganizations {
            /// That of the first system.
            one: Identifier,
            /// That of a later one, or of the order.
            other: Identifier,
        } => RefusalCode::OtherOrganization;
        /// An order names systems with two products (section 12).
        TwoProducts {
            /// That of the first system.
            one: Identifier,
            /// That of a later one, or of the order.
            other: Identifier,
        } => RefusalCode::OtherProduct;
        /// The Computer ID is that of another product on the device (section 14).
        OtherProduct {
            /// The product that the Computer ID belongs to.
            installed: Identifier,
            /// The product that the request states.
            stated: Identifier,
        } => RefusalCode::OtherProduct;
    }
}
