//! Sealing of the ledger's records: one key a transaction, one nonce a value.

use super::associated::Associated;
use super::subkey::{Authenticator, Key, Purpose, VaultId, derive, expand};
use crate::seal::record::{RecordBroken, RecordSealer};
use aes_gcm::{AeadInOut, Aes256Gcm, KeyInit};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use zeroize::Zeroizing;

/// Bytes of a nonce.
const NONCE_BYTES: usize = 12;
/// Bytes of a tag.
const TAG_BYTES: usize = 16;
/// Nonces that the system is asked for at a time, for one transaction.
const NONCES_TOGETHER: usize = 256;
/// Transactions whose keys are kept ready, half a MiB in all: the rows beside those that a batch
/// looks up are of any transaction.
const KEPT: usize = 512;

/// Seals and blinds for the ledger. Keys wipe on drop.
///
/// The key of transaction n is HKDF-SHA-256(record key, info `keyspool/record-key/v1` `0x00` `||`
/// `u64_be(n)`); associated data is `keyspool/record/v1`, transaction, table and row key, each
/// after its length; the nonce is 96 random bits. A transaction holds at most some thousand values,
/// far below the 2^32 that random nonces allow under one key.
pub struct RecordKeys {
    records: Key,
    blind: Authenticator,
    ready: RwLock<Ready>,
    nonces: Mutex<Nonces>,
}

/// Random bytes of the system that no seal of a transaction has used yet. They are no secret; each
/// is used once.
///
/// None is left over for another transaction: of a machine that is copied as it runs, both copies
/// would use it, under one key.
struct Nonces {
    transaction: u64,
    bytes: [u8; NONCES_TOGETHER * NONCE_BYTES],
    used: usize,
}

impl Nonces {
    /// None yet.
    const NONE: Self = Self {
        transaction: 0,
        bytes: [0; NONCES_TOGETHER * NONCE_BYTES],
        used: NONCES_TOGETHER,
    };

    fn next(&mut self, transaction: u64) -> [u8; NONCE_BYTES] {
        if self.transaction != transaction || self.used == NONCES_TOGETHER {
            // Invariant: the system gave random bytes when the program began to work, and Linux
            // does not take that back.
            getrandom::fill(&mut self.bytes).expect("the system gives random bytes");
            (self.transaction, self.used) = (transaction, 0);
        }
        let from = self.used * NONCE_BYTES;
        self.used += 1;
        std::array::from_fn(|i| self.bytes[from + i])
    }
}

/// Ciphers by transaction.
#[derive(Default)]
struct Ready {
    ciphers: HashMap<u64, Arc<Aes256Gcm>>,
    /// In the order in which they came.
    order: VecDeque<u64>,
}

impl Ready {
    fn keep(&mut self, transaction: u64, cipher: &Arc<Aes256Gcm>) {
        if self
            .ciphers
            .insert(transaction, Arc::clone(cipher))
            .is_none()
        {
            self.order.push_back(transaction);
        }
        while self.order.len() > KEPT {
            self.order
                .pop_front()
                .and_then(|oldest| self.ciphers.remove(&oldest));
        }
    }
}

impl RecordKeys {
    pub(super) fn new(master: &Key, vault: VaultId) -> Self {
        Self {
            records: derive(master, Purpose::Records, vault, &[]),
            blind: Authenticator::new(&derive(master, Purpose::Blind, vault, &[])),
            ready: RwLock::default(),
            nonces: Mutex::new(Nonces::NONE),
        }
    }

    /// The transaction's cipher. The lock guards a cache only, so that a thread that panicked
    /// leaves nothing half-done.
    fn cipher(&self, transaction: u64) -> Arc<Aes256Gcm> {
        let ready = self.ready.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(cipher) = ready.ciphers.get(&transaction) {
            return Arc::clone(cipher);
        }
        drop(ready);
        let key = expand(
            &self.records,
            &[b"keyspool/record-key/v1\0", &transaction.to_be_bytes()],
        );
        let cipher = Arc::new(Aes256Gcm::new((&*key).into()));
        self.ready
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .keep(transaction, &cipher);
        cipher
    }
}

fn bound_to(transaction: u64, table: &str, key: &[u8]) -> Associated {
    Associated::new("keyspool/record/v1")
        .field(&transaction.to_be_bytes())
        .field(table.as_bytes())
        .field(key)
}

impl RecordSealer for RecordKeys {
    fn seal(&self, transaction: u64, table: &str, key: &[u8], plain: &[u8]) -> Vec<u8> {
        // Where a thread panicked over them, the system had none to give: the next asks again.
        let nonce = self
            .nonces
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .next(transaction);
        let mut sealed = Vec::with_capacity(NONCE_BYTES + plain.len() + TAG_BYTES);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        // Invariant: GCM refuses only more than 64 GiB, which no value of the ledger has.
        let tag = self
            .cipher(transaction)
            .encrypt_inout_detached(
                (&nonce).into(),
                bound_to(transaction, table, key).bytes(),
                (&mut sealed[NONCE_BYTES..]).into(),
            )
            .expect("a value is within GCM's reach");
        sealed.extend_from_slice(&tag);
        sealed
    }

