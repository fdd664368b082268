//! The system calls that the process gives up, as a seccomp filter.
//!
//! The filter allows every call but those listed here: a filter that is too narrow would fail in
//! the field with the next release of the C library. A listed call answers EPERM. A call of another
//! processor mode ends the process.
//!
//! A process that decodes pictures, which may be hostile, gets the opposite filter: a call that is
//! not listed answers EPERM. Such a process does little; where it fails, pictures wait and all else
//! goes on.

use super::achieved::HardenError;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch,
};
use std::collections::BTreeMap;

/// EPERM of Linux.
const EPERM: u32 = 1;
/// The family of local sockets, which systemd's notifications and the system's name service use.
const AF_UNIX: u64 = 1;

/// Numbers of the calls on one processor, from the kernel's tables (`syscall_64.tbl`, `unistd.h`).
struct Calls {
    /// Their first argument is a socket family: `socket`, `socketpair`.
    by_family: &'static [i64],
    /// Refused in every form.
    refused: &'static [i64],
    /// The bit that marks a second numbering of the same calls, where the processor has one.
    alias_bit: Option<i64>,
    /// The calls of a process that only computes and uses the three standard streams.
    computing: &'static [i64],
    /// Their first argument is a descriptor: `read`, then `write`.
    streams: [i64; 2],
    /// `tgkill`, by which a process aborts.
    abort: i64,
}

/// x32 numbers the calls of `x86_64` again under bit 30. The filter lists these numbers too.
#[cfg(target_arch = "x86_64")]
const CALLS: Calls = Calls {
    by_family: &[41, 53],
    refused: &[
        101, // ptrace
        310, // process_vm_readv
        311, // process_vm_writev
        438, // pidfd_getfd
        312, // kcmp
        425, // io_uring_setup: a ring opens sockets past any filter
        426, // io_uring_enter
        427, // io_uring_register
        298, // perf_event_open
        321, // bpf
        323, // userfaultfd
        175, // init_module
        313, // finit_module
        176, // delete_module
        246, // kexec_load
        320, // kexec_file_load
        521, // x32 ptrace
        539, // x32 process_vm_readv
        540, // x32 process_vm_writev
        528, // x32 kexec_load
    ],
    alias_bit: Some(0x4000_0000),
    computing: &[
        3,   // close
        9,   // mmap
        10,  // mprotect
        11,  // munmap
        12,  // brk
        13,  // rt_sigaction
        14,  // rt_sigprocmask
        15,  // rt_sigreturn
        24,  // sched_yield
        25,  // mremap
        28,  // madvise
        39,  // getpid
        60,  // exit
        131, // sigaltstack
        186, // gettid
        202, // futex
        219, // restart_syscall
        228, // clock_gettime
        231, // exit_group
        318, // getrandom
    ],
    streams: [0, 1],
    abort: 234,
};

/// The generic numbering.
#[cfg(any(target_arch = "aarch64", target_arch = "riscv64"))]
const CALLS: Calls = Calls {
    by_family: &[198, 199],
    refused: &[
        117, // ptrace
        270, // process_vm_readv
        271, // process_vm_writev
        438, // pidfd_getfd
        272, // kcmp
        425, // io_uring_setup: a ring opens sockets past any filter
        426, // io_uring_enter
        427, // io_uring_register
        241, // perf_event_open
        280, // bpf
        282, // userfaultfd
        105, // init_module
        273, // finit_module
        106, // delete_module
        104, // kexec_load
        294, // kexec_file_load
    ],
    alias_bit: None,
    computing: &[
        57,  // close
        93,  // exit
        94,  // exit_group
        98,  // futex
        113, // clock_gettime
        124, // sched_yield
        128, // restart_syscall
        132, // sigaltstack
        134, // rt_sigaction
        135, // rt_sigprocmask
        139, // rt_sigreturn
        172, // getpid
        178, // gettid
        214, // brk
        215, // munmap
        216, // mremap
        222, // mmap
        226, // mprotect
        233, // madvise
        278, // getrandom
    ],
    streams: [63, 64],
    abort: 131,
};

