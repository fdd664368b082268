//! The kinds of document and their payload types (PROTOCOL section 2).

use alloc::string::String;

/// A kind of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Device to signer: what a system is and wants.
    SystemDescription,
    /// Device to signer: proof that a system gave itself up.
    Deactivation,
    /// Device to signer: proof that an activation arrived.
    Confirmation,
    /// Signer to device: what a system may use.
    Activation,
    /// Signer to device and people: where the licences of a deactivation went.
    Receipt,
    /// Signer to people: why a file has no answer.
    Refusal,
    /// Signer to device: which keys sign.
    TrustList,
    /// Signer to people: what became of a batch.
    Manifest,
    /// Signer to people, and back as a witness: a place in the history.
    Checkpoint,
}

/// Why a payload type is no [`Kind`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KindError {
    /// A known kind in a version other than 1.
    Version,
    /// Anything else.
    Unknown,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::SystemDescription,
        Self::Deactivation,
        Self::Confirmation,
        Self::Activation,
        Self::Receipt,
        Self::Refusal,
        Self::TrustList,
        Self::Manifest,
        Self::Checkpoint,
    ];

    /// The word in its payload type.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::SystemDescription => "system-description",
            Self::Deactivation => "deactivation",
            Self::Confirmation => "confirmation",
            Self::Activation => "activation",
            Self::Receipt => "receipt",
            Self::Refusal => "refusal",
            Self::TrustList => "trust-list",
            Self::Manifest => "manifest",
            Self::Checkpoint => "checkpoint",
        }
    }

    /// Whether devices send it to the signer.
    #[must_use]
    pub fn is_request(self) -> bool {
        matches!(
            self,
            Self::SystemDescription | Self::Deactivation | Self::Confirmation
        )
    }

    /// `application/vnd.keyspool.<kind>.v1+json`.
    #[must_use]
    pub fn payload_type(self) -> String {
        alloc::format!("application/vnd.keyspool.{}.v1+json", self.word())
    }

    /// The kind of a payload type.
    ///
    /// # Errors
    /// [`KindError`]: another version of a known kind is told apart from what is unknown.
    pub fn from_payload_type(payload_type: &str) -> Result<Self, KindError> {
        let inner = payload_type
            .strip_prefix("application/vnd.keyspool.")
            .and_then(|rest| rest.strip_suffix("+json"));
        let (word, version) = inner
            .and_then(|inner| inner.rsplit_once(".v"))
            .ok_or(KindError::Unknown)?;
        let kind = Self::ALL
            .into_iter()
            .find(|kind| kind.word() == word)
            .ok_or(KindError::Unknown)?;
        match version {
            "1" => Ok(kind),
            other if !other.is_empty() && other.bytes().all(|b| b.is_ascii_digit()) => {
                Err(KindError::Version)
            }
            _ => Err(KindError::Unknown),
        }
    }
}

impl core::fmt::Display for Kind {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.word())
    }
}
