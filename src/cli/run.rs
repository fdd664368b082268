//! From arguments to verbs: each command in a few lines.

use super::arguments::{Arguments, Catalogue, Clock, Command, Global, Key, System, Wallet};
use super::console::{CliError, Console, Exit};
use super::{entropy, listing, parse, passphrase, process};
use crate::licence::LicenceKey;
use crate::ops::system::Selection;
use crate::ops::{self, Access, OpsError, Session, Signer};
use crate::policy::record::event::Event;
use crate::policy::record::wallet;
use crate::spool::Spool;
use clap::CommandFactory;
use serde_json::json;
use std::io::{ErrorKind, Write};

/// What every command needs.
pub(super) struct Desk<'a> {
    pub(super) global: &'a Global,
    pub(super) console: Console,
    pub(super) name: &'static str,
}

impl Desk<'_> {
    pub(super) fn open(&self, access: Access) -> Result<Signer, CliError> {
        let secret = passphrase::get(self.global)?;
        let clock = entropy::clock()?;
        let signer = Signer::open(&self.global.vault, &secret, access, self.name, clock)?;
        if let Some(warning) = signer
            .clock_warning(clock)?
            .filter(|_| access == Access::Reading)
        {
            self.console.say(&format!(
                "warning: {warning}; what is shown is the state as it was recorded"
            ));
        }
        Ok(signer)
    }

    pub(super) fn spool(&self) -> Result<Spool, CliError> {
        Ok(Spool::open(&self.global.spool).map_err(OpsError::from)?)
    }
}

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
    match &arguments.command {
        Command::Init { operator } => init(&desk("init"), operator),
        Command::Process {
            organization,
            settle,
        } => process::process(&desk("process"), organization.as_deref(), *settle),
        Command::Exchange {
            medium,
            organization,
            trust_folders,
            settle,
        } => super::exchange::exchange(
            &desk("exchange"),
            medium,
            organization.as_deref(),
            *trust_folders,
            *settle,
        ),
        Command::Watch { rescan, settle } => super::watch::watch(&desk("watch"), *rescan, *settle),
        Command::Catalogue(command) => catalogue(&desk("catalogue"), command),
        Command::Key(command) => key(&desk("key"), command),
        Command::Wallet(command) => wallet(&desk("wallet"), command),
        Command::Subscription(command) => super::subscription::run(&desk("subscription"), command),
        Command::Hardware(command) => super::hardware::hardware(&desk("hardware"), command),
        Command::System(command) => system(&desk("system"), command),
        Command::Activation(command) => super::activation::activation(&desk("activation"), command),
        Command::Refresh { yes } => super::issue::refresh(&desk("refresh"), *yes),
        Command::History(command) => super::history::history(&desk("history"), command),
        Command::Report(command) => super::report::run(&desk("report"), command),
        Command::Clock(Clock::Accept { reason }) => clock(&desk("clock"), reason),
        Command::Inspect {
            what,
            without_vault,
        } => super::inspect::inspect(&desk("inspect"), what, *without_vault),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Arguments::command(), "keyspool", &mut script);
            std::io::stdout()
                .write_all(&script)
                .map_err(CliError::Output)?;
            Ok(Exit::Done)
        }
        Command::Man => man(),
    }
}

