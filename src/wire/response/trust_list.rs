//! Trust lists: which keys sign, and since when (PROTOCOL section 5.4).

use crate::licence::{Day, Identifier, KeyId, Moment};
use crate::wire::error::WireError;
use crate::wire::field::Field;
use crate::wire::hash::key_id;
use crate::wire::json;
use crate::wire::members::Members;
use crate::wire::text::{ObjectText, array, array_of_text};
use alloc::string::String;
use alloc::vec::Vec;

/// Most keys of a list, and most steps of its succession.
pub const MAX_KEYS: usize = 64;

/// Which keys sign, and since when (section 5.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustList {
    /// Increasing, from 1.
    pub version: u64,
    /// By the signer's clock.
    pub issued_at: Moment,
    /// The root public key that signs this list.
    pub root: [u8; 32],
    /// From the first root to `root`, at most 64 steps.
    pub succession: Vec<Succession>,
    /// The root before all.
    pub first_root: [u8; 32],
    /// 1 to 64, append-only.
    pub keys: Vec<TrustedKey>,
}

/// One root hands over to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Succession {
    /// The next root.
    pub root: [u8; 32],
    /// By the root before it.
    pub signature: [u8; 64],
}

/// A signing key on the trust list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedKey {
    /// First 8 bytes of SHA-256 of `public_key`.
    pub key_id: KeyId,
    /// Raw Ed25519 public key.
    pub public_key: [u8; 32],
    /// Whose activations it may sign.
    pub products: Products,
    /// First day, `None` for open.
    pub not_before: Option<Day>,
    /// Last day, inclusive, `None` for open.
    pub not_after: Option<Day>,
    /// Whether it is in use.
    pub status: KeyStatus,
}

/// The products that a signing key may sign activations of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Products {
    /// `["*"]`.
    All,
    /// These.
    Only(Vec<Identifier>),
}

/// Whether a signing key is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyStatus {
    /// In use.
    Active,
    /// Its activations stay good within its dates.
    Retired,
    /// Nothing that it signed is good.
    Revoked,
}

impl KeyStatus {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Active, Self::Retired, Self::Revoked];

    /// The word that documents use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Retired => "retired",
            Self::Revoked => "revoked",
        }
    }
}

impl Products {
    /// Whether activations of this product may be signed.
    #[must_use]
    pub fn covers(&self, product: &Identifier) -> bool {
        match self {
            Self::All => true,
            Self::Only(products) => products.contains(product),
        }
    }

    fn read(field: Field) -> Result<Self, WireError> {
        if field.is_list_of_one("*") {
            return Ok(Self::All);
        }
        field.list(0, usize::MAX, Field::identifier).map(Self::Only)
    }

    fn to_json(&self) -> String {
        match self {
            Self::All => String::from("[\"*\"]"),
            Self::Only(products) => array_of_text(products.iter().map(Identifier::as_str)),
        }
    }
}

impl TrustList {
    /// Reads the payload of a trust list whose signature holds. The succession's signatures are not
    /// verified here.
    ///
    /// # Errors
    /// [`WireError`] with the first broken rule.
    pub fn read(payload: &[u8]) -> Result<Self, WireError> {
        let mut members = Members::of(json::read_object(payload).map_err(WireError::in_payload)?);
        let list = Self {
            version: members.required("version", Field::number)?,
            issued_at: members.required("issued_at", Field::moment)?,
            root: members.required("root", Field::base64_of)?,
            succession: members.required("succession", |field| {
                field.list(0, MAX_KEYS, Succession::read)
            })?,
            first_root: members.required("first_root", Field::base64_of)?,
            keys: members.required("keys", |field| field.list(1, MAX_KEYS, TrustedKey::read))?,
        };
        members.ignore_the_rest()?;
        for (i, key) in list.keys.iter().enumerate() {
            if list
                .keys
                .iter()
                .take(i)
                .any(|earlier| earlier.key_id == key.key_id)
            {
                return Err(WireError::RepeatedKey { found: key.key_id });
            }
        }
        Ok(list)
    }

    /// The payload: compact JSON, members in the sequence of section 5.4.
    #[must_use]
    pub fn to_payload(&self) -> Vec<u8> {
        let mut out = ObjectText::new();
        out.number("version", self.version)
            .text("issued_at", &self.issued_at)
            .base64("root", &self.root);
        out.json(
            "succession",
            &array(self.succession.iter().map(Succession::to_json)),
        );
        out.base64("first_root", &self.first_root);
        out.json("keys", &array(self.keys.iter().map(TrustedKey::to_json)));
        out.into_payload()
    }
}

impl Succession {
    fn read(field: Field) -> Result<Self, WireError> {
        let mut members = Members::within(field)?;
        let root = members.required("root", Field::base64_of)?;
        Ok(Self {
            root,
            signature: members.required("signature", Field::base64_of)?,
        })
    }

    fn to_json(&self) -> String {
        let mut out = ObjectText::new();
        out.base64("root", &self.root)
            .base64("signature", &self.signature);
        out.finish()
    }
}

impl TrustedKey {
    fn read(field: Field) -> Result<Self, WireError> {
        let mut members = Members::within(field)?;
        let key = Self {
            key_id: members.required("keyid", Field::hex)?,
            public_key: members.required("public_key", Field::base64_of)?,
            products: members.required("products", Products::read)?,
            not_before: members.required("not_before", Field::day_or_null)?,
            not_after: members.required("not_after", Field::day_or_null)?,
            status: members.required("status", |field| {
                field.word(&KeyStatus::ALL, KeyStatus::as_str)
            })?,
        };
        let expected = key_id(&key.public_key);
        if key.key_id != expected {
            return Err(WireError::KeyIdOfAnother {
                found: key.key_id,
                expected,
            });
        }
        Ok(key)
    }

    fn to_json(&self) -> String {
        let mut out = ObjectText::new();
        out.text("keyid", &self.key_id)
            .base64("public_key", &self.public_key);
        out.json("products", &self.products.to_json());
        out.text_or_null("not_before", self.not_before.as_ref())
            .text_or_null("not_after", self.not_after.as_ref());
        out.text("status", &self.status.as_str());
        out.finish()
    }
}
