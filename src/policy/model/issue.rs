//! The new activation of a system under any model: the rows that it changes, and the document that
//! states it.

use crate::licence::id::Hex;
use crate::licence::{Counts, Plan, Ulid, Validity};
use crate::policy::admit::asked::Asked;
use crate::policy::admit::recovery::SameHardware;
use crate::policy::admit::wish::Wish;
use crate::policy::model::confirmation::{is_own, settle};
use crate::policy::model::grant::{Answer, Grant};
use crate::policy::model::need;
use crate::policy::record::counter::CounterRow;
use crate::policy::record::event::Event;
use crate::policy::record::event::file::Redemption;
use crate::policy::record::event::granted::{Granted, Outcome};
use crate::policy::record::seat::Seat;
use crate::policy::record::state::{State, StateBroken};
use crate::policy::record::subscription::{Assignment, Start};
use crate::policy::record::system::{IssuedActivation, StatedNeed, SystemRow, SystemState};
use crate::policy::record::temporary::Temporary;
use crate::policy::record::wallet;
use crate::policy::record::wallet::Lot;
use crate::policy::refusal::{Stop, SystemRefusal};
use crate::wire::Kind;
use crate::wire::response::Activation;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// What a grant changes about a system and its organization's licences.
pub(crate) struct Change {
    pub(crate) outcome: Outcome,
    pub(crate) plan: Plan,
    pub(crate) licences: Counts,
    pub(crate) validity: Validity,
    pub(crate) grace_days: u32,
    /// Seats of the system, and the lots taken from the wallet for them.
    pub(crate) seats: Vec<Seat>,
    pub(crate) taken: Vec<Lot>,
    /// What it changes about the organization's subscription.
    pub(crate) started: Option<Start>,
    pub(crate) assignments: Vec<Assignment>,
    /// The trial or emergency that runs from now on; an ordinary activation ends it.
    pub(crate) temporary: Temporary,
}

/// What is known of the system before the request.
pub(crate) struct Before {
    pub(crate) seats: Vec<Seat>,
    pub(crate) stated: Vec<StatedNeed>,
    pub(crate) returned: Vec<Lot>,
    pub(crate) confirmed: Option<u16>,
}

/// The system before the request, once the installed activation that the request names counts as
/// confirmed.
pub(crate) fn before(asked: &Asked<'_>, wish: &Wish<'_>, same: &SameHardware) -> Before {
    let none = Before {
        seats: Vec::new(),
        stated: Vec::new(),
        returned: Vec::new(),
        confirmed: None,
    };
    let model = asked.settings().model;
    if let Some(recovered) = same
        .recovered
        .as_ref()
        .filter(|recovered| recovered.is_licensed(model))
    {
        let stated = alloc::vec![StatedNeed {
            sequence: 0,
            need: recovered.counted_need()
        }];
        return Before {
            seats: recovered.seats.clone(),
            stated,
            ..none
        };
    }
    // An ended system begins anew: what it stated before no longer counts.
    let Some(system) = asked.active() else {
        return none;
    };
    let confirmed = wish
        .activation
        .filter(|installed| is_own(system, *installed));
    let known = system.activation.confirmed;
    if !system.is_licensed(model) {
        return Before {
            confirmed: known.max(confirmed.map(|installed| installed.sequence)),
            ..none
        };
    }
    let Some(sequence) = confirmed.map(|installed| installed.sequence) else {
        return Before {
            seats: system.seats.clone(),
            stated: system.stated.clone(),
            returned: Vec::new(),
            confirmed: known,
        };
    };
    let settled = settle(system, sequence, model, asked.context().today);
    let returned = wallet::lots_of_seats(&settled.surplus);
    Before {
        seats: settled.seats,
        stated: settled.stated,
        returned,
        confirmed: known.max(Some(sequence)),
    }
}

