//! What lies in the wallet, what ends soon, and the figures that follow from all rows.

use crate::licence::counts::CountsOverflow;
use crate::licence::{Counts, Day};
use crate::policy::record::catalogue::settings::{Model, ProductSettings};
use crate::policy::record::wallet::WalletRow;
use crate::policy::report::ends::{Expiring, ExpiringKind};
use crate::policy::report::holding::{Holding, Standing};
use crate::policy::report::status::Status;
use alloc::collections::BTreeMap;

impl Holding {
    /// Adds what lies in the wallet.
    ///
    /// # Errors
    /// [`CountsOverflow`].
    pub fn note_wallet(&mut self, row: &WalletRow, today: Day) -> Result<(), CountsOverflow> {
        let mut ends: BTreeMap<(Day, ExpiringKind), Counts> = BTreeMap::new();
        self.marks.lots.clone_from(&row.lots);
        for lot in &row.lots {
            self.stored.add_type(&lot.licence_type, lot.count)?;
            let kind = if lot.returned.is_some() {
                ExpiringKind::Returned
            } else {
                ExpiringKind::Stored
            };
            if kind == ExpiringKind::Returned {
                self.returned.add_type(&lot.licence_type, lot.count)?;
            }
            ends.entry((lot.store_until, kind))
                .or_default()
                .add_type(&lot.licence_type, lot.count)?;
        }
        for ((until, kind), licences) in ends {
            self.expiring
                .extend(Expiring::within(kind, (until, 0), licences, None, today));
        }
        Ok(())
    }

    /// Computes the figures that follow from the others, and sorts every list.
    ///
    /// # Errors
    /// [`CountsOverflow`].
    pub fn finish(&mut self, settings: &ProductSettings, today: Day) -> Result<(), CountsOverflow> {
        let mut owned = self.stored.plus(&self.held)?.plus(&self.preloaded)?;
        if settings.model == Model::PooledSubscription {
            for period in &self.periods {
                owned = owned.plus(&period.assigned)?;
            }
        } else {
            owned = owned.plus(&self.assigned)?;
            self.standing = self.standing_of_systems(settings, today);
        }
        self.owned = owned;
        self.note_purchase(settings, today)?;
        self.ended_seats.sort_by(|a, b| {
            (b.until, &a.computer_name, a.computer_id).cmp(&(
                a.until,
                &b.computer_name,
                b.computer_id,
            ))
        });
        self.expiring.sort_by(|a, b| {
            (a.until, a.kind, &a.computer_name, a.computer_id).cmp(&(
                b.until,
                b.kind,
                &b.computer_name,
                b.computer_id,
            ))
        });
        self.unconfirmed.sort();
        self.due.sort();
        self.emergencies.sort();
        self.held_seats.sort_by(|a, b| {
            (a.since, &a.computer_name, a.computer_id).cmp(&(
                b.since,
                &b.computer_name,
                b.computer_id,
            ))
        });
        self.suspected
            .sort_by(|a, b| (b.abuse, a.on, a.computer_id).cmp(&(a.abuse, b.on, b.computer_id)));
        self.not_renewed.sort_by(|a, b| {
            (a.until, &a.computer_name, a.computer_id).cmp(&(
                b.until,
                &b.computer_name,
                b.computer_id,
            ))
        });
        Ok(())
    }

    /// How the systems stand, for a product whose licences belong to devices.
    fn standing_of_systems(&self, settings: &ProductSettings, today: Day) -> Standing {
        let standing = |status, until, since| Standing {
            status,
            until,
            since,
        };
        let marks = &self.marks;
        if self.systems.active > 0 {
            let Some(end) = marks.earliest_end else {
                return standing(Status::Licensed, None, None);
            };
            let days = end.days_since(today);
            return match days {
                ..0 => standing(Status::Grace, marks.earliest_last_use, None),
                _ if days <= i64::from(settings.largest_notice()) => {
                    standing(Status::ExpiresSoon, Some(end), None)
                }
                _ => standing(Status::Licensed, Some(end), None),
            };
        }
        if marks.trial_until.is_some() {
            return standing(Status::Trial, marks.trial_until, None);
        }
        match marks.ended {
            Some(last) => standing(Status::Expired, None, last.plus_days(1)),
            None => standing(Status::NotStarted, None, None),
        }
    }
}
