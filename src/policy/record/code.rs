//! The codes of refusals (LICENSING section 14).

use alloc::string::String;
use core::fmt;
use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $word:literal;)*) => {
        /// The code of a refusal: lower-case words joined by `-`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RefusalCode {
            $($(#[$doc])* $variant,)*
        }

        impl RefusalCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word that documents and the command line use.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }
    };
}

codes! {
    /// Not of the shape that PROTOCOL section 2 and 4 describe.
    Malformed = "malformed";
    /// Over a limit of PROTOCOL section 2.
    TooLarge = "too-large";
    /// No kind of document that devices send.
    UnknownType = "unknown-type";
    /// A later version of the protocol.
    UnsupportedVersion = "unsupported-version";
    /// A zip or another archive.
    ArchiveNotAccepted = "archive-not-accepted";
    /// A picture without a readable QR code.
    NoCodeInPicture = "no-code-in-picture";
    /// A QR text in parts, some of which never came.
    PartsMissing = "parts-missing";
    /// The device's signature does not hold.
    BadSignature = "bad-signature";
    /// A device has seen more of the history than this vault holds.
    SignerRolledBack = "signer-rolled-back";
    /// No such organization in the catalogue.
    UnknownOrganization = "unknown-organization";
    /// No such product in the catalogue.
    UnknownProduct = "unknown-product";
    /// The product has no such licence type.
    UnknownLicenceType = "unknown-licence-type";
    /// The organization gets nothing new.
    WithdrawnOrganization = "withdrawn-organization";
    /// The product gets nothing new.
    WithdrawnProduct = "withdrawn-product";
    /// The device belongs to another organization, or lies in another's folder.
    OtherOrganization = "other-organization";
    /// The Computer ID belongs to another product.
    OtherProduct = "other-product";
    /// The Computer ID was given up.
    ComputerIdRetired = "computer-id-retired";
    /// The Computer ID was given up by another deactivation.
    AlreadyDeactivated = "already-deactivated";
    /// The device was denied.
    Denied = "denied";
    /// Older than a request that was granted.
    StaleRequest = "stale-request";
    /// Nobody has vouched for this device yet.
    AwaitingApproval = "awaiting-approval";
    /// Too few components of the known device agree.
    HardwareChanged = "hardware-changed";
    /// The same hardware is active elsewhere.
    AlreadyActive = "already-active";
    /// This hardware was reinstalled too often.
    RecoveryLimit = "recovery-limit";
    /// The serial number is on no manufacturing record.
    UnknownSerial = "unknown-serial";
    /// The serial number serves another system.
    SerialInUse = "serial-in-use";
    /// No such licence key, or no proof of it.
    UnknownLicenceKey = "unknown-licence-key";
    /// The licence key was redeemed.
    LicenceKeyUsed = "licence-key-used";
    /// The licence key was declared void.
    LicenceKeyVoid = "licence-key-void";
    /// The licence key is for another product.
    LicenceKeyProduct = "licence-key-product";
    /// The licence key was minted for another organization.
    LicenceKeyOrganization = "licence-key-organization";
    /// The subscription has not been started.
    NotStarted = "not-started";
    /// The system has no activation.
    NotActivated = "not-activated";
    /// A licensed system asks for a trial.
    AlreadyLicensed = "already-licensed";
    /// The wallet holds too few licences.
    NotEnoughLicences = "not-enough-licences";
    /// The growth allowance is used up.
    GrowthAllowance = "growth-allowance";
    /// The trial is over.
    TrialUsed = "trial-used";
    /// The product has no trial.
    NoTrial = "no-trial";
    /// There is nothing to extend.
    NothingToExtend = "nothing-to-extend";
    /// The signer renews this by itself.
    RenewsAutomatically = "renews-automatically";
    /// Further ahead than may be renewed.
    TooFarAhead = "too-far-ahead";
    /// That activation is not this device's.
    UnknownActivation = "unknown-activation";
    /// The Deactivation Verification Code is not this device's.
    WrongCode = "wrong-code";
    /// The period before is not licensed.
    OutOfOrder = "out-of-order";
    /// The product has no Computer Keys.
    NoComputerKeys = "no-computer-keys";
    /// More than a Computer Key can hold.
    TooManyForComputerKey = "too-many-for-computer-key";
    /// A valid activation exists.
    NotNeeded = "not-needed";
    /// Too many emergencies.
    EmergencyLimit = "emergency-limit";
    /// Ten wrong codes for one Computer ID.
    Locked = "locked";
}

impl RefusalCode {
    /// The code of this word.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == word)
    }
}

impl fmt::Display for RefusalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for RefusalCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for RefusalCode {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Self::read(&word).ok_or_else(|| serde::de::Error::custom("no refusal code of this name"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back() {
        for code in RefusalCode::ALL {
            assert_eq!(RefusalCode::read(code.as_str()), Some(*code));
            assert!(
                code.as_str()
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b == b'-'),
                "{code}"
            );
        }
        assert_eq!(RefusalCode::read("no-such-code"), None);
    }
}
