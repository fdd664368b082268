//! The device's clock.

use crate::device::Clock;
use crate::device::clock::moment_of_unix;
use crate::licence::Moment;
use std::time::{SystemTime, UNIX_EPOCH};

/// The clock of the machine that this runs on, in UTC.
#[derive(Debug, Clone, Copy)]
pub(super) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Moment {
        #[cfg(feature = "test-build")]
        if let Some(moment) = of_the_test() {
            return moment;
        }
        moment_of_unix(unix_seconds(SystemTime::now()))
    }
}

/// Negative before 1970.
fn unix_seconds(time: SystemTime) -> i64 {
    let signed = |seconds: u64| i64::try_from(seconds).unwrap_or(i64::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => signed(after.as_secs()),
        Err(before) => -signed(before.duration().as_secs()),
    }
}

/// `KEYSPOOL_TEST_CLOCK=YYYY-MM-DDThh:mm:ssZ`, only in test builds.
#[cfg(feature = "test-build")]
fn of_the_test() -> Option<Moment> {
    let text = std::env::var("KEYSPOOL_TEST_CLOCK").ok()?;
    // Only in test builds: a test with a misspelled clock must not use the machine's.
    Some(Moment::read(&text).expect("KEYSPOOL_TEST_CLOCK is of the form YYYY-MM-DDThh:mm:ssZ"))
}
