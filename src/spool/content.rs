//! Telling kinds of content apart by their bytes, never by a name.

/// What a file seems to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// No bytes.
    Empty,
    /// QR text: the first line that is not empty begins with `KS` and a digit (PROTOCOL section 7).
    QrText,
    /// A picture.
    Picture(Picture),
    /// A picture or page of a kind that is not read.
    Foreign(Foreign),
    /// An archive or compressed file, by its usual name.
    Archive(&'static str),
    /// Anything else: a document, or what is refused as one.
    Document,
}

/// The kinds of picture that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    /// Portable Network Graphics (ISO/IEC 15948).
    Png,
    /// JPEG (ISO/IEC 10918).
    Jpeg,
}

/// The kinds of picture and page that are known, and not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// HEIF with HEVC (ISO/IEC 23008-12): what the cameras of many telephones write.
    Heic,
    /// HEIF with AV1.
    Avif,
    /// WebP (RFC 9649).
    WebP,
    /// Graphics Interchange Format.
    Gif,
    /// Windows bitmap.
    Bmp,
    /// TIFF, and the raw pictures of cameras that are made of it.
    Tiff,
    /// Scalable Vector Graphics.
    Svg,
    /// Portable Document Format (ISO 32000).
    Pdf,
}

impl Foreign {
    /// Its usual name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Heic => "HEIC",
            Self::Avif => "AVIF",
            Self::WebP => "WebP",
            Self::Gif => "GIF",
            Self::Bmp => "BMP",
            Self::Tiff => "TIFF",
            Self::Svg => "SVG",
            Self::Pdf => "PDF",
        }
    }

    /// The kind of a file with these bytes.
    fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [_, _, _, _, b'f', b't', b'y', b'p', brands @ ..] => Self::of_brands(brands),
            [
                b'R',
                b'I',
                b'F',
                b'F',
                _,
                _,
                _,
                _,
                b'W',
                b'E',
                b'B',
                b'P',
                ..,
            ] => Some(Self::WebP),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            // The reserved bytes tell it from a text.
            [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => Some(Self::Bmp),
            [b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..] => Some(Self::Tiff),
            [
                b'<',
                b's',
                b'v',
                b'g',
                b' ' | b'\n' | b'\r' | b'\t' | b'>',
                ..,
            ] => Some(Self::Svg),
            [b'<', b'?', b'x', b'm', b'l', rest @ ..] if begins_svg(rest) => Some(Self::Svg),
            [b'%', b'P', b'D', b'F', b'-', ..] => Some(Self::Pdf),
            _ => None,
        }
    }

    /// By the brands of an ISO media file (ISO/IEC 14496-12): the major one, a version, the
    /// compatible ones. Videos have others.
    fn of_brands(brands: &[u8]) -> Option<Self> {
        let mut brands = brands.chunks_exact(4).take(MAX_BRANDS);
        brands.find_map(|brand| match brand {
            b"avif" | b"avis" => Some(Self::Avif),
            b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" => Some(Self::Heic),
            _ => None,
        })
    }
}

/// Brands that are looked at.
const MAX_BRANDS: usize = 16;
/// Bytes in which an SVG file's first element is looked for.
const XML_HEAD_BYTES: usize = 1024;

fn begins_svg(xml: &[u8]) -> bool {
    let head = xml.get(..XML_HEAD_BYTES).unwrap_or(xml);
    head.windows(5)
        .any(|window| window == b"<svg " || window == b"<svg\n")
}

/// Where a tar header's `ustar` stands (POSIX.1-1988).
const USTAR_OFFSET: usize = 257;

/// Beginnings of archives. bzip2 is told by its first block, since `BZh` alone may begin a text.
const ARCHIVES: [(&[u8], &str); 10] = [
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"PK\x07\x08", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"RE~^", "rar"),
    (b"MSCF\0\0\0\0", "cab"),
];

/// The kind of a file with these bytes; its beginning is enough, if at least 262 bytes of it are
/// given.
#[must_use]
pub fn kind_of(bytes: &[u8]) -> Content {
    if bytes.is_empty() {
        return Content::Empty;
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Content::Picture(Picture::Png);
    }
    if bytes.starts_with(b"\xff\xd8\xff") {
        return Content::Picture(Picture::Jpeg);
    }
    if let Some(foreign) = Foreign::of(bytes) {
        return Content::Foreign(foreign);
    }
    match archive_name(bytes) {
        Some(name) => Content::Archive(name),
        None if is_qr_text(bytes) => Content::QrText,
        None => Content::Document,
    }
}

