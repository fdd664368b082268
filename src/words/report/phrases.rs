//! What customers are written, in each language. A word in braces is a place for a value.

/// The phrases of one language.
pub(super) struct Phrases {
    /// From January on.
    pub(super) months: [&'static str; 12],
    pub(super) day: &'static str,
    pub(super) one_system: &'static str,
    pub(super) systems: &'static str,
    pub(super) named: &'static str,
    pub(super) counted: &'static str,
    /// Between the items of a list in one line.
    pub(super) comma: &'static str,
    pub(super) share: &'static str,
    pub(super) greeting: &'static str,
    pub(super) growth_subject: &'static str,
    pub(super) growth_over_subject: &'static str,
    pub(super) growth: &'static str,
    pub(super) growth_assigned: &'static str,
    pub(super) growth_need: &'static str,
    pub(super) growth_allowed: &'static str,
    pub(super) growth_used: &'static str,
    pub(super) growth_near: &'static str,
    pub(super) growth_over: &'static str,
    pub(super) expiring_subject: &'static str,
    pub(super) expiring: &'static str,
    pub(super) expiring_subscription: &'static str,
    pub(super) expiring_seats: &'static str,
    pub(super) expiring_ended: &'static str,
    pub(super) expiring_stored: &'static str,
    pub(super) expiring_returned: &'static str,
    pub(super) expiring_renew: &'static str,
    pub(super) expiring_extend: &'static str,
    pub(super) expiring_auto: &'static str,
    pub(super) expiring_use: &'static str,
    pub(super) grace: &'static str,
    pub(super) ended_subject: &'static str,
    pub(super) ended: &'static str,
    pub(super) ended_seats: &'static str,
    pub(super) missing_subject: &'static str,
    pub(super) missing: &'static str,
    pub(super) missing_now: &'static str,
    pub(super) missing_waiting: &'static str,
    pub(super) missing_renewal: &'static str,
    pub(super) missing_grace: &'static str,
    pub(super) missing_expired: &'static str,
    pub(super) missing_order: &'static str,
    pub(super) unconfirmed_subject: &'static str,
    pub(super) unconfirmed: &'static str,
    pub(super) unconfirmed_system: &'static str,
    pub(super) more: &'static str,
    pub(super) unconfirmed_bring: &'static str,
    pub(super) contact: &'static str,
    pub(super) as_of: &'static str,
}

#[cfg(test)]
impl Phrases {
    /// Every phrase with the places that it must have, in alphabetical order.
    pub(super) fn all(&self) -> Vec<(&'static str, Vec<&'static str>)> {
        vec![
            (self.day, vec!["date", "month", "year"]),
            (self.one_system, vec![]),
            (self.systems, vec!["count"]),
            (self.named, vec!["id", "name"]),
            (self.counted, vec!["count", "type"]),
            (self.comma, vec![]),
            (self.share, vec!["percent"]),
            (self.greeting, vec![]),
            (self.growth_subject, vec!["product"]),
            (self.growth_over_subject, vec!["product"]),
            (self.growth, vec!["product"]),
            (self.growth_assigned, vec!["count"]),
            (self.growth_need, vec!["count"]),
            (self.growth_allowed, vec!["count", "until"]),
            (self.growth_used, vec!["count", "share"]),
            (self.growth_near, vec![]),
            (self.growth_over, vec![]),
            (self.expiring_subject, vec!["product"]),
            (self.expiring, vec!["product"]),
            (
                self.expiring_subscription,
                vec!["grace", "licences", "until"],
            ),
            (
                self.expiring_seats,
                vec!["grace", "licences", "systems", "until"],
            ),
            (
                self.expiring_ended,
                vec!["grace_until", "licences", "systems", "until"],
            ),
            (self.expiring_stored, vec!["licences", "until"]),
            (self.expiring_returned, vec!["licences", "until"]),
            (self.expiring_renew, vec!["licences"]),
            (self.expiring_extend, vec![]),
            (self.expiring_auto, vec![]),
            (self.expiring_use, vec![]),
            (self.grace, vec!["until"]),
            (self.ended_subject, vec!["product"]),
            (self.ended, vec!["product"]),
            (
                self.ended_seats,
                vec!["grace", "licences", "systems", "until"],
            ),
            (self.missing_subject, vec!["product"]),
            (self.missing, vec!["product"]),
            (self.missing_now, vec!["licences"]),
            (self.missing_waiting, vec!["licences", "systems"]),
            (self.missing_renewal, vec!["licences"]),
            (self.missing_grace, vec!["until"]),
            (self.missing_expired, vec!["since"]),
            (self.missing_order, vec![]),
            (self.unconfirmed_subject, vec!["product"]),
            (self.unconfirmed, vec!["product"]),
            (self.unconfirmed_system, vec!["since", "system"]),
            (self.more, vec!["systems"]),
            (self.unconfirmed_bring, vec![]),
            (self.contact, vec!["contact"]),
            (self.as_of, vec!["day", "organization"]),
        ]
    }
}

/// The template with each `{name}` replaced by its value, in one pass: a value that looks like a
/// place stays as it is.
pub(super) fn filled(template: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let Some((name, behind)) = after.split_once('}') else {
            break;
        };
        text.push_str(
            values
                .iter()
                .find(|(known, _)| *known == name)
                .map_or("", |(_, value)| value),
        );
        rest = behind;
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn a_value_that_looks_like_a_place_stays() {
        assert_eq!(
            filled("{a} and {b}.", &[("a", "{b}"), ("b", "x")]),
            "{b} and x."
        );
    }
}
