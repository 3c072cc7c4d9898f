//! Writes the playground: one page, the core, and the golden cases as samples.

use crate::corpus;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// What `cargo xtask browser` leaves for pages.
const CORE: [&str; 7] = [
    "core.js",
    "ledger.js",
    "ledger.js.br",
    "ledger.js.gz",
    "ledger_bg.wasm",
    "ledger_bg.wasm.br",
    "ledger_bg.wasm.gz",
];

/// Writes everything into `folder`, which is emptied first. Gives the number of samples.
///
/// # Errors
/// When the core was not built, or a file cannot be written.
pub fn write(core: &Path, folder: &Path) -> Result<usize> {
    ensure!(
        core.join("core.js").is_file(),
        "{} does not hold the core for browsers; run `cargo xtask browser` and try again",
        core.display()
    );
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    for name in CORE {
        copy(&core.join(name), &folder.join(name))?;
    }
    let page = crate::root().join("wasm/browser/playground");
    for entry in fs::read_dir(&page).with_context(|| page.display().to_string())? {
        let file = entry?.path();
        let name = file.file_name().context("a file has a name")?;
        copy(&file, &folder.join(name))?;
    }
    samples(folder)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| from.display().to_string())?;
    Ok(())
}

/// Every golden case: an entry of the list, and its texts in a file of their own.
fn samples(folder: &Path) -> Result<usize> {
    let cases = corpus::load()?;
    let mut list = Vec::new();
    for case in &cases {
        let decision = ledger_core::translate(&case.event, &case.settings).to_json();
        let decision: Value = serde_json::from_str(&decision)?;
        let rules: Vec<&str> = case.rules.iter().map(|rule| rule.info().id).collect();
        list.push(json!({
            "name": case.name, "why": case.why, "rules": rules,
            "decision": decision.get("decision"),
        }));
        let file = folder.join(format!("samples/{}.json", case.name));
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent)?;
        }
        let texts = json!({ "event": readable(&case.event), "settings": readable(&case.settings) });
        fs::write(&file, texts.to_string()).with_context(|| file.display().to_string())?;
    }
    fs::write(folder.join("samples.json"), Value::from(list).to_string())?;
    Ok(cases.len())
}

/// One key per line, where the text is JSON.
fn readable(text: &str) -> String {
    let value: Result<Value, _> = serde_json::from_str(text);
    let pretty = value.and_then(|value| serde_json::to_string_pretty(&value));
    pretty.unwrap_or_else(|_| text.to_owned())
}
