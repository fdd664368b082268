//! A file system in an image of its own, mounted for a test, and taken away whatever comes of it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// What a medium is formatted with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Format {
    /// exFAT, by a driver that is a process.
    ExFat,
    /// FAT32, by a driver that is a process and knows names in ASCII only.
    Fat32,
    /// ext4, by the kernel's.
    Ext4,
    /// A file system in memory, of so many KiB.
    Memory(u32),
}

/// A mounted medium.
pub(crate) struct Volume {
    format: Format,
    folder: TempDir,
    device: Option<String>,
}

impl Volume {
    /// Makes a medium and mounts it, or says what is missing here.
    pub(crate) fn new(format: Format) -> Result<Self, String> {
        let folder = TempDir::new().map_err(|error| error.to_string())?;
        fs::create_dir(folder.path().join("mounted")).expect("made");
        let mut volume = Self {
            format,
            folder,
            device: None,
        };
        if !matches!(format, Format::Memory(_)) {
            let image = volume.folder.path().join("image");
            File::create(&image)
                .and_then(|file| file.set_len(64 << 20))
                .expect("an image");
            volume.device = Some(
                run("losetup", &["-f".as_ref(), "--show".as_ref(), &image])?
                    .trim()
                    .to_owned(),
            );
        }
        match format {
            Format::ExFat => drop(run("mkfs.exfat", &[volume.device()])?),
            Format::Fat32 => drop(run(
                "mkfs.vfat",
                &["-F".as_ref(), "32".as_ref(), volume.device()],
            )?),
            Format::Ext4 => drop(run("mkfs.ext4", &["-q".as_ref(), volume.device()])?),
            Format::Memory(_) => {}
        }
        volume.mount()?;
        Ok(volume)
    }

    fn device(&self) -> &Path {
        Path::new(self.device.as_deref().expect("a medium with a device"))
    }

    /// Where it is mounted.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("mounted")
    }

    fn mount(&self) -> Result<(), String> {
        let at = self.path();
        let done = match self.format {
            Format::ExFat => run("mount.exfat-fuse", &[self.device(), &at]),
            Format::Fat32 => run(
                "fusefat",
                &["-o".as_ref(), "rw+".as_ref(), self.device(), &at],
            ),
            Format::Ext4 => run(
                "mount",
                &["-t".as_ref(), "ext4".as_ref(), self.device(), &at],
            ),
            Format::Memory(kib) => {
                let size = format!("size={kib}k");
                run(
                    "mount",
                    &[
                        "-t".as_ref(),
                        "tmpfs".as_ref(),
                        "-o".as_ref(),
                        size.as_ref(),
                        "none".as_ref(),
                        &at,
                    ],
                )
            }
        };
        done?;
        // A driver may end after its command said that all is well.
        let mounts = fs::read_to_string("/proc/self/mounts").map_err(|error| error.to_string())?;
        let at = at.to_string_lossy().into_owned();
        let is_mounted = mounts
            .lines()
            .any(|line| line.split(' ').nth(1) == Some(&at));
        if is_mounted {
            Ok(())
        } else {
            Err(format!("{:?} was not mounted", self.format))
        }
    }

    /// Pulled out properly and plugged in again: nothing that the system remembers of it is left.
    pub(crate) fn plug_in_again(&self) {
        let driver = (self.format == Format::Fat32).then(|| self.driver());
        run("umount", &[&self.path()]).expect("unmounted");
        // This driver writes on after the mount is gone.
        let is_at_work = |id: &u32| Path::new("/proc").join(id.to_string()).exists();
        while driver.as_ref().is_some_and(is_at_work) {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        self.mount().expect("mounted again");
    }

    /// Whether names may have letters of any script.
    pub(crate) fn takes_any_name(&self) -> bool {
        self.format != Format::Fat32
    }

    /// After it was pulled out: repaired, and plugged in again.
    pub(crate) fn repair(&self) {
        run("umount", &["-l".as_ref(), &self.path()]).expect("detached");
        // What it says of an unclean medium is no failure.
        let _ = match self.format {
            Format::Fat32 => run("fsck.vfat", &["-a".as_ref(), "-w".as_ref(), self.device()]),
            _ => run("fsck.exfat", &["-y".as_ref(), self.device()]),
        };
        self.mount().expect("mounted again");
    }

    /// A new folder of the medium in the place of one elsewhere, until what is given is dropped.
    pub(crate) fn also_at(&self, place: &Path) -> Bound {
        let folder = self.path().join(place.file_name().expect("a name"));
        fs::create_dir(&folder).expect("made");
        run("mount", &["--bind".as_ref(), &folder, place]).expect("bound");
        Bound(place.to_owned())
    }

    /// Mounts it again with such an option: `ro`, `rw`, or another size.
    pub(crate) fn remount(&self, option: &str) {
        let options = format!("remount,{option}");
        run("mount", &["-o".as_ref(), options.as_ref(), &self.path()]).expect("mounted otherwise");
    }

    /// The process that serves a mounted exFAT or FAT32 medium.
    pub(crate) fn driver(&self) -> u32 {
        let wanted = self.device.clone().expect("a medium with a device");
        let is_driver = |folder: &Path| {
            let line = fs::read(folder.join("cmdline")).unwrap_or_default();
            let words: Vec<&[u8]> = line.split(|byte| *byte == 0).collect();
            let is_named =
                |name: &&[u8]| name.ends_with(b"mount.exfat-fuse") || name.ends_with(b"fusefat");
            words.first().is_some_and(is_named) && words.contains(&wanted.as_bytes())
        };
        let processes = fs::read_dir("/proc")
            .expect("processes")
            .flatten()
            .map(|entry| entry.path());
        let driver = processes
            .filter(|folder| is_driver(folder))
            .find_map(|folder| folder.file_name()?.to_str()?.parse().ok());
        driver.expect("the driver's process")
    }
}

impl Drop for Volume {
    fn drop(&mut self) {
        // Whatever went wrong before, nothing stays mounted or attached.
        if run("umount", &[&self.path()]).is_err() {
            let _ = run("umount", &["-l".as_ref(), &self.path()]);
        }
        if let Some(device) = &self.device {
            let _ = run("losetup", &["-d".as_ref(), device.as_ref()]);
        }
    }
}

/// A folder of a medium in the place of another.
pub(crate) struct Bound(PathBuf);

impl Drop for Bound {
    fn drop(&mut self) {
        let _ = run("umount", &["-l".as_ref(), &self.0]);
    }
}

/// Runs a tool of the system; what it says, or why not.
fn run(tool: &str, arguments: &[&Path]) -> Result<String, String> {
    let output = Command::new(tool)
        .args(arguments)
        .output()
        .map_err(|error| format!("{tool}: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!(
        "{tool}: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    ))
}