    fn open(
        &self,
        transaction: u64,
        table: &str,
        key: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, RecordBroken> {
        let (nonce, rest) = sealed
            .split_first_chunk::<NONCE_BYTES>()
            .ok_or(RecordBroken)?;
        let (body, tag) = rest.split_last_chunk::<TAG_BYTES>().ok_or(RecordBroken)?;
        let mut plain = Zeroizing::new(body.to_vec());
        self.cipher(transaction)
            .decrypt_inout_detached(
                nonce.into(),
                bound_to(transaction, table, key).bytes(),
                plain.as_mut_slice().into(),
                tag.into(),
            )
            .map_err(|_| RecordBroken)?;
        Ok(plain)
    }

    fn blind(&self, table: &str, key: &[u8]) -> [u8; 16] {
        let bound_to = Associated::new("keyspool/blind/v1")
            .field(table.as_bytes())
            .field(key);
        let full = self.blind.authenticate(&[bound_to.bytes()]);
        std::array::from_fn(|i| full[i])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::licence::id::Hex;
    use std::collections::HashSet;

    fn keys(master: u8) -> RecordKeys {
        RecordKeys::new(&Key::new([master; 32]), Hex([1; 16]))
    }

    #[test]
    fn a_record_opens_only_in_its_place() {
        let keys_1 = keys(1);
        let sealed = keys_1.seal(7, "systems", b"row", b"plain");
        assert_eq!(sealed.len(), 12 + 5 + 16);
        let open = |transaction, table, row: &[u8]| {
            keys_1
                .open(transaction, table, row, &sealed)
                .map(|plain| plain.to_vec())
        };
        assert_eq!(open(7, "systems", b"row"), Ok(b"plain".to_vec()));
        assert_eq!(open(8, "systems", b"row"), Err(RecordBroken));
        assert_eq!(open(7, "system", b"srow"), Err(RecordBroken));
        assert_eq!(open(7, "systems", b"row2"), Err(RecordBroken));
        assert_eq!(
            keys(2).open(7, "systems", b"row", &sealed),
            Err(RecordBroken)
        );
    }

    #[test]
    fn every_changed_bit_is_noticed() {
        let keys = keys(1);
        let sealed = keys.seal(7, "t", b"k", b"ab");
        for bit in 0..8 * sealed.len() {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(
                keys.open(7, "t", b"k", &changed),
                Err(RecordBroken),
                "bit {bit}"
            );
        }
        for length in 0..sealed.len() {
            assert_eq!(
                keys.open(7, "t", b"k", &sealed[..length]),
                Err(RecordBroken),
                "{length} bytes"
            );
        }
    }

    #[test]
    fn no_two_seals_have_one_nonce() {
        let keys = keys(1);
        let seal = |_| keys.seal(7, "t", b"k", b"v")[..NONCE_BYTES].to_vec();
        let nonces: HashSet<_> = (0..3 * NONCES_TOGETHER + 1).map(seal).collect();
        assert_eq!(nonces.len(), 3 * NONCES_TOGETHER + 1);
    }

    #[test]
    fn transactions_share_no_nonce() {
        let mut nonces = Nonces::NONE;
        let mut used: HashSet<_> = HashSet::new();
        for transaction in [7, 8, 7] {
            let first = nonces.next(transaction);
            let drawn: HashSet<_> = nonces
                .bytes
                .chunks_exact(NONCE_BYTES)
                .map(<[u8]>::to_vec)
                .collect();
            assert!(
                drawn.contains(&first[..]) && drawn.is_disjoint(&used),
                "transaction {transaction}"
            );
            used.extend(drawn);
        }
    }

    #[test]
    fn an_empty_value_is_sealed_too() {
        let keys = keys(1);
        let sealed = keys.seal(1, "t", b"", b"");
        assert_eq!(
            keys.open(1, "t", b"", &sealed).map(|plain| plain.len()),
            Ok(0)
        );
    }

    #[test]
    fn blinded_keys_tell_tables_apart_and_repeat() {
        let keys_1 = keys(1);
        assert_eq!(keys_1.blind("t", b"acme"), keys(1).blind("t", b"acme"));
        assert_ne!(keys_1.blind("t", b"acme"), keys_1.blind("u", b"acme"));
        assert_ne!(keys_1.blind("ta", b"cme"), keys_1.blind("t", b"acme"));
        assert_ne!(keys_1.blind("t", b"acme"), keys(2).blind("t", b"acme"));
    }

    #[test]
    fn records_open_in_any_order() {
        let keys = keys(1);
        let all = 2 * KEPT as u64;
        let sealed: Vec<_> = (0..all)
            .map(|n| keys.seal(n, "t", b"k", &n.to_be_bytes()))
            .collect();
        for n in (0..all).chain([all - 1, 0, all / 2]) {
            let place = usize::try_from(n).expect("a small number");
            assert_eq!(
                keys.open(n, "t", b"k", &sealed[place])
                    .map(|plain| plain.to_vec()),
                Ok(n.to_be_bytes().to_vec())
            );
        }
        let kept = keys
            .ready
            .read()
            .map(|ready| (ready.ciphers.len(), ready.order.len()))
            .unwrap_or_default();
        assert_eq!(kept, (KEPT, KEPT));
    }

    #[test]
    fn threads_share_one_set_of_keys() {
        let keys = keys(1);
        std::thread::scope(|scope| {
            for thread in 0..4_u64 {
                let keys = &keys;
                scope.spawn(move || {
                    for n in 0..100 {
                        let sealed = keys.seal(n + thread, "t", b"k", b"v");
                        assert!(keys.open(n + thread, "t", b"k", &sealed).is_ok());
                    }
                });
            }
        });
    }
}
