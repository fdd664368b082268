//! Emergencies: activations that an operator gives for a few days, without a seat (LICENSING
//! section 12).

use crate::licence::id::Hex;
use crate::licence::{ComputerId, Counts, Day, DayStatus, Digest, Identifier, Plan, Validity};
use crate::policy::admit::known;
use crate::policy::admit::subject::has_types;
use crate::policy::ask::{Context, Order};
use crate::policy::model::grant::{Answer, Grant};
use crate::policy::model::issue::next_sequence;
use crate::policy::record::catalogue::settings::ProductSettings;
use crate::policy::record::event::Event;
use crate::policy::record::event::emergency::EmergencyGranted;
use crate::policy::record::request::WaitingRow;
use crate::policy::record::state::State;
use crate::policy::record::system::{IssuedActivation, SystemRow, SystemState};
use crate::policy::record::temporary::{Running, Temporary};
use crate::policy::refusal::{ElsewhereRefusal, Fresh, Stop, SubjectRefusal, SystemRefusal};
use crate::wire::Kind;
use crate::wire::request::Fingerprint;
use crate::wire::response::Activation;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Days of the window in which the emergencies of a system are counted.
const WINDOW_DAYS: u32 = 365;

/// An order, with what it leaves open filled in.
struct Subject {
    computer_id: ComputerId,
    system: Option<Rc<SystemRow>>,
    named: Vec<Rc<SystemRow>>,
    organization: Identifier,
    product: Identifier,
    need: Counts,
}

/// Gives a device an activation for the product's days of emergency.
///
/// # Errors
/// [`SystemRefusal::Works`] while it has a valid activation, [`SystemRefusal::EmergencyLimit`] over
/// the count within 365 days; a device that was given up or denied, belongs elsewhere, or is known
/// too little.
pub(crate) fn grant<S: State>(
    state: &S,
    order: &Order,
    (in_place_of, reason): (&[ComputerId], &str),
    id: Digest,
    context: &Context,
) -> Result<Grant, Stop> {
    let subject = subject(state, order, in_place_of)?;
    let settings = &known::product(state, &subject.product)?.settings;
    check_catalogue(state, &subject)?;
    if let Some(system) = &subject.system {
        known::check_not_given_up(system)?;
        check_needed(system, context.today)?;
    }
    let own = subject
        .system
        .as_ref()
        .map_or(&[][..], |system| &system.temporary.emergencies);
    check_limit(&subject.computer_id, own, settings, context.today)?;
    for system in &subject.named {
        check_limit(
            &system.computer_id,
            &system.temporary.emergencies,
            settings,
            context.today,
        )?;
    }
    let system = system_afterwards(&subject, settings, context)?;
    let answer = activation(&system, settings, context);
    let event = Event::EmergencyGranted(Box::new(EmergencyGranted {
        system,
        in_place_of: subject
            .named
            .iter()
            .map(|system| system.computer_id)
            .collect(),
        reason: reason.into(),
        order: id,
        answer: answer.document_id(),
        on: context.today,
    }));
    Ok(Grant {
        event,
        answer: Some(answer),
    })
}

/// The organization, product and need of the emergency: as recorded for the device, else for the
/// named systems, else as ordered, else as the device's waiting request states.
fn subject<S: State>(
    state: &S,
    order: &Order,
    in_place_of: &[ComputerId],
) -> Result<Subject, Stop> {
    let system = state.get::<SystemRow>(&order.computer_id.0)?;
    let named = named(state, order, in_place_of)?;
    let waiting = state.get::<WaitingRow>(&order.computer_id.0)?;
    let known = system.iter().chain(&named).next();
    let waits = waiting.as_ref().filter(|_| known.is_none());
    let organization = known
        .map(|s| s.organization.clone())
        .or_else(|| order.organization.clone());
    let product = known
        .map(|s| s.product.clone())
        .or_else(|| order.product.clone());
    let (Some(organization), Some(product)) = (
        organization.or_else(|| waits.map(|row| row.organization.clone())),
        product.or_else(|| waits.map(|row| row.product.clone())),
    ) else {
        return Err(SystemRefusal::NeverSeen {
            computer_id: order.computer_id,
        }
        .into());
    };
    let others = system
        .iter()
        .chain(&named)
        .map(|s| (&s.organization, &s.product));
    let ordered = (
        order.organization.as_ref().unwrap_or(&organization),
        order.product.as_ref().unwrap_or(&product),
    );
    for (of, what) in others.chain([ordered]) {
        check_same((&organization, &product), (of, what))?;
    }
    let mut stated = Counts::new();
    for system in &named {
        stated = stated.plus(&system.need)?;
    }
    if named.is_empty() {
        let known = system.as_ref().map(|system| &system.need);
        stated = known
            .or(waiting.as_ref().map(|row| &row.need))
            .cloned()
            .unwrap_or_default();
    }
    let need = order.need.clone().unwrap_or(stated);
    if need.is_empty() {
        return Err(SystemRefusal::NeverSeen {
            computer_id: order.computer_id,
        }
        .into());
    }
    Ok(Subject {
        computer_id: order.computer_id,
        system,
        named,
        organization,
        product,
        need,
    })
}

