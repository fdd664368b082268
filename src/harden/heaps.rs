//! How the allocator shares memory among threads.

use super::sys;

/// Allows four heaps for each core, one for each thread that works at a time. The allocator's own
/// choice is eight, and memory that is freed in one heap serves no other. With fewer heaps threads
/// wait for each other: with one for each core a batch took a sixth longer.
///
/// Called before any thread is started. It stands here because it needs `unsafe`.
pub fn share_heaps() {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    sys::bound_heaps(libc::c_int::try_from(cores.saturating_mul(4)).unwrap_or(libc::c_int::MAX));
}
