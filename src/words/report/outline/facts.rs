//! The facts about one product of one organization.

use crate::licence::Counts;
use crate::policy::report::holding::Holding;
use crate::words::report::figures;
use crate::words::report::language::Language;

/// A fact: its name, and what it says.
pub type Fact = (&'static str, String);

/// The facts that stand above the tables.
pub fn facts(holding: &Holding) -> Vec<Fact> {
    let mut facts: Vec<Fact> = vec![("Systems", figures::systems(&holding.systems))];
    let mut add = |name, said: Option<String>| facts.extend(said.map(|said| (name, said)));
    let held = |counts: &Counts| (!counts.is_empty()).then(|| figures::counts(counts, holding));
    add(
        "Given up without proof",
        figures::unproven(&holding.systems),
    );
    add("Keys not redeemed", held(&holding.unredeemed));
    let waiting = held(&holding.waiting);
    add(
        "Waiting for licences",
        waiting.map(|need| format!("{need} ({})", count_of_systems(holding.waiting_systems))),
    );
    let beyond = held(&holding.waiting_beyond);
    add(
        "Of these not counted yet",
        beyond.map(|need| {
            format!(
                "{need} ({})",
                count_of_systems(holding.waiting_beyond_systems)
            )
        }),
    );
    let order = &holding.purchase;
    for (name, counts) in [
        ("To order for what is missing", &order.missing),
        ("To order for what waits", &order.waiting),
        ("To order for what could not be renewed", &order.not_renewed),
        ("To order for what ends", &order.ending),
        ("To order for what grew", &order.growth),
    ] {
        add(name, held(counts));
    }
    add(
        "Waiting for approval",
        (holding.awaiting_approval > 0).then(|| count_of_systems(holding.awaiting_approval)),
    );
    add("Growth", holding.growth.as_ref().map(figures::growth));
    add("Could not be renewed", held(&holding.could_not_renew));
    let carry: Vec<String> = holding
        .carry_days
        .iter()
        .map(|(id, days)| format!("{days} days of {id}"))
        .collect();
    add(
        "Carried for overlaps",
        (!carry.is_empty()).then(|| carry.join(", ")),
    );
    add(
        "Renewal",
        holding.auto_renew.then(|| "by the signer".to_owned()),
    );
    let swing = holding.swing.as_ref().map(|swing| {
        format!(
            "{} until {}; {} at the renewal on {}; {} from {} on",
            figures::counts(&swing.from, holding),
            swing.lowered.in_words(),
            figures::counts(&swing.judged, holding),
            swing.renewed.in_words(),
            figures::counts(&swing.to, holding),
            swing.raised.in_words()
        )
    });
    add("Need around a renewal", swing);
    facts
}

fn count_of_systems(count: u64) -> String {
    Language::English.systems(count)
}
