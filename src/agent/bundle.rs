//! Bundles, read strictly: only the names of PROTOCOL section 8, each once, stored, within their
//! limits.

use super::error::AgentError;
use crate::render::bundle::{ENTRIES, MAX_PICTURE_BYTES, limit_of};
use crate::wire::envelope::MAX_ENVELOPE_BYTES;
use std::io::{Cursor, Read};
use zip::{CompressionMethod, ZipArchive};

/// Largest bundle that is read, in bytes: five entries of 66 KiB, two pictures of 1 MiB, and 4 KiB
/// of headers.
pub(super) const MAX_BUNDLE_BYTES: usize =
    5 * MAX_ENVELOPE_BYTES + 2 * MAX_PICTURE_BYTES + 4 * 1024;
/// The entries that are documents. Only they are signed, so nothing else of a bundle is used.
const DOCUMENTS: [&str; 3] = ["activation.json", "trust-list.json", "checkpoint.json"];

/// The documents of a bundle: name and bytes, unverified, in the sequence of the bundle.
///
/// # Errors
/// [`AgentError`] with the first rule that is broken; nothing of such a bundle is used.
pub(super) fn documents(zip: &[u8]) -> Result<Vec<(&'static str, Vec<u8>)>, AgentError> {
    let mut archive = ZipArchive::new(Cursor::new(zip)).map_err(AgentError::BundleForm)?;
    // Repeated names, headers that contradict each other, entries that overlap or are not listed.
    archive
        .validate_header_consistency()
        .map_err(AgentError::BundleForm)?;
    let mut documents = Vec::new();
    for index in 0..archive.len() {
        let (name, bytes) = entry(&mut archive, index)?;
        if DOCUMENTS.contains(&name) {
            documents.push((name, bytes));
        }
    }
    let complete = documents.iter().any(|(name, _)| *name == "activation.json");
    if complete {
        Ok(documents)
    } else {
        Err(AgentError::BundleEmpty)
    }
}

fn entry(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    index: usize,
) -> Result<(&'static str, Vec<u8>), AgentError> {
    let raw = archive
        .by_index_raw(index)
        .map_err(AgentError::BundleForm)?;
    let known = ENTRIES
        .into_iter()
        .find(|name| name.as_bytes() == raw.name_raw());
    let name = known.ok_or_else(|| AgentError::BundleName(raw.name_raw().to_vec()))?;
    if raw.compression() != CompressionMethod::Stored || raw.encrypted() {
        return Err(AgentError::BundleStored(name));
    }
    drop(raw);
    let allowed = limit_of(name);
    let file = archive.by_index(index).map_err(AgentError::BundleForm)?;
    let mut bytes = Vec::new();
    file.take(allowed as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| AgentError::BundleForm(e.into()))?;
    if bytes.len() > allowed {
        Err(AgentError::BundleSize { name, allowed })
    } else {
        Ok((name, bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in entries {
            writer.start_file(*name, options).expect("an entry");
            writer.write_all(bytes).expect("bytes");
        }
        writer.finish().expect("a zip").into_inner()
    }

    /// Puts another name of the same length in place of one, in both headers.
    fn renamed(zip: &[u8], from: &str, to: &str) -> Vec<u8> {
        let mut bytes = zip.to_vec();
        for at in 0..bytes.len() - from.len() {
            if bytes[at..].starts_with(from.as_bytes()) {
                bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
            }
        }
        bytes
    }

    #[test]
    fn only_the_documents_of_a_bundle_are_used() {
        let zip = zip_of(&[
            ("activation.json", b"a"),
            ("checkpoint.json", b"c"),
            ("qr.png", b"p"),
            ("README.txt", b"r"),
        ]);
        let expected = vec![
            ("activation.json", b"a".to_vec()),
            ("checkpoint.json", b"c".to_vec()),
        ];
        assert_eq!(documents(&zip).expect("a bundle"), expected);
    }

    #[test]
    fn an_entry_of_another_name_spoils_a_bundle() {
        for name in [
            "setup.sh",
            "../activation.json",
            "Activation.json",
            "qr.png/",
            "dir/activation.json",
        ] {
            let zip = zip_of(&[("activation.json", b"a"), (name, b"")]);
            let Err(AgentError::BundleName(found)) = documents(&zip) else {
                panic!("a bundle with {name}")
            };
            assert_eq!(found, name.as_bytes());
        }
    }

    #[test]
    fn a_name_twice_spoils_a_bundle() {
        let zip = renamed(
            &zip_of(&[("activation.json", b"a"), ("activatiom.json", b"b")]),
            "activatiom.json",
            "activation.json",
        );
        assert!(matches!(documents(&zip), Err(AgentError::BundleForm(_))));
    }

    #[test]
    fn an_entry_over_its_limit_spoils_a_bundle() {
        let large = vec![b' '; 66 * 1024 + 1];
        let zip = zip_of(&[("activation.json", b"a"), ("README.txt", &large)]);
        assert!(matches!(
            documents(&zip),
            Err(AgentError::BundleSize {
                name: "README.txt",
                allowed: 67_584
            })
        ));
        let picture = vec![0; 1024 * 1024];
        assert!(
            documents(&zip_of(&[
                ("activation.json", &large[1..]),
                ("qr.png", &picture)
            ]))
            .is_ok()
        );
    }

    #[test]
    fn a_compressed_entry_spoils_a_bundle() {
        let mut zip = zip_of(&[("activation.json", b"a")]);
        zip[8] = 8;
        let central = zip
            .windows(4)
            .position(|w| w == b"PK\x01\x02")
            .expect("a directory");
        zip[central + 10] = 8;
        assert!(matches!(
            documents(&zip),
            Err(AgentError::BundleStored("activation.json"))
        ));
    }

    #[test]
    fn a_bundle_has_an_activation_and_is_a_zip() {
        assert!(matches!(
            documents(&zip_of(&[("qr.png", b"p")])),
            Err(AgentError::BundleEmpty)
        ));
        assert!(matches!(
            documents(b"PK\x03\x04"),
            Err(AgentError::BundleForm(_))
        ));
        let zip = zip_of(&[("activation.json", b"a")]);
        assert!(matches!(
            documents(&zip[..zip.len() - 9]),
            Err(AgentError::BundleForm(_))
        ));
        let mut damaged = zip.clone();
        damaged[30 + "activation.json".len()] = b'b';
        assert!(matches!(
            documents(&damaged),
            Err(AgentError::BundleForm(_))
        ));
    }
}
