//! README's tables of catalogue settings are what a catalogue is read with: the same settings, the
//! same defaults, the same bounds.
//!
//! Defaults and ranges are read out of the tables. A default is JSON or a word in backticks, two
//! where pooled products have the first, `required` or `none`. A range is one of those that
//! [`Range::read`] knows.

use keyspool::policy::record::catalogue::{
    error::CatalogueError, file::Catalogue, settings::OrganizationEntry, settings::ProductSettings,
};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const MODELS: [&str; 3] = ["pooled-subscription", "device-subscription", "hardware"];

#[test]
fn the_tables_have_every_setting() {
    let product = read(&product(MODELS[0]), &organization()).expect("a good catalogue");
    let names = |rows: &[Row]| {
        rows.iter()
            .map(|row| row.name.clone())
            .collect::<BTreeSet<_>>()
    };
    let of_product = members(&in_force(&product.products[0]));
    assert_eq!(names(&rows("A product:")), of_product);
    let mut entry = organization();
    entry["contact"] = json!("us");
    let organization = read(&self::product(MODELS[0]), &entry).expect("a good catalogue");
    let of_organization = members(&as_written(&organization.organizations[0]));
    assert_eq!(names(&rows("An organization:")), of_organization);
}

#[test]
fn defaults_are_those_of_the_tables() {
    for model in MODELS {
        let catalogue = read(&product(model), &organization()).expect("a good catalogue");
        let settings = in_force(&catalogue.products[0]);
        for row in rows("A product:") {
            if let Some(default) = row.default_of(model) {
                assert_eq!(
                    settings.pointer(&row.pointer()),
                    Some(&default),
                    "{}",
                    row.name
                );
            } else {
                refused_without(&row, true);
            }
        }
        let settings = as_written(&catalogue.organizations[0]);
        for row in rows("An organization:") {
            if let Some(default) = row.default_of(model) {
                let found = settings.pointer(&row.pointer()).unwrap_or(&Value::Null);
                assert_eq!(found, &default, "{}", row.name);
            } else {
                refused_without(&row, false);
            }
        }
    }
}

#[test]
fn both_ends_of_every_range_are_the_codes() {
    for (title, of_product) in [("A product:", true), ("An organization:", false)] {
        for row in rows(title) {
            let range = Range::read(&row.range).unwrap_or_else(|| panic!("{}", row.range));
            for value in range.accepted() {
                let read = with(&row, &value, of_product);
                assert!(read.is_ok(), "{} {value}: {read:?}", row.name);
            }
            for value in range.refused() {
                match with(&row, &value, of_product) {
                    Err(CatalogueError::Range { place, .. }) => {
                        let setting = row.name.split('.').next().expect("a name");
                        assert!(place.contains(setting), "{} {value}: {place}", row.name);
                    }
                    Err(CatalogueError::Json(_)) => {}
                    other => panic!("{} {value}: {other:?}", row.name),
                }
            }
        }
    }
}

#[test]
fn grace_is_shorter_than_the_term() {
    let rows = rows("A product:");
    let grace = rows
        .iter()
        .find(|row| row.name == "grace_days")
        .expect("its row");
    let range = Range::read(&grace.range);
    let Some(Range::Numbers {
        under: Some(days), ..
    }) = range
    else {
        panic!("{range:?}");
    };
    for months in [1, 2, 9] {
        let with_grace = |grace: u64| {
            let mut product = product(MODELS[0]);
            product["term_months"] = json!(months);
            product["grace_days"] = json!(grace);
            read(&product, &organization())
        };
        assert!(with_grace(months * days - 1).is_ok(), "{months}");
        assert!(with_grace(months * days).is_err(), "{months}");
    }
}

/// A line of a table.
struct Row {
    /// Members of objects and of list entries after a dot.
    name: String,
    default: String,
    range: String,
}

impl Row {
    /// Where the setting stands in an entry.
    fn pointer(&self) -> String {
        let inside = self.name.replace("licence_types.", "licence_types.0.");
        format!("/{}", inside.replace('.', "/"))
    }

    /// The default for products of a model; none where the setting is required.
    fn default_of(&self, model: &str) -> Option<Value> {
        let value = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| json!(text));
        match (self.default.as_str(), quoted(&self.default).as_slice()) {
            ("required", _) => None,
            ("none", _) => Some(Value::Null),
            (_, [one]) => Some(value(one)),
            (_, [pooled, others]) => Some(value(if model == MODELS[0] { pooled } else { others })),
            _ => panic!("{}: default {}", self.name, self.default),
        }
    }
}

