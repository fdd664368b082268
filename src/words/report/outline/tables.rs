//! The tables about one product of one organization, with their headings.

use super::table::{Column, Table};
use crate::licence::{ComputerId, Counts, Day};
use crate::policy::record::catalogue::settings::Model;
use crate::policy::report::holding::{Holding, SystemDay};
use crate::words::escape::for_terminal;
use crate::words::report::figures;

/// Every table that has a row.
pub fn tables(holding: &Holding) -> Vec<Table> {
    let mut tables = vec![licences(holding)];
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
fn licences(holding: &Holding) -> Table {
    let assigned = figures::assigned(holding.model);
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
        ..Column::number(name)
    });
    Table {
        title: "Licences",
        columns: std::iter::once(Column::words("Type"))
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
            figures::day(period.grace_until),
            figures::counts(&period.assigned, holding),
            figures::counts(&period.missing, holding),
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
            figures::ending(end.kind).to_owned(),
            end.until.in_words(),
            figures::day(end.grace_until),
            figures::days_left(end.days_left),
            figures::counts(&end.licences, holding),
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
                figures::day(seats.grace_until),
                figures::counts(&seats.licences, holding),
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
                &[figures::counts(&seats.licences, holding)],
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
            (_, true) => figures::counts(&seats.licences, holding),
            (true, false) => format!("ended: {}", figures::counts(&seats.ended, holding)),
            (false, false) => {
                format!(
                    "{}; ended: {}",
                    figures::counts(&seats.licences, holding),
                    figures::counts(&seats.ended, holding)
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
