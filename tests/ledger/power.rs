//! A disk that loses power.

use crate::bench::{LOTS, Numbers, ORIGIN, SYSTEMS, VAULT, sealer};
use crate::sample::Sample;
use keyspool::ledger::{Ledger, LedgerError, Reader};
use std::sync::{Arc, Mutex};

/// A disk that forgets what was not synced: on a crash, each write since the last sync is kept,
/// lost or torn by the sector.
#[derive(Debug, Clone)]
struct Disk(Arc<Mutex<Platters>>);

#[derive(Debug, Default, Clone)]
struct Platters {
    synced: Vec<u8>,
    seen: Vec<u8>,
    unsynced: Vec<Change>,
    /// Writes and syncs until the power fails.
    fuse: usize,
}

#[derive(Debug, Clone)]
enum Change {
    Length(usize),
    Bytes(usize, Vec<u8>),
}

impl Platters {
    const SECTOR: usize = 512;

    fn burn(&mut self) -> std::io::Result<()> {
        self.fuse = self
            .fuse
            .checked_sub(1)
            .ok_or_else(|| std::io::Error::other("the power failed"))?;
        Ok(())
    }

    fn crash(&mut self, numbers: &mut Numbers) {
        for change in std::mem::take(&mut self.unsynced) {
            match change {
                Change::Length(length) if numbers.below(2) == 0 => self.synced.resize(length, 0),
                Change::Length(_) => {}
                Change::Bytes(at, bytes) => {
                    let fate = numbers.below(3);
                    for (index, sector) in bytes.chunks(Self::SECTOR).enumerate() {
                        let kept = fate == 0 || fate == 1 && numbers.below(2) == 0;
                        let start = at + index * Self::SECTOR;
                        if kept && start + sector.len() <= self.synced.len() {
                            self.synced[start..start + sector.len()].copy_from_slice(sector);
                        }
                    }
                }
            }
        }
        self.seen = self.synced.clone();
    }
}

