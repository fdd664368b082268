//! What lies in the wallet, what ends soon, and the figures that are known once every row was
//! shown.

use super::EXPIRING_DAYS;
use super::holding::{Holding, Standing};
use crate::licence::counts::CountsOverflow;
use crate::licence::{ComputerId, Counts, Day};
use crate::policy::catalogue::{Model, ProductSettings};
use crate::policy::state::WalletRow;
use crate::policy::subscription::status::Status;
use alloc::collections::BTreeMap;
use alloc::string::String;
use serde::Serialize;

/// What ends soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpiringKind {
    /// The last licensed period of a subscription.
    Subscription,
    /// Seats that a system holds.
    Seats,
    /// Licences in the wallet.
    Stored,
    /// Seats that came back into the wallet, whose term goes on running.
    Returned,
}

/// Something that ends within 90 days, or has ended and is in its grace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Expiring {
    /// Its last day, inclusive.
    pub until: Day,
    /// What it is.
    pub kind: ExpiringKind,
    /// The last day of use, where there is a grace after it.
    pub grace_until: Option<Day>,
    /// Days from the report's day to `until`; negative within the grace after it.
    pub days_left: i64,
    /// How many of each type.
    pub licences: Counts,
    /// Whose seats they are.
    pub computer_id: Option<ComputerId>,
    /// What people call that system.
    pub computer_name: Option<String>,
}

/// Seats that the signer was to renew and could not, for want of licences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotRenewed {
    /// Their last day.
    pub until: Day,
    /// How many of each type.
    pub licences: Counts,
    /// Whose they are.
    pub computer_id: ComputerId,
    /// What people call it.
    pub computer_name: String,
}

/// The seats of a system that have all ended, grace and all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EndedSeats {
    /// Their last day, inclusive.
    pub until: Day,
    /// The last day of use, where there was a grace after it.
    pub grace_until: Option<Day>,
    /// What the newest activation stated.
    pub licences: Counts,
    /// Whose they were.
    pub computer_id: ComputerId,
    /// What people call it.
    pub computer_name: String,
}

impl Expiring {
    /// Something that ends, with the grace after it in days, if that is at most 90 days away.
    #[must_use]
    pub fn within(
        kind: ExpiringKind,
        (until, grace_days): (Day, u32),
        licences: Counts,
        system: Option<(ComputerId, String)>,
        today: Day,
    ) -> Option<Self> {
        let days_left = until.days_since(today);
        let grace_until =
            (grace_days > 0).then(|| until.plus_days(grace_days).unwrap_or(Day::LAST));
        let (computer_id, computer_name) = system.unzip();
        let expiring = Self {
            until,
            kind,
            grace_until,
            days_left,
            licences,
            computer_id,
            computer_name,
        };
        (days_left <= i64::from(EXPIRING_DAYS)).then_some(expiring)
    }
}

impl Holding {
    /// What lies in the wallet.
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

    /// The figures that follow from the others, and every list in its order.
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
        self.note_order(settings, today)?;
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

    /// How the systems of a product stand whose licences belong to devices.
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
