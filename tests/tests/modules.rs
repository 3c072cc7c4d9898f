//! Imports point one way: no circle between the modules of a crate.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on should fail where it stands"
)]

use ledger_tests::root;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The crates that are held to it.
const CRATES: [&str; 6] = [
    "core",
    "relay/plan",
    "relay/store",
    "relay/sage",
    "relay/delivery",
    "relay",
];

/// Module → module it uses → where, as `file: line`.
type Graph = BTreeMap<String, BTreeMap<String, String>>;

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// The top-level module of a file.
fn module(source: &Path, file: &Path) -> String {
    let inside = file.strip_prefix(source).unwrap();
    let first = inside.iter().next().unwrap().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// The way from a file up to the root of its crate: `super::` as often as it lies deep.
fn way_up(source: &Path, file: &Path) -> String {
    let inside = file.strip_prefix(source).unwrap();
    let is_folder = inside.file_name().is_some_and(|name| name == "mod.rs");
    "super::".repeat(inside.iter().count() - usize::from(is_folder))
}

/// The first names behind `crate::` in a line of code, lists included.
fn used(line: &str) -> BTreeSet<&str> {
    let word = |text: &'_ str| text.find(|c: char| !(c.is_alphanumeric() || c == '_'));
    let mut names = BTreeSet::new();
    for rest in line.split("crate::").skip(1) {
        let parts = match rest.strip_prefix('{') {
            Some(list) => top_level(list),
            None => vec![rest],
        };
        for part in parts {
            let name = &part[..word(part).unwrap_or(part.len())];
            if !name.is_empty() {
                names.insert(name);
            }
        }
    }
    names
}

/// The entries of a list in braces, without those of inner lists.
fn top_level(list: &str) -> Vec<&str> {
    let (mut depth, mut begin, mut parts) = (0_u32, 0, Vec::new());
    for (at, sign) in list.char_indices() {
        match sign {
            '{' => depth += 1,
            '}' if depth == 0 => {
                parts.push(list[begin..at].trim());
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(list[begin..at].trim());
                begin = at + 1;
            }
            _ => {}
        }
    }
    parts
}

/// Code without comments and unit tests; a `use` that goes over several lines becomes one.
fn statements(text: &str) -> Vec<(usize, String)> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut is_open = false;
    for (line, number) in code.lines().zip(1..) {
        let line = line.trim();
        if line.starts_with("//") {
            continue;
        }
        match found.last_mut() {
            Some((_, before)) if is_open => before.push_str(line),
            _ => found.push((number, line.to_owned())),
        }
        let starts = line.starts_with("use ") || line.starts_with("pub");
        is_open = (is_open || (starts && line.contains("use "))) && !line.ends_with(';');
    }
    found
}

fn graph(name: &str) -> Graph {
    let source = root().join(name).join("src");
    let mut files = Vec::new();
    sources(&source, &mut files);
    files.sort();
    let modules: BTreeSet<String> = files.iter().map(|file| module(&source, file)).collect();
    let mut graph = Graph::new();
    for file in &files {
        let own = module(&source, file);
        if own == "lib" || own == "main" || file.ends_with("tests.rs") {
            continue;
        }
        let up = way_up(&source, file);
        for (number, statement) in statements(&fs::read_to_string(file).unwrap()) {
            let statement = statement.replace(&up, "crate::");
            for other in used(&statement) {
                if other != own && modules.contains(other) {
                    let place =
                        format!("{}:{number}", file.strip_prefix(root()).unwrap().display());
                    let uses = graph.entry(own.clone()).or_default();
                    uses.entry(other.to_owned()).or_insert(place);
                }
            }
        }
    }
    graph
}

/// A circle, as the modules on it in order, when there is one.
fn circle(graph: &Graph) -> Option<Vec<&str>> {
    fn visit<'g>(
        graph: &'g Graph,
        at: &'g str,
        way: &mut Vec<&'g str>,
        done: &mut BTreeSet<&'g str>,
    ) -> Option<Vec<&'g str>> {
        if let Some(begin) = way.iter().position(|before| *before == at) {
            return Some(way.iter().skip(begin).copied().collect());
        }
        if !done.insert(at) {
            return None;
        }
        way.push(at);
        for next in graph.get(at).into_iter().flat_map(BTreeMap::keys) {
            if let Some(found) = visit(graph, next, way, done) {
                return Some(found);
            }
        }
        way.pop();
        None
    }
    let mut done = BTreeSet::new();
    graph
        .keys()
        .find_map(|start| visit(graph, start, &mut Vec::new(), &mut done))
}

/// What to turn: every arrow of the circle with the line that draws it.
fn advice(graph: &Graph, circle: &[&str]) -> String {
    let next = circle.iter().cycle().skip(1);
    let arrows = circle.iter().zip(next).map(|(from, to)| {
        let place = graph.get(*from).and_then(|uses| uses.get(*to)).unwrap();
        format!("  {from} uses {to} at {place}")
    });
    let arrows: Vec<String> = arrows.collect();
    format!(
        "a circle of modules; turn one of these arrows:\n{}",
        arrows.join("\n")
    )
}

#[test]
fn no_crate_has_a_circle_of_modules() {
    for name in CRATES {
        let graph = graph(name);
        assert!(!graph.is_empty(), "{name}: no module uses another");
        if let Some(circle) = circle(&graph) {
            panic!("{name}: {}", advice(&graph, &circle));
        }
    }
}

#[test]
fn a_circle_is_found_and_its_arrows_are_named() {
    let arrow = |from: &str, to: &str| {
        let place = format!("{from}.rs:1");
        (from.to_owned(), BTreeMap::from([(to.to_owned(), place)]))
    };
    let graph = Graph::from([arrow("a", "b"), arrow("b", "c"), arrow("c", "b")]);
    let found = circle(&graph).unwrap();
    assert_eq!(found, ["b", "c"]);
    assert!(advice(&graph, &found).contains("c uses b at c.rs:1"));
}

#[test]
fn a_file_knows_how_deep_it_lies() {
    let up = |file: &str| way_up(Path::new("src"), &Path::new("src").join(file));
    assert_eq!(up("a.rs"), "super::");
    assert_eq!(up("a/mod.rs"), "super::");
    assert_eq!(up("a/b.rs"), "super::super::");
}

#[test]
fn imports_are_read_from_lists_paths_and_several_lines() {
    assert_eq!(
        used("use crate::{a::{B, C}, d, e::F};"),
        BTreeSet::from(["a", "d", "e"])
    );
    assert_eq!(
        used("let x = crate::a::b(crate::c);"),
        BTreeSet::from(["a", "c"])
    );
    let text = "use crate::{\n    a,\n    b::C,\n};\n// crate::d\n#[cfg(test)]\nuse crate::e;";
    let all: Vec<String> = statements(text).into_iter().map(|(_, line)| line).collect();
    assert_eq!(all, ["use crate::{a,b::C,};"]);
}
