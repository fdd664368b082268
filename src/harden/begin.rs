//! What both programs give up first.

use super::achieved::{Achieved, HardenError, Measure};
use super::filter;
use super::refused::{effect, refused};
use rustix::fs::Mode;
use rustix::mm::{MlockAllFlags, mlockall};
use rustix::process::{
    DumpableBehavior, Resource, Rlimit, dumpable_behavior, getrlimit, set_dumpable_behavior,
    setrlimit, umask,
};
use rustix::thread::{CapabilitySet, capabilities, no_new_privs, set_no_new_privs};

/// Files that the process makes: for their owner only.
const PRIVATE: Mode = Mode::RWXG.union(Mode::RWXO);

/// Gives up for good what the process does not need, and returns what that achieved.
///
/// Called once, before any thread is started and any secret is read.
#[must_use = "what was not achieved has to be said or insisted on"]
pub fn begin() -> Achieved {
    Achieved::new(
        Measure::ALL
            .into_iter()
            .map(|measure| (measure, take(measure)))
            .collect(),
    )
}

fn take(measure: Measure) -> Result<(), HardenError> {
    match measure {
        Measure::NotDumpable => give_up_dumps(),
        Measure::NoCoreFile => give_up_core_files(),
        Measure::PrivateFiles => give_up_sharing(),
        Measure::NoNewPrivileges => give_up_privileges(),
        Measure::NoSwap => give_up_swap(),
        Measure::NoNetwork => filter::program().and_then(|program| filter::apply(&program)),
    }
}

fn give_up_dumps() -> Result<(), HardenError> {
    let call = "prctl PR_SET_DUMPABLE";
    set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(refused(call))?;
    effect(
        call,
        dumpable_behavior() == Ok(DumpableBehavior::NotDumpable),
    )
}

fn give_up_core_files() -> Result<(), HardenError> {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none).map_err(refused("setrlimit RLIMIT_CORE"))?;
    effect("setrlimit RLIMIT_CORE", getrlimit(Resource::Core) == none)
}

fn give_up_sharing() -> Result<(), HardenError> {
    umask(PRIVATE);
    effect("umask", umask(PRIVATE) == PRIVATE)
}

fn give_up_privileges() -> Result<(), HardenError> {
    let call = "prctl PR_SET_NO_NEW_PRIVS";
    set_no_new_privs(true).map_err(refused(call))?;
    effect(call, no_new_privs() == Ok(true))
}

