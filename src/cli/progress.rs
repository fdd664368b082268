//! How far a batch is, on a terminal.

use super::console::CliError;
use super::desk::Desk;
use crate::ops::process::Progress;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Shows how far a batch is, on a terminal.
pub(super) fn with_progress<T>(
    desk: &Desk<'_>,
    work: impl FnOnce(&Progress<'_>) -> Result<T, CliError>,
) -> Result<T, CliError> {
    let shows = std::io::stderr().is_terminal() && !desk.console.quiet;
    let since = Instant::now();
    let step = |done: usize, all: usize| {
        if shows {
            // Blanks cover what the line before had more.
            let end = if done >= all { "\n" } else { "" };
            drop(write!(
                std::io::stderr(),
                "\r{}    {end}",
                so_far(done, all, since.elapsed())
            ));
        }
    };
    work(&Progress {
        say: &|line| desk.console.say(line),
        step: &step,
        alive: &|| {},
    })
}

/// Counts, and the time that the rest takes if it goes on like this.
fn so_far(done: usize, all: usize, elapsed: Duration) -> String {
    let counts = format!("{done} of {all} answered");
    let left = all.saturating_sub(done) as u128;
    let Some(seconds) = (elapsed.as_millis() * left / 1_000)
        .checked_div(done as u128)
        .filter(|_| left > 0)
    else {
        return counts;
    };
    match (seconds / 3_600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{counts}, about {seconds} s left"),
        (0, minutes, seconds) => format!("{counts}, about {minutes} min {seconds} s left"),
        (hours, minutes, _) => format!("{counts}, about {hours} h {minutes} min left"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_tells_counts_and_time_left() {
        let told = |done, all, seconds| so_far(done, all, Duration::from_secs(seconds));
        assert_eq!(told(500, 2_000, 1), "500 of 2000 answered, about 3 s left");
        assert_eq!(told(1, 101, 1), "1 of 101 answered, about 1 min 40 s left");
        assert_eq!(
            told(512, 100_000, 60),
            "512 of 100000 answered, about 3 h 14 min left"
        );
        assert_eq!(
            (told(0, 9, 1), told(9, 9, 1)),
            ("0 of 9 answered".to_owned(), "9 of 9 answered".to_owned())
        );
    }
}
