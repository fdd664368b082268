//! How the allocator shares memory among threads.

use super::sys;

/// Lets threads have four heaps for each core, as many as work at a time. Left to itself the
/// allocator has eight, and what the threads of one gave back serves no other. With fewer, threads
/// wait for each other's heap: with one for each core a batch took a sixth longer.
///
/// Called before any thread is started. It gives nothing up, but has no safe code either.
pub fn share_heaps() {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    sys::bound_heaps(libc::c_int::try_from(cores.saturating_mul(4)).unwrap_or(libc::c_int::MAX));
}
