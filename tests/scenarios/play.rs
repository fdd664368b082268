//! Plays scenarios, step by step, and tells where one differs from the table.

use crate::by_commands::Counter;
use crate::by_rules::Desk;
use crate::seen::{Eyes, check};
use crate::table::{By, Scenario, Step};
use crate::words::{Action, Outcome, Statement};
use keyspool::licence::{Counts, Day};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What came of an action.
#[derive(Debug)]
pub(crate) enum Said {
    Word(String),
    /// The code, and the message where one was said.
    Refused(String, Option<String>),
}

impl Said {
    pub(crate) fn done() -> Self {
        Self::Word("done".into())
    }
}

/// A signer that scenarios are played on.
pub(crate) trait Player: Eyes {
    /// A day begins, or goes on.
    fn on(&mut self, day: Day);
    fn act(&mut self, action: &Action) -> Said;
    /// What must hold after every scenario (LICENSING section 16).
    fn finish(&mut self);
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum On {
    Rules,
    Commands,
}

/// Plays the scenarios that are to be played there; gives how many, or every difference with its
/// file and line.
pub(crate) fn play(scenarios: &[Scenario], on: On) -> Result<usize, String> {
    let is_played = |by: By| {
        by == By::Both
            || by
                == if on == On::Rules {
                    By::Rules
                } else {
                    By::Commands
                }
    };
    let played: Vec<&Scenario> = scenarios
        .iter()
        .filter(|scenario| is_played(scenario.by))
        .collect();
    let mut differences = Vec::new();
    for scenario in &played {
        if let Err(difference) = play_one(scenario, on) {
            differences.push(format!(
                "{difference}\n    in `{}`, {}",
                scenario.title, scenario.place
            ));
        }
    }
    if differences.is_empty() {
        Ok(played.len())
    } else {
        Err(differences.join("\n"))
    }
}

fn play_one(scenario: &Scenario, on: On) -> Result<(), String> {
    let first = scenario
        .steps
        .first()
        .map(|step| step.day)
        .ok_or("no step")?;
    let mut player: Box<dyn Player> = match on {
        On::Rules => Box::new(Desk::new(&scenario.products, first)),
        On::Commands => Box::new(Counter::new(&scenario.products, first)),
    };
    for step in &scenario.steps {
        let played = catch_unwind(AssertUnwindSafe(|| play_step(step, &mut *player)));
        played
            .map_err(in_words)
            .and_then(|result| result)
            .map_err(|why| format!("{}: {}: {why}", step.place, step.text))?;
    }
    catch_unwind(AssertUnwindSafe(|| player.finish())).map_err(in_words)
}

fn in_words(panic: Box<dyn Any + Send>) -> String {
    let text = panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    text.unwrap_or_else(|| "a panic".into())
}

fn play_step(step: &Step, player: &mut dyn Player) -> Result<(), String> {
    player.on(step.day);
    let ids_before = ids(step, player);
    if !matches!(step.action, Action::Look) {
        let said = player.act(&step.action);
        compare(&step.outcome, &said)?;
    }
    for statement in &step.then {
        check(statement, player)?;
    }
    if ids(step, player) == ids_before {
        Ok(())
    } else {
        Err("an id is another than before".into())
    }
}

/// The activation ids of the devices that keep theirs.
fn ids(step: &Step, player: &dyn Player) -> Vec<Option<String>> {
    let keeps = step.then.iter().filter_map(|statement| match statement {
        Statement::KeepsId(device) => Some(device),
        _ => None,
    });
    keeps
        .map(|device| player.system(device).map(|system| system.id))
        .collect()
}

fn compare(expected: &Outcome, said: &Said) -> Result<(), String> {
    match (expected, said) {
        (Outcome::Said(word), Said::Word(found)) if word == found => Ok(()),
        (Outcome::Refused { code, missing }, Said::Refused(found, message))
            if code.as_str() == found =>
        {
            let Some(missing) = missing else {
                return Ok(());
            };
            let message = message
                .as_deref()
                .ok_or("no message says what is missing")?;
            names(message, missing)
        }
        _ => Err(format!("expected {expected:?}, found {said:?}")),
    }
}

/// Messages name what is missing last: `...: 8 core, 1 universal.`
fn names(message: &str, missing: &Counts) -> Result<(), String> {
    let ending = format!(": {missing}.");
    if message.ends_with(&ending) {
        Ok(())
    } else {
        Err(format!("expected `{ending}` at the end of `{message}`"))
    }
}
