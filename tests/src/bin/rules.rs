//! `cargo xtask rules`: writes `golden/RULES.md` from the rule table and the corpus.

use anyhow::Result;
use ledger_tests::{corpus, root, rules_page};
use std::fs;

fn main() -> Result<()> {
    let page = rules_page::render(&corpus::load()?);
    let path = root().join("golden/RULES.md");
    fs::write(&path, page)?;
    println!("wrote golden/RULES.md");
    Ok(())
}
