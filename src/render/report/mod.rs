//! The report for people and programs: the figures of [`crate::policy::report`] in; text, JSON, CSV
//! or one HTML page out.
//!
//! Lists of systems are cut after [`LISTED`](crate::words::report::list::LISTED) lines for people,
//! with the number of the rest; programs get them whole.

mod hint;
mod json;
mod page;
mod sheet;
mod text;

pub use json::json;
pub use page::html;
pub use sheet::csv;
pub use text::text;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::licence::id::Hex;
    use crate::licence::{ComputerId, Day, Identifier};
    use crate::policy::record::catalogue::file::Catalogue;
    use crate::policy::record::product::ProductRow;
    use crate::policy::report::figures::{Customer, Report};
    use crate::policy::report::holding::{Holding, SystemDay};
    use crate::policy::report::to_do::actions;
    use crate::wire::response::HistoryPoint;

    /// A name that reverses the text after it, and ends a tag, a cell and a line.
    const HOSTILE: &str = "a\u{202e}b\u{200b}\u{1b}[2J\r\n=1<i>";

    fn report() -> Report {
        let catalogue = Catalogue::read(
            r#"{"organizations":[],"products":[{"id":"nas","name":"NAS",
                "model":"device-subscription",
                "licence_types":[{"id":"seat","name":"Seat"}]}]}"#,
        );
        let settings = catalogue.expect("a catalogue").products.remove(0);
        let mut holding = Holding::new(&ProductRow {
            settings,
            withdrawn: false,
            in_use: true,
        });
        holding.name = HOSTILE.into();
        holding.licence_types[0].name = HOSTILE.into();
        let day = Day::read("2026-11-22").expect("a day");
        let computer_id = ComputerId([7; 15]);
        holding.unconfirmed.push(SystemDay {
            day,
            computer_name: HOSTILE.into(),
            computer_id,
        });
        let id = Identifier::new("acme").expect("an identifier");
        let (name, contact) = (HOSTILE.to_owned(), Some(HOSTILE.to_owned()));
        let customer = Customer {
            id,
            name,
            language: "de".into(),
            contact,
            withdrawn: false,
            products: vec![holding],
        };
        let organizations = vec![customer];
        Report {
            day,
            only: None,
            history: HistoryPoint {
                origin: Hex([0; 8]),
                size: 1,
                head: Hex([0; 32]),
            },
            clock_warning: Some(HOSTILE.into()),
            actions: actions(&organizations).expect("small counts"),
            organizations,
            products: Vec::new(),
        }
    }

    #[test]
    fn nothing_hidden_reaches_any_form() {
        let report = report();
        let table = String::from_utf8(csv(&report).expect("a table")).expect("UTF-8");
        for form in [text(&report).concat(), html(&report), table] {
            assert!(form.contains(r"\xe2\x80\xae"), "the name is there: {form}");
            let hidden = form
                .trim_start_matches('\u{feff}')
                .chars()
                .filter(|c| !"\r\n".contains(*c));
            assert!(
                !hidden
                    .into_iter()
                    .any(crate::licence::identifier::is_control_or_format),
                "{form}"
            );
        }
        assert!(!html(&report).contains("<i>"));
    }
}
