//! A table about a product.

use super::mark::with_code;
use crate::words::report::outline::{Column, Table};
use crate::words::report::page;
use maud::{Markup, html};

/// The table, with the number of rows that were left out.
pub(super) fn table(table: &Table) -> Markup {
    html! {
        div.scroll.list[table.is_list].stack[!table.is_list]
            tabindex="0" role="region" aria-label=(table.title) {
            table {
                caption { (table.title) }
                thead { tr { @for column in &table.columns { (heading_of(*column)) } } }
                tbody {
                    @for row in &table.rows {
                        tr {
                            @let cells = row.iter().zip(&table.columns).enumerate();
                            @for (place, (cell, column)) in cells {
                                (cell_of(place, cell, *column))
                            }
                        }
                    }
                }
            }
        }
        @if table.more > 0 { p.more { (with_code(&page::more_rows(table.more))) } }
    }
}

fn heading_of(column: Column) -> Markup {
    html! { th.number[column.is_number] scope="col" { (column.name) } }
}

fn cell_of(place: usize, cell: &str, column: Column) -> Markup {
    let class = match (column.is_number, cell, column.name) {
        (true, "0", _) => "number zero",
        (true, ..) if column.is_alarm => "number alarm",
        (true, ..) => "number",
        (false, ..) if column.is_short() => "short",
        _ => "",
    };
    html! {
        @if place == 0 {
            th scope="row" data-label=(column.name) { bdi { (cell) } }
        } @else if class.is_empty() {
            td data-label=(column.name) { bdi { (cell) } }
        } @else {
            td class=(class) data-label=(column.name) { (cell) }
        }
    }
}
