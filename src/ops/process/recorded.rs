//! What the ledger recorded of answers, read back to be signed.

use super::decide::Answers;
use crate::ledger::Reader;
use crate::ops::error::OpsError;
use crate::ops::records::{ANSWERS, AnswerForm, AnswerRecord, CHECKPOINTS, DeliveryRecord, Signed, parsed};
use crate::wire::Kind;
use std::collections::BTreeMap;

/// The answers of some records, from the ledger.
pub(super) fn recorded_answers(reader: &impl Reader, records: &[DeliveryRecord], known: &Answers) -> Result<Answers, OpsError> {
    let mut answers = Answers::new();
    for record in records.iter().filter(|record| record.is_answered) {
        let Some(request) = record.request.filter(|request| !known.contains_key(request)) else { continue };
        let value = reader.get(ANSWERS, &request.0)?;
        let value = value.ok_or_else(|| OpsError::Lost(format!("the answer to {request}")))?;
        answers.insert(request, parsed(ANSWERS, &value)?);
    }
    Ok(answers)
}

/// Checkpoint payloads by size of the history.
pub(super) fn checkpoints(reader: &impl Reader, answers: &[&AnswerRecord]) -> Result<BTreeMap<u64, Signed>, OpsError> {
    let mut found = BTreeMap::new();
    for size in answers.iter().map(|answer| answer.checkpoint) {
        if let std::collections::btree_map::Entry::Vacant(entry) = found.entry(size) {
            let signed = crate::ops::records::read_json(reader, CHECKPOINTS, size)?;
            entry.insert(signed.ok_or_else(|| OpsError::Lost(format!("the checkpoint of entry {size}")))?);
        }
    }
    Ok(found)
}

/// The kind of document that an answer is.
pub(super) fn kind_of(form: AnswerForm) -> Kind {
    match form {
        AnswerForm::Activation => Kind::Activation,
        AnswerForm::Receipt => Kind::Receipt,
    }
}