/// The rows of the first table after a line of README's section on settings.
fn rows(title: &str) -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(path).expect("the README");
    let mut sections = readme.split("\n## ");
    let section = sections.find(|section| section.starts_with("Catalogue settings\n"));
    let lines = section.expect("the section").lines();
    let table = lines
        .skip_while(|line| *line != title)
        .skip_while(|line| !line.starts_with("| --- "))
        .skip(1)
        .take_while(|line| line.starts_with('|'));
    let rows: Vec<Row> = table
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [name, default, range, what, for_whom] = cells[..] else {
                panic!("five cells: {line}");
            };
            assert!(!what.is_empty() && !for_whom.is_empty(), "{line}");
            Row {
                name: name.trim_matches('`').to_owned(),
                default: default.to_owned(),
                range: range.to_owned(),
            }
        })
        .collect();
    let names: BTreeSet<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names.len(), rows.len(), "a setting stands twice");
    rows
}

/// What stands in backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The form of a range, with its bounds.
#[derive(Debug)]
enum Range {
    /// `0 to 255, under 28 a month of the term`
    Numbers {
        least: u64,
        most: u64,
        under: Option<u64>,
    },
    /// `a`, `b` or `c`
    Choice(Vec<Value>),
    /// `1 to 128 characters`
    Text { least: u64, most: u64 },
    /// `list of identifiers of 1 to 64 characters`
    Identifiers { least: u64, most: u64 },
    /// `1 to 64 types`
    Types { least: u64, most: u64 },
    /// `1 to 8 values of 1 to 365, falling`
    Falling {
        lengths: (u64, u64),
        values: (u64, u64),
    },
    /// `0 to 16 members, at most 4096 bytes`
    Object { least: u64, most: u64, bytes: u64 },
}

impl Range {
    fn read(text: &str) -> Option<Self> {
        let is_digit = |c: char| c.is_ascii_digit();
        let parts = text.split(|c| !is_digit(c)).filter(|part| !part.is_empty());
        let numbers: Vec<u64> = parts.map(|part| part.parse().expect("a number")).collect();
        let form = text.replace(is_digit, "");
        let choices = quoted(text).into_iter();
        match (form.as_str(), numbers.as_slice()) {
            (_, []) => Some(Self::Choice(
                choices
                    .map(|choice| serde_json::from_str(choice).unwrap_or_else(|_| json!(choice)))
                    .collect(),
            )),
            (" to ", &[least, most]) => Some(Self::Numbers {
                least,
                most,
                under: None,
            }),
            (" to , under  a month of the term", &[least, most, under]) => {
                let under = Some(under);
                Some(Self::Numbers { least, most, under })
            }
            (" to  characters" | "identifier of  to  characters", &[least, most]) => {
                Some(Self::Text { least, most })
            }
            ("list of identifiers of  to  characters", &[least, most]) => {
                Some(Self::Identifiers { least, most })
            }
            (" to  types", &[least, most]) => Some(Self::Types { least, most }),
            (" to  values of  to , falling", &[shortest, longest, least, most]) => {
                Some(Self::Falling {
                    lengths: (shortest, longest),
                    values: (least, most),
                })
            }
            (" to  members, at most  bytes", &[least, most, bytes]) => {
                Some(Self::Object { least, most, bytes })
            }
            _ => None,
        }
    }

    fn accepted(&self) -> Vec<Value> {
        match self {
            Self::Numbers { least, most, .. } => vec![json!(least), json!(most)],
            Self::Choice(choices) => choices.clone(),
            Self::Text { least, most } => vec![text(*least), text(*most)],
            Self::Identifiers { least, most } => {
                vec![json!([]), json!([text(*least), text(*most)])]
            }
            Self::Types { least, most } => vec![types(*least), types(*most)],
            Self::Falling { lengths, values } => vec![
                falling(values.1, lengths.0),
                falling(values.1, lengths.1),
                json!([values.0]),
                json!([values.1]),
            ],
            Self::Object { least, most, bytes } => {
                vec![object(*least), object(*most), object_of_bytes(*bytes)]
            }
        }
    }

