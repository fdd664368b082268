//! Where a request goes: a file, a picture, QR text, the terminal, or stdout.

use super::durable;
use super::error::{AgentError, escaped};
use super::output::Output;
use crate::device::Witness;
use crate::licence::ComputerId;
use crate::render::{picture, terminal};
use crate::wire::{Envelope, qr};
use crate::words::device::en;
use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Where a request goes. Without either: as JSON to stdout.
#[derive(Debug, Args)]
pub struct Delivery {
    /// Write it to a file: .json for the document, .png or .svg for a picture of its QR codes, .txt
    /// for their text
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Draw its QR codes on the terminal; `--qr=plain` without colours, for light text on dark
    /// ground
    #[arg(
        long,
        value_enum,
        value_name = "HOW",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "colour"
    )]
    pub qr: Option<QrStyle>,
}

/// How codes are drawn on a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum QrStyle {
    /// Black on white
    Colour,
    /// Blocks for the light modules
    Plain,
}

/// The forms of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    Text,
    Png,
    Svg,
}

impl Form {
    fn of(path: &Path) -> Result<Self, AgentError> {
        let extension = path
            .extension()
            .and_then(|e| e.to_str())
            .unwrap_or_default()
            .to_ascii_lowercase();
        match extension.as_str() {
            "json" => Ok(Self::Json),
            "txt" => Ok(Self::Text),
            "png" => Ok(Self::Png),
            "svg" => Ok(Self::Svg),
            _ => Err(AgentError::OutForm(path.to_owned())),
        }
    }
}

/// What `--json` prints.
#[derive(Serialize)]
struct Delivered<'a> {
    kind: &'a str,
    document_id: String,
    computer_id: String,
    out: Option<String>,
    qr: Option<&'a [String]>,
    document: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verification_code: Option<&'a str>,
}

/// A request on its way.
pub(super) struct Outgoing<'a> {
    pub(super) envelope: &'a Envelope,
    /// The Computer ID that it speaks for.
    pub(super) computer_id: ComputerId,
    /// The Deactivation Verification Code of a finished deactivation.
    pub(super) verification_code: Option<String>,
}

impl Delivery {
    /// Refuses a file of an unknown form, before anything is changed for it.
    ///
    /// # Errors
    /// [`AgentError::OutForm`].
    pub(super) fn check(&self) -> Result<(), AgentError> {
        self.out
            .as_deref()
            .map_or(Ok(()), |out| Form::of(out).map(|_| ()))
    }

    /// A request leaves its witness out only where it becomes nothing but QR codes.
    pub(super) fn witness(&self) -> Witness {
        let as_json = match &self.out {
            Some(out) => Form::of(out).is_ok_and(|form| form == Form::Json),
            None => self.qr.is_none(),
        };
        if as_json {
            Witness::Quote
        } else {
            Witness::LeaveOut
        }
    }

    /// Writes and draws it as asked.
    ///
    /// # Errors
    /// [`AgentError`]: what could not be written or drawn.
    pub(super) fn deliver(
        &self,
        output: Output,
        outgoing: &Outgoing<'_>,
    ) -> Result<(), AgentError> {
        let codes = || Ok::<_, AgentError>(qr::parts_of(&qr::text_of(outgoing.envelope)?)?);
        if let Some(out) = &self.out {
            let bytes = match Form::of(out)? {
                Form::Json => outgoing.envelope.to_json(),
                Form::Text => codes()?
                    .iter()
                    .flat_map(|code| [code.as_str(), "\r\n"])
                    .collect::<String>()
                    .into_bytes(),
                Form::Png => picture::png(&codes()?)?,
                Form::Svg => picture::Picture::of(&codes()?)?.svg().into_bytes(),
            };
            durable::write(out, &bytes, 0o644)?;
        }
        let drawn = if self.qr.is_some() {
            Some(codes()?)
        } else {
            None
        };
        match (&drawn, &self.out) {
            _ if output.json => {}
            (Some(codes), _) => draw(output, codes, self.qr == Some(QrStyle::Plain))?,
            (None, Some(_)) => {}
            (None, None) => {
                output.raw(&[outgoing.envelope.to_json().as_slice(), b"\n"].concat())?
            }
        }
        self.say(output, outgoing, drawn.as_deref())
    }

    fn say(
        &self,
        output: Output,
        outgoing: &Outgoing<'_>,
        qr: Option<&[String]>,
    ) -> Result<(), AgentError> {
        let kind = outgoing
            .envelope
            .kind()
            .map_or("document", |kind| kind.word());
        let out = self.out.as_deref().map(escaped);
        if let Some(out) = &out {
            output.talk(&en::talk::wrote(kind, outgoing.computer_id, out));
        }
        let document = if self.out.is_none() {
            Some(as_value(outgoing.envelope)?)
        } else {
            None
        };
        output.json(&Delivered {
            kind,
            document_id: outgoing.envelope.document_id().to_string(),
            computer_id: outgoing.computer_id.to_string(),
            out,
            qr,
            document,
            verification_code: outgoing.verification_code.as_deref(),
        })
    }
}

fn as_value(envelope: &Envelope) -> Result<Value, AgentError> {
    Ok(serde_json::from_slice(&envelope.to_json()).map_err(std::io::Error::from)?)
}

fn draw(output: Output, codes: &[String], plain: bool) -> Result<(), AgentError> {
    for (i, code) in codes.iter().enumerate() {
        let drawing = if plain {
            terminal::draw_plain(code)?
        } else {
            terminal::draw(code)?
        };
        output.raw(drawing.as_bytes())?;
        if codes.len() > 1 {
            output.raw(format!("    {} / {}\n", i + 1, codes.len()).as_bytes())?;
        }
    }
    Ok(())
}
