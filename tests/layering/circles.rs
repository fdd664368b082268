//! No files import each other in a circle.

use crate::arrows::{Arrows, Module};
use crate::source::{Source, assert_no, sources};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn no_files_import_each_other_in_a_circle() {
    assert_no(circles(&sources()));
}

/// Each circle: its files, then its arrows.
fn circles(sources: &[Source]) -> Vec<String> {
    let arrows = Arrows::of(sources);
    let reached: BTreeMap<&Module, BTreeSet<&Module>> = arrows
        .files
        .keys()
        .map(|module| (module, reached(&arrows, module)))
        .collect();
    let mut circles: BTreeSet<Vec<&Module>> = BTreeSet::new();
    for (module, others) in &reached {
        if others.contains(module) {
            let mutual = others
                .iter()
                .filter(|other| reached[**other].contains(module));
            circles.insert(mutual.copied().collect());
        }
    }
    circles
        .iter()
        .map(|circle| shown(&arrows, circle))
        .collect()
}

/// All files that a file imports, by way of others too.
fn reached<'a>(arrows: &'a Arrows, from: &'a Module) -> BTreeSet<&'a Module> {
    let mut found = BTreeSet::new();
    let mut left = vec![from];
    while let Some(module) = left.pop() {
        let new = arrows.found[module].keys().filter(|to| found.insert(*to));
        left.extend(new);
    }
    found
}

fn shown(arrows: &Arrows, circle: &[&Module]) -> String {
    let names: Vec<String> = circle.iter().map(|module| arrows.name(module)).collect();
    let mut lines = vec![format!("circle of {}: {}", names.len(), names.join(", "))];
    for from in circle {
        for (to, imported) in &arrows.found[*from] {
            if circle.contains(&to) {
                let imported: Vec<&str> = imported.iter().map(String::as_str).collect();
                let (from, to) = (arrows.name(from), arrows.name(to));
                lines.push(format!("    {from} -> {to}: {}", imported.join(", ")));
            }
        }
    }
    lines.join("\n")
}

