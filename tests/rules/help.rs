//! An operator's emergencies, at the bench.

use crate::bench::{Bench, Device};
use keyspool::licence::{ComputerId, Moment, Ulid};
use keyspool::policy::ask::{Activating, Ask, Context, Order};
use keyspool::policy::decide::{Decision, decide};
use keyspool::policy::record::code::RefusalCode;
use keyspool::policy::record::event::file::Source;
use keyspool::policy::refusal::Stop;
use keyspool::wire::response::Activation;
use keyspool::wire::sha256;

const ORDER: &[u8] = b"order";

pub(crate) fn order(device: &Device) -> Order {
    in_place_of(device, Vec::new())
}

pub(crate) fn in_place_of(device: &Device, in_place_of: Vec<ComputerId>) -> Order {
    let reason = "the server room is under water".into();
    Order::known(
        device.id(),
        Activating::Emergency {
            in_place_of,
            reason,
        },
    )
}

pub(crate) fn helps(bench: &mut Bench, order: &Order) -> Result<Activation, RefusalCode> {
    let id = sha256(&[ORDER]);
    let context = Context {
        today: bench.today,
        now: Moment::read(&format!("{}T12:00:00Z", bench.today)).expect("a time of the test"),
        trust_list: 1,
        fresh_id: Ulid::new(1_795_329_600_000, [bench.log.len().to_le_bytes()[0]; 10]),
        vouched: None,
        folder: None,
        witness: None,
        source: Source {
            batch: Ulid::new(1_795_329_600_000, [0; 10]),
            file: "activation emergency".into(),
            digest: id,
        },
    };
    match decide(&bench.state, &Ask::operator(order, id, &context)) {
        Ok(Decision::Granted(granted)) => {
            bench.record(granted.event().clone());
            let payload = &granted.answer().expect("an activation").payload;
            Ok(Activation::read(payload).expect("an activation that can be read"))
        }
        Ok(Decision::Repeated(_)) => panic!("an order is never repeated"),
        Err(Stop::Refused(refusal)) => Err(refusal.code()),
        Err(Stop::Broken(broken)) => panic!("{broken}"),
    }
}
