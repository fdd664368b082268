//! `report`.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// What `report` says after its options.
pub(super) const AFTER: &str =
    "JSON: {\"day\",\"only\",\"history\":{\"origin\",\"size\",\"head\"},\
    \"clock_warning\",\"actions\":[{\"urgency\",\"kind\",\"day\",\"organization\",\"product\",\
    \"text\",\"hint\"}],\"organizations\":[{\"id\",\"name\",\"language\",\"contact\",\"withdrawn\",\
    \"products\":[...]}],\"products\":[{\"id\",\"name\",\"model\",\"withdrawn\",\"tally\"}],\
    \"letters\":[{\"organization\",\"product\",\"about\",\"language\",\"subject\",\"text\"}]}.
Each product of an organization: {\"product\",\"name\",\"model\",\"withdrawn\",\"auto_renew\",\
    \"licence_types\",\"standing\":{\"status\",\"until\",\"since\"},\"owned\",\"unredeemed\",\
    \"stored\",\"returned\",\"assigned\",\"preloaded\",\"held\",\"need\",\"used\",\"waiting\",\
    \"waiting_systems\",\"waiting_beyond\",\"waiting_beyond_systems\",\"awaiting_approval\",\
    \"missing\",\"to_order\":{\"missing\",\"waiting\",\"not_renewed\",\"ending\",\"growth\"},\
    \"periods\":[as of subscription show],\"carry_days\",\"systems\":{\"active\",\"trial\",\
    \"emergency\",\"ended\",\"denied\",\"deactivated\",\"released_after_end\",\
    \"released_without_proof\",\"released_without_proof_recently\",\"recovered\",\
    \"recovered_recently\"},\"expiring\":[{\"until\",\"kind\",\"grace_until\",\"days_left\",\
    \"licences\",\"computer_id\",\"computer_name\"}],\"ended_seats\":[{\"until\",\"grace_until\",\
    \"licences\",\"computer_id\",\"computer_name\"}],\"unconfirmed\",\"due\",\
    \"emergencies\":[{\"day\",\"computer_name\",\"computer_id\"}],\"growth\":{\"assigned\",\
    \"need\",\"added\",\"allowance\",\"used_percent\",\"over\",\"until\"},\
    \"held_seats\":[{\"since\",\"why\",\"licences\",\"ended\",\"computer_id\",\"computer_name\"}],\
    \"suspected\":[{\"abuse\",\"requests\",\"on\",\"computer_id\",\"computer_name\"}],\
    \"swing\":{\"renewed\",\"lowered\",\"from\",\"judged\",\"raised\",\"to\"},\"could_not_renew\",\
    \"not_renewed\":[{\"until\",\"licences\",\"computer_id\",\"computer_name\"}]}.
owned is stored, held and serving: assigned to the running and later periods, at systems, or \
    preloaded. assigned is to the running period (pooled), seats at active systems (device), \
    expansions (hardware). missing is what the need lacks of that. waiting_beyond is what \
    waiting systems ask beyond what they hold and what counts for them already. to_order is what \
    the wallet does not hold of what is missing, waits, could not be renewed, ends within 90 \
    days or has ended, and grew within a licensed period; each stored licence covers one of \
    them. standing.status is as of subscription show, for every model; until is the last day of \
    what it says, since the first day without a licence. expiring has what ends at most 90 days \
    from day: subscription, seats, stored or returned; days_left is negative in the grace after \
    it, grace_until its last day of use. ended_seats has the systems whose seats have ended, \
    grace and all, and that were not given up. The day of unconfirmed and due is since when, of \
    emergencies until when. growth stands there from 80 % of the allowance on; used_percent is \
    null where nothing is allowed. recently is within 365 days. products is empty with \
    --organization: it adds up all customers. Counts are objects from licence type to integer.
CSV: a row a figure, with a byte order mark; section says what it is; no letters. Text and HTML \
    show 20 systems of a list and say how many more there are.";

/// `report`.
#[derive(Debug, Args)]
pub struct Report {
    /// In which form [default: text]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<ReportFormat>,
    /// Only this organization, and nothing of others
    #[arg(long, value_name = "ORG")]
    pub organization: Option<String>,
    /// Write it to this file, in place of what is there
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// In which form a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// For a terminal
    Text,
    /// One document, as with --json
    Json,
    /// One table for spreadsheets
    Csv,
    /// One page for browsers and printers
    Html,
}
