//! The command line.

use super::hardware::Component;
use super::outgoing::Delivery;
use crate::licence::identifier::{MAX_NAME_CHARACTERS, check_text};
use crate::licence::{Counts, Identifier};
use crate::seal::PublicKey;
use crate::wire::request;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// What the help says below the list of commands.
const ERRAND: &str = "\
An errand, from request to activation:
  keyspool-device init --root KEY --organization acme --product vms --name lobby-01
  keyspool-device describe --need core=16 --out /media/stick/request.json
      carry the stick to the signer and back
  keyspool-device install /media/stick/BUNDLE.zip
  keyspool-device confirm --out /media/stick/confirmation.json

Exit codes: 0 done, 1 failed, 2 wrong usage. Results go to stdout, all else to stderr.
With --json an error is {\"error\":{\"code\",\"message\",\"hint\"}}.";

/// The licence of a device that is never online: ask the signer for an activation, install its
/// answer, give it up again.
///
/// Requests and answers travel as files on a stick or as QR codes. What the device knows, its
/// secret among it, stands in one folder.
#[derive(Debug, Parser)]
#[command(name = "keyspool-device", version, after_help = ERRAND, disable_help_subcommand = true)]
pub struct Arguments {
    /// Folder of the device's state, for its owner only; it holds the device's secret
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "KEYSPOOL_DEVICE_STATE",
        default_value = "/var/lib/keyspool-device",
        help_heading = "Options of every command"
    )]
    pub state: PathBuf,

    /// What tells this machine from others, in place of what it reads itself: board, machine, mac,
    /// or a name of your own. May be given several times, and then with every command; an empty
    /// VALUE leaves the component out
    #[arg(
        long = "component",
        global = true,
        value_name = "NAME=VALUE",
        help_heading = "Options of every command"
    )]
    pub components: Vec<Component>,

    /// Print one JSON document
    #[arg(long, global = true, help_heading = "Options of every command")]
    pub json: bool,

    /// Say nothing on stderr but errors
    #[arg(long, global = true, help_heading = "Options of every command")]
    pub quiet: bool,

    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a device: its secret, and whose signatures it will trust
    ///
    /// With --json: {"computer_id","organization","product","name","state"}.
    Init(Init),

    /// Write a request for an activation: what this device is and what it needs
    ///
    /// With --json: {"kind","document_id","computer_id","out","qr","document"}. `out` is the file
    /// written, else null; `qr` the texts of the QR codes with --qr, else null; `document` the
    /// request itself where no file was written, else null.
    Describe(Describe),

    /// Take the signer's answer: a bundle, a document, QR text or a Computer Key
    ///
    /// The answer is installed only if it is signed for this very device. Installing it a second
    /// time changes nothing and is no failure.
    ///
    /// With --json: {"activation","trust_list","checkpoint","status"}. `activation` is
    /// {"id","sequence"}, or null where only a trust list came; `trust_list` and `checkpoint` are
    /// `stored`, `ignored`, `absent` or `refused`; `status` is what `status --json` gives.
    Install(Install),

    /// Write the proof that the activation arrived
    ///
    /// With --json: as `describe`.
    Confirm(Confirm),

    /// Say what this device may use, and until when
    ///
    /// With --json:
    /// {"name","computer_id","organization","product","state","usable","activation","plan",
    /// "licences","valid_from","valid_until","grace_until","days_left","changed_components",
    /// "clock_set_back","trust_list","finished_deactivations"}.
    /// `state` is `licensed`, `grace`, `not-yet`, `ended`, `hardware-changed`, `key-revoked` or
    /// `none`; `usable` says whether the licences may be used; `days_left` is null until the first
    /// notice is due. Exit code 0 whatever the state.
    Status,

    /// Give the activation up for good, and write the proof of it
    ///
    /// Before anything is written, the device gets another Computer ID for good: nothing that was
    /// issued for the old one is accepted after that. The proof can be written again, byte for
    /// byte: by the same command while nothing is installed, or with --again. The verification code
    /// is for a signer who can be reached by telephone only.
    ///
    /// With --json: as `describe`, and "verification_code".
    Deactivate(Deactivate),

    /// Explain a file or a code, and check it as far as that can be done here; changes nothing
    ///
    /// With --json:
    /// {"documents":[{"name","kind","document_id","key_id","signature","payload"}],"code"}.
    /// `signature` is `good`, `bad` or `unchecked`; `code` is the kind of a typed code, else null.
    Inspect(Inspect),
}

/// What `init` takes.
#[derive(Debug, Args)]
pub struct Init {
    /// The signer's root public key, base64 of 32 bytes, as its `init` printed it
    #[arg(long, value_name = "KEY", value_parser = root_key)]
    pub root: PublicKey,
    /// The customer that this device belongs to
    #[arg(long, value_name = "ORG")]
    pub organization: Identifier,
    /// The product that is installed on it
    #[arg(long, value_name = "ID")]
    pub product: Identifier,
    /// What people call this device, 1 to 128 characters
    #[arg(long, value_name = "NAME", value_parser = computer_name)]
    pub name: String,
}

