//! The rows about one product of one organization.

use super::row::Row;
use super::writer::Sheet;
use crate::policy::report::holding::Holding;
use crate::render::error::RenderError;
use crate::words::report::figures;

impl Sheet {
    /// Every row about the product; `row` names organization and product.
    ///
    /// # Errors
    /// [`RenderError::Encoder`].
    pub(super) fn holding(&mut self, row: &Row, holding: &Holding) -> Result<(), RenderError> {
        self.figures(row, holding)?;
        self.coming(row, holding)?;
        self.systems(row, holding)
    }

    fn figures(&mut self, row: &Row, holding: &Holding) -> Result<(), RenderError> {
        let standing = holding.standing;
        let withdrawn = if holding.withdrawn { "; withdrawn" } else { "" };
        let status = row
            .item("status", standing.status.as_str())
            .days(standing.since, standing.until);
        self.row(&status.note(format!("{}{withdrawn}", figures::standing(holding))))?;
        let figures = [
            ("owned", &holding.owned),
            ("unredeemed", &holding.unredeemed),
            ("stored", &holding.stored),
            ("returned", &holding.returned),
            ("assigned", &holding.assigned),
            ("preloaded", &holding.preloaded),
            ("held", &holding.held),
            ("needed", &holding.need),
            ("used", &holding.used),
            ("waiting", &holding.waiting),
            ("waiting-beyond", &holding.waiting_beyond),
            ("missing", &holding.missing),
            ("to-order-missing", &holding.purchase.missing),
            ("to-order-waiting", &holding.purchase.waiting),
            ("to-order-not-renewed", &holding.purchase.not_renewed),
            ("to-order-ending", &holding.purchase.ending),
            ("to-order-growth", &holding.purchase.growth),
            ("could-not-renew", &holding.could_not_renew),
            ("carry-days", &holding.carry_days),
        ];
        for (name, counts) in figures {
            self.counts(&row.item("licences", name), counts)?;
        }
        let systems = &holding.systems;
        let counted = [
            ("active", systems.active),
            ("trial", systems.trial),
            ("emergency", systems.emergency),
            ("ended", systems.ended),
            ("denied", systems.denied),
            ("deactivated", systems.deactivated),
            ("released-after-end", systems.released_after_end),
            ("released-without-proof", systems.released_without_proof),
            (
                "released-without-proof-within-365-days",
                systems.released_without_proof_recently,
            ),
            ("recovered", systems.recovered),
            ("recovered-within-365-days", systems.recovered_recently),
            ("waiting", holding.waiting_systems),
            ("waiting-beyond", holding.waiting_beyond_systems),
            ("awaiting-approval", holding.awaiting_approval),
        ];
        counted
            .into_iter()
            .try_for_each(|(name, count)| self.row(&row.item("systems", name).count(count)))
    }

    fn coming(&mut self, row: &Row, holding: &Holding) -> Result<(), RenderError> {
        for period in &holding.periods {
            let days = |item: &str| {
                row.item("period", item)
                    .days(Some(period.first), Some(period.last))
            };
            let licensed = if period.licensed {
                "licensed"
            } else {
                "not licensed"
            };
            let note = format!("period {}, {licensed}", period.number);
            self.counts(&days("assigned").note(note.clone()), &period.assigned)?;
            self.counts(&days("missing").note(note), &period.missing)?;
        }
        for end in &holding.expiring {
            let expiring = row
                .item("expiring", figures::ending(end.kind))
                .days(None, Some(end.until));
            let grace = end
                .grace_until
                .map_or_else(String::new, |last| format!("; grace until {last}"));
            let note = format!("{}{grace}", figures::days_left(end.days_left));
            let named = match (end.computer_id, &end.computer_name) {
                (Some(id), Some(name)) => expiring.system(id, name),
                _ => expiring,
            };
            self.counts(&named.note(note), &end.licences)?;
        }
        if let Some(growth) = &holding.growth {
            let item = if growth.over { "over" } else { "reported" };
            self.row(
                &row.item("growth", item)
                    .days(None, growth.until)
                    .count(growth.added)
                    .note(figures::growth(growth)),
            )?;
        }
        if let Some(swing) = &holding.swing {
            let note = format!("{}, then {}, then {}", swing.from, swing.judged, swing.to);
            self.row(
                &row.item("swing", "need")
                    .days(Some(swing.lowered), Some(swing.raised))
                    .note(note),
            )?;
        }
        Ok(())
    }

    fn systems(&mut self, row: &Row, holding: &Holding) -> Result<(), RenderError> {
        for (section, systems) in [("unconfirmed", &holding.unconfirmed), ("due", &holding.due)] {
            for one in systems {
                self.row(
                    &row.item(section, "")
                        .days(Some(one.day), None)
                        .system(one.computer_id, &one.computer_name),
                )?;
            }
        }
        for one in &holding.emergencies {
            self.row(
                &row.item("emergency", "")
                    .days(None, Some(one.day))
                    .system(one.computer_id, &one.computer_name),
            )?;
        }
        for seats in &holding.ended_seats {
            let grace = seats
                .grace_until
                .map_or_else(String::new, |last| format!("grace until {last}"));
            let line = row
                .item("ended", "")
                .days(None, Some(seats.until))
                .system(seats.computer_id, &seats.computer_name);
            self.counts(&line.note(grace), &seats.licences)?;
        }
        for seats in &holding.not_renewed {
            let line = row
                .item("not-renewed", "")
                .days(None, Some(seats.until))
                .system(seats.computer_id, &seats.computer_name);
            self.counts(&line, &seats.licences)?;
        }
        for seats in &holding.held_seats {
            let line = row
                .item("held", "")
                .days(Some(seats.since), None)
                .system(seats.computer_id, &seats.computer_name);
            self.counts(&line.clone().note(seats.why.as_str()), &seats.licences)?;
            if !seats.ended.is_empty() {
                self.counts(
                    &Row {
                        item: "ended".to_owned(),
                        ..line
                    }
                    .note(seats.why.as_str()),
                    &seats.ended,
                )?;
            }
        }
        for one in &holding.suspected {
            let line = row
                .item("suspected", one.abuse.as_str())
                .days(Some(one.on), None)
                .count(one.requests.into());
            self.row(&line.system(one.computer_id, &one.computer_name))?;
        }
        Ok(())
    }
}
