//! Makes one vector for each format rule: `fixtures/refused/wire.json` and `answers.json` are
//! refused, `accepted.json` and `accepted-answers.json` lie just within the rules. The test fails
//! where a committed file differs; `KEYSPOOL_REGENERATE=1 cargo test --test generate_refused`
//! writes them anew.

mod answers;
mod answers_within;
mod document;
mod envelopes;
mod members;
mod payloads;
mod qr_texts;
mod requests;
mod values;
mod within;

use data_encoding::BASE64;
use document::Vector;

fn as_json(vectors: &[Vector]) -> String {
    let one = |vector: &Vector| {
        let why = serde_json::to_string(&vector.why).expect("a string");
        let bytes = BASE64.encode(&vector.bytes);
        format!(
            " {{\n  \"why\": {why},\n  \"code\": \"{}\",\n  \"bytes\": \"{bytes}\"\n }}",
            vector.code
        )
    };
    let vectors: Vec<String> = vectors.iter().map(one).collect();
    format!("[\n{}\n]\n", vectors.join(",\n"))
}

fn assert_committed(name: &str, vectors: &[Vector]) {
    let path = format!("{}/fixtures/refused/{name}", env!("CARGO_MANIFEST_DIR"));
    let made = as_json(vectors);
    if std::env::var_os("KEYSPOOL_REGENERATE").is_some() {
        std::fs::write(&path, &made).expect("the fixtures folder can be written");
    }
    let committed = std::fs::read_to_string(&path).expect("the fixture is in the repository");
    assert!(
        made == committed,
        "{name} is not what the generator makes: run it with KEYSPOOL_REGENERATE=1"
    );
    let mut whys: Vec<&str> = vectors.iter().map(|vector| vector.why.as_str()).collect();
    whys.sort_unstable();
    assert_eq!(
        whys.windows(2).find(|pair| pair[0] == pair[1]),
        None,
        "two vectors of one name"
    );
}

#[test]
fn committed_files_are_those_made_here() {
    assert_committed(
        "wire.json",
        &[requests::refused(), qr_texts::refused()].concat(),
    );
    assert_committed(
        "accepted.json",
        &[requests::accepted(), qr_texts::accepted()].concat(),
    );
}

#[test]
fn committed_answers_are_those_made_here() {
    assert_committed("answers.json", &answers::refused());
    assert_committed("accepted-answers.json", &answers_within::accepted());
}