fn man() -> Result<Exit, CliError> {
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

fn init(desk: &Desk<'_>, operator: &str) -> Result<Exit, CliError> {
    let secret = passphrase::get_new(desk.global)?;
    let (vault, spool) = (&desk.global.vault, &desk.global.spool);
    let first = ops::init::First {
        passphrase: &secret,
        operator,
        clock: entropy::clock()?,
        origin: entropy::origin()?,
    };
    let root = ops::init::init(vault, spool, &first)?;
    let text = data_encoding::BASE64.encode(&root);
    let key_id = crate::wire::hash::key_id(&root);
    desk.console.say(&format!(
        "made the vault {} and the spool {}",
        vault.display(),
        spool.display()
    ));
    desk.console.say(
        "back the vault's folder up, and keep its passphrase apart from it; devices \
        pin the root public key",
    );
    desk.console.give(
        &json!({"root_public_key": text, "key_id": key_id}),
        &[format!("root public key: {text}")],
    )?;
    Ok(Exit::Done)
}

fn catalogue(desk: &Desk<'_>, command: &Catalogue) -> Result<Exit, CliError> {
    match command {
        Catalogue::Apply {
            file,
            withdraw,
            yes,
        } => {
            let path = file.clone();
            let text = std::fs::read_to_string(file).map_err(|source| match source.kind() {
                ErrorKind::InvalidData => OpsError::NotText { path },
                _ => OpsError::Io { path, source },
            })?;
            let signer = desk.open(Access::Changing)?;
            let session = Session::begin(&signer, entropy::clock()?)?;
            let Some(change) = ops::catalogue::plan(&session, &text, *withdraw)? else {
                desk.console
                    .say("the catalogue is in force already: nothing changed");
                desk.console.give(&json!({"changes": []}), &[])?;
                return Ok(Exit::Done);
            };
            desk.console.confirm(&change.lines, *yes)?;
            ops::catalogue::apply(session, &change)?;
            desk.console.give(
                &json!({"changes": change.lines}),
                &["the catalogue is in force".to_owned()],
            )?;
        }
        Catalogue::Show => {
            let shown = ops::catalogue::show(&desk.open(Access::Reading)?, entropy::clock()?)?;
            desk.console
                .give(&json!(shown), &listing::catalogue(&shown))?;
        }
    }
    Ok(Exit::Done)
}

fn key(desk: &Desk<'_>, command: &Key) -> Result<Exit, CliError> {
    match command {
        Key::Mint {
            product,
            licences,
            count,
            organization,
        } => mint(desk, product, licences, *count, organization.as_deref()),
        Key::List => {
            let keys = ops::key::list(&desk.open(Access::Reading)?, entropy::clock()?)?;
            desk.console
                .give(&json!({"keys": keys}), &listing::keys(&keys))?;
            Ok(Exit::Done)
        }
        Key::Void { key, reason, yes } => {
            let id = parse::key_id(key)?;
            let signer = desk.open(Access::Changing)?;
            let mut session = Session::begin(&signer, entropy::clock()?)?;
            let (event, out_of_reach) = ops::key::plan_void(&session, &id, reason)?;
            desk.console.confirm(
                &[
                    leaves_wallet(&event),
                    format!("then it is void for good; out of reach: {out_of_reach}"),
                ],
                *yes,
            )?;
            session.record(&event)?;
            session.commit()?;
            desk.console.give(
                &json!({"key": id, "out_of_reach": out_of_reach}),
                &[format!("{id} is void")],
            )?;
            Ok(Exit::Done)
        }
    }
}

/// What becomes of a licence key that is taken out of a wallet.
fn leaves_wallet(event: &Event) -> String {
    let (key, organization, lots) = match event {
        Event::KeyVoided {
            key,
            organization,
            removed,
            ..
        } => (key, organization.as_ref(), removed),
        Event::KeyUnredeemed {
            key,
            organization,
            lots,
            ..
        } => (key, Some(organization), lots),
        _ => return String::new(),
    };
    match organization {
        Some(id) => format!(
            "licence key {key}: {} leave the wallet of {id}",
            wallet::counts(lots).unwrap_or_default()
        ),
        None => format!("licence key {key} is unused"),
    }
}

fn mint(
    desk: &Desk<'_>,
    product: &str,
    licences: &[String],
    count: usize,
    organization: Option<&str>,
) -> Result<Exit, CliError> {
    if count == 0 || count > ops::key::MAX_KEYS {
        let what = format!("{count} keys, 1 to {} are allowed", ops::key::MAX_KEYS);
        return Err(CliError::usage(what, "mint them in several commands"));
    }
    let product = parse::identifier("product", product)?;
    let licences = parse::licences(licences)?;
    let organization = organization
        .map(|id| parse::identifier("organization", id))
        .transpose()?;
    let keys = (0..count)
        .map(|_| entropy::licence_key())
        .collect::<Result<Vec<LicenceKey>, _>>()?;
    let signer = desk.open(Access::Changing)?;
    let minting = ops::key::Minting {
        product: &product,
        organization: organization.as_ref(),
        licences: &licences,
    };
    ops::key::mint(&signer, entropy::clock()?, &minting, &keys)?;
    let shown: Vec<_> = keys
        .iter()
        .map(|key| json!({"key": key.reveal(), "product": product, "licences": licences}))
        .collect();
    let lines: Vec<String> = keys.iter().map(LicenceKey::reveal).collect();
    desk.console.say(&format!(
        "{count} licence key(s) of {product}, each worth {licences}; they are shown only now"
    ));
    desk.console.give(&json!({"keys": shown}), &lines)?;
    Ok(Exit::Done)
}

fn wallet(desk: &Desk<'_>, command: &Wallet) -> Result<Exit, CliError> {
    match command {
        Wallet::Redeem { organization, keys } => super::redeem::redeem(desk, organization, keys),
        Wallet::Unredeem { key, reason, yes } => {
            let id = parse::key_id(key)?;
            let signer = desk.open(Access::Changing)?;
            let mut session = Session::begin(&signer, entropy::clock()?)?;
            let event = ops::wallet::plan_unredeem(&session, &id, reason)?;
            desk.console.confirm(
                &[
                    leaves_wallet(&event),
                    "then it is unused, and can be redeemed again".to_owned(),
                ],
                *yes,
            )?;
            session.record(&event)?;
            session.commit()?;
            desk.console
                .give(&json!({"key": id}), &[format!("{id} is unused again")])?;
            Ok(Exit::Done)
        }
        Wallet::Show { organization } => {
            let organization = parse::identifier("organization", organization)?;
            let lots = ops::wallet::show(
                &desk.open(Access::Reading)?,
                entropy::clock()?,
                &organization,
            )?;
            desk.console.give(
                &json!({"organization": organization, "lots": lots}),
                &listing::lots(&lots),
            )?;
            Ok(Exit::Done)
        }
    }
}

fn system(desk: &Desk<'_>, command: &System) -> Result<Exit, CliError> {
    let clock = entropy::clock()?;
    match command {
        System::List {
            waiting,
            organization,
            product,
            state,
            plan,
        } => {
            let selection = Selection {
                organization: organization
                    .as_deref()
                    .map(|id| parse::identifier("organization", id))
                    .transpose()?,
                product: product
                    .as_deref()
                    .map(|id| parse::identifier("product", id))
                    .transpose()?,
                state: state.clone(),
                plan: plan.clone(),
            };
            let signer = desk.open(Access::Reading)?;
            if *waiting {
                let waiting = ops::system::waiting(&signer, clock, &selection)?;
                desk.console
                    .give(&json!({"waiting": waiting}), &listing::waiting(&waiting))?;
            } else {
                let systems = ops::system::list(&signer, clock, &selection)?;
                desk.console
                    .give(&json!({"systems": systems}), &listing::systems(&systems))?;
            }
        }
        System::Show { computer_id } => {
            let id = parse::computer_id(computer_id)?;
            let shown = ops::system::show(&desk.open(Access::Reading)?, clock, id)?;
            desk.console.give(&json!(shown), &listing::system(&shown))?;
        }
    }
    Ok(Exit::Done)
}

fn clock(desk: &Desk<'_>, reason: &str) -> Result<Exit, CliError> {
    let signer = desk.open(Access::Changing)?;
    let accepted = ops::order::accept_clock(&signer, entropy::clock()?, reason)?;
    let line = if accepted {
        "the clock is accepted"
    } else {
        "the clock needs no accepting"
    };
    desk.console
        .give(&json!({"accepted": accepted}), &[line.to_owned()])?;
    Ok(Exit::Done)
}
