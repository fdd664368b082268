//! Answers that were committed, as the ledger keeps them.

use crate::ledger::Reader;
use crate::licence::Digest;
use crate::ops::damage::Damage;
use crate::ops::error::OpsError;
use crate::ops::records::{
    ANSWERS, AnswerForm, AnswerRecord, CHECKPOINTS, DeliveryRecord, Signed, read_json,
};
use crate::wire::Kind;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};

/// Answers of a transaction by document id of their requests.
pub(super) type Answers = HashMap<Digest, AnswerRecord>;

/// The answers of some records, from the ledger.
pub(super) fn recorded_answers(
    reader: &impl Reader,
    records: &[DeliveryRecord],
    known: &Answers,
) -> Result<Answers, OpsError> {
    let mut answers = Answers::new();
    for record in records {
        let Some((request, number)) = record.request.zip(record.answer) else {
            continue;
        };
        if known.contains_key(&request) {
            continue;
        }
        let answer: Option<AnswerRecord> = read_json(reader, ANSWERS, number)?;
        let answer = answer.filter(|answer| answer.request == request);
        answers.insert(request, answer.ok_or(Damage::NoAnswer { request })?);
    }
    Ok(answers)
}

/// Checkpoint payloads by size of the history.
pub(super) fn checkpoints(
    reader: &impl Reader,
    answers: &[&AnswerRecord],
) -> Result<BTreeMap<u64, Signed>, OpsError> {
    let mut found = BTreeMap::new();
    for size in answers.iter().map(|answer| answer.checkpoint) {
        if let Entry::Vacant(entry) = found.entry(size) {
            let signed: Option<Signed> = read_json(reader, CHECKPOINTS, size)?;
            entry.insert(signed.ok_or(Damage::NoCheckpoint { size })?);
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
