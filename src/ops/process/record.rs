//! What was decided, as the history and the ledger keep it, and step 4 of the main job: commit.

use super::chunk::{Chunk, Done};
use super::refusal::Refusal;
use super::taken::{Document, File};
use crate::licence::{ComputerId, Digest, Identifier};
use crate::ops::crash;
use crate::ops::defect::Defect;
use crate::ops::error::OpsError;
use crate::ops::records::{
    ANSWERS, AnswerRecord, BatchRecord, DELIVERIES, DeliveryRecord, OPEN_BATCHES, Signed, written,
};
use crate::policy::model::grant::Grant;
use crate::policy::record::counter::answers_given;
use crate::policy::record::event::Event;
use crate::policy::record::event::file::{Refused, Source};
use crate::policy::record::event::granted::Outcome as Way;
use crate::seal::Verified;
use crate::spool::escape_path;
use crate::wire::request::Request;
use crate::wire::response::{Outcome, RefusalNotice};
use crate::words::refusal::{Audience, said};

/// What was decided about a document.
pub(super) struct Decided {
    pub(super) request: Option<Digest>,
    pub(super) outcome: Outcome,
    /// Number of the answer, where there is one.
    pub(super) answer: Option<u64>,
    pub(super) refusal: Option<Refusal>,
    pub(super) device: Option<(ComputerId, Identifier)>,
    pub(super) is_new_system: bool,
}

impl Decided {
    /// A request that is answered, of a system that is known already.
    pub(super) fn granted(
        request: &Verified<Request>,
        outcome: Outcome,
        answer: Option<u64>,
    ) -> Self {
        Self {
            request: Some(request.document_id()),
            outcome,
            answer,
            refusal: None,
            device: Some((request.computer_id, request.organization.clone())),
            is_new_system: false,
        }
    }
}

