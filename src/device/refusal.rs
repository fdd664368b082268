//! Why a device does not install what it is given.

use super::fingerprint::FingerprintMatch;
use crate::licence::{ComputerId, Identifier};
use crate::seal::TrustError;
use crate::seal::computer_key::ComputerKeyRefused;
use crate::wire::Kind;

/// Why an activation, or a set of documents, was not installed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing to install was given.
    #[error("there is no activation and no trust list here")]
    Nothing,
    /// A document that is not for installing.
    #[error("a {0} is nothing to install")]
    NotForInstalling(Kind),
    /// A document whose type is unknown here.
    #[error("a document is of a type or version that this device does not know")]
    UnknownType,
    /// Several different documents of one kind.
    #[error("there are several documents of the kind {0} here, one is allowed")]
    Several(Kind),
    /// Only a trust list was given, and it was refused.
    #[error("{0}")]
    TrustList(TrustError),
    /// No key that the trust list allows signed the activation.
    #[error("{0}")]
    Signer(TrustError),
    /// The activation is for another organization.
    #[error("this activation is for the organization {found}, this device belongs to {own}")]
    Organization {
        /// The activation's.
        found: Identifier,
        /// The device's.
        own: Identifier,
    },
    /// The activation is for another product.
    #[error("this activation is for the product {found}, this is {own}")]
    Product {
        /// The activation's.
        found: Identifier,
        /// The device's.
        own: Identifier,
    },
    /// The activation is for another device.
    #[error("this activation is for the Computer ID {found}, this device is {own}")]
    OtherDevice {
        /// The activation's.
        found: ComputerId,
        /// The device's.
        own: ComputerId,
    },
    /// The activation is for a Computer ID that this device has given up for good.
    #[error("this activation is for the Computer ID {found}, which this device has given up")]
    GivenUp {
        /// The activation's.
        found: ComputerId,
    },
    /// Too few components of the fingerprint agree.
    #[error("{} components of the hardware agree, {} must", .0.agree, .0.needed)]
    Fingerprint(FingerprintMatch),
    /// This very activation is installed already.
    #[error("this activation is installed already")]
    Already,
    /// The sequence is not greater than the highest one installed for this Computer ID.
    #[error("this activation has the sequence {found}, number {installed} was installed already")]
    Sequence {
        /// The activation's.
        found: u16,
        /// The highest that was installed.
        installed: u16,
    },
    /// The Computer Key cannot be read, or its signature does not hold here.
    #[error("{0}")]
    ComputerKey(ComputerKeyRefused),
    /// The Computer Key names a licence type by a number that the product does not have.
    #[error("the Computer Key names licence type number {index}, which this product does not have")]
    LicenceType {
        /// The number, counted from 0.
        index: u8,
    },
}

/// What became of a trust list or a checkpoint that came with an activation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reception {
    /// There was none.
    Absent,
    /// It was stored.
    Stored,
    /// It is known already, older than what is stored, or came without the activation that it
    /// belongs to.
    Ignored,
    /// It was refused, and what is stored stays. The activation may still be good; the operator
    /// should know.
    Refused(TrustError),
}

/// Why documents were not installed, and what became of their trust list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct NotInstalled {
    /// The rule that is broken.
    pub reason: Refusal,
    /// The trust list: a newer one is stored even where the activation beside it is refused.
    pub trust_list: Reception,
}
