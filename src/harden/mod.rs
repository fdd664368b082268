//! Tier 4: what the process gives up before it does anything else.
//!
//! [`begin`] is the first line of both programs; [`confine`] is the second of the child processes
//! that read pictures. Nothing here is silently optional: each measure is tried, looked at
//! afterwards, and stands in the [`Achieved`] as achieved, or as not achieved and why. The
//! caller decides what it insists on.
//!
//! Consequences that others have to live with, all of them wanted:
//! - A process that is not dumpable owns its `/proc/self` no more: unless it is root, it cannot
//!   open `/proc/self/fd/N` or `/proc/self/mem`. Use descriptors themselves.
//! - The filter and the mask stay with every child process; a program that a child starts is
//!   dumpable again until it calls [`begin`] itself.
//! - Descriptors that were open before, a socket passed in as standard input among them, stay open.

mod achieved;
mod begin;
mod confine;
mod filter;
mod heaps;
mod lease;
mod refused;
mod sys;

pub use achieved::{Achieved, HardenError, Measure};
pub use begin::begin;
pub use confine::{Confinement, confine};
pub use heaps::share_heaps;
pub use lease::is_open_for_writing;
