//! What documents say, in plain words: label and value, dates as people in any country read them
//! alike.

use super::findings::Findings;
use crate::licence::{Day, Moment, Validity};
use crate::wire::hash::key_id;
use crate::wire::request::{
    Deactivation, Fingerprint, InstalledActivation, Request, RequestBody, SystemDescription,
};
use crate::wire::response::{
    Activation, Checkpoint, HistoryPoint, Manifest, Products, Receipt, RefusalNotice, TrustList,
    TrustedKey,
};
use crate::words::escape::for_terminal;
use data_encoding::BASE64;

/// What every request says, then what this kind says.
pub(super) fn request(findings: &mut Findings, request: &Request) {
    findings.fact("organization", &request.organization);
    findings.fact("product", &request.product);
    match &request.body {
        RequestBody::SystemDescription(body) => system_description(findings, body),
        RequestBody::Deactivation(body) => deactivation(findings, body),
        RequestBody::Confirmation(installed) => {
            findings.fact("activation", installed_activation(installed))
        }
    }
    findings.fact("Computer ID", request.computer_id);
    findings.fact("counter", request.counter);
    findings.fact(
        "created at",
        format!("{}, by the device's clock", time(request.created_at)),
    );
    findings.fact_if(
        "vendor data",
        request.extensions.as_deref().map(for_terminal),
    );
}

fn system_description(findings: &mut Findings, body: &SystemDescription) {
    findings.fact("computer name", for_terminal(&body.computer_name));
    findings.fact("request", body.request.as_str());
    findings.fact("product version", for_terminal(&body.product_version));
    findings.fact("need", &body.need);
    if !body.redeem.is_empty() {
        let ids: Vec<String> = body
            .redeem
            .iter()
            .map(|redeem| redeem.id.to_string())
            .collect();
        findings.fact(
            "licence keys to redeem",
            format!("{}, by their ids", ids.join(", ")),
        );
    }
    findings.fact_if("serial", body.serial.as_deref().map(for_terminal));
    findings.fact_if(
        "installed activation",
        body.activation.as_ref().map(installed_activation),
    );
    findings.fact("fingerprint", components(&body.fingerprint));
}

/// The code itself is a secret: that it belongs to the Computer ID is a check.
fn deactivation(findings: &mut Findings, body: &Deactivation) {
    findings.fact("activation", installed_activation(&body.activation));
    findings.fact("reason", body.reason.as_str());
}

fn installed_activation(installed: &InstalledActivation) -> String {
    match installed.id {
        Some(id) => format!("{id}, sequence {}", installed.sequence),
        None => format!("from a Computer Key, sequence {}", installed.sequence),
    }
}

fn components(fingerprint: &Fingerprint) -> String {
    let names: Vec<&str> = fingerprint
        .keys()
        .map(|component| component.as_str())
        .collect();
    names.join(", ")
}

/// Everything that one system is entitled to.
pub(super) fn activation(findings: &mut Findings, activation: &Activation) {
    findings.fact("organization", &activation.organization);
    findings.fact("product", &activation.product);
    findings.fact("computer name", for_terminal(&activation.computer_name));
    findings.fact("Computer ID", activation.computer_id);
    findings.fact("plan", activation.plan);
    findings.fact("licences", &activation.licences);
    days(findings, &activation.validity);
    findings.fact("activation id", activation.activation_id);
    findings.fact("sequence", activation.sequence);
    let notices: Vec<String> = activation
        .notify_days
        .iter()
        .map(ToString::to_string)
        .collect();
    let notices = if notices.is_empty() {
        "none".to_owned()
    } else {
        format!("{} days before the end", notices.join(", "))
    };
    findings.fact("notices", notices);
    let agreeing = |(fingerprint, least): &(Fingerprint, u8)| {
        format!(
            "{least} of {} must agree: {}",
            fingerprint.len(),
            components(fingerprint)
        )
    };
    findings.fact_if("fingerprint", activation.fingerprint.as_ref().map(agreeing));
    findings.fact("issued at", time(activation.issued_at));
    findings.fact_if("answers the request", activation.request);
    findings.fact("trust list", format!("version {}", activation.trust_list));
    findings.fact_if(
        "vendor data",
        activation.extensions.as_deref().map(for_terminal),
    );
}

