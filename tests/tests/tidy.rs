//! House rules that no compiler checks.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail where it stands"
)]

use ledger_tests::root;
use std::fs;
use std::path::{Path, PathBuf};

/// Longest source file; a longer one hides a second idea.
const MOST_LINES: usize = 400;

/// Most entries of a folder; more need a reason.
const MOST_ENTRIES: usize = 20;
/// What the line with that reason begins with.
const REASON: &str = "More than twenty entries:";
/// Folders that hold what was built, installed or found, and nothing of ours.
const NOT_OURS: [&str; 5] = ["target", "node_modules", "vendor", "artifacts", "coverage"];

/// Every file with one of the endings below a folder of the project; there must be some.
fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let found = ledger_tests::files(&root().join(folder), endings).unwrap();
    assert!(!found.is_empty(), "no {endings:?} under {folder}");
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

/// The code of a Rust file: no comments, no unit tests.
fn code(path: &Path) -> String {
    let text = read(path);
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Whether code contains `word`; a plain word must stand alone (`vat`, not `private`).
fn mentions(code: &str, word: &str) -> bool {
    if word.chars().all(char::is_alphanumeric) {
        code.split(|c: char| !c.is_alphanumeric())
            .any(|part| part.eq_ignore_ascii_case(word))
    } else {
        code.contains(word)
    }
}

/// Fails for every file outside `allowed` whose code contains a word.
fn only_in(folder: &str, words: &[&str], allowed: &[&str]) {
    for path in files(folder, &[".rs"]) {
        let shown = path.to_string_lossy().into_owned();
        if allowed.iter().any(|part| shown.contains(part)) {
            continue;
        }
        let code = code(&path);
        for word in words {
            assert!(!mentions(&code, word), "{shown} contains {word}");
        }
    }
}

#[test]
fn every_rust_module_says_what_it_is() {
    for path in files(".", &[".rs"]) {
        let text = read(&path);
        assert!(text.starts_with("//!"), "{} has no header", path.display());
    }
}

#[test]
fn no_source_file_is_long() {
    for path in files(".", &[".rs", ".php"]) {
        let lines = read(&path).lines().count();
        assert!(lines <= MOST_LINES, "{}: {lines} lines", path.display());
    }
}

/// Every folder of the project with the names in it; what is hidden is left out.
fn folders() -> Vec<(PathBuf, Vec<String>)> {
    let mut found = Vec::new();
    let mut open = vec![root()];
    while let Some(folder) = open.pop() {
        let entries = fs::read_dir(&folder).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
        let names: Vec<String> = names
            .filter(|name| !name.starts_with('.') && !NOT_OURS.contains(&name.as_str()))
            .collect();
        let below = names.iter().map(|name| folder.join(name));
        open.extend(below.filter(|path| path.is_dir() && !path.ends_with("fuzz/corpus")));
        found.push((folder, names));
    }
    found
}

/// Whether a page beside or above a folder says why it has so many entries. A line covers the
/// folders it names, as in `cases/invoice/`; one that names none covers its own.
fn says_why(folder: &Path) -> bool {
    let above = folder
        .ancestors()
        .take_while(|above| above.starts_with(root()));
    above.into_iter().any(|above| {
        let inside = folder.strip_prefix(above).unwrap();
        let name = format!("`{}/`", inside.display());
        let pages = ["README.md", "ARCHITECTURE.md", "mod.rs", "lib.rs"];
        let pages = pages.map(|page| fs::read_to_string(above.join(page)).unwrap_or_default());
        pages.iter().flat_map(|page| page.lines()).any(|line| {
            let reason = line.trim_start_matches("//! ").strip_prefix(REASON);
            reason.is_some_and(|reason| match above == folder {
                true => !reason.contains("/`"),
                false => reason.contains(&name),
            })
        })
    })
}

#[test]
fn a_folder_of_many_entries_says_why() {
    let mut silent = Vec::new();
    for (folder, names) in folders() {
        if names.len() > MOST_ENTRIES && !says_why(&folder) {
            silent.push(format!("{}: {} entries", folder.display(), names.len()));
        }
    }
    assert!(
        silent.is_empty(),
        "write a line that begins with {REASON:?} into the folder's README.md or mod.rs, or split it:\n{}",
        silent.join("\n")
    );
}

#[test]
fn json_is_read_in_three_places_of_the_core() {
    only_in(
        "core/src",
        &["serde_json::from_", "Deserialize"],
        &["/canonical/", "/policy/", "/envelope/"],
    );
}

#[test]
fn only_money_rounds() {
    let rounding = [
        "round_dp",
        "RoundingStrategy",
        ".trunc(",
        ".floor(",
        ".ceil(",
    ];
    only_in("core/src", &rounding, &["/money/", "/canonical/weee.rs"]);
}

#[test]
fn adapters_know_nothing_of_documents() {
    let words = ["vat", "tax_", "invoice", "shipping", "contact", "GB_"];
    for folder in [
        "wasm/browser/src",
        "wasm/component/src",
        "wasm/host/src",
        "wasm/socket/src",
        "php-ext-bridge/src",
    ] {
        only_in(folder, &words, &[]);
    }
}

#[test]
fn the_core_knows_no_magento_class() {
    only_in("core/src", &["Magento\\", "Mage::"], &[]);
}

#[test]
fn php_knows_no_sage_field() {
    let fields = [
        "ledger_account_id",
        "tax_rate_id",
        "contact_id",
        "sales_invoice\"",
        "invoice_lines",
        "shipping_net_amount",
        "currency_tax_amount",
    ];
    for folder in ["magento-module/Model", "magento-module/Observer"] {
        for path in files(folder, &[".php"]) {
            let text = read(&path);
            for field in fields {
                assert!(!text.contains(field), "{} contains {field}", path.display());
            }
        }
    }
}

#[test]
fn the_simulator_shares_no_code_with_the_core() {
    let text = read(&root().join("tests/sage-simulator/Cargo.toml"));
    assert!(!text.contains("ledger-core"));
    assert!(!text.contains("rust_decimal"));
}

/// The relay knows no VAT and makes no plan; the core only helps it to explain and to
/// validate, and says which core it is.
#[test]
fn the_relay_asks_the_core_for_words_and_never_for_a_plan() {
    for path in files("relay/src", &[".rs"]) {
        for used in read(&path).split("ledger_core::").skip(1) {
            let allowed = ["envelope", "policy", "codes", "describe"];
            assert!(
                allowed.iter().any(|module| used.starts_with(module)),
                "{} uses ledger_core::{}",
                path.display(),
                used.lines().next().unwrap_or_default()
            );
        }
    }
}