#[cfg(not(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    target_arch = "riscv64"
)))]
const CALLS: Calls = Calls {
    by_family: &[],
    refused: &[],
    alias_bit: None,
    computing: &[],
    streams: [0; 2],
    abort: 0,
};

/// The compiled filter of this processor.
///
/// # Errors
/// [`HardenError::Processor`] where none is known; [`HardenError::Refused`] where it does not
/// compile.
pub(super) fn program() -> Result<BpfProgram, HardenError> {
    compile(rules(), SeccompAction::Allow, SeccompAction::Errno(EPERM))
}

/// The compiled filter of this processor that leaves computing and the standard streams, and
/// nothing else.
///
/// # Errors
/// As [`program`].
pub(super) fn program_of_computing() -> Result<BpfProgram, HardenError> {
    compile(
        rules_of_computing(),
        SeccompAction::Errno(EPERM),
        SeccompAction::Allow,
    )
}

type Rules = Result<BTreeMap<i64, Vec<SeccompRule>>, seccompiler::BackendError>;

fn compile(
    rules: Rules,
    otherwise: SeccompAction,
    by_rule: SeccompAction,
) -> Result<BpfProgram, HardenError> {
    let processor = TargetArch::try_from(std::env::consts::ARCH);
    let processor = processor.map_err(|_| HardenError::Processor(std::env::consts::ARCH))?;
    let filter = rules.and_then(|rules| SeccompFilter::new(rules, otherwise, by_rule, processor));
    filter
        .and_then(BpfProgram::try_from)
        .map_err(|error| refused(&error))
}

/// Takes the listed calls away from every thread of the process, for good.
///
/// # Errors
/// [`HardenError::Refused`] where the kernel has no filters, or allows none here.
pub(super) fn apply(program: &BpfProgram) -> Result<(), HardenError> {
    seccompiler::apply_filter_all_threads(program).map_err(|error| refused(&error))
}

fn refused(error: &dyn std::error::Error) -> HardenError {
    HardenError::Refused {
        call: "seccomp",
        reason: error.to_string(),
    }
}

fn rules() -> Rules {
    let aliases = |call: &i64| {
        [Some(*call), CALLS.alias_bit.map(|bit| *call | bit)]
            .into_iter()
            .flatten()
    };
    let mut rules = BTreeMap::new();
    for call in CALLS.by_family.iter().flat_map(aliases) {
        let other_family =
            SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, AF_UNIX)?;
        rules.insert(call, vec![SeccompRule::new(vec![other_family])?]);
    }
    rules.extend(
        CALLS
            .refused
            .iter()
            .flat_map(aliases)
            .map(|call| (call, Vec::new())),
    );
    Ok(rules)
}

/// Reading is for descriptor 0 only, writing for 1 and 2, and a process may signal itself only.
fn rules_of_computing() -> Rules {
    let first_is = |operator, value| {
        let condition = SeccompCondition::new(0, SeccompCmpArgLen::Dword, operator, value)?;
        SeccompRule::new(vec![condition]).map(|rule| vec![rule])
    };
    let [read, write] = CALLS.streams;
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = CALLS
        .computing
        .iter()
        .map(|call| (*call, Vec::new()))
        .collect();
    rules.insert(read, first_is(SeccompCmpOp::Eq, 0)?);
    rules.insert(write, first_is(SeccompCmpOp::Le, 2)?);
    rules.insert(
        CALLS.abort,
        first_is(SeccompCmpOp::Eq, u64::from(std::process::id()))?,
    );
    Ok(rules)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_processor_has_a_filter() {
        assert!(program().is_ok_and(|program| program.len() > CALLS.refused.len()));
        assert!(program_of_computing().is_ok_and(|program| program.len() > CALLS.computing.len()));
    }
}