/// Both dates in words, as every text does (LICENSING section 6).
pub(super) fn days(findings: &mut Findings, validity: &Validity) {
    findings.fact("valid from", validity.valid_from.in_words());
    let (Some(until), Some(grace)) = (validity.valid_until, validity.grace_until) else {
        findings.fact("valid until", "no end: for the lifetime of the hardware");
        return;
    };
    findings.fact(
        "valid until",
        format!("{}, this day included, in UTC", until.in_words()),
    );
    let remark = if grace > until {
        "the days of grace included"
    } else {
        "there are no days of grace"
    };
    findings.fact("last day of use", format!("{}, {remark}", grace.in_words()));
}

/// What came of a deactivation.
pub(super) fn receipt(findings: &mut Findings, receipt: &Receipt) {
    findings.fact("organization", &receipt.organization);
    findings.fact("product", &receipt.product);
    findings.fact("Computer ID", format!("{}, retired", receipt.computer_id));
    findings.fact("licences given back", &receipt.licences);
    findings.fact("destination", receipt.destination.as_str());
    findings.fact("activation id", receipt.activation_id);
    findings.fact("sequence", receipt.sequence);
    findings.fact("issued at", time(receipt.issued_at));
    findings.fact("answers the request", receipt.request);
}

/// Why a file was not answered.
pub(super) fn refusal(findings: &mut Findings, notice: &RefusalNotice) {
    findings.fact("code", &notice.code);
    findings.fact("what was wrong", for_terminal(&notice.message));
    findings.fact("what to do next", for_terminal(&notice.remedy));
    // Escaped by the signer already; what a stranger wrote is escaped with the last look.
    findings.fact("refused file", &notice.file);
    findings.fact("sha256 of the file", notice.digest);
    findings.fact_if("organization", notice.organization.as_ref());
    findings.fact_if("product", notice.product.as_ref());
    findings.fact_if("Computer ID", notice.computer_id);
    findings.fact_if("refused request", notice.request);
    findings.fact("issued at", time(notice.issued_at));
}

/// Which keys sign.
pub(super) fn trust_list(findings: &mut Findings, list: &TrustList) {
    findings.fact("version", list.version);
    findings.fact("issued at", time(list.issued_at));
    findings.fact("root", root(&list.root));
    if list.first_root != list.root {
        findings.fact("first root", root(&list.first_root));
    }
    for (place, key) in list.keys.iter().enumerate() {
        findings.fact(&format!("key {place}"), trusted_key(key));
    }
}

fn root(key: &[u8; 32]) -> String {
    format!("{}, key id {}", BASE64.encode(key), key_id(key))
}

fn trusted_key(key: &TrustedKey) -> String {
    let products = match &key.products {
        Products::All => "all products".to_owned(),
        Products::Only(only) => {
            let names: Vec<&str> = only.iter().map(|product| product.as_str()).collect();
            if names.is_empty() {
                "no products".to_owned()
            } else {
                format!("for {}", names.join(", "))
            }
        }
    };
    let words = |day: Option<Day>, word: &str| {
        day.map(|day| format!(", {word} {}", day.in_words()))
            .unwrap_or_default()
    };
    let (from, until) = (words(key.not_before, "from"), words(key.not_after, "until"));
    format!(
        "{}, {}, {products}{from}{until}",
        key.key_id,
        key.status.as_str()
    )
}

/// What a batch answered.
pub(super) fn manifest(findings: &mut Findings, manifest: &Manifest) {
    findings.fact("batch", manifest.batch);
    findings.fact("issued at", time(manifest.issued_at));
    findings.fact("lines", manifest.count);
    findings.fact("sha256 of the lines", manifest.entries_sha256);
    history_point(findings, &manifest.checkpoint);
}

/// A place in the history.
pub(super) fn checkpoint(findings: &mut Findings, checkpoint: &Checkpoint) {
    history_point(findings, &checkpoint.point);
    findings.fact("issued at", time(checkpoint.issued_at));
}

fn history_point(findings: &mut Findings, point: &HistoryPoint) {
    findings.fact(
        "history",
        format!("{}, {} entries", point.origin, point.size),
    );
    findings.fact("head", point.head);
}

/// A time in words.
pub(super) fn time(moment: Moment) -> String {
    let (hour, minute, second) = moment.hour_minute_second();
    format!(
        "{}, {hour:02}:{minute:02}:{second:02} UTC",
        moment.day().in_words()
    )
}