/// What `describe` takes.
#[derive(Debug, Args)]
pub struct Describe {
    /// How many licences of a type this device needs; may be given several times. Without it: what
    /// the installed activation states
    #[arg(long, value_name = "TYPE=N", value_parser = need)]
    pub need: Vec<(Identifier, u64)>,
    /// A licence key that was bought, to redeem first; it never leaves the device. May be given
    /// several times. `-` reads keys from stdin, one a line, so that they are seen by no other
    /// process
    #[arg(long, value_name = "KEY")]
    pub redeem: Vec<String>,
    /// A file with licence keys, one a line
    #[arg(long, value_name = "FILE")]
    pub redeem_file: Option<PathBuf>,
    /// What to ask for
    #[arg(long, value_enum, default_value_t = Wanted::Activate, value_name = "WHAT")]
    pub request: Wanted,
    /// The hardware's serial number, for licences that came with it
    #[arg(long, value_name = "S")]
    pub serial: Option<String>,
    /// The version of the software that is licensed, 1 to 64 characters
    #[arg(long, value_name = "V", default_value = "unstated")]
    pub product_version: String,
    /// Where the request goes.
    #[command(flatten)]
    pub delivery: Delivery,
}

/// What `describe` asks for.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Wanted {
    /// An activation, or the same again with what has changed
    Activate,
    /// One more term
    Extend,
    /// The same entitlement again
    Refresh,
    /// A trial
    Trial,
}

impl From<Wanted> for request::Wanted {
    fn from(wanted: Wanted) -> Self {
        match wanted {
            Wanted::Activate => Self::Activate,
            Wanted::Extend => Self::Extend,
            Wanted::Refresh => Self::Refresh,
            Wanted::Trial => Self::Trial,
        }
    }
}

/// What `install` takes.
#[derive(Debug, Args)]
pub struct Install {
    /// A bundle's zip, a document, a picture or photograph (PNG, JPEG) of its QR codes, a file with
    /// QR text or with a Computer Key; `-` reads any of these from stdin
    #[arg(value_name = "FILE|-")]
    pub source: PathBuf,
    /// The product's licence types in their declared sequence, which a Computer Key numbers
    #[arg(long, value_name = "TYPE,TYPE...", value_delimiter = ',')]
    pub licence_types: Vec<Identifier>,
}

/// What `confirm` takes.
#[derive(Debug, Args)]
pub struct Confirm {
    /// Where the confirmation goes.
    #[command(flatten)]
    pub delivery: Delivery,
}

/// What `deactivate` takes.
#[derive(Debug, Args)]
pub struct Deactivate {
    /// Why
    #[arg(long, value_enum, value_name = "WHY")]
    pub reason: Option<Reason>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Write the newest finished deactivation again, never a new one
    #[arg(long)]
    pub again: bool,
    /// Where the deactivation goes.
    #[command(flatten)]
    pub delivery: Delivery,
}

/// Why a device is deactivated.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Reason {
    /// The licence moves to another device
    Moved,
    /// The device is taken out of service
    Retired,
    /// Another device takes its place
    Replaced,
    /// Anything else
    Other,
}

impl From<Reason> for request::Reason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Moved => Self::Moved,
            Reason::Retired => Self::Retired,
            Reason::Replaced => Self::Replaced,
            Reason::Other => Self::Other,
        }
    }
}

/// What `inspect` takes.
#[derive(Debug, Args)]
pub struct Inspect {
    /// A file, `-` for stdin, or a code as people type it
    #[arg(value_name = "FILE|CODE|-")]
    pub source: PathBuf,
}

fn root_key(text: &str) -> Result<PublicKey, String> {
    let bytes = data_encoding::BASE64
        .decode(text.as_bytes())
        .map_err(|e| format!("not base64: {e}"))?;
    let found = bytes.len();
    let bytes: [u8; 32] = bytes
        .try_into()
        .map_err(|_| format!("{found} bytes, a public key has 32"))?;
    PublicKey::from_bytes(&bytes).map_err(|e| e.to_string())
}

fn computer_name(text: &str) -> Result<String, String> {
    check_text(text, MAX_NAME_CHARACTERS).map_err(|e| e.to_string())?;
    Ok(text.to_owned())
}

fn need(text: &str) -> Result<(Identifier, u64), String> {
    let (name, count) = text.split_once('=').ok_or("TYPE=N is expected")?;
    let name = Identifier::new(name).map_err(|e| format!("the licence type: {e}"))?;
    let count = count
        .parse()
        .ok()
        .filter(|count| (1..=request::MAX_NEED).contains(count));
    Ok((
        name,
        count.ok_or("1 to 1000000 licences of a type can be needed")?,
    ))
}

/// The needs of all types in one; a type twice counts as the last one says.
pub(super) fn counts_of(need: &[(Identifier, u64)]) -> Counts {
    let mut counts = Counts::new();
    need.iter()
        .for_each(|(licence_type, count)| counts.set(licence_type.clone(), *count));
    counts
}
