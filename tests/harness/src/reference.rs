//! Pages of `docs/reference` that are made from code.

use std::path::{Path, PathBuf};

/// Set by `cargo xtask reference`, which writes the pages instead of comparing them.
const WRITE: &str = "LEDGER_WRITE_REFERENCE";

/// Compares a page with what the code says now.
///
/// # Errors
/// When they differ, or the page cannot be read or written.
pub fn is_up_to_date(name: &str, text: &str) -> Result<(), String> {
    let file = folder().join(name);
    let failed = |error| format!("{}: {error}", file.display());
    if std::env::var_os(WRITE).is_some() {
        return std::fs::write(&file, text).map_err(failed);
    }
    let present = std::fs::read_to_string(&file).map_err(failed)?;
    if present == text {
        return Ok(());
    }
    Err(format!(
        "docs/reference/{name} is older than the code: run `cargo xtask reference`"
    ))
}

fn folder() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.ancestors().nth(2).unwrap_or(here);
    root.join("docs/reference")
}

/// A cell of a table: nothing in it ends it.
#[must_use]
pub fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
