//! Refused files and their refusals.

use crate::bench::{BATCH, Bench, DATE, Tested};
use keyspool::spool::{Outlet, Spool, Taken, names};
use std::ffi::OsStr;
use std::fs::{self};

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
fn no_file_takes_the_name_of_a_refusal() -> Tested {
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
fn a_rejected_name_survives_a_crash() -> Tested {
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
