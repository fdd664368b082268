//! The names of events, as they stand in history entries.

use crate::policy::record::event::Event;

/// Pairs each kind of event with its name. A kind without one does not compile.
macro_rules! names {
    ($($variant:ident => $name:literal,)*) => {
        impl Event {
            /// The name of every kind.
            pub const NAMES: &[&str] = &[$($name,)*];

            /// The member `event` of its history entry.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $name,)*
                }
            }
        }
    };
}

names! {
    Began => "began",
    CatalogueApplied => "catalogue_applied",
    KeysMinted => "keys_minted",
    KeyVoided => "key_voided",
    KeyRedeemed => "key_redeemed",
    KeyUnredeemed => "key_unredeemed",
    Granted => "granted",
    Deactivated => "deactivated",
    Confirmed => "confirmed",
    Refused => "refused",
    Approved => "approved",
    SeatsReleased => "seats_released",
    Issued => "issued",
    Released => "released",
    CodeRefused => "code_refused",
    Denied => "denied",
    Undenied => "undenied",
    Reinstated => "reinstated",
    Suspected => "suspected",
    SeatsEnded => "seats_ended",
    LotsExpired => "lots_expired",
    SeatsRenewed => "seats_renewed",
    SubscriptionStarted => "subscription_started",
    LicencesAssigned => "licences_assigned",
    PeriodBegan => "period_began",
    TemporaryEnded => "passing_ended",
    EmergencyGranted => "emergency_granted",
    RecordsImported => "records_imported",
    ExpansionsAssigned => "expansions_assigned",
    DayBegan => "day_began",
    ClockAccepted => "clock_accepted",
    PartsWaiting => "parts_waiting",
    UnlocksFailed => "unlocks_failed",
}
