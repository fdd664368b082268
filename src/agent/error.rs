//! What the tool can answer instead of doing what it is asked: a statement, and a hint with one
//! action.

use crate::device::{DeviceError, Refusal};
use crate::licence::LineError;
use crate::render::RenderError;
use crate::scan::Unread;
use crate::wire::error::WireError;
use crate::wire::qr::QrError;
use crate::words::escape::bytes_for_terminal;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Why the tool did not do what it was asked. But for [`AgentError::NotWritten`], nothing was
/// changed.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// The state's folder does not exist.
    #[error("there is no device in {}", shown(.0))]
    NoState(PathBuf),
    /// Another process has held the state's lock for ten seconds.
    #[error("another keyspool-device has been using {} for ten seconds", shown(.0))]
    Busy(PathBuf),
    /// Others may enter the folder in which the device's secret would stand.
    #[error("others may enter the folder {}, where the device's secret would stand", shown(.0))]
    OpenFolder(PathBuf),
    /// The state is larger than any that was ever written.
    #[error(
        "the state in {} has more than {allowed} bytes, which no device writes",
        shown(folder)
    )]
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
    #[error("the operating system gives no randomness: {0}")]
    Randomness(getrandom::Error),
    /// Nothing tells this machine from others.
    #[error("nothing was found that tells this machine from others")]
    NoComponents,
    /// Neither a need was given nor is an activation installed that states one.
    #[error("it is not known how many licences this device needs")]
    NoNeed,
    /// A licence key was misread.
    #[error("licence key number {number}: {fault}")]
    LicenceKey {
        /// Which one, from 1.
        number: usize,
        /// What is wrong.
        fault: LineError,
    },
    /// More licence keys than one request carries.
    #[error("{found} licence keys, one request carries at most {allowed}")]
    LicenceKeys {
        /// Keys found.
        found: usize,
        /// Most allowed.
        allowed: usize,
    },
    /// An output file whose name says no form that we write.
    #[error("{} names no form that requests are written in", shown(.0))]
    OutForm(PathBuf),
    /// An input file larger than anything that belongs in it.
    #[error("more than {allowed} bytes, which is more than anything that can be installed")]
    InputSize {
        /// Most bytes that are read.
        allowed: usize,
    },
    /// A picture from which nothing could be taken.
    #[error("nothing could be taken from the picture: {0}")]
    Picture(&'static str),
    /// Pictures cannot be read now.
    #[error("{0}")]
    Unread(#[from] Unread),
    /// Neither a bundle nor a document, QR text or code.
    #[error("this is no bundle, no document, no QR text and no Computer Key")]
    Unrecognised,
    /// A bundle that cannot be read as a zip.
    #[error("the bundle cannot be read as a zip: {0}")]
    BundleForm(zip::result::ZipError),
    /// An entry that bundles do not have.
    #[error("the bundle holds {}, which does not belong there", bytes_for_terminal(.0))]
    BundleName(Vec<u8>),
    /// An entry that is compressed or encrypted.
    #[error("{0} is compressed or encrypted, entries of a bundle are stored")]
    BundleStored(&'static str),
    /// An entry over its limit.
    #[error("{name} in the bundle has more than {allowed} bytes")]
    BundleSize {
        /// The entry's name.
        name: &'static str,
        /// Most that is allowed.
        allowed: usize,
    },
    /// A bundle without its activation.
    #[error("the bundle holds no activation.json")]
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
    #[error("a Computer Key numbers its licence types, and their names are not known here")]
    LicenceTypes,
    /// A question that nobody is there to answer.
    #[error("giving up an activation is irrevocable, and there is no terminal to ask at")]
    NobodyToAsk,
    /// The answer was not yes.
    #[error("not given up, nothing was changed")]
    Declined,
    /// A deactivation says why.
    #[error("a deactivation states its reason")]
    NoReason,
    /// No deactivation was ever finished here.
    #[error("this device has finished no deactivation that could be written again")]
    NothingToRepeat,
    /// The deactivation is finished, its document could not be written.
    #[error("the activation is given up, but its deactivation could not be written: {0}")]
    NotWritten(Box<AgentError>),
    /// A document that does not go into QR codes.
    #[error("{0}")]
    Qr(#[from] QrError),
    /// A picture that cannot be drawn.
    #[error("{0}")]
    Render(#[from] RenderError),
    /// The device's own answer.
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
            Self::NoState(_) => {
                "make one with `keyspool-device init`, or name its folder with --state"
            }
            Self::OpenFolder(_) => {
                "name a folder that does not exist yet with --state, it is then made for its owner \
                    only"
            }
            Self::Busy(_) => "wait for it, or end it, and try again",
            Self::NoComponents => "state what tells it apart, for example --component board=SERIAL",
            Self::NoNeed => "state it, for example --need core=16",
            Self::LicenceKey { .. } => "compare it with what was sold, character by character",
            Self::LicenceKeys { .. } => "redeem the others with a second request",
            Self::OutForm(_) => "let its name end with .json, .txt, .png or .svg",
            Self::Picture(_) | Self::Unread(_) => {
                "install the bundle's zip file, photograph the code again, or paste its text to \
                    `install -`"
            }
            Self::Unrecognised | Self::InputSize { .. } => {
                "give the zip file as it came from the signer"
            }
            Self::BundleForm(_)
            | Self::BundleName(_)
            | Self::BundleStored(_)
            | Self::BundleSize { .. }
            | Self::BundleEmpty => "copy the zip file again from the signer's medium, as it is",
            Self::Document { .. } => "copy the file again from the signer's medium",
            Self::LicenceTypes => {
                "name them in the product's order, for example --licence-types core,universal"
            }
            Self::NobodyToAsk => "add --yes if it is meant",
            Self::NoReason => "add --reason moved, retired, replaced or other",
            Self::NotWritten(_) => {
                "write it again with `keyspool-device deactivate --again --out FILE`"
            }
            Self::Device(error) => return device_hint(error).map(str::to_owned),
            Self::StateSize { .. }
            | Self::System(_)
            | Self::Randomness(_)
            | Self::Declined
            | Self::NothingToRepeat => {
                return None;
            }
            Self::Qr(_) | Self::Render(_) => "write a .json file instead",
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
        DeviceError::Exists => {
            Some("use another folder with --state; making it anew would lose its activation")
        }
        DeviceError::NoState => {
            Some("make one with `keyspool-device init`, or name its folder with --state")
        }
        DeviceError::State(_) => Some("put the folder of the state back from a copy"),
        DeviceError::NothingInstalled => {
            Some("install an activation first with `keyspool-device install FILE`")
        }
        DeviceError::Refused(refused) => refusal_hint(&refused.reason),
        _ => None,
    }
}

fn refusal_hint(reason: &Refusal) -> Option<&'static str> {
    match reason {
        Refusal::Signer(_) => {
            Some("install the newest bundle as a whole, the trust list in it included")
        }
        Refusal::OtherDevice { .. } | Refusal::Organization { .. } | Refusal::Product { .. } => {
            Some("look for the bundle whose README.txt names this device's Computer ID")
        }
        Refusal::GivenUp { .. } => Some("ask for a new activation with `keyspool-device describe`"),
        Refusal::Fingerprint(_) => Some(
            "describe the device as it is now with `keyspool-device describe`, and have it \
                activated anew",
        ),
        Refusal::Sequence { .. } => Some("install the newest bundle of this device"),
        Refusal::ComputerKey(_) => {
            Some("compare the lines with computer-key.txt, character by character")
        }
        _ => None,
    }
}

/// A path as a message may hold it.
pub(super) fn shown(path: &Path) -> String {
    bytes_for_terminal(path.as_os_str().as_bytes())
}
