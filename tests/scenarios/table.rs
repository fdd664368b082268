//! The table of scenarios as it stands in `fixtures/scenarios`: read line by line, and nothing that
//! is not understood passes.

use crate::words::{Action, Outcome, Statement, Words};
use keyspool::licence::Day;
use std::fmt::Write as _;
use std::path::Path;

/// A rule, played from an empty signer.
#[derive(Debug)]
pub(crate) struct Scenario {
    /// The rule in one sentence.
    pub(crate) title: String,
    /// File and line of the title.
    pub(crate) place: String,
    /// Whom to ask: the rules themselves, the command line, or both.
    pub(crate) by: By,
    /// Products with their settings, the first of which is meant where none is named.
    pub(crate) products: Vec<Product>,
    pub(crate) steps: Vec<Step>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Rules,
    Both,
    Commands,
}

/// A product: its id and the members of its JSON, in the order of the file.
#[derive(Debug, Clone)]
pub(crate) struct Product {
    pub(crate) id: &'static str,
    pub(crate) settings: Vec<(String, String)>,
}

#[derive(Debug)]
pub(crate) struct Step {
    /// File and line.
    pub(crate) place: String,
    pub(crate) day: Day,
    /// The action as it is written.
    pub(crate) text: String,
    pub(crate) action: Action,
    pub(crate) outcome: Outcome,
    pub(crate) then: Vec<Statement>,
}

impl Product {
    /// Sets one setting over what stands there.
    fn set(&mut self, name: &str, value: String) {
        match self.settings.iter_mut().find(|(known, _)| known == name) {
            Some(setting) => setting.1 = value,
            None => self.settings.push((name.to_owned(), value)),
        }
    }

    /// Settings as people write them: `grace_days 0; notify_days 60, 30; emergency count 1 days 7`.
    pub(crate) fn read_settings(&mut self, text: &str) -> Result<(), String> {
        for setting in text.split(';').map(str::trim) {
            let (name, value) = setting
                .split_once(' ')
                .ok_or_else(|| format!("`{setting}` has no value"))?;
            self.set(name, json_of(name, value.trim())?);
        }
        Ok(())
    }

