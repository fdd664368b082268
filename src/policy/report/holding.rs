//! What an organization has of a product: the figures, and what is to be looked at.

use crate::licence::counts::CountsOverflow;
use crate::licence::{ComputerId, Counts, Day, Identifier};
use crate::policy::record::catalogue::settings::{LicenceType, Model};
use crate::policy::record::code::RefusalCode;
use crate::policy::record::given_up::{Abuse, SuspicionRow};
use crate::policy::record::key::{KeyRow, KeyState};
use crate::policy::record::need::NeedRow;
use crate::policy::record::preloaded::{ExpansionRow, RecordRow};
use crate::policy::record::product::ProductRow;
use crate::policy::record::request::WaitingRow;
use crate::policy::report::ends::{EndedSeats, Expiring, NotRenewed};
use crate::policy::report::held_seats::HeldSeats;
use crate::policy::report::marks::Marks;
use crate::policy::report::purchase::Purchase;
use crate::policy::report::status::{PeriodOutlook, Status};
use alloc::string::String;
use alloc::vec::Vec;
use serde::Serialize;

/// The status of an organization for a product, with its days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// The status.
    pub status: Status,
    /// The last day of the status: of the licensed periods, the earliest seat, the grace or the
    /// trial; none where it has no end.
    pub until: Option<Day>,
    /// The first day without a licence, for `expired`.
    pub since: Option<Day>,
}

/// How many systems there are, each counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Systems {
    /// Active by more than a trial or an emergency.
    pub active: u64,
    /// With a trial that runs.
    pub trial: u64,
    /// With an emergency that runs.
    pub emergency: u64,
    /// Whose seats, trial or emergency have ended.
    pub ended: u64,
    /// Denied by an operator.
    pub denied: u64,
    /// Given up, proven by the device.
    pub deactivated: u64,
    /// Released after their last day of use, which needs no proof.
    pub released_after_end: u64,
    /// Released without proof.
    pub released_without_proof: u64,
    /// Of these, within the last 365 days.
    pub released_without_proof_recently: u64,
    /// Replaced by another Computer ID on the same hardware.
    pub recovered: u64,
    /// Of these, within the last 365 days.
    pub recovered_recently: u64,
}

/// A system and a day: since when, or until when.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SystemDay {
    /// Since when it waits, or until when it runs.
    pub day: Day,
    /// The name of the system.
    pub computer_name: String,
    /// Its Computer ID.
    pub computer_id: ComputerId,
}

/// Systems added within a licensed period, from 80 % of the allowance on (LICENSING section 9.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Growth {
    /// Licences assigned to the running period, over all types.
    pub assigned: u64,
    /// What the systems need, over all types.
    pub need: u64,
    /// Needed beyond what is assigned.
    pub added: u64,
    /// Most that may be added, rounded down.
    pub allowance: u64,
    /// Share of the allowance that is used, rounded down; none where nothing is allowed.
    pub used_percent: Option<u64>,
    /// Whether more is used than is allowed.
    pub over: bool,
    /// The running period's last day.
    pub until: Option<Day>,
}

/// A system that was given up without proof and sent a request again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suspected {
    /// The worst that was seen.
    pub abuse: Abuse,
    /// The number of its requests.
    pub requests: u32,
    /// The day.
    pub on: Day,
    /// The Computer ID of the system.
    pub computer_id: ComputerId,
    /// The name of the system.
    pub computer_name: String,
}

/// A need lowered within 30 days before a renewal and raised within 30 days after it (LICENSING
/// section 7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NeedSwing {
    /// The first day of the period that began meanwhile.
    pub renewed: Day,
    /// The day on which the need last fell before.
    pub lowered: Day,
    /// The need before it fell.
    pub from: Counts,
    /// The need for which the period was judged.
    pub judged: Counts,
    /// The day on which it rose again.
    pub raised: Day,
    /// The need after that.
    pub to: Counts,
}

