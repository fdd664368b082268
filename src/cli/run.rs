//! From arguments to commands.

use super::arguments::{Arguments, Command};
use super::console::{CliError, Console, Exit};
use super::desk::Desk;
use super::{
    activation, catalogue, clock, exchange, hardware, history, init, inspect, issue, key, manual,
    process, report, subscription, system, wallet, watch,
};

/// Carries a command out.
///
/// # Errors
/// [`CliError`] with its exit code; nothing is half-done then.
pub fn run(arguments: &Arguments) -> Result<Exit, CliError> {
    let global = &arguments.global;
    let console = Console {
        json: global.json,
        quiet: global.quiet,
    };
    let desk = |name| Desk {
        global,
        console,
        name,
    };
    if !matches!(
        arguments.command,
        Command::Completions { .. } | Command::Man
    ) {
        super::entropy::check()?;
    }
    match &arguments.command {
        Command::Init { operator } => init::init(&desk("init"), operator),
        Command::Process {
            organization,
            settle,
        } => process::process(&desk("process"), organization.as_deref(), *settle),
        Command::Exchange {
            medium,
            organization,
            trust_folders,
            settle,
        } => exchange::exchange(
            &desk("exchange"),
            medium,
            organization.as_deref(),
            *trust_folders,
            *settle,
        ),
        Command::Watch { rescan, settle } => watch::watch(&desk("watch"), *rescan, *settle),
        Command::Catalogue(command) => catalogue::catalogue(&desk("catalogue"), command),
        Command::Key(command) => key::key(&desk("key"), command),
        Command::Wallet(command) => wallet::wallet(&desk("wallet"), command),
        Command::Subscription(command) => subscription::run(&desk("subscription"), command),
        Command::Hardware(command) => hardware::hardware(&desk("hardware"), command),
        Command::System(command) => system::system(&desk("system"), command),
        Command::Activation(command) => activation::activation(&desk("activation"), command),
        Command::Refresh { yes } => issue::refresh(&desk("refresh"), *yes),
        Command::History(command) => history::history(&desk("history"), command),
        Command::Report(command) => report::run(&desk("report"), command),
        Command::Clock(command) => clock::clock(&desk("clock"), command),
        Command::Inspect {
            what,
            without_vault,
        } => inspect::inspect(&desk("inspect"), what, *without_vault),
        Command::Completions { shell } => manual::completions(*shell),
        Command::Man => manual::man(),
    }
}
