//! Talk beside the answers, and answers in words.

use crate::licence::{ComputerId, Counts};
use std::fmt::Display;

pub(crate) const TYPE_LINES: &str =
    "type or paste the lines, then press Ctrl-D on a line of its own";
pub(crate) const TRUST_LIST_STORED: &str = "the newer trust list beside it was stored";
pub(crate) const INSTALLED_ALREADY: &str = "this activation is installed already";
pub(crate) const CARRY_PROOF: &str = "hint: carry back the proof that it arrived, written by \
    `keyspool-device confirm --out confirmation.json`";
pub(crate) const SEE_HELP: &str = "see `keyspool-device --help`";
pub(crate) const GOOD: &str = "good";
pub(crate) const NOT_CHECKED: &str = "not checked: no device was opened that could check it";

pub(crate) fn refused_beside(what: &str, reason: &dyn Display) -> String {
    format!("warning: the {what} beside it was refused, tell the signer's operator: {reason}")
}

pub(crate) fn trust_list(outcome: &str) -> String {
    format!("trust list  {outcome}")
}

pub(crate) fn given_up_before(id: ComputerId) -> String {
    format!("{id} was given up before, this is its deactivation again")
}

pub(crate) fn ask_to_give_up(name: &str, licences: &Counts, id: ComputerId) -> String {
    format!(
        "{name} gives up {licences} for good; its Computer ID {id} can never be activated again; \
            give them up?"
    )
}

pub(crate) fn verification_code(code: &str) -> String {
    format!("deactivation verification code  {code}")
}

pub(crate) fn wrote(kind: &str, id: ComputerId, file: &str) -> String {
    format!("wrote the {kind} of {id} to {file}")
}

pub(crate) fn computer_id(id: &str) -> String {
    format!("computer id  {id}")
}

pub(crate) fn made(organization: &str, product: &str, folder: &str) -> String {
    format!("made a device of {organization} for {product} in {folder}")
}

pub(crate) fn typed_code(kind: &str) -> String {
    format!("a {kind}; its check character is right")
}

pub(crate) fn signatures_unchecked(reason: &dyn Display) -> String {
    format!("warning: signatures are not checked: {reason}")
}

pub(crate) fn not_good(reason: &str) -> String {
    format!("not good: {reason}")
}

pub(crate) fn document(name: &str, kind: &str, id: &str, key: &str, remark: &str) -> Vec<String> {
    vec![
        format!("{name}: a document of kind {kind}"),
        format!("  document id  {id}"),
        format!("  signed by    {key}"),
        format!("  signature    {remark}"),
    ]
}