/// Grants a change: the system afterwards, its event, and the answer.
pub(crate) fn issue<S: State>(
    state: &S,
    asked: &Asked<'_>,
    wish: &Wish<'_>,
    same: &SameHardware,
    redeemed: Vec<Redemption>,
    before: Before,
    change: Change,
) -> Result<Grant, Stop> {
    let sequence = next_sequence(asked.system.as_deref())?;
    let id = asked
        .known()
        .map_or(asked.context().fresh_id, |system| system.activation.id);
    let issued = IssuedActivation {
        id,
        sequence,
        plan: change.plan,
        licences: change.licences,
        validity: change.validity,
        issued: asked.context().today,
        confirmed: before.confirmed,
    };
    let answer = activation(asked, wish, &issued, id, change.validity);
    let system = SystemRow {
        computer_id: asked.computer_id,
        organization: asked.organization.id.clone(),
        product: asked.settings().id.clone(),
        device_key: Hex(asked.device_key.unwrap_or([0; 32])),
        computer_name: wish.computer_name.clone().into_owned(),
        product_version: wish.product_version.into(),
        serial: wish.serial.map(Into::into),
        hardware: hardware_id(state, asked, same)?,
        fingerprint: wish.fingerprint.clone().into_owned(),
        counter: asked.counter,
        state: SystemState::Active,
        need: wish.need.clone(),
        stated: need::state_need(&before.stated, sequence, wish.need),
        seats: change.seats,
        grace_days: change.grace_days,
        temporary: change.temporary,
        activation: issued,
    };
    let granted = Box::new(Granted {
        outcome: change.outcome,
        request: asked.document,
        system,
        redeemed,
        taken: change.taken,
        returned: before.returned,
        started: change.started,
        assignments: change.assignments,
        recovered_from: same.recovered.as_ref().map(|system| system.computer_id),
        answer: answer.document_id(),
        witness: asked.context().witness,
        source: asked.context().source.clone(),
        on: asked.context().today,
    });
    let event = if asked.is_order() {
        Event::Issued(granted)
    } else {
        Event::Granted(granted)
    };
    Ok(Grant {
        event,
        answer: Some(answer),
    })
}

/// A Computer ID has 65,535 sequences; a device that has used them all needs another.
pub(crate) fn next_sequence(system: Option<&SystemRow>) -> Result<u16, SystemRefusal> {
    let Some(system) = system else {
        return Ok(1);
    };
    let next = system.activation.sequence.checked_add(1);
    next.ok_or(SystemRefusal::NoSequenceLeft {
        computer_id: system.computer_id,
    })
}

fn hardware_id<S: State>(
    state: &S,
    asked: &Asked<'_>,
    same: &SameHardware,
) -> Result<u64, StateBroken> {
    if let Some(row) = &same.hardware {
        return Ok(row.id);
    }
    if let Some(system) = asked.known().filter(|system| system.is_bound()) {
        return Ok(system.hardware);
    }
    Ok(state.get::<CounterRow>(&[])?.map_or(0, |row| row.hardware) + 1)
}

fn activation(
    asked: &Asked<'_>,
    wish: &Wish<'_>,
    issued: &IssuedActivation,
    id: Ulid,
    validity: Validity,
) -> Answer {
    let settings = asked.settings();
    let components = u8::try_from(wish.fingerprint.len()).unwrap_or(u8::MAX);
    let extensions = settings
        .extensions
        .as_ref()
        .and_then(|extensions| serde_json::to_string(extensions).ok());
    let activation = Activation {
        activation_id: id,
        sequence: issued.sequence,
        organization: asked.organization.id.clone(),
        product: asked.settings().id.clone(),
        computer_id: asked.computer_id,
        computer_name: wish.computer_name.clone().into_owned(),
        request: asked.request_id(),
        // A Computer ID alone has no hardware yet.
        fingerprint: (components > 0).then(|| {
            (
                wish.fingerprint.clone().into_owned(),
                settings.fingerprint_min_match.min(components),
            )
        }),
        plan: issued.plan,
        licences: issued.licences.clone(),
        validity,
        notify_days: settings.notify_days.clone(),
        issued_at: asked.context().now,
        trust_list: asked.context().trust_list,
        extensions,
    };
    Answer {
        kind: Kind::Activation,
        payload: activation.to_payload(),
    }
}
