//! The supervisor takes pictures, starts a worker for each, and replies with its reading.
//!
//! A picture comes as its number, 4 bytes, its length, 4 bytes, and its bytes; a reply goes back
//! the same way, the first finished first. Numbers are big-endian. The supervisor ends when its
//! input does.

use super::limits::{MAX_PICTURE_BYTES, TIME_LIMIT};
use super::reading::{MAX_REPLY_BYTES, Reading, Reply, read, to_bytes};
use super::role::Role;
use std::io::{self, Read, Write};
use std::num::NonZero;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// The running program, whatever became of its file.
pub(super) const OWN_PROGRAM: &str = "/proc/self/exe";
/// Most bytes that are read of a dying worker's message.
const MAX_LAST_WORDS: u64 = 4096;
/// How Rust's standard library begins its message that memory ran out.
const OUT_OF_MEMORY: &[u8] = b"memory allocation of ";
/// The signal of the processor time limit (signal(7)).
const SIGXCPU: i32 = 24;

/// A picture and its number.
struct Job {
    number: u32,
    picture: Vec<u8>,
}

/// Replies to pictures until the input ends. Without `confined` every reply says why none is read.
pub(super) fn serve(confined: Result<(), String>) -> io::Result<()> {
    let (jobs, waiting) = sync_channel::<Job>(0);
    let waiting = Arc::new(Mutex::new(waiting));
    let mut input = io::stdin().lock();
    let mut lanes = thread::available_parallelism().map_or(1, NonZero::get);
    while let Some((number, picture)) = read_numbered(&mut input, MAX_PICTURE_BYTES)? {
        #[cfg(feature = "test-build")]
        super::probe::in_supervisor(&picture);
        if lanes > 0 {
            lanes -= 1;
            let (waiting, confined) = (Arc::clone(&waiting), confined.clone());
            thread::spawn(move || work(&waiting, &confined));
        }
        jobs.send(Job { number, picture })
            .map_err(io::Error::other)?;
    }
    Ok(())
}

fn work(waiting: &Mutex<Receiver<Job>>, confined: &Result<(), String>) {
    loop {
        let job = waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok(Job { number, picture }) = job else {
            return;
        };
        let reply = confined.clone().and_then(|()| reply(picture));
        // The program has ended, and so does this process.
        if write_numbered(&mut io::stdout().lock(), number, &to_bytes(&reply)).is_err() {
            return;
        }
    }
}

/// Starts a worker for one picture, and ends it.
fn reply(picture: Vec<u8>) -> Reply {
    let mut child = start().map_err(|error| format!("no process could be started: {error}"))?;
    let pipes = child
        .stdin
        .take()
        .zip(child.stdout.take())
        .zip(child.stderr.take());
    let Some(((mut to, from), last_words)) = pipes else {
        return Err("no pipes could be made".to_owned());
    };
    let child = Arc::new(Mutex::new(child));
    let (done, is_done) = channel::<()>();
    let watched = Arc::clone(&child);
    let watch = thread::spawn(move || {
        let is_late = is_done.recv_timeout(time_limit()) == Err(RecvTimeoutError::Timeout);
        end(&watched).map(|status| (status, is_late))
    });
    // A worker may stop reading early.
    let sent = thread::spawn(move || drop(to.write_all(&picture)));
    let said = read_bounded(from, MAX_REPLY_BYTES as u64 + 1);
    let mut words = Vec::new();
    if read(&said).is_none() {
        words = read_bounded(last_words, MAX_LAST_WORDS);
    }
    drop(done);
    let ended = watch
        .join()
        .unwrap_or_else(|_| Err(io::Error::other("the watch broke")));
    drop(sent.join());
    let (status, is_late) = ended.map_err(|error| error.to_string())?;
    judge(&said, &words, status, is_late)
}

