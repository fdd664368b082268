//! What customers are written in English.

use super::phrases::Phrases;

pub(super) const ENGLISH: Phrases = Phrases {
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    day: "{date} {month} {year}",
    one_system: "1 system",
    systems: "{count} systems",
    named: "{name} ({id})",
    counted: "{count} × {type}",
    comma: ", ",
    share: " ({percent} %)",
    greeting: "Dear customer,",
    growth_subject: "{product}: the growth allowance is almost used up",
    growth_over_subject: "{product}: the growth allowance is exceeded",
    growth: "Your systems with {product} need more licences than are assigned to the current \
        period. Within a period this is allowed up to a limit:",
    growth_assigned: "Licences assigned: {count}",
    growth_need: "Licences that your systems need: {count}",
    growth_allowed: "Additional licences allowed until {until}: {count}",
    growth_used: "Of these in use: {count}{share}",
    growth_near: "Once the limit is reached, further systems will be refused. If you plan to add \
        systems, please order licences in good time.",
    growth_over: "The limit is exceeded, and further systems will be refused. Please order the \
        additional licences.",
    expiring_subject: "{product}: licences that end soon",
    expiring: "The following licences for {product} end within the next 90 days. Each date is the \
        last day on which they are valid.",
    expiring_subscription: "Subscription, licensed until {until}{grace}: {licences}",
    expiring_seats: "In use until {until}{grace}: {licences} ({systems})",
    expiring_ended: "Ended on {until}, still working in the grace period until {grace_until}: \
        {licences} ({systems})",
    expiring_stored: "Unused, to be used by {until}: {licences}",
    expiring_returned: "Returned and unused, valid until {until}: {licences}",
    expiring_renew: "Please order the renewal in good time, so that your systems go on working \
        without interruption. Beyond your unused licences this takes: {licences}",
    expiring_extend: "You have enough unused licences for it: please let your systems ask for \
        their extension.",
    expiring_auto: "Renewal is automatic as far as you have enough unused licences.",
    expiring_use: "Please use unused licences before they end; they cannot be used afterwards.",
    grace: ", with a grace period until {until}",
    ended_subject: "{product}: licences that have ended",
    ended: "The following licences for {product} have ended, or end within the next 90 days. Each \
        date is the last day on which they are valid.",
    ended_seats: "Ended on {until}{grace}; no longer licensed: {licences} ({systems})",
    missing_subject: "{product}: licences are missing",
    missing: "Your systems with {product} need more licences than you have:",
    missing_now: "Missing now: {licences}",
    missing_waiting: "Missing for systems that wait: {licences} ({systems})",
    missing_renewal: "Missing for the renewal: {licences}",
    missing_grace: "The grace period runs until {until}. From then on your systems need the \
        missing licences.",
    missing_expired: "Since {since} the current period has been without a licence. Each system \
        works at most until the last day that its own activation states.",
    missing_order: "Please order the missing licences.",
    unconfirmed_subject: "{product}: activations not yet confirmed",
    unconfirmed: "We have issued activations for the following systems with {product}, and have \
        received no confirmation yet that they were installed:",
    unconfirmed_system: "{system}, issued on {since}",
    more: "and another {systems}",
    unconfirmed_bring: "Please install the activation on each of these systems, and send us the \
        confirmation file that the system writes afterwards.",
    contact: "Orders and questions: {contact}",
    as_of: "{organization}, as of {day}",
};