    /// One beyond each end, and what is of no such form.
    fn refused(&self) -> Vec<Value> {
        match self {
            Self::Numbers { least, most, .. } => vec![below(*least), json!(most + 1)],
            Self::Choice(_) => vec![json!("another"), json!(1)],
            Self::Text { least, most } => vec![text(least - 1), text(most + 1)],
            Self::Identifiers { least, most } => {
                vec![json!([text(least - 1)]), json!([text(most + 1)])]
            }
            Self::Types { least, most } => vec![types(least - 1), types(most + 1)],
            Self::Falling { lengths, values } => vec![
                falling(values.1, lengths.0 - 1),
                falling(values.1, lengths.1 + 1),
                json!([below(values.0)]),
                json!([values.1 + 1]),
                json!([values.0, values.1]),
                json!([values.0, values.0]),
            ],
            Self::Object { least, most, bytes } => {
                let below = least.checked_sub(1).map(object).into_iter();
                let beyond = [object(most + 1), object_of_bytes(bytes + 1), json!([])];
                below.chain(beyond).collect()
            }
        }
    }
}

fn below(least: u64) -> Value {
    least.checked_sub(1).map_or(json!(-1), |below| json!(below))
}

fn text(length: u64) -> Value {
    json!((0..length).map(|_| 'a').collect::<String>())
}

fn types(count: u64) -> Value {
    let types = (0..count).map(|n| json!({"id": format!("type-{n}"), "name": "Type"}));
    types.collect()
}

fn falling(most: u64, count: u64) -> Value {
    (0..count).map(|n| most - n).collect()
}

fn object(members: u64) -> Value {
    let members = (0..members).map(|n| (format!("m{n}"), json!(n)));
    Value::Object(members.collect::<Map<_, _>>())
}

/// An object with one member whose JSON text has so many bytes.
fn object_of_bytes(bytes: u64) -> Value {
    let object = |length: u64| json!({"m": text(length)});
    object(bytes - object(0).to_string().len() as u64)
}

/// A product without any setting that may be left out.
fn product(model: &str) -> Value {
    json!({
        "id": "vms", "name": "VMS", "model": model,
        "licence_types": [{"id": "core", "name": "Core"}],
    })
}

fn organization() -> Value {
    json!({"id": "acme", "name": "Acme"})
}

fn read(product: &Value, organization: &Value) -> Result<Catalogue, CatalogueError> {
    let file = json!({"organizations": [organization], "products": [product]});
    Catalogue::read(&file.to_string())
}

/// A catalogue with one setting; the other members of an object keep their values.
fn with(row: &Row, value: &Value, of_product: bool) -> Result<Catalogue, CatalogueError> {
    let (mut product, mut organization) = (product(MODELS[0]), organization());
    // The default of pooled products is too long for the shortest term.
    product["grace_days"] = json!(0);
    let entry = if of_product {
        &mut product
    } else {
        &mut organization
    };
    let pointer = row.pointer();
    if let Some(present) = entry.pointer_mut(&pointer) {
        *present = value.clone();
    } else if let Some((object, member)) = row.name.split_once('.') {
        let catalogue = read(&self::product(MODELS[0]), &self::organization())?;
        entry[object] = in_force(&catalogue.products[0])[object].clone();
        entry[object][member] = value.clone();
    } else {
        entry[&row.name] = value.clone();
    }
    read(&product, &organization)
}

/// A required setting may not be left out.
fn refused_without(row: &Row, of_product: bool) {
    let (mut product, mut organization) = (product(MODELS[0]), organization());
    let entry = if of_product {
        &mut product
    } else {
        &mut organization
    };
    let pointer = row.pointer();
    let (parent, member) = pointer.rsplit_once('/').expect("a pointer");
    let parent = entry.pointer_mut(parent).and_then(Value::as_object_mut);
    let removed = parent.and_then(|parent| parent.remove(member));
    assert!(removed.is_some(), "{} is in no smallest entry", row.name);
    assert!(read(&product, &organization).is_err(), "{}", row.name);
}

fn in_force(product: &ProductSettings) -> Value {
    serde_json::to_value(product).expect("settings are JSON")
}

fn as_written(organization: &OrganizationEntry) -> Value {
    serde_json::to_value(organization).expect("settings are JSON")
}

/// The names of all settings; objects by their members, lists of objects by both.
fn members(entry: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (name, value) in entry.as_object().expect("an entry") {
        let object = value.as_object();
        if object.is_none() {
            found.insert(name.clone());
        }
        let member = object.or_else(|| value.get(0)?.as_object());
        let inside = member.into_iter().flat_map(Map::keys);
        found.extend(inside.map(|member| format!("{name}.{member}")));
    }
    found
}
