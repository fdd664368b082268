//! The zlib stream (RFC 1950, RFC 1951) of a picture of one code: rows of modules, a byte each, and
//! a light border around them.
//!
//! The stream is one block with a code made for it. A light module is one bit, a dark one two, so
//! that eight modules are looked up at once. Between the last module of a row and the first of the
//! next stand a few repetitions: the rest of the border, the row's other lines, the next row's
//! border and filter byte. zlib's best level gives more bytes; a tenth fewer takes a search that is
//! far too slow.

mod bits;
mod checksum;
mod code;
mod repetition;
mod row;
mod stream;

pub(super) use stream::stream;
