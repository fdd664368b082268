//! Reading without recording: today's state is computed over a snapshot and forgotten again
//! (LICENSING section 5).

use super::clock::check_clock;
use super::error::OpsError;
use super::signer::Signer;
use crate::ledger::{Reader, RowCache, RowKey, Snapshot, StateView, TableSpec};
use crate::licence::{Day, Moment};
use crate::policy::day::rollforward;
use crate::policy::record::state::{Row, State};
use std::ops::ControlFlow;

/// The state as of today, for commands that only read.
pub struct Today<'s> {
    snapshot: Snapshot<'s>,
    cache: RowCache,
    /// The day it was brought to.
    pub day: Day,
    /// What is wrong with the clock, if something is: reading goes on all the same.
    pub warning: Option<String>,
}

impl<'s> Today<'s> {
    /// Computes today's state; an implausible clock is a warning.
    ///
    /// # Errors
    /// [`OpsError::Ledger`], [`OpsError::Broken`].
    pub fn of(signer: &'s Signer, clock: Moment) -> Result<Self, OpsError> {
        let snapshot = signer.ledger.read()?;
        let warning = check_clock(&snapshot, clock)
            .err()
            .map(|error| error.to_string());
        let today = Self {
            snapshot,
            cache: RowCache::default(),
            day: clock.day(),
            warning,
        };
        // By an implausible clock, the state stays as it was recorded.
        if today.warning.is_none() {
            rollforward::bring_to(&mut today.state(), today.day)?;
        }
        Ok(today)
    }

    /// The state.
    pub fn state(&self) -> StateView<'_, Snapshot<'s>> {
        StateView::new(&self.snapshot, &self.cache)
    }

    /// The ledger as it is committed.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot<'s> {
        &self.snapshot
    }

    /// Gives `visit` every row of a type, as of today; rows that are new since the last recorded
    /// day come last.
    ///
    /// # Errors
    /// What `visit` says; [`OpsError::Ledger`].
    pub fn each<R: Row>(
        &self,
        mut visit: impl FnMut(&R) -> Result<(), OpsError>,
    ) -> Result<(), OpsError> {
        let table = TableSpec::from(R::TABLE);
        self.snapshot.iterate(table, |_: RowKey, value: &[u8]| {
            let row: R = super::records::parsed(table, value)?;
            match self.state().changed::<R>(&row.key())? {
                Some(Some(changed)) => visit(&changed)?,
                Some(None) => {}
                None => visit(&row)?,
            }
            Ok::<_, OpsError>(ControlFlow::Continue(()))
        })?;
        for row in self.state().changed_rows::<R>()? {
            if self.snapshot.get(table, &row.key())?.is_none() {
                visit(&row)?;
            }
        }
        Ok(())
    }

    /// A row as of today.
    ///
    /// # Errors
    /// [`OpsError::Broken`].
    pub fn get<R: Row>(&self, key: &[u8]) -> Result<Option<std::rc::Rc<R>>, OpsError> {
        Ok(self.state().get::<R>(key)?)
    }
}
