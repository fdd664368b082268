//! The events of a history that somebody looks for.

use crate::licence::{ComputerId, Identifier, LicenceKeyId};
use crate::policy::record::event::Event;
use crate::policy::record::event::about::About;

/// The events that are looked for: each condition that is set must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// They concern this organization.
    pub organization: Option<Identifier>,
    /// They concern this system: they name it, or the subscription that it is a part of.
    pub system: Option<ComputerId>,
    /// They name this licence key.
    pub key: Option<LicenceKeyId>,
    /// They have this name of [`Event::NAMES`], or are grants that did the same.
    pub event: Option<&'static str>,
}

/// A walk through a history from its beginning. It remembers the subscription that the system is a
/// part of.
#[derive(Debug)]
pub struct Search<'w> {
    wanted: &'w Wanted,
    part_of: Option<(Identifier, Identifier)>,
}

impl<'w> Search<'w> {
    /// Begins before the first event.
    #[must_use]
    pub fn new(wanted: &'w Wanted) -> Self {
        Self {
            wanted,
            part_of: None,
        }
    }

    /// Whether the next event is looked for. The walk has to meet every event, oldest first.
    pub fn takes(&mut self, event: &Event) -> bool {
        let wanted = self.wanted;
        if wanted.system.is_none() && wanted.event.is_some_and(|name| !event.does(name)) {
            return false;
        }
        let about = event.about();
        let concerns_system = wanted
            .system
            .is_none_or(|id| self.concerns(id, event, &about));
        let of_organization = wanted
            .organization
            .as_ref()
            .is_none_or(|id| about.organizations.contains(&id));
        concerns_system
            && of_organization
            && wanted.key.is_none_or(|id| about.keys.contains(&id))
            && wanted.event.is_none_or(|name| event.does(name))
    }

    fn concerns(&mut self, id: ComputerId, event: &Event, about: &About<'_>) -> bool {
        let is_named = about.systems.contains(&id);
        if is_named && let Some(is_part) = event.makes_part(id) {
            let whose = about.organizations.first().zip(about.products.first());
            self.part_of = whose
                .filter(|_| is_part)
                .map(|(organization, product)| ((*organization).clone(), (*product).clone()));
        }
        is_named || (about.whole_subscription && self.is_of_its_subscription(about))
    }

    fn is_of_its_subscription(&self, about: &About<'_>) -> bool {
        self.part_of
            .as_ref()
            .is_some_and(|(organization, product)| {
                about.organizations.contains(&organization) && about.products.contains(&product)
            })
    }
}

impl Event {
    /// Whether it is an event of this name, or a grant that did the same for a request.
    fn does(&self, name: &str) -> bool {
        let within = match self {
            Self::Granted(granted) | Self::Issued(granted) => match name {
                "key_redeemed" => !granted.redeemed.is_empty(),
                "subscription_started" => granted.started.is_some(),
                "licences_assigned" => !granted.assignments.is_empty(),
                _ => false,
            },
            _ => false,
        };
        within || self.name() == name
    }

    /// Whether the event makes a system that it names a part of its organization's subscription, or
    /// ends that; none: it changes nothing about that.
    fn makes_part(&self, id: ComputerId) -> Option<bool> {
        match self {
            // A recovered system has passed its place on.
            Self::Granted(granted) | Self::Issued(granted) => {
                Some(granted.system.computer_id == id)
            }
            Self::Undenied(_) | Self::Reinstated(_) => Some(true),
            Self::Deactivated(_) | Self::Released(_) | Self::Denied(_) => Some(false),
            Self::Began { .. }
            | Self::CatalogueApplied { .. }
            | Self::KeysMinted { .. }
            | Self::KeyVoided { .. }
            | Self::KeyRedeemed { .. }
            | Self::KeyUnredeemed { .. }
            | Self::Confirmed { .. }
            | Self::Refused(_)
            | Self::Approved { .. }
            | Self::SeatsReleased { .. }
            | Self::CodeRefused(_)
            | Self::Suspected(_)
            | Self::SeatsEnded { .. }
            | Self::LotsExpired { .. }
            | Self::SeatsRenewed { .. }
            | Self::SubscriptionStarted { .. }
            | Self::LicencesAssigned { .. }
            | Self::PeriodBegan { .. }
            | Self::TemporaryEnded { .. }
            | Self::EmergencyGranted(_)
            | Self::RecordsImported { .. }
            | Self::ExpansionsAssigned { .. }
            | Self::DayBegan { .. }
            | Self::ClockAccepted { .. }
            | Self::PartsWaiting { .. }
            | Self::UnlocksFailed { .. } => None,
        }
    }
}
