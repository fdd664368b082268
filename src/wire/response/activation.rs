//! Activations: everything that one system is entitled to (PROTOCOL section 5.1).

use crate::licence::identifier::MAX_NAME_CHARACTERS;
use crate::licence::{ComputerId, Counts, Digest, Identifier, Moment, Plan, Ulid, Validity};
use crate::wire::error::WireError;
use crate::wire::extensions;
use crate::wire::field::Field;
use crate::wire::json::{self, MAX_NUMBER};
use crate::wire::members::Members;
use crate::wire::request::{Fingerprint, read_fingerprint, write_counts, write_fingerprint};
use crate::wire::text::{ObjectText, array};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Most values of `notify_days`.
pub const MAX_NOTIFY_DAYS: usize = 8;

/// Everything that one system is entitled to; replaces every earlier activation of it (section
/// 5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activation {
    /// The same while the system is extended or refreshed.
    pub activation_id: Ulid,
    /// 1 to 65,535, increasing with every activation issued for this Computer ID.
    pub sequence: u16,
    /// As requested.
    pub organization: Identifier,
    /// As requested.
    pub product: Identifier,
    /// As requested.
    pub computer_id: ComputerId,
    /// As requested.
    pub computer_name: String,
    /// Document id of the request that it answers.
    pub request: Option<Digest>,
    /// The fingerprint as requested, and how many components must still agree.
    pub fingerprint: Option<(Fingerprint, u8)>,
    /// The grounds.
    pub plan: Plan,
    /// Licence type to count; types with count 0 are left out.
    pub licences: Counts,
    /// First day, last day, last day of use.
    pub validity: Validity,
    /// Days before the last day at which the device tells its user: at most 8, strictly falling.
    pub notify_days: Vec<u16>,
    /// By the signer's clock.
    pub issued_at: Moment,
    /// Version of the trust list in force.
    pub trust_list: u64,
    /// From the product's catalogue entry: a JSON object as text.
    pub extensions: Option<String>,
}

impl Activation {
    /// Reads the payload of an activation whose signature holds.
    ///
    /// # Errors
    /// [`WireError`] with the first broken rule.
    pub fn read(payload: &[u8]) -> Result<Self, WireError> {
        let mut members = Members::of(json::read_object(payload).map_err(WireError::in_payload)?);
        let activation = Self {
            activation_id: members.required("activation_id", Field::ulid)?,
            sequence: members.required("sequence", Field::sequence)?,
            organization: members.required("organization", Field::identifier)?,
            product: members.required("product", Field::identifier)?,
            computer_id: members.required("computer_id", Field::computer_id)?,
            computer_name: members
                .required("computer_name", |field| field.text(MAX_NAME_CHARACTERS))?,
            request: members.optional("request", Field::hex)?,
            fingerprint: take_fingerprint(&mut members)?,
            plan: members.required("plan", |field| field.word(&Plan::ALL, Plan::as_str))?,
            licences: members.required("licences", |field| {
                field.counts((0, usize::MAX), (0, MAX_NUMBER))
            })?,
            validity: take_validity(&mut members)?,
            notify_days: members.required("notify_days", read_notify_days)?,
            issued_at: members.required("issued_at", Field::moment)?,
            trust_list: members.required("trust_list", Field::number)?,
            extensions: members
                .optional("extensions", |field| extensions::read(&field.object()?))?,
        };
        members.ignore_the_rest()?;
        Ok(activation)
    }

    /// The payload: compact JSON, members in the sequence of section 5.1.
    #[must_use]
    pub fn to_payload(&self) -> Vec<u8> {
        let mut out = ObjectText::new();
        out.text("activation_id", &self.activation_id)
            .number("sequence", u64::from(self.sequence));
        out.text("organization", &self.organization)
            .text("product", &self.product);
        out.text("computer_id", &self.computer_id)
            .text("computer_name", &self.computer_name);
        out.text_if("request", self.request.as_ref());
        if let Some((fingerprint, min_match)) = &self.fingerprint {
            write_fingerprint(fingerprint, &mut out);
            out.number("fingerprint_min_match", u64::from(*min_match));
        }
        out.text("plan", &self.plan);
        write_counts("licences", &self.licences, &mut out);
        out.text("valid_from", &self.validity.valid_from);
        out.text_or_null("valid_until", self.validity.valid_until.as_ref());
        out.text_or_null("grace_until", self.validity.grace_until.as_ref());
        out.json(
            "notify_days",
            &array(self.notify_days.iter().map(ToString::to_string)),
        );
        out.text("issued_at", &self.issued_at)
            .number("trust_list", self.trust_list);
        if let Some(extensions) = &self.extensions {
            out.json("extensions", extensions);
        }
        out.into_payload()
    }
}

/// Both members or neither; `fingerprint_min_match` is 1 to the number of components.
fn take_fingerprint(members: &mut Members) -> Result<Option<(Fingerprint, u8)>, WireError> {
    let Some(fingerprint) = members.optional("fingerprint", read_fingerprint)? else {
        let alone = members.optional("fingerprint_min_match", Field::number)?;
        return if alone.is_some() {
            Err(WireError::FingerprintAlone)
        } else {
            Ok(None)
        };
    };
    let most = u64::try_from(fingerprint.len()).unwrap_or(u64::MAX);
    let min_match = members.optional("fingerprint_min_match", |field| {
        field.number_within(1, most)
    })?;
    min_match
        .map(|min_match| Some((fingerprint, min_match)))
        .ok_or(WireError::FingerprintAlone)
}

fn take_validity(members: &mut Members) -> Result<Validity, WireError> {
    let validity = Validity {
        valid_from: members.required("valid_from", Field::day)?,
        valid_until: members.required("valid_until", Field::day_or_null)?,
        grace_until: members.required("grace_until", Field::day_or_null)?,
    };
    if validity.is_rising() {
        Ok(validity)
    } else {
        Err(WireError::DaysNotRising)
    }
}

fn read_notify_days(field: Field) -> Result<Vec<u16>, WireError> {
    let days: Vec<u16> = field.list(0, MAX_NOTIFY_DAYS, |day| {
        day.number_within(0, u64::from(u16::MAX))
    })?;
    match days
        .iter()
        .zip(days.iter().skip(1))
        .find(|(earlier, later)| later >= earlier)
    {
        Some((earlier, later)) => Err(WireError::NotifyDaysNotFalling {
            earlier: *earlier,
            later: *later,
        }),
        None => Ok(days),
    }
}
