//! How the tool speaks: data on stdout, talk on stderr, nothing that could steer a terminal.

use super::error::AgentError;
use crate::licence::identifier::is_control_or_format;
use crate::words::escape::for_terminal;
use serde::Serialize;
use std::io::{self, BufRead, IsTerminal, Write};

/// Where the words go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Output {
    /// One JSON document on stdout instead of words.
    pub(super) json: bool,
    /// No talk.
    pub(super) quiet: bool,
}

#[derive(Serialize)]
struct Failure<'a> {
    error: FailureText<'a>,
}

#[derive(Serialize)]
struct FailureText<'a> {
    code: &'a str,
    message: &'a str,
    hint: Option<&'a str>,
}

impl Output {
    /// Lines for stdout, each escaped; with `--json` nothing.
    ///
    /// # Errors
    /// [`AgentError::System`] where stdout takes no more: output that is cut short is a failure.
    pub(super) fn lines(self, lines: &[String]) -> Result<(), AgentError> {
        if self.json {
            return Ok(());
        }
        let text: String = lines
            .iter()
            .flat_map(|line| [escaped(line), "\n".to_owned()])
            .collect();
        self.raw(text.as_bytes())
    }

    /// Bytes for stdout as they are: a document, or a drawing of our own.
    ///
    /// # Errors
    /// [`AgentError::System`].
    pub(super) fn raw(self, bytes: &[u8]) -> Result<(), AgentError> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(bytes)?;
        Ok(stdout.flush()?)
    }

    /// The document of `--json`, on one line; without `--json` nothing.
    ///
    /// # Errors
    /// [`AgentError::System`].
    pub(super) fn json(self, document: &impl Serialize) -> Result<(), AgentError> {
        if !self.json {
            return Ok(());
        }
        let text = serde_json::to_string(document).map_err(io::Error::from)?;
        self.raw(format!("{}\n", escaped_json(&text)).as_bytes())
    }

    /// One line for stderr.
    pub(super) fn talk(self, line: &str) {
        if !self.quiet {
            // A closed stderr is no failure.
            let _ = writeln!(io::stderr(), "{}", escaped(line));
        }
    }

    /// What went wrong, in the same voice for people and programs.
    pub(super) fn failure(self, code: &str, message: &str, hint: Option<&str>) {
        if self.json {
            let failure = Failure {
                error: FailureText {
                    code,
                    message,
                    hint,
                },
            };
            // The exit code says it too.
            let _ = self.json(&failure);
            return;
        }
        let _ = writeln!(io::stderr(), "error: {}", escaped(message));
        if let Some(hint) = hint {
            let _ = writeln!(io::stderr(), "hint: {}", escaped(hint));
        }
    }

    /// Asks at the terminal; only the word `yes` counts as a yes.
    ///
    /// # Errors
    /// [`AgentError::NobodyToAsk`] where stdin or stderr is no terminal; [`AgentError::Declined`].
    pub(super) fn ask(self, question: &str) -> Result<(), AgentError> {
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return Err(AgentError::NobodyToAsk);
        }
        write!(io::stderr(), "{} [yes/no] ", escaped(question))?;
        let mut typed = String::new();
        io::stdin().lock().read_line(&mut typed)?;
        if typed.trim().eq_ignore_ascii_case("yes") {
            Ok(())
        } else {
            Err(AgentError::Declined)
        }
    }
}

/// The line as it is, unless something in it could steer a terminal. What was escaped before stays
/// as it is.
fn escaped(line: &str) -> String {
    if line.chars().any(is_control_or_format) {
        for_terminal(line)
    } else {
        line.to_owned()
    }
}

/// The same JSON with every control and format character as `\uNNNN`: they stand in strings only.
fn escaped_json(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if is_control_or_format(c) {
            c.encode_utf16(&mut [0; 2])
                .iter()
                .for_each(|unit| safe.push_str(&format!("\\u{unit:04x}")));
        } else {
            safe.push(c);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_escaped_and_stays_the_same() {
        let value = serde_json::json!({ "name": "a\u{1b}[2J\u{9b}m\u{202e}\u{e0041} 東\n" });
        let text = escaped_json(&value.to_string());
        assert!(!text.chars().any(is_control_or_format));
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&text).expect("JSON"),
            value
        );
    }

    #[test]
    fn escapes_are_not_doubled() {
        assert_eq!(escaped(r"a\xff"), r"a\xff");
        assert_eq!(escaped("a\u{1b}"), r"a\x1b");
    }
}
