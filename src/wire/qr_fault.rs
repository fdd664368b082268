//! Why a document is not written as QR text, and why text is no QR text (PROTOCOL section 7): one
//! variant a defect.

use super::excerpt::Excerpt;

/// Why a document is not written as QR text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QrError {
    /// The payload type is none of the seven that travel as QR.
    #[error("`{found}`, which does not travel as a QR code")]
    Kind {
        /// The payload type found.
        found: Excerpt,
    },
    /// The text does not fit in 32 parts.
    #[error("{found} characters, QR codes hold at most {allowed}")]
    TooLong {
        /// Characters found.
        found: usize,
        /// Most characters of 32 parts.
        allowed: usize,
    },
    /// Text that does not begin with `KS1:`, or with characters that base45 does not have.
    #[error("`{found}`, which is no QR text of a document")]
    NotQrText {
        /// The text's beginning.
        found: Excerpt,
    },
}

/// Why text was not read as a document in QR form, or as a part of one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QrFault {
    /// Text that begins with neither `KS1:` nor `KS1-`.
    #[error("`{found}`, where QR text begins with `KS1:` or, for a part, with `KS1-`")]
    NotQrText {
        /// The text's beginning.
        found: Excerpt,
    },
    /// A character that base45 does not have.
    #[error("the character U+{found:04X}, which base45 does not have")]
    Base45Alphabet {
        /// Its code point.
        found: u32,
    },
    /// A group of base45 characters with a value over 65,535, or a last group of two over 255.
    #[error("a base45 group of value {found}, at most {allowed} is allowed")]
    Base45Value {
        /// The value found.
        found: u32,
        /// Largest allowed: 65,535 for three characters, 255 for two.
        allowed: u32,
    },
    /// One base45 character is left over.
    #[error("{found} base45 characters, which is one too many or two too few")]
    Base45Length {
        /// Characters found.
        found: usize,
    },
    /// A QR frame without room for kind, key id and signature.
    #[error("a QR frame of {found} bytes, at least {needed} are needed")]
    FrameShort {
        /// Bytes found.
        found: usize,
        /// Fewest bytes of a frame.
        needed: usize,
    },
    /// Bytes that are no DEFLATE stream.
    #[error("the payload in the QR code is no DEFLATE stream")]
    Deflate,
    /// A DEFLATE stream without its end.
    #[error("the DEFLATE stream in the QR code ends before its final block does")]
    DeflateEndsEarly,
    /// Bytes after the final block.
    #[error("{found} bytes after the final block of the DEFLATE stream")]
    DeflateTrailing {
        /// Bytes after the final block.
        found: usize,
    },
    /// The head of a part is not `KS1-<i>-<n>-<tag>:`.
    #[error("`{found}`, where a part begins with `KS1-<number>-<count>-<8 hex digits>:`")]
    PartHead {
        /// The part's beginning.
        found: Excerpt,
    },
    /// A part's number or its count is out of range.
    #[error("part {index} of {count}, where there are 2 to 32 parts, counted from 1")]
    PartNumber {
        /// The number found.
        index: u8,
        /// The count found.
        count: u8,
    },
    /// A part with too many characters.
    #[error("a part of {found} characters, {allowed} are allowed")]
    PartLong {
        /// Characters found.
        found: usize,
        /// Most allowed.
        allowed: usize,
    },
    /// A part that begins or ends with a space, or has lost its characters.
    #[error("part {index} is empty, or begins or ends with a space")]
    PartEdge {
        /// The part's number.
        index: u8,
    },
    /// A part of another set.
    #[error("a part of the set {found}, where parts of {expected} are collected")]
    PartOfAnother {
        /// Its tag.
        found: Excerpt,
        /// The set's tag.
        expected: Excerpt,
    },
    /// Two different parts of one number: the set is void.
    #[error("two different parts {index} of one set")]
    PartsDiffer {
        /// Their number.
        index: u8,
    },
    /// Two parts of one tag that say different counts: the set is void.
    #[error("a part of one set says that there are {found} parts, another says {expected}")]
    PartsCount {
        /// What the part that came last says.
        found: u8,
        /// What the first part said.
        expected: u8,
    },
    /// The joined text is not the one that the tag names.
    #[error("the joined text has the tag {found}, the parts say {expected}")]
    PartsTag {
        /// The joined text's tag.
        found: Excerpt,
        /// The tag of the parts.
        expected: Excerpt,
    },
}
