//! One line a product of an organization.

use super::mark::{name, place, status};
use crate::policy::report::figures::{Customer, Report};
use crate::policy::report::holding::Holding;
use crate::words::report::{figures, page};
use maud::{Markup, html};

/// The table of all organizations and products.
pub(super) fn overview(report: &Report) -> Markup {
    let rows = report.organizations.iter().flat_map(|customer| {
        customer
            .products
            .iter()
            .map(move |holding| (customer, holding))
    });
    let [organization, product, standing, systems, owned, missing] = page::OVERVIEW_COLUMNS;
    html! {
        section #overview {
            h2 { (page::OVERVIEW) }
            div.scroll.list tabindex="0" role="region" aria-label=(page::OVERVIEW) {
                table {
                    thead { tr {
                        th scope="col" { (organization) }
                        th scope="col" { (product) }
                        th scope="col" { (standing) }
                        th.number scope="col" { (systems) }
                        th scope="col" { (owned) }
                        th scope="col" { (missing) }
                    } }
                    tbody { @for (customer, holding) in rows { (row(customer, holding)) } }
                }
            }
        }
    }
}

fn row(customer: &Customer, holding: &Holding) -> Markup {
    let place = place(customer.id.as_str(), holding.product.as_str());
    html! {
        tr {
            th scope="row" { a href=(format!("#{place}")) { (name(&customer.name)) } }
            td { (name(&holding.name)) }
            td { (status(holding)) }
            td.number { (holding.systems.active) }
            td { (figures::counts(&holding.owned, holding)) }
            td { (figures::counts(&holding.missing, holding)) }
        }
    }
}
