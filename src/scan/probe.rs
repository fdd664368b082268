//! Faults for tests, where `KEYSPOOL_TEST_SCAN` is set: a picture that carries one of these words
//! wedges, kills or questions the process that reads it. The released program has none of this.
//!
//! The variable's value is the time limit of a picture in milliseconds.

use super::reading::{Reading, Reply};
use std::hint::black_box;
use std::process::Command;
use std::time::Duration;

const VARIABLE: &str = "KEYSPOOL_TEST_SCAN";

pub(super) fn variable() -> Option<(&'static str, String)> {
    std::env::var(VARIABLE).ok().map(|value| (VARIABLE, value))
}

pub(super) fn time_limit() -> Option<Duration> {
    variable()
        .and_then(|(_, value)| value.parse().ok())
        .map(Duration::from_millis)
}

fn says(picture: &[u8], word: &str) -> bool {
    let word = format!("keyspool-test-{word}");
    variable().is_some()
        && picture
            .windows(word.len())
            .any(|window| window == word.as_bytes())
}

/// Ends the supervisor at a picture that says so.
pub(super) fn in_supervisor(picture: &[u8]) {
    if says(picture, "supervisor") {
        std::process::abort();
    }
}

/// Wedges or kills the worker, or lets it try what it must not be able to do.
pub(super) fn in_worker(picture: &[u8]) -> Option<Reply> {
    if says(picture, "hang") {
        loop {
            std::thread::park();
        }
    }
    if says(picture, "loop") {
        while black_box(true) {}
    }
    if says(picture, "abort") {
        std::process::abort();
    }
    if says(picture, "memory") {
        let block: Vec<u8> = black_box(vec![1; 600 << 20]);
        return Some(Ok(Reading::Texts(vec![format!("{} bytes", block.len())])));
    }
    says(picture, "probe").then(|| Ok(Reading::Texts(tried())))
}

/// Each attempt and what came of it, in a line.
fn tried() -> Vec<String> {
    let said = |what: &str, result: std::io::Result<()>| match result {
        Ok(()) => format!("{what}: done"),
        Err(error) => format!("{what}: {:?}", error.kind()),
    };
    vec![
        said("open", std::fs::File::open("/etc/passwd").map(drop)),
        said(
            "create",
            std::fs::File::create("/dev/shm/keyspool-test-probe").map(drop),
        ),
        said("list", std::fs::read_dir("/").map(drop)),
        said(
            "remove",
            std::fs::remove_file("/dev/shm/keyspool-test-probe-none"),
        ),
        said("stat", std::fs::metadata("/").map(drop)),
        said("tcp", std::net::TcpStream::connect("127.0.0.1:9").map(drop)),
        said("udp", std::net::UdpSocket::bind("127.0.0.1:0").map(drop)),
        said(
            "unix",
            std::os::unix::net::UnixDatagram::unbound().map(drop),
        ),
        said("exec", Command::new("/bin/true").status().map(drop)),
        said("thread", std::thread::Builder::new().spawn(|| {}).map(drop)),
        said(
            "kill",
            rustix::process::test_kill_process(rustix::process::getpid()).map_err(Into::into),
        ),
        said("pipe", std::io::pipe().map(drop)),
        format!(
            "environment: {}",
            std::env::vars_os()
                .filter(|(name, _)| name != VARIABLE)
                .count()
        ),
    ]
}
