//! The root, its succession, and the keys that may sign (PROTOCOL section 5.4).

use super::key::{PublicKey, SigningKey};
use super::verified::{FromSigner, Verified, VerifyError, verify_signed};
use crate::licence::{Identifier, KeyId, Moment};
use crate::wire::envelope::Envelope;
use crate::wire::hash::key_id;
use crate::wire::response::{Activation, KeyStatus, TrustList, TrustedKey};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Why a trust list, or a document signed by a key of it, is not trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// The document itself is wrong: its shape, its key id or its signature.
    #[error(transparent)]
    Document(#[from] VerifyError),
    /// The succession does not pass through the root that is pinned.
    #[error("the trust list does not descend from the root key {pinned} that is pinned here")]
    OtherRoot {
        /// Key id of the pinned root.
        pinned: KeyId,
    },
    /// A step of the succession is not signed by the root before it.
    #[error("step {step} of the succession of roots is not signed by the root before it")]
    Succession {
        /// The step, counted from 1.
        step: usize,
    },
    /// The succession ends elsewhere than at the list's root.
    #[error("the succession of roots does not end at the root that the trust list names")]
    SuccessionEnd,
    /// The version is known, its bytes are not: somebody signed two lists of one version.
    #[error("this is another trust list of version {version} than the one that is stored")]
    Conflict {
        /// The version of both.
        version: u64,
    },
    /// No trust list is stored yet.
    #[error("no trust list is installed yet")]
    NoList,
    /// The key is not on the trust list.
    #[error("the key {0} is not on the trust list")]
    UnknownKey(KeyId),
    /// The trust list has no key at this place.
    #[error("the trust list has no key number {0}")]
    NoSuchIndex(u8),
    /// The key was revoked: nothing that it signed is good.
    #[error("the key {0} is revoked")]
    Revoked(KeyId),
    /// The key is retired, and the document was issued outside its dates.
    #[error("the key {0} is retired and was not in use when this was issued")]
    Retired(KeyId),
    /// The key of a Computer Key is no longer in use.
    #[error("the key {0} is retired, a Computer Key is good only while its key is in use")]
    NotActive(KeyId),
    /// The key may not sign activations of this product.
    #[error("the key {key_id} may not sign for the product {product}")]
    Product {
        /// The key.
        key_id: KeyId,
        /// The product of the activation.
        product: Identifier,
    },
}

/// What a trust list did to a [`TrustStore`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acceptance {
    /// The version is the stored one or a lower one: ignored.
    Unchanged,
    /// A higher version: this is the store from now on.
    Newer(TrustStore),
}

/// Whom a reader trusts: the root that it has pinned, and the newest trust list that it has
/// verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustStore {
    pinned_root: [u8; 32],
    list: Option<Box<Verified<TrustList>>>,
}

impl TrustStore {
    /// A store that trusts a root, 32 raw bytes, and has no list yet.
    #[must_use]
    pub fn new(pinned_root: [u8; 32]) -> Self {
        Self {
            pinned_root,
            list: None,
        }
    }

    /// The root that is pinned: after a list was accepted, the root that signed it.
    #[must_use]
    pub fn pinned_root(&self) -> &[u8; 32] {
        &self.pinned_root
    }

    /// The newest trust list.
    #[must_use]
    pub fn list(&self) -> Option<&Verified<TrustList>> {
        self.list.as_deref()
    }

    /// Takes a trust list: walks from the pinned root to the root of the list, pins that root, and
    /// verifies the list with it.
    ///
    /// A lower version is ignored before anything is verified: its root may be one that was left
    /// behind.
    ///
    /// # Errors
    /// [`TrustError`]; the store stays as it is.
    pub fn accept(&self, envelope: &Envelope) -> Result<Acceptance, TrustError> {
        let claimed = claimed_list(envelope)?;
        if self.knows(envelope, &claimed) {
            return Ok(Acceptance::Unchanged);
        }
        let root = self.walk(&claimed)?;
        let list = verify_signed::<TrustList>(envelope, &root)?;
        match &self.list {
            Some(known) if known.version == list.version => Err(TrustError::Conflict {
                version: list.version,
            }),
            _ => Ok(Acceptance::Newer(Self {
                pinned_root: root.bytes(),
                list: Some(Box::new(list)),
            })),
        }
    }

    fn knows(&self, envelope: &Envelope, claimed: &TrustList) -> bool {
        self.list.as_ref().is_some_and(|known| {
            let same =
                claimed.version == known.version && envelope.document_id() == known.document_id();
            claimed.version < known.version || same
        })
    }

    /// The list's root, reached from the pinned root by signed steps only.
    fn walk(&self, list: &TrustList) -> Result<PublicKey, TrustError> {
        let roots: Vec<[u8; 32]> = core::iter::once(list.first_root)
            .chain(list.succession.iter().map(|step| step.root))
            .collect();
        if roots.last() != Some(&list.root) {
            return Err(TrustError::SuccessionEnd);
        }
        let pinned = roots.iter().rposition(|root| *root == self.pinned_root);
        let pinned = pinned.ok_or_else(|| TrustError::OtherRoot {
            pinned: key_id(&self.pinned_root),
        })?;
        let mut root = PublicKey::from_bytes(&self.pinned_root).map_err(VerifyError::from)?;
        for (step, next) in list.succession.iter().enumerate().skip(pinned) {
            let handed_over = root.verify(
                &succession_bytes(&root.bytes(), &next.root),
                &next.signature,
            );
            handed_over.map_err(|_| TrustError::Succession { step: step + 1 })?;
            root = PublicKey::from_bytes(&next.root).map_err(VerifyError::from)?;
        }
        Ok(root)
    }