    pub(crate) fn json(&self) -> String {
        let mut text = format!(r#"{{"id":"{}","name":"{}""#, self.id, self.id);
        for (name, value) in &self.settings {
            write!(text, r#","{name}":{value}"#).expect("a string takes it");
        }
        text + "}"
    }
}

/// The JSON of a setting: a number, a word, a list, or `count N days N`.
fn json_of(name: &str, value: &str) -> Result<String, String> {
    let items: Vec<&str> = value.split(',').map(str::trim).collect();
    let is_word = |item: &str| {
        !item.is_empty()
            && item
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    let one = |item: &str| match item {
        "true" | "false" => Ok(item.to_owned()),
        number if number.bytes().all(|b| b.is_ascii_digit()) => Ok(number.to_owned()),
        word if is_word(word) => Ok(format!("\"{word}\"")),
        other => Err(format!("`{other}` is no value of `{name}`")),
    };
    let listed: Vec<String> = match (name, value.split(' ').collect::<Vec<_>>()[..].as_ref()) {
        (_, ["count", count, "days", days]) => {
            return Ok(format!(
                r#"{{"count":{},"days":{}}}"#,
                one(count)?,
                one(days)?
            ));
        }
        ("licence_types", _) => items
            .iter()
            .map(|id| one(id).map(|id| format!(r#"{{"id":{id},"name":{id}}}"#)))
            .collect::<Result<_, _>>()?,
        ("notify_days" | "fingerprint_ignore", _) => items
            .iter()
            .map(|item| one(item))
            .collect::<Result<_, _>>()?,
        _ => return one(value),
    };
    Ok(format!("[{}]", listed.join(",")))
}

/// Every scenario of every Markdown file beside the README, in the order of the names.
pub(crate) fn read_folder(folder: &Path) -> Result<Vec<(String, Vec<Scenario>)>, String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .map_err(|error| format!("{}: {error}", folder.display()))?
        .map(|entry| {
            entry
                .expect("a folder that can be read")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| name != "README.md")
        .collect();
    names.sort();
    let mut families = Vec::new();
    for name in names {
        families.push((name.clone(), read_file(folder, &name)?));
    }
    Ok(families)
}

/// The scenarios of one file.
pub(crate) fn read_file(folder: &Path, name: &str) -> Result<Vec<Scenario>, String> {
    let text =
        std::fs::read_to_string(folder.join(name)).map_err(|error| format!("{name}: {error}"))?;
    read(name, text.leak())
}

/// The scenarios of a file's text; it lives as long as the tests.
pub(crate) fn read(name: &str, text: &'static str) -> Result<Vec<Scenario>, String> {
    let mut reader = Reader {
        defaults: Vec::new(),
        scenarios: Vec::new(),
        header: 0,
        has_section: false,
        has_title: false,
    };
    for (index, line) in text.lines().enumerate() {
        let place = format!("{name}:{}", index + 1);
        reader
            .line(line.trim_end(), &place)
            .map_err(|error| format!("{place}: {error}"))?;
    }
    reader.end().map_err(|error| format!("{name}: {error}"))?;
    Ok(reader.scenarios)
}

struct Reader {
    defaults: Vec<Product>,
    scenarios: Vec<Scenario>,
    /// How many of the two lines above a table were seen.
    header: usize,
    has_section: bool,
    has_title: bool,
}

impl Reader {
    fn line(&mut self, line: &'static str, place: &str) -> Result<(), String> {
        if line.is_empty() || line.starts_with("> ") {
            return Ok(());
        }
        if let Some(title) = line.strip_prefix("## ") {
            self.end()?;
            (self.header, self.has_section) = (0, false);
            let (title, place, products) =
                (title.to_owned(), place.to_owned(), self.defaults.clone());
            self.scenarios.push(Scenario {
                title,
                place,
                by: By::Rules,
                products,
                steps: Vec::new(),
            });
            return Ok(());
        }
        match line.as_bytes()[0] {
            b'#' if line.starts_with("# ") && !self.has_title => self.has_title = true,
            b'-' => self.product(line)?,
            b'L' if line.starts_with("LICENSING ") => self.section(line)?,
            b'|' => self.row(line, place)?,
            _ => return Err(format!("`{line}` is not understood; notes begin with `> `")),
        }
        Ok(())
    }

    /// `- vms: pooled-subscription; licence_types core; grace_days 30`: new with a model, else over
    /// what is known.
    fn product(&mut self, line: &'static str) -> Result<(), String> {
        let (id, settings) = line
            .strip_prefix("- ")
            .and_then(|rest| rest.split_once(": "))
            .ok_or("a product reads `- ID: setting value; ...`")?;
        let in_scenario = self
            .scenarios
            .last_mut()
            .map(|scenario| &mut scenario.products);
        let products = in_scenario.unwrap_or(&mut self.defaults);
        let is_new = settings.starts_with("model ");
        match products.iter_mut().find(|product| product.id == id) {
            Some(_) if is_new => Err(format!("the product `{id}` is there already")),
            Some(product) => product.read_settings(settings),
            None if is_new => {
                let mut product = Product {
                    id,
                    settings: Vec::new(),
                };
                product.read_settings(settings)?;
                products.push(product);
                Ok(())
            }
            None => Err(format!("the product `{id}` is new: begin with its `model`")),
        }
    }

    /// `LICENSING 9.5, 10. Also by commands.`
    fn section(&mut self, line: &str) -> Result<(), String> {
        let scenario = self
            .scenarios
            .last_mut()
            .ok_or("a section before the first scenario")?;
        let rest = line
            .strip_prefix("LICENSING ")
            .ok_or("a section reads `LICENSING 9.5.`")?;
        let (rest, by) = match (
            rest.strip_suffix(" Also by commands."),
            rest.strip_suffix(" By commands only."),
        ) {
            (Some(rest), _) => (rest, By::Both),
            (_, Some(rest)) => (rest, By::Commands),
            _ => (rest, By::Rules),
        };
        let numbers = rest
            .strip_suffix('.')
            .ok_or("a section ends with a full stop")?;
        for number in numbers.split(", ") {
            let good = number.split('.').all(|part| {
                part.parse::<u8>()
                    .is_ok_and(|part| (1..=16).contains(&part))
            });
            if !good {
                return Err(format!("`{number}` is no section of LICENSING.md"));
            }
        }
        scenario.by = by;
        self.has_section = true;
        Ok(())
    }

    fn row(&mut self, line: &'static str, place: &str) -> Result<(), String> {
        const HEADER: [&str; 2] = [
            "| day | action | outcome | then |",
            "| --- | --- | --- | --- |",
        ];
        if let Some(expected) = HEADER.get(self.header) {
            self.header += 1;
            return if line == *expected {
                Ok(())
            } else {
                Err(format!("the table begins with `{expected}`"))
            };
        }
        let scenario = self
            .scenarios
            .last_mut()
            .ok_or("a table before the first scenario")?;
        let inner = line
            .strip_prefix('|')
            .and_then(|rest| rest.strip_suffix('|'))
            .ok_or("a row begins and ends with `|`")?;
        let cells: Vec<&'static str> = inner.split('|').map(str::trim).collect();
        let [day, action, outcome, then] = cells[..] else {
            return Err(format!("{} cells in place of 4", cells.len()));
        };
        let before = scenario.steps.last().map(|step| step.day);
        let day = match (day, before) {
            ("", Some(before)) => before,
            ("", None) => return Err("the first step has no day".into()),
            (text, _) => Day::read(text).map_err(|error| format!("`{text}`: {error}"))?,
        };
        if before.is_some_and(|before| before > day) {
            return Err(format!("{day} is before the step above"));
        }
        let step = read_step(place, day, action, outcome, then)?;
        scenario.steps.push(step);
        Ok(())
    }

    /// The scenario that was read is whole.
    fn end(&self) -> Result<(), String> {
        let Some(scenario) = self.scenarios.last() else {
            return Ok(());
        };
        let whole = |is: bool, what: &str| {
            if is {
                Ok(())
            } else {
                Err(format!("{}: {what}", scenario.place))
            }
        };
        whole(
            self.has_section,
            "the scenario above names no section of LICENSING.md",
        )?;
        whole(
            !scenario.products.is_empty(),
            "the scenario above has no product",
        )?;
        let says = scenario
            .steps
            .iter()
            .any(|step| !step.then.is_empty() || matches!(step.outcome, Outcome::Refused { .. }));
        whole(says, "the scenario above expects no state and no refusal")
    }
}

fn read_step(
    place: &str,
    day: Day,
    action: &'static str,
    outcome: &'static str,
    then: &'static str,
) -> Result<Step, String> {
    let (text, parsed) = (action.to_owned(), Words::read(action, Action::read)?);
    let outcome = if outcome.is_empty() {
        Outcome::Unsaid
    } else {
        Words::read(outcome, Outcome::read)?
    };
    let then = if then.is_empty() {
        Vec::new()
    } else {
        then.split("; ")
            .map(|statement| Words::read(statement, Statement::read))
            .collect::<Result<Vec<_>, _>>()?
    };
    let looks = matches!(parsed, Action::Look);
    if looks != matches!(outcome, Outcome::Unsaid) {
        return Err(if looks {
            "a look has no outcome"
        } else {
            "the outcome is missing"
        }
        .into());
    }
    if looks && then.is_empty() {
        return Err("a look that expects nothing".into());
    }
    Ok(Step {
        place: place.to_owned(),
        day,
        text,
        action: parsed,
        outcome,
        then,
    })
}