mod reading {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let sources: Vec<Source> = files
            .iter()
            .map(|(path, text)| Source::new(path, text))
            .collect();
        circles(&sources)
    }

    #[test]
    fn every_circle_is_caught_with_its_arrows() {
        for (files, shown) in [
            (
                &[
                    ("a/mod.rs", "mod b; mod c;"),
                    ("a/b.rs", "use super::c::C;"),
                    ("a/c.rs", "use crate::a::b::{B, f};"),
                ][..],
                "circle of 2: a/b.rs, a/c.rs\n    a/b.rs -> a/c.rs: C\n    a/c.rs -> a/b.rs: B, f",
            ),
            (
                &[
                    ("a/mod.rs", "mod b; pub use b::B; pub struct A;"),
                    ("a/b.rs", "use super::A;"),
                ],
                "circle of 2: a/mod.rs, a/b.rs\n    a/mod.rs -> a/b.rs: B\n    \
                    a/b.rs -> a/mod.rs: A",
            ),
            (
                &[
                    ("a/mod.rs", "mod b; fn f() -> u8 { b::f() }"),
                    ("a/b.rs", "use super::*;"),
                ],
                "circle of 2: a/mod.rs, a/b.rs\n    a/mod.rs -> a/b.rs: f\n    \
                    a/b.rs -> a/mod.rs: *",
            ),
            (
                &[
                    ("a/mod.rs", "mod b; mod c;"),
                    ("a/b.rs", "fn f(x: super::c::C) -> u8 { 0 }"),
                    ("a/c.rs", "fn g() { let _ = crate::a::b::f::<u8>(); }"),
                ],
                "circle of 2: a/b.rs, a/c.rs\n    a/b.rs -> a/c.rs: C\n    a/c.rs -> a/b.rs: f",
            ),
            (
                &[
                    ("a.rs", "use crate::b;"),
                    ("b.rs", "use crate::c::C as D;"),
                    ("c/mod.rs", "use super::a::A;"),
                ],
                "circle of 3: a.rs, b.rs, c/mod.rs\n    a.rs -> b.rs: the module\n    \
                    b.rs -> c/mod.rs: C\n    c/mod.rs -> a.rs: A",
            ),
            (
                &[
                    ("x/mod.rs", "mod a; mod b; mod c;"),
                    ("x/a.rs", "use super::c;"),
                    ("x/b.rs", "use super::{a::{B}, c};"),
                    ("x/c.rs", "use super::{a::{B, self}, b as d};"),
                ],
                "circle of 3: x/a.rs, x/b.rs, x/c.rs\n    x/a.rs -> x/c.rs: the module\n    \
                    x/b.rs -> x/a.rs: B\n    x/b.rs -> x/c.rs: the module\n    \
                    x/c.rs -> x/a.rs: B, self\n    x/c.rs -> x/b.rs: the module",
            ),
            (
                &[
                    ("a/mod.rs", "mod b; mod c;"),
                    ("a/b.rs", "mod inside { use super::super::c::C; }"),
                    ("a/c.rs", "macro_rules! m { () => { $crate::a::b::f() } }"),
                ],
                "circle of 2: a/b.rs, a/c.rs\n    a/b.rs -> a/c.rs: C\n    a/c.rs -> a/b.rs: f",
            ),
        ] {
            assert_eq!(found(files), [shown], "{files:?}");
        }
    }

    #[test]
    fn two_circles_are_told_apart() {
        let two = [
            ("a.rs", "use crate::b::B; use crate::c::C;"),
            ("b.rs", "use crate::a::A;"),
            ("c.rs", "use crate::d::D;"),
            ("d.rs", "use crate::c::C;"),
        ];
        let found = found(&two);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(
            found[0].starts_with("circle of 2: a.rs, b.rs\n"),
            "{found:?}"
        );
        assert!(!found[0].contains("c.rs"), "{found:?}");
    }

    #[test]
    fn what_is_no_circle_passes() {
        for (parent, child) in [
            ("pub mod b;", "use super::A;"),
            ("mod b; pub use b::B;", "use super::super::x::X;"),
            ("mod b; pub use b::B;", "// use super::A;"),
            (
                "mod b; pub use b::B;",
                "/* super::A */ /// [`super::A`]\nfn f() {}",
            ),
            ("mod b; pub use b::B;", "const T: &str = \"use super::A;\";"),
            (
                "mod b; pub use b::B;",
                "const T: &str = r#\"\" super::A\"#;",
            ),
            (
                "mod b; pub use b::B;",
                "#[cfg(test)] mod tests { use super::super::A; }",
            ),
            ("mod b; pub use b::B;", "#[cfg(test)] use super::A;"),
            (
                "mod b; pub use b::B;",
                "mod inside { use super::B; } use self::inside::C;",
            ),
            (
                "mod b; pub use b::B;",
                "use crate::Root; pub(super) fn f() {}",
            ),
            ("mod b; pub use b::B;", "fn f() -> impl Sized + use<> {}"),
            (
                "mod b; fn f() { other::b::g(); let b = 1; }",
                "use super::A;",
            ),
            ("mod b; use other::{b::B, c};", "use super::A;"),
            (
                "mod b; #[cfg(test)] mod tests { use super::b::B; }",
                "use super::A;",
            ),
        ] {
            let files = [("a/mod.rs", parent), ("a/b.rs", child), ("x.rs", "")];
            assert_eq!(found(&files), [""; 0], "{parent} {child}");
        }
        let descent = [
            ("a/mod.rs", "mod b; mod c; pub use c::C;"),
            ("a/b.rs", "use super::c::{C};"),
            ("a/c.rs", "use crate::x::{self, X};"),
            ("x.rs", ""),
        ];
        assert_eq!(found(&descent), [""; 0]);
    }
}
