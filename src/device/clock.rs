//! The device's clock, which may be wrong.

use crate::licence::Moment;

/// The device's clock in UTC. It may be wrong: a time before the newest activation was issued does
/// not count.
pub trait Clock {
    /// What the clock shows. [`moment_of_unix`] makes it of Unix seconds.
    fn now(&self) -> Moment;
}

/// The moment of a Unix time in seconds. Before 2020 and after 2199-06-05 it is the nearest moment
/// that documents know.
///
/// A clock without a battery starts in 1970: that counts as a clock set back, not as an error.
#[must_use]
pub fn moment_of_unix(seconds: i64) -> Moment {
    let nearest = if seconds < Moment::FIRST.unix() {
        Moment::FIRST
    } else {
        Moment::LAST
    };
    Moment::from_unix(seconds).unwrap_or(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_out_of_range_shows_the_nearest_moment() {
        let text = |seconds| alloc::format!("{}", moment_of_unix(seconds));
        assert_eq!(text(0), "2020-01-01T00:00:00Z");
        assert_eq!(text(i64::MIN), "2020-01-01T00:00:00Z");
        assert_eq!(text(i64::MAX), "2199-06-05T23:59:59Z");
        assert_eq!(text(1_795_323_967), "2026-11-22T05:06:07Z");
    }
}
