//! Whether another process writes to a file. No library has safe code for the call, so it goes
//! through `sys`, the one place with `unsafe`.

use super::sys;
use std::os::fd::BorrowedFd;

/// Whether a process of this machine has a file open for writing. None if the kernel does not tell:
/// the file belongs to another account, or its file system has no leases. The kernel knows nothing
/// of other machines that share the file system.
///
/// The file must be open for reading only. A process that opens it for writing meanwhile
/// waits some microseconds.
#[must_use]
pub fn is_open_for_writing(file: BorrowedFd<'_>) -> Option<bool> {
    sys::is_open_for_writing(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::os::fd::AsFd;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    #[test]
    fn a_writer_is_known_while_it_writes() {
        let scratch = tempfile::tempdir().expect("a folder");
        let path = scratch.path().join("codes.txt");
        std::fs::write(&path, "KS1:").expect("written");
        let asked = File::open(&path).expect("opened");
        let other_reader = File::open(&path).expect("opened");
        assert_eq!(is_open_for_writing(asked.as_fd()), Some(false));
        let writers = [
            File::options().append(true).open(&path),
            File::options().read(true).write(true).open(&path),
        ];
        assert_eq!(is_open_for_writing(asked.as_fd()), Some(true));
        drop(writers);
        assert_eq!(is_open_for_writing(asked.as_fd()), Some(false));
        drop(other_reader);
        // The lease was given back: a process that opens the file for writing does not wait.
        assert!(File::options().append(true).open(&path).is_ok());
        let pipe = std::io::pipe().expect("a pipe").0;
        assert_eq!(
            is_open_for_writing(pipe.as_fd()),
            None,
            "what cannot have a lease"
        );
    }

    /// A broken lease sends a signal. The usual one would end this process.
    #[test]
    fn a_late_writer_cannot_end_the_process() {
        let scratch = tempfile::tempdir().expect("a folder");
        let path = scratch.path().join("codes.txt");
        std::fs::write(&path, "KS1:").expect("written");
        let (is_over, both) = (AtomicBool::new(false), [const { AtomicUsize::new(0) }; 2]);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    drop(File::options().append(true).open(&path).expect("opened"));
                }
            });
            for _ in 0..200_000 {
                let asked = File::open(&path).expect("opened");
                let found = is_open_for_writing(asked.as_fd()).expect("told");
                both[usize::from(found)].fetch_add(1, Ordering::Relaxed);
            }
            is_over.store(true, Ordering::Relaxed);
        });
        println!("without a writer and with one: {both:?}");
    }
}
