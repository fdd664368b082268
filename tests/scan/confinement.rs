//! What the process that decodes a picture has, and what it cannot do, in the test build: a picture
//! with a word in it makes it try.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A worker that inherits a descriptor, a folder and an environment that are none of its business.
fn worker() -> Child {
    let mut command = Command::new("sh");
    command.args([
        "-c",
        "exec 7</etc/passwd; exec \"$0\" scan-worker",
        env!("CARGO_BIN_EXE_keyspool"),
    ]);
    command.env("KEYSPOOL_TEST_SCAN", "60000");
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a worker")
}

fn tell(worker: &mut Child, picture: &[u8]) {
    worker
        .stdin
        .take()
        .expect("a pipe")
        .write_all(picture)
        .expect("written");
}

#[test]
fn a_worker_reaches_nothing() {
    let mut worker = worker();
    tell(&mut worker, b"keyspool-test-probe");
    let mut said = Vec::new();
    worker
        .stdout
        .take()
        .expect("a pipe")
        .read_to_end(&mut said)
        .expect("read");
    assert!(worker.wait().expect("ended").success());
    let said = String::from_utf8_lossy(&said).into_owned();
    for what in [
        "open", "create", "list", "remove", "stat", "tcp", "udp", "unix", "exec", "thread", "kill",
        "pipe",
    ] {
        assert!(
            said.contains(&format!("{what}: PermissionDenied")),
            "{what}: {said:?}"
        );
    }
    assert!(!Path::new("/dev/shm/keyspool-test-probe").exists());
}

#[test]
fn a_worker_has_little() {
    let mut worker = worker();
    tell(&mut worker, b"keyspool-test-loop");
    let id = worker.id();
    let about = |file: &str| fs::read_to_string(format!("/proc/{id}/{file}")).unwrap_or_default();
    let line = |file: &str, name: &str| {
        let text = about(file);
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap_or_default();
        line.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    // Two filters: the program's own, and the worker's.
    while line("status", "Seccomp_filters:") != ["2"] {
        assert!(
            worker.try_wait().expect("asked").is_none(),
            "the worker ended"
        );
        std::thread::yield_now();
    }
    assert_eq!(line("status", "Seccomp:"), ["2"]);
    assert_eq!(line("status", "NoNewPrivs:"), ["1"]);
    let memory = (512 << 20).to_string();
    assert_eq!(
        line("limits", "Max address space"),
        [memory.as_str(), memory.as_str(), "bytes"]
    );
    assert_eq!(line("limits", "Max cpu time"), ["10", "10", "seconds"]);
    assert_eq!(line("limits", "Max file size"), ["0", "0", "bytes"]);
    assert_eq!(line("limits", "Max open files"), ["3", "3", "files"]);
    assert_eq!(line("limits", "Max core file size"), ["0", "0", "bytes"]);
    // Whoever is not root cannot look at the descriptors of a process that is not dumpable.
    if let Ok(open) = fs::read_dir(format!("/proc/{id}/fd")) {
        let mut open: Vec<String> = open
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        open.sort();
        assert_eq!(open, ["0", "1", "2"]);
    }
    worker.kill().expect("killed");
    worker.wait().expect("ended");
}

/// Nothing stays behind, whatever ends the program.
#[test]
fn supervisor_and_worker_end_with_the_program() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_keyspool"));
    program
        .arg("scan-supervisor")
        .env("KEYSPOOL_TEST_SCAN", "60000")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut supervisor = program.spawn().expect("a supervisor");
    let picture = b"keyspool-test-hang";
    let to = supervisor.stdin.as_mut().expect("a pipe");
    let length = u32::try_from(picture.len()).expect("short").to_be_bytes();
    to.write_all(&[&[0, 0, 0, 1], &length[..], picture].concat())
        .expect("written");
    let id = supervisor.id();
    let worker = loop {
        let found = fs::read_dir("/proc")
            .expect("proc")
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        let mut found = found.filter(|pid| parent_of(*pid) == Some(id));
        match found.next() {
            Some(worker) => break worker,
            None => std::thread::yield_now(),
        }
    };
    supervisor.kill().expect("killed");
    supervisor.wait().expect("ended");
    // It takes the kernel a moment.
    let is_gone = (0..10_000).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(1));
        is_dead(worker)
    });
    assert!(is_gone, "{worker}");
}

/// The process that started this one.
fn parent_of(process: u32) -> Option<u32> {
    stat(process)?.split_whitespace().nth(1)?.parse().ok()
}

fn is_dead(process: u32) -> bool {
    stat(process).is_none_or(|stat| stat.starts_with('Z'))
}

/// State, parent and so on, after the name in brackets.
fn stat(process: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    stat.rsplit_once(") ").map(|(_, rest)| rest.to_owned())
}
