//! A batch of operators' orders. It is decided, committed, signed and published like a batch of
//! requests, from the same records.

use super::batch::Batch;
use super::chunk::Chunk;
use super::computer_key;
use super::deliver::{Delivered, Group, deliver};
use super::options::{Fresh, Progress};
use super::publish::finish;
use super::record::outcome_of;
use super::recover::{Completed, complete};
use super::result::BatchResult;
use crate::licence::{Counts, Digest, Moment};
use crate::ops::damage::Damage;
use crate::ops::defect::Defect;
use crate::ops::error::OpsError;
use crate::ops::records::{AnswerRecord, DeliveryRecord};
use crate::ops::session::Session;
use crate::ops::signer::Signer;
use crate::policy::ask::{Activating, Ask, Order};
use crate::policy::decide::{Decision, decide};
use crate::policy::record::event::Event;
use crate::policy::record::event::file::Source;
use crate::policy::record::event::granted::Granted;
use crate::policy::record::state::State;
use crate::policy::record::state::StateBroken;
use crate::policy::record::system::{IssuedActivation, SystemRow};
use crate::policy::record::wallet;
use crate::spool::Spool;
use crate::wire::response::Activation;
use crate::wire::sha256;

/// Part of the hash that identifies an order, in the place of a request's document id.
const ORDER: &[u8] = b"keyspool/order/v1\0";

/// Orders that are given and not yet carried out. Dropping them forgets them all.
pub struct Orders<'a> {
    chunk: Chunk<'a>,
    batch: Batch<'a>,
    records: Vec<DeliveryRecord>,
    /// What each order changes.
    pub issued: Vec<Issued>,
    /// Batches of an earlier run that were completed first.
    completed: Vec<Completed>,
}

/// What an order changes about a system.
#[derive(Debug, Clone)]
pub struct Issued {
    /// The system afterwards.
    pub system: SystemRow,
    /// Its activation before; none where it had none.
    pub before: Option<IssuedActivation>,
    /// What leaves the organization's wallet for it.
    pub taken: Counts,
    /// Whether the activation fits into a Computer Key, and the product has such keys.
    pub has_computer_key: bool,
    order: Digest,
}

/// What came of a batch of orders.
pub struct Carried {
    /// As for a batch of requests.
    pub result: BatchResult,
    /// Each system with what changed, and the lines of its Computer Key where it has one.
    pub issued: Vec<(Issued, Vec<String>)>,
}

impl<'a> Orders<'a> {
    /// Completes what an earlier run left, then begins a batch by the clock.
    ///
    /// # Errors
    /// As [`Session::begin`]; [`OpsError::Spool`].
    pub fn begin(
        signer: &'a Signer,
        spool: &'a Spool,
        clock: Moment,
        fresh: &'a Fresh<'a>,
    ) -> Result<Self, OpsError> {
        let progress = &Progress::UNTOLD;
        let completed = complete(signer, spool, progress)?;
        let batch = Batch {
            signer,
            spool,
            id: fresh()?,
            clock,
            progress,
        };
        Ok(Self {
            chunk: Chunk::begin(batch, fresh)?,
            batch,
            records: Vec::new(),
            issued: Vec::new(),
            completed,
        })
    }