    /// Verifies an activation: a key of the list, the signature, then the key's dates and products.
    ///
    /// # Errors
    /// [`TrustError`] with the first rule that it breaks.
    pub fn verify_activation(
        &self,
        envelope: &Envelope,
    ) -> Result<Verified<Activation>, TrustError> {
        let (entry, activation) = self.verify::<Activation>(envelope)?;
        check_dates(entry, activation.issued_at)?;
        check_product(entry, &activation.product)?;
        Ok(activation)
    }

    /// Verifies a receipt, refusal, manifest or checkpoint. The key's `products` do not limit
    /// these.
    ///
    /// `issued_at` reads from the document when it was issued.
    ///
    /// # Errors
    /// [`TrustError`] with the first rule that it breaks.
    pub fn verify_document<T: FromSigner>(
        &self,
        envelope: &Envelope,
        issued_at: impl FnOnce(&T) -> Moment,
    ) -> Result<Verified<T>, TrustError> {
        let (entry, document) = self.verify::<T>(envelope)?;
        check_dates(entry, issued_at(&document))?;
        Ok(document)
    }

    /// The key at a place in the list, counted from 0, for a Computer Key of a product (section
    /// 6.5).
    ///
    /// The key must be active: a Computer Key has no time of issue to hold against the dates of a
    /// retired key.
    ///
    /// # Errors
    /// [`TrustError`] with the rule that it breaks.
    pub fn key_at(&self, index: u8, product: &Identifier) -> Result<PublicKey, TrustError> {
        let entry = self
            .keys()?
            .get(usize::from(index))
            .ok_or(TrustError::NoSuchIndex(index))?;
        let entry = self.entry(entry.key_id)?;
        if entry.status != KeyStatus::Active {
            return Err(TrustError::NotActive(entry.key_id));
        }
        check_product(entry, product)?;
        public_key(entry)
    }

    /// Whether the list revokes this key: nothing that it signed is good.
    #[must_use]
    pub fn is_revoked(&self, key: KeyId) -> bool {
        matches!(self.entry(key), Err(TrustError::Revoked(_)))
    }

    fn verify<T: FromSigner>(
        &self,
        envelope: &Envelope,
    ) -> Result<(&TrustedKey, Verified<T>), TrustError> {
        let entry = self.entry(envelope.key_id)?;
        let document = verify_signed::<T>(envelope, &public_key(entry)?)?;
        Ok((entry, document))
    }

    fn keys(&self) -> Result<&[TrustedKey], TrustError> {
        self.list
            .as_ref()
            .map(|list| list.keys.as_slice())
            .ok_or(TrustError::NoList)
    }

    /// A key that is not revoked.
    fn entry(&self, key: KeyId) -> Result<&TrustedKey, TrustError> {
        let entry = self
            .keys()?
            .iter()
            .find(|entry| entry.key_id == key)
            .ok_or(TrustError::UnknownKey(key))?;
        if entry.status == KeyStatus::Revoked {
            Err(TrustError::Revoked(key))
        } else {
            Ok(entry)
        }
    }
}

/// The list as it stands in the payload. Only its version, root and succession are used before its
/// signature holds.
fn claimed_list(envelope: &Envelope) -> Result<TrustList, VerifyError> {
    let found = envelope.kind()?;
    if found != TrustList::KIND {
        return Err(VerifyError::OtherKind {
            found,
            wanted: TrustList::KIND,
        });
    }
    Ok(TrustList::read(&envelope.payload)?)
}

fn check_dates(entry: &TrustedKey, issued_at: Moment) -> Result<(), TrustError> {
    let day = issued_at.day();
    let begun = entry.not_before.is_none_or(|first| day >= first);
    let running = entry.not_after.is_none_or(|last| day <= last);
    match entry.status {
        KeyStatus::Active => Ok(()),
        KeyStatus::Retired if begun && running => Ok(()),
        KeyStatus::Retired => Err(TrustError::Retired(entry.key_id)),
        KeyStatus::Revoked => Err(TrustError::Revoked(entry.key_id)),
    }
}

fn check_product(entry: &TrustedKey, product: &Identifier) -> Result<(), TrustError> {
    let refused = || TrustError::Product {
        key_id: entry.key_id,
        product: product.clone(),
    };
    entry
        .products
        .covers(product)
        .then_some(())
        .ok_or_else(refused)
}

fn public_key(entry: &TrustedKey) -> Result<PublicKey, TrustError> {
    Ok(PublicKey::from_bytes(&entry.public_key).map_err(VerifyError::from)?)
}

/// What a root signs to hand over to the next: `"keyspool/root/v1" 0x00 || old root || new root`,
/// 81 bytes.
#[must_use]
pub fn succession_bytes(old: &[u8; 32], new: &[u8; 32]) -> Vec<u8> {
    [b"keyspool/root/v1\0".as_slice(), old, new].concat()
}

/// The signature with which a root hands over to the next.
#[must_use]
pub fn sign_succession(old: &SigningKey, new: &[u8; 32]) -> [u8; 64] {
    old.sign_bytes(&succession_bytes(&old.public().bytes(), new))
}