impl redb::StorageBackend for Disk {
    fn len(&self) -> std::io::Result<u64> {
        Ok(self.0.lock().unwrap().seen.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> std::io::Result<()> {
        let at = usize::try_from(offset).unwrap();
        let disk = self.0.lock().unwrap();
        out.copy_from_slice(
            disk.seen
                .get(at..at + out.len())
                .ok_or(std::io::ErrorKind::UnexpectedEof)?,
        );
        Ok(())
    }

    fn set_len(&self, length: u64) -> std::io::Result<()> {
        let mut disk = self.0.lock().unwrap();
        disk.burn()?;
        let length = usize::try_from(length).unwrap();
        disk.seen.resize(length, 0);
        disk.unsynced.push(Change::Length(length));
        Ok(())
    }

    fn sync_data(&self) -> std::io::Result<()> {
        let mut disk = self.0.lock().unwrap();
        disk.burn()?;
        disk.synced = disk.seen.clone();
        disk.unsynced.clear();
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> std::io::Result<()> {
        let mut disk = self.0.lock().unwrap();
        disk.burn()?;
        let at = usize::try_from(offset).unwrap();
        disk.seen[at..at + data.len()].copy_from_slice(data);
        disk.unsynced.push(Change::Bytes(at, data.to_vec()));
        Ok(())
    }
}

/// One transaction of the crash test: an entry, a row of its own, and a row that every transaction
/// overwrites.
fn commit_one(ledger: &Ledger) -> Result<u64, LedgerError> {
    let mut changes = ledger.begin()?;
    let number = changes.append_history(&Sample::value(changes.size()))?;
    changes.put(LOTS, &number.to_be_bytes(), &Sample::value(number))?;
    changes.put(SYSTEMS, b"newest", &number.to_be_bytes())?;
    Ok(changes.commit()?.size)
}

/// That a ledger holds exactly what so many calls of [`commit_one`] put.
fn check_whole(ledger: &Ledger) -> u64 {
    let seen = ledger.read().unwrap();
    let mut size = 0;
    seen.verify_chain(|entry| {
        size += 1;
        assert_eq!(entry.bytes(), Sample::value(size - 1));
        assert_eq!(
            seen.get(LOTS, &size.to_be_bytes())?.as_deref(),
            Some(&Sample::value(size))
        );
        Ok::<_, LedgerError>(())
    })
    .unwrap();
    let newest = seen
        .get(SYSTEMS, b"newest")
        .unwrap()
        .map(|value| value.to_vec());
    assert_eq!(
        newest.unwrap_or(0_u64.to_be_bytes().to_vec()),
        size.to_be_bytes()
    );
    assert_eq!(seen.count(LOTS), size);
    size
}

#[test]
fn torn_writes_lose_no_commit() {
    for seed in 0..30 {
        println!("seed {seed}");
        let mut numbers = Numbers(seed);
        let disk = Disk(Arc::new(Mutex::new(Platters {
            fuse: usize::MAX,
            ..Platters::default()
        })));
        drop(Ledger::create_on(disk.clone(), VAULT, ORIGIN, sealer("ours")).unwrap());
        let mut committed = 0;
        for _ in 0..6 {
            disk.0.lock().unwrap().fuse = 1 + numbers.below(250);
            if let Ok(ledger) = Ledger::open_on(disk.clone(), VAULT, sealer("ours")) {
                while let Ok(size) = commit_one(&ledger) {
                    committed = size;
                }
            }
            let mut platters = disk.0.lock().unwrap();
            platters.crash(&mut numbers);
            platters.fuse = usize::MAX;
            drop(platters);
            let found = check_whole(&Ledger::open_on(disk.clone(), VAULT, sealer("ours")).unwrap());
            // The commit that the crash met may have become whole.
            assert!(
                found == committed || found == committed + 1,
                "{found} found, {committed} committed"
            );
            committed = found;
        }
    }
}

/// Opens the ledger, commits four times and closes it; gives the entries that it was told are
/// committed.
fn commit_until_the_power_fails(disk: &Disk, before: u64) -> u64 {
    let mut committed = before;
    if let Ok(ledger) = Ledger::open_on(disk.clone(), VAULT, sealer("ours")) {
        while committed < before + 4 {
            match commit_one(&ledger) {
                Ok(size) => committed = size,
                Err(_) => break,
            }
        }
    }
    committed
}

#[test]
fn a_power_cut_at_any_write_loses_no_commit() {
    let first = Disk(Arc::new(Mutex::new(Platters {
        fuse: usize::MAX,
        ..Platters::default()
    })));
    drop(Ledger::create_on(first.clone(), VAULT, ORIGIN, sealer("ours")).unwrap());
    assert_eq!(commit_until_the_power_fails(&first, 0), 4);
    let copy = |fuse| {
        Disk(Arc::new(Mutex::new(Platters {
            fuse,
            ..first.0.lock().unwrap().clone()
        })))
    };
    let whole = copy(usize::MAX);
    assert_eq!(commit_until_the_power_fails(&whole, 4), 8);
    let writes = usize::MAX - whole.0.lock().unwrap().fuse;
    assert!(writes > 4 * 3, "{writes}");
    let mut tried = 0;
    for fuse in 0..=writes {
        for seed in 0..4 {
            let mut numbers = Numbers(seed * 1000 + fuse as u64 + 1);
            let disk = copy(fuse);
            let committed = commit_until_the_power_fails(&disk, 4);
            disk.0.lock().unwrap().crash(&mut numbers);
            // The power fails once more while the ledger is opened, at each of the first writes in
            // turn.
            disk.0.lock().unwrap().fuse = usize::try_from(seed).unwrap();
            drop(Ledger::open_on(disk.clone(), VAULT, sealer("ours")));
            disk.0.lock().unwrap().crash(&mut numbers);
            disk.0.lock().unwrap().fuse = usize::MAX;
            let found = check_whole(&Ledger::open_on(disk, VAULT, sealer("ours")).unwrap());
            assert!(
                found == committed || found == committed + 1,
                "write {fuse}, seed {seed}: {found} found, {committed} committed"
            );
            tried += 1;
        }
    }
    println!("{tried} power cuts");
}

#[test]
fn a_failed_commit_ends_everything() {
    let disk = Disk(Arc::new(Mutex::new(Platters {
        fuse: usize::MAX,
        ..Platters::default()
    })));
    let ledger = Ledger::create_on(disk.clone(), VAULT, ORIGIN, sealer("ours")).unwrap();
    commit_one(&ledger).unwrap();
    let mut changes = ledger.begin().unwrap();
    changes.append_history(b"entry").unwrap();
    disk.0.lock().unwrap().fuse = 0;
    assert!(matches!(
        changes.commit(),
        Err(LedgerError::CommitFailed { .. })
    ));
    disk.0.lock().unwrap().fuse = usize::MAX;
    assert!(matches!(
        ledger.begin().err(),
        Some(LedgerError::CommitFailed { .. })
    ));
    assert!(matches!(
        ledger.read().err(),
        Some(LedgerError::CommitFailed { .. })
    ));
    drop(ledger);
    assert_eq!(
        check_whole(&Ledger::open_on(disk, VAULT, sealer("ours")).unwrap()),
        1
    );
}
