//! Errors, and the size of a large listing.

use crate::bench::inbox_path;
use keyspool::licence::Digest;
use keyspool::spool::{Listed, SpoolError, TakeError};
use std::path::PathBuf;

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
fn a_long_listing_is_small() {
    assert!(size_of::<Listed>() <= 72, "{}", size_of::<Listed>());
    assert_eq!(size_of::<Digest>(), 32);
}