    /// The session in which the orders are given.
    #[must_use]
    pub fn session(&self) -> &Session<'a> {
        &self.chunk.session
    }

    /// Gives one order. It is decided on the state that the orders before have left.
    ///
    /// # Errors
    /// [`OpsError::Refused`]; [`OpsError::Ledger`].
    pub fn give(&mut self, order: &Order) -> Result<(), OpsError> {
        let id = order.computer_id;
        let text = format!("{} {id}", verb(&order.what));
        let digest = sha256(&[text.as_bytes()]);
        let order_id = sha256(&[
            ORDER,
            self.batch.id.as_str().as_bytes(),
            &[0],
            text.as_bytes(),
        ]);
        let before = self.chunk.session.state().get::<SystemRow>(&id.0)?;
        let source = Source {
            batch: self.batch.id,
            file: text.clone(),
            digest,
        };
        let context = self.chunk.context(None, None, source)?;
        let ask = Ask::operator(order, order_id, &context);
        let Decision::Granted(grant) = decide(&self.chunk.session.state(), &ask)? else {
            return Err(Defect::Order { found: "repeated" }.into());
        };
        let answer = self.chunk.grant(None, &grant, before.is_none())?;
        let (system, taken) = match grant.event() {
            Event::Issued(issued) => (&issued.system, taken(issued)?),
            Event::EmergencyGranted(granted) => (&granted.system, Counts::new()),
            event => {
                let found = event.name();
                return Err(Defect::Order { found }.into());
            }
        };
        let has_computer_key = answer
            .and_then(|number| self.chunk.answer(number))
            .is_some_and(|answer| !answer.computer_key_types.is_empty());
        self.records.push(DeliveryRecord {
            path: data_encoding::HEXLOWER.encode(text.as_bytes()),
            file: text,
            digest,
            place: 1,
            places: 1,
            request: Some(order_id),
            outcome: outcome_of(grant.event()),
            answer,
            refusal: None,
            computer_id: Some(id),
            organization: Some(system.organization.to_string()),
            is_new_system: before.is_none(),
            by_hand: true,
        });
        let before = before.map(|system| system.activation.clone());
        self.issued.push(Issued {
            system: system.clone(),
            before,
            taken,
            has_computer_key,
            order: order_id,
        });
        Ok(())
    }

    /// Commits the orders, then signs and publishes what they issue; without any, only the day is
    /// recorded.
    ///
    /// # Errors
    /// [`OpsError`]; what was committed by then is published by the next command.
    pub fn carry_out(self) -> Result<Carried, OpsError> {
        let (batch, signer) = (&self.batch, self.batch.signer);
        if self.records.is_empty() {
            self.chunk.session.commit_if_changed()?;
            return Ok(Carried {
                result: BatchResult::of(batch, Delivered::default(), self.completed)?,
                issued: Vec::new(),
            });
        }
        let publisher = batch.publisher()?;
        let mut record = batch.record();
        let mut delivered = Delivered::default();
        let done = self.chunk.commit(&mut record, self.records)?;
        let group = Group::of(signer, done.records, done.answers)?;
        deliver(batch, &publisher, &group, &mut delivered)?;
        finish(batch, &publisher, &record, &mut delivered)?;
        let keyed = self.issued.into_iter().map(|issued| {
            let lines = lines(signer, &group, &issued)?;
            Ok((issued, lines))
        });
        Ok(Carried {
            issued: keyed.collect::<Result<_, OpsError>>()?,
            result: BatchResult::of(batch, delivered, self.completed)?,
        })
    }
}

/// The order's words in the history and in manifests.
fn verb(what: &Activating) -> &'static str {
    match what {
        Activating::Issue { .. } => "activation issue",
        Activating::Extend => "activation extend",
        Activating::Refresh => "refresh",
        Activating::Emergency { .. } => "activation emergency",
    }
}

/// What an order takes from the wallet: for seats, and for periods of the subscription.
fn taken(issued: &Granted) -> Result<Counts, StateBroken> {
    let assigned = issued
        .assignments
        .iter()
        .flat_map(|assignment| &assignment.taken);
    wallet::counts(
        &issued
            .taken
            .iter()
            .chain(assigned)
            .cloned()
            .collect::<Vec<_>>(),
    )
    .map_err(StateBroken::from)
}

/// The lines of the Computer Key that the bundle holds.
fn lines(signer: &Signer, group: &Group, issued: &Issued) -> Result<Vec<String>, OpsError> {
    let Some(answer) = group
        .answer(&issued.order)
        .filter(|answer| !answer.computer_key_types.is_empty())
    else {
        return Ok(Vec::new());
    };
    let AnswerRecord {
        payload,
        computer_key_types: types,
        key_id,
        ..
    } = answer;
    let activation = Activation::read(payload.as_bytes());
    let request = issued.order;
    let activation = activation.map_err(|fault| Damage::Answer { request, fault })?;
    let text = computer_key::text(
        &signer.vault,
        &activation,
        types,
        signer.vault.trust_list().0,
        *key_id,
    )?;
    Ok(text.lines().map(str::to_owned).collect())
}