fn judge(said: &[u8], words: &[u8], status: ExitStatus, is_late: bool) -> Reply {
    match read(said) {
        Some(reply) if !is_late => reply,
        _ if is_late || status.signal() == Some(SIGXCPU) => Ok(Reading::TooSlow),
        _ if words
            .windows(OUT_OF_MEMORY.len())
            .any(|window| window == OUT_OF_MEMORY) =>
        {
            Ok(Reading::OutOfMemory)
        }
        _ => Ok(Reading::Crashed),
    }
}

fn start() -> io::Result<Child> {
    let mut command = Command::new(OWN_PROGRAM);
    command
        .arg0("keyspool")
        .arg(Role::Worker.argument())
        .env_clear()
        .current_dir("/");
    #[cfg(feature = "test-build")]
    command.envs(super::probe::variable());
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
}

/// Ends a worker that has replied or was too slow.
fn end(child: &Mutex<Child>) -> io::Result<ExitStatus> {
    let mut child = child.lock().unwrap_or_else(PoisonError::into_inner);
    child.kill()?;
    child.wait()
}

fn time_limit() -> Duration {
    #[cfg(feature = "test-build")]
    if let Some(limit) = super::probe::time_limit() {
        return limit;
    }
    TIME_LIMIT
}

fn read_bounded(from: impl Read, most: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What came before a failure is judged like all else.
    drop(from.take(most).read_to_end(&mut bytes));
    bytes
}

/// A number and its bytes, at most `most`; none at the end of the input.
pub(super) fn read_numbered(
    input: &mut impl Read,
    most: usize,
) -> io::Result<Option<(u32, Vec<u8>)>> {
    let mut number = [0; 4];
    match input.read(&mut number)? {
        0 => return Ok(None),
        some => input.read_exact(&mut number[some..])?,
    }
    let mut length = [0; 4];
    input.read_exact(&mut length)?;
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length > most {
        return Err(io::Error::other("longer than allowed"));
    }
    let mut bytes = vec![0; length];
    input.read_exact(&mut bytes)?;
    Ok(Some((u32::from_be_bytes(number), bytes)))
}

/// Writes what [`read_numbered`] reads.
pub(super) fn write_numbered(out: &mut impl Write, number: u32, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    out.write_all(&[number.to_be_bytes(), length.to_be_bytes()].concat())?;
    out.write_all(bytes)?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_numbered_is_read_whole_or_not_at_all() {
        let mut written = Vec::new();
        write_numbered(&mut written, 7, b"picture").expect("written");
        assert_eq!(
            read_numbered(&mut &written[..], 7).expect("read"),
            Some((7, b"picture".to_vec()))
        );
        assert_eq!(read_numbered(&mut &b""[..], 7).expect("read"), None);
        assert!(read_numbered(&mut &written[..], 6).is_err());
        assert!((1..written.len()).all(|cut| read_numbered(&mut &written[..cut], 7).is_err()));
    }

    #[test]
    fn what_a_dead_worker_leaves_says_why_it_died() {
        let (killed, failed) = (ExitStatus::from_raw(9), ExitStatus::from_raw(1 << 8));
        let memory = b"\nmemory allocation of 1073741824 bytes failed";
        for (said, words, status, is_late, reading) in [
            (&b"D"[..], &b""[..], killed, false, Reading::Damaged),
            (b"D", b"", killed, true, Reading::TooSlow),
            (b"", b"", killed, true, Reading::TooSlow),
            (
                b"",
                b"",
                ExitStatus::from_raw(SIGXCPU),
                false,
                Reading::TooSlow,
            ),
            (
                b"",
                memory,
                ExitStatus::from_raw(6),
                false,
                Reading::OutOfMemory,
            ),
            (b"T\x01", b"", failed, false, Reading::Crashed),
            (b"DD", b"anything", failed, false, Reading::Crashed),
        ] {
            assert_eq!(judge(said, words, status, is_late), Ok(reading));
        }
    }
}
