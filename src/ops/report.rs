//! `report`: who owns, uses and owes what. One pass over each table; what is kept grows with what
//! is listed, not with the systems.

use super::damage::Damage;
use super::error::OpsError;
use super::signer::Signer;
use super::today::Today;
use crate::ledger::Reader;
use crate::licence::counts::CountsOverflow;
use crate::licence::{ComputerId, Counts, Day, Identifier, Moment};
use crate::policy::admit::known;
use crate::policy::model::counted::counted_for;
use crate::policy::record::catalogue::settings::Model;
use crate::policy::record::counter::CounterRow;
use crate::policy::record::given_up::{DueRow, SuspicionRow};
use crate::policy::record::key::{KeyRow, KeyState};
use crate::policy::record::need::NeedRow;
use crate::policy::record::organization::OrganizationRow;
use crate::policy::record::preloaded::{ExpansionRow, RecordRow, entitlement_of};
use crate::policy::record::product::ProductRow;
use crate::policy::record::request::WaitingRow;
use crate::policy::record::state::{Row, StateBroken};
use crate::policy::record::subscription::SubscriptionRow;
use crate::policy::record::system::{HardwareRow, SystemRow, SystemState};
use crate::policy::record::tally::TallyRow;
use crate::policy::record::temporary::TrialRow;
use crate::policy::record::wallet::WalletRow;
use crate::policy::report::figures::{Customer, Report, Stock};
use crate::policy::report::holding::Holding;
use crate::policy::report::to_do::actions;
use crate::wire::response::HistoryPoint;
use std::collections::BTreeMap;

/// The report as of today, of all organizations or of one; by an implausible clock, as of the last
/// recorded day.
///
/// # Errors
/// [`OpsError::Refused`] for an unknown organization; [`OpsError::Ledger`], [`OpsError::Broken`].
pub fn report(
    signer: &Signer,
    clock: Moment,
    only: Option<&Identifier>,
) -> Result<Report, OpsError> {
    let today = Today::of(signer, clock)?;
    if let Some(only) = only {
        known::organization(&today.state(), only)?;
    }
    let recorded = today.get::<CounterRow>(&[])?.and_then(|row| row.brought_to);
    let day = if today.warning.is_some() {
        recorded.unwrap_or(today.day)
    } else {
        today.day
    };
    let mut pages = Pages::of(&today, day, only)?;
    pages.stock()?;
    pages.systems()?;
    pages.subscriptions()?;
    let (organizations, products) = pages.finish()?;
    let snapshot = today.snapshot();
    Ok(Report {
        day,
        only: only.cloned(),
        history: HistoryPoint {
            origin: snapshot.origin(),
            size: snapshot.size(),
            head: snapshot.head(),
        },
        clock_warning: today.warning.clone(),
        actions: actions(&organizations).map_err(StateBroken::from)?,
        organizations,
        products,
    })
}

/// The report while the tables are walked.
struct Pages<'t, 's> {
    today: &'t Today<'s>,
    day: Day,
    only: Option<&'t Identifier>,
    products: BTreeMap<Identifier, ProductRow>,
    organizations: BTreeMap<Identifier, OrganizationRow>,
    holdings: BTreeMap<(Identifier, Identifier), Holding>,
}

impl<'t, 's> Pages<'t, 's> {
    fn of(today: &'t Today<'s>, day: Day, only: Option<&'t Identifier>) -> Result<Self, OpsError> {
        let (mut products, mut organizations) = (BTreeMap::new(), BTreeMap::new());
        today.each::<ProductRow>(|row| {
            products.insert(row.settings.id.clone(), row.clone());
            Ok(())
        })?;
        today.each::<OrganizationRow>(|row| {
            if only.is_none_or(|only| *only == row.id) {
                organizations.insert(row.id.clone(), row.clone());
            }
            Ok(())
        })?;
        Ok(Self {
            today,
            day,
            only,
            products,
            organizations,
            holdings: BTreeMap::new(),
        })
    }

    /// Shows `note` every row of a type with the holding that it belongs to.
    fn each<R: Row>(
        &mut self,
        whose: impl Fn(&R) -> Option<(&Identifier, &Identifier)>,
        mut note: impl FnMut(&mut Holding, &ProductRow, &R) -> Result<(), OpsError>,
    ) -> Result<(), OpsError> {
        let (organizations, products, holdings) =
            (&self.organizations, &self.products, &mut self.holdings);
        self.today.each::<R>(|row| {
            let Some((organization, product)) =
                whose(row).filter(|(id, _)| organizations.contains_key(*id))
            else {
                return Ok(());
            };
            let settings = products.get(product).ok_or_else(|| Damage::NoProduct {
                id: product.clone(),
            })?;
            let holding = holdings
                .entry((organization.clone(), product.clone()))
                .or_insert_with(|| Holding::new(settings));
            note(holding, settings, row)
        })
    }

