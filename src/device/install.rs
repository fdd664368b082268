//! What a device accepts (PROTOCOL sections 5.1, 5.4 and 6.5).

use super::clock::Clock;
use super::entitlement::Entitlement;
use super::error::DeviceError;
use super::fingerprint::{Components, FingerprintMatch, fingerprint_of};
use super::refusal::{NotInstalled, Reception, Refusal};
use super::state::{Installation, State};
use super::store::Store;
use super::system::Device;
use crate::licence::{Digest, Identifier};
use crate::seal::Acceptance;
use crate::seal::computer_key;
use crate::wire::Kind;
use crate::wire::computer_key::{ComputerKey, ComputerKeyError};
use crate::wire::envelope::Envelope;
use crate::wire::request::{Fingerprint, InstalledActivation};
use crate::wire::response::{Activation, Checkpoint};
use alloc::boxed::Box;
use alloc::string::String;

/// What was installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// The activation; `None` where only a trust list was given.
    pub activation: Option<InstalledActivation>,
    /// The trust list.
    pub trust_list: Reception,
    /// The checkpoint.
    pub checkpoint: Reception,
}

/// The documents of a bundle, one of a kind.
#[derive(Default)]
struct Bundle<'a> {
    activation: Option<&'a Envelope>,
    trust_list: Option<&'a Envelope>,
    checkpoint: Option<&'a Envelope>,
}

impl<'a> Bundle<'a> {
    fn sorted(documents: &'a [Envelope]) -> Result<Self, Refusal> {
        let mut bundle = Self::default();
        for document in documents {
            let kind = document.kind().map_err(|_| Refusal::UnknownType)?;
            let place = match kind {
                Kind::Activation => &mut bundle.activation,
                Kind::TrustList => &mut bundle.trust_list,
                Kind::Checkpoint => &mut bundle.checkpoint,
                other => return Err(Refusal::NotForInstalling(other)),
            };
            match place {
                Some(first) if first.document_id() != document.document_id() => {
                    return Err(Refusal::Several(kind));
                }
                _ => *place = Some(document),
            }
        }
        if bundle.activation.is_none() && bundle.trust_list.is_none() {
            Err(Refusal::Nothing)
        } else {
            Ok(bundle)
        }
    }
}

impl<S: Store, C: Clock> Device<S, C> {
    /// Installs the documents of a bundle: an activation, the trust list and the checkpoint that
    /// came with it; or a trust list alone.
    ///
    /// The trust list comes first: a higher version than the stored one is stored, even where the
    /// activation is refused. The activation is accepted only if all rules of section 5.1 hold. The
    /// checkpoint is remembered with the activation that it came with. All that changes is saved at
    /// once.
    ///
    /// # Errors
    /// [`DeviceError::Refused`] with the rule that is broken, [`DeviceError::Store`].
    pub fn install(
        &mut self,
        documents: &[Envelope],
        components: &Components,
    ) -> Result<Installed, DeviceError<S::Error>> {
        let bundle = Bundle::sorted(documents).map_err(refused)?;
        let mut next = self.state.clone();
        let trust_list = next.take_trust_list(bundle.trust_list);
        let judged = bundle
            .activation
            .map(|envelope| self.judge(&next, envelope, components))
            .transpose();
        let reason = match (judged, &trust_list) {
            (Err(reason), _) => reason,
            (Ok(None), Reception::Refused(error)) => Refusal::TrustList(error.clone()),
            (Ok(activation), _) => {
                return self.take_over(next, activation, trust_list, bundle.checkpoint);
            }
        };
        if trust_list == Reception::Stored {
            self.commit(next)?;
        }
        Err(DeviceError::Refused(Box::new(NotInstalled {
            reason,
            trust_list,
        })))
    }

    /// Installs a Computer Key that a person typed, all its lines in one text.
    ///
    /// `licence_types` are the product's licence types in their declared sequence; the key names
    /// them by number.
    ///
    /// # Errors
    /// [`DeviceError::Refused`] with the rule that is broken, [`DeviceError::Store`].
    pub fn install_computer_key(
        &mut self,
        text: &str,
        licence_types: &[Identifier],
    ) -> Result<Installed, DeviceError<S::Error>> {
        let (installation, sequence) = self.judge_typed(text, licence_types).map_err(refused)?;
        let mut next = self.state.clone();
        // A Computer Key has no time of issue: the clock's floor stays.
        next.take_activation(installation, sequence);
        let activation = next
            .installed
            .as_ref()
            .map(Installation::installed_activation);
        self.commit(next)?;
        Ok(Installed {
            activation,
            trust_list: Reception::Absent,
            checkpoint: Reception::Absent,
        })
    }

    /// The rules of section 5.1, in their sequence.
    fn judge(
        &self,
        state: &State,
        envelope: &Envelope,
        components: &Components,
    ) -> Result<Accepted, Refusal> {
        let activation = state
            .trust
            .verify_activation(envelope)
            .map_err(Refusal::Signer)?;
        self.check_own(&activation)?;
        check_fingerprint(&activation, &fingerprint_of(&state.product, components))?;
        if state.holds(activation.document_id()) {
            return Err(Refusal::Already);
        }
        check_sequence(state, activation.sequence)?;
        Ok(Accepted {
            envelope: envelope.clone(),
            activation: Box::new(activation.into_inner()),
        })
    }

