//! The Computer Key in a bundle: the same activation, for a device that can receive neither file
//! nor picture (PROTOCOL section 6.5).

use crate::licence::{Identifier, KeyId};
use crate::ops::damage::Damage;
use crate::ops::error::OpsError;
use crate::seal::computer_key::{Owner, sign};
use crate::vault::Vault;
use crate::wire::computer_key::ComputerKey;
use crate::wire::response::{Activation, TrustList};

/// What a Computer Key would say; none where the activation does not fit into one.
pub(super) fn key_of(
    activation: &Activation,
    types: &[Identifier],
    list: &TrustList,
    signer: KeyId,
) -> Option<ComputerKey> {
    let place = |id: &Identifier| {
        types
            .iter()
            .position(|known| known == id)
            .and_then(|place| u8::try_from(place).ok())
    };
    let licence = |(id, count): (&Identifier, u64)| Some((place(id)?, u32::try_from(count).ok()?));
    let key = ComputerKey {
        key_index: list
            .keys
            .iter()
            .position(|key| key.key_id == signer)
            .and_then(|place| u8::try_from(place).ok())?,
        plan: activation.plan,
        validity: activation.validity,
        sequence: activation.sequence,
        licences: activation
            .licences
            .iter()
            .map(licence)
            .collect::<Option<_>>()?,
    };
    key.signed_bytes(
        &activation.organization,
        &activation.product,
        &activation.computer_id,
    )
    .ok()
    .map(|_| key)
}

/// The lines that the technician types, one a line.
pub(super) fn text(
    vault: &Vault,
    activation: &Activation,
    types: &[Identifier],
    list: &TrustList,
    signer: KeyId,
) -> Result<String, OpsError> {
    let computer_id = activation.computer_id;
    let key = key_of(activation, types, list, signer).ok_or(Damage::ComputerKey { computer_id })?;
    let owner = Owner {
        organization: &activation.organization,
        product: &activation.product,
        computer_id: activation.computer_id,
    };
    let secret = vault.signing_key_by_id(&signer);
    let secret = secret.ok_or(Damage::NoSigningKey { id: signer })?;
    let lines =
        sign(secret, &key, &owner).map_err(|error| OpsError::OwnComputerKey(error.into()))?;
    let text: String = lines
        .iter()
        .flat_map(|line| [line.as_str(), "\r\n"])
        .collect();
    crate::seal::computer_key::verify_by(&text, &owner, &secret.public())
        .map_err(OpsError::OwnComputerKey)?;
    Ok(text)
}
