//! The signature of an activation that people type (PROTOCOL section 6.5).

use super::key::{PublicKey, SigningKey};
use super::trust::{TrustError, TrustStore};
use super::verified::Verified;
use crate::licence::{ComputerId, Identifier};
use crate::wire::computer_key::{ComputerKey, ComputerKeyError};
use crate::wire::sha256;
use alloc::string::String;
use alloc::vec::Vec;

/// The system that a Computer Key is for. It enters the signature, not the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner<'a> {
    /// The customer.
    pub organization: &'a Identifier,
    /// The product.
    pub product: &'a Identifier,
    /// The present Computer ID.
    pub computer_id: ComputerId,
}

/// Why a Computer Key was not verified.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ComputerKeyRefused {
    /// The lines cannot be read.
    #[error(transparent)]
    Lines(#[from] ComputerKeyError),
    /// No key of the trust list may have signed it.
    #[error(transparent)]
    Signer(#[from] TrustError),
    /// The signature is not the key's for this owner.
    #[error("this Computer Key was made for another device, product or organization")]
    BadSignature,
}

/// Signs a Computer Key for a system: its lines, 6 to 27 of 29 characters.
///
/// # Errors
/// [`ComputerKeyError`] for values that do not fit.
pub fn sign(
    signer: &SigningKey,
    key: &ComputerKey,
    owner: &Owner<'_>,
) -> Result<Vec<String>, ComputerKeyError> {
    let signed = key.signed_bytes(owner.organization, owner.product, &owner.computer_id)?;
    key.to_lines(&signer.sign_bytes(&signed))
}

/// Reads typed lines and verifies them. They name the place of their key in the trust list.
///
/// The document id of a Computer Key is the SHA-256 of the bytes that are signed.
///
/// # Errors
/// [`ComputerKeyRefused`]: lines, then the key, then the signature.
pub fn verify(
    text: &str,
    owner: &Owner<'_>,
    trust: &TrustStore,
) -> Result<Verified<ComputerKey>, ComputerKeyRefused> {
    let (key, signature) = ComputerKey::read_text(text)?;
    let signer = trust.key_at(key.key_index, owner.product)?;
    verified(key, &signature, owner, &signer)
}

/// Reads typed lines and verifies them with a given key, whatever place they name. The signer
/// checks its own work with it.
///
/// # Errors
/// [`ComputerKeyRefused`].
pub fn verify_by(
    text: &str,
    owner: &Owner<'_>,
    signer: &PublicKey,
) -> Result<Verified<ComputerKey>, ComputerKeyRefused> {
    let (key, signature) = ComputerKey::read_text(text)?;
    verified(key, &signature, owner, signer)
}

fn verified(
    key: ComputerKey,
    signature: &[u8; 64],
    owner: &Owner<'_>,
    signer: &PublicKey,
) -> Result<Verified<ComputerKey>, ComputerKeyRefused> {
    let signed = key.signed_bytes(owner.organization, owner.product, &owner.computer_id)?;
    signer
        .verify(&signed, signature)
        .map_err(|_| ComputerKeyRefused::BadSignature)?;
    Ok(Verified::of_signed(
        key,
        sha256(&[&signed]),
        signer.key_id(),
    ))
}