    /// What was bought, what lies in wallets, what came with hardware, what waits.
    fn stock(&mut self) -> Result<(), OpsError> {
        let day = self.day;
        let is_unused = |key: &KeyRow| key.state == KeyState::Unused;
        self.each::<KeyRow>(
            |row| {
                row.organization
                    .as_ref()
                    .filter(|_| is_unused(row))
                    .map(|organization| (organization, &row.product))
            },
            |holding, _, row| counted(holding.note_key(row)),
        )?;
        self.each::<WalletRow>(
            |row| (!row.lots.is_empty()).then_some((&row.organization, &row.product)),
            |holding, _, row| counted(holding.note_wallet(row, day)),
        )?;
        self.each::<RecordRow>(
            |row| {
                Some((
                    row.owner.as_ref().or(row.record.organization.as_ref())?,
                    &row.record.product,
                ))
            },
            |holding, _, row| counted(holding.note_record(row)),
        )?;
        self.each::<ExpansionRow>(
            |row| Some((&row.organization, &row.product)),
            |holding, _, row| counted(holding.note_expansion(row)),
        )?;
        let today = self.today;
        self.each::<WaitingRow>(
            |row| Some((&row.organization, &row.product)),
            |holding, product, row| {
                let system = today.get::<SystemRow>(&row.computer_id.0)?;
                let is_its = |system: &SystemRow| {
                    system.organization == row.organization && system.product == row.product
                };
                let known = match system.filter(|system| is_its(system)) {
                    Some(system) => counted_for(
                        &system,
                        product.settings.model,
                        &entitled(today, product, &system)?,
                    ),
                    None => Counts::new(),
                };
                counted(holding.note_waiting(row, &known, day))
            },
        )
    }

    /// What systems need, use and hold.
    fn systems(&mut self) -> Result<(), OpsError> {
        let (today, day) = (self.today, self.day);
        let mut due: BTreeMap<ComputerId, Day> = BTreeMap::new();
        today.each::<DueRow>(|row| {
            due.extend(row.since.map(|since| (row.computer_id, since)));
            Ok(())
        })?;
        let mut suspicions: BTreeMap<ComputerId, SuspicionRow> = BTreeMap::new();
        today.each::<SuspicionRow>(|row| {
            suspicions.insert(row.computer_id, row.clone());
            Ok(())
        })?;
        self.each::<NeedRow>(
            |row| (row.systems > 0).then_some((&row.organization, &row.product)),
            |holding, _, row| {
                holding.note_need(row);
                Ok(())
            },
        )?;
        self.each::<SystemRow>(
            |row| Some((&row.organization, &row.product)),
            |holding, product, row| {
                let entitlement = entitled(today, product, row)?;
                counted(holding.note_system(
                    row,
                    &product.settings,
                    due.get(&row.computer_id).copied(),
                    &entitlement,
                    day,
                ))?;
                if let Some(suspicion) = suspicions.get(&row.computer_id) {
                    holding.note_suspicion(suspicion, row.computer_name.clone());
                }
                let hardware = match row.state {
                    SystemState::GivenUp { held: true, .. } => {
                        today.get::<HardwareRow>(&row.hardware.to_be_bytes())?
                    }
                    _ => None,
                };
                counted(holding.note_held(row, &product.settings, hardware.as_deref(), day))
            },
        )
    }

    /// How the pooled subscriptions stand, also those that only a trial or a stock announces.
    fn subscriptions(&mut self) -> Result<(), OpsError> {
        self.each::<SubscriptionRow>(
            |row| Some((&row.organization, &row.product)),
            |_, _, _| Ok(()),
        )?;
        let day = self.day;
        self.each::<TrialRow>(
            |row| {
                (row.first..=row.last)
                    .contains(&day)
                    .then_some((&row.organization, &row.product))
            },
            |_, _, _| Ok(()),
        )?;
        let state = self.today.state();
        for ((organization, product), holding) in &mut self.holdings {
            if holding.model == Model::PooledSubscription
                && let Some(row) = self.products.get(product)
            {
                holding.note_subscription(&state, organization, &row.settings, day)?;
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<(Vec<Customer>, Vec<Stock>), OpsError> {
        let mut customers: BTreeMap<Identifier, Customer> = BTreeMap::new();
        for (id, row) in self.organizations {
            let (name, language, contact) = (row.name, row.language, row.contact);
            let customer = Customer {
                id: id.clone(),
                name,
                language,
                contact,
                withdrawn: row.withdrawn,
                products: Vec::new(),
            };
            customers.insert(id, customer);
        }
        for ((organization, product), mut holding) in self.holdings {
            if let (Some(customer), Some(row)) = (
                customers.get_mut(&organization),
                self.products.get(&product),
            ) {
                holding
                    .finish(&row.settings, self.day)
                    .map_err(StateBroken::from)?;
                customer.products.push(holding);
            }
        }
        let mut tallies: BTreeMap<Identifier, TallyRow> = BTreeMap::new();
        self.today.each::<TallyRow>(|row| {
            tallies.insert(row.product.clone(), row.clone());
            Ok(())
        })?;
        let stock = |(id, row): (Identifier, ProductRow)| Stock {
            tally: tallies
                .remove(&id)
                .unwrap_or_else(|| TallyRow::new(id.clone())),
            name: row.settings.name,
            model: row.settings.model,
            withdrawn: row.withdrawn,
            id,
        };
        // What all customers have together is nothing for one of them to read.
        let products = if self.only.is_some() {
            BTreeMap::new()
        } else {
            self.products
        };
        Ok((
            customers.into_values().collect(),
            products.into_iter().map(stock).collect(),
        ))
    }
}

/// What a system of the hardware model may use today; nothing for the other models.
fn entitled(
    today: &Today<'_>,
    product: &ProductRow,
    system: &SystemRow,
) -> Result<Counts, OpsError> {
    match product.settings.model {
        Model::Hardware => Ok(entitlement_of(&today.state(), system)?),
        _ => Ok(Counts::new()),
    }
}

fn counted(result: Result<(), CountsOverflow>) -> Result<(), OpsError> {
    Ok(result.map_err(StateBroken::from)?)
}
