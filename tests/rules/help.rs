//! An operator's emergencies, at the bench.

use crate::bench::{Bench, Device};
use keyspool::licence::{Moment, Ulid};
use keyspool::policy::model::emergency::{Issuing, Order, grant};
use keyspool::policy::record::code::RefusalCode;
use keyspool::policy::refusal::Stop;
use keyspool::wire::response::Activation;

pub(crate) fn order(device: &Device) -> Order {
    Order {
        computer_id: device.id(),
        in_place_of: Vec::new(),
        organization: None,
        product: None,
        need: None,
        reason: "the server room is under water".into(),
    }
}

pub(crate) fn helps(bench: &mut Bench, order: &Order) -> Result<Activation, RefusalCode> {
    let issuing = Issuing {
        today: bench.today,
        now: Moment::read(&format!("{}T12:00:00Z", bench.today)).expect("a time of the test"),
        trust_list: 1,
        order: keyspool::wire::sha256(&[b"order"]),
        fresh_id: Ulid::new(1_795_329_600_000, [bench.log.len().to_le_bytes()[0]; 10]),
    };
    match grant(&bench.state, order, &issuing) {
        Ok(granted) => {
            bench.record(granted.event().clone());
            let payload = &granted.answer().expect("an activation").payload;
            Ok(Activation::read(payload).expect("an activation that can be read"))
        }
        Err(Stop::Refused(refusal)) => Err(refusal.code()),
        Err(Stop::Broken(broken)) => panic!("{broken}"),
    }
}
