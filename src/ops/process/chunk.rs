//! One transaction of a batch: documents, or orders, that are committed together.

use super::batch::Batch;
use super::options::{Fresh, Options};
use super::recorded::Answers;
use crate::licence::Identifier;
use crate::ops::error::OpsError;
use crate::ops::records::{AnswerRecord, DeliveryRecord};
use crate::ops::session::Session;
use crate::policy::ahead::RowName;
use crate::policy::ask::Context;
use crate::policy::record::event::file::Source;
use std::collections::{BTreeMap, HashSet};

/// One transaction of a batch.
pub(super) struct Chunk<'a> {
    pub(super) batch: Batch<'a>,
    pub(super) session: Session<'a>,
    fresh: &'a Fresh<'a>,
    /// The organization for which the operator vouches.
    vouched: Option<Identifier>,
    /// Whether folders of a medium vouch too.
    pub(super) trust_folders: bool,
    /// Answers by their numbers.
    pub(super) answers: BTreeMap<u64, AnswerRecord>,
}

impl<'a> Chunk<'a> {
    /// Begins a transaction of requests.
    pub(super) fn of_requests(batch: &Batch<'a>, options: &Options<'a>) -> Result<Self, OpsError> {
        Ok(Self {
            vouched: options.organization.clone(),
            trust_folders: options.trust_folders,
            ..Self::begin(*batch, options.fresh)?
        })
    }

    /// Begins a transaction by the batch's clock; nobody vouches for anything.
    pub(super) fn begin(batch: Batch<'a>, fresh: &'a Fresh<'a>) -> Result<Self, OpsError> {
        Ok(Self {
            batch,
            session: Session::begin(batch.signer, batch.clock)?,
            fresh,
            vouched: None,
            trust_folders: false,
            answers: BTreeMap::new(),
        })
    }
}

impl Chunk<'_> {
    /// An answer of this transaction, by its number.
    pub(super) fn answer(&self, number: u64) -> Option<&AnswerRecord> {
        self.answers.get(&number)
    }

    /// What the rules know beside the request and the state.
    pub(super) fn context(
        &self,
        folder: Option<Folder>,
        witness: Option<u64>,
        source: Source,
    ) -> Result<Context, OpsError> {
        let vouching = folder
            .as_ref()
            .filter(|folder| folder.vouches)
            .map(|folder| folder.organization.clone());
        Ok(Context {
            today: self.session.today(),
            now: self.session.now(),
            trust_list: self.batch.signer.vault.trust_list().0.version,
            fresh_id: (self.fresh)()?,
            vouched: vouching.or_else(|| self.vouched.clone()),
            folder: folder.map(|folder| folder.organization),
            witness,
            source,
        })
    }
}

/// A folder named like an organization.
pub(super) struct Folder {
    pub(super) organization: Identifier,
    /// Whether it vouches for its files; else they only must not contradict it.
    pub(super) vouches: bool,
}

/// What one transaction of a batch committed.
pub(super) struct Done {
    pub(super) records: Vec<DeliveryRecord>,
    /// By document id of their requests.
    pub(super) answers: Answers,
    /// Its number in the ledger.
    pub(super) transaction: u64,
    /// The rows that it changed.
    pub(super) changed: HashSet<RowName>,
}
