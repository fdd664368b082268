//! What is read ahead of a decision is what the decision asks for.

use crate::bench::{Bench, Device};
use keyspool::licence::{LicenceKey, LicenceKeyId};
use keyspool::policy::ahead::{RowName, further_rows, system_of};
use keyspool::policy::ask::Ask;
use keyspool::policy::decide::decide;
use keyspool::policy::record::list::ListRow;
use keyspool::policy::record::memory::Memory;
use keyspool::policy::record::request::AnsweredRow;
use keyspool::policy::record::state::StateBroken;
use keyspool::policy::record::state::{Row, State};
use keyspool::policy::record::system::{HardwareRow, SystemRow};
use keyspool::seal::Verified;
use keyspool::wire::request::Request;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

/// A state that notes which rows it is asked for.
struct Noting<'a> {
    state: &'a Memory,
    asked: RefCell<BTreeSet<RowName>>,
}

impl State for Noting<'_> {
    fn get<R: Row>(&self, key: &[u8]) -> Result<Option<Rc<R>>, StateBroken> {
        self.asked.borrow_mut().insert((R::TABLE, key.to_vec()));
        self.state.get(key)
    }

    fn licence_key(&self, id: &LicenceKeyId) -> Result<Option<LicenceKey>, StateBroken> {
        self.state.licence_key(id)
    }
}

/// The rows of systems, answers, hardware and lists that deciding asks for: those that differ from
/// request to request.
fn asked(bench: &Bench, request: &Verified<Request>) -> BTreeSet<RowName> {
    let state = Noting {
        state: &bench.state,
        asked: RefCell::default(),
    };
    drop(decide(
        &state,
        &Ask::device(request, &bench.context(request)),
    ));
    let own = [
        SystemRow::TABLE,
        AnsweredRow::TABLE,
        HardwareRow::TABLE,
        ListRow::TABLE,
    ];
    state
        .asked
        .into_inner()
        .into_iter()
        .filter(|(table, _)| own.contains(table))
        .collect()
}

fn ahead(bench: &Bench, request: &Verified<Request>) -> BTreeSet<RowName> {
    let system = bench
        .state
        .get::<SystemRow>(&request.computer_id.0)
        .expect("in memory");
    further_rows(request, system.as_deref())
        .into_iter()
        .chain([system_of(request)])
        .collect()
}

#[test]
fn all_of_a_new_device_is_read_ahead() {
    let mut bench = Bench::new("");
    bench.stock(1);
    let request = Device::new(1).activate(1);
    let (mut ahead, asked) = (ahead(&bench, &request), asked(&bench, &request));
    assert_eq!(
        asked.len(),
        4,
        "its system and its three components: {asked:?}"
    );
    assert!(ahead.remove(&(AnsweredRow::TABLE, request.document_id().0.to_vec())));
    assert_eq!(ahead, asked);
}

#[test]
fn all_of_a_known_device_is_read_ahead() {
    let (mut bench, mut device) = (Bench::new(""), Device::new(1));
    bench.stock(3);
    let first = device.activate(1);
    device.install(&bench.drop(&first).activation());
    for (request, rows) in [
        (first, 2),
        (device.extend(2), 3),
        (device.refresh(1), 3),
        (device.confirm(1), 2),
        (device.deactivate(1), 3),
    ] {
        let (ahead, asked) = (ahead(&bench, &request), asked(&bench, &request));
        assert_eq!(asked.len(), rows, "{:?}: {asked:?}", request.body);
        assert!(
            asked.is_subset(&ahead) && ahead.len() == 3,
            "{:?}: {ahead:?}",
            request.body
        );
    }
}
