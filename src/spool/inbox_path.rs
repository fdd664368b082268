//! Where a file lies in the inbox.

use crate::licence::identifier::is_control_or_format;
use std::ffi::OsStr;
use std::fmt::{self, Write as _};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;

/// Folders of the inbox whose names begin so, with a ULID after it, hold copies of what lay on
/// removable media.
const EXCHANGE_PREFIX: &str = "exchange-";

/// Why bytes are no [`InboxPath`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InboxPathError {
    /// A part between two `/` is empty, `.` or `..`.
    #[error("a part of the path is empty, . or ..")]
    Part,
    /// A zero byte.
    #[error("a zero byte in the path")]
    Zero,
}

/// A path relative to the inbox: bytes of any kind, parts separated by `/`, none of them empty, `.`
/// or `..`. Ordered by bytes. Clones share the bytes: a batch names each of its files in several
/// places.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InboxPath(Arc<[u8]>);

impl InboxPath {
    /// Checks a relative path.
    ///
    /// # Errors
    /// [`InboxPathError`] names the rule that is broken.
    pub fn new(path: impl AsRef<[u8]>) -> Result<Self, InboxPathError> {
        let bytes = path.as_ref();
        if bytes.contains(&0) {
            return Err(InboxPathError::Zero);
        }
        if bytes
            .split(|b| *b == b'/')
            .any(|part| matches!(part, b"" | b"." | b".."))
        {
            return Err(InboxPathError::Part);
        }
        Ok(Self(bytes.into()))
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The path, relative.
    #[must_use]
    pub fn as_path(&self) -> &Path {
        Path::new(OsStr::from_bytes(&self.0))
    }

    /// The top folder, where the file lies in one whose name is UTF-8. A folder named like an
    /// organization vouches for the files beneath it.
    #[must_use]
    pub fn first_folder(&self) -> Option<&str> {
        let (folder, _) = self.0.split_at(self.0.iter().position(|b| *b == b'/')?);
        std::str::from_utf8(folder).ok()
    }

    /// Whether the file lies in a folder of this path, or in one beneath it.
    #[must_use]
    pub fn is_beneath(&self, folder: &Self) -> bool {
        self.0
            .strip_prefix(folder.as_bytes())
            .is_some_and(|rest| rest.starts_with(b"/"))
    }

    /// The name of the folder of the inbox into which an exchange copies what a medium holds.
    #[must_use]
    pub fn exchange_folder_name(ulid: &str) -> String {
        format!("{EXCHANGE_PREFIX}{ulid}")
    }

    /// Whether a folder of the inbox has such a name.
    #[must_use]
    pub fn is_exchange_folder(name: &str) -> bool {
        name.strip_prefix(EXCHANGE_PREFIX)
            .is_some_and(|ulid| crate::licence::Ulid::read(ulid).is_ok())
    }

    /// The path that a file copied from a removable medium had there; none for any other file.
    #[must_use]
    pub fn below_exchange_folder(&self) -> Option<&[u8]> {
        let folder = self
            .first_folder()
            .filter(|name| Self::is_exchange_folder(name))?;
        self.0.get(folder.len() + 1..)
    }

    /// Whether the file was copied from a removable medium, and then the top folder that it lay in
    /// there, if any. The folders of a stick prove nothing: its carrier can make them.
    #[must_use]
    pub fn exchange_folder(&self) -> Option<Option<&str>> {
        let path = self.below_exchange_folder()?;
        Some(
            path.iter()
                .position(|b| *b == b'/')
                .and_then(|end| std::str::from_utf8(&path[..end]).ok()),
        )
    }

    /// The last part.
    #[must_use]
    pub fn file_name(&self) -> &OsStr {
        OsStr::from_bytes(self.0.rsplit(|b| *b == b'/').next().unwrap_or_default())
    }

    /// The folders above the file; empty at the top.
    pub(super) fn parent(&self) -> &Path {
        let cut = self.0.iter().rposition(|b| *b == b'/').unwrap_or_default();
        Path::new(OsStr::from_bytes(&self.0[..cut]))
    }
}

/// The path of a file beneath `root`; none for `root` itself and for files elsewhere.
pub(super) fn relative(root: &Path, path: &Path) -> Option<InboxPath> {
    let relative = path.strip_prefix(root).ok()?;
    InboxPath::new(relative.as_os_str().as_bytes()).ok()
}

impl fmt::Debug for InboxPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&escape_path(self))
    }
}

