//! The roles of the child processes.

use std::ffi::{OsStr, OsString};

/// What a child process of the program is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Starts, watches and ends workers.
    Supervisor,
    /// Decodes one picture.
    Worker,
}

impl Role {
    /// The role that a program's arguments name: the second of exactly two.
    #[must_use]
    pub fn of(arguments: impl IntoIterator<Item = OsString>) -> Option<Self> {
        let mut arguments = arguments.into_iter().skip(1);
        let role = arguments.next()?;
        let known = [Self::Supervisor, Self::Worker]
            .into_iter()
            .find(|known| role == known.argument());
        known.filter(|_| arguments.next().is_none())
    }

    /// The argument that gives this role.
    pub(super) fn argument(self) -> &'static OsStr {
        OsStr::new(match self {
            Self::Supervisor => "scan-supervisor",
            Self::Worker => "scan-worker",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_a_lone_argument() {
        let of = |arguments: &[&str]| Role::of(arguments.iter().map(OsString::from));
        assert_eq!(of(&["keyspool", "scan-supervisor"]), Some(Role::Supervisor));
        assert_eq!(of(&["keyspool", "scan-worker"]), Some(Role::Worker));
        for other in [
            &["keyspool"][..],
            &[],
            &["scan-worker"],
            &["keyspool", "process"],
            &["keyspool", "scan-worker", "x"],
        ] {
            assert_eq!(of(other), None, "{other:?}");
        }
    }
}
