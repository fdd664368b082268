//! Comments cite sections of LICENSING.md and PROTOCOL.md: each cited section exists.
//!
//! `LICENSING section 9.3` is a heading `### 9.3`, or item 3 of the list in section 9.
//! `(section 6)` and `of section 6` speak of the page that the comment named last, or else of the
//! page of the folder.

use crate::lexer;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The pages by the names that comments use.
const PAGES: [(&str, &str); 2] = [
    ("LICENSING", "src/policy/LICENSING.md"),
    ("PROTOCOL", "src/wire/PROTOCOL.md"),
];
/// Fewest citations in all comments: a reader that finds none would pass for ever.
const FEWEST: usize = 150;

#[test]
fn every_cited_section_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = PAGES.map(|(name, path)| {
        let text = fs::read_to_string(root.join(path)).expect("a page of the package");
        (name, sections(&text))
    });
    let mut count = 0;
    let mut wrong = Vec::new();
    for folder in ["src", "tests", "scripts"] {
        each_file(&root.join(folder), &mut |path, text| {
            let inside = path.strip_prefix(root).expect("below the package");
            let inside = inside.display().to_string();
            let cited = citations(&inside, text);
            count += cited.len();
            let missing = cited.into_iter().filter(|cited| !cited.exists(&pages));
            wrong.extend(missing.map(|cited| format!("{inside}:{cited}")));
        });
    }
    assert!(wrong.is_empty(), "no such section:\n{}", wrong.join("\n"));
    assert!(count >= FEWEST, "{count} citations");
}

type Sections = BTreeSet<String>;

/// The numbers of a page's sections and of the numbered items in them.
fn sections(page: &str) -> Sections {
    let mut found = Sections::new();
    let mut section = String::new();
    let mut fenced = false;
    for line in page.lines() {
        fenced ^= line.starts_with("```");
        let heading = line.trim_start_matches('#');
        let (number, rest) = number(heading.trim_start());
        if fenced || number.is_empty() {
            continue;
        }
        if heading.len() < line.len() {
            section = number.to_owned();
            found.insert(section.clone());
        } else if rest.starts_with(". ") && !section.is_empty() {
            found.insert(format!("{section}.{number}"));
        }
    }
    found
}

/// One section that a comment cites.
#[derive(Debug, PartialEq)]
struct Citation {
    /// The line that the comment begins on.
    line: usize,
    page: &'static str,
    /// Empty where the comment names none.
    section: String,
}

impl Citation {
    fn exists(&self, pages: &[(&str, Sections)]) -> bool {
        pages
            .iter()
            .any(|(name, sections)| *name == self.page && sections.contains(&self.section))
    }
}

impl std::fmt::Display for Citation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} section {}", self.line, self.page, self.section)
    }
}

/// What the comments of a source file cite; comments on lines that follow each other are one.
fn citations(path: &str, text: &str) -> Vec<Citation> {
    let of_rules = path.starts_with("src/policy") || path.starts_with("tests/rules");
    let own_page = PAGES[usize::from(!of_rules)].0;
    let mut blocks: Vec<(usize, usize, String)> = Vec::new();
    for comment in lexer::read(text).comments {
        let bare = comment.text.lines().map(|line| {
            let line = line.trim_start();
            line.trim_start_matches(['/', '!', '*']).trim()
        });
        let bare = bare.collect::<Vec<_>>().join(" ");
        let end = comment.line + comment.text.matches('\n').count();
        match blocks.last_mut() {
            Some((_, last, block)) if *last + 1 == comment.line => {
                *block = format!("{block} {bare}");
                *last = end;
            }
            _ => blocks.push((comment.line, end, bare)),
        }
    }
    let cited = blocks.iter().flat_map(|(line, _, block)| {
        let cited = cited(block, own_page).into_iter();
        cited.map(|(page, section)| Citation {
            line: *line,
            page,
            section,
        })
    });
    cited.collect()
}

/// Pages and sections that one comment cites.
fn cited(comment: &str, own_page: &'static str) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let mut page = own_page;
    let mut rest = comment;
    while !rest.is_empty() {
        let named = PAGES
            .iter()
            .find_map(|(name, _)| Some((*name, rest.strip_prefix(name)?)));
        let bare = ["(section", "of section"]
            .iter()
            .find_map(|words| rest.strip_prefix(words));
        if let Some((name, after)) = named {
            page = name;
            let after = after.strip_prefix(".md").unwrap_or(after);
            let words = after.strip_prefix(" section");
            let numbers = numbers(words.unwrap_or(after));
            // A page by itself may be named; "section" without a number may not.
            if numbers.is_empty() && words.is_some() {
                found.push((page, String::new()));
            }
            found.extend(numbers.into_iter().map(|number| (page, number)));
        } else if let Some(after) = bare {
            found.extend(numbers(after).into_iter().map(|number| (page, number)));
        }
        let first = rest.chars().next().map_or(0, char::len_utf8);
        rest = &rest[first..];
    }
    found
}

/// The numbers of a list as ` 6`, `s 6, 7 and 11`, `s 2 to 5`, ` 9.2`.
fn numbers(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut rest = text.strip_prefix('s').unwrap_or(text);
    let mut range = false;
    while let Some(after) = rest.strip_prefix(' ') {
        let (number, after) = number(after);
        if number.is_empty() {
            break;
        }
        let whole = |text: &str| text.parse::<u32>().ok();
        if let Some((from, to)) = found
            .last()
            .and_then(|from| Some((whole(from)?, whole(number)?)))
            .filter(|_| range)
        {
            found.extend((from + 1..to).map(|number| number.to_string()));
        }
        found.push(number.to_owned());
        range = after.starts_with(" to ");
        let more = [",", " and", " to", " or"];
        match more.iter().find_map(|word| after.strip_prefix(word)) {
            Some(after) => rest = after.strip_prefix(" and").unwrap_or(after),
            None => break,
        }
    }
    found
}

