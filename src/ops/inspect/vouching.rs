//! Who signed it: the trust list of the vault, where it is open, and the one that lies beside a
//! document in its bundle.

use super::findings::{Findings, Verdict};
use crate::licence::KeyId;
use crate::seal::computer_key::{self, ComputerKeyRefused, Owner};
use crate::seal::{Acceptance, PublicKey, TrustError, TrustStore, VerifyError, verify_signed};
use crate::wire::Kind;
use crate::wire::envelope::Envelope;
use crate::wire::hash::key_id;
use crate::wire::response::{Activation, Checkpoint, Manifest, Receipt, RefusalNotice, TrustList};

/// The name of the check against the vault.
const BY_VAULT: &str = "signer";
/// The name of the check against a bundle's own trust list.
const BY_BUNDLE: &str = "signature";
const NEEDS_VAULT: &str = "open the vault to tell whether its signer signed this";

/// What documents of the signer are held against.
pub(super) struct Vouching<'a> {
    /// The vault's, when it is open.
    vault: Option<&'a TrustStore>,
    /// That of the bundle in which the document lies, if its roots hold.
    bundle: Option<TrustStore>,
    /// The activation of that bundle: whom a Computer Key beside it is for.
    activation: Option<Activation>,
}

impl<'a> Vouching<'a> {
    pub(super) fn new(vault: Option<&'a TrustStore>) -> Self {
        Self {
            vault,
            bundle: None,
            activation: None,
        }
    }

    /// The same for what lies in a bundle with this trust list and this activation.
    pub(super) fn in_bundle(
        &self,
        trust_list: Option<&Envelope>,
        activation: Option<&Envelope>,
    ) -> Self {
        let bundle = trust_list.and_then(|envelope| store_of(envelope).ok());
        let activation = activation.and_then(|envelope| Activation::read(&envelope.payload).ok());
        Self {
            vault: self.vault,
            bundle,
            activation,
        }
    }

    /// Checks the signature of a document of the signer, but of no trust list.
    pub(super) fn check(&self, findings: &mut Findings, envelope: &Envelope, kind: Kind) {
        if let Some(store) = &self.bundle {
            say(
                findings,
                BY_BUNDLE,
                signer_of(store, envelope, kind),
                "the trust list in this bundle",
            );
        }
        match self.vault {
            Some(store) => say(
                findings,
                BY_VAULT,
                signer_of(store, envelope, kind),
                "this vault's trust list",
            ),
            None => findings.not_checked(BY_VAULT, NEEDS_VAULT),
        }
    }

    /// Checks a trust list: its root's signature, the way from its first root, and whether it is
    /// this signer's.
    pub(super) fn check_list(
        &self,
        findings: &mut Findings,
        envelope: &Envelope,
        list: &TrustList,
    ) {
        let own_root = PublicKey::from_bytes(&list.root).map_err(VerifyError::from);
        match own_root.and_then(|root| verify_signed::<TrustList>(envelope, &root)) {
            Ok(verified) => findings.good(
                "signature",
                format!("by the root that it names, {}", verified.key_id()),
            ),
            Err(error) => findings.bad("signature", error.to_string()),
        }
        match (store_of(envelope), list.succession.len()) {
            (Ok(_), 0) => findings.good("roots", "the root is the first one"),
            (Ok(_), steps) => findings.good(
                "roots",
                format!("{steps} signed step(s) from the first root to the present one"),
            ),
            (Err(error), _) => findings.bad("roots", error.to_string()),
        }
        let Some(store) = self.vault else {
            findings.not_checked(
                BY_VAULT,
                "compare the root with the one that `init` printed, or open the vault",
            );
            return;
        };
        match same_signer(store, envelope, list) {
            Ok(why) => findings.good(BY_VAULT, why),
            Err(error) => findings.bad(BY_VAULT, error),
        }
    }

    /// Checks a Computer Key's signature, where its device is known.
    pub(super) fn check_computer_key(&self, findings: &mut Findings, text: &str) {
        let Some(activation) = &self.activation else {
            let why = "the device's organization, product and Computer ID enter the signature; the \
                device checks it";
            findings.not_checked(BY_BUNDLE, why);
            return;
        };
        let owner = Owner {
            organization: &activation.organization,
            product: &activation.product,
            computer_id: activation.computer_id,
        };
        let verify = |store| computer_key::verify(text, &owner, store).map(|key| key.key_id());
        if let Some(store) = &self.bundle {
            say(
                findings,
                BY_BUNDLE,
                verify(store).map_err(Doubt::from),
                "the trust list in this bundle",
            );
        }
        match self.vault {
            Some(store) => say(
                findings,
                BY_VAULT,
                verify(store).map_err(Doubt::from),
                "this vault's trust list",
            ),
            None => findings.not_checked(BY_VAULT, NEEDS_VAULT),
        }
    }

