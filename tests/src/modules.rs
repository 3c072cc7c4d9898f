//! The modules of the crates and what they use: no circles, and the picture of them.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "it reads the sources of this project; what it cannot read is a failure of the test"
)]

use crate::{files, root};
use anyhow::Context as _;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The crates that are held to it.
pub const CRATES: [&str; 6] = [
    "core",
    "relay/plan",
    "relay/store",
    "relay/sage",
    "relay/delivery",
    "relay",
];

/// The crate's root, in a crate whose modules must not use it.
pub const ROOT: &str = "lib.rs";
/// What stands above an item that is for tests only.
const TEST_ONLY: &str = "#[cfg(test)]";

/// Module → module it uses → where, as `file: line`.
pub type Graph = BTreeMap<String, BTreeMap<String, String>>;

/// The top-level module of a file.
fn module(source: &Path, file: &Path) -> String {
    let inside = file.strip_prefix(source).unwrap();
    let first = inside.iter().next().unwrap().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// The way from a file up to the root of its crate: `super::` as often as it lies deep.
pub fn way_up(source: &Path, file: &Path) -> String {
    let inside = file.strip_prefix(source).unwrap();
    let is_folder = inside.file_name().is_some_and(|name| name == "mod.rs");
    "super::".repeat(inside.iter().count() - usize::from(is_folder))
}

/// The first names behind `crate::` in a line of code, lists included.
pub fn used(line: &str) -> BTreeSet<&str> {
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

/// Code without comments and what is for tests only; a `use` that goes over several lines becomes
/// one.
pub fn statements(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut is_open = false;
    let mut lines = text.lines().zip(1..);
    while let Some((line, number)) = lines.next() {
        if line.trim() == TEST_ONLY {
            let indent = line.len() - line.trim_start().len();
            // The item ends on its first line, or with the brace below its beginning.
            let ends = |(line, _): &(&str, usize)| {
                let depth = line.len() - line.trim_start().len();
                depth == indent && (line.ends_with([';', '}', ',']))
            };
            lines.find(ends);
            continue;
        }
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

/// The modules that the root of a crate declares for tests only.
fn test_only(root: &str) -> BTreeSet<&str> {
    let mut lines = root.lines();
    let mut found = BTreeSet::new();
    while lines.any(|line| line == TEST_ONLY) {
        let declared = lines.next().unwrap_or_default();
        let name = declared.split("mod ").nth(1).unwrap_or_default();
        found.insert(name.trim_end_matches(';'));
    }
    found
}

/// The modules of a crate, its root and what is for tests only left out, with those they use.
pub fn graph(name: &str) -> Graph {
    graph_of(&root().join(name).join("src"), name == "core")
}

/// The same for the sources below a folder. `names_root` counts uses of the root as well.
pub fn graph_of(source: &Path, names_root: bool) -> Graph {
    let files = files(source, &[".rs"]).unwrap();
    let root_file = fs::read_to_string(source.join("lib.rs")).unwrap();
    let left_out = test_only(&root_file);
    let modules: BTreeSet<String> = files.iter().map(|file| module(source, file)).collect();
    let mut graph = Graph::new();
    for file in &files {
        let own = module(source, file);
        let is_root = own == "lib" || own == "main";
        if is_root || left_out.contains(own.as_str()) || file.ends_with("tests.rs") {
            continue;
        }
        let up = way_up(source, file);
        for (number, statement) in statements(&fs::read_to_string(file).unwrap()) {
            let statement = statement.replace(&up, "crate::");
            for other in used(&statement) {
                let is_root = names_root && !modules.contains(other);
                let other = if is_root { ROOT } else { other };
                if other != own && (is_root || modules.contains(other)) {
                    let file = file.strip_prefix(root()).unwrap_or(file);
                    let place = format!("{}:{number}", file.display());
                    let uses = graph.entry(own.clone()).or_default();
                    uses.entry(other.to_owned()).or_insert(place);
                }
            }
        }
    }
    graph
}

/// A circle, as the modules on it in order, when there is one.
pub fn circle(graph: &Graph) -> Option<Vec<&str>> {
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

/// The modules of a crate in the order in which the picture on the page lists them: a module uses
/// those above it. This is the order that the crate has declared.
pub fn declared<'p>(page: &'p str, name: &str) -> Vec<&'p str> {
    let picture = page.split_once(BEGIN).map_or("", |(_, rest)| rest);
    let lines = picture.lines().skip_while(|line| *line != name).skip(1);
    let modules = lines.map_while(|line| line.strip_prefix("  "));
    modules
        .filter_map(|line| line.split_whitespace().next())
        .collect()
}

/// What to turn: the arrows of the circle that lead from a module to one that is declared below
/// it, with the line that draws each. A circle has at least one of them. What is not declared yet
/// is new and counts as the last.
pub fn advice(graph: &Graph, circle: &[&str], declared: &[&str]) -> String {
    let rank = |module: &str| {
        let place = declared.iter().position(|known| *known == module);
        (place.unwrap_or(declared.len()), module.to_owned())
    };
    let next = circle.iter().cycle().skip(1);
    let (wrong, right): (Vec<_>, Vec<_>) = circle
        .iter()
        .zip(next)
        .map(|(from, to)| {
            let place = graph.get(*from).and_then(|uses| uses.get(*to)).unwrap();
            let is_wrong = rank(to) > rank(from);
            (is_wrong, format!("  {from} uses {to} at {place}\n"))
        })
        .partition(|(is_wrong, _)| *is_wrong);
    let text = |arrows: Vec<(bool, String)>| -> String {
        arrows.into_iter().map(|(_, arrow)| arrow).collect()
    };
    format!(
        "a circle of modules; turn the arrow against the order in ARCHITECTURE.md:\n{}the others of the circle stay:\n{}",
        text(wrong),
        text(right)
    )
}

/// Where the picture stands in ARCHITECTURE.md.
const BEGIN: &str = "<!-- modules: written by `cargo xtask modules` -->\n";
const END: &str = "<!-- /modules -->\n";

/// Every module of every crate with those it uses, what uses nothing first.
pub fn picture() -> String {
    let mut picture = String::from("```text\n");
    for name in CRATES {
        let graph = graph(name);
        let mut open: BTreeSet<&str> = graph
            .iter()
            .flat_map(|(from, uses)| uses.keys().chain([from]))
            .map(String::as_str)
            .collect();
        picture.push_str(name);
        picture.push('\n');
        while let Some(next) = open
            .iter()
            .copied()
            .find(|module| uses(&graph, module).all(|used| !open.contains(used)))
        {
            open.remove(next);
            let below: Vec<&str> = uses(&graph, next).collect();
            let line = format!("  {next:<24} {}", below.join(" "));
            picture.push_str(line.trim_end());
            picture.push('\n');
        }
    }
    picture.push_str("```\n");
    picture
}

fn uses<'g>(graph: &'g Graph, module: &str) -> impl Iterator<Item = &'g str> {
    let uses = graph.get(module).into_iter().flat_map(BTreeMap::keys);
    uses.map(String::as_str)
}

/// The page with the present picture in it.
///
/// # Errors
/// When the page has no place for one, or there is none because modules use each other in a circle.
pub fn with_picture(page: &str) -> anyhow::Result<String> {
    for name in CRATES {
        let graph = graph(name);
        if let Some(circle) = circle(&graph) {
            let advice = advice(&graph, &circle, &declared(page, name));
            anyhow::bail!("{name}: {advice}");
        }
    }
    let (before, rest) = page.split_once(BEGIN).context("no place for the picture")?;
    let (_, after) = rest.split_once(END).context("the picture has no end")?;
    Ok(format!("{before}{BEGIN}{}{END}{after}", picture()))
}
