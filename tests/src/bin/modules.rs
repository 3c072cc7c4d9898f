//! Writes the picture of the modules in ARCHITECTURE.md.

use anyhow::Result;
use ledger_tests::{modules, root};
use std::fs;

fn main() -> Result<()> {
    let path = root().join("ARCHITECTURE.md");
    let page = fs::read_to_string(&path)?;
    fs::write(&path, modules::with_picture(&page)?)?;
    Ok(())
}
