//! When a file is still being written: names and times only, no clock.

use std::time::{Duration, SystemTime};

/// Whether a time stamp lies within the settle time of now, earlier or later: clocks of sticks are
/// wrong. A file without a time stamp is not settling, nor is any file with a settle time of zero.
///
/// A file that ends too early and is settling is left for later: no prefix of a good file is ever
/// refused for good.
#[must_use]
pub fn is_settling(
    modified: impl Into<Option<SystemTime>>,
    now: SystemTime,
    settle: Duration,
) -> bool {
    modified.into().is_some_and(|modified| {
        let apart = now
            .duration_since(modified)
            .unwrap_or_else(|earlier| earlier.duration());
        apart < settle
    })
}

/// Whether programs give such a name to what they still write or keep for themselves: `.part`,
/// `.tmp` or `.crdownload` at the end, a dot at the beginning, a `~` at either end.
#[must_use]
pub fn is_partial_name(name: &[u8]) -> bool {
    let ends_in = |suffix: &[u8]| {
        let start = name.len().saturating_sub(suffix.len());
        name[start..].eq_ignore_ascii_case(suffix)
    };
    name.starts_with(b".")
        || name.starts_with(b"~")
        || [&b"~"[..], b".part", b".tmp", b".crdownload"]
            .into_iter()
            .any(ends_in)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTLE: Duration = Duration::from_secs(2);

    #[test]
    fn a_time_stamp_near_now_settles() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_329_600);
        let almost = SETTLE - Duration::from_nanos(1);
        for near in [now, now - almost, now + almost] {
            assert!(is_settling(near, now, SETTLE));
        }
        for far in [now - SETTLE, now + SETTLE, SystemTime::UNIX_EPOCH] {
            assert!(!is_settling(far, now, SETTLE));
        }
        assert!(!is_settling(None, now, SETTLE));
        assert!(!is_settling(now, now, Duration::ZERO));
    }

    #[test]
    fn names_of_unfinished_files_are_known() {
        for partial in [
            "a.json.part",
            "a.TMP",
            "a.crdownload",
            ".a.json",
            "~a.json",
            "a.json~",
            "~",
            ".part",
            "tmp.tmp",
        ] {
            assert!(is_partial_name(partial.as_bytes()), "{partial}");
        }
        for whole in ["a.json", "part", "a.part.json", "tmp", "a~b", "", "a.parts"] {
            assert!(!is_partial_name(whole.as_bytes()), "{whole}");
        }
    }
}