impl Chunk<'_> {
    /// Records a grant with its answer whole, and gives the answer's number. An operator's order
    /// has no request.
    pub(super) fn grant(
        &mut self,
        request: Option<&Verified<Request>>,
        grant: &Grant,
        is_new: bool,
    ) -> Result<Option<u64>, OpsError> {
        let record = self.answer_record(request, grant, is_new)?;
        self.session.record(grant.event())?;
        let Some(record) = record else {
            return Ok(None);
        };
        let number = answers_given(&self.session.state())?;
        self.answers.insert(number, record);
        Ok(Some(number))
    }

    /// The answer whole; none for a grant without an answer.
    fn answer_record(
        &self,
        request: Option<&Verified<Request>>,
        grant: &Grant,
        is_new: bool,
    ) -> Result<Option<AnswerRecord>, OpsError> {
        let Some(answer) = grant.answer() else {
            return Ok(None);
        };
        let record = match (grant.event(), request) {
            (Event::Granted(granted) | Event::Issued(granted), _) => {
                self.activation_record(granted.request, &granted.system, answer, is_new)?
            }
            (Event::EmergencyGranted(granted), _) => {
                self.activation_record(granted.order, &granted.system, answer, is_new)?
            }
            (_, Some(request)) => self.receipt_record(request, answer)?,
            (_, None) => return Err(Defect::ReceiptWithoutRequest.into()),
        };
        Ok(Some(record))
    }

    /// Records a refusal in the history.
    pub(super) fn refuse(&mut self, refusal: Refusal, source: Source) -> Result<Decided, OpsError> {
        let event = Refused {
            code: refusal.code(),
            request: refusal.document,
            computer_id: refusal.computer_id(),
            organization: refusal.organization(),
            product: refusal.product(),
            need: refusal.need.clone(),
            source,
            on: self.session.today(),
        };
        self.session.record(&Event::Refused(Box::new(event)))?;
        Ok(Decided {
            request: refusal.document,
            outcome: Outcome::Refused,
            answer: None,
            device: refusal.device(),
            refusal: Some(refusal),
            is_new_system: false,
        })
    }

    /// One record a file: a document in several files is answered with the first of them.
    pub(super) fn records(
        &self,
        files: &[File],
        document: &Document,
        decided: &Decided,
    ) -> Vec<DeliveryRecord> {
        let places = document.files.iter().enumerate();
        let record = |(nth, (index, place)): (usize, &(usize, u32))| {
            let record = self.delivery(files.get(*index)?, *place, decided);
            if nth == 0 {
                return Some(record);
            }
            let is_granted = decided.refusal.is_none();
            Some(DeliveryRecord {
                outcome: if is_granted {
                    Outcome::Repeated
                } else {
                    decided.outcome
                },
                is_new_system: false,
                ..record
            })
        };
        places.filter_map(record).collect()
    }

    /// The record of a document at its place in a file.
    fn delivery(&self, file: &File, place: u32, decided: &Decided) -> DeliveryRecord {
        let (computer_id, organization) = decided.device.clone().unzip();
        DeliveryRecord {
            path: data_encoding::HEXLOWER.encode(file.path.as_bytes()),
            file: escape_path(&file.path),
            digest: file.digest,
            place,
            places: file.places,
            request: decided.request,
            outcome: decided.outcome,
            answer: decided.answer,
            refusal: decided
                .refusal
                .as_ref()
                .map(|refusal| self.notice(refusal, file)),
            computer_id,
            organization: organization.map(|organization| organization.to_string()),
            is_new_system: decided.is_new_system,
            by_hand: false,
        }
    }

    /// The notice of a refusal beside a file, to be signed.
    fn notice(&self, refusal: &Refusal, file: &File) -> Signed {
        let said = said(&refusal.reason, Audience::TECHNICIAN);
        let notice = RefusalNotice {
            code: refusal.code().to_string(),
            message: said.message,
            remedy: said.remedy,
            file: escape_path(&file.path),
            digest: file.digest,
            issued_at: self.session.now(),
            request: refusal.document,
            computer_id: refusal.computer_id(),
            organization: refusal.organization(),
            product: refusal.product(),
        };
        Signed {
            payload: String::from_utf8_lossy(&notice.to_payload()).into_owned(),
            key_id: self.batch.signer.vault.signing_key().key_id(),
        }
    }

    /// Commits what was decided, with every answer whole. Nothing is signed before.
    pub(super) fn commit(
        mut self,
        batch: &mut BatchRecord,
        records: Vec<DeliveryRecord>,
    ) -> Result<Done, OpsError> {
        let point = self.session.point();
        self.put_answers(point.size)?;
        let transaction = &mut self.session.transaction;
        let list = batch.batch.to_string();
        transaction.listed_append(
            DELIVERIES,
            list.as_bytes(),
            batch.transactions,
            &written(DELIVERIES, &records)?,
        )?;
        (batch.transactions, batch.size, batch.head) =
            (batch.transactions + 1, point.size, point.head);
        transaction.put(
            OPEN_BATCHES,
            list.as_bytes(),
            &written(OPEN_BATCHES, batch)?,
        )?;
        crash::point("before-commit");
        let changed = self.session.changed();
        let transaction = self.session.commit()?.transaction;
        crash::point("after-commit");
        let answers = self
            .answers
            .into_values()
            .map(|answer| (answer.request, answer))
            .collect();
        Ok(Done {
            records,
            answers,
            transaction,
            changed,
        })
    }

    fn put_answers(&mut self, checkpoint: u64) -> Result<(), OpsError> {
        let rows = self.answers.iter_mut().map(|(number, record)| {
            record.checkpoint = checkpoint;
            Ok((number.to_be_bytes().to_vec(), written(ANSWERS, record)?))
        });
        let rows = rows.collect::<Result<Vec<_>, OpsError>>()?;
        Ok(self.session.transaction.put_all(ANSWERS, rows)?)
    }
}

pub(super) fn outcome_of(event: &Event) -> Outcome {
    match event {
        Event::Granted(granted) | Event::Issued(granted) => match granted.outcome {
            Way::Activated => Outcome::Activated,
            Way::Extended => Outcome::Extended,
            Way::Refreshed => Outcome::Refreshed,
        },
        Event::EmergencyGranted(_) => Outcome::Activated,
        Event::Deactivated(_) => Outcome::Deactivated,
        _ => Outcome::Confirmed,
    }
}
