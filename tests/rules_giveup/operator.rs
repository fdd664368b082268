//! What an operator does by hand, on the bench.

use crate::bench::{Bench, Device, word};
use keyspool::licence::{ComputerId, Counts, Digest, Moment, Ulid};
use keyspool::policy::admit::abuse;
use keyspool::policy::apply::change::apply;
use keyspool::policy::ask::Context;
use keyspool::policy::ask::{Activating, Ask, Order};
use keyspool::policy::decide::{Decision, decide};
use keyspool::policy::model::grant::Grant;
use keyspool::policy::order::deny;
use keyspool::policy::order::reinstate;
use keyspool::policy::order::release;
use keyspool::policy::order::release::Because;
use keyspool::policy::record::code::RefusalCode;
use keyspool::policy::record::event::Event;
use keyspool::policy::record::event::file::Source;
use keyspool::policy::record::given_up::Abuse;
use keyspool::policy::record::given_up::SuspicionRow;
use keyspool::policy::record::memory::Memory;
use keyspool::policy::record::need::NeedRow;
use keyspool::policy::record::state::{State, key_of};
use keyspool::policy::record::system::{GivenUp, SystemState};
use keyspool::policy::record::tally::TallyRow;
use keyspool::policy::refusal::Stop;
use keyspool::seal::Verified;
use keyspool::wire::request::Request;
use keyspool::wire::response::Activation;
use keyspool::words::refusal::{Audience, said};

pub(crate) fn record(bench: &mut Bench, event: Event) {
    let text = serde_json::to_string(&event).expect("an event is JSON");
    assert_eq!(
        serde_json::from_str::<Event>(&text).expect("it reads back"),
        event
    );
    apply(&mut bench.state, &event).expect("the event fits the state");
    bench.log.push(event);
    crate::audit::check(&bench.state);
}

fn code_of<T>(result: Result<T, Stop>) -> Result<T, RefusalCode> {
    result.map_err(|stop| match stop {
        Stop::Refused(refusal) => {
            let told = said(&refusal, Audience::ORDERING);
            assert!(
                !told.remedy.is_empty() && told.message.ends_with('.'),
                "{refusal:?}"
            );
            refusal.code()
        }
        Stop::Broken(broken) => panic!("{broken}"),
    })
}

fn because(bench: &Bench) -> Because {
    Because {
        reason: "lost in a move".into(),
        entry: bench.log.len() as u64 + 1,
        today: bench.today,
    }
}

fn ordered(
    bench: &mut Bench,
    order: impl FnOnce(&Memory, Because) -> Result<Event, Stop>,
) -> Result<Event, RefusalCode> {
    let event = code_of(order(&bench.state, because(bench)))?;
    record(bench, event.clone());
    Ok(event)
}

/// Types a code for a device.
pub(crate) fn type_code(
    bench: &mut Bench,
    id: ComputerId,
    code: &[u8; 15],
) -> Result<(), RefusalCode> {
    match code_of(release::by_code(&bench.state, &id, code, because(bench)))? {
        release::Typed::Accepted(event) => {
            record(bench, event);
            Ok(())
        }
        release::Typed::Wrong(event, refusal) => {
            record(bench, event);
            Err(refusal.code())
        }
    }
}

/// Releases a device by the code that it shows.
pub(crate) fn by_code(bench: &mut Bench, device: &Device) -> Result<(), RefusalCode> {
    type_code(bench, device.id(), device.generation().verification_code())
}

pub(crate) fn release(bench: &mut Bench, device: &Device) -> Result<(), RefusalCode> {
    ordered(bench, |state, because| {
        release::without_proof(state, &device.id(), because)
    })
    .map(|_| ())
}

pub(crate) fn cancel(bench: &mut Bench, device: &Device) -> Result<(), RefusalCode> {
    ordered(bench, |state, because| {
        release::cancel(state, &device.id(), because)
    })
    .map(|_| ())
}

pub(crate) fn deny(
    bench: &mut Bench,
    device: &Device,
    return_seat: bool,
) -> Result<(), RefusalCode> {
    ordered(bench, |state, because| {
        deny::deny(state, &device.id(), return_seat, because)
    })
    .map(|_| ())
}

pub(crate) fn undeny(bench: &mut Bench, device: &Device) -> Result<(), RefusalCode> {
    ordered(bench, |state, because| {
        deny::undeny(state, &device.id(), because)
    })
    .map(|_| ())
}

/// How many seats came back, and were taken for that from the wallet.
pub(crate) fn reinstate(bench: &mut Bench, device: &Device) -> Result<u64, RefusalCode> {
    match ordered(bench, |state, because| {
        reinstate::reinstate(state, &device.id(), because)
    })? {
        Event::Reinstated(event) => Ok(event.taken.iter().map(|lot| lot.count).sum()),
        other => panic!("{other:?}"),
    }
}

