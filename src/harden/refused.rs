//! What a system call that failed, or did nothing, means for a measure.

use super::achieved::HardenError;
use rustix::io::Errno;

pub(super) fn refused(call: &'static str) -> impl FnOnce(Errno) -> HardenError {
    move |errno| HardenError::Refused {
        call,
        reason: std::io::Error::from(errno).to_string(),
    }
}

pub(super) fn effect(call: &'static str, seen: bool) -> Result<(), HardenError> {
    if seen {
        Ok(())
    } else {
        Err(HardenError::NoEffect { call })
    }
}
