//! What is said of one product of one organization, the same for text and page: facts, and tables
//! with their headings.

use super::figures as words;
use super::list::LISTED;
use crate::licence::{ComputerId, Counts, Day};
use crate::policy::record::catalogue::settings::Model;
use crate::policy::report::holding::{Holding, SystemDay};
use crate::words::escape::for_terminal;

/// A fact: its name, and what it says.
pub type Fact = (&'static str, String);

/// A table. Every cell is escaped for terminals.
pub struct Table {
    pub title: &'static str,
    /// Headings; a column of numbers says so.
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<String>>,
    /// Rows that were left out.
    pub more: usize,
    /// Whether it has many rows alike; else each row is read by itself.
    pub is_list: bool,
}

/// A column's heading.
#[derive(Clone, Copy)]
pub struct Column {
    pub name: &'static str,
    pub is_number: bool,
    /// Whether a number in it is bad.
    pub is_alarm: bool,
}

fn words_column(name: &'static str) -> Column {
    Column {
        name,
        is_number: false,
        is_alarm: false,
    }
}

fn number_column(name: &'static str) -> Column {
    Column {
        name,
        is_number: true,
        is_alarm: false,
    }
}

impl Table {
    /// A table of at most [`LISTED`] rows; none where there are none at all.
    fn listed<T>(
        title: &'static str,
        columns: &[&'static str],
        items: &[T],
        row: impl Fn(&T) -> Vec<String>,
    ) -> Option<Self> {
        let rows: Vec<Vec<String>> = items.iter().take(LISTED).map(row).collect();
        let columns = columns.iter().map(|name| words_column(name)).collect();
        (!rows.is_empty()).then(|| Self {
            title,
            columns,
            rows,
            more: items.len().saturating_sub(LISTED),
            is_list: true,
        })
    }
}

/// The facts that stand above the tables.
pub fn facts(holding: &Holding) -> Vec<Fact> {
    let mut facts: Vec<Fact> = vec![("Systems", words::systems(&holding.systems))];
    let mut add = |name, said: Option<String>| facts.extend(said.map(|said| (name, said)));
    let held = |counts: &Counts| (!counts.is_empty()).then(|| words::counts(counts, holding));
    add("Given up without proof", words::unproven(&holding.systems));
    add("Keys not redeemed", held(&holding.unredeemed));
    let waiting = held(&holding.waiting);
    add(
        "Waiting for licences",
        waiting.map(|need| format!("{need} ({})", count_of_systems(holding.waiting_systems))),
    );
    let beyond = held(&holding.waiting_beyond);
    add(
        "Of these not counted yet",
        beyond.map(|need| {
            format!(
                "{need} ({})",
                count_of_systems(holding.waiting_beyond_systems)
            )
        }),
    );
    let order = &holding.to_order;
    for (name, counts) in [
        ("To order for what is missing", &order.missing),
        ("To order for what waits", &order.waiting),
        ("To order for what could not be renewed", &order.not_renewed),
        ("To order for what ends", &order.ending),
        ("To order for what grew", &order.growth),
    ] {
        add(name, held(counts));
    }
    add(
        "Waiting for approval",
        (holding.awaiting_approval > 0).then(|| count_of_systems(holding.awaiting_approval)),
    );
    add("Growth", holding.growth.as_ref().map(words::growth));
    add("Could not be renewed", held(&holding.could_not_renew));
    let carry: Vec<String> = holding
        .carry_days
        .iter()
        .map(|(id, days)| format!("{days} days of {id}"))
        .collect();
    add(
        "Carried for overlaps",
        (!carry.is_empty()).then(|| carry.join(", ")),
    );
    add(
        "Renewal",
        holding.auto_renew.then(|| "by the signer".to_owned()),
    );
    let swing = holding.swing.as_ref().map(|swing| {
        format!(
            "{} until {}; {} at the renewal on {}; {} from {} on",
            words::counts(&swing.from, holding),
            swing.lowered.in_words(),
            words::counts(&swing.judged, holding),
            swing.renewed.in_words(),
            words::counts(&swing.to, holding),
            swing.raised.in_words()
        )
    });
    add("Need around a renewal", swing);
    facts
}

fn count_of_systems(count: u64) -> String {
    super::language::Language::English.systems(count)
}

/// Every table that has a row.
pub fn tables(holding: &Holding) -> Vec<Table> {
    let mut tables = vec![figures(holding)];
    tables.extend(
        [
            periods(holding),
            expiring(holding),
            ended(holding),
            not_renewed(holding),
        ]
        .into_iter()
        .flatten(),
    );
    tables.extend(systems(
        "Issued, not confirmed",
        "Since",
        &holding.unconfirmed,
    ));
    tables.extend(systems("Due for a refresh", "Since", &holding.due));
    tables.extend(systems(
        "Emergencies running",
        "Until",
        &holding.emergencies,
    ));
    tables.extend([held(holding), suspected(holding)].into_iter().flatten());
    tables
}

/// One row a licence type. Columns that say nothing for any type, and are no part of every product,
/// are left out.
fn figures(holding: &Holding) -> Table {
    let assigned = match holding.model {
        Model::PooledSubscription => "Assigned now",
        Model::DeviceSubscription => "Seats at systems",
        Model::Hardware => "Expansions",
    };
    let none = Counts::new();
    let mut columns: Vec<(&'static str, &Counts, bool)> = vec![
        ("Owned", &holding.owned, true),
        ("In store", &holding.stored, true),
        (assigned, &holding.assigned, true),
    ];
    columns.push((
        "Preloaded",
        &holding.preloaded,
        holding.model == Model::Hardware,
    ));
    columns.push(("Held", &holding.held, holding.held != none));
    columns.push(("Needed", &holding.need, true));
    columns.push(("Used", &holding.used, true));
    columns.push(("Waiting", &holding.waiting, holding.waiting != none));
    columns.push(("Missing", &holding.missing, true));
    columns.retain(|(_, _, is_shown)| *is_shown);
    let rows = holding.licence_types.iter().map(|known| {
        let numbers = columns
            .iter()
            .map(|(_, counts, _)| counts.of(&known.id).to_string());
        std::iter::once(for_terminal(&known.name))
            .chain(numbers)
            .collect()
    });
    let rows = rows.collect();
    // What a licensed period lacks is growth.
    let is_growth = holding.model == Model::PooledSubscription
        && holding
            .periods
            .first()
            .is_some_and(|period| period.licensed);
    let numbers = columns.iter().map(|(name, _, _)| Column {
        is_alarm: *name == "Missing" && !is_growth,
        ..number_column(name)
    });
    Table {
        title: "Licences",
        columns: std::iter::once(words_column("Type"))
            .chain(numbers)
            .collect(),
        rows,
        more: 0,
        is_list: false,
    }
}

fn periods(holding: &Holding) -> Option<Table> {
    let columns = [
        "Period",
        "First day",
        "Last day",
        "Grace until",
        "Assigned",
        "Missing",
        "Licensed",
    ];
    let table = Table::listed("Periods", &columns, &holding.periods, |period| {
        vec![
            period.number.to_string(),
            period.first.in_words(),
            period.last.in_words(),
            words::day(period.grace_until),
            words::counts(&period.assigned, holding),
            words::counts(&period.missing, holding),
            if period.licensed { "yes" } else { "no" }.to_owned(),
        ]
    });
    table.map(|table| Table {
        is_list: false,
        ..table
    })
}

fn expiring(holding: &Holding) -> Option<Table> {
    let columns = [
        "What",
        "Last day",
        "Grace until",
        "Left",
        "Licences",
        "System",
        "Computer ID",
    ];
    let has_systems = holding.expiring.iter().any(|end| end.computer_id.is_some());
    let columns = if has_systems {
        &columns[..]
    } else {
        &columns[..5]
    };
    Table::listed("Ends within 90 days", columns, &holding.expiring, |end| {
        let mut cells = vec![
            words::ending(end.kind).to_owned(),
            end.until.in_words(),
            words::day(end.grace_until),
            words::days_left(end.days_left),
            words::counts(&end.licences, holding),
        ];
        if has_systems {
            cells.push(
                end.computer_name
                    .as_deref()
                    .map(for_terminal)
                    .unwrap_or_default(),
            );
            cells.push(end.computer_id.map(|id| id.to_string()).unwrap_or_default());
        }
        cells
    })
}

fn ended(holding: &Holding) -> Option<Table> {
    let columns = [
        "System",
        "Computer ID",
        "Last day",
        "Grace until",
        "Licences",
    ];
    Table::listed(
        "Seats that have ended",
        &columns,
        &holding.ended_seats,
        |seats| {
            let more = [
                words::day(seats.grace_until),
                words::counts(&seats.licences, holding),
            ];
            system(&seats.computer_name, seats.computer_id, seats.until, &more)
        },
    )
}

fn not_renewed(holding: &Holding) -> Option<Table> {
    let columns = ["System", "Computer ID", "Last day", "Licences"];
    Table::listed(
        "Could not be renewed for want of licences",
        &columns,
        &holding.not_renewed,
        |seats| {
            system(
                &seats.computer_name,
                seats.computer_id,
                seats.until,
                &[words::counts(&seats.licences, holding)],
            )
        },
    )
}

fn systems(title: &'static str, day: &'static str, systems: &[SystemDay]) -> Option<Table> {
    Table::listed(title, &["System", "Computer ID", day], systems, |one| {
        system(&one.computer_name, one.computer_id, one.day, &[])
    })
}

fn held(holding: &Holding) -> Option<Table> {
    let columns = ["System", "Computer ID", "Since", "Licences", "Why"];
    Table::listed("Seats held", &columns, &holding.held_seats, |seats| {
        let licences = match (seats.licences.is_empty(), seats.ended.is_empty()) {
            (_, true) => words::counts(&seats.licences, holding),
            (true, false) => format!("ended: {}", words::counts(&seats.ended, holding)),
            (false, false) => {
                format!(
                    "{}; ended: {}",
                    words::counts(&seats.licences, holding),
                    words::counts(&seats.ended, holding)
                )
            }
        };
        let more = [licences, seats.why.as_str().to_owned()];
        system(&seats.computer_name, seats.computer_id, seats.since, &more)
    })
}

fn suspected(holding: &Holding) -> Option<Table> {
    let columns = [
        "System",
        "Computer ID",
        "Newest request",
        "Requests",
        "What",
    ];
    Table::listed(
        "Used after a release without proof",
        &columns,
        &holding.suspected,
        |one| {
            system(
                &one.computer_name,
                one.computer_id,
                one.on,
                &[one.requests.to_string(), one.abuse.as_str().to_owned()],
            )
        },
    )
}

fn system(name: &str, id: ComputerId, day: Day, more: &[String]) -> Vec<String> {
    let mut cells = vec![for_terminal(name), id.to_string(), day.in_words()];
    cells.extend_from_slice(more);
    cells
}