    /// Checks a witness, which counts only if the signer itself signed it.
    pub(super) fn of_witness(&self, envelope: &Envelope) -> &'static str {
        match self
            .vault
            .map(|store| signer_of(store, envelope, Kind::Checkpoint))
        {
            None => "not checked against a vault",
            Some(Ok(_)) => "signed by this signer",
            Some(Err(_)) => "not signed by this signer, which ignores it",
        }
    }
}

/// Why a signature is not vouched for.
struct Doubt {
    verdict: Verdict,
    why: String,
}

impl From<TrustError> for Doubt {
    fn from(error: TrustError) -> Self {
        let why = match &error {
            TrustError::Document(VerifyError::Wire(_)) => {
                "the signature holds, but what it signs cannot be read".to_owned()
            }
            other => other.to_string(),
        };
        let untold = matches!(
            error,
            TrustError::NoList | TrustError::Document(VerifyError::Wire(_))
        );
        Self {
            verdict: if untold {
                Verdict::NotChecked
            } else {
                Verdict::Bad
            },
            why,
        }
    }
}

impl From<ComputerKeyRefused> for Doubt {
    fn from(refused: ComputerKeyRefused) -> Self {
        match refused {
            ComputerKeyRefused::Signer(error) => error.into(),
            other => Self {
                verdict: Verdict::Bad,
                why: other.to_string(),
            },
        }
    }
}

fn say(findings: &mut Findings, what: &'static str, signer: Result<KeyId, Doubt>, list: &str) {
    match signer {
        Ok(key) => findings.good(what, format!("by the key {key} of {list}")),
        Err(doubt) => findings.check(
            what,
            doubt.verdict,
            format!("against {list}: {}", doubt.why),
        ),
    }
}

/// The key that signed a document, if the list lets it.
fn signer_of(store: &TrustStore, envelope: &Envelope, kind: Kind) -> Result<KeyId, Doubt> {
    let verified = match kind {
        Kind::Activation => store
            .verify_activation(envelope)
            .map(|document| document.key_id()),
        Kind::Receipt => store
            .verify_document::<Receipt>(envelope, |it| it.issued_at)
            .map(|document| document.key_id()),
        Kind::Refusal => store
            .verify_document::<RefusalNotice>(envelope, |it| it.issued_at)
            .map(|document| document.key_id()),
        Kind::Manifest => store
            .verify_document::<Manifest>(envelope, |it| it.issued_at)
            .map(|document| document.key_id()),
        _ => store
            .verify_document::<Checkpoint>(envelope, |it| it.issued_at)
            .map(|document| document.key_id()),
    };
    verified.map_err(Doubt::from)
}

/// The store of whoever pinned the list's first root.
fn store_of(envelope: &Envelope) -> Result<TrustStore, TrustError> {
    let first_root = TrustList::read(&envelope.payload)
        .map_err(VerifyError::from)?
        .first_root;
    match TrustStore::new(first_root).accept(envelope)? {
        Acceptance::Newer(store) => Ok(store),
        Acceptance::Unchanged => Err(TrustError::NoList),
    }
}

/// Whether a list is of the signer whose vault is open. An older list is known by its root:
/// `accept` ignores it unverified.
fn same_signer(
    store: &TrustStore,
    envelope: &Envelope,
    list: &TrustList,
) -> Result<String, String> {
    if let Some(known) = store.list().filter(|known| list.version < known.version) {
        let is_known = known.first_root == list.root
            || known.succession.iter().any(|step| step.root == list.root);
        let signed = PublicKey::from_bytes(&list.root).map_err(VerifyError::from);
        let signed = signed
            .and_then(|root| verify_signed::<TrustList>(envelope, &root))
            .map_err(|error| error.to_string())?;
        let why = format!(
            "version {} by a root of this vault, which is at version {}",
            signed.version, known.version
        );
        return if is_known {
            Ok(why)
        } else {
            Err(format!(
                "the root {} was never this vault's",
                key_id(&list.root)
            ))
        };
    }
    match store.accept(envelope) {
        Ok(Acceptance::Unchanged) => Ok("this vault's present trust list".to_owned()),
        Ok(Acceptance::Newer(_)) => {
            Ok("it descends from this vault's root, and is newer than its list".to_owned())
        }
        Err(error) => Err(error.to_string()),
    }
}
