//! Tables for people: one line a thing, aligned, meaning never by colour alone.

use crate::ops::catalogue::Shown as ShownCatalogue;
use crate::ops::key::Listed;
use crate::ops::subscription::Shown as ShownSubscription;
use crate::ops::system::Shown;
use crate::ops::wallet::ShownLot;
use crate::policy::record::request::WaitingRow;
use crate::words::escape::for_terminal;

fn table(head: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    let mut widths: Vec<usize> = head.iter().map(|cell| cell.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: Vec<&str>| {
        let padded = cells
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect::<Vec<_>>();
        padded.join("  ").trim_end().to_owned()
    };
    let mut lines = vec![line(head.to_vec())];
    lines.extend(
        rows.iter()
            .map(|row| line(row.iter().map(String::as_str).collect())),
    );
    lines
}

fn day_or_dash(day: Option<crate::licence::Day>) -> String {
    day.map_or_else(|| "-".to_owned(), |day| day.to_string())
}

/// The catalogue in force.
#[must_use]
pub(super) fn catalogue(shown: &ShownCatalogue) -> Vec<String> {
    let withdrawn = |withdrawn: bool| if withdrawn { "withdrawn" } else { "in force" }.to_owned();
    let organizations: Vec<_> = shown
        .organizations
        .iter()
        .map(|row| {
            let contact = row.contact.clone().unwrap_or_else(|| "-".to_owned());
            vec![
                row.id.to_string(),
                row.name.clone(),
                row.language.clone(),
                withdrawn(row.withdrawn),
                contact,
            ]
        })
        .collect();
    let mut lines = table(
        &["ORGANIZATION", "NAME", "LANGUAGE", "STATE", "CONTACT"],
        &organizations,
    );
    lines.push(String::new());
    for product in &shown.products {
        let settings = &product.settings;
        lines.push(format!(
            "product {}: {}, {}, {}",
            settings.id,
            settings.name,
            settings.model,
            withdrawn(product.withdrawn)
        ));
        let types = settings
            .licence_types
            .iter()
            .map(|t| t.id.to_string())
            .collect::<Vec<_>>()
            .join(", ");
        lines.push(format!("  licence types: {types}"));
        if let serde_json::Value::Object(members) = serde_json::json!(settings) {
            let shown = members.iter().filter(|(name, _)| {
                !matches!(name.as_str(), "id" | "name" | "model" | "licence_types")
            });
            lines.extend(shown.map(|(name, value)| format!("  {name}: {value}")));
        }
    }
    lines
}

/// Licence keys by their ids.
#[must_use]
pub(super) fn keys(keys: &[Listed]) -> Vec<String> {
    let of = |id: &Option<crate::licence::Identifier>| {
        id.as_ref()
            .map_or_else(|| "-".to_owned(), ToString::to_string)
    };
    let rows: Vec<_> = keys
        .iter()
        .map(|key| {
            let (id, product, worth) = (
                key.id.to_string(),
                key.product.to_string(),
                key.licences.to_string(),
            );
            vec![
                id,
                product,
                worth,
                key.state.to_owned(),
                of(&key.organization),
                of(&key.redeemed_by),
                key.minted.to_string(),
            ]
        })
        .collect();
    table(
        &[
            "ID",
            "PRODUCT",
            "WORTH",
            "STATE",
            "ONLY FOR",
            "REDEEMED BY",
            "MINTED",
        ],
        &rows,
    )
}

/// Lots of a wallet.
#[must_use]
pub(super) fn lots(lots: &[ShownLot]) -> Vec<String> {
    let rows: Vec<_> = lots
        .iter()
        .map(|lot| {
            let (product, kind, count) = (
                lot.product.to_string(),
                lot.licence_type.to_string(),
                lot.count.to_string(),
            );
            vec![
                product,
                kind,
                count,
                lot.store_until.to_string(),
                day_or_dash(lot.valid_until),
                lot.origin.clone(),
            ]
        })
        .collect();
    table(
        &[
            "PRODUCT",
            "TYPE",
            "COUNT",
            "USABLE UNTIL",
            "SEAT ENDS",
            "ORIGIN",
        ],
        &rows,
    )
}

/// A subscription: how it stands, and its periods.
#[must_use]
pub(super) fn subscription(shown: &ShownSubscription) -> Vec<String> {
    let mut lines = vec![
        format!(
            "{} of {}: {}",
            shown.product, shown.organization, shown.status
        ),
        format!(
            "  needed: {}; waiting: {}; carried licence-days: {}",
            shown.need, shown.waiting, shown.carry_days
        ),
    ];
    let rows: Vec<_> = shown
        .periods
        .iter()
        .map(|period| {
            let licensed = if period.licensed { "yes" } else { "no" }.to_owned();
            let (first, last) = (period.first.to_string(), period.last.to_string());
            let (assigned, missing) = (period.assigned.to_string(), period.missing.to_string());
            vec![
                period.number.to_string(),
                first,
                last,
                day_or_dash(period.grace_until),
                licensed,
                assigned,
                missing,
            ]
        })
        .collect();
    if !rows.is_empty() {
        lines.extend(table(
            &[
                "PERIOD",
                "FIRST DAY",
                "LAST DAY",
                "GRACE UNTIL",
                "LICENSED",
                "ASSIGNED",
                "MISSING",
            ],
            &rows,
        ));
    }
    lines
}

/// Systems, one a line.
#[must_use]
pub(super) fn systems(systems: &[Shown]) -> Vec<String> {
    let rows: Vec<_> = systems
        .iter()
        .map(|system| {
            vec![
                system.computer_id.to_string(),
                system.organization.to_string(),
                system.product.to_string(),
                for_terminal(&system.computer_name),
                if system.held {
                    format!("{}, seats held", system.state)
                } else {
                    system.state.to_owned()
                },
                system.plan.to_string(),
                system.activation.licences.to_string(),
                day_or_dash(system.activation.valid_until),
                system.activation.confirmed.map_or_else(
                    || "no".to_owned(),
                    |sequence| format!("sequence {sequence}"),
                ),
            ]
        })
        .collect();
    table(
        &[
            "COMPUTER ID",
            "ORGANIZATION",
            "PRODUCT",
            "NAME",
            "STATE",
            "PLAN",
            "LICENCES",
            "VALID UNTIL",
            "CONFIRMED",
        ],
        &rows,
    )
}

/// Waiting requests, one a line.
#[must_use]
pub(super) fn waiting(waiting: &[WaitingRow]) -> Vec<String> {
    let rows: Vec<_> = waiting
        .iter()
        .map(|row| {
            let (id, organization, product) = (
                row.computer_id.to_string(),
                row.organization.to_string(),
                row.product.to_string(),
            );
            vec![
                id,
                organization,
                product,
                row.code.to_string(),
                row.need.to_string(),
                row.on.to_string(),
                row.file.clone(),
            ]
        })
        .collect();
    table(
        &[
            "COMPUTER ID",
            "ORGANIZATION",
            "PRODUCT",
            "WAITS FOR",
            "NEED",
            "SINCE",
            "FILE",
        ],
        &rows,
    )
}

/// One system in plain words.
#[must_use]
pub(super) fn system(shown: &Shown) -> Vec<String> {
    let issued = &shown.activation;
    let words = |day: Option<crate::licence::Day>| {
        day.map_or_else(
            || "the hardware's lifetime".to_owned(),
            crate::licence::Day::in_words,
        )
    };
    let mut lines = vec![
        format!("computer id:   {}", shown.computer_id),
        format!("name:          {}", for_terminal(&shown.computer_name)),
        format!("organization:  {}", shown.organization),
        format!(
            "product:       {} {}",
            shown.product,
            for_terminal(&shown.product_version)
        ),
        format!(
            "serial:        {}",
            shown
                .serial
                .as_deref()
                .map_or_else(|| "none stated".to_owned(), for_terminal)
        ),
        format!(
            "state:         {}{}",
            shown.state,
            shown
                .since
                .map_or_else(String::new, |day| format!(" since {}", day.in_words()))
        ),
        format!("need:          {}", shown.need),
        format!(
            "activation:    {} sequence {}, {}",
            issued.id, issued.sequence, issued.plan
        ),
        format!("licences:      {}", issued.licences),
        format!(
            "valid:         {} to {}",
            issued.valid_from.in_words(),
            words(issued.valid_until)
        ),
        format!("last day used: {}", words(issued.grace_until)),
        match issued.confirmed {
            Some(sequence) if sequence == issued.sequence => "confirmed:     yes".to_owned(),
            Some(sequence) => {
                format!("confirmed:     up to sequence {sequence}; issued, not confirmed since")
            }
            None => "confirmed:     no: issued, not confirmed".to_owned(),
        },
    ];
    if let Some(abuse) = shown.suspected {
        lines.push(format!("suspected:     {}", abuse.as_str()));
    }
    if let Some(day) = shown.due_since {
        lines.push(format!(
            "due:           a new activation, since {}; issue it with `keyspool refresh`",
            day.in_words()
        ));
    }
    if shown.held {
        lines.push("seats:         held until an operator approves".to_owned());
    } else if shown.seats.is_empty() {
        lines.push("seats:         none of its own".to_owned());
    }
    lines.extend(shown.seats.iter().map(|s| {
        format!(
            "seat:          {} {}, {} to {}",
            s.count, s.licence_type, s.first, s.last
        )
    }));
    lines
}
