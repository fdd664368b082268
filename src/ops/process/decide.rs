//! Steps 3 and 4 of the main job: decide one at a time in order, commit many at once with their
//! answers whole.

use super::Options;
use super::answers::Answers;
use super::intake::{Document, File};
use super::judge::{Judged, Unfit};
use super::ready::{Known, Ready};
use crate::licence::{Digest, Identifier, Moment, Ulid};
use crate::ops::crash;
use crate::ops::defect::Defect;
use crate::ops::error::OpsError;
use crate::ops::records::{
    ANSWERS, AnswerRecord, BatchRecord, DELIVERIES, DeliveryRecord, OPEN_BATCHES, Signed, written,
};
use crate::ops::session::{Changes, Session};
use crate::ops::signer::Signer;
use crate::policy::admit::abuse;
use crate::policy::ahead::RowName;
use crate::policy::ask::{Ask, Context};
use crate::policy::decide::Decision;
use crate::policy::decide::decide;
use crate::policy::model::grant::Grant;
use crate::policy::record::counter::answers_given;
use crate::policy::record::event::Event;
use crate::policy::record::event::file::{Refused, Source};
use crate::policy::record::event::granted::Outcome as Way;
use crate::policy::record::organization::OrganizationRow;
use crate::policy::record::state::{State, key_of};
use crate::policy::record::system::SystemRow;
use crate::policy::refusal;
use crate::policy::refusal::Stop;
use crate::seal::Verified;
use crate::spool::escape_path;
use crate::wire::request::{Request, RequestBody};
use crate::wire::response::{Outcome, RefusalNotice};
use crate::words::refusal::{Audience, said};
use std::collections::{BTreeMap, HashSet};

impl BatchRecord {
    pub(super) fn new(signer: &Signer, batch: Ulid, now: Moment) -> Self {
        let key_id = signer.vault.signing_key().key_id();
        let head = crate::wire::history::first_head();
        Self {
            batch,
            now,
            key_id,
            transactions: 0,
            size: 0,
            head,
        }
    }

    /// The day in the names of its folders.
    pub(super) fn date(&self) -> String {
        self.now.day().to_string()
    }
}

/// Decides some documents in their order; nothing of it is on disk before [`Chunk::commit`].
pub(super) fn decide_some<'a>(
    signer: &'a Signer,
    options: &Options<'a>,
    files: &[File],
    ready: Ready,
    changes: &mut Changes,
    batch: Ulid,
) -> Result<(Chunk<'a>, Vec<DeliveryRecord>), OpsError> {
    let mut chunk = Chunk::new(
        signer,
        Session::begin(signer, options.clock)?,
        batch,
        options.fresh,
    );
    chunk.vouched.clone_from(&options.organization);
    chunk.trust_folders = options.trust_folders;
    let mut records = Vec::with_capacity(ready.documents.len());
    chunk.session.hold(ready.rows, changes);
    for (document, content) in ready.documents {
        let decided = chunk.decide(files, &document, content)?;
        records.extend(chunk.records(files, &document, &decided)?);
    }
    Ok((chunk, records))
}

/// A folder named like an organization.
pub(super) struct Folder {
    organization: Identifier,
    /// Whether it vouches for what lies in it; else it only has to agree.
    vouches: bool,
}

/// What was decided about a document.
struct Decided {
    request: Option<Digest>,
    outcome: Outcome,
    /// Number of the answer, where there is one.
    answer: Option<u64>,
    refusal: Option<RefusalNotice>,
    device: Option<(crate::licence::ComputerId, Identifier)>,
    is_new_system: bool,
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

/// One transaction of a batch.
pub(super) struct Chunk<'a> {
    pub(super) signer: &'a Signer,
    pub(super) session: Session<'a>,
    batch: Ulid,
    fresh: &'a (dyn Fn() -> Result<Ulid, OpsError> + Sync),
    /// The organization for which the operator vouches.
    vouched: Option<Identifier>,
    /// Whether folders of a medium vouch too.
    trust_folders: bool,
    /// By their numbers.
    answers: BTreeMap<u64, AnswerRecord>,
}

