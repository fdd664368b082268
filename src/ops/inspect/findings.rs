//! What was found: facts to read, checks with their verdicts, and the same for what is inside.

use super::conceal::conceal;
use crate::wire::Kind;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// Most things that are explained one by one inside one file: the first ones. A sheet of codes may
/// hold thousands.
pub const MAX_PARTS: usize = 64;

/// What something is. Its word in `--json` is that of [`Subject::as_str`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A document of a kind, signed or not (PROTOCOL sections 4 and 5).
    Document(Kind),
    /// A zip of an activation and what belongs to it (section 8).
    Bundle,
    /// QR text, whole or in parts (section 7).
    QrText,
    /// A Computer ID (section 6.2).
    ComputerId,
    /// A licence key (section 6.4).
    LicenceKey,
    /// A Deactivation Verification Code (section 6.3).
    VerificationCode,
    /// A Computer Key, or lines of one (section 6.5).
    ComputerKey,
    /// Several codes, one a line.
    Codes,
    /// A picture.
    Picture,
    /// An archive that is no bundle.
    Archive,
    /// `manifest.jsonl` (section 5.5).
    ManifestLines,
    /// The text for the technician in a bundle (section 8).
    Readme,
    /// None of these.
    Unknown,
}

/// What came of one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It holds.
    Good,
    /// It does not.
    Bad,
    /// It cannot be said here.
    NotChecked,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was looked at, in a word or a few.
    pub what: &'static str,
    /// What came of it.
    pub verdict: Verdict,
    /// By what it holds, what is wrong, or what is needed to tell.
    pub why: String,
}

/// What something is, what it says, whether it holds.
///
/// As JSON: `{"kind","title","facts":{...},"checks":[{"what","verdict","why"}],"parts":[...]}`, the
/// facts under their labels in snake_case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Findings {
    /// What it is.
    pub kind: Subject,
    /// The same as a sentence, lower case, without its full stop.
    pub title: String,
    /// Label and value, in the sequence in which people read them. Text from outside is escaped; no
    /// secret is among them.
    #[serde(serialize_with = "facts_as_object")]
    pub facts: Vec<(String, String)>,
    /// The checks, in their sequence.
    pub checks: Vec<Check>,
    /// What is inside.
    pub parts: Vec<Findings>,
}

impl Subject {
    /// Its word: lower case, joined by `-`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Document(kind) => kind.word(),
            Self::Bundle => "bundle",
            Self::QrText => "qr-text",
            Self::ComputerId => "computer-id",
            Self::LicenceKey => "licence-key",
            Self::VerificationCode => "verification-code",
            Self::ComputerKey => "computer-key",
            Self::Codes => "codes",
            Self::Picture => "picture",
            Self::Archive => "archive",
            Self::ManifestLines => "manifest-lines",
            Self::Readme => "readme",
            Self::Unknown => "unknown",
        }
    }
}

impl Serialize for Subject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Verdict {
    /// The words that people read.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::NotChecked => "not checked",
        }
    }
}

impl Findings {
    pub(super) fn new(kind: Subject, title: impl Into<String>) -> Self {
        Self {
            kind,
            title: title.into(),
            facts: Vec::new(),
            checks: Vec::new(),
            parts: Vec::new(),
        }
    }

    /// Something that is not of keyspool: always with a check that failed.
    pub(super) fn unknown(
        title: impl Into<String>,
        what: &'static str,
        why: impl Into<String>,
    ) -> Self {
        let mut findings = Self::new(Subject::Unknown, title);
        findings.bad(what, why);
        findings
    }

    /// Whether no check failed, here and inside. What could not be checked does not count.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.checks
            .iter()
            .all(|check| check.verdict != Verdict::Bad)
            && self.parts.iter().all(Self::is_good)
    }

    pub(super) fn fact(&mut self, label: &str, value: impl ToString) {
        self.facts.push((label.to_owned(), value.to_string()));
    }

    pub(super) fn fact_if(&mut self, label: &str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.fact(label, value);
        }
    }

    pub(super) fn put_first(&mut self, label: &str, value: &str) {
        self.facts.insert(0, (label.to_owned(), value.to_owned()));
    }

    pub(super) fn good(&mut self, what: &'static str, why: impl Into<String>) {
        self.check(what, Verdict::Good, why);
    }

    pub(super) fn bad(&mut self, what: &'static str, why: impl Into<String>) {
        self.check(what, Verdict::Bad, why);
    }

    pub(super) fn not_checked(&mut self, what: &'static str, why: impl Into<String>) {
        self.check(what, Verdict::NotChecked, why);
    }

    pub(super) fn check(&mut self, what: &'static str, verdict: Verdict, why: impl Into<String>) {
        self.checks.push(Check {
            what,
            verdict,
            why: why.into(),
        });
    }

    /// The last look at every text before it leaves: no control characters, no licence key, no
    /// Deactivation Verification Code.
    pub(super) fn conceal(&mut self) {
        self.title = conceal(&self.title);
        for (_, value) in &mut self.facts {
            *value = conceal(value);
        }
        for check in &mut self.checks {
            check.why = conceal(&check.why);
        }
        self.parts.iter_mut().for_each(Self::conceal);
    }
}

/// Labels are unique within one [`Findings`].
fn facts_as_object<S: Serializer>(
    facts: &[(String, String)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut object = serializer.serialize_map(Some(facts.len()))?;
    for (label, value) in facts {
        object.serialize_entry(&label.to_lowercase().replace([' ', '-'], "_"), value)?;
    }
    object.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unchecked_is_not_bad_and_bad_inside_is_bad() {
        let mut outer = Findings::new(Subject::Bundle, "a bundle");
        outer.not_checked("signature", "needs the vault");
        assert!(outer.is_good());
        outer
            .parts
            .push(Findings::unknown("nothing", "content", "0 bytes"));
        assert!(!outer.is_good());
    }

    #[test]
    fn json_is_snake_case() {
        let mut findings = Findings::new(Subject::Document(Kind::TrustList), "a trust list");
        findings.fact("Computer ID", "X");
        findings.not_checked("signature", "needs the vault");
        let json = serde_json::to_string(&findings).expect("JSON of the test");
        assert_eq!(
            json,
            "{\"kind\":\"trust-list\",\"title\":\"a trust \
                list\",\"facts\":{\"computer_id\":\"X\"},\"checks\":[{\"what\":\"signature\",\
             \"verdict\":\"not_checked\",\"why\":\"needs the vault\"}],\"parts\":[]}"
        );
    }
}
