//! Why the tool does not do what it is asked: a statement, and a hint with one action.

use crate::device::{DeviceError, Refusal};
use crate::licence::LineError;
use crate::render::RenderError;
use crate::scan::Unread;
use crate::wire::error::WireError;
use crate::wire::qr::QrError;
use crate::words::device::en;
use crate::words::escape::bytes_for_terminal;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Why the tool did not do what it was asked. Nothing was changed, except with
/// [`AgentError::NotWritten`].
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// The state's folder does not exist.
    #[error("{}", en::error::no_state(&escaped(.0)))]
    NoState(PathBuf),
    /// Another process has held the state's lock for ten seconds.
    #[error("{}", en::error::busy(&escaped(.0)))]
    Busy(PathBuf),
    /// Others may enter the folder in which the device's secret would stand.
    #[error("{}", en::error::open_folder(&escaped(.0)))]
    OpenFolder(PathBuf),
    /// The state is larger than any that was ever written.
    #[error("{}", en::error::state_size(&escaped(folder), *allowed))]
    StateSize {
        /// The state's folder.
        folder: PathBuf,
        /// Most bytes that are read.
        allowed: u64,
    },
    /// The operating system's own error; it names the file.
    #[error("{0}")]
    System(#[from] io::Error),
    /// The operating system gives no randomness.
    #[error("{}", en::error::randomness(.0))]
    Randomness(getrandom::Error),
    /// Nothing tells this machine from others.
    #[error("{}", en::error::NO_COMPONENTS)]
    NoComponents,
    /// Neither a need was given nor is an activation installed that states one.
    #[error("{}", en::error::NO_NEED)]
    NoNeed,
    /// A licence key was misread.
    #[error("{}", en::error::licence_key(*number, fault))]
    LicenceKey {
        /// Which one, from 1.
        number: usize,
        /// What is wrong.
        fault: LineError,
    },
    /// More licence keys than one request carries.
    #[error("{}", en::error::licence_keys(*found, *allowed))]
    LicenceKeys {
        /// Keys found.
        found: usize,
        /// Most allowed.
        allowed: usize,
    },
    /// An output file whose name says no form that we write.
    #[error("{}", en::error::out_form(&escaped(.0)))]
    OutForm(PathBuf),
    /// An input file larger than anything that belongs in it.
    #[error("{}", en::error::input_size(*allowed))]
    InputSize {
        /// Most bytes that are read.
        allowed: usize,
    },
    /// A picture from which nothing could be taken.
    #[error("{}", en::error::picture(.0))]
    Picture(&'static str),
    /// Pictures cannot be read now.
    #[error("{0}")]
    Unread(#[from] Unread),
    /// Neither a bundle nor a document, QR text or code.
    #[error("{}", en::error::UNRECOGNISED)]
    Unrecognised,
    /// A bundle that cannot be read as a zip.
    #[error("{}", en::error::bundle_form(.0))]
    BundleForm(zip::result::ZipError),
    /// An entry that bundles do not have.
    #[error("{}", en::error::bundle_name(.0))]
    BundleName(Vec<u8>),
    /// An entry that is compressed or encrypted.
    #[error("{}", en::error::bundle_stored(.0))]
    BundleStored(&'static str),
    /// An entry over its limit.
    #[error("{}", en::error::bundle_size(name, *allowed))]
    BundleSize {
        /// The entry's name.
        name: &'static str,
        /// Most that is allowed.
        allowed: usize,
    },
    /// A bundle without its activation.
    #[error("{}", en::error::BUNDLE_EMPTY)]
    BundleEmpty,
    /// A document that cannot be read.
    #[error("{name}: {fault}")]
    Document {
        /// Its name, or what it is.
        name: String,
        /// What is wrong.
        fault: WireError,
    },
    /// A Computer Key needs the names of the licence types that its numbers stand for.
    #[error("{}", en::error::LICENCE_TYPES)]
    LicenceTypes,
    /// A question that nobody is there to answer.
    #[error("{}", en::error::NOBODY_TO_ASK)]
    NobodyToAsk,
    /// The answer was not yes.
    #[error("{}", en::error::DECLINED)]
    Declined,
    /// A deactivation says why.
    #[error("{}", en::error::NO_REASON)]
    NoReason,
    /// No deactivation was ever finished here.
    #[error("{}", en::error::NOTHING_TO_REPEAT)]
    NothingToRepeat,
    /// The deactivation is finished, its document could not be written.
    #[error("{}", en::error::not_written(.0))]
    NotWritten(Box<AgentError>),
    /// A document that does not go into QR codes.
    #[error("{0}")]
    Qr(#[from] QrError),
    /// A picture that cannot be drawn.
    #[error("{0}")]
    Render(#[from] RenderError),
    /// The device's own error.
    #[error("{0}")]
    Device(Box<DeviceError<AgentError>>),
}

impl From<DeviceError<Self>> for AgentError {
    fn from(error: DeviceError<Self>) -> Self {
        match error {
            DeviceError::Store(own) => own,
            other => Self::Device(Box::new(other)),
        }
    }
}

impl AgentError {
    /// Lower-case words joined by `-`, for `--json`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoState(_) => "no-state",
            Self::Busy(_) => "busy",
            Self::OpenFolder(_) => "open-folder",
            Self::StateSize { .. } => "state-unreadable",
            Self::System(_) | Self::Randomness(_) => "system",
            Self::NoComponents => "no-components",
            Self::NoNeed => "no-need",
            Self::LicenceKey { .. } | Self::LicenceKeys { .. } => "licence-key",
            Self::OutForm(_) => "out-form",
            Self::InputSize { .. } | Self::BundleSize { .. } => "too-large",
            Self::Picture(_) => "no-code-in-picture",
            Self::Unread(_) => "picture-not-read",
            Self::Unrecognised => "unknown-type",
            Self::BundleForm(_)
            | Self::BundleName(_)
            | Self::BundleStored(_)
            | Self::BundleEmpty => "bundle",
            Self::Document { fault, .. } => fault.code(),
            Self::LicenceTypes => "no-licence-types",
            Self::NobodyToAsk => "nobody-to-ask",
            Self::Declined => "declined",
            Self::NoReason => "no-reason",
            Self::NothingToRepeat => "nothing-to-repeat",
            Self::NotWritten(_) => "not-written",
            Self::Qr(_) | Self::Render(_) => "picture",
            Self::Device(error) => device_code(error),
        }
    }

    /// One action that helps.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NoState(_) => en::hint::MAKE_ONE,
            Self::OpenFolder(_) => en::hint::OWN_FOLDER,
            Self::Busy(_) => en::hint::WAIT,
            Self::NoComponents => en::hint::STATE_COMPONENTS,
            Self::NoNeed => en::hint::STATE_NEED,
            Self::LicenceKey { .. } => en::hint::COMPARE_KEY,
            Self::LicenceKeys { .. } => en::hint::SECOND_REQUEST,
            Self::OutForm(_) => en::hint::NAME_FORM,
            Self::Picture(_) | Self::Unread(_) => en::hint::OTHER_WAY,
            Self::Unrecognised | Self::InputSize { .. } => en::hint::GIVE_ZIP,
            Self::BundleForm(_)
            | Self::BundleName(_)
            | Self::BundleStored(_)
            | Self::BundleSize { .. }
            | Self::BundleEmpty => en::hint::COPY_ZIP,
            Self::Document { .. } => en::hint::COPY_FILE,
            Self::LicenceTypes => en::hint::NAME_TYPES,
            Self::NobodyToAsk => en::hint::ADD_YES,
            Self::NoReason => en::hint::ADD_REASON,
            Self::NotWritten(_) => en::hint::WRITE_AGAIN,
            Self::Device(error) => return device_hint(error).map(str::to_owned),
            Self::StateSize { .. }
            | Self::System(_)
            | Self::Randomness(_)
            | Self::Declined
            | Self::NothingToRepeat => {
                return None;
            }
            Self::Qr(_) | Self::Render(_) => en::hint::WRITE_JSON,
        };
        Some(hint.to_owned())
    }

    /// 1 for what failed, 2 for what was asked wrongly.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NoNeed
            | Self::OutForm(_)
            | Self::NobodyToAsk
            | Self::NoReason
            | Self::LicenceTypes => 2,
            _ => 1,
        }
    }
}