impl<'a> Chunk<'a> {
    pub(super) fn new(
        signer: &'a Signer,
        session: Session<'a>,
        batch: Ulid,
        fresh: &'a (dyn Fn() -> Result<Ulid, OpsError> + Sync),
    ) -> Self {
        Self {
            signer,
            session,
            batch,
            fresh,
            vouched: None,
            trust_folders: false,
            answers: BTreeMap::new(),
        }
    }
}

impl Chunk<'_> {
    /// An answer of this transaction, by its number.
    pub(super) fn answer(&self, number: u64) -> Option<&AnswerRecord> {
        self.answers.get(&number)
    }

    /// What the rules are told beside the request and the state.
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
            trust_list: self.signer.vault.trust_list().0.version,
            fresh_id: (self.fresh)()?,
            vouched: vouching.or_else(|| self.vouched.clone()),
            folder: folder.map(|folder| folder.organization),
            witness,
            source,
        })
    }

    fn decide(
        &mut self,
        files: &[File],
        document: &Document,
        content: Known,
    ) -> Result<Decided, OpsError> {
        let source = self.source(files, document)?;
        match content {
            (Judged::Refused(unfit), _) => self.refuse_unfit(*unfit, source),
            (Judged::Request(request), witness) => {
                let folder = self.folder(files, document)?;
                self.decide_request(&request, folder, witness, source)
            }
        }
    }

    fn source(&self, files: &[File], document: &Document) -> Result<Source, OpsError> {
        let file = document
            .files
            .first()
            .and_then(|(file, _)| files.get(*file));
        let file = file.ok_or(Defect::DocumentWithoutFile)?;
        Ok(Source {
            batch: self.batch,
            file: escape_path(&file.path),
            digest: file.digest,
        })
    }

    fn decide_request(
        &mut self,
        request: &Verified<Request>,
        folder: Option<Folder>,
        witness: Option<u64>,
        source: Source,
    ) -> Result<Decided, OpsError> {
        let context = self.context(folder, witness, source)?;
        let known = self
            .session
            .state()
            .get::<SystemRow>(&request.computer_id.0)?;
        let decided = |outcome, answer, is_new_system| Decided {
            request: Some(request.document_id()),
            outcome,
            answer,
            refusal: None,
            device: Some((request.computer_id, request.organization.clone())),
            is_new_system,
        };
        match decide(&self.session.state(), &Ask::device(request, &context)) {
            Ok(Decision::Repeated(row)) => Ok(decided(Outcome::Repeated, row.answer, false)),
            Ok(Decision::Granted(grant)) => {
                let before = known.as_ref().map(|system| system.activation.sequence);
                let answer = self.grant(Some(request), &grant, before.is_none())?;
                Ok(decided(outcome_of(grant.event()), answer, before.is_none()))
            }
            Err(Stop::Refused(refused)) => self.refuse(&refused, request, &context),
            Err(Stop::Broken(broken)) => Err(broken.into()),
        }
    }

    /// The organization whose folder of the inbox, or of a medium, the file lies in, if it is one.
    fn folder(&self, files: &[File], document: &Document) -> Result<Option<Folder>, OpsError> {
        let file = document
            .files
            .first()
            .and_then(|(file, _)| files.get(*file));
        let Some(path) = file.map(|file| &file.path) else {
            return Ok(None);
        };
        let (name, vouches) = match path.exchange_folder() {
            // A medium has names without regard to case.
            Some(folder) => (folder.map(str::to_ascii_lowercase), self.trust_folders),
            None => (path.first_folder().map(str::to_owned), true),
        };
        let Some(organization) = name.and_then(|name| Identifier::new(&name).ok()) else {
            return Ok(None);
        };
        let is_known = self
            .session
            .state()
            .get::<OrganizationRow>(&key_of(&[organization.as_str()]))?
            .is_some();
        Ok(is_known.then_some(Folder {
            organization,
            vouches,
        }))
    }

    /// Records what is granted with its answer whole, and gives the answer's number; an operator's
    /// order has no request.
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

    /// The answer whole, where something is granted that has one.
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

    fn refuse(
        &mut self,
        refused: &refusal::Refused,
        request: &Verified<Request>,
        context: &Context,
    ) -> Result<Decided, OpsError> {
        let need = match &request.body {
            RequestBody::SystemDescription(description) => Some(description.need.clone()),
            _ => None,
        };
        let device = Some((request.computer_id, request.organization.clone()));
        let event = Refused {
            code: refused.code(),
            request: Some(request.document_id()),
            computer_id: Some(request.computer_id),
            organization: Some(request.organization.clone()),
            product: Some(request.product.clone()),
            need,
            source: context.source.clone(),
            on: self.session.today(),
        };
        let suspicion = abuse::suspect(&self.session.state(), request, context, refused.code())?;
        let decided = self.refuse_event(event, refused, device)?;
        suspicion.map_or(Ok(()), |suspicion| self.session.record(&suspicion))?;
        Ok(decided)
    }

    fn refuse_unfit(&mut self, unfit: Unfit, source: Source) -> Result<Decided, OpsError> {
        let facts = unfit.facts.as_deref();
        let device =
            facts.and_then(|facts| Some((facts.computer_id?, facts.organization.clone()?)));
        let event = Refused {
            code: unfit.refusal.code(),
            request: unfit.document,
            computer_id: facts.and_then(|facts| facts.computer_id),
            organization: facts.and_then(|facts| facts.organization.clone()),
            product: facts.and_then(|facts| facts.product.clone()),
            need: None,
            source,
            on: self.session.today(),
        };
        self.refuse_event(event, &unfit.refusal.into(), device)
    }

    fn refuse_event(
        &mut self,
        event: Refused,
        refused: &refusal::Refused,
        device: Option<(crate::licence::ComputerId, Identifier)>,
    ) -> Result<Decided, OpsError> {
        let said = said(refused, Audience::TECHNICIAN);
        let notice = RefusalNotice {
            code: event.code.to_string(),
            message: said.message,
            remedy: said.remedy,
            file: event.source.file.clone(),
            digest: event.source.digest,
            issued_at: self.session.now(),
            request: event.request,
            computer_id: event.computer_id,
            organization: event.organization.clone(),
            product: event.product.clone(),
        };
        let request = event.request;
        self.session.record(&Event::Refused(Box::new(event)))?;
        Ok(Decided {
            request,
            outcome: Outcome::Refused,
            answer: None,
            refusal: Some(notice),
            device,
            is_new_system: false,
        })
    }

    /// One record a file: a document of several parts has as many, and is answered with the first.
    fn records(
        &self,
        files: &[File],
        document: &Document,
        decided: &Decided,
    ) -> Result<Vec<DeliveryRecord>, OpsError> {
        let mut records = Vec::with_capacity(document.files.len());
        for (nth, (index, place)) in document.files.iter().enumerate() {
            let Some(file) = files.get(*index) else {
                continue;
            };
            let name = escape_path(&file.path);
            let notice = decided.refusal.as_ref().map(|notice| RefusalNotice {
                file: name.clone(),
                digest: file.digest,
                ..notice.clone()
            });
            let granted = decided.refusal.is_none();
            records.push(DeliveryRecord {
                path: data_encoding::HEXLOWER.encode(file.path.as_bytes()),
                file: name,
                digest: file.digest,
                place: *place,
                places: file.places,
                request: decided.request,
                outcome: if nth > 0 && granted {
                    Outcome::Repeated
                } else {
                    decided.outcome
                },
                answer: decided.answer,
                refusal: notice.map(|notice| self.signed(&notice)),
                computer_id: decided.device.as_ref().map(|(id, _)| *id),
                organization: decided
                    .device
                    .as_ref()
                    .map(|(_, organization)| organization.to_string()),
                is_new_system: nth == 0 && decided.is_new_system,
                by_hand: false,
            });
        }
        Ok(records)
    }

    fn signed(&self, notice: &RefusalNotice) -> Signed {
        let payload = String::from_utf8_lossy(&notice.to_payload()).into_owned();
        Signed {
            payload,
            key_id: self.signer.vault.signing_key().key_id(),
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
}

impl Chunk<'_> {
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