fn named<S: State>(
    state: &S,
    order: &Order,
    in_place_of: &[ComputerId],
) -> Result<Vec<Rc<SystemRow>>, Stop> {
    let mut named: Vec<Rc<SystemRow>> = Vec::new();
    for id in in_place_of {
        let Some(system) = state.get::<SystemRow>(&id.0)? else {
            return Err(SystemRefusal::Unknown { computer_id: *id }.into());
        };
        // A lost device, denied for that, may be the one that has to be replaced.
        if matches!(system.state, SystemState::GivenUp { .. }) {
            known::check_not_given_up(&system)?;
        }
        if *id != order.computer_id && named.iter().all(|other| other.computer_id != *id) {
            named.push(system);
        }
    }
    Ok(named)
}

fn check_same(
    known: (&Identifier, &Identifier),
    other: (&Identifier, &Identifier),
) -> Result<(), ElsewhereRefusal> {
    if known.0 != other.0 {
        return Err(ElsewhereRefusal::TwoOrganizations {
            one: known.0.clone(),
            other: other.0.clone(),
        });
    }
    if known.1 != other.1 {
        return Err(ElsewhereRefusal::TwoProducts {
            one: known.1.clone(),
            other: other.1.clone(),
        });
    }
    Ok(())
}

/// Checks that nothing withdrawn gets a new system. A device that stands in for another is not new.
fn check_catalogue<S: State>(state: &S, subject: &Subject) -> Result<(), Stop> {
    let organization = known::organization(state, &subject.organization)?;
    let product = known::product(state, &subject.product)?;
    has_types(&product.settings, &subject.need)?;
    if subject.system.is_some() || !subject.named.is_empty() {
        return Ok(());
    }
    let wanted = Fresh::Systems;
    if organization.withdrawn {
        let organization = subject.organization.clone();
        return Err(SubjectRefusal::WithdrawnOrganization {
            organization,
            wanted,
        }
        .into());
    }
    if product.withdrawn {
        let product = subject.product.clone();
        return Err(SubjectRefusal::WithdrawnProduct { product, wanted }.into());
    }
    Ok(())
}

fn check_needed(system: &SystemRow, today: Day) -> Result<(), SystemRefusal> {
    let issued = &system.activation;
    if issued.validity.on(today) == DayStatus::Ended {
        return Ok(());
    }
    Err(SystemRefusal::Works {
        computer_id: system.computer_id,
        until: issued.validity.grace_until,
    })
}

fn check_limit(
    id: &ComputerId,
    emergencies: &[Day],
    settings: &ProductSettings,
    today: Day,
) -> Result<(), SystemRefusal> {
    let within = emergencies
        .iter()
        .filter(|day| day.in_window(WINDOW_DAYS, today))
        .count();
    if within < usize::try_from(settings.emergency.count).unwrap_or(usize::MAX) {
        return Ok(());
    }
    Err(SystemRefusal::EmergencyLimit {
        computer_id: *id,
        count: within,
        days: WINDOW_DAYS,
    })
}

fn system_afterwards(
    subject: &Subject,
    settings: &ProductSettings,
    context: &Context,
) -> Result<SystemRow, Stop> {
    let until = context
        .today
        .last_of_days(settings.emergency.days)
        .unwrap_or(Day::LAST);
    let known = subject.system.as_deref();
    let activation = IssuedActivation {
        id: known.map_or(context.fresh_id, |system| system.activation.id),
        sequence: next_sequence(known)?,
        plan: Plan::Emergency,
        licences: subject.need.clone(),
        validity: Validity {
            valid_from: context.today,
            valid_until: Some(until),
            grace_until: Some(until),
        },
        issued: context.today,
        confirmed: known.and_then(|system| system.activation.confirmed),
    };
    let mut system = known
        .cloned()
        .unwrap_or_else(|| unseen(subject, &activation));
    system.activation = activation;
    system.temporary.running = Some(Running {
        plan: Plan::Emergency,
        until,
    });
    system.temporary.remember_emergency(context.today);
    Ok(system)
}

/// A device known by its Computer ID only: key and hardware bind with its first request.
fn unseen(subject: &Subject, activation: &IssuedActivation) -> SystemRow {
    SystemRow {
        computer_id: subject.computer_id,
        organization: subject.organization.clone(),
        product: subject.product.clone(),
        device_key: Hex([0; 32]),
        computer_name: subject.computer_id.to_string(),
        product_version: String::new(),
        serial: None,
        hardware: 0,
        fingerprint: Fingerprint::new(),
        counter: 0,
        state: SystemState::Active,
        need: subject.need.clone(),
        stated: Vec::new(),
        seats: Vec::new(),
        grace_days: 0,
        temporary: Temporary {
            running: None,
            only: true,
            emergencies: Vec::new(),
        },
        activation: activation.clone(),
    }
}

fn activation(system: &SystemRow, settings: &ProductSettings, context: &Context) -> Answer {
    let components = u8::try_from(system.fingerprint.len()).unwrap_or(u8::MAX);
    let issued = &system.activation;
    let activation = Activation {
        activation_id: issued.id,
        sequence: issued.sequence,
        organization: system.organization.clone(),
        product: system.product.clone(),
        computer_id: system.computer_id,
        computer_name: system.computer_name.clone(),
        request: None,
        fingerprint: system.is_bound().then(|| {
            (
                system.fingerprint.clone(),
                settings.fingerprint_min_match.min(components),
            )
        }),
        plan: issued.plan,
        licences: issued.licences.clone(),
        validity: issued.validity,
        notify_days: settings.notify_days.clone(),
        issued_at: context.now,
        trust_list: context.trust_list,
        extensions: settings
            .extensions
            .as_ref()
            .and_then(|extensions| serde_json::to_string(extensions).ok()),
    };
    Answer {
        kind: Kind::Activation,
        payload: activation.to_payload(),
    }
}
