//! Which checkpoint a device keeps as witness (PROTOCOL section 9).

use crate::bench::Bench;
use crate::signer::{checkpoint, key, list_by, root, signed, trust_list};
use keyspool::device::{Reception, Refusal};
use keyspool::seal::TrustError;
use keyspool::wire::Kind;

#[test]
fn the_newest_checkpoint_is_kept() {
    let mut bench = Bench::installed();
    assert_eq!(
        bench.refusal(&[signed(&bench.activation(1)), checkpoint(8)]),
        Refusal::Already
    );
    assert_eq!(bench.device.checkpoint(), Some(&checkpoint(1)));
    let alone = bench
        .install(&[list_by(&root(), &trust_list(2)), checkpoint(9)])
        .unwrap();
    assert_eq!(alone.checkpoint, Reception::Ignored);
    assert_eq!(bench.device.checkpoint(), Some(&checkpoint(1)));
    bench.install(&bench.bundle(2)).unwrap();
    bench.restart();
    assert_eq!(bench.device.checkpoint(), Some(&checkpoint(2)));
}

#[test]
fn a_forged_checkpoint_is_not_quoted() {
    let mut bench = Bench::installed();
    let forged = key(66).sign(Kind::Checkpoint, checkpoint(2).payload);
    let installed = bench
        .install(&[signed(&bench.activation(2)), forged])
        .unwrap();
    assert_eq!(
        installed.checkpoint,
        Reception::Refused(TrustError::UnknownKey(key(66).key_id()))
    );
    assert_eq!(bench.device.checkpoint(), Some(&checkpoint(1)));
}
