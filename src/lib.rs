//! Keyspool, an air-gapped licence signer: requests of offline devices come in as files or QR text,
//! are checked against an encrypted vault, and leave as signed activation bundles and QR pictures.
//! Two programs and an SDK in one crate.
//!
//! What travels is [`wire`]'s `PROTOCOL.md`; the product is described in `README.md`; this page is
//! the map of the house.
//!
//! # Tiers
//!
//! | tier | module | holds | never |
//! | --- | --- | --- | --- |
//! | 0 | [`licence`] | the words both sides share: identifiers, codes, counts, plans, days | bytes of documents, clock, keys, files |
//! | 1 | [`wire`] | documents to bytes and back: envelope, payloads, QR text, strict bounded readers | keys, rules, files |
//! | 2 | [`seal`] | signing and verifying; the only maker of [`Verified`](seal::Verified) | storage of keys |
//! | 3 | [`device`] | the SDK: describe, install, status, confirm, deactivate, over a store and a clock of the device | std, log, panic |
//! | 3 | `policy` | the licensing rules: `policy::decide` gives a grant or a refusal | I/O, clock, randomness, words for people |
//! | 4 | `vault` | custody of secrets: key slots, sealing of records, signing keys, trust list | print, log or serialise a key |
//! | 4 | `ledger` | the durable state and the hash-chained history over an embedded store | interpret rules |
//! | 4 | `spool` | intake, quarantine, archive, atomic publishing, waking up | parse beyond telling kinds apart |
//! | 4 | `scan` | pictures to the texts of their QR codes, in child processes | keys, files, network |
//! | 4 | `words` | what people read: refusals, remedies, README, labels, letters, in each language; facts in, text out | decide, files |
//! | 4 | `harden` | what the process gives up: network, memory dumps, swap; says what it achieved; the calls without safe code | be silently optional |
//! | 5 | `render` | bundle, QR picture, report laid out: values in, the same bytes each time | write files, read the clock |
//! | 6 | `ops` | one file a verb; the only place where the signer's modules of tiers 4 and 5 meet | argv, terminal |
//! | 7 | `cli` | argv, messages, hints, exit codes; clock and randomness enter here | decide |
//! | 7 | `agent` | the device's command-line tool over [`device`], `words` and `render` | the other modules of the signer |
//! | 8 | `bin/` | harden, parse, run, exit | logic |
//!
//! A module imports lower tiers only, and no sibling of its own tier. Tiers 0 to 3 do no I/O and
//! take time and randomness as arguments. Between files there is no circle of imports: a `mod.rs`
//! is a table of contents, and siblings import each other by the file that defines a name.
//! `tests/layering` reads the sources and fails where that does not hold. It also bounds functions
//! at 80 lines, files at 400 without their tests, and lines at 100 characters.
//!
//! # The rooms of the rules
//!
//! `policy` has rooms, each importing only rooms before it: `record` (catalogue, rows, events: data
//! only), `ask` (a device's request or an operator's order), `refusal` (one variant a refusal, with
//! its facts), `admit` (the checks of LICENSING section 14), `model` (pooled, device, hardware,
//! trial, emergency), `order` (what else operators do), `apply` (event to state), `day` (bringing
//! the state to today), `report` (figures), `decide`, `batch`, `ahead`. The rulebook is
//! `policy/LICENSING.md`. `words` turns the facts of a refusal into its two sentences.
//!
//! # Features
//!
//! | feature | adds | std |
//! | --- | --- | --- |
//! | none | the SDK, which firmware carries: [`licence`], [`wire`], [`seal`], [`device`] | no |
//! | `rules` | `policy`, for whoever computes what the signer decides | no |
//! | `full`, the default | `rules` and all other modules, both programs | yes |
//! | `test-build` | a clock from the environment, a cheap key derivation; never in a release | yes |
//!
//! Without std there is `alloc`. `scripts/test` builds each, links the SDK into a program without
//! std, and compares its dependencies with `fixtures/sdk-dependencies.txt`.
//!
//! # The main job, in order
//!
//! `ops::process` answers what is in the inbox. Each step lives in one place:
//!
//! | step | what | where |
//! | --- | --- | --- |
//! | | all steps, one after the other | `ops/process/run.rs` |
//! | 0 | complete what an earlier run committed and did not deliver | `ops/process/recover.rs` |
//! | 1 | take: move each settled file to `work/`, out of reach, and read it once | `ops/process/intake.rs`, `look.rs` over `spool` |
//! | | read the codes of pictures, in child processes | `ops/process/pictures.rs` over `scan` |
//! | 2 | verify, in parallel: shape, then signature, then members; no ledger | `ops/process/judge.rs` over [`seal`] |
//! | | put documents and parts of QR texts together; keep parts that wait for others | `ops/process/gather.rs`, `waiting.rs` |
//! | | stop where a device has seen more than the history holds | `ops/process/witness.rs` |
//! | | read ahead what the next documents need: rows, and requests that did not stay in memory | `ops/process/sequence.rs`, `ready.rs` over `ledger`, `spool` |
//! | 3 | decide, one at a time, devices that give something back first | `ops/process/decide.rs` over `policy` |
//! | 4 | commit: state, history and each answer whole, many in one transaction | `ops/process/record.rs`, `answer.rs` over `ledger` |
//! | 5 | sign and render, in parallel, from the committed answers; check each own signature | `ops/process/stage.rs`, `render.rs` over `vault`, `render` |
//! | 6 | write and sync answers and refusals | `ops/process/deliver.rs` over `spool` |
//! | | publish: the manifest, one rename for the whole batch, then move the requests | `ops/process/publish.rs` over `spool` |
//! | 7 | mark the batch delivered | `ops/process/publish.rs` |
//!
//! A batch goes through steps 3 to 6 in groups of documents, a transaction each, the first of them
//! small. The rows that a group's requests need are read ahead, many at once. While one group is
//! signed, rendered and written, the next is decided and committed. Nothing of a batch is published
//! before all of it, its manifest too, is on disk.
//!
//! Nothing is signed before step 4 is on disk. A crash between two steps loses nothing and doubles
//! nothing: what was committed is published again from the ledger, byte for byte, and what was not
//! goes back to the inbox.
//!
//! # What the types say
//!
//! - A [`Request`](wire::request::Request) that exists is well-formed, an
//!   [`Identifier`](licence::Identifier) that exists is legal.
//! - [`Verified`](seal::Verified) has no public constructor: whoever holds one holds a signature
//!   that was checked.
//! - A `Grant` of `policy` comes out of the rules only; its `Event` is the only thing that changes
//!   state, so that replaying the history gives the same state.
//! - Secrets wipe themselves and have no `Debug`, `Display`, `Clone` or serde.
//!
//! # The data on disk
//!
//! `vault.json` holds the key slots and the wrapped keys (`vault::document`), `ledger.redb` the
//! sealed state and history (`ledger`), `attempts` the failed unlocks until they stand in the
//! history (`vault::attempts`). The spool's folders stand in `spool`.
#![cfg_attr(not(feature = "full"), no_std)]

extern crate alloc;

#[cfg(feature = "full")]
pub mod agent;
#[cfg(feature = "full")]
pub mod cli;
pub mod device;
#[cfg(feature = "full")]
pub mod harden;
#[cfg(feature = "full")]
pub mod ledger;
pub mod licence;
#[cfg(feature = "full")]
pub mod ops;
#[cfg(feature = "rules")]
pub mod policy;
#[cfg(feature = "full")]
pub mod render;
#[cfg(feature = "full")]
pub mod scan;
pub mod seal;
#[cfg(feature = "full")]
pub mod spool;
#[cfg(feature = "full")]
pub mod vault;
pub mod wire;
#[cfg(feature = "full")]
pub mod words;

/// The examples of the README, as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