/// What an organization has of a product on a day.
#[derive(Debug, Clone, Serialize)]
pub struct Holding {
    /// The product.
    pub product: Identifier,
    /// Its name for people.
    pub name: String,
    /// To whom licences belong.
    pub model: Model,
    /// Whether the product gets nothing new.
    pub withdrawn: bool,
    /// Whether the signer renews by itself.
    pub auto_renew: bool,
    /// Its licence types, as declared.
    pub licence_types: Vec<LicenceType>,
    /// The status, with its days.
    pub standing: Standing,
    /// Stored, held, and serving: assigned to the running and later periods, to systems, or
    /// preloaded.
    pub owned: Counts,
    /// In keys minted for this organization that it has not redeemed.
    pub unredeemed: Counts,
    /// In the wallet.
    pub stored: Counts,
    /// Of these, seats that came back.
    pub returned: Counts,
    /// To the running period (pooled), to active systems as seats (device), to hardware as
    /// expansions (hardware).
    pub assigned: Counts,
    /// Preloaded by the maker of the hardware.
    pub preloaded: Counts,
    /// Held until an operator decides.
    pub held: Counts,
    /// What the active systems need.
    pub need: Counts,
    /// Of what is assigned or preloaded, what systems use.
    pub used: Counts,
    /// The waiting need: of systems refused within the last 30 days for want of licences.
    pub waiting: Counts,
    /// The number of these systems.
    pub waiting_systems: u64,
    /// The part of the waiting need beyond what these systems hold or count already.
    pub waiting_beyond: Counts,
    /// The number of these systems.
    pub waiting_beyond_systems: u64,
    /// How many systems wait for an operator to approve them.
    pub awaiting_approval: u64,
    /// What the need lacks: in the running period (pooled), at the active systems (device,
    /// hardware).
    pub missing: Counts,
    /// What the wallet does not hold of what is missing, waits, or is to be renewed.
    #[serde(rename = "to_order")]
    pub purchase: Purchase,
    /// Pooled: the running period and every later one that is known.
    pub periods: Vec<PeriodOutlook>,
    /// Licence-days credited and not yet given back.
    pub carry_days: Counts,
    /// How many systems there are.
    pub systems: Systems,
    /// What ends within 90 days, earliest first.
    pub expiring: Vec<Expiring>,
    /// Device: systems whose seats have ended with their grace, and that were not given up; newest
    /// first.
    pub ended_seats: Vec<EndedSeats>,
    /// Issued, not confirmed: since when, oldest first.
    pub unconfirmed: Vec<SystemDay>,
    /// Systems to which a new activation is due, since when.
    pub due: Vec<SystemDay>,
    /// Emergencies that run, until when.
    pub emergencies: Vec<SystemDay>,
    /// Growth, from 80 % of the allowance on.
    pub growth: Option<Growth>,
    /// Seats that are held, and why.
    pub held_seats: Vec<HeldSeats>,
    /// Systems that sent a request after they were given up without proof.
    pub suspected: Vec<Suspected>,
    /// The newest need that swung around a renewal.
    pub swing: Option<NeedSwing>,
    /// The licences that the signer lacked for a renewal.
    pub could_not_renew: Counts,
    /// Device: the seats that this concerns.
    pub not_renewed: Vec<NotRenewed>,
    /// What only [`Holding::finish`] needs.
    #[serde(skip)]
    pub(crate) marks: Marks,
}

impl Holding {
    /// Nothing yet, of a product.
    #[must_use]
    pub fn new(row: &ProductRow) -> Self {
        let none = Counts::new;
        let settings = &row.settings;
        Self {
            product: settings.id.clone(),
            name: settings.name.clone(),
            model: settings.model,
            withdrawn: row.withdrawn,
            auto_renew: settings.auto_renew,
            licence_types: settings.licence_types.clone(),
            standing: Standing {
                status: Status::NotStarted,
                until: None,
                since: None,
            },
            owned: none(),
            unredeemed: none(),
            stored: none(),
            returned: none(),
            assigned: none(),
            preloaded: none(),
            held: none(),
            need: none(),
            used: none(),
            waiting: none(),
            waiting_systems: 0,
            waiting_beyond: none(),
            waiting_beyond_systems: 0,
            awaiting_approval: 0,
            missing: none(),
            purchase: Purchase::default(),
            periods: Vec::new(),
            carry_days: none(),
            systems: Systems::default(),
            expiring: Vec::new(),
            ended_seats: Vec::new(),
            unconfirmed: Vec::new(),
            due: Vec::new(),
            emergencies: Vec::new(),
            growth: None,
            held_seats: Vec::new(),
            suspected: Vec::new(),
            swing: None,
            could_not_renew: none(),
            not_renewed: Vec::new(),
            marks: Marks::default(),
        }
    }

    /// Takes the need of the active systems.
    pub fn note_need(&mut self, row: &NeedRow) {
        self.need.clone_from(&row.need);
    }

    /// Adds a key that only this organization can redeem, and has not.
    ///
    /// # Errors
    /// [`CountsOverflow`].
    pub fn note_key(&mut self, key: &KeyRow) -> Result<(), CountsOverflow> {
        if key.state == KeyState::Unused {
            self.unredeemed = self.unredeemed.plus(&key.licences)?;
        }
        Ok(())
    }

    /// Adds a request that waits; `counted` is what its system holds or counts as its need already.
    ///
    /// # Errors
    /// [`CountsOverflow`].
    pub fn note_waiting(
        &mut self,
        row: &WaitingRow,
        counted: &Counts,
        today: Day,
    ) -> Result<(), CountsOverflow> {
        if row.wants_licences(today) {
            self.waiting = self.waiting.plus(&row.need)?;
            self.waiting_systems += 1;
            let beyond = counted.lacking(&row.need);
            self.waiting_beyond_systems += u64::from(!beyond.is_empty());
            self.waiting_beyond = self.waiting_beyond.plus(&beyond)?;
            self.marks.waiting.insert(row.computer_id);
        }
        self.awaiting_approval += u64::from(row.code == RefusalCode::AwaitingApproval);
        Ok(())
    }

    /// Adds a manufacturing record of this organization.
    ///
    /// # Errors
    /// [`CountsOverflow`].
    pub fn note_record(&mut self, row: &RecordRow) -> Result<(), CountsOverflow> {
        self.preloaded = self.preloaded.plus(&row.record.licences)?;
        Ok(())
    }

    /// Adds expansions that were assigned.
    ///
    /// # Errors
    /// [`CountsOverflow`].
    pub fn note_expansion(&mut self, row: &ExpansionRow) -> Result<(), CountsOverflow> {
        self.assigned = self.assigned.plus(&row.licences)?;
        Ok(())
    }

    /// Adds a system that sent a request after it was given up without proof.
    pub fn note_suspicion(&mut self, row: &SuspicionRow, computer_name: String) {
        let (abuse, requests, on, computer_id) = (row.abuse, row.requests, row.on, row.computer_id);
        self.suspected.push(Suspected {
            abuse,
            requests,
            on,
            computer_id,
            computer_name,
        });
    }
}