fn archive_name(bytes: &[u8]) -> Option<&'static str> {
    if bytes
        .get(USTAR_OFFSET..)
        .is_some_and(|rest| rest.starts_with(b"ustar"))
    {
        return Some("tar");
    }
    if let [b'B', b'Z', b'h', b'1'..=b'9', block @ ..] = bytes
        && (block.starts_with(b"1AY&SY") || block.starts_with(b"\x17\x72\x45\x38\x50\x90"))
    {
        return Some("bzip2");
    }
    ARCHIVES
        .iter()
        .find(|(magic, _)| bytes.starts_with(magic))
        .map(|(_, name)| *name)
}

fn is_qr_text(bytes: &[u8]) -> bool {
    let start = bytes
        .iter()
        .position(|b| !matches!(b, b'\r' | b'\n'))
        .unwrap_or(bytes.len());
    crate::wire::qr::is_qr_text(&bytes[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_told_by_bytes() {
        let mut tar = vec![b'a'; USTAR_OFFSET];
        tar.extend(b"ustar\x0000");
        for (bytes, kind) in [
            (b"".as_slice(), Content::Empty),
            (b"{\"payloadType\":", Content::Document),
            (b"\n\n", Content::Document),
            (b"hello", Content::Document),
            (b"KS1:ABC", Content::QrText),
            (b"\r\n\nKS1-2-3-01234567:X\n", Content::QrText),
            (b"KS9:ABC", Content::QrText),
            (b"KSA:ABC", Content::Document),
            (b" KS1:ABC", Content::Document),
            (b"x\nKS1:ABC", Content::Document),
            (b"KS", Content::Document),
            (b"\x89PNG\r\n\x1a\n....", Content::Picture(Picture::Png)),
            (b"\x89PNG\n", Content::Document),
            (b"\xff\xd8\xff\xe0", Content::Picture(Picture::Jpeg)),
            (
                b"\0\0\0\x24ftypheic\0\0\0\0mif1MiHEheic",
                Content::Foreign(Foreign::Heic),
            ),
            (
                b"\0\0\0\x20ftypmif1\0\0\0\0mif1heic",
                Content::Foreign(Foreign::Heic),
            ),
            (
                b"\0\0\0\x20ftypmif1\0\0\0\0miafavif",
                Content::Foreign(Foreign::Avif),
            ),
            (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", Content::Document),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Content::Foreign(Foreign::WebP)),
            (b"RIFF\x10\0\0\0WAVEfmt ", Content::Document),
            (b"GIF89a\x01\0", Content::Foreign(Foreign::Gif)),
            (
                b"BM\x36\0\x0c\0\0\0\0\0\x36\0",
                Content::Foreign(Foreign::Bmp),
            ),
            (b"BM is a text", Content::Document),
            (b"II*\0\x08\0\0\0", Content::Foreign(Foreign::Tiff)),
            (b"MM\0*\0\0\0\x08", Content::Foreign(Foreign::Tiff)),
            (b"<svg xmlns=", Content::Foreign(Foreign::Svg)),
            (
                b"<?xml version=\"1.0\"?>\n<svg xmlns=",
                Content::Foreign(Foreign::Svg),
            ),
            (b"<?xml version=\"1.0\"?>\n<html>", Content::Document),
            (b"%PDF-1.7\n", Content::Foreign(Foreign::Pdf)),
            (b"PK\x03\x04\x14", Content::Archive("zip")),
            (b"PK\x05\x06\0\0", Content::Archive("zip")),
            (b"PKX", Content::Document),
            (b"\x1f\x8b\x08", Content::Archive("gzip")),
            (b"BZh91AY&SY", Content::Archive("bzip2")),
            (b"BZh9 is a text", Content::Document),
            (b"\xfd7zXZ\0\0", Content::Archive("xz")),
            (b"\x28\xb5\x2f\xfd\0", Content::Archive("zstd")),
            (b"7z\xbc\xaf\x27\x1c\0", Content::Archive("7z")),
            (b"Rar!\x1a\x07\x01\0", Content::Archive("rar")),
            (b"MSCF\0\0\0\0", Content::Archive("cab")),
            (&tar, Content::Archive("tar")),
            (&tar[..259], Content::Document),
        ] {
            assert_eq!(kind_of(bytes), kind, "{}", bytes.escape_ascii());
        }
    }
}