/// Pages are locked as they are touched. Under a limit nothing is locked at all: a later allocation
/// could fail in the middle of the work.
fn give_up_swap() -> Result<(), HardenError> {
    let unbounded =
        capabilities(None).is_ok_and(|sets| sets.effective.contains(CapabilitySet::IPC_LOCK));
    match getrlimit(Resource::Memlock).current {
        Some(allowed) if !unbounded => Err(HardenError::LockLimit { allowed }),
        _ => mlockall(MlockAllFlags::CURRENT | MlockAllFlags::FUTURE | MlockAllFlags::ONFAULT)
            .map_err(refused("mlockall")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::ErrorKind;
    use std::net::{TcpListener, TcpStream, UdpSocket};
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::net::{UnixDatagram, UnixListener};
    use std::process::Command;

    /// Runs an ignored test of this module in a process of its own, since the measures are for
    /// good.
    fn in_a_process_of_its_own(test: &str) {
        let program = std::env::current_exe().expect("the test's own program");
        let name = format!("harden::begin::tests::{test}");
        let output = Command::new(program)
            .args(["--exact", &name, "--ignored", "--test-threads", "1"])
            .output();
        let output = output.expect("the test's own program starts");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{said}{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// A line of `/proc/thread-self/status`.
    fn status(name: &str) -> String {
        let status = std::fs::read_to_string("/proc/thread-self/status").expect("proc is mounted");
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.unwrap_or_default().trim().to_owned()
    }

    #[test]
    fn a_hardened_process_has_no_network() {
        in_a_process_of_its_own("child_without_network");
    }

    #[test]
    #[ignore = "hardens its own process; run by a_hardened_process_has_no_network"]
    fn child_without_network() {
        let open = TcpListener::bind("127.0.0.1:0").expect("a socket before");
        let address = open.local_addr().expect("an address");
        assert!(begin().has(Measure::NoNetwork));
        assert_eq!(
            TcpStream::connect(address).map_err(|e| e.kind()).err(),
            Some(ErrorKind::PermissionDenied)
        );
        assert_eq!(
            UdpSocket::bind("[::1]:0").map_err(|e| e.kind()).err(),
            Some(ErrorKind::PermissionDenied)
        );
        assert_eq!(
            TcpListener::bind("127.0.0.1:0").map_err(|e| e.kind()).err(),
            Some(ErrorKind::PermissionDenied)
        );
        let in_thread =
            std::thread::spawn(move || TcpStream::connect(address).map_err(|e| e.kind()).err());
        assert_eq!(
            in_thread.join().ok().flatten(),
            Some(ErrorKind::PermissionDenied)
        );
        assert_eq!(status("Seccomp"), "2");
    }

    #[test]
    fn a_hardened_process_is_not_dumped() {
        in_a_process_of_its_own("child_without_dumps");
    }

    #[test]
    #[ignore = "hardens its own process; run by a_hardened_process_is_not_dumped"]
    fn child_without_dumps() {
        let achieved = begin();
        for measure in [
            Measure::NotDumpable,
            Measure::NoCoreFile,
            Measure::PrivateFiles,
            Measure::NoNewPrivileges,
        ] {
            assert!(achieved.has(measure), "{achieved}");
        }
        assert_eq!(dumpable_behavior(), Ok(DumpableBehavior::NotDumpable));
        assert_eq!(status("NoNewPrivs"), "1");
        assert_eq!(status("Umask"), "0077");
        let limits = std::fs::read_to_string("/proc/self/limits").expect("proc is mounted");
        let core = limits
            .lines()
            .find_map(|line| line.strip_prefix("Max core file size"))
            .unwrap_or_default();
        assert_eq!(
            core.split_whitespace().collect::<Vec<_>>(),
            ["0", "0", "bytes"]
        );
    }

    #[test]
    fn a_hardened_process_still_does_its_work() {
        in_a_process_of_its_own("child_at_work");
    }

    #[test]
    #[ignore = "hardens its own process; run by a_hardened_process_still_does_its_work"]
    fn child_at_work() {
        let achieved = begin();
        let folder = tempfile::tempdir().expect("a scratch folder");
        let mut random = [0; 32];
        assert!(getrandom::fill(&mut random).is_ok() && random != [0; 32]);
        assert!(UnixDatagram::unbound().is_ok() && UnixDatagram::pair().is_ok());
        assert!(UnixListener::bind(folder.path().join("socket")).is_ok());
        let blocks: Vec<_> = (0..8)
            .map(|n| std::thread::spawn(move || vec![n; 4 << 20]))
            .collect();
        let sum: usize = blocks
            .into_iter()
            .map(|thread| thread.join().map(|block| block.len()).unwrap_or_default())
            .sum();
        assert_eq!(sum, 32 << 20, "{achieved}");
        let database = redb::Database::create(folder.path().join("ledger.redb")).expect("a store");
        let table = redb::TableDefinition::<u64, &[u8]>::new("t");
        let transaction = database.begin_write().expect("a transaction");
        transaction
            .open_table(table)
            .expect("a table")
            .insert(1, &b"v"[..])
            .expect("a row");
        transaction.commit().expect("a commit");
        let mode = folder
            .path()
            .join("ledger.redb")
            .metadata()
            .map(|data| data.permissions().mode() & 0o777);
        assert_eq!(mode.ok(), Some(0o600));
        let child = Command::new("/bin/true").status().expect("a child process");
        assert!(child.success());
    }

    #[test]
    fn memory_is_locked_wholly_or_not_at_all() {
        in_a_process_of_its_own("child_and_swap");
    }

    #[test]
    #[ignore = "hardens its own process; run by memory_is_locked_wholly_or_not_at_all"]
    fn child_and_swap() {
        let result = begin()
            .results()
            .find(|(measure, _)| *measure == Measure::NoSwap)
            .map(|(_, result)| result.map_err(Clone::clone));
        let locked = status("VmLck") != "0 kB";
        assert_eq!(result.is_some_and(|result| result.is_ok()), locked);
    }
}
