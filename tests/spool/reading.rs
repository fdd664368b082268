//! What is read of a file, and how much.

use crate::bench::{BATCH, Bench, Tested};
use keyspool::spool::{
    Content, Contents, MAX_FILE_BYTES, MAX_PICTURE_BYTES, PICTURE_HEAD_BYTES, Picture, TakeError,
};
use keyspool::wire::sha256;
use std::fs::{self, File};
use std::io::Write;
use std::time::SystemTime;

#[test]
fn a_file_changed_since_listed_goes_back() -> Tested {
    let bench = Bench::new();
    let path = bench.drop_file("a.json", b"{\"half\":");
    let listed = bench.listed("a.json");
    File::options().append(true).open(&path)?.write_all(b"1}")?;
    assert!(matches!(
        bench.spool.take(BATCH, &listed),
        Err(TakeError::Unsettled { path }) if path == listed.path
    ));
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
fn one_byte_more_is_too_large() {
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
fn a_large_file_is_hashed_and_not_held() {
    let bench = Bench::new();
    let bytes: Vec<u8> = (0_u32..300_000).flat_map(u32::to_le_bytes).collect();
    let taken = bench.drop_and_take("far", &bytes);
    assert_eq!(
        (taken.contents.clone(), taken.digest),
        (Contents::TooLarge { size: 1_200_000 }, sha256(&[&bytes]))
    );
}

#[test]
fn only_the_head_of_a_picture_is_held() -> Tested {
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
fn a_picture_is_read_as_it_was_taken() -> Tested {
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
