//! Findings as plain text: a title, facts, checks with their verdicts as words, then what is
//! inside, indented.

use super::findings::{Findings, Verdict};
use std::fmt::Write;

/// Columns by which what is inside is set off.
const INDENT: usize = 4;

/// The text: lower case, aligned, without colour, lines of LF, one blank line before each thing
/// inside.
#[must_use]
pub fn to_text(findings: &Findings) -> String {
    let mut text = String::new();
    write_findings(findings, 0, &mut text);
    text
}

fn write_findings(findings: &Findings, indent: usize, text: &mut String) {
    line(indent, &findings.title, text);
    let widest = findings
        .facts
        .iter()
        .map(|(label, _)| label.chars().count())
        .max()
        .unwrap_or_default();
    for (label, value) in &findings.facts {
        line(
            indent + 2,
            &format!("{}  {value}", padded(label, widest)),
            text,
        );
    }
    let verdicts = Verdict::NotChecked.as_str().len();
    let widest = findings
        .checks
        .iter()
        .map(|check| check.what.chars().count())
        .max()
        .unwrap_or_default();
    for check in &findings.checks {
        let (verdict, what) = (
            padded(check.verdict.as_str(), verdicts),
            padded(check.what, widest),
        );
        line(
            indent + 2,
            &format!("{verdict}  {what}  {}", check.why),
            text,
        );
    }
    for part in &findings.parts {
        text.push('\n');
        write_findings(part, indent + INDENT, text);
    }
}

fn padded(word: &str, width: usize) -> String {
    format!("{word:<width$}")
}

fn line(indent: usize, content: &str, text: &mut String) {
    // Invariant: writing to a string never fails.
    let _ = writeln!(text, "{:indent$}{}", "", content.trim_end());
}

#[cfg(test)]
mod tests {
    use super::super::findings::Subject;
    use super::*;

    #[test]
    fn labels_align_and_contents_are_indented() {
        let mut findings = Findings::new(Subject::Bundle, "a bundle");
        findings.fact("organization", "acme");
        findings.fact("product", "vms");
        findings.good("names", "each once");
        let mut inside = Findings::new(Subject::Picture, "a PNG picture");
        inside.not_checked("codes", "later");
        findings.parts.push(inside);
        assert_eq!(
            to_text(&findings),
            "a bundle\n  organization  acme\n  product       vms\n  good         names  each \
                once\n\n    a PNG picture\n      not checked  codes  later\n"
        );
    }
}
