//! Codes that people type: one, several, or the lines of a Computer Key (PROTOCOL section 6).

use super::facts;
use super::findings::{Findings, MAX_PARTS, Subject};
use super::vouching::Vouching;
use crate::licence::code::{kind_of_line, read_line};
use crate::licence::{ComputerId, LicenceKey, LineError, LineKind};
use crate::seal::generation::from_verification_code;
use crate::seal::redeem::licence_key_id;
use crate::wire::computer_key::ComputerKey;
use zeroize::Zeroizing;

/// Fewest characters of a token that may be a whole code; shorter ones are groups of one.
const CODE_CHARACTERS: usize = 25;

/// What a text of codes is, or why it holds none.
pub(super) fn explain(text: &str, vouching: &Vouching<'_>) -> Result<Findings, String> {
    let lines = lines_of(text);
    if lines
        .iter()
        .any(|line| matches!(kind_of_line(line), Ok(LineKind::ComputerKey(_))))
    {
        return Ok(explain_computer_key(&lines.join("\n"), vouching));
    }
    match lines.as_slice() {
        [] => Err("nothing but white space".to_owned()),
        [line] => explain_code(line),
        several if several.iter().any(|line| kind_of_line(line).is_ok()) => {
            Ok(explain_several(several))
        }
        _ => Err("no line of it is a code".to_owned()),
    }
}

/// Lines that are not empty; of one line, its words where each may be a whole code, as of lines
/// that were joined.
fn lines_of(text: &str) -> Vec<&str> {
    let lines: Vec<&str> = text
        .split(['\r', '\n'])
        .filter(|line| !line.trim().is_empty())
        .collect();
    let [line] = lines.as_slice() else {
        return lines;
    };
    let words: Vec<&str> = line.split_whitespace().collect();
    if words.iter().all(|word| word.len() >= CODE_CHARACTERS) {
        words
    } else {
        lines
    }
}

fn explain_code(line: &str) -> Result<Findings, String> {
    let kind = kind_of_line(line).map_err(why_no_code)?;
    let bytes = Zeroizing::new(read_line(line, kind).map_err(why_no_code)?);
    let mut findings = match kind {
        LineKind::ComputerId => {
            let mut findings = Findings::new(
                Subject::ComputerId,
                "a Computer ID: the name of one system of one device",
            );
            findings.fact("Computer ID", ComputerId(*bytes));
            findings
        }
        LineKind::VerificationCode => {
            let title = "a Deactivation Verification Code: proof that a system gave itself up";
            let mut findings = Findings::new(Subject::VerificationCode, title);
            findings.fact(
                "retires",
                format!("the Computer ID {}", from_verification_code(&bytes).1),
            );
            findings
        }
        LineKind::LicenceKey => {
            let mut findings = Findings::new(Subject::LicenceKey, "a licence key: a purchase");
            findings.fact(
                "licence key id",
                licence_key_id(&LicenceKey::from_bytes(*bytes)),
            );
            findings
        }
        LineKind::ComputerKey(_) => Findings::new(Subject::ComputerKey, format!("{kind}")),
    };
    findings.good("check character", format!("it is the one of a {kind}"));
    // One check character of 32 values serves 30 kinds: it finds errors only in a code of known
    // kind.
    findings.not_checked(
        "known",
        "the vault knows whether it exists; a misread character can make \
        one kind look like another",
    );
    Ok(findings)
}

/// Never the text itself: it may be a licence key with one character misread.
fn why_no_code(error: LineError) -> String {
    match error {
        LineError::Check { .. } => {
            "a code whose check character fits no kind: a character was misread, or two were \
                swapped"
                .to_owned()
        }
        other => other.to_string(),
    }
}

fn explain_several(lines: &[&str]) -> Findings {
    let mut findings = Findings::new(Subject::Codes, format!("{} lines of codes", lines.len()));
    let kinds: Vec<Option<LineKind>> = lines.iter().map(|line| kind_of_line(line).ok()).collect();
    let count = |kind| kinds.iter().filter(|found| **found == kind).count();
    for (label, kind) in [
        ("Computer IDs", LineKind::ComputerId),
        ("licence keys", LineKind::LicenceKey),
        ("verification codes", LineKind::VerificationCode),
    ] {
        findings.fact_if(label, Some(count(Some(kind))).filter(|found| *found > 0));
    }
    match count(None) {
        0 => findings.good("check characters", "each line is a code"),
        wrong => findings.bad(
            "check characters",
            format!("{wrong} of {} lines are no codes", lines.len()),
        ),
    }
    if lines.len() > MAX_PARTS {
        findings.not_checked(
            "lines",
            format!(
                "only the first {MAX_PARTS} of {} are explained",
                lines.len()
            ),
        );
    }
    let explained = lines.iter().zip(1_usize..).take(MAX_PARTS);
    findings.parts = explained
        .map(|(line, number)| explain_numbered(line, number))
        .collect();
    findings
}

fn explain_numbered(line: &str, number: usize) -> Findings {
    let mut findings = explain_code(line)
        .unwrap_or_else(|why| Findings::unknown("a line that is no code", "code", why));
    findings.put_first("line", &number.to_string());
    findings
}

/// Lines of a Computer Key, all or some of them.
pub(super) fn explain_computer_key(text: &str, vouching: &Vouching<'_>) -> Findings {
    let mut findings = Findings::new(Subject::ComputerKey, "a Computer Key that cannot be read");
    let lines = lines_of(text);
    findings.fact("lines", lines.len());
    let key = match ComputerKey::read_lines(&lines) {
        Ok((key, _)) => key,
        Err(error) => {
            findings.bad("lines", error.to_string());
            return findings;
        }
    };
    "a Computer Key: an activation to type".clone_into(&mut findings.title);
    findings.fact("plan", key.plan);
    let licences = key
        .licences
        .iter()
        .map(|(index, count)| format!("{count} of the product's licence type {index}"));
    findings.fact("licences", licences.collect::<Vec<String>>().join(", "));
    facts::days(&mut findings, &key.validity);
    findings.fact("sequence", key.sequence);
    findings.fact(
        "signing key",
        format!("number {} of the trust list", key.key_index),
    );
    findings.good(
        "lines",
        "complete, in their places, each check character right",
    );
    vouching.check_computer_key(&mut findings, &lines.join("\n"));
    findings
}
