//! What the inbox lists.

use crate::bench::{BATCH, Bench, DATE, Tested, fifo, skipped};
use keyspool::spool::{
    Contents, ListOptions, ListedKind, MAX_HASHED_BYTES, Skipped, TakeError, escape_path, names,
};
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::time::{Duration, SystemTime};

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
        assert!(matches!(
            bench.spool.take(BATCH, listed),
            Err(TakeError::Left { path, .. }) if path == listed.path
        ));
    }
    assert_eq!(bench.files("inbox"), before);
    Ok(())
}

#[test]
fn unfinished_and_hidden_names_stay() {
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
fn files_too_deep_stay_and_are_listed() -> Tested {
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
fn endless_folders_hide_no_file() {
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
fn a_huge_file_is_left_unread() -> Tested {
    let bench = Bench::new();
    File::create(bench.inbox("sparse"))?.set_len(MAX_HASHED_BYTES + 1)?;
    assert_eq!(bench.kinds(), [skipped("sparse", Skipped::Huge)]);
    Ok(())
}

#[test]
fn names_of_any_bytes_are_taken() -> Tested {
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
