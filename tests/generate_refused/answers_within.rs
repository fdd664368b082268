//! Documents from the signer just within the rules.

use super::answers::{activation, all, keys, trust_list};
use super::document::{Document, Vector, nested, object_of, vector};

/// Documents just within the rules.
pub(crate) fn accepted() -> Vec<Vector> {
    let mut cases = accepted_of_each_kind();
    cases.extend(accepted_activations());
    cases.extend(accepted_trust_lists());
    cases
        .into_iter()
        .map(|(why, document)| vector("accepted", why, document.file()))
        .collect()
}

fn accepted_of_each_kind() -> Vec<(String, Document)> {
    let mut cases = Vec::new();
    let mut push = |why: String, document: Document| cases.push((why, document));
    for good in all() {
        let kind = good.kind;
        push(format!("the {kind} of these vectors"), good.clone());
        push(
            format!("{kind} with unknown members"),
            good.with("x", "{\"y\":[null,true,9007199254740991]}")
                .with("z", "null"),
        );
        let known = good.members[0].0.clone();
        push(
            format!("{kind} with a critical member that is known"),
            good.with("critical", format!("[\"{known}\"]")),
        );
        push(
            format!("{kind} with critical empty"),
            good.with("critical", "[]"),
        );
        push(
            format!("{kind} with depth 16 in an unknown member"),
            good.with("x", nested(16)),
        );
    }
    cases
}

fn accepted_activations() -> Vec<(String, Document)> {
    let mut cases = Vec::new();
    let mut push = |why: &str, document: Document| cases.push((why.to_owned(), document));
    let lifetime = activation()
        .with("valid_until", "null")
        .with("grace_until", "null")
        .with("notify_days", "[]");
    push("activation for the hardware's lifetime", lifetime);
    let one_day = activation()
        .with("valid_until", "\"2026-11-22\"")
        .with("grace_until", "\"2026-11-22\"");
    push("activation of one day without grace", one_day);
    let critical = activation().with(
        "critical",
        "[\"request\",\"extensions\",\"fingerprint\",\"fingerprint_min_match\"]",
    );
    push(
        "activation with critical members that are known and absent",
        critical,
    );
    push(
        "activation with eight notify_days",
        activation().with("notify_days", "[65535,7,6,5,4,3,2,0]"),
    );
    push(
        "activation with sequence 65535",
        activation().with("sequence", "65535"),
    );
    let all_match = activation()
        .with("fingerprint", object_of(16, "\"7e8e2f253abdd2d5\""))
        .with("fingerprint_min_match", "16");
    push("activation that needs all of 16 components", all_match);
    push(
        "activation with no licences",
        activation().with("licences", "{}"),
    );
    cases
}

fn accepted_trust_lists() -> Vec<(String, Document)> {
    let mut cases = Vec::new();
    let mut push = |why: &str, document: Document| cases.push((why.to_owned(), document));
    push("trust-list of 64 keys", trust_list().with("keys", keys(64)));
    push(
        "trust-list with an unknown member in a key",
        trust_list().with("keys", keys(1).replace("{\"k", "{\"x\":null,\"k")),
    );
    push(
        "trust-list with a key for no product",
        trust_list().with("keys", keys(1).replace("[\"*\"]", "[]")),
    );
    let scoped = keys(2)
        .replacen("[\"*\"]", "[\"vms\",\"nvr\"]", 1)
        .replacen("active", "revoked", 1);
    push(
        "trust-list with a revoked key for two products",
        trust_list().with("keys", scoped),
    );
    cases
}
