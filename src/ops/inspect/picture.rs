//! Pictures: which kind and how large. What is in them is not read here.

use super::findings::{Findings, Subject};
use crate::spool::content::Picture;

/// Where the IHDR chunk of a PNG has width and height, big-endian (ISO/IEC 15948 section 11.2.2).
const PNG_SIZE_OFFSET: usize = 16;

pub(super) fn explain(kind: Picture, bytes: &[u8]) -> Findings {
    let name = match kind {
        Picture::Png => "PNG",
        Picture::Jpeg => "JPEG",
    };
    let mut findings = Findings::new(Subject::Picture, format!("a {name} picture"));
    findings.fact("bytes", bytes.len());
    if kind == Picture::Png {
        findings.fact_if("pixels", png_size(bytes).map(|(width, height)| format!("{width} x {height}")));
    }
    findings.not_checked("codes", "reading codes out of pictures comes later; inspect the text of the code or the file");
    findings
}

fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let (width, rest) = bytes.get(PNG_SIZE_OFFSET..)?.split_first_chunk::<4>()?;
    let (height, _) = rest.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*width), u32::from_be_bytes(*height)))
}
