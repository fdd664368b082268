//! Pictures: which kind, how large, and what their QR codes say, once the scanner has read them.

use super::findings::{Findings, Subject, Verdict};
use super::qr;
use super::vouching::Vouching;
use crate::scan::{MAX_PIXELS, MEMORY_LIMIT, Reading, TIME_LIMIT};
use crate::spool::{Foreign, content::Picture};
use crate::wire::qr::is_qr_text;

/// Where the IHDR chunk of a PNG has width and height, big-endian (ISO/IEC 15948 section 11.2.2).
const PNG_SIZE_OFFSET: usize = 16;

/// Where nobody has read the codes.
const NOT_READ: &str = "not read here; inspect the picture by itself, or the text of the code";

pub(super) fn explain(kind: Picture, bytes: &[u8]) -> Findings {
    let name = match kind {
        Picture::Png => "PNG",
        Picture::Jpeg => "JPEG",
    };
    let mut findings = Findings::new(Subject::Picture, format!("a {name} picture"));
    findings.fact("bytes", bytes.len());
    if kind == Picture::Png {
        findings.fact_if(
            "pixels",
            png_size(bytes).map(|(width, height)| format!("{width} x {height}")),
        );
    }
    findings.not_checked("codes", NOT_READ);
    findings
}

pub(super) fn explain_foreign(kind: Foreign, bytes: &[u8]) -> Findings {
    let what = if kind == Foreign::Pdf {
        "file"
    } else {
        "picture"
    };
    let mut findings = Findings::new(Subject::Picture, format!("a {} {what}", kind.name()));
    findings.fact("bytes", bytes.len());
    findings.bad(
        "codes",
        format!(
            "{} is not read, PNG and JPEG are: save it as one of them",
            kind.name()
        ),
    );
    findings
}

/// Adds what the codes of a picture say, in the place of the check that they were not read.
pub(super) fn explain_codes(findings: &mut Findings, codes: &Reading, vouching: &Vouching<'_>) {
    findings
        .checks
        .retain(|check| (check.what, check.verdict) != ("codes", Verdict::NotChecked));
    let texts = match codes {
        Reading::Texts(texts) => texts,
        Reading::TooManyPixels { width, height } => {
            return findings.bad(
                "codes",
                format!("{width} x {height} pixels, {MAX_PIXELS} are allowed"),
            );
        }
        Reading::Damaged => {
            return findings.bad(
                "codes",
                "the picture is damaged, not whole, or of an unusual kind",
            );
        }
        Reading::TooSlow => {
            return findings.bad(
                "codes",
                format!("none was read within {} s", TIME_LIMIT.as_secs()),
            );
        }
        Reading::OutOfMemory => {
            return findings.bad(
                "codes",
                format!("none was read within {} MiB of memory", MEMORY_LIMIT >> 20),
            );
        }
        Reading::Crashed => return findings.bad("codes", "what reads pictures broke at it"),
    };
    let (own, foreign): (Vec<&str>, Vec<&str>) = texts
        .iter()
        .map(String::as_str)
        .partition(|text| is_qr_text(text.as_bytes()));
    findings.fact_if(
        "other QR codes",
        (!foreign.is_empty()).then_some(foreign.len()),
    );
    if own.is_empty() {
        return findings.bad("codes", "none of keyspool could be read");
    }
    let inside = qr::explain_codes(own.into_iter(), vouching);
    findings.title = format!("{} of {}", findings.title, inside.title);
    findings.parts.push(inside);
}

fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let (width, rest) = bytes.get(PNG_SIZE_OFFSET..)?.split_first_chunk::<4>()?;
    let (height, _) = rest.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*width), u32::from_be_bytes(*height)))
}
