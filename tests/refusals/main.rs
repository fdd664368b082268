//! Every refusal with its code, message and remedy for each reader, as `fixtures/refusals.md`.
//!
//! `KEYSPOOL_REGENERATE=1 cargo test --test refusals` writes the file anew.

mod examples;

use keyspool::policy::record::code::RefusalCode;
use keyspool::policy::refusal::{Refusal, Refused};
use keyspool::words::refusal::{Audience, Said, said};
use std::collections::BTreeSet;
use std::fmt::Write as _;

const READERS: [(&str, Audience); 3] = [
    ("technician, of a device's file", Audience::TECHNICIAN),
    ("operator, of a device's file", Audience::OPERATOR),
    ("operator, of an order", Audience::ORDERING),
];
const CONTACT: &str = "licences@acme.example";

/// Its sentences for each reader; readers who are told the same stand together.
fn told(refusal: &Refusal) -> Vec<(Vec<&'static str>, Said)> {
    let refused = Refused {
        refusal: refusal.clone(),
        contact: Some(CONTACT.to_owned()),
    };
    let mut told: Vec<(Vec<&'static str>, Said)> = Vec::new();
    for (reader, audience) in READERS {
        let new = said(&refused, audience);
        match told.iter_mut().find(|(_, known)| *known == new) {
            Some((readers, _)) => readers.push(reader),
            None => told.push((vec![reader], new)),
        }
    }
    told
}

fn table(examples: &[Refusal]) -> String {
    let mut text = String::from(
        "# Refusals\n\nEvery refusal with an example of its facts, as it is told to each reader. \
            The message says what was found, the remedy what to do next. Written by \
            `KEYSPOOL_REGENERATE=1 cargo test --test refusals`.\n\n\
            | refusal | code | told to | message | remedy |\n| --- | --- | --- | --- | --- |\n",
    );
    for refusal in examples {
        let told = told(refusal);
        for (readers, said) in &told {
            let readers = if told.len() == 1 {
                "everybody".to_owned()
            } else {
                readers.join("; ")
            };
            writeln!(
                text,
                "| {} {} | {} | {readers} | {} | {} |",
                subject(refusal),
                refusal.kind(),
                refusal.code(),
                said.message,
                said.remedy
            )
            .expect("written");
        }
    }
    text
}

fn subject(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::File(_) => "File",
        Refusal::Subject(_) => "Subject",
        Refusal::Elsewhere(_) => "Elsewhere",
        Refusal::System(_) => "System",
        Refusal::GivenUp(_) => "GivenUp",
        Refusal::Hardware(_) => "Hardware",
        Refusal::Serial(_) => "Serial",
        Refusal::Key(_) => "Key",
        Refusal::Licences(_) => "Licences",
        Refusal::Term(_) => "Term",
        Refusal::Trial(_) => "Trial",
    }
}

#[test]
fn the_table_of_refusals_is_the_file() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/refusals.md");
    let text = table(&examples::all());
    if std::env::var_os("KEYSPOOL_REGENERATE").is_some() {
        std::fs::write(path, &text).expect("written");
        return;
    }
    let file = std::fs::read_to_string(path).unwrap_or_default();
    for (line, (found, wanted)) in text.lines().zip(file.lines()).enumerate() {
        assert_eq!(found, wanted, "line {} of {path}", line + 1);
    }
    assert!(
        text == file,
        "{path} has other lines: write it with KEYSPOOL_REGENERATE=1"
    );
}

#[test]
fn every_refusal_has_an_example() {
    let examples = examples::all();
    let mut at = 0;
    for kinds in Refusal::KINDS {
        let mut met = BTreeSet::new();
        let first = examples.get(at).expect("an example of each subject");
        while let Some(example) = examples
            .get(at)
            .filter(|one| subject(one) == subject(first))
        {
            met.insert(example.kind());
            at += 1;
        }
        assert_eq!(
            met,
            kinds.iter().copied().collect(),
            "the examples of {}",
            subject(first)
        );
    }
    assert_eq!(at, examples.len(), "one row of examples for each subject");
}

/// A rolled-back signer stops, and answers nobody.
#[test]
fn every_code_is_that_of_a_refusal() {
    let met: BTreeSet<RefusalCode> = examples::all().iter().map(Refusal::code).collect();
    for code in RefusalCode::ALL {
        let told = met.contains(code) || *code == RefusalCode::SignerRolledBack;
        assert!(told, "{code}");
    }
}

#[test]
fn each_text_is_of_whole_sentences() {
    for example in examples::all() {
        for (_, said) in told(&example) {
            for text in [&said.message, &said.remedy.replace(&contact(), "")] {
                let first = text.chars().next();
                assert!(
                    text.ends_with('.') && !first.is_some_and(char::is_lowercase),
                    "{text}"
                );
                assert!(!text.contains("  ") && !text.contains(".."), "{text}");
            }
        }
    }
}

fn contact() -> String {
    format!(" Contact: {CONTACT}")
}

#[test]
fn no_two_refusals_of_one_code_say_the_same() {
    let mut met = BTreeSet::new();
    for example in examples::all() {
        for (reader, audience) in READERS {
            let said = said(&example.clone().into(), audience);
            let key = (example.code(), reader, said.message, said.remedy);
            assert!(met.insert(key.clone()), "{key:?}");
        }
    }
}

#[test]
fn technicians_are_sent_to_no_catalogue() {
    let example = examples::all()
        .into_iter()
        .find(|one| one.kind() == "WithdrawnProduct")
        .expect("an example");
    let remedy = |to| said(&example.clone().into(), to).remedy;
    assert!(!remedy(Audience::TECHNICIAN).contains("catalogue"));
    assert!(remedy(Audience::ORDERING).contains("catalogue"));
}

#[test]
fn orders_are_given_again_and_files_brought() {
    let again: Vec<Refusal> = examples::all()
        .into_iter()
        .filter(|one| {
            said(&one.clone().into(), Audience::TECHNICIAN)
                .remedy
                .contains("bring this file again")
        })
        .collect();
    assert!(again.len() >= 4, "{again:?}");
    for one in again {
        let remedy = said(&one.into(), Audience::ORDERING).remedy;
        assert!(remedy.ends_with("give this order again."), "{remedy}");
    }
}
