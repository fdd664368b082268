//! The spool's promises, on a real file system.
#![cfg(feature = "full")]
#![allow(clippy::unwrap_used)]

use keyspool::licence::Digest;
use keyspool::spool::{
    Content, Contents, InboxPath, ListOptions, Listed, ListedKind, MAX_FILE_BYTES,
    MAX_HASHED_BYTES, MAX_PICTURE_BYTES, Outlet, PICTURE_HEAD_BYTES, Picture, Skipped, Spool,
    SpoolError, TakeError, Taken, escape_path, names,
};
use keyspool::wire::sha256;
use rustix::fs::{CWD, Mode, RenameFlags, mkfifoat, renameat_with};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

type Tested = Result<(), Box<dyn std::error::Error>>;

const DATE: &str = "2026-11-22";
const BATCH: &str = "01KAMJ4R00N6ZQ3T5V7X9Y1ABC";
const FOLDERS: [&str; 5] = ["inbox", "work", "outbox", "rejected", "archive"];

/// A spool in a scratch folder, with room beside it.
struct Bench {
    scratch: TempDir,
    spool: Spool,
}

impl Bench {
    fn new() -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let spool = Spool::create(&scratch.path().join("spool")).unwrap();
        Self { scratch, spool }
    }

    fn root(&self) -> PathBuf {
        self.scratch.path().join("spool")
    }

    fn outside(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    fn inbox(&self, path: impl AsRef<[u8]>) -> PathBuf {
        self.root()
            .join("inbox")
            .join(OsStr::from_bytes(path.as_ref()))
    }

    fn drop_file(&self, path: impl AsRef<[u8]>, bytes: &[u8]) -> PathBuf {
        let path = self.inbox(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    fn list(&self) -> Vec<Listed> {
        self.spool.list(&ListOptions::default()).unwrap()
    }

    /// Paths and why they are skipped.
    fn kinds(&self) -> Vec<(String, ListedKind)> {
        self.list()
            .iter()
            .map(|listed| (escape_path(&listed.path), listed.kind))
            .collect()
    }

    fn listed(&self, path: &str) -> Listed {
        self.list()
            .into_iter()
            .find(|listed| escape_path(&listed.path) == path)
            .unwrap()
    }

    fn take(&self, path: &str) -> Result<Taken, TakeError> {
        self.spool.take(BATCH, &self.listed(path))
    }

    fn drop_and_take(&self, path: &str, bytes: &[u8]) -> Taken {
        self.drop_file(path, bytes);
        self.take(path).unwrap()
    }

    /// Every file beneath a folder of the spool, relative to it, in order.
    fn files(&self, folder: &str) -> Vec<String> {
        let root = self.root().join(folder);
        let walk = walkdir::WalkDir::new(&root)
            .sort_by_file_name()
            .into_iter()
            .map(Result::unwrap);
        let files = walk.filter(|entry| !entry.file_type().is_dir());
        files
            .map(|entry| {
                entry
                    .path()
                    .strip_prefix(&root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned()
            })
            .collect()
    }
}

fn inbox_path(path: &str) -> InboxPath {
    InboxPath::new(path).unwrap()
}

fn skipped(path: &str, reason: Skipped) -> (String, ListedKind) {
    (path.to_owned(), ListedKind::Skipped(reason))
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn fifo(path: &Path) {
    mkfifoat(CWD, path, Mode::RWXU).unwrap();
}

// The spool and its folders

#[test]
fn a_new_spool_has_all_folders_for_its_owner_alone() {
    let bench = Bench::new();
    assert_eq!(mode(&bench.root()), 0o700);
    for folder in FOLDERS {
        assert_eq!(mode(&bench.root().join(folder)), 0o700, "{folder}");
    }
}

#[test]
fn a_folder_that_is_there_is_closed_to_others_when_the_spool_is_made() -> Tested {
    let scratch = tempfile::tempdir()?;
    fs::create_dir_all(scratch.path().join("spool/inbox"))?;
    fs::set_permissions(
        scratch.path().join("spool/inbox"),
        PermissionsExt::from_mode(0o777),
    )?;
    Spool::create(&scratch.path().join("spool"))?;
    assert_eq!(mode(&scratch.path().join("spool/inbox")), 0o700);
    Ok(())
}

#[test]
fn a_folder_with_other_files_keeps_its_mode_when_a_spool_is_made_there() -> Tested {
    let scratch = tempfile::tempdir()?;
    fs::write(scratch.path().join("other"), "")?;
    fs::set_permissions(scratch.path(), PermissionsExt::from_mode(0o755))?;
    Spool::create(scratch.path())?;
    assert_eq!(mode(scratch.path()), 0o755);
    Ok(())
}

#[test]
fn a_missing_spool_is_never_made_anew() {
    let scratch = tempfile::tempdir().unwrap();
    let missing = scratch.path().join("spool");
    assert!(matches!(Spool::open(&missing), Err(SpoolError::Missing { path }) if path == missing));
    assert!(!missing.exists());
}

#[test]
fn a_missing_folder_of_a_spool_is_made_anew() -> Tested {
    let bench = Bench::new();
    for folder in FOLDERS {
        fs::remove_dir(bench.root().join(folder))?;
    }
    Spool::open(&bench.root())?;
    assert!(
        FOLDERS
            .iter()
            .all(|folder| bench.root().join(folder).is_dir())
    );
    Ok(())
}

#[test]
fn a_spool_behind_a_link_is_refused_even_with_a_slash_at_the_end() -> Tested {
    let bench = Bench::new();
    let link = bench.outside("link");
    symlink(bench.root(), &link)?;
    let with_slash = PathBuf::from(format!("{}/", link.display()));
    for path in [link, with_slash] {
        assert!(
            matches!(Spool::open(&path), Err(SpoolError::NotAFolder { .. })),
            "{}",
            path.display()
        );
    }
    Ok(())
}

#[test]
fn a_file_is_no_spool() -> Tested {
    let bench = Bench::new();
    let file = bench.outside("file");
    fs::write(&file, "")?;
    assert!(matches!(
        Spool::open(&file),
        Err(SpoolError::NotAFolder { .. })
    ));
    assert!(matches!(
        Spool::create(&file),
        Err(SpoolError::NotAFolder { .. })
    ));
    Ok(())
}

#[test]
fn a_folder_of_the_spool_that_is_a_link_or_a_file_is_refused() -> Tested {
    for folder in FOLDERS {
        let bench = Bench::new();
        let path = bench.root().join(folder);
        fs::create_dir(bench.outside("elsewhere"))?;
        fs::remove_dir(&path)?;
        symlink(bench.outside("elsewhere"), &path)?;
        assert!(
            matches!(Spool::open(&bench.root()), Err(SpoolError::NotAFolder { path: p }) if p == path),
            "{folder}"
        );
        fs::remove_file(&path)?;
        fs::write(&path, "")?;
        assert!(
            matches!(Spool::open(&bench.root()), Err(SpoolError::NotAFolder { path: p }) if p == path),
            "{folder}"
        );
    }
    Ok(())
}

#[test]
fn an_inbox_that_is_exchanged_while_in_use_is_not_listed() -> Tested {
    let bench = Bench::new();
    fs::rename(bench.inbox(""), bench.outside("old"))?;
    for exchange in [
        |at: &Path| symlink("/", at),
        |at: &Path| fs::create_dir(at),
        |at: &Path| fs::write(at, ""),
    ] {
        exchange(&bench.root().join("inbox"))?;
        assert!(matches!(
            bench.spool.list(&ListOptions::default()),
            Err(SpoolError::Replaced { .. })
        ));
        let _ = fs::remove_dir(bench.root().join("inbox"))
            .or_else(|_| fs::remove_file(bench.root().join("inbox")));
    }
    assert!(matches!(
        bench.spool.list(&ListOptions::default()),
        Err(SpoolError::Replaced { .. })
    ));
    Ok(())
}

// Listing

#[test]
fn the_inbox_is_listed_in_byte_order_of_paths() {
    let bench = Bench::new();
    for path in ["b", "a/b", "a.b", "a-b", "aa", "B", "a/a/z"] {
        bench.drop_file(path, b"{}");
    }
    let paths: Vec<String> = bench
        .list()
        .iter()
        .map(|listed| escape_path(&listed.path))
        .collect();
    assert_eq!(paths, ["B", "a-b", "a.b", "a/a/z", "a/b", "aa", "b"]);
}

#[test]
fn listed_files_carry_size_and_times() -> Tested {
    let bench = Bench::new();
    let past = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    File::options()
        .write(true)
        .open(bench.drop_file("a", b"four"))?
        .set_modified(past)?;
    let listed = bench.listed("a");
    assert_eq!((listed.size, listed.modified), (4, Some(past)));
    assert!(listed.changed > listed.modified);
    Ok(())
}

#[test]
fn what_is_no_plain_file_stays_and_is_named() -> Tested {
    let bench = Bench::new();
    bench.drop_file("plain", b"{}");
    fs::create_dir(bench.outside("elsewhere"))?;
    fs::write(bench.outside("elsewhere/secret"), "secret")?;
    symlink(bench.outside("elsewhere"), bench.inbox("link-to-folder"))?;
    symlink(
        bench.outside("elsewhere/secret"),
        bench.inbox("link-to-file"),
    )?;
    symlink("nowhere", bench.inbox("dangling"))?;
    symlink(".", bench.inbox("circle"))?;
    fifo(&bench.inbox("fifo"));
    let _socket = std::os::unix::net::UnixListener::bind(bench.inbox("socket"))?;
    fs::hard_link(bench.outside("elsewhere/secret"), bench.inbox("hard"))?;
    fs::create_dir(bench.inbox("request.json"))?;
    let before = bench.files("inbox");
    assert_eq!(
        bench.kinds(),
        [
            skipped("circle", Skipped::Symlink),
            skipped("dangling", Skipped::Symlink),
            skipped("fifo", Skipped::Fifo),
            skipped("hard", Skipped::HardLinked),
            skipped("link-to-file", Skipped::Symlink),
            skipped("link-to-folder", Skipped::Symlink),
            ("plain".to_owned(), ListedKind::Regular),
            skipped("socket", Skipped::Socket),
        ]
    );
    for listed in bench
        .list()
        .iter()
        .filter(|listed| listed.kind != ListedKind::Regular)
    {
        assert!(
            matches!(bench.spool.take(BATCH, listed), Err(TakeError::Left { path,
                .. }) if path == listed.path)
        );
    }
    assert_eq!(bench.files("inbox"), before);
    Ok(())
}

#[test]
fn files_and_folders_with_unfinished_or_hidden_names_stay() {
    let bench = Bench::new();
    for path in [
        "a.part",
        "b.tmp",
        "c.crdownload",
        ".d",
        "~e",
        "f~",
        ".Trash-1000/files/g",
        "h.part/i",
        "whole",
    ] {
        bench.drop_file(path, b"{}");
    }
    let left = [
        ".Trash-1000",
        ".d",
        "a.part",
        "b.tmp",
        "c.crdownload",
        "f~",
        "h.part",
    ];
    let mut expected: Vec<_> = left.map(|path| skipped(path, Skipped::PartialName)).into();
    expected.push(("whole".to_owned(), ListedKind::Regular));
    expected.push(skipped("~e", Skipped::PartialName));
    assert_eq!(bench.kinds(), expected);
}

#[test]
fn files_too_deep_in_folders_stay_and_are_reported() -> Tested {
    let bench = Bench::new();
    for path in ["1/2/file", "1/2/3/file", "1/2/3/4/5/file"] {
        bench.drop_file(path, b"{}");
    }
    fs::create_dir_all(bench.inbox("empty/2/3/4"))?;
    let listed = bench.spool.list(&ListOptions { max_depth: 3 })?;
    let found: Vec<_> = listed
        .iter()
        .map(|listed| (escape_path(&listed.path), listed.kind))
        .collect();
    let too_deep =
        ["1/2/3/4", "1/2/3/file", "empty/2/3/4"].map(|path| skipped(path, Skipped::TooDeep));
    assert_eq!(found[..2], too_deep[..2]);
    assert_eq!(found[2], ("1/2/file".to_owned(), ListedKind::Regular));
    assert_eq!(found[3], too_deep[2]);
    Ok(())
}

#[test]
fn folders_beyond_any_depth_end_the_listing_of_no_other_file() {
    let bench = Bench::new();
    bench.drop_file("d/".repeat(300) + "file", b"{}");
    bench.drop_file("z", b"{}");
    let kinds = bench.kinds();
    assert_eq!(
        kinds[0],
        skipped(&("d/".repeat(16) + "d"), Skipped::TooDeep)
    );
    assert_eq!(kinds[1], ("z".to_owned(), ListedKind::Regular));
}

#[test]
fn a_file_larger_than_any_stick_holds_is_left_unread() -> Tested {
    let bench = Bench::new();
    File::create(bench.inbox("sparse"))?.set_len(MAX_HASHED_BYTES + 1)?;
    assert_eq!(bench.kinds(), [skipped("sparse", Skipped::Huge)]);
    Ok(())
}

// Taking

#[test]
fn names_of_any_bytes_are_taken_put_back_and_archived() -> Tested {
    let bench = Bench::new();
    let longest = "x".repeat(255);
    let names: [&[u8]; 7] = [
        b"acme/new\nline.json",
        b"acme/\x1b[2Jcleared",
        "acme/txt.\u{202e}nosj".as_bytes(),
        b"acme/caf\xe9",
        b"ac\xffme/ x",
        b"acme/-rf *",
        longest.as_bytes(),
    ];
    for name in names {
        bench.drop_file(name, name);
    }
    for listed in bench.list() {
        let taken = bench.spool.take(BATCH, &listed)?;
        assert_eq!(
            taken.contents,
            Contents::Whole(listed.path.as_bytes().to_vec())
        );
        assert_eq!(bench.spool.put_back(&taken)?, listed.path);
        let taken = bench.spool.take(BATCH, &listed)?;
        let archived = bench.spool.archive(DATE, BATCH, &taken)?;
        assert_eq!(fs::read(&archived)?, listed.path.as_bytes());
        let below = archived.strip_prefix(bench.root().join("archive").join(DATE).join(BATCH))?;
        assert!(
            below
                .iter()
                .all(|part| part.to_str().is_some_and(names::is_safe)),
            "{}",
            archived.display()
        );
    }
    assert_eq!(bench.files("inbox").len() + bench.files("work").len(), 0);
    Ok(())
}

#[test]
fn a_taken_file_is_moved_out_of_reach_and_read_whole() -> Tested {
    let bench = Bench::new();
    let path = bench.drop_file("acme/a.json", b"{}");
    let past = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    File::options()
        .write(true)
        .open(&path)?
        .set_modified(past)?;
    let taken = bench.take("acme/a.json")?;
    assert_eq!(taken.contents, Contents::Whole(b"{}".to_vec()));
    assert_eq!(
        (taken.digest, taken.file.digest),
        (sha256(&[b"{}"]), Some(sha256(&[b"{}"])))
    );
    assert_eq!(
        (taken.size, taken.modified, taken.kind),
        (2, Some(past), Content::Document)
    );
    assert_eq!(taken.inbox_path.first_folder(), Some("acme"));
    assert_eq!(
        taken.work_path,
        bench.root().join("work").join(BATCH).join("acme/a.json")
    );
    assert!(taken.work_path.is_file() && !path.exists());
    assert_eq!(mode(&bench.root().join("work").join(BATCH)), 0o700);
    Ok(())
}

#[test]
fn a_file_that_vanishes_before_it_is_taken_is_gone() -> Tested {
    let bench = Bench::new();
    let path = bench.drop_file("acme/a.json", b"{}");
    let listed = bench.listed("acme/a.json");
    fs::remove_file(&path)?;
    assert!(matches!(bench.spool.take(BATCH, &listed),
            Err(TakeError::Gone { path }) if path == listed.path));
    fs::remove_dir(bench.inbox("acme"))?;
    assert!(matches!(
        bench.spool.take(BATCH, &listed),
        Err(TakeError::Gone { .. })
    ));
    fs::write(bench.inbox("acme"), "a file now")?;
    assert!(matches!(
        bench.spool.take(BATCH, &listed),
        Err(TakeError::Gone { .. })
    ));
    Ok(())
}

/// Exchanges a listed file for something else, takes it, and gives why it was left.
fn left_after(exchange: impl FnOnce(&Bench, &Path)) -> Skipped {
    let bench = Bench::new();
    fs::write(bench.outside("secret"), "secret").unwrap();
    let path = bench.drop_file("a.json", b"secret");
    let listed = bench.listed("a.json");
    fs::remove_file(&path).unwrap();
    exchange(&bench, &path);
    match bench.spool.take(BATCH, &listed) {
        Err(TakeError::Left { path, reason }) => {
            assert_eq!(path, listed.path);
            assert!(
                bench.inbox("a.json").symlink_metadata().is_ok() && bench.files("work").is_empty()
            );
            reason
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_exchanged_for_something_else_before_it_is_taken_goes_back_unread() {
    let to_symlink = |bench: &Bench, path: &Path| symlink(bench.outside("secret"), path).unwrap();
    let to_hard_link =
        |bench: &Bench, path: &Path| fs::hard_link(bench.outside("secret"), path).unwrap();
    assert_eq!(left_after(to_symlink), Skipped::Symlink);
    assert_eq!(left_after(to_hard_link), Skipped::HardLinked);
    assert_eq!(left_after(|_, path| fifo(path)), Skipped::Fifo);
    assert_eq!(
        left_after(|_, path| fs::create_dir(path).unwrap()),
        Skipped::Folder
    );
    assert_eq!(
        left_after(|_, path| drop(std::os::unix::net::UnixListener::bind(path).unwrap())),
        Skipped::Socket
    );
}

#[test]
fn a_folder_exchanged_for_a_link_leads_nowhere() -> Tested {
    let bench = Bench::new();
    bench.drop_file("acme/a.json", b"secret");
    let listed = bench.listed("acme/a.json");
    fs::rename(bench.inbox("acme"), bench.outside("elsewhere"))?;
    symlink(bench.outside("elsewhere"), bench.inbox("acme"))?;
    assert!(matches!(
        bench.spool.take(BATCH, &listed),
        Err(TakeError::Left {
            reason: Skipped::Symlink,
            ..
        })
    ));
    assert!(bench.outside("elsewhere/a.json").is_file());
    Ok(())
}

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
fn no_race_of_links_and_files_lets_a_file_outside_be_read() {
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

#[test]
fn a_file_that_changed_since_it_was_listed_goes_back() -> Tested {
    let bench = Bench::new();
    let path = bench.drop_file("a.json", b"{\"half\":");
    let listed = bench.listed("a.json");
    File::options().append(true).open(&path)?.write_all(b"1}")?;
    assert!(matches!(bench.spool.take(BATCH, &listed),
            Err(TakeError::Unsettled { path }) if path == listed.path));
    assert_eq!(fs::read(&path)?, b"{\"half\":1}");
    let listed = bench.listed("a.json");
    File::options()
        .write(true)
        .open(&path)?
        .set_modified(SystemTime::UNIX_EPOCH)?;
    assert!(matches!(
        bench.spool.take(BATCH, &listed),
        Err(TakeError::Unsettled { .. })
    ));
    assert!(bench.take("a.json").is_ok());
    Ok(())
}

#[test]
fn a_file_of_the_largest_size_is_whole_and_one_byte_more_is_too_large() {
    let bench = Bench::new();
    let most = vec![b'x'; MAX_FILE_BYTES];
    let more = vec![b'x'; MAX_FILE_BYTES + 1];
    assert_eq!(
        bench.drop_and_take("most", &most).contents,
        Contents::Whole(most)
    );
    let taken = bench.drop_and_take("more", &more);
    assert_eq!(
        taken.contents,
        Contents::TooLarge {
            size: more.len() as u64
        }
    );
    assert_eq!(taken.digest, sha256(&[&more]));
}

#[test]
fn a_file_far_too_large_is_hashed_whole_and_held_nowhere() {
    let bench = Bench::new();
    let bytes: Vec<u8> = (0_u32..300_000).flat_map(u32::to_le_bytes).collect();
    let taken = bench.drop_and_take("far", &bytes);
    assert_eq!(
        (taken.contents.clone(), taken.digest),
        (Contents::TooLarge { size: 1_200_000 }, sha256(&[&bytes]))
    );
}

#[test]
fn pictures_have_their_own_limit_and_only_their_head_is_held() -> Tested {
    let bench = Bench::new();
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    png.resize(100_000, 7);
    let taken = bench.drop_and_take("p.json", &png);
    assert_eq!(taken.kind, Content::Picture(Picture::Png));
    assert_eq!(
        taken.contents,
        Contents::PictureHead(png[..PICTURE_HEAD_BYTES].to_vec())
    );
    assert_eq!((taken.digest, taken.size), (sha256(&[&png]), 100_000));
    for (size, fits) in [(MAX_PICTURE_BYTES, true), (MAX_PICTURE_BYTES + 1, false)] {
        let name = format!("{size}.jpg");
        let mut file = File::create(bench.inbox(&name))?;
        file.write_all(b"\xff\xd8\xff\xe0")?;
        file.set_len(size)?;
        let contents = bench.take(&name)?.contents;
        assert_eq!(matches!(contents, Contents::PictureHead(_)), fits);
        assert_eq!(contents == Contents::TooLarge { size }, !fits);
    }
    Ok(())
}

#[test]
fn a_picture_is_read_whole_and_only_as_it_was_taken() -> Tested {
    let bench = Bench::new();
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let small = bench.drop_and_take("small.png", &png);
    assert_eq!(bench.spool.read_picture(&small)?, png);
    png.resize(100_000, 7);
    let large = bench.drop_and_take("large.png", &png);
    assert_eq!(bench.spool.read_picture(&large)?, png);
    png[99_999] = 8;
    fs::write(&large.work_path, &png)?;
    assert!(matches!(
        bench.spool.read_picture(&large),
        Err(TakeError::Unsettled { .. })
    ));
    Ok(())
}

#[test]
fn an_archive_is_known_however_large() {
    let bench = Bench::new();
    let mut zip = b"PK\x03\x04".to_vec();
    zip.resize(MAX_FILE_BYTES * 2, 0);
    assert_eq!(
        bench.drop_and_take("request.json", &zip).kind,
        Content::Archive("zip")
    );
}

#[test]
fn a_second_file_at_one_path_waits_for_the_next_batch() {
    let bench = Bench::new();
    bench.drop_and_take("a", b"first");
    bench.drop_file("a", b"second");
    assert!(matches!(bench.take("a"), Err(TakeError::Occupied { .. })));
    fs::remove_file(bench.inbox("a")).unwrap();
    bench.drop_file("a/b", b"third");
    assert!(matches!(bench.take("a/b"), Err(TakeError::Occupied { .. })));
    assert_eq!(bench.files("work"), [format!("{BATCH}/a")]);
    assert_eq!(
        fs::read(bench.root().join("work").join(BATCH).join("a")).unwrap(),
        b"first"
    );
}

#[test]
fn a_batch_is_one_folders_name() {
    let bench = Bench::new();
    bench.drop_file("a", b"{}");
    for batch in ["", ".", "..", "../inbox", "a/b", "/tmp"] {
        let taken = bench.spool.take(batch, &bench.listed("a"));
        assert!(
            matches!(taken, Err(TakeError::Spool(SpoolError::Name { .. }))),
            "{batch}"
        );
    }
}

// Back to the inbox

#[test]
fn a_file_is_put_back_beside_the_one_that_took_its_place() -> Tested {
    let bench = Bench::new();
    let first = bench.drop_and_take("acme/a.json", b"first");
    bench.drop_file("acme/a.json", b"second");
    bench.drop_file("acme/a (2).json", b"third");
    let modified = first.modified;
    assert_eq!(bench.spool.put_back(&first)?, inbox_path("acme/a (3).json"));
    let bytes = ["a.json", "a (2).json", "a (3).json"]
        .map(|name| fs::read(bench.inbox("acme").join(name)).unwrap());
    assert_eq!(
        bytes,
        [b"second".to_vec(), b"third".to_vec(), b"first".to_vec()]
    );
    assert_eq!(bench.listed("acme/a (3).json").modified, modified);
    Ok(())
}

#[test]
fn a_file_is_put_back_though_its_folder_is_gone_or_taken() -> Tested {
    let bench = Bench::new();
    let taken = bench.drop_and_take("acme/a.json", b"{}");
    fs::remove_dir(bench.inbox("acme"))?;
    assert_eq!(bench.spool.put_back(&taken)?, inbox_path("acme/a.json"));
    for obstacle in [
        |at: &Path| fs::write(at, ""),
        |at: &Path| symlink("/tmp", at),
    ] {
        let taken = bench.take("acme/a.json")?;
        fs::remove_dir(bench.inbox("acme"))?;
        obstacle(&bench.inbox("acme"))?;
        let back = bench.spool.put_back(&taken)?;
        assert_eq!(back, inbox_path("acme (2)/a.json"));
        assert!(keyspool::licence::Identifier::new(back.first_folder().unwrap()).is_err());
        fs::remove_file(bench.inbox("acme"))?;
        fs::rename(bench.inbox("acme (2)"), bench.inbox("acme"))?;
    }
    Ok(())
}

#[test]
fn a_name_of_255_bytes_is_put_back_beside_another() -> Tested {
    let bench = Bench::new();
    let name = "é".repeat(125) + ".json";
    let taken = bench.drop_and_take(&name, b"first");
    bench.drop_file(&name, b"second");
    let back = bench.spool.put_back(&taken)?;
    assert_eq!(escape_path(&back), "é".repeat(123) + " (2).json");
    Ok(())
}

#[test]
fn putting_back_what_is_gone_is_an_error_that_says_so_and_makes_no_folder() {
    let bench = Bench::new();
    let taken = bench.drop_and_take("acme/a", b"{}");
    fs::remove_file(&taken.work_path).unwrap();
    fs::remove_dir(bench.inbox("acme")).unwrap();
    assert!(matches!(bench.spool.put_back(&taken),
            Err(SpoolError::Vanished { path }) if path == taken.work_path));
    assert!(!bench.inbox("acme").exists());
}

#[test]
fn what_an_earlier_run_left_is_found_read_and_put_back() -> Tested {
    let bench = Bench::new();
    bench.drop_and_take("acme/b.json", b"b");
    bench.drop_and_take("a.json", b"a");
    fs::write(bench.root().join("work/stray"), "stray")?;
    symlink(
        "/etc/passwd",
        bench.root().join("work").join(BATCH).join("link"),
    )?;
    let spool = Spool::open(&bench.root())?;
    let leftovers = spool.leftovers()?;
    let found: Vec<_> = leftovers
        .iter()
        .map(|left| (left.batch.as_str(), escape_path(&left.inbox_path)))
        .collect();
    let expected = [
        (BATCH, "a.json"),
        (BATCH, "acme/b.json"),
        (BATCH, "link"),
        ("", "stray"),
    ];
    assert_eq!(
        found,
        expected.map(|(batch, path)| (batch, path.to_owned()))
    );
    assert_eq!(spool.read_again(&leftovers[1])?.digest, sha256(&[b"b"]));
    assert!(matches!(
        spool.read_again(&leftovers[2]),
        Err(TakeError::Left {
            reason: Skipped::Symlink,
            ..
        })
    ));
    for left in &leftovers {
        assert_eq!(spool.put_back(left)?, left.inbox_path);
    }
    spool.tidy()?;
    assert_eq!(fs::read_dir(bench.root().join("work"))?.count(), 0);
    assert_eq!(
        bench.files("inbox"),
        ["a.json", "acme/b.json", "link", "stray"]
    );
    assert!(matches!(
        spool.read_again(&leftovers[1]),
        Err(TakeError::Gone { .. })
    ));
    Ok(())
}

#[test]
fn tidying_removes_empty_folders_only() -> Tested {
    let bench = Bench::new();
    bench.drop_and_take("acme/b.json", b"b");
    fs::create_dir_all(bench.root().join("work/OLD/acme/deep"))?;
    bench.spool.tidy()?;
    assert_eq!(bench.files("work"), [format!("{BATCH}/acme/b.json")]);
    assert!(!bench.root().join("work/OLD").exists());
    Ok(())
}

// Away to archive and rejected

#[test]
fn answered_files_keep_their_paths_in_names_that_differ_without_regard_to_case() -> Tested {
    let bench = Bench::new();
    for path in [
        "Acme/A.json",
        "Acme/a.json",
        "acme/a.JSON",
        "acme/nul.json",
        "x",
    ] {
        let taken = bench.drop_and_take(path, path.as_bytes());
        bench.spool.archive(DATE, BATCH, &taken)?;
    }
    let taken = bench.drop_and_take("X/y", b"X/y");
    bench.spool.archive(DATE, BATCH, &taken)?;
    let folder = format!("{DATE}/{BATCH}");
    let expected = [
        "Acme/A.json",
        "Acme/_nul.json",
        "Acme/a (2).json",
        "Acme/a (3).JSON",
        "X (2)/y",
        "x",
    ];
    assert_eq!(
        bench.files("archive"),
        expected.map(|path| format!("{folder}/{path}"))
    );
    Ok(())
}

#[test]
fn names_of_an_earlier_run_count() -> Tested {
    let bench = Bench::new();
    let taken = bench.drop_and_take("Acme/A.json", b"first");
    bench.spool.archive(DATE, BATCH, &taken)?;
    let spool = Spool::open(&bench.root())?;
    let taken = bench.drop_and_take("acme/a.json", b"second");
    let archived = spool.archive(DATE, BATCH, &taken)?;
    assert!(
        archived.ends_with("Acme/a (2).json"),
        "{}",
        archived.display()
    );
    Ok(())
}

#[test]
fn a_move_that_was_done_before_a_crash_is_done() -> Tested {
    let bench = Bench::new();
    let mut moved = Vec::new();
    for path in ["A.json", "a.json"] {
        let taken = bench.drop_and_take(path, path.as_bytes());
        moved.push((
            bench.spool.archive(DATE, BATCH, &taken)?,
            taken.file.clone(),
        ));
    }
    let spool = Spool::open(&bench.root())?;
    for (path, file) in moved.iter().rev() {
        assert_eq!(&spool.archive(DATE, BATCH, file)?, path);
        assert_eq!(&bench.spool.archive(DATE, BATCH, file)?, path);
    }
    assert_eq!(bench.files("archive").len(), 2);
    Ok(())
}

#[test]
fn a_file_that_is_neither_here_nor_there_is_an_error() -> Tested {
    let bench = Bench::new();
    let taken = bench.drop_and_take("a.json", b"a");
    let archived = bench.spool.archive(DATE, BATCH, &taken)?;
    fs::write(&archived, "other bytes")?;
    assert!(matches!(
        bench.spool.archive(DATE, BATCH, &taken),
        Err(SpoolError::Vanished { .. })
    ));
    fs::remove_file(&archived)?;
    assert!(matches!(
        bench.spool.archive(DATE, BATCH, &taken),
        Err(SpoolError::Vanished { .. })
    ));
    let unknown = bench.spool.work_file(BATCH, &inbox_path("never"), None)?;
    assert!(matches!(
        bench.spool.archive(DATE, BATCH, &unknown),
        Err(SpoolError::Vanished { .. })
    ));
    Ok(())
}

#[test]
fn dates_and_batches_are_names_of_folders() {
    let bench = Bench::new();
    let taken = bench.drop_and_take("a", b"a");
    for bad in ["..", "a/b", "", "/"] {
        assert!(
            matches!(
                bench.spool.archive(bad, BATCH, &taken),
                Err(SpoolError::Name { .. })
            ),
            "{bad}"
        );
        assert!(
            matches!(
                bench.spool.reject(DATE, bad, &taken),
                Err(SpoolError::Name { .. })
            ),
            "{bad}"
        );
        assert!(
            matches!(
                bench.spool.publisher(bad, BATCH).err(),
                Some(SpoolError::Name { .. })
            ),
            "{bad}"
        );
    }
}

#[test]
fn a_batch_moves_to_the_archive_at_once_only_where_nothing_in_it_needs_a_look() -> Tested {
    let cases: [(&str, &[&str], usize, bool); 9] = [
        (
            "all answered, all names safe",
            &["acme/a.json", "acme/deep/b.json", "c.json"],
            3,
            true,
        ),
        (
            "one was refused",
            &["acme/a.json", "refused.json"],
            2,
            false,
        ),
        ("one was not decided", &["acme/a.json", "b.json"], 1, false),
        ("one is gone", &["acme/a.json"], 2, false),
        (
            "names that differ in case only",
            &["acme/a.json", "acme/A.json"],
            2,
            false,
        ),
        (
            "folders that differ in case only",
            &["acme/a.json", "Acme/b.json"],
            2,
            false,
        ),
        ("a name that FAT cannot hold", &["acme/a:b.json"], 1, false),
        ("a folder that FAT cannot hold", &["NUL/a.json"], 1, false),
        ("names beyond ASCII", &["Zürich/北京.json"], 1, true),
    ];
    for (case, paths, count, is_moved) in cases {
        let bench = Bench::new();
        for path in paths {
            bench.drop_and_take(path, path.as_bytes());
        }
        let is_answered = |path: &InboxPath| !path.as_path().starts_with("refused.json");
        let moved = bench.spool.archive_whole(DATE, BATCH, count, is_answered)?;
        assert_eq!(moved, is_moved, "{case}");
        let (from, to) = if moved {
            ("archive", format!("{DATE}/{BATCH}"))
        } else {
            ("work", BATCH.to_owned())
        };
        let mut expected: Vec<String> = paths.iter().map(|path| format!("{to}/{path}")).collect();
        expected.sort();
        assert_eq!(bench.files(from), expected, "{case}");
        assert!(
            !bench.spool.archive_whole(DATE, BATCH, count, |_| true)? || !is_moved,
            "{case}: once"
        );
    }
    let bench = Bench::new();
    fs::create_dir_all(
        bench
            .root()
            .join("archive")
            .join(DATE)
            .join(BATCH)
            .join("something"),
    )?;
    bench.drop_and_take("a.json", b"a");
    assert!(
        !bench.spool.archive_whole(DATE, BATCH, 1, |_| true)?,
        "something lies there"
    );
    assert!(matches!(
        bench.spool.archive_whole("..", BATCH, 1, |_| true),
        Err(SpoolError::Name { .. })
    ));
    Ok(())
}

#[test]
fn a_refused_file_lies_beside_its_refusals() -> Tested {
    let bench = Bench::new();
    let taken = bench.drop_and_take("acme/a.json", b"{");
    let named = bench.spool.rejected_name(DATE, BATCH, &taken)?;
    let publisher = bench.spool.publisher(DATE, BATCH)?;
    publisher.stage(Outlet::Rejected, named.refusal_json(1), b"{}")?;
    publisher.stage(Outlet::Rejected, named.refusal_txt(1), b"no")?;
    publisher.stage(Outlet::Rejected, named.refusal_json(2), b"{}")?;
    publisher.flush()?;
    let rejected = bench.spool.reject(DATE, BATCH, &taken)?;
    assert_eq!(rejected, named);
    assert_eq!(fs::read(&rejected.path)?, b"{");
    let expected = [
        "a.json",
        "a.json.refusal-2.json",
        "a.json.refusal.json",
        "a.json.refusal.txt",
    ];
    assert_eq!(
        bench.files("rejected"),
        expected.map(|name| format!("{DATE}-{BATCH}/acme/{name}"))
    );
    assert_eq!(
        Spool::open(&bench.root())?.reject(DATE, BATCH, &taken)?,
        named
    );
    Ok(())
}

#[test]
fn no_refused_file_takes_the_name_of_anothers_refusal() -> Tested {
    let bench = Bench::new();
    for path in [
        "a.json.refusal.json",
        "a.json.REFUSAL-2.JSON",
        "b.refusal.json/x",
    ] {
        let taken = bench.drop_and_take(path, b"{}");
        let rejected = bench.spool.reject(DATE, BATCH, &taken)?;
        let name = rejected.relative.display().to_string().to_lowercase();
        assert!(!name.contains(".refusal"), "{name}");
    }
    Ok(())
}

#[test]
fn the_longest_names_leave_room_for_refusals() -> Tested {
    let bench = Bench::new();
    let longest = "x".repeat(250) + ".json";
    let first = bench.drop_and_take(&longest, b"1");
    let names = bench.spool.reject(DATE, BATCH, &first)?;
    let refusal = names.refusal_json(9999);
    assert!(
        refusal.as_os_str().len() <= names::MAX_NAME_BYTES
            && names.relative.extension() == Some(OsStr::new("json"))
    );
    let publisher = bench.spool.publisher(DATE, BATCH)?;
    publisher.stage(Outlet::Rejected, refusal, b"{}")?;
    publisher.flush()?;
    Ok(())
}

#[test]
fn a_rejected_name_stays_the_same_after_a_crash_between_refusal_and_move() -> Tested {
    let bench = Bench::new();
    let taken: Vec<Taken> = ["A", "a"]
        .map(|path| bench.drop_and_take(path, path.as_bytes()))
        .into();
    let mut before = Vec::new();
    for file in &taken {
        let named = bench.spool.rejected_name(DATE, BATCH, file)?;
        let publisher = bench.spool.publisher(DATE, BATCH)?;
        publisher.stage(Outlet::Rejected, named.refusal_json(1), b"{}")?;
        publisher.flush()?;
        before.push(named);
    }
    bench.spool.reject(DATE, BATCH, &taken[0])?;
    let spool = Spool::open(&bench.root())?;
    for (file, named) in taken.iter().zip(&before) {
        assert_eq!(&spool.rejected_name(DATE, BATCH, file)?, named);
        assert_eq!(&spool.reject(DATE, BATCH, file)?, named);
    }
    Ok(())
}

// Publishing

#[test]
fn staged_files_show_under_their_names_only_when_flushed() -> Tested {
    let bench = Bench::new();
    let publisher = bench.spool.publisher(DATE, BATCH)?;
    publisher.stage(Outlet::Outbox, "acme/a.zip", b"zip")?;
    publisher.stage(Outlet::Outbox, "manifest.json", b"{}")?;
    let staged = bench.files("outbox");
    assert!(
        staged.len() == 2
            && staged
                .iter()
                .all(|path| path.starts_with(&format!(".{DATE}-{BATCH}.part/"))),
        "{staged:?}"
    );
    publisher.flush()?;
    assert_eq!(
        bench.files("outbox"),
        ["acme/a.zip", "manifest.json"].map(|path| format!("{DATE}-{BATCH}/{path}"))
    );
    assert_eq!(
        fs::read(
            bench
                .root()
                .join("outbox")
                .join(format!("{DATE}-{BATCH}/acme/a.zip"))
        )?,
        b"zip"
    );
    assert_eq!(
        mode(
            &bench
                .root()
                .join("outbox")
                .join(format!("{DATE}-{BATCH}/acme/a.zip"))
        ),
        0o600
    );
    Ok(())
}

#[test]
fn publishing_the_same_bytes_again_changes_nothing() -> Tested {
    let bench = Bench::new();
    let path = bench
        .root()
        .join("outbox")
        .join(format!("{DATE}-{BATCH}/a.zip"));
    bench.spool.publisher(DATE, BATCH).and_then(|p| {
        p.stage(Outlet::Outbox, "a.zip", b"zip")
            .and_then(|()| p.flush())
    })?;
    let before = fs::metadata(&path)?.modified()?;
    let publisher = bench.spool.publisher(DATE, BATCH)?;
    publisher.stage(Outlet::Outbox, "a.zip", b"zip")?;
    assert_eq!(bench.files("outbox").len(), 1);
    publisher.flush()?;
    assert_eq!(
        (fs::read(&path)?, fs::metadata(&path)?.modified()?),
        (b"zip".to_vec(), before)
    );
    Ok(())
}

#[test]
fn a_published_file_is_never_overwritten() -> Tested {
    let bench = Bench::new();
    let publisher = bench.spool.publisher(DATE, BATCH)?;
    publisher.stage(Outlet::Outbox, "a.zip", b"zip")?;
    publisher.flush()?;
    for other in [b"zap".as_slice(), b"", b"zi", b"zip+"] {
        assert!(matches!(
            publisher.stage(Outlet::Outbox, "a.zip", other),
            Err(SpoolError::Exists { .. })
        ));
    }
    fs::create_dir(
        bench
            .root()
            .join("outbox")
            .join(format!("{DATE}-{BATCH}/folder")),
    )?;
    assert!(matches!(
        publisher.stage(Outlet::Outbox, "folder", b"x"),
        Err(SpoolError::Exists { .. })
    ));
    symlink(
        bench.outside("target"),
        bench
            .root()
            .join("outbox")
            .join(format!("{DATE}-{BATCH}/link")),
    )?;
    assert!(matches!(
        publisher.stage(Outlet::Outbox, "link", b"x"),
        Err(SpoolError::Exists { .. })
    ));
    publisher.flush()?;
    assert_eq!(
        fs::read(
            bench
                .root()
                .join("outbox")
                .join(format!("{DATE}-{BATCH}/a.zip"))
        )?,
        b"zip"
    );
    assert_eq!(bench.files("outbox").len(), 2);
    Ok(())
}

#[test]
fn one_name_staged_twice_is_published_once_or_not_overwritten() -> Tested {
    let bench = Bench::new();
    let publisher = bench.spool.publisher(DATE, BATCH)?;
    publisher.stage(Outlet::Outbox, "a.zip", b"same")?;
    publisher.stage(Outlet::Outbox, "a.zip", b"same")?;
    publisher.flush()?;
    publisher.stage(Outlet::Outbox, "b.zip", b"first")?;
    publisher.stage(Outlet::Outbox, "b.zip", b"second")?;
    assert!(matches!(publisher.flush(), Err(SpoolError::Exists { .. })));
    assert_eq!(
        bench.files("outbox"),
        ["a.zip", "b.zip"].map(|path| format!("{DATE}-{BATCH}/{path}"))
    );
    assert_eq!(
        fs::read(
            bench
                .root()
                .join("outbox")
                .join(format!("{DATE}-{BATCH}/b.zip"))
        )?,
        b"first"
    );
    Ok(())
}

#[test]
fn what_a_crash_left_half_published_is_swept() -> Tested {
    let bench = Bench::new();
    let publisher = bench.spool.publisher(DATE, BATCH)?;
    publisher.stage(Outlet::Outbox, "whole.zip", b"zip")?;
    publisher.flush()?;
    publisher.stage(Outlet::Outbox, "acme/a.zip", b"half")?;
    publisher.stage(Outlet::Rejected, "a.json.refusal.json", b"half")?;
    drop(publisher);
    let publisher = bench.spool.publisher(DATE, BATCH)?;
    assert_eq!(publisher.sweep()?, 2);
    assert_eq!(publisher.sweep()?, 0);
    assert_eq!(bench.files("outbox"), [format!("{DATE}-{BATCH}/whole.zip")]);
    assert_eq!(bench.files("rejected").len(), 0);
    Ok(())
}

#[test]
fn a_stale_temporary_file_is_no_obstacle_and_never_published() -> Tested {
    let bench = Bench::new();
    bench
        .spool
        .publisher(DATE, BATCH)?
        .stage(Outlet::Outbox, "a.zip", b"half")?;
    let publisher = bench.spool.publisher(DATE, BATCH)?;
    publisher.stage(Outlet::Outbox, "a.zip", b"whole")?;
    publisher.flush()?;
    assert_eq!(bench.files("outbox"), [format!("{DATE}-{BATCH}/a.zip")]);
    assert_eq!(
        fs::read(
            bench
                .root()
                .join("outbox")
                .join(format!("{DATE}-{BATCH}/a.zip"))
        )?,
        b"whole"
    );
    Ok(())
}

#[test]
fn only_safe_relative_names_are_published() -> Tested {
    let bench = Bench::new();
    let publisher = bench.spool.publisher(DATE, BATCH)?;
    for bad in [
        "", "/a", "../a", "a/../b", "a//b", "a/", ".a.part", "a:b", "NUL", "a.", "a\n",
    ] {
        assert!(
            matches!(
                publisher.stage(Outlet::Outbox, bad, b""),
                Err(SpoolError::Name { .. })
            ),
            "{bad:?}"
        );
    }
    Ok(())
}

#[test]
fn an_error_of_publishing_names_the_file_and_leaves_nothing() -> Tested {
    let bench = Bench::new();
    let publisher = bench.spool.publisher(DATE, BATCH)?;
    publisher.stage(Outlet::Outbox, "acme", b"a file")?;
    publisher.flush()?;
    let error = publisher.stage(Outlet::Outbox, "acme/a.zip", b"zip").err();
    assert!(
        matches!(&error, Some(SpoolError::Io { path, .. }) if path.ends_with("acme/a.zip")),
        "{error:?}"
    );
    assert_eq!(bench.files("outbox").len(), 1);
    Ok(())
}

#[test]
fn many_threads_stage_into_one_group() -> Tested {
    let bench = Bench::new();
    let publisher = bench.spool.publisher(DATE, BATCH)?;
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let publisher = &publisher;
            scope.spawn(move || {
                for file in 0..50 {
                    publisher
                        .stage(Outlet::Outbox, format!("acme/{thread}-{file}.zip"), b"zip")
                        .unwrap();
                    publisher
                        .stage(Outlet::Outbox, "acme/shared.zip", b"zip")
                        .unwrap();
                }
            });
        }
    });
    publisher.flush()?;
    assert_eq!(bench.files("outbox").len(), 201);
    Ok(())
}

#[test]
fn errors_show_names_escaped() {
    let path = PathBuf::from("/spool/inbox/\u{1b}[2J\u{202e}");
    let error = SpoolError::Missing { path };
    assert_eq!(
        error.to_string(),
        "no spool at /spool/inbox/\\x1b[2J\\xe2\\x80\\xae"
    );
    let gone = TakeError::Gone {
        path: inbox_path("a\nb"),
    };
    assert_eq!(gone.to_string(), "a\\x0ab is no longer there");
}

#[test]
fn a_listing_of_a_hundred_thousand_files_is_small() {
    assert!(size_of::<Listed>() <= 72, "{}", size_of::<Listed>());
    assert_eq!(size_of::<Digest>(), 32);
}
