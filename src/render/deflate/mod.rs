//! The zlib stream (RFC 1950, RFC 1951) of a picture of one code: rows of modules, a byte each, and
//! a light border around them.
//!
//! One block with a code made for it: a light module is one bit, a dark one two, so that eight
//! modules are looked up at once. What follows a row up to the next one's first module is a few
//! repetitions: the rest of its border, its other lines, the border and the filter byte of the
//! next. zlib's best level makes more bytes of it; a tenth less takes a search that is far too
//! slow.

mod bits;
mod checksum;
mod code;
mod repetition;
mod row;
mod stream;

pub(super) use stream::stream;
