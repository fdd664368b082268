//! The history and its heads.

use crate::bench::create;
use keyspool::ledger::{LedgerError, Reader};

#[test]
fn the_history_has_the_heads_of_the_vectors() {
    let entries = [
        "{\"number\":1}",
        "{\"number\":2}",
        "{\"number\":3,\"name\":\"東\"}",
    ];
    let heads = [
        "f49a2c974fa5d284067a91f37f11287fbdebc3ea98bc2aef3da73b85ee87dc2e",
        "689bce1276cccaf7ffe4ad7c06ffd401ffaea7b10e2d4685368b2a7469442867",
        "6f5cebd67fe88c8cc61b463ec454cc8ccbd0abb443ef2e2cbfa6c17c5b9cd44b",
        "b7af87c8f61df92c0d1ceba2f20c10786f3db0c9ea5a0a7db561f2861e6db1ca",
    ];
    let dir = tempfile::tempdir().unwrap();
    let ledger = create(dir.path());
    assert_eq!(ledger.read().unwrap().head().to_string(), heads[0]);
    for (number, entry) in (1..).zip(entries) {
        let mut changes = ledger.begin().unwrap();
        assert_eq!(changes.append_history(entry.as_bytes()).unwrap(), number);
        changes.commit().unwrap();
    }
    let seen = ledger.read().unwrap();
    for (size, head) in (0..).zip(heads) {
        assert_eq!(seen.head_at(size).unwrap().unwrap().to_string(), head);
    }
    assert!(seen.head_at(4).unwrap().is_none());
    assert_eq!(
        seen.newest_entry().unwrap().unwrap().bytes(),
        entries[2].as_bytes()
    );
    let mut found = Vec::new();
    seen.verify_chain(|entry| {
        found.push(String::from_utf8(entry.bytes().to_vec()).unwrap());
        Ok::<_, LedgerError>(())
    })
    .unwrap();
    assert_eq!(found, entries);
}