    fn check_own(&self, activation: &Activation) -> Result<(), Refusal> {
        let (state, own) = (&self.state, self.computer_id());
        if activation.organization != state.organization {
            return Err(Refusal::Organization {
                found: activation.organization.clone(),
                own: state.organization.clone(),
            });
        }
        if activation.product != state.product {
            return Err(Refusal::Product {
                found: activation.product.clone(),
                own: state.product.clone(),
            });
        }
        match activation.computer_id {
            found if found == own => Ok(()),
            found
                if state
                    .deactivations
                    .iter()
                    .any(|done| done.computer_id == found) =>
            {
                Err(Refusal::GivenUp { found })
            }
            found => Err(Refusal::OtherDevice { found, own }),
        }
    }

    fn judge_typed(
        &self,
        text: &str,
        licence_types: &[Identifier],
    ) -> Result<(Installation, u16), Refusal> {
        let state = &self.state;
        let owner = computer_key::Owner {
            organization: &state.organization,
            product: &state.product,
            computer_id: self.computer_id(),
        };
        let key = computer_key::verify(text, &owner, &state.trust).map_err(Refusal::ComputerKey)?;
        check_sequence(state, key.sequence)?;
        let entitlement = Entitlement::of_computer_key(&key, licence_types)?;
        let installation = Installation::Typed {
            lines: canonical(text).map_err(|error| Refusal::ComputerKey(error.into()))?,
            licence_types: licence_types.to_vec(),
            key_id: key.key_id(),
            entitlement: Box::new(entitlement),
        };
        Ok((installation, key.sequence))
    }

    fn take_over(
        &mut self,
        mut next: State,
        accepted: Option<Accepted>,
        trust_list: Reception,
        checkpoint: Option<&Envelope>,
    ) -> Result<Installed, DeviceError<S::Error>> {
        let mut installed = Installed {
            activation: None,
            trust_list,
            checkpoint: Reception::Absent,
        };
        match accepted {
            Some(Accepted {
                envelope,
                activation,
            }) => {
                next.clock_floor = Some(activation.issued_at);
                let sequence = activation.sequence;
                next.take_activation(
                    Installation::Document {
                        envelope,
                        activation,
                    },
                    sequence,
                );
                installed.activation = next
                    .installed
                    .as_ref()
                    .map(Installation::installed_activation);
                installed.checkpoint = next.take_checkpoint(checkpoint);
            }
            None if checkpoint.is_some() => installed.checkpoint = Reception::Ignored,
            None => {}
        }
        if installed.activation.is_some() || installed.trust_list == Reception::Stored {
            self.commit(next)?;
        }
        Ok(installed)
    }
}

/// An activation that every rule let through.
struct Accepted {
    envelope: Envelope,
    activation: Box<Activation>,
}

impl State {
    fn holds(&self, document: Digest) -> bool {
        match &self.installed {
            Some(Installation::Document { envelope, .. }) => envelope.document_id() == document,
            _ => false,
        }
    }

    fn take_trust_list(&mut self, list: Option<&Envelope>) -> Reception {
        let Some(envelope) = list else {
            return Reception::Absent;
        };
        match self.trust.accept(envelope) {
            Ok(Acceptance::Unchanged) => Reception::Ignored,
            Ok(Acceptance::Newer(store)) => {
                self.trust = store;
                self.trust_list = Some(envelope.clone());
                Reception::Stored
            }
            Err(error) => Reception::Refused(error),
        }
    }

    fn take_activation(&mut self, installation: Installation, sequence: u16) {
        self.installed = Some(installation);
        self.sequence = sequence;
    }

    fn take_checkpoint(&mut self, checkpoint: Option<&Envelope>) -> Reception {
        let Some(envelope) = checkpoint else {
            return Reception::Absent;
        };
        match self
            .trust
            .verify_document::<Checkpoint>(envelope, |checkpoint| checkpoint.issued_at)
        {
            Ok(_) => {
                self.checkpoint = Some(envelope.clone());
                Reception::Stored
            }
            Err(error) => Reception::Refused(error),
        }
    }
}

/// The lines of a Computer Key in their one spelling, which bounds what is stored.
fn canonical(text: &str) -> Result<String, ComputerKeyError> {
    let (key, signature) = ComputerKey::read_text(text)?;
    Ok(key.to_lines(&signature)?.join("\n"))
}

fn check_fingerprint(activation: &Activation, present: &Fingerprint) -> Result<(), Refusal> {
    let Some((known, needed)) = &activation.fingerprint else {
        return Ok(());
    };
    let found = FingerprintMatch::of(known, present, *needed);
    if found.holds() {
        Ok(())
    } else {
        Err(Refusal::Fingerprint(found))
    }
}

fn check_sequence(state: &State, found: u16) -> Result<(), Refusal> {
    if found > state.sequence {
        Ok(())
    } else {
        Err(Refusal::Sequence {
            found,
            installed: state.sequence,
        })
    }
}

fn refused<E>(reason: Refusal) -> DeviceError<E> {
    DeviceError::Refused(Box::new(NotInstalled {
        reason,
        trust_list: Reception::Absent,
    }))
}
