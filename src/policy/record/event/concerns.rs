//! What each event concerns.

use crate::licence::Day;
use crate::policy::record::event::Event;
use crate::policy::record::event::about::{About, Why};
use crate::policy::record::event::emergency::EmergencyGranted;
use crate::policy::record::event::file::Refused;
use crate::policy::record::event::given_up::{Deactivated, Released};
use crate::policy::record::event::granted::Granted;

/// An operator's reason, where there is one.
fn said(reason: &str) -> Why<'_> {
    if reason.is_empty() {
        Why::Command
    } else {
        Why::Reason(reason)
    }
}

impl Event {
    /// What it concerns, and why it came about.
    #[must_use]
    pub fn about(&self) -> About<'_> {
        match self {
            Self::Began { .. } | Self::RecordsImported { .. } | Self::CatalogueApplied { .. } => {
                self.about_the_vault()
            }
            Self::UnlocksFailed { .. } | Self::PartsWaiting { .. } => About::new(Why::Found),
            Self::DayBegan { .. } => About::new(Why::Day),
            Self::ClockAccepted { reason, .. } => About::new(said(reason)),
            Self::KeysMinted { .. }
            | Self::KeyVoided { .. }
            | Self::KeyRedeemed { .. }
            | Self::KeyUnredeemed { .. } => self.about_keys(),
            Self::Granted(granted) => granted.about(Why::File(&granted.source)),
            Self::Issued(granted) => granted.about(Why::Order(&granted.source.file)),
            Self::EmergencyGranted(granted) => granted.about(),
            Self::Deactivated(deactivated) => deactivated.about(),
            Self::Refused(refused) => refused.about(),
            Self::Released(released) => released.about(),
            Self::Confirmed { .. }
            | Self::Approved { .. }
            | Self::SeatsReleased { .. }
            | Self::SeatsEnded { .. }
            | Self::SeatsRenewed { .. }
            | Self::TemporaryEnded { .. }
            | Self::ExpansionsAssigned { .. } => self.about_a_system(),
            Self::CodeRefused(_)
            | Self::Denied(_)
            | Self::Undenied(_)
            | Self::Reinstated(_)
            | Self::Suspected(_) => self.about_a_denial(),
            Self::LotsExpired { .. }
            | Self::SubscriptionStarted { .. }
            | Self::LicencesAssigned { .. }
            | Self::PeriodBegan { .. } => self.about_a_subscription(),
        }
    }

    /// The day on which something happened by itself. The signer may have recorded it later.
    #[must_use]
    pub fn came_on(&self) -> Option<Day> {
        match self {
            Self::SeatsEnded { on, .. }
            | Self::LotsExpired { on, .. }
            | Self::SeatsRenewed { on, .. }
            | Self::LicencesAssigned { on, .. }
            | Self::PeriodBegan { on, .. }
            | Self::TemporaryEnded { on, .. } => Some(*on),
            _ => None,
        }
    }

    fn about_the_vault(&self) -> About<'_> {
        let mut about = About::default();
        if let Self::CatalogueApplied {
            organizations,
            products,
            withdrawn_organizations,
            withdrawn_products,
        } = self
        {
            about.organizations.extend(
                organizations
                    .iter()
                    .map(|entry| &entry.id)
                    .chain(withdrawn_organizations),
            );
            about.products.extend(
                products
                    .iter()
                    .map(|settings| &settings.id)
                    .chain(withdrawn_products),
            );
        }
        if let Self::RecordsImported { records, .. } = self {
            about.organizations.extend(
                records
                    .iter()
                    .filter_map(|record| record.organization.as_ref()),
            );
            about
                .products
                .extend(records.iter().map(|record| &record.product));
            about
                .systems
                .extend(records.iter().filter_map(|record| record.computer_id));
        }
        about
    }

    fn about_keys(&self) -> About<'_> {
        match self {
            Self::KeysMinted {
                product,
                organization,
                keys,
                ..
            } => {
                let about = About::default().product(product).keys(keys.iter().copied());
                About {
                    organizations: organization.iter().collect(),
                    ..about
                }
            }
            Self::KeyVoided {
                key,
                organization,
                removed,
                reason,
                ..
            } => {
                let about = About::new(said(reason)).keys([*key]).lots(removed);
                About {
                    organizations: organization.iter().collect(),
                    ..about
                }
            }
            Self::KeyRedeemed {
                organization,
                key,
                lots,
                ..
            } => About::default()
                .organization(organization)
                .keys([*key])
                .lots(lots),
            Self::KeyUnredeemed {
                organization,
                key,
                lots,
                reason,
                ..
            } => About::new(said(reason))
                .organization(organization)
                .keys([*key])
                .lots(lots),
            _ => About::default(),
        }
    }

    fn about_a_system(&self) -> About<'_> {
        match self {
            Self::Confirmed {
                computer_id,
                organization,
                product,
                seats,
                returned,
                source,
                ..
            } => About::of(organization, product, Why::File(source))
                .systems([*computer_id])
                .seats(seats)
                .lots(returned),
            Self::Approved {
                computer_id,
                organization,
                product,
                reason,
                ..
            } => About::of(organization, product, said(reason)).systems([*computer_id]),
            Self::SeatsReleased {
                computer_id,
                organization,
                product,
                returned,
                ended,
                reason,
                ..
            } => About::of(organization, product, said(reason))
                .systems([*computer_id])
                .lots(returned)
                .seats(ended),
            Self::SeatsEnded {
                computer_id,
                organization,
                product,
                ended,
                ..
            } => About::of(organization, product, Why::Day)
                .systems([*computer_id])
                .seats(ended),
            Self::SeatsRenewed {
                computer_id,
                organization,
                product,
                taken,
                seats,
                ..
            } => About::of(organization, product, Why::Day)
                .systems([*computer_id])
                .lots(taken)
                .seats(seats),
            Self::TemporaryEnded {
                computer_id,
                organization,
                product,
                ..
            } => About::of(organization, product, Why::Day).systems([*computer_id]),
            Self::ExpansionsAssigned {
                computer_id,
                organization,
                product,
                taken,
                ..
            } => About::of(organization, product, Why::Command)
                .systems([*computer_id])
                .lots(taken),
            _ => About::default(),
        }
    }

    fn about_a_denial(&self) -> About<'_> {
        match self {
            Self::CodeRefused(refused) => {
                About::of(&refused.organization, &refused.product, Why::Command)
                    .systems([refused.computer_id])
            }
            Self::Denied(denied) => {
                let about = About::of(&denied.organization, &denied.product, said(&denied.reason));
                about
                    .systems([denied.computer_id])
                    .seats(&denied.seats)
                    .lots(&denied.returned)
            }
            Self::Undenied(back) | Self::Reinstated(back) => {
                let about = About::of(&back.organization, &back.product, said(&back.reason));
                about
                    .systems([back.computer_id])
                    .lots(&back.taken)
                    .seats(&back.seats)
            }
            Self::Suspected(suspected) => {
                let why = Why::File(&suspected.source);
                About::of(&suspected.organization, &suspected.product, why)
                    .systems([suspected.computer_id])
            }
            _ => About::default(),
        }
    }

    fn about_a_subscription(&self) -> About<'_> {
        match self {
            Self::LotsExpired {
                organization,
                product,
                lots,
                ..
            } => About::of(organization, product, Why::Day).lots(lots),
            Self::SubscriptionStarted {
                organization,
                product,
                ..
            } => About::of(organization, product, Why::Command).all_systems(true),
            Self::LicencesAssigned {
                organization,
                product,
                assignment,
                renewed,
                ..
            } => {
                let why = if *renewed { Why::Day } else { Why::Command };
                About::of(organization, product, why)
                    .assignment(assignment)
                    .all_systems(true)
            }
            Self::PeriodBegan {
                organization,
                product,
                ..
            } => About::of(organization, product, Why::Day).all_systems(true),
            _ => About::default(),
        }
    }
}

