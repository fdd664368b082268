//! The events of the history. Nothing else changes the state (LICENSING section 1, PROTOCOL section
//! 9).

use crate::licence::{
    ComputerId, Counts, Day, Digest, Identifier, LicenceKeyId, Moment, Origin, Plan,
};
use crate::policy::record::catalogue::settings::{OrganizationEntry, ProductSettings};
use crate::policy::record::event::emergency::EmergencyGranted;
use crate::policy::record::event::file::{Refused, Source};
use crate::policy::record::event::given_up::{
    CodeRefused, Deactivated, Denied, Reinstated, Released, Suspected,
};
use crate::policy::record::event::granted::Granted;
use crate::policy::record::preloaded::Record;
use crate::policy::record::seat::Seat;
use crate::policy::record::subscription::{Assignment, Start};
use crate::policy::record::system::StatedNeed;
use crate::policy::record::wallet::Lot;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// One change. In a history entry its members stand beside `number`, `at` and `operator`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Entry 1: it identifies the history.
    Began {
        /// Random per vault.
        origin: Origin,
        /// The vault's id.
        vault: String,
    },
    /// A catalogue was applied as a whole.
    CatalogueApplied {
        /// Every organization, as applied.
        organizations: Vec<OrganizationEntry>,
        /// Every product, as applied.
        products: Vec<ProductSettings>,
        /// Organizations that the file drops.
        withdrawn_organizations: Vec<Identifier>,
        /// Products that the file drops.
        withdrawn_products: Vec<Identifier>,
    },
    /// Licence keys were made.
    KeysMinted {
        /// The product.
        product: Identifier,
        /// The only organization that may redeem them; none: any may.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        organization: Option<Identifier>,
        /// The licences that each is worth.
        licences: Counts,
        /// Their public names.
        keys: Vec<LicenceKeyId>,
        /// The day.
        on: Day,
    },
    /// A licence key was declared void.
    KeyVoided {
        /// The licence key.
        key: LicenceKeyId,
        /// The organization that had redeemed it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        organization: Option<Identifier>,
        /// Lots taken out of its wallet.
        removed: Vec<Lot>,
        /// Licences in use, which could not be taken back.
        #[serde(default, skip_serializing_if = "Counts::is_empty")]
        out_of_reach: Counts,
        /// The reason.
        reason: String,
        /// The day.
        on: Day,
    },
    /// An operator redeemed a licence key.
    KeyRedeemed {
        /// The organization.
        organization: Identifier,
        /// The licence key.
        key: LicenceKeyId,
        /// Lots that went into the wallet.
        lots: Vec<Lot>,
        /// The day.
        on: Day,
    },
    /// An operator took a redemption back.
    KeyUnredeemed {
        /// The organization.
        organization: Identifier,
        /// The licence key.
        key: LicenceKeyId,
        /// Lots taken out of the wallet.
        lots: Vec<Lot>,
        /// The reason.
        reason: String,
        /// The day.
        on: Day,
    },
    /// A system got an activation.
    Granted(Box<Granted>),
    /// A device proved that it gave its activation up.
    Deactivated(Box<Deactivated>),
    /// A device proved that an activation arrived.
    Confirmed {
        /// Document id of the request.
        request: Digest,
        /// The Computer ID of the system.
        computer_id: ComputerId,
        /// The organization.
        organization: Identifier,
        /// The product.
        product: Identifier,
        /// The sequence that it has installed.
        sequence: u16,
        /// The confirmation's counter.
        counter: u64,
        /// Needs that still count.
        stated: Vec<StatedNeed>,
        /// Seats that stay.
        seats: Vec<Seat>,
        /// Surplus seats that went back into the wallet.
        returned: Vec<Lot>,
        /// Where the file came from.
        source: Source,
        /// The day.
        on: Day,
    },
    /// A file was refused.
    Refused(Box<Refused>),
    /// An operator approved a device.
    Approved {
        /// The Computer ID of the system.
        computer_id: ComputerId,
        /// The organization.
        organization: Identifier,
        /// The product.
        product: Identifier,
        /// The request that was looked at.
        request: Digest,
        /// The reason.
        reason: String,
    },
    /// An operator gave held seats back.
    SeatsReleased {
        /// The Computer ID of the system.
        computer_id: ComputerId,
        /// The organization.
        organization: Identifier,
        /// The product.
        product: Identifier,
        /// Lots that went back into the wallet.
        returned: Vec<Lot>,
        /// Held seats that had ended meanwhile.
        ended: Vec<Seat>,
        /// The reason.
        reason: String,
        /// The day.
        on: Day,
    },
    /// A system got an activation by an operator's order, without a request.
    Issued(Box<Granted>),
    /// An operator released a system.
    Released(Box<Released>),
    /// A wrong code was typed for a system.
    CodeRefused(Box<CodeRefused>),
    /// An operator denied a system.
    Denied(Box<Denied>),
    /// An operator took a denial back.
    Undenied(Box<Reinstated>),
    /// An operator took a release without proof back.
    Reinstated(Box<Reinstated>),
    /// A system that was given up without proof sent a request again.
    Suspected(Box<Suspected>),
    /// Seats of a system ended.
    SeatsEnded {
        /// The Computer ID of the system.
        computer_id: ComputerId,
        /// The organization.
        organization: Identifier,
        /// The product.
        product: Identifier,
        /// The seats that ended.
        ended: Vec<Seat>,
        /// The first day without them.
        on: Day,
    },
    /// Licences expired in a wallet.
    LotsExpired {
        /// The organization.
        organization: Identifier,
        /// The product.
        product: Identifier,
        /// The lots that expired.
        lots: Vec<Lot>,
        /// The first day without them.
        on: Day,
    },
    /// The signer extended seats by itself.
    SeatsRenewed {
        /// The Computer ID of the system.
        computer_id: ComputerId,
        /// The organization.
        organization: Identifier,
        /// The product.
        product: Identifier,
        /// Lots taken from the wallet.
        taken: Vec<Lot>,
        /// All seats afterwards.
        seats: Vec<Seat>,
        /// The day.
        on: Day,
    },
    /// An operator started a subscription.
    SubscriptionStarted {
        /// The organization.
        organization: Identifier,
        /// The product.
        product: Identifier,
        /// Where its periods begin.
        started: Start,
        /// The day.
        on: Day,
    },
    /// Licences were assigned to a period.
    LicencesAssigned {
        /// The organization.
        organization: Identifier,
        /// The product.
        product: Identifier,
        /// The period, and what it took and credited.
        assignment: Assignment,
        /// Whether it was the signer that renewed.
        renewed: bool,
        /// The day.
        on: Day,
    },
    /// A period of a subscription began, and was judged.
    PeriodBegan {
        /// The organization.
        organization: Identifier,
        /// The product.
        product: Identifier,
        /// The number of the period, from 0.
        period: u32,
        /// Whether it is licensed.
        licensed: bool,
        /// Whether it has a grace: the period before was licensed on its last day.
        graced: bool,
        /// Its first day.
        on: Day,
    },
    /// A trial or an emergency of a system ended.
    #[serde(rename = "passing_ended")]
    TemporaryEnded {
        /// The Computer ID of the system.
        computer_id: ComputerId,
        /// The organization.
        organization: Identifier,
        /// The product.
        product: Identifier,
        /// `trial` or `emergency`.
        plan: Plan,
        /// The first day without it.
        on: Day,
    },
    /// An operator gave a device an activation for some days.
    EmergencyGranted(Box<EmergencyGranted>),
    /// Manufacturing records were imported.
    RecordsImported {
        /// Records that are new, or that say more than before.
        records: Vec<Record>,
        /// The day.
        on: Day,
    },
    /// An operator assigned expansions to a system.
    ExpansionsAssigned {
        /// The Computer ID of the system.
        computer_id: ComputerId,
        /// The organization.
        organization: Identifier,
        /// The product.
        product: Identifier,
        /// What they follow: a serial, hardware, or a Computer ID until the first activation.
        holder: String,
        /// Lots taken from the wallet.
        taken: Vec<Lot>,
        /// The day.
        on: Day,
    },
    /// A day began for the signer.
    DayBegan {
        /// The day.
        day: Day,
    },
    /// An operator accepted the clock.
    ClockAccepted {
        /// The time of the newest entry before.
        newest: Moment,
        /// The time by the clock.
        clock: Moment,
        /// The reason.
        reason: String,
    },
    /// Parts of a QR text wait for the rest.
    PartsWaiting {
        /// The tag that they share.
        tag: String,
        /// The numbers of the parts that are there.
        have: Vec<u8>,
        /// The number of parts in all.
        count: u8,
        /// The time since which the newest waits.
        since: Moment,
    },
    /// Somebody could not unlock the vault.
    UnlocksFailed {
        /// The number of failures.
        count: u64,
        /// The first failure, by the clock of then.
        first: Moment,
        /// The last failure, by the clock of then.
        last: Moment,
    },
}

pub mod about;
pub mod concerns;
pub mod emergency;
pub mod file;
pub mod given_up;
pub mod granted;
pub mod names;
pub mod search;
