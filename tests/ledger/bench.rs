//! The sealer and the ledgers of these tests.

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use keyspool::ledger::{Damage, Ledger, LedgerError, Shape, TableSpec, Value};
use keyspool::licence::{Origin, id::Hex};
use keyspool::seal::record::{RecordBroken, RecordSealer};
use redb::{ReadableTable as _, TableDefinition};
use sha2::{Digest as _, Sha256};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

pub(crate) const LOTS: TableSpec = TableSpec::new("lots", Shape::Keyed);
pub(crate) const SYSTEMS: TableSpec = TableSpec::new("systems", Shape::Keyed);
pub(crate) const BATCHES: TableSpec = TableSpec::new("batches", Shape::Numbered);
pub(crate) const PERIODS: TableSpec = TableSpec::new("periods", Shape::Listed);
pub(crate) const ORIGIN: Origin = Hex([7; 8]);
pub(crate) const VAULT: &str = "marker-vault-id";
pub(crate) const NO_WAIT: Duration = Duration::ZERO;

/// A sealer for tests: AES-256-GCM under SHA-256 of secret and transaction, nonces counted.
pub(crate) struct TestSealer {
    pub(crate) secret: &'static str,
    pub(crate) sealed: AtomicU64,
}

pub(crate) fn sealer(secret: &'static str) -> Arc<dyn RecordSealer> {
    Arc::new(TestSealer {
        secret,
        sealed: AtomicU64::new(0),
    })
}

impl TestSealer {
    pub(crate) fn cipher(&self, transaction: u64) -> aes_gcm::Aes256Gcm {
        let key: [u8; 32] = Sha256::new()
            .chain_update(self.secret)
            .chain_update(transaction.to_be_bytes())
            .finalize()
            .into();
        aes_gcm::Aes256Gcm::new(&key.into())
    }

    pub(crate) fn associated(transaction: u64, table: &str, key: &[u8]) -> Vec<u8> {
        [&transaction.to_be_bytes(), table.as_bytes(), &[0], key].concat()
    }
}

impl RecordSealer for TestSealer {
    fn seal(&self, transaction: u64, table: &str, key: &[u8], plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0; 12];
        nonce[..8].copy_from_slice(&self.sealed.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        let aad = Self::associated(transaction, table, key);
        let sealed = self
            .cipher(transaction)
            .encrypt(
                &nonce.into(),
                Payload {
                    msg: plain,
                    aad: &aad,
                },
            )
            .unwrap();
        [nonce.as_slice(), &sealed].concat()
    }

    fn open(
        &self,
        transaction: u64,
        table: &str,
        key: &[u8],
        sealed: &[u8],
    ) -> Result<Value, RecordBroken> {
        let (nonce, sealed) = sealed.split_first_chunk::<12>().ok_or(RecordBroken)?;
        let aad = Self::associated(transaction, table, key);
        let opened = self.cipher(transaction).decrypt(
            &(*nonce).into(),
            Payload {
                msg: sealed,
                aad: &aad,
            },
        );
        opened.map(Value::new).map_err(|_| RecordBroken)
    }

    fn blind(&self, table: &str, key: &[u8]) -> [u8; 16] {
        let digest = Sha256::new()
            .chain_update(self.secret)
            .chain_update(table)
            .chain_update([0])
            .chain_update(key)
            .finalize();
        *digest.first_chunk().unwrap()
    }
}

/// Numbers that are the same for the same seed (splitmix64).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }
}

pub(crate) fn create(dir: &Path) -> Ledger {
    Ledger::create(dir, VAULT, ORIGIN, sealer("ours")).unwrap()
}

pub(crate) fn open(dir: &Path) -> Result<Ledger, LedgerError> {
    Ledger::open(dir, VAULT, sealer("ours"))
}

pub(crate) fn open_reading(dir: &Path) -> Result<Ledger, LedgerError> {
    Ledger::open_reading(dir, VAULT, sealer("ours"), NO_WAIT, "test")
}

pub(crate) fn file(dir: &Path) -> std::path::PathBuf {
    dir.join("ledger.redb")
}

pub(crate) type RawRows<'a> = redb::Table<'a, &'static [u8], &'static [u8]>;

/// Changes the tables behind the ledger's back.
pub(crate) fn edit(
    dir: &Path,
    tables: [&str; 2],
    change: impl FnOnce(&mut RawRows<'_>, Option<&mut RawRows<'_>>),
) {
    let database = redb::Database::open(file(dir)).unwrap();
    let raw = database.begin_write().unwrap();
    {
        let mut first = raw.open_table(TableDefinition::new(tables[0])).unwrap();
        let mut second = (tables[0] != tables[1])
            .then(|| raw.open_table(TableDefinition::new(tables[1])).unwrap());
        change(&mut first, second.as_mut());
    }
    raw.commit().unwrap();
}

pub(crate) fn raw_value(table: &RawRows<'_>, key: &[u8]) -> Vec<u8> {
    table.get(key).unwrap().unwrap().value().to_vec()
}

pub(crate) fn damage(result: Result<impl Sized, LedgerError>) -> Damage {
    match result.err() {
        Some(LedgerError::Damaged { what, .. }) => what,
        other => panic!("not damaged: {other:?}"),
    }
}

pub(crate) fn text(value: Option<Value>) -> Option<String> {
    value.map(|value| String::from_utf8(value.to_vec()).unwrap())
}