impl Granted {
    fn about<'e>(&'e self, why: Why<'e>) -> About<'e> {
        let mut about = About::system(&self.system, why).systems(self.recovered_from);
        for redemption in &self.redeemed {
            about = about.keys([redemption.key]).lots(&redemption.lots);
        }
        about = about.lots(&self.taken).lots(&self.returned);
        about = self.assignments.iter().fold(about, About::assignment);
        about.all_systems(self.started.is_some() || !self.assignments.is_empty())
    }
}

impl EmergencyGranted {
    fn about(&self) -> About<'_> {
        About::system(&self.system, said(&self.reason)).systems(self.in_place_of.iter().copied())
    }
}

impl Deactivated {
    fn about(&self) -> About<'_> {
        let about = About::of(
            &self.organization,
            &self.product,
            Why::Stated(&self.reason, &self.source),
        );
        about.systems([self.computer_id]).lots(&self.returned)
    }
}

impl Released {
    fn about(&self) -> About<'_> {
        let about = About::of(&self.organization, &self.product, said(&self.reason));
        about.systems([self.computer_id]).lots(&self.returned)
    }
}

impl Refused {
    fn about(&self) -> About<'_> {
        let about = About::new(Why::File(&self.source)).systems(self.computer_id);
        About {
            organizations: self.organization.iter().collect(),
            products: self.product.iter().collect(),
            ..about
        }
    }
}
