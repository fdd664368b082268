//! Refusals in English.

mod elsewhere;
mod file;
mod given_up;
mod hardware;
mod key;
mod licences;
mod refusal;
mod remedies;
mod serial;
mod subject;
mod system;
mod term;
mod trial;

pub(super) use refusal::{refusal, with_contact};
