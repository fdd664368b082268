//! What the process gave up, measure by measure.

use std::fmt;

/// One thing that the process gives up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// No other process of the same user can read its memory or attach to it, and no dump is
    /// written.
    NotDumpable,
    /// The limit of core files is 0 bytes.
    NoCoreFile,
    /// Files that it makes are readable by their owner only.
    PrivateFiles,
    /// Nothing that it starts can gain rights.
    NoNewPrivileges,
    /// Its memory is never written to swap.
    NoSwap,
    /// It can open no socket but local ones, and look into no other process.
    NoNetwork,
}

impl Measure {
    /// Every measure, in the order in which they are taken.
    pub const ALL: [Self; 6] = [
        Self::NotDumpable,
        Self::NoCoreFile,
        Self::PrivateFiles,
        Self::NoNewPrivileges,
        Self::NoSwap,
        Self::NoNetwork,
    ];

    /// A statement for people.
    #[must_use]
    pub fn statement(self) -> &'static str {
        match self {
            Self::NotDumpable => "other processes cannot read its memory",
            Self::NoCoreFile => "no core file is written",
            Self::PrivateFiles => "new files are readable by their owner only",
            Self::NoNewPrivileges => "nothing that it starts gains rights",
            Self::NoSwap => "its memory is never swapped to the disk",
            Self::NoNetwork => "it cannot open a network connection",
        }
    }
}

/// Why a measure was not achieved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HardenError {
    /// The kernel refused the call.
    #[error("{call}: {reason}")]
    Refused {
        /// The system call.
        call: &'static str,
        /// What the kernel said.
        reason: String,
    },
    /// The call went well and the state is another.
    #[error("{call} had no effect")]
    NoEffect {
        /// The system call.
        call: &'static str,
    },
    /// The process may lock too little memory: locking all of it would make later allocations fail.
    #[error(
        "only {allowed} bytes of memory may be locked, all of it is needed (systemd: \
            LimitMEMLOCK=infinity)"
    )]
    LockLimit {
        /// Bytes that may be locked.
        allowed: u64,
    },
    /// No filter is known for this processor.
    #[error("no filter for the processor {0}")]
    Processor(&'static str),
}

/// What [`super::begin`] achieved. `doctor` prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Achieved {
    results: Vec<(Measure, Result<(), HardenError>)>,
}

impl Achieved {
    pub(super) fn new(results: Vec<(Measure, Result<(), HardenError>)>) -> Self {
        Self { results }
    }

    /// Every measure with its result, in the order in which they were taken.
    pub fn results(&self) -> impl Iterator<Item = (Measure, Result<(), &HardenError>)> {
        self.results
            .iter()
            .map(|(measure, result)| (*measure, result.as_ref().copied()))
    }

    /// Whether a measure was achieved.
    #[must_use]
    pub fn has(&self, measure: Measure) -> bool {
        self.results()
            .any(|(each, result)| each == measure && result.is_ok())
    }
}

/// One line a measure: `yes` or `no`, the statement, and for `no` the reason.
impl fmt::Display for Achieved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.results()
            .try_for_each(|(measure, result)| match result {
                Ok(()) => writeln!(f, "yes  {}", measure.statement()),
                Err(reason) => writeln!(f, "no   {}: {reason}", measure.statement()),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_measure_says_why_it_failed() {
        let achieved = Achieved::new(vec![
            (Measure::NoCoreFile, Ok(())),
            (
                Measure::NoSwap,
                Err(HardenError::LockLimit { allowed: 8_388_608 }),
            ),
        ]);
        assert!(achieved.has(Measure::NoCoreFile) && !achieved.has(Measure::NoSwap));
        assert_eq!(
            achieved.to_string(),
            "yes  no core file is written\nno   its memory is never swapped to the disk: only \
                8388608 bytes of memory may be \
             locked, all of it is needed (systemd: LimitMEMLOCK=infinity)\n"
        );
    }

    #[test]
    fn a_measure_that_was_not_tried_is_not_achieved() {
        let achieved = Achieved::new(Vec::new());
        assert!(
            !Measure::ALL
                .into_iter()
                .any(|measure| achieved.has(measure))
        );
    }
}
