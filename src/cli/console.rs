//! The voice: data on stdout, talk on stderr; one line, lower case, then `hint:` with one action.

use super::discretion::without_keys;
use super::no_file::NoFile;
use crate::ops::OpsError;
use crate::words::escape::for_terminal;
use serde_json::json;
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::PathBuf;

/// How a command that did not fail ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All is done.
    Done,
    /// Done, and some requests were refused.
    SomeRefused,
    /// A finding that is bad, already shown.
    Bad,
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// A verb says why.
    #[error(transparent)]
    Ops(#[from] OpsError),
    /// Something typed is not what it should be.
    #[error("{what}")]
    Usage {
        /// What was found against what is allowed.
        what: String,
        /// One action.
        hint: String,
    },
    /// Nobody is there to ask.
    #[error("{what}")]
    NobodyToAsk {
        /// What would have been asked.
        what: String,
        /// One action.
        hint: String,
    },
    /// The operator said no.
    #[error("not confirmed: nothing was changed")]
    NotConfirmed,
    /// What is to be inspected is no file.
    #[error("{} is {found}, a file is allowed", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
        /// What stands there.
        found: NoFile,
    },
    /// Standard input is no text.
    #[error("standard input is not UTF-8 text")]
    InputNotText,
    /// Standard input, or the terminal, cannot be read.
    #[error("standard input cannot be read: {0}")]
    Input(std::io::Error),
    /// The system does not let this process hear its signals.
    #[error("the signals that end this process cannot be heard: {0}")]
    Signals(std::io::Error),
    /// The program itself failed: a thread that could not be started, or a defect.
    #[error("the program stopped in the middle: {0}")]
    Stopped(String),
    /// The result could not be written out.
    #[error("the output cannot be written: {0}")]
    Output(std::io::Error),
}

impl CliError {
    pub(super) fn usage(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage {
            what: what.into(),
            hint: hint.into(),
        }
    }

    /// What reading standard input as text says.
    pub(super) fn input(error: std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::InvalidData => Self::InputNotText,
            _ => Self::Input(error),
        }
    }

    /// Whether the reader of the output went away.
    #[must_use]
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == ErrorKind::BrokenPipe)
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Ops(error) => error.code(),
            Self::Usage { .. } | Self::InputNotText => "usage",
            Self::NobodyToAsk { .. } => "no-terminal",
            Self::NotConfirmed => "not-confirmed",
            Self::NotAFile { .. } => "file",
            Self::Input(_) => "input",
            Self::Signals(_) => "signals",
            Self::Stopped(_) => "stopped",
            Self::Output(_) => "output",
        }
    }

    fn hint(&self) -> String {
        match self {
            Self::Ops(error) => error.hint(),
            Self::Usage { hint, .. } | Self::NobodyToAsk { hint, .. } => hint.clone(),
            Self::NotConfirmed => "run it again and answer yes, or say --yes".to_owned(),
            Self::Stopped(_) => {
                "raise the limits of threads and memory if they are low, and start again: what was \
                    committed is completed then"
                    .to_owned()
            }
            Self::NotAFile { found, .. } => found.hint().to_owned(),
            Self::InputNotText => "pass plain text, one item a line".to_owned(),
            Self::Input(_) => "check where the input comes from".to_owned(),
            Self::Signals(_) => "raise the limit of open files, and start again".to_owned(),
            Self::Output(_) => "check where the output goes".to_owned(),
        }
    }
}

/// Where a command speaks.
#[derive(Debug, Clone, Copy)]
pub struct Console {
    /// One JSON document on stdout.
    pub json: bool,
    /// Nothing but errors on stderr.
    pub quiet: bool,
}

impl Console {
    /// Talk: one line on stderr. Text from outside is escaped.
    pub fn say(&self, line: &str) {
        if !self.quiet {
            // A reader who is gone misses the talk and nothing else.
            drop(writeln!(std::io::stderr(), "{}", for_terminal(line)));
        }
    }

    /// Data: the JSON document, or its lines for people.
    ///
    /// # Errors
    /// [`CliError::Output`].
    pub fn give(&self, json: &serde_json::Value, lines: &[String]) -> Result<(), CliError> {
        let mut out = std::io::stdout().lock();
        if self.json {
            writeln!(out, "{json}").map_err(CliError::Output)?;
        } else {
            for line in lines {
                writeln!(out, "{}", for_terminal(line)).map_err(CliError::Output)?;
            }
        }
        out.flush().map_err(CliError::Output)
    }

    /// Data: a JSON document that `write` writes, since it may be very long.
    ///
    /// # Errors
    /// [`CliError::Output`].
    pub fn give_raw(
        &self,
        write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) -> Result<(), CliError> {
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        write(&mut out)
            .and_then(|()| writeln!(out))
            .and_then(|()| out.flush())
            .map_err(CliError::Output)
    }

    /// The error: on stderr for people; with `--json` as the one document on stdout.
    pub fn fail(&self, error: &CliError) {
        let (message, hint) = (
            without_keys(&error.to_string()),
            without_keys(&error.hint()),
        );
        if self.json {
            let document = json!({
                "error": {"code": error.code(), "message": message, "hint": hint}
            });
            drop(writeln!(std::io::stdout(), "{document}"));
        }
        Self::tell_failed(&message, &hint);
    }

    /// An error for people alone; the document says what was done all the same.
    pub fn tell_failed(message: &str, hint: &str) {
        let (message, hint) = (
            for_terminal(&as_phrase(message)),
            for_terminal(&as_phrase(hint)),
        );
        drop(writeln!(
            std::io::stderr(),
            "error: {message}\nhint: {hint}"
        ));
    }

    /// Shows a change and asks; without a terminal only `--yes` will do.
    ///
    /// # Errors
    /// [`CliError::NobodyToAsk`], [`CliError::NotConfirmed`].
    pub fn confirm(&self, change: &[String], yes: bool) -> Result<(), CliError> {
        change.iter().for_each(|line| self.say(line));
        if yes {
            return Ok(());
        }
        if !std::io::stdin().is_terminal() {
            let what =
                "this command asks before it changes anything, and there is no terminal".to_owned();
            return Err(CliError::NobodyToAsk {
                what,
                hint: "look at the change, then say --yes".to_owned(),
            });
        }
        drop(write!(std::io::stderr(), "go on? [y/N] "));
        let mut answer = String::new();
        std::io::stdin()
            .read_line(&mut answer)
            .map_err(CliError::input)?;
        if matches!(answer.trim(), "y" | "Y" | "yes") {
            Ok(())
        } else {
            Err(CliError::NotConfirmed)
        }
    }
}

/// A sentence of a refusal as the command line speaks: lower case, no full stop.
fn as_phrase(sentence: &str) -> String {
    let mut chars = sentence.trim_end_matches('.').chars();
    let first = chars
        .next()
        .map(|c| c.to_lowercase().to_string())
        .unwrap_or_default();
    // A name that begins with capitals stays.
    if chars.clone().next().is_some_and(char::is_uppercase) {
        sentence.to_owned()
    } else {
        first + chars.as_str()
    }
}
