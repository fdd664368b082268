//! `man` and `completions`: what the help texts become elsewhere.

use super::arguments::Arguments;
use super::console::{CliError, Exit};
use clap::CommandFactory;
use std::io::Write;

/// `completions`: the completions of a shell.
///
/// # Errors
/// [`CliError::Output`].
pub(super) fn completions(shell: clap_complete::Shell) -> Result<Exit, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "keyspool", &mut script);
    std::io::stdout()
        .write_all(&script)
        .map_err(CliError::Output)?;
    Ok(Exit::Done)
}

/// `man`: the manual page.
///
/// # Errors
/// [`CliError::Output`].
pub(super) fn man() -> Result<Exit, CliError> {
    let mut command = Arguments::command();
    command.build();
    man_of(&command, &mut std::io::stdout()).map_err(CliError::Output)?;
    Ok(Exit::Done)
}

/// The page of a command, then those of its subcommands.
fn man_of(command: &clap::Command, out: &mut impl Write) -> std::io::Result<()> {
    clap_mangen::Man::new(command.clone()).render(out)?;
    command
        .get_subcommands()
        .filter(|sub| sub.get_name() != "help")
        .try_for_each(|sub| man_of(sub, out))
}
