//! Where every licence of every product is.

use super::mark::name;
use crate::policy::report::figures::Stock;
use crate::words::report::{figures, page};
use maud::{Markup, html};

/// The stock of all products.
pub(super) fn places(products: &[Stock]) -> Markup {
    let (unsold, sold): (Vec<&Stock>, Vec<&Stock>) = products
        .iter()
        .partition(|stock| figures::types(&stock.tally).is_empty());
    html! {
        section #places {
            h2 { (page::STOCK) }
            p.soft { (page::STOCK_SUM) }
            @for stock in sold { (place_of(stock)) }
            @if !unsold.is_empty() { (unsold_of(&unsold)) }
        }
    }
}

fn unsold_of(unsold: &[&Stock]) -> Markup {
    html! {
        p.more {
            (page::NEVER_MINTED)
            @for (place, stock) in unsold.iter().enumerate() {
                @if place > 0 { ", " }
                (name(&stock.name)) " (" (stock.id)
                @if stock.withdrawn { (page::WITHDRAWN) } ")"
            }
            "."
        }
    }
}

fn place_of(stock: &Stock) -> Markup {
    let rows = figures::places(&stock.tally);
    html! {
        div.product {
            h3 {
                (name(&stock.name)) " "
                span.id {
                    (stock.id) ", " (figures::model(stock.model))
                    @if stock.withdrawn { (page::WITHDRAWN) }
                }
            }
            div.scroll.stack tabindex="0" role="region" aria-label=(page::licences_of(&stock.id)) {
                table {
                    thead { tr {
                        th scope="col" { (page::TYPE) }
                        @for (place, _) in rows { th.number scope="col" { (place) } }
                    } }
                    tbody {
                        @for licence_type in figures::types(&stock.tally) {
                            tr {
                                th scope="row" data-label=(page::TYPE) { (licence_type) }
                                @for (place, counts) in rows {
                                    @let count = counts.of(licence_type);
                                    td.number.zero[count == 0] data-label=(place) { (count) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
