//! The pages of the documentation: every link leads somewhere, every page is in the contents.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on should fail where it stands"
)]

use ledger_tests::{files, root};
use std::fs;
use std::path::{Path, PathBuf};

/// Every Markdown page of the project.
fn pages() -> Vec<PathBuf> {
    files(&root(), &[".md"]).unwrap()
}

/// The files that a page links to, without their anchors; other sites are left out.
fn links(text: &str) -> Vec<&str> {
    let targets = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    targets
        .map(|target| target.split('#').next().unwrap_or_default())
        .filter(|target| !target.is_empty() && !target.contains("://"))
        .filter(|target| !target.starts_with("mailto:"))
        .collect()
}

/// What is wrong with the links of a page.
fn broken(page: &Path, text: &str) -> Vec<String> {
    let folder = page.parent().unwrap();
    let missing = links(text)
        .into_iter()
        .filter(|target| !folder.join(target).exists());
    missing
        .map(|target| format!("{}: {target} does not exist", page.display()))
        .collect()
}

#[test]
fn every_link_leads_to_a_file() {
    let pages = pages();
    assert!(pages.len() > 20, "only {} pages were found", pages.len());
    let broken: Vec<String> = pages
        .iter()
        .flat_map(|page| broken(page, &fs::read_to_string(page).unwrap()))
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn a_link_to_nowhere_is_found() {
    let page = root().join("README.md");
    assert_eq!(
        broken(
            &page,
            "[a](CHANGELOG.md#x) [b](docs/none.md) ![c](https://example.com/d.png)"
        ),
        [format!("{}: docs/none.md does not exist", page.display())]
    );
}

#[test]
fn every_decision_is_in_the_index_and_has_its_parts() {
    let folder = root().join("docs/decisions");
    let index = fs::read_to_string(folder.join("README.md")).unwrap();
    let mut listed = links(&index);
    listed.sort_unstable();
    let mut there = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name == "README.md" {
            continue;
        }
        let text = fs::read_to_string(folder.join(&name)).unwrap();
        let number = name.split('-').next().unwrap();
        assert!(text.starts_with(&format!("# {number}. ")), "{name}: title");
        for part in ["## Context", "## Decision", "## Consequences"] {
            assert!(text.contains(part), "{name}: no {part}");
        }
        there.push(name);
    }
    there.sort_unstable();
    assert_eq!(listed, there);
}

#[test]
fn the_contents_name_every_page_but_those_of_the_decisions() {
    let contents = fs::read_to_string(root().join("docs/SUMMARY.md")).unwrap();
    for page in pages() {
        let name = page
            .strip_prefix(root())
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let is_decision = name.starts_with("docs/decisions/0");
        let from_docs = name
            .strip_prefix("docs/")
            .map_or_else(|| format!("../{name}"), str::to_owned);
        assert!(
            is_decision
                || name == "docs/SUMMARY.md"
                || links(&contents).contains(&from_docs.as_str()),
            "docs/SUMMARY.md does not list {name}"
        );
    }
}
