//! Limits of a picture and of the work on it.

use std::time::Duration;

/// Largest picture, in bytes.
pub const MAX_PICTURE_BYTES: usize = 32 * 1024 * 1024;
/// Most pixels of a picture: 64 megapixels of 1024 x 1024.
pub const MAX_PIXELS: u64 = 64 * 1024 * 1024;
/// Most pixels of a side, which is what JPEG can say.
pub const MAX_SIDE: u32 = 65_535;
/// Memory of a worker, in bytes: its code, the picture, and what decoding takes.
pub const MEMORY_LIMIT: u64 = 512 * 1024 * 1024;
/// Time that a picture may take.
pub const TIME_LIMIT: Duration = Duration::from_secs(10);
/// Most codes of one picture: twice the parts of the longest text.
pub const MAX_CODES: usize = 64;
/// Most characters of one code: version 40 at level L (ISO/IEC 18004).
pub const MAX_TEXT: usize = 4_296;