fn device_code(error: &DeviceError<AgentError>) -> &'static str {
    match error {
        DeviceError::Exists => "exists",
        DeviceError::NoState => "no-state",
        DeviceError::State(_) => "state-unreadable",
        DeviceError::NothingInstalled => "nothing-installed",
        DeviceError::Refused(_) => "refused",
        _ => "request",
    }
}

fn device_hint(error: &DeviceError<AgentError>) -> Option<&'static str> {
    match error {
        DeviceError::Exists => Some(en::hint::OTHER_FOLDER),
        DeviceError::NoState => Some(en::hint::MAKE_ONE),
        DeviceError::State(_) => Some(en::hint::RESTORE),
        DeviceError::NothingInstalled => Some(en::hint::INSTALL_FIRST),
        DeviceError::Refused(refused) => refusal_hint(&refused.reason),
        _ => None,
    }
}

fn refusal_hint(reason: &Refusal) -> Option<&'static str> {
    match reason {
        Refusal::Signer(_) => Some(en::hint::WHOLE_BUNDLE),
        Refusal::OtherDevice { .. } | Refusal::Organization { .. } | Refusal::Product { .. } => {
            Some(en::hint::OWN_BUNDLE)
        }
        Refusal::GivenUp { .. } => Some(en::hint::ASK_ANEW),
        Refusal::Fingerprint(_) => Some(en::hint::DESCRIBE_NOW),
        Refusal::Sequence { .. } => Some(en::hint::NEWEST_BUNDLE),
        Refusal::ComputerKey(_) => Some(en::hint::COMPARE_LINES),
        _ => None,
    }
}

/// A path as a message may hold it.
pub(super) fn escaped(path: &Path) -> String {
    bytes_for_terminal(path.as_os_str().as_bytes())
}
