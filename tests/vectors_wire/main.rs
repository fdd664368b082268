//! The vectors of the protocol that concern bytes: codes, documents, QR text, Computer Keys,
//! history, refusals.

mod codes;
mod documents;
mod fixture;
mod mutated;
mod refused;
