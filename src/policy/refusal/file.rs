//! Refusals of files in which nothing can be answered (LICENSING section 14; PROTOCOL sections 2,
//! 4 and 7).

use super::kinds::refusals;
use crate::policy::record::code::RefusalCode;
use crate::seal::VerifyError;
use crate::wire::WireError;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

refusals! {
    /// Why nothing in a file can be answered (LICENSING section 14).
    FileRefusal {
        /// A document, a payload or a QR text breaks a rule of the protocol (PROTOCOL sections 2,
        /// 4 and 7).
        Unreadable {
            /// The rule, and what was found.
            error: Box<WireError>,
        } => code_of(error.code());
        /// A document, but none that a device sends (PROTOCOL section 4).
        NoRequest {
            /// What it is.
            error: Box<VerifyError>,
        } => RefusalCode::UnknownType;
        /// The signature does not hold for the device's key (PROTOCOL section 2).
        Unsigned {
            /// How it does not.
            error: Box<VerifyError>,
        } => code_of(error.code());
        /// A text file that is not UTF-8 (PROTOCOL section 7).
        NotUtf8 {} => RefusalCode::Malformed;
        /// The file changed in `work/` between being verified and being decided.
        Changed {
            /// Its path in the inbox, escaped for people.
            file: String,
        } => RefusalCode::Malformed;
        /// The file is over the limit of its kind (PROTOCOL section 2).
        TooLarge {
            /// Bytes of the file.
            found: u64,
            /// Most bytes allowed.
            allowed: u64,
        } => RefusalCode::TooLarge;
        /// An archive; what is in it has to be brought by itself.
        Archive {
            /// Its kind's usual name.
            kind: &'static str,
        } => RefusalCode::ArchiveNotAccepted;
        /// The picture has more pixels than are read.
        TooManyPixels {
            /// Pixels of a row.
            width: u32,
            /// Rows.
            height: u32,
            /// Most pixels allowed.
            allowed: u64,
            /// Most pixels allowed on a side.
            side: u32,
        } => RefusalCode::TooLarge;
        /// A picture of a kind that is not read.
        PictureKind {
            /// Its kind's usual name.
            kind: &'static str,
        } => RefusalCode::NoCodeInPicture;
        /// A HEIC picture, as the cameras of many telephones write it.
        Heic {} => RefusalCode::NoCodeInPicture;
        /// A PDF file.
        Pdf {} => RefusalCode::NoCodeInPicture;
        /// No QR code was found in the picture.
        NoCode {} => RefusalCode::NoCodeInPicture;
        /// The QR codes in the picture are none of Keyspool. Nothing of them is kept but the host
        /// of a link: a code may hold a secret.
        ForeignCode {
            /// Where the first one leads to.
            host: Option<String>,
        } => RefusalCode::NoCodeInPicture;
        /// The picture is damaged, cut off, or of an unusual kind.
        Damaged {} => RefusalCode::NoCodeInPicture;
        /// Reading the picture took too long.
        TooSlow {
            /// Seconds allowed.
            allowed: u64,
        } => RefusalCode::NoCodeInPicture;
        /// Reading the picture took too much memory.
        TooMuchMemory {
            /// MiB allowed.
            allowed: u64,
        } => RefusalCode::NoCodeInPicture;
        /// The process that reads pictures broke at this one.
        ReaderBroke {} => RefusalCode::NoCodeInPicture;
        /// Parts of a QR text did not come in time.
        PartsMissing {
            /// Parts of the text.
            count: u8,
            /// The numbers of those that are missing, from 1.
            missing: Vec<u8>,
            /// Hours that the others waited.
            hours: i64,
        } => RefusalCode::PartsMissing;
    }
}

fn code_of(word: &str) -> RefusalCode {
    RefusalCode::read(word).unwrap_or(RefusalCode::Malformed)
}

impl From<WireError> for FileRefusal {
    fn from(error: WireError) -> Self {
        VerifyError::from(error).into()
    }
}

impl From<VerifyError> for FileRefusal {
    fn from(error: VerifyError) -> Self {
        match error {
            error if code_of(error.code()) == RefusalCode::UnknownType => Self::NoRequest {
                error: Box::new(error),
            },
            VerifyError::Wire(error) => Self::Unreadable {
                error: Box::new(error),
            },
            error => Self::Unsigned {
                error: Box::new(error),
            },
        }
    }
}
