//! What tells this machine from others, as Linux shows it: board serial, machine id, first network
//! address.

use crate::device::Components;
use crate::licence::Identifier;
use std::path::{Path, PathBuf};

/// Values that makers leave where a serial belongs, in lower case: they tell no two machines apart.
const PLACEHOLDERS: [&str; 8] = [
    "none",
    "default string",
    "to be filled by o.e.m.",
    "not specified",
    "not applicable",
    "unknown",
    "0",
    "system serial number",
];

/// A component given on the command line, `NAME=VALUE`; an empty value leaves the component out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    name: Identifier,
    value: String,
}

impl std::str::FromStr for Component {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once('=').ok_or("NAME=VALUE is expected")?;
        let name = Identifier::new(name).map_err(|e| format!("the name: {e}"))?;
        Ok(Self {
            name,
            value: value.to_owned(),
        })
    }
}

/// The components of the machine whose file system begins at `root`; given ones replace what it
/// reads. Empty where nothing can be read.
pub(super) fn components(root: &Path, given: &[Component]) -> Components {
    let read = [
        (
            "board",
            first_line(&root.join("sys/class/dmi/id/board_serial")),
        ),
        ("machine", first_line(&root.join("etc/machine-id"))),
        ("mac", first_address(&root.join("sys/class/net"))),
    ];
    let mut components = Components::new();
    for (name, value) in read {
        if let (Ok(name), Some(value)) = (Identifier::new(name), value) {
            components.insert(name, value.into_bytes());
        }
    }
    for component in given {
        if component.value.is_empty() {
            components.remove(&component.name);
        } else {
            components.insert(component.name.clone(), component.value.clone().into_bytes());
        }
    }
    components
}

/// The first line of a small file, if it says anything.
fn first_line(path: &Path) -> Option<String> {
    let text = fs_err::read_to_string(path).ok()?;
    let line = text.lines().next()?.trim().to_owned();
    let told = line.to_ascii_lowercase();
    (!line.is_empty() && !PLACEHOLDERS.contains(&told.as_str())).then_some(line)
}

/// The address of the first network device, by name, that is a piece of hardware: bridges and
/// tunnels come and go.
fn first_address(folder: &Path) -> Option<String> {
    let mut devices: Vec<PathBuf> = fs_err::read_dir(folder)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    devices.sort();
    let hardware = devices
        .iter()
        .filter(|device| device.join("device").exists());
    hardware
        .filter_map(|device| first_line(&device.join("address")))
        .find(|address| address != "00:00:00:00:00:00")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a folder");
        for (path, text) in files {
            let path = root.path().join(path);
            fs_err::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs_err::write(path, text).expect("written");
        }
        root
    }

    fn read(root: &Path, given: &[&str]) -> Vec<(String, String)> {
        let given: Vec<Component> = given
            .iter()
            .map(|text| text.parse().expect("a component of the test"))
            .collect();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        components(root, &given)
            .into_iter()
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect()
    }

    #[test]
    fn board_machine_id_and_address_are_read() {
        let root = machine(&[
            ("sys/class/dmi/id/board_serial", "BSN-1\n"),
            ("etc/machine-id", "abc\n"),
            ("sys/class/net/br0/address", "02:00:00:00:00:01\n"),
            ("sys/class/net/eth1/address", "02:00:00:00:00:03\n"),
            ("sys/class/net/eth1/device/vendor", "x"),
            ("sys/class/net/eth0/address", "02:00:00:00:00:02\n"),
            ("sys/class/net/eth0/device/vendor", "x"),
        ]);
        let found = read(root.path(), &[]);
        let expected = [
            ("board", "BSN-1"),
            ("mac", "02:00:00:00:00:02"),
            ("machine", "abc"),
        ];
        assert_eq!(
            found,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }

    #[test]
    fn placeholder_serials_count_for_nothing() {
        let root = machine(&[
            ("sys/class/dmi/id/board_serial", "To Be Filled By O.E.M.\n"),
            ("etc/machine-id", "\n"),
        ]);
        assert_eq!(read(root.path(), &[]), []);
    }

    #[test]
    fn components_given_replace_add_and_remove() {
        let root = machine(&[("etc/machine-id", "abc\n")]);
        assert_eq!(
            read(root.path(), &["machine=", "disk=a=b"]),
            [("disk".to_owned(), "a=b".to_owned())]
        );
        assert!("x".parse::<Component>().is_err() && "X=1".parse::<Component>().is_err());
    }
}