/// A number as `9` or `9.3` at the beginning of a text, and what follows it.
fn number(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let number = text[..end].trim_end_matches('.');
    if number.starts_with('.') || number.contains("..") {
        return ("", text);
    }
    text.split_at(number.len())
}

fn each_file(folder: &Path, visit: &mut impl FnMut(&Path, &str)) {
    for entry in fs::read_dir(folder).expect("a folder of the sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            each_file(&path, visit);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            visit(&path, &fs::read_to_string(&path).expect("a source file"));
        }
    }
}

/// What must be caught is caught, and nothing else.
mod reading {
    use super::*;

    const LICENSING: &str = "# Rules\n\n## 1. Words\n\n## 9. Pooled\n\n1. *Start.* 7. No.\n\
        2. *Assign.* x\n\n```text\n3. no item\n## 4. none\n```\n\n## 10. Wallet\n";
    const PROTOCOL: &str = "# Protocol\n\n2. outside\n\n## 5. Responses\n\n### 5.1 activation\n\n\
        1. first\n\n### 5.2 receipt\n\n## 6. Codes\n\n## 7. QR\n";

    fn wrong(path: &str, text: &str) -> Vec<String> {
        let pages = [
            ("LICENSING", sections(LICENSING)),
            ("PROTOCOL", sections(PROTOCOL)),
        ];
        let cited = citations(path, text).into_iter();
        let wrong = cited.filter(|cited| !cited.exists(&pages));
        wrong.map(|cited| cited.to_string()).collect()
    }

    #[test]
    fn sections_are_headings_and_numbered_items() {
        let found = |page| sections(page).into_iter().collect::<Vec<_>>();
        assert_eq!(found(LICENSING), ["1", "10", "9", "9.1", "9.2"]);
        assert_eq!(found(PROTOCOL), ["5", "5.1", "5.1.1", "5.2", "6", "7"]);
    }

    #[test]
    fn wrong_citations_are_caught() {
        for (text, caught) in [
            ("// LICENSING section 2", "1: LICENSING section 2"),
            ("// as LICENSING 9.3 says", "1: LICENSING section 9.3"),
            ("// LICENSING.md section 11.", "1: LICENSING section 11"),
            (
                "// (LICENSING sections 1, 9 and 12)",
                "1: LICENSING section 12",
            ),
            (
                "// LICENSING sections 1, 3, 9 and 10",
                "1: LICENSING section 3",
            ),
            (
                "// LICENSING sections 9, 10, and 11",
                "1: LICENSING section 11",
            ),
            ("// PROTOCOL section 5 and 8", "1: PROTOCOL section 8"),
            ("// PROTOCOL sections 5 to 8", "1: PROTOCOL section 8"),
            ("// PROTOCOL sections 4 to 6", "1: PROTOCOL section 4"),
            (
                "// PROTOCOL section 9.1, LICENSING section 9.1",
                "1: PROTOCOL section 9.1",
            ),
            (
                "// PROTOCOL section 5.1, LICENSING section 5.1",
                "1: LICENSING section 5.1",
            ),
            ("// PROTOCOL section 5.3", "1: PROTOCOL section 5.3"),
            ("// PROTOCOL section of", "1: PROTOCOL section "),
            (
                "/// LICENSING section 1, and hardware (section 8).",
                "1: LICENSING section 8",
            ),
            ("/// All rules of section 1 hold.", "1: PROTOCOL section 1"),
            (
                "\n//! Orders (LICENSING\n//! section 2).",
                "2: LICENSING section 2",
            ),
            (
                "/// Orders (LICENSING section\n/// 2).",
                "1: LICENSING section 2",
            ),
            (
                "// PROTOCOL sections 5,\n    // 6 and\n    // 8",
                "1: PROTOCOL section 8",
            ),
            ("/* LICENSING\n * section 2 */", "1: LICENSING section 2"),
            ("fn f() {} // LICENSING section 2", "1: LICENSING section 2"),
        ] {
            assert_eq!(wrong("src/wire/a.rs", text), [caught], "{text}");
        }
        assert_eq!(
            wrong("src/policy/a.rs", "// All rules of section 5 hold."),
            ["1: LICENSING section 5"]
        );
        assert_eq!(
            wrong("src/a.rs", "// LICENSING sections 2 and 3"),
            ["1: LICENSING section 2", "1: LICENSING section 3"]
        );
    }

    #[test]
    fn right_citations_and_other_pages_pass() {
        for text in [
            "// LICENSING sections 1, 9.1 and 10. Then 12 more.",
            "// LICENSING section 9, PROTOCOL sections 5.1 and 5.2, `file`",
            "// PROTOCOL sections 5 to 7; LICENSING 9.2",
            "// LICENSING.md is the rulebook, PROTOCOL.md the other page",
            "// RFC 8032 section 99, APPNOTE section 4.3.7",
            "const A: &str = \"LICENSING section 2\";",
            "const A: &str = r#\"// LICENSING section 2\"#;",
            "// LICENSING section 1\n\n// 2 more",
            "// one section of many, (section by section)",
        ] {
            assert_eq!(wrong("src/a.rs", text), [""; 0], "{text}");
        }
    }
}
