//! `inspect`: explains what a file or a typed code is, and checks it as far as possible.
//!
//! Without a vault, what proves itself is checked: shapes, check characters, requests by the device
//! key that they carry, trust lists by their own root, bundles by the trust list inside. With the
//! vault's trust list, the signer's own signatures too. Nothing is changed, and no secret is shown:
//! of a licence key its id, of a Deactivation Verification Code the Computer ID that it retires.

mod archive;
mod codes;
mod conceal;
mod document;
mod facts;
mod findings;
mod manifest;
mod picture;
mod qr;
mod text;
mod vouching;

pub use findings::{Check, Findings, MAX_PARTS, Subject, Verdict};
pub use text::to_text;

use super::error::OpsError;
use crate::scan::Reading;
use crate::seal::TrustStore;
use crate::spool::Content;
use crate::spool::content::kind_of;
use crate::wire::envelope::MAX_ENVELOPE_BYTES;
use crate::words::escape::for_terminal;
use vouching::Vouching;

/// Largest file that is looked at, in bytes: 32 MiB, the inbox's limit for pictures, which are the
/// largest files there.
pub const MAX_FILE_BYTES: usize = 32 * 1024 * 1024;

/// What to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input<'a> {
    /// A file.
    File {
        /// Its name, for people: kinds are told by content.
        name: &'a str,
        /// Its bytes, at most [`MAX_FILE_BYTES`].
        bytes: &'a [u8],
    },
    /// A picture, and what came of it.
    Picture {
        /// Its name, for people.
        name: &'a str,
        /// Its bytes, at most [`MAX_FILE_BYTES`].
        bytes: &'a [u8],
        /// What was read of it.
        codes: &'a Reading,
    },
    /// What was typed or scanned: a code, a Computer Key, QR text.
    Typed(&'a str),
}

/// Says what the input is and checks what can be checked; with a trust list, signatures too.
///
/// # Errors
/// [`OpsError::InspectSize`] for a file over 32 MiB. What is wrong inside stands in the
/// [`Findings`].
pub fn inspect(input: &Input<'_>, trust: Option<&TrustStore>) -> Result<Findings, OpsError> {
    let (name, bytes) = match input {
        Input::File { name, bytes } | Input::Picture { name, bytes, .. } => (Some(*name), *bytes),
        Input::Typed(text) => (None, text.as_bytes()),
    };
    if bytes.len() > MAX_FILE_BYTES {
        return Err(OpsError::InspectSize {
            found: bytes.len(),
            allowed: MAX_FILE_BYTES,
        });
    }
    let vouching = Vouching::new(trust);
    let mut findings = explain(bytes, &vouching);
    if let Input::Picture { codes, .. } = input {
        picture::explain_codes(&mut findings, codes, &vouching);
    }
    if let Some(name) = name {
        findings.put_first("file", &for_terminal(name));
    }
    findings.conceal();
    Ok(findings)
}

fn explain(bytes: &[u8], vouching: &Vouching<'_>) -> Findings {
    match kind_of(bytes) {
        Content::Empty => Findings::unknown("nothing: no bytes", "content", "0 bytes"),
        Content::Picture(kind) => picture::explain(kind, bytes),
        Content::Foreign(kind) => picture::explain_foreign(kind, bytes),
        Content::Archive(kind) => archive::explain(kind, bytes, vouching),
        Content::QrText => qr::explain(bytes, vouching),
        Content::Document if manifest::seems(bytes) => manifest::explain(bytes),
        Content::Document if bytes.trim_ascii_start().starts_with(b"{") => {
            document::explain(bytes, vouching)
        }
        Content::Document => explain_text(bytes, vouching),
    }
}

/// Text that is neither QR text nor JSON may hold codes.
fn explain_text(bytes: &[u8], vouching: &Vouching<'_>) -> Findings {
    let title = "no document, bundle, QR text, picture or code of keyspool";
    if bytes.len() > MAX_ENVELOPE_BYTES {
        let why = format!(
            "{} bytes, a document or a text with codes has at most {MAX_ENVELOPE_BYTES}",
            bytes.len()
        );
        return Findings::unknown(title, "content", why);
    }
    match str::from_utf8(bytes) {
        Ok(text) => codes::explain(text, vouching)
            .unwrap_or_else(|why| Findings::unknown(title, "content", why)),
        Err(_) => Findings::unknown(
            title,
            "content",
            format!(
                "{} bytes that are no text and of no known kind",
                bytes.len()
            ),
        ),
    }
}
