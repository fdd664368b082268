//! The ledger's own rows: what file this is, and where it stands.

use super::error::{Damage, LedgerError};
use super::place::Place;
use super::table::{Shape, Value};
use crate::licence::{Digest, Origin};
use crate::seal::record::RecordSealer;
use crate::wire::sha256;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The table of the ledger's own rows.
pub(super) const META: &str = "meta";
/// The row that tells, in the clear, what file this is.
pub(super) const FORMAT_ROW: &[u8] = b"format";
/// The sealed row of [`State`].
pub(super) const STATE_ROW: &[u8] = b"state";
/// The format that is read and written: 2 since hardware and answers stand under numbers.
const VERSION: u16 = 2;
const MAGIC: &[u8; 15] = b"keyspool-ledger";
/// Magic, version, tag, checksum.
const FORMAT_BYTES: usize = 15 + 2 + 16 + 8;

/// What a table held at the last commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Extent {
    pub(super) shape: Shape,
    pub(super) rows: u64,
}

/// Where the ledger stands: sealed anew with every transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    /// The vault that this ledger belongs to.
    pub(super) vault: String,
    /// Names this history (PROTOCOL section 9).
    pub(super) origin: Origin,
    /// The transaction that wrote this.
    pub(super) transaction: u64,
    /// Entries in the history.
    pub(super) size: u64,
    /// The head after the newest entry.
    pub(super) head: Digest,
    /// Every table that ever held a row: if such a table is missing, that is damage.
    pub(super) tables: BTreeMap<String, Extent>,
}

impl State {
    /// The sealed row, for the transaction of this state.
    pub(super) fn seal(&self, sealer: &dyn RecordSealer) -> Vec<u8> {
        // Invariant: numbers, strings and maps with string keys are always JSON.
        let plain = Value::new(serde_json::to_vec(self).expect("the state is JSON"));
        seal_row(sealer, self.transaction, META, STATE_ROW, &plain)
    }

    /// Opens the sealed row.
    ///
    /// # Errors
    /// [`LedgerError::Damaged`]; [`LedgerError::Foreign`] where the row opens and names another
    /// vault.
    pub(super) fn open(
        place: Place<'_>,
        sealer: &dyn RecordSealer,
        vault: &str,
        row: &[u8],
    ) -> Result<Self, LedgerError> {
        let (transaction, plain) = open_row(place, sealer, STATE_ROW, row)?;
        let state: Self = serde_json::from_slice(&plain).map_err(|_| place.damaged(Damage::Row))?;
        if state.vault != vault {
            return Err(LedgerError::Foreign {
                path: place.path.to_owned(),
            });
        }
        if state.transaction == transaction {
            Ok(state)
        } else {
            Err(place.damaged(Damage::Row))
        }
    }
}

/// The row `format` of a vault's ledger.
pub(super) fn format_row(sealer: &dyn RecordSealer, vault: &str) -> Vec<u8> {
    let mut row = Vec::with_capacity(FORMAT_BYTES);
    row.extend_from_slice(MAGIC);
    row.extend_from_slice(&VERSION.to_be_bytes());
    row.extend_from_slice(&tag(sealer, vault));
    let check = sha256(&[&row]);
    row.extend_from_slice(&check.0[..8]);
    row
}

/// Checks the row `format`. Its checksum, which needs no key, tells another vault's ledger from a
/// damaged one.
///
/// # Errors
/// [`LedgerError::Damaged`], [`LedgerError::Format`], [`LedgerError::Foreign`].
pub(super) fn check_format(
    place: Place<'_>,
    sealer: &dyn RecordSealer,
    vault: &str,
    row: &[u8],
) -> Result<(), LedgerError> {
    let damaged = || place.damaged(Damage::Row);
    let (body, check) = row.split_last_chunk::<8>().ok_or_else(damaged)?;
    let (version, vault_tag) = body
        .strip_prefix(MAGIC)
        .and_then(|rest| rest.split_first_chunk::<2>())
        .ok_or_else(damaged)?;
    if sha256(&[body]).0[..8] != *check {
        return Err(damaged());
    }
    let found = u16::from_be_bytes(*version);
    if found != VERSION {
        return Err(LedgerError::Format {
            path: place.path.to_owned(),
            found,
            known: VERSION,
        });
    }
    if *vault_tag == tag(sealer, vault) {
        Ok(())
    } else {
        Err(LedgerError::Foreign {
            path: place.path.to_owned(),
        })
    }
}

fn tag(sealer: &dyn RecordSealer, vault: &str) -> [u8; 16] {
    sealer.blind(META, vault.as_bytes())
}

/// A row's value as it stands in the file: the transaction's number, 8 bytes, and the sealed bytes.
pub(super) fn seal_row(
    sealer: &dyn RecordSealer,
    transaction: u64,
    table: &str,
    key: &[u8],
    plain: &[u8],
) -> Vec<u8> {
    let sealed = sealer.seal(transaction, table, key, plain);
    [&transaction.to_be_bytes(), sealed.as_slice()].concat()
}

/// Opens a row's value: the transaction that wrote it, and the plain bytes.
///
/// # Errors
/// [`LedgerError::Damaged`].
pub(super) fn open_row(
    place: Place<'_>,
    sealer: &dyn RecordSealer,
    key: &[u8],
    row: &[u8],
) -> Result<(u64, Value), LedgerError> {
    let (number, sealed) = row
        .split_first_chunk::<8>()
        .ok_or_else(|| place.damaged(Damage::Row))?;
    let transaction = u64::from_be_bytes(*number);
    let plain = sealer
        .open(transaction, place.table, key, sealed)
        .map_err(|_| place.damaged(Damage::Row))?;
    Ok((transaction, plain))
}