/// The path as documents state it (PROTOCOL sections 5.3 and 5.5, `file`): parts separated by `/`,
/// and each byte of a control or format character or of what is not UTF-8 as `\xNN`, in lower-case
/// hex. A backslash stays as it is.
#[must_use]
pub fn escape_path(path: &InboxPath) -> String {
    escape(path.as_bytes())
}

pub(super) fn escape(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if is_control_or_format(c) {
                push_hex(&mut text, c.encode_utf8(&mut [0; 4]).as_bytes());
            } else {
                text.push(c);
            }
        }
        push_hex(&mut text, chunk.invalid());
    }
    text
}

fn push_hex(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        // Invariant: writing to a String never fails.
        let _ = write!(text, "\\x{byte:02x}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_inbox_path_leaves_the_inbox() {
        for bad in [
            "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", "a/..",
        ] {
            assert_eq!(InboxPath::new(bad), Err(InboxPathError::Part), "{bad}");
        }
        assert_eq!(InboxPath::new("a\0b"), Err(InboxPathError::Zero));
        for good in ["a", "...", "a/..b", "a b/c", "\\", "a/.b"] {
            assert!(InboxPath::new(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn only_a_top_folder_vouches() -> Result<(), InboxPathError> {
        assert_eq!(
            InboxPath::new("acme/x/y.json")?.first_folder(),
            Some("acme")
        );
        assert_eq!(InboxPath::new("y.json")?.first_folder(), None);
        assert_eq!(InboxPath::new(b"\xff/y.json")?.first_folder(), None);
        let deep = InboxPath::new("acme/x/y.json")?;
        assert_eq!(
            (deep.file_name(), deep.parent()),
            (OsStr::new("y.json"), Path::new("acme/x"))
        );
        assert_eq!(InboxPath::new("y")?.parent(), Path::new(""));
        Ok(())
    }

    #[test]
    fn a_path_is_beneath_its_folders_only() -> Result<(), InboxPathError> {
        let path = InboxPath::new("acme/x/y.json")?;
        for (folder, is) in [
            ("acme", true),
            ("acme/x", true),
            ("acm", false),
            ("acme/x/y.json", false),
            ("x", false),
        ] {
            assert_eq!(path.is_beneath(&InboxPath::new(folder)?), is, "{folder}");
        }
        Ok(())
    }

    #[test]
    fn copies_are_known_by_their_folder() -> Result<(), InboxPathError> {
        let top = InboxPath::exchange_folder_name("01KAMJ4R00N6ZQ3T5V7X9Y1ABC");
        assert_eq!(
            InboxPath::new(format!("{top}/acme/x.json"))?.exchange_folder(),
            Some(Some("acme"))
        );
        assert_eq!(
            InboxPath::new(format!("{top}/x.json"))?.exchange_folder(),
            Some(None)
        );
        for other in [
            "exchange-acme/acme/x.json",
            "acme/x.json",
            "exchange-/acme/x.json",
            top.as_str(),
        ] {
            assert_eq!(InboxPath::new(other)?.exchange_folder(), None, "{other}");
        }
        Ok(())
    }

    #[test]
    fn paths_are_ordered_by_bytes() -> Result<(), InboxPathError> {
        assert!(InboxPath::new("a.b")? < InboxPath::new("a/b")?);
        assert!(InboxPath::new("a/b")? < InboxPath::new("aa")?);
        assert!(InboxPath::new("Z")? < InboxPath::new("a")?);
        Ok(())
    }

    #[test]
    fn hidden_bytes_are_escaped() -> Result<(), InboxPathError> {
        for (path, shown) in [
            (b"acme/new\nline".as_slice(), "acme/new\\x0aline"),
            (b"\x1b[2J\x7f", "\\x1b[2J\\x7f"),
            ("txt.\u{202e}nosj".as_bytes(), "txt.\\xe2\\x80\\xaenosj"),
            (
                "\u{85}\u{ad}\u{feff}".as_bytes(),
                "\\xc2\\x85\\xc2\\xad\\xef\\xbb\\xbf",
            ),
            (b"caf\xe9 \xe6\x9d", "caf\\xe9 \\xe6\\x9d"),
            ("東京 \\ é".as_bytes(), "東京 \\ é"),
        ] {
            assert_eq!(escape_path(&InboxPath::new(path)?), shown);
        }
        Ok(())
    }
}