/// What the last refusal of this request makes of its device.
pub(crate) fn suspect(
    bench: &mut Bench,
    request: &Verified<Request>,
    witness: Option<u64>,
) -> Option<Abuse> {
    let code = bench.drop(request).code().expect("a refusal");
    let context = Context {
        witness,
        ..context(bench)
    };
    let event = abuse::suspect(&bench.state, request, &context, code).expect("a sound state")?;
    let Event::Suspected(suspected) = &event else {
        panic!("{event:?}")
    };
    let abuse = suspected.abuse;
    record(bench, event);
    Some(abuse)
}

pub(crate) fn suspicion(bench: &Bench, device: &Device) -> Option<SuspicionRow> {
    bench
        .state
        .get::<SuspicionRow>(&device.id().0)
        .expect("in memory")
        .map(|row| (*row).clone())
}

pub(crate) fn context(bench: &Bench) -> Context {
    let number = bench.log.len() as u64;
    Context {
        today: bench.today,
        now: Moment::read(&format!("{}T12:00:00Z", bench.today)).expect("a time of the test"),
        trust_list: 1,
        fresh_id: Ulid::new(1_795_329_600_000 + number, [9; 10]),
        vouched: None,
        folder: None,
        witness: None,
        source: Source {
            batch: Ulid::new(number, [0; 10]),
            file: "refresh".into(),
            digest: order_id(bench),
        },
    }
}

fn order_id(bench: &Bench) -> Digest {
    keyspool::wire::sha256(&[b"order", &bench.log.len().to_be_bytes()])
}

fn granted(bench: &mut Bench, grant: Result<Box<Grant>, Stop>) -> Result<Activation, RefusalCode> {
    let grant = code_of(grant)?;
    let Event::Issued(issued) = grant.event() else {
        panic!("{:?}", grant.event())
    };
    let answer = grant.answer().expect("an activation");
    assert_eq!(issued.answer, answer.document_id());
    let activation = Activation::read(&answer.payload).expect("a good activation");
    assert_eq!(activation.request, None, "an order is no request");
    record(bench, grant.event().clone());
    Ok(activation)
}

/// An activation for a system without a name.
pub(crate) const UNNAMED: Activating = Activating::Issue {
    computer_name: None,
};

fn give(bench: &Bench, order: &Order) -> Result<Box<Grant>, Stop> {
    let context = context(bench);
    match decide(
        &bench.state,
        &Ask::operator(order, order_id(bench), &context),
    )? {
        Decision::Granted(grant) => Ok(grant),
        Decision::Repeated(_) => panic!("an order is never repeated"),
    }
}

pub(crate) fn issue(bench: &mut Bench, order: &Order) -> Result<Activation, RefusalCode> {
    let grant = give(bench, order);
    granted(bench, grant)
}

pub(crate) fn extend(bench: &mut Bench, id: ComputerId) -> Result<Activation, RefusalCode> {
    let grant = give(bench, &Order::known(id, Activating::Extend));
    granted(bench, grant)
}

pub(crate) fn refresh(bench: &mut Bench, id: ComputerId) -> Result<Activation, RefusalCode> {
    let grant = give(bench, &Order::known(id, Activating::Refresh));
    granted(bench, grant)
}

pub(crate) fn order_for(device: &Device, need: Counts) -> Order {
    Order {
        computer_id: device.id(),
        organization: Some(word(device.organization)),
        product: Some(word(device.product)),
        need: Some(need),
        what: UNNAMED,
    }
}

pub(crate) fn how(bench: &Bench, device: &Device) -> GivenUp {
    match bench.system(device).state {
        SystemState::GivenUp { how, .. } => how,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn is_held(bench: &Bench, device: &Device) -> bool {
    matches!(
        bench.system(device).state,
        SystemState::GivenUp { held: true, .. }
    )
}

pub(crate) fn held(bench: &Bench) -> Counts {
    bench.row::<TallyRow>(&key_of(&["nas"])).held
}

pub(crate) fn active_systems(bench: &Bench) -> u64 {
    bench.row::<NeedRow>(&key_of(&["acme", "nas"])).systems
}

/// The history, read again from the first entry on, gives the same rows.
pub(crate) fn replay(bench: &Bench) {
    let mut state = Memory::default();
    bench
        .log
        .iter()
        .for_each(|event| apply(&mut state, event).expect("the history fits"));
    assert!(state.rows().eq(bench.state.rows()), "the replay differs");
}

/// A code of no device.
pub(crate) const NOBODYS: [u8; 15] = [7; 15];
