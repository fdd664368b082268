//! Which file imports which.
//!
//! File A imports file B if a path in A, in a `use` or inline, leads through B's module: the
//! longest module that begins the path counts. What is for tests only does not count, nor does
//! `mod x;`. The root of the crate is no file here.

use crate::source::Source;
use std::collections::{BTreeMap, BTreeSet};

/// A module's path from the root of the crate.
pub(crate) type Module = Vec<String>;

/// All files by their modules, and what each imports.
pub(crate) struct Arrows<'a> {
    pub(crate) files: BTreeMap<Module, &'a Source>,
    /// From, to, and the names that are imported.
    pub(crate) found: BTreeMap<Module, BTreeMap<Module, BTreeSet<String>>>,
}

impl<'a> Arrows<'a> {
    pub(crate) fn of(sources: &'a [Source]) -> Self {
        let files: BTreeMap<Module, &Source> = sources
            .iter()
            .filter_map(|source| Some((source.modules.clone()?, source)))
            .collect();
        let mut arrows = Self {
            files,
            found: BTreeMap::new(),
        };
        for (module, source) in &arrows.files {
            let mut to: BTreeMap<Module, BTreeSet<String>> = BTreeMap::new();
            let is_child = |name: &str| arrows.files.contains_key(&below(module, name));
            for path in paths(source, is_child) {
                let target = arrows.longest_module(path.whole(module));
                if let Some((target, rest)) = target.filter(|(target, _)| target != module) {
                    to.entry(target).or_default().insert(rest);
                }
            }
            arrows.found.insert(module.clone(), to);
        }
        arrows
    }

    /// The longest module that begins a path, and the rest of the path; none for the root.
    fn longest_module(&self, path: Vec<String>) -> Option<(Module, String)> {
        let longest = (1..=path.len())
            .rev()
            .find(|length| self.files.contains_key(&path[..*length]))?;
        let rest = match &path[longest..] {
            [] => "the module".to_owned(),
            names => names.join("::"),
        };
        Some((path[..longest].to_vec(), rest))
    }

    /// The file of a module, as people name it.
    pub(crate) fn name(&self, module: &Module) -> String {
        self.files[module].path.display().to_string()
    }
}

fn below(module: &[String], name: &str) -> Module {
    [module, &[name.to_owned()]].concat()
}

/// A path as it is written.
struct Path {
    /// The modules inside the file that it is written in.
    inline: Vec<String>,
    segments: Vec<String>,
}

impl Path {
    fn whole(&self, module: &Module) -> Vec<String> {
        let mut base = [module.as_slice(), &self.inline].concat();
        let mut segments = self.segments.as_slice();
        if let ["crate", ..] = segments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            base.clear();
            segments = &segments[1..];
        }
        while let Some(first) = segments.first().filter(|s| *s == "super" || *s == "self") {
            if first == "super" {
                base.pop();
            }
            segments = &segments[1..];
        }
        [&base, segments].concat()
    }
}

/// All paths of a file that begin with `crate`, `super`, `self` or the name of a child module.
fn paths(source: &Source, is_child: impl Fn(&str) -> bool) -> Vec<Path> {
    let mut found = Vec::new();
    let mut inline: Vec<(usize, String)> = Vec::new();
    let mut at = 0;
    while at < source.tokens.len() {
        inline.retain(|(end, _)| *end > at);
        if source.text(at) == "mod" && source.text(at + 2) == "{" {
            inline.push((source.closing(at + 2), source.text(at + 1).to_owned()));
        }
        let (mut written, mut next) = (Vec::new(), at + 1);
        if source.tokens[at].test {
        } else if source.text(at) == "use" && source.text(at + 1) != "<" {
            next = use_tree(source, at + 1, Vec::new(), &mut written);
        } else if source.is_path_separator(at + 1) && !(at > 1 && source.is_path_separator(at - 2))
        {
            let segments = segments(source, at);
            next = at + 3 * segments.len() - 2;
            written.push(segments);
        }
        let modules = || inline.iter().map(|(_, name)| name.clone()).collect();
        found.extend(
            written
                .into_iter()
                .filter(|path| match path[0].as_str() {
                    "crate" | "super" | "self" => true,
                    first => inline.is_empty() && is_child(first),
                })
                .map(|segments| Path {
                    inline: modules(),
                    segments,
                }),
        );
        at = next;
    }
    found
}

/// The names of the inline path that begins at `place`.
fn segments(source: &Source, place: usize) -> Vec<String> {
    let mut names = vec![source.text(place).to_owned()];
    let mut at = place + 1;
    while source.is_path_separator(at) && is_word(source.text(at + 2)) {
        names.push(source.text(at + 2).to_owned());
        at += 3;
    }
    names
}

/// Reads one branch of a `use` from `at` on, with the names before it; gives the place after it.
fn use_tree(
    source: &Source,
    mut at: usize,
    mut names: Vec<String>,
    found: &mut Vec<Vec<String>>,
) -> usize {
    loop {
        match source.text(at) {
            "{" => {
                let end = source.closing(at);
                at += 1;
                while at < end {
                    at = use_tree(source, at, names.clone(), found);
                    at += usize::from(source.text(at) == ",");
                }
                return end + 1;
            }
            "as" => at += 2,
            "," | ";" | "}" | "" => break,
            ":" => at += 1,
            name => {
                names.push(name.to_owned());
                at += 1;
            }
        }
    }
    if !names.is_empty() {
        found.push(names);
    }
    at
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}
