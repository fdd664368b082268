//! `README.txt` of a bundle, for the technician (PROTOCOL section 8).

use super::escape::for_terminal;
use crate::licence::{ComputerId, Counts, Day, Plan, Validity};

/// Version of the text. Answers are made again with the version that they were committed with:
/// whoever changes a word gives the text a new version and keeps the old one.
pub const VERSION: u8 = 1;

/// What the text speaks about. Names may be any text: they are escaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadmeFacts {
    /// What people call the device.
    pub computer_name: String,
    /// The system that the activation is for.
    pub computer_id: ComputerId,
    /// The customer, by name or identifier.
    pub organization: String,
    /// The product, by name or identifier.
    pub product: String,
    /// On what grounds it was granted.
    pub plan: Plan,
    /// What it may use.
    pub licences: Counts,
    /// First day, last day, last day of use.
    pub validity: Validity,
    /// The bundle's file name without its extension.
    pub file_stem: String,
    /// Codes in `qr.png`, 1 to 32.
    pub qr_parts: usize,
    /// Whether `computer-key.txt` is in the bundle.
    pub has_computer_key: bool,
    /// Whether `trust-list.png` is in the bundle.
    pub has_trust_list_picture: bool,
    /// Where the organization buys or asks.
    pub contact: Option<String>,
}

/// The text: about ten lines that end with CR LF, UTF-8 without byte order mark, ASCII but for
/// names.
#[must_use]
pub fn text(facts: &ReadmeFacts) -> String {
    let name = for_terminal(&facts.computer_name);
    let mut lines = vec![
        format!("This is an activation for one device, {name}. It works on no other."),
        String::new(),
        format!("Device:          {name}"),
        format!("Computer ID:     {}", facts.computer_id),
        format!("Organization:    {}", for_terminal(&facts.organization)),
        format!("Product:         {}", for_terminal(&facts.product)),
        format!("Plan:            {}", facts.plan),
        format!("Licences:        {}", facts.licences),
    ];
    lines.extend(days(&facts.validity));
    lines.push(String::new());
    lines.extend(installing(facts));
    if let Some(contact) = &facts.contact {
        lines.push(format!("Questions and orders: {}", for_terminal(contact)));
    }
    lines
        .iter()
        .flat_map(|line| [line.as_str(), "\r\n"])
        .collect()
}

/// Both dates in words, as every text does (LICENSING section 6).
fn days(validity: &Validity) -> Vec<String> {
    let from = format!("Valid from:      {}", validity.valid_from.in_words());
    let (Some(until), Some(grace)) = (validity.valid_until, validity.grace_until) else {
        return vec![
            from,
            "Valid until:     no end: for the lifetime of the hardware".into(),
        ];
    };
    let last = if grace > until {
        "the days of grace included"
    } else {
        "there are no days of grace"
    };
    vec![
        from,
        line_of("Valid until:     ", until, "this day included, in UTC"),
        line_of("Last day of use: ", grace, last),
    ]
}

fn line_of(label: &str, day: Day, remark: &str) -> String {
    format!("{label}{} ({remark})", day.in_words())
}

fn installing(facts: &ReadmeFacts) -> Vec<String> {
    let mut lines = vec![
        "To install by file, carry this zip to the device as it is and run there:".to_owned(),
        format!("    keyspool-device install {}.zip", facts.file_stem),
    ];
    if facts.has_trust_list_picture {
        lines.push(
            "To install by picture, first show trust-list.png to the device's camera: it \
            tells which keys sign."
                .into(),
        );
    }
    let codes = match facts.qr_parts {
        0 | 1 => "show qr.png to the device's camera.".to_owned(),
        n => format!("show all {n} codes of qr.png to the device's camera, in any order."),
    };
    let then = if facts.has_trust_list_picture {
        "Then"
    } else {
        "To install by picture,"
    };
    lines.push(format!("{then} {codes}"));
    if facts.has_computer_key {
        lines.push(
            "To install by typing, enter the lines of computer-key.txt on the device.".into(),
        );
    }
    lines
}
