//! Why bytes are no document: one variant a defect, with what was found and what is allowed.

pub use super::excerpt::Excerpt;
use super::kind::Kind;
pub use super::qr_fault::QrFault;
use crate::licence::day::DayError;
use crate::licence::id::IdError;
use crate::licence::identifier::{IdentifierError, TextError};
use crate::licence::{ComputerId, KeyId, LineError};
use alloc::string::String;
use alloc::vec::Vec;

/// Why bytes were not read as a document (PROTOCOL sections 2 to 5 and 7).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// A file, an envelope or a QR text over 66 KiB.
    #[error("{found} bytes, a document has at most {allowed}")]
    TooLarge {
        /// Bytes found.
        found: usize,
        /// Most bytes allowed.
        allowed: usize,
    },
    /// A payload over 48 KiB.
    #[error("a payload of more than {allowed} bytes, which is the most allowed")]
    PayloadTooLarge {
        /// Most bytes allowed.
        allowed: usize,
    },
    /// A payload type that this page does not name.
    #[error("the type `{found}`, which is no keyspool document")]
    UnknownType {
        /// The type found.
        found: Excerpt,
    },
    /// A document of the signer where a request belongs.
    #[error("a document of kind {found}, where a request of a device belongs")]
    NotARequest {
        /// The kind found.
        found: Kind,
    },
    /// The kind byte of a QR frame is not 1 to 7.
    #[error("kind {found} in a QR code, where 1 to 7 are allowed")]
    UnknownQrKind {
        /// The byte found.
        found: u8,
    },
    /// Another version of this protocol.
    #[error("`{found}`, of another version than 1")]
    UnsupportedVersion {
        /// The type, or the beginning of the QR text.
        found: Excerpt,
    },
    /// Parts of a split QR text are not there yet.
    #[error("{} of {count} parts are missing", missing.len())]
    PartsMissing {
        /// The missing part numbers, rising.
        missing: Vec<u8>,
        /// Number of parts; 0 before the first part came.
        count: u8,
    },

    /// The bytes end before the JSON text does: a prefix of a document, perhaps.
    #[error("the JSON text ends after {found} bytes, before it is complete")]
    EndsEarly {
        /// Bytes found.
        found: usize,
    },
    /// The payload ends before its JSON text does, in a complete envelope.
    #[error("the payload's JSON text ends after {found} bytes, before it is complete")]
    PayloadEndsEarly {
        /// Bytes found.
        found: usize,
    },
    /// A byte order mark before the text.
    #[error("a byte order mark, which JSON text must not begin with")]
    ByteOrderMark,
    /// Not UTF-8.
    #[error("byte {at} is not UTF-8")]
    NotUtf8 {
        /// Offset of the first bad byte.
        at: usize,
    },
    /// Not strict RFC 8259 JSON: a wrong token, a lone surrogate, bytes after the end.
    #[error("not JSON at line {line}, column {column}")]
    Syntax {
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1; 0 at a line's very beginning.
        column: usize,
    },
    /// Objects and arrays in one another deeper than 16.
    #[error("nested deeper than {allowed}")]
    TooDeep {
        /// Deepest level allowed, the outermost object being 1.
        allowed: usize,
    },
    /// Two members of one object with one name.
    #[error("the member `{name}` twice in one object")]
    RepeatedMember {
        /// The name after unescaping.
        name: Excerpt,
    },
    /// A number with a sign, a fraction or an exponent, or over 2^64 - 1.
    #[error("a number that is no plain integer from 0 to 9007199254740991")]
    NumberForm,
    /// An integer over 2^53 - 1.
    #[error("the number {found}, 0 to 9007199254740991 are allowed")]
    NumberRange {
        /// The number found.
        found: u64,
    },
    /// `null` in a request.
    #[error("null in a request, where optional members are left out")]
    Null,
    /// The outermost value is no object.
    #[error("{found}, where the outermost value must be an object")]
    NotAnObject {
        /// What it is.
        found: &'static str,
    },

    /// A member is missing.
    #[error("the member `{member}` is missing")]
    MissingMember {
        /// Its path.
        member: Excerpt,
    },
    /// A member that this page does not name, in an envelope or a request.
    #[error("the member `{member}`, which this document does not have")]
    UnknownMember {
        /// Its path.
        member: Excerpt,
    },
    /// `critical` names a member that this program does not know.
    #[error("the critical member `{member}` is not known to this program")]
    UnknownCritical {
        /// The name.
        member: Excerpt,
    },
    /// A value of another JSON type.
    #[error("`{member}` is {found}, {allowed} is allowed")]
    WrongType {
        /// The member's path.
        member: Excerpt,
        /// What it is.
        found: &'static str,
        /// What it must be.
        allowed: &'static str,
    },
    /// No identifier.
    #[error("`{member}`: {fault}")]
    Identifier {
        /// The member's path.
        member: Excerpt,
        /// The broken rule.
        fault: IdentifierError,
    },
    /// Text too long, empty, or with control or format characters.
    #[error("`{member}`: {fault}")]
    Text {
        /// The member's path.
        member: Excerpt,
        /// The broken rule.
        fault: TextError,
    },
    /// No ULID, hex number or Computer ID.
    #[error("`{member}`: {fault}")]
    Id {
        /// The member's path.
        member: Excerpt,
        /// The broken rule.
        fault: IdError,
    },
    /// No date or time.
    #[error("`{member}`: {fault}")]
    Day {
        /// The member's path.
        member: Excerpt,
        /// The broken rule.
        fault: DayError,
    },
    /// No code of the wanted kind.
    #[error("`{member}`: {fault}")]
    Code {
        /// The member's path.
        member: Excerpt,
        /// The broken rule.
        fault: LineError,
    },
    /// A code that is right, but not spelled in its canonical form.
    #[error("`{member}`: a code in documents stands as five groups of five, in upper case")]
    CodeForm {
        /// The member's path.
        member: Excerpt,
    },
    /// Not base64 in its one canonical spelling.
    #[error("`{member}` is no canonical base64 with padding")]
    Base64 {
        /// The member's path.
        member: Excerpt,
    },
    /// A binary value of another length.
    #[error("`{member}` has {found} bytes, {allowed} are allowed")]
    Length {
        /// The member's path.
        member: Excerpt,
        /// Bytes found.
        found: usize,
        /// Bytes allowed.
        allowed: usize,
    },
    /// A word that is not among those allowed.
    #[error("`{member}` is `{found}`, {allowed} are allowed")]
    Word {
        /// The member's path.
        member: Excerpt,
        /// The word found.
        found: Excerpt,
        /// The words allowed.
        allowed: String,
    },
    /// A number out of its range.
    #[error("`{member}` is {found}, {from} to {to} are allowed")]
    Range {
        /// The member's path.
        member: Excerpt,
        /// The number found.
        found: u64,
        /// Smallest allowed.
        from: u64,
        /// Largest allowed.
        to: u64,
    },
    /// Too few or too many members of an object or values of an array.
    #[error("`{member}` holds {found}, {from} to {to} are allowed")]
    Count {
        /// The member's path.
        member: Excerpt,
        /// Number found.
        found: usize,
        /// Fewest allowed.
        from: usize,
        /// Most allowed.
        to: usize,
    },
    /// Vendor data over 4 KiB.
    #[error("`extensions` has {found} bytes of JSON text, {allowed} are allowed")]
    ExtensionsTooLarge {
        /// Bytes of compact JSON text found.
        found: usize,
        /// Most bytes allowed.
        allowed: usize,
    },
    /// A refusal's code is not of lower-case words joined by `-`.
    #[error("`{member}` is `{found}`, lower-case words joined by `-` are allowed")]
    CodeWords {
        /// The member's path.
        member: Excerpt,
        /// What was found.
        found: Excerpt,
    },
    /// A key id that is not that of the key beside it.
    #[error("the key id {found}, where the key's is {expected}")]
    KeyIdOfAnother {
        /// The key id found.
        found: KeyId,
        /// The key id of the key.
        expected: KeyId,
    },
    /// A Computer ID that is not that of the device key.
    #[error("the Computer ID {found}, where the device key's is {expected}")]
    ComputerIdOfAnother {
        /// The Computer ID found.
        found: ComputerId,
        /// The Computer ID of the device key.
        expected: ComputerId,
    },
    /// One of `fingerprint` and `fingerprint_min_match` without the other.
    #[error("one of `fingerprint` and `fingerprint_min_match` without the other")]
    FingerprintAlone,
    /// `valid_from`, `valid_until` and `grace_until` do not rise, or only one of the last two
    /// null.
    #[error(
        "`valid_from`, `valid_until` and `grace_until` must rise, the last two be both dates or \
            both null"
    )]
    DaysNotRising,
    /// `notify_days` does not fall strictly.
    #[error("`notify_days` must fall strictly, {later} follows {earlier}")]
    NotifyDaysNotFalling {
        /// The value before.
        earlier: u16,
        /// The value that is not smaller.
        later: u16,
    },
    /// One key twice on a trust list.
    #[error("the key {found} twice on one trust list")]
    RepeatedKey {
        /// Its key id.
        found: KeyId,
    },

    /// No QR text, or no part of one.
    #[error(transparent)]
    Qr(#[from] QrFault),
}

impl WireError {
    /// The refusal code of section 2: `too-large`, `unknown-type`, `unsupported-version`,
    /// `parts-missing`, else `malformed`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } | Self::PayloadTooLarge { .. } => "too-large",
            Self::UnknownType { .. } | Self::NotARequest { .. } | Self::UnknownQrKind { .. } => {
                "unknown-type"
            }
            Self::UnsupportedVersion { .. } => "unsupported-version",
            Self::PartsMissing { .. } => "parts-missing",
            _ => "malformed",
        }
    }

    /// The same fault, said of a payload inside a complete envelope.
    #[must_use]
    pub(crate) fn in_payload(self) -> Self {
        match self {
            Self::EndsEarly { found } => Self::PayloadEndsEarly { found },
            other => other,
        }
    }
}
