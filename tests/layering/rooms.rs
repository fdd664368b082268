//! The rooms of `policy`: each imports only itself and rooms before it.

use crate::arrows::{Arrows, Module};
use crate::source::{Source, assert_no, sources};

/// In their order.
const ROOMS: &[&str] = &[
    "record", "ask", "refusal", "admit", "model", "order", "apply", "day", "report", "decide",
    "batch", "ahead",
];

#[test]
fn no_room_of_policy_imports_a_later_one() {
    assert_no(wrong_imports(&sources()));
}

/// Where a room of `policy` imports a later one, and where a file belongs to no room.
fn wrong_imports(sources: &[Source]) -> Vec<String> {
    let arrows = Arrows::of(sources);
    let mut found = Vec::new();
    for (from, imported) in &arrows.found {
        let Some(name) = room(from) else {
            continue;
        };
        let Some(place) = place(name) else {
            found.push(format!("{} is in no room", arrows.name(from)));
            continue;
        };
        let later = imported.keys().filter_map(|to| Some((to, room(to)?)));
        let later = later.filter(|(_, to)| self::place(to).is_some_and(|to| to > place));
        found.extend(later.map(|(to, room)| {
            let names: Vec<&str> = imported[to].iter().map(String::as_str).collect();
            let (from, to) = (arrows.name(from), arrows.name(to));
            format!("{from}: {name} imports {room}: {to}: {}", names.join(", "))
        }));
    }
    found
}

/// The name directly below `policy`.
fn room(module: &Module) -> Option<&str> {
    match module.as_slice() {
        [policy, room, ..] if policy == "policy" => Some(room),
        _ => None,
    }
}

fn place(room: &str) -> Option<usize> {
    ROOMS.iter().position(|known| *known == room)
}

mod reading {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let rooms = ["record", "admit", "day", "decide"];
        let mut sources: Vec<Source> = rooms
            .iter()
            .map(|room| Source::new(format!("policy/{room}/mod.rs"), "mod x;"))
            .collect();
        sources.push(Source::new(
            "policy/mod.rs",
            "pub mod decide; pub use decide::Grant;",
        ));
        sources.extend(files.iter().map(|(path, text)| Source::new(path, text)));
        wrong_imports(&sources)
    }

    #[test]
    fn a_later_room_is_caught_however_it_is_imported() {
        for text in [
            "use crate::policy::decide::f;",
            "use crate::policy::{record, decide::{f}};",
            "use super::super::decide::f;",
            "fn g() { crate::policy::decide::f() }",
            "fn g() { super::super::decide::f() }",
            "mod inside { use super::super::super::decide::f; }",
        ] {
            assert_eq!(
                found(&[("policy/admit/x.rs", text)]),
                ["policy/admit/x.rs: admit imports decide: policy/decide/mod.rs: f"],
                "{text}"
            );
        }
        assert_eq!(
            found(&[
                ("policy/batch.rs", "use super::ahead::A;"),
                ("policy/ahead.rs", "")
            ]),
            ["policy/batch.rs: batch imports ahead: policy/ahead.rs: A"]
        );
        assert_eq!(
            found(&[
                ("policy/ask.rs", "use super::day::deep::D;"),
                ("policy/day/deep.rs", "")
            ]),
            ["policy/ask.rs: ask imports day: policy/day/deep.rs: D"]
        );
    }

    #[test]
    fn a_file_outside_all_rooms_is_caught() {
        for path in [
            "policy/by_hand.rs",
            "policy/by_hand/mod.rs",
            "policy/by_hand/x.rs",
        ] {
            assert_eq!(found(&[(path, "")]), [format!("{path} is in no room")]);
        }
    }

    #[test]
    fn earlier_rooms_and_the_own_one_pass() {
        for text in [
            "use crate::policy::record::R; use super::y::Y; use crate::licence::Day;",
            "use super::super::{record, admit::y};",
            "// use crate::policy::decide::f;",
            "const T: &str = \"crate::policy::decide\";",
            "#[cfg(test)] mod tests { use crate::policy::decide::f; }",
            "use crate::ops::decide::f;",
        ] {
            let files = [("policy/admit/x.rs", text), ("policy/admit/y.rs", "")];
            assert_eq!(found(&files), [""; 0], "{text}");
        }
        let decide = [("policy/decide/x.rs", "use super::super::{day::D, admit};")];
        assert_eq!(found(&decide), [""; 0]);
    }
}
