//! Step 3 of the main job: the rules decide one document after the other, in sequence.

use super::chunk::{Chunk, Folder};
use super::held::Judged;
use super::ready::{Known, Ready};
use super::record::{Decided, outcome_of};
use super::refusal::Refusal;
use super::taken::{Document, File};
use crate::licence::Identifier;
use crate::ops::defect::Defect;
use crate::ops::error::OpsError;
use crate::ops::records::DeliveryRecord;
use crate::ops::session::Changes;
use crate::policy::admit::abuse;
use crate::policy::ask::{Ask, Context};
use crate::policy::decide::{Decision, decide};
use crate::policy::record::event::file::Source;
use crate::policy::record::organization::OrganizationRow;
use crate::policy::record::state::{State, key_of};
use crate::policy::record::system::SystemRow;
use crate::policy::refusal::{Refused, Stop};
use crate::seal::Verified;
use crate::spool::escape_path;
use crate::wire::request::Request;
use crate::wire::response::Outcome;

impl Chunk<'_> {
    /// Decides some documents in sequence; nothing of it is on disk before [`Chunk::commit`].
    pub(super) fn decide_all(
        &mut self,
        files: &[File],
        ready: Ready,
        changes: &mut Changes,
    ) -> Result<Vec<DeliveryRecord>, OpsError> {
        let mut records = Vec::with_capacity(ready.documents.len());
        self.session.hold(ready.rows, changes);
        for (document, known) in ready.documents {
            let decided = self.decide(files, &document, known)?;
            records.extend(self.records(files, &document, &decided));
        }
        Ok(records)
    }

    fn decide(
        &mut self,
        files: &[File],
        document: &Document,
        known: Known,
    ) -> Result<Decided, OpsError> {
        let file = document.first_file(files);
        let file = file.ok_or(Defect::DocumentWithoutFile)?;
        let source = Source {
            batch: self.batch.id,
            file: escape_path(&file.path),
            digest: file.digest,
        };
        match known {
            (Judged::Refused(refusal), _) => self.refuse(*refusal, source),
            (Judged::Request(request), witness) => {
                let folder = self.folder(file)?;
                let context = self.context(folder, witness, source)?;
                self.decide_request(&request, context)
            }
        }
    }

    fn decide_request(
        &mut self,
        request: &Verified<Request>,
        context: Context,
    ) -> Result<Decided, OpsError> {
        let system = self
            .session
            .state()
            .get::<SystemRow>(&request.computer_id.0)?;
        let is_new = system.is_none();
        match decide(&self.session.state(), &Ask::device(request, &context)) {
            Ok(Decision::Repeated(row)) => {
                Ok(Decided::granted(request, Outcome::Repeated, row.answer))
            }
            Ok(Decision::Granted(grant)) => {
                let answer = self.grant(Some(request), &grant, is_new)?;
                let outcome = outcome_of(grant.event());
                Ok(Decided {
                    is_new_system: is_new,
                    ..Decided::granted(request, outcome, answer)
                })
            }
            Err(Stop::Refused(reason)) => self.refuse_request(request, reason, context),
            Err(Stop::Broken(broken)) => Err(broken.into()),
        }
    }

    fn refuse_request(
        &mut self,
        request: &Verified<Request>,
        reason: Refused,
        context: Context,
    ) -> Result<Decided, OpsError> {
        let suspicion = abuse::suspect(&self.session.state(), request, &context, reason.code())?;
        let decided = self.refuse(Refusal::by_rules(request, reason), context.source)?;
        suspicion.map_or(Ok(()), |suspicion| self.session.record(&suspicion))?;
        Ok(decided)
    }

    /// The organization whose folder holds the file, in the inbox or on a medium.
    fn folder(&self, file: &File) -> Result<Option<Folder>, OpsError> {
        let (name, vouches) = match file.path.exchange_folder() {
            // A medium has names without regard to case.
            Some(folder) => (folder.map(str::to_ascii_lowercase), self.trust_folders),
            None => (file.path.first_folder().map(str::to_owned), true),
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
}
