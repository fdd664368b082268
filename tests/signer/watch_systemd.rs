//! What systemd hears of `watch`.

use crate::bench::Bench;
use crate::watch::{BY_EVENTS, PATIENCE, Watch, asks, move_in};
use rustix::process::Signal;
use std::fs::{self};
use std::os::unix::net::UnixDatagram;
use std::process::Command;
use std::time::Duration;

/// What systemd would hear.
struct Ears {
    socket: UnixDatagram,
}

impl Ears {
    fn new(bench: &Bench) -> Self {
        let socket = UnixDatagram::bind(bench.path("notify")).expect("bound");
        socket.set_read_timeout(Some(PATIENCE)).expect("set");
        Self { socket }
    }

    /// Who is to give a sign of life within so many microseconds.
    fn command(&self, bench: &Bench, watchdog: &str) -> Command {
        let mut command = bench.command(&BY_EVENTS);
        command
            .env("NOTIFY_SOCKET", bench.path("notify"))
            .env("WATCHDOG_USEC", watchdog);
        command
    }

    fn message(&self) -> Option<String> {
        let mut buffer = [0; 256];
        let length = self.socket.recv(&mut buffer).ok()?;
        Some(String::from_utf8_lossy(&buffer[..length]).into_owned())
    }

    /// All that is said until this is.
    fn until(&self, wanted: &str) -> Vec<String> {
        let mut heard = Vec::new();
        while heard.len() < 100_000 {
            let message = self
                .message()
                .unwrap_or_else(|| panic!("never said {wanted}: {heard:?}"));
            if message.contains(wanted) {
                return heard;
            }
            heard.push(message);
        }
        panic!("never said {wanted}");
    }

    /// Whether nothing is said for a time in which a process that works would say much.
    fn hear_nothing(&self) -> bool {
        self.socket
            .set_read_timeout(Some(Duration::from_millis(300)))
            .expect("set");
        let is_silent = self.message().is_none();
        self.socket.set_read_timeout(Some(PATIENCE)).expect("set");
        is_silent
    }
}

fn signs(heard: &[String]) -> usize {
    heard
        .iter()
        .filter(|message| message.contains("WATCHDOG=1"))
        .count()
}

#[test]
fn systemd_hears_ready_alive_and_stopping() {
    let bench = Bench::new();
    let ears = Ears::new(&bench);
    let watch = Watch::start(&bench, ears.command(&bench, "20000"));
    ["READY=1", "WATCHDOG=1", "WATCHDOG=1"]
        .into_iter()
        .for_each(|wanted| drop(ears.until(wanted)));
    watch.ask_to_stop(Signal::TERM);
    ears.until("STOPPING=1");
    watch.ended().exits(0);
}

/// A batch of any size is no silence: each file is a sign of life as it is taken, read from a
/// picture, and moved on. While it starts, and once it is asked to stop, systemd waits longer.
#[test]
fn systemd_hears_of_each_file_of_a_long_batch() {
    let bench = Bench::new();
    let ears = Ears::new(&bench);
    let count = 20;
    let request = asks(&bench, "often").1;
    (0..count).for_each(|n| drop(move_in(&bench, &format!("{n}.json"), &request.to_json())));
    // Anything done is worth a sign where one is due every microsecond.
    let watch = Watch::start(&bench, ears.command(&bench, "1"));
    let heard = ears.until("READY=1");
    assert!(signs(&heard) >= 2 * count, "{heard:?}");
    assert!(
        heard
            .iter()
            .all(|message| message.contains("EXTEND_TIMEOUT_USEC=")),
        "{heard:?}"
    );
    let heard = ears.until("WATCHDOG=1");
    assert!(
        heard.iter().all(|message| !message.contains("EXTEND")),
        "{heard:?}"
    );
    watch.ask_to_stop(Signal::TERM);
    ears.until("STOPPING=1");
    watch.ended().exits(0);
}

/// No clock keeps a process alive that hangs in the middle of a batch.
#[test]
fn systemd_hears_nothing_of_a_hung_process() {
    for step in ["file-taken", "before-commit", "after-stage", "after-move"] {
        let bench = Bench::new();
        let ears = Ears::new(&bench);
        move_in(&bench, "hangs.json", &asks(&bench, "hangs").1.to_json());
        let hanging = bench.path("hanging");
        let hang = format!(
            "touch '{0}'; while [ -e '{0}' ]; do sleep 0.01; done",
            hanging.display()
        );
        bench.set("KEYSPOOL_TEST_DO", Some(&format!("{step}={hang}")));
        let mut watch = Watch::start(&bench, ears.command(&bench, "20000"));
        while !hanging.exists() {
            ears.hear_nothing();
        }
        // What was said before is heard first.
        assert!(
            (0..1_000).any(|_| ears.hear_nothing()),
            "{step}: it hangs, and says that it is alive"
        );
        fs::remove_file(&hanging).expect("removed");
        ears.until("READY=1");
        watch.line_with("1 activated");
        watch.ask_to_stop(Signal::TERM);
        ears.until("STOPPING=1");
        watch.ended().exits(0);
    }
}
