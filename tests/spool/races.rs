//! Races with whoever fills the inbox.

use crate::bench::{BATCH, Bench};
use keyspool::spool::{Contents, ListOptions, TakeError, escape_path};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use std::fs::{self};
use std::os::unix::fs::symlink;
use std::sync::atomic::{AtomicBool, Ordering};

/// Xorshift (Marsaglia 2003): the same sequence in each run.
struct Seeded(u64);

impl Seeded {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

/// How many files are taken in a race: `KEYSPOOL_TEST_SWAPS` says how many more
/// (`scripts/crash-test --hostile`).
fn swaps() -> usize {
    std::env::var("KEYSPOOL_TEST_SWAPS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(2000)
}

#[test]
fn no_race_reads_a_file_outside() {
    let bench = Bench::new();
    fs::create_dir(bench.outside("elsewhere")).unwrap();
    fs::write(bench.outside("elsewhere/a.json"), "secret").unwrap();
    symlink(bench.outside("elsewhere"), bench.outside("other")).unwrap();
    fs::create_dir(bench.inbox("acme")).unwrap();
    let stop = AtomicBool::new(false);
    let (mut taken, mut left) = (0, 0);
    std::thread::scope(|scope| {
        let _stop = OnDrop(&stop);
        scope.spawn(|| swap_until(&bench, &stop));
        for _ in 0..swaps() * 100 {
            let (more_taken, more_left) = take_what_is_there(&bench);
            (taken, left) = (taken + more_taken, left + more_left);
            // On a busy machine whoever swaps must get a turn between two looks.
            std::thread::yield_now();
            if taken + left > swaps() && taken.min(left) > 300 {
                break;
            }
        }
    });
    println!("{taken} files taken, {left} left");
    assert!(
        taken + left > swaps() && taken.min(left) > 300,
        "{taken} taken, {left} left"
    );
    assert_eq!(
        fs::read(bench.outside("elsewhere/a.json")).unwrap(),
        b"secret"
    );
}

/// Stops the other thread, whether this one ends well or not.
struct OnDrop<'a>(&'a AtomicBool);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Takes one round of files, and gives how many were taken and how many were not. What goes back
/// beside another is removed.
fn take_what_is_there(bench: &Bench) -> (usize, usize) {
    let (mut taken, mut left) = (0, 0);
    for listed in bench.spool.list(&ListOptions::default()).unwrap() {
        match bench.spool.take(BATCH, &listed) {
            Ok(file) => {
                assert_eq!(file.contents, Contents::Whole(b"public".to_vec()));
                fs::remove_file(&file.work_path).unwrap();
                taken += 1;
            }
            Err(TakeError::Spool(error)) => panic!("{error}"),
            Err(TakeError::Left { path, .. }) if escape_path(&path).contains('(') => {
                // Not there while the link is in the folder's place: then in a later round.
                let _ = fs::remove_file(bench.inbox(path.as_bytes()));
            }
            Err(_) => left += 1,
        }
    }
    (taken, left)
}

/// Exchanges the folder for a link to one outside and back, and the file in it for links to a
/// secret.
fn swap_until(bench: &Bench, stop: &AtomicBool) {
    let (folder, other, spare) = (
        bench.inbox("acme"),
        bench.outside("other"),
        bench.outside("spare"),
    );
    let secret = bench.outside("elsewhere/a.json");
    let mut seeded = Seeded(0x5EED);
    while !stop.load(Ordering::Relaxed) {
        let made = match seeded.next() % 4 {
            0 => {
                renameat_with(CWD, &folder, CWD, &other, RenameFlags::EXCHANGE).unwrap();
                continue;
            }
            1 => fs::write(&spare, "public"),
            2 => symlink(&secret, &spare),
            _ => fs::hard_link(&secret, &spare),
        };
        made.unwrap();
        let is_real = !folder.symlink_metadata().unwrap().is_symlink();
        // Two links to one file are not renamed over each other: then the spare is still there.
        let moved = if is_real {
            fs::rename(&spare, folder.join("a.json"))
        } else {
            Ok(())
        };
        moved.unwrap();
        let _ = fs::remove_file(&spare);
    }
}
