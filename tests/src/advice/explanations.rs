//! `golden/explanations/<kind>/<idea>.txt`: the readable page of a golden case.

use crate::corpus::{Case, folders};
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::PathBuf;

/// A page and the case it is about.
#[derive(Debug)]
pub struct Explanation {
    /// `invoice/domestic_sale_with_taxed_shipping`.
    pub name: String,
    /// The file.
    pub file: PathBuf,
    /// What must be printed.
    pub expected: String,
}

impl Explanation {
    /// Every page, in the order of the files' names.
    ///
    /// # Errors
    /// A file that is no page, or no page at all.
    pub fn load() -> Result<Vec<Self>> {
        let mut pages = Vec::new();
        for kind in folders(&crate::root().join("golden/explanations"))? {
            for entry in fs::read_dir(&kind)? {
                let file = entry?.path();
                let shown = file.display().to_string();
                let idea = file.file_name().and_then(|name| name.to_str());
                let idea = idea.and_then(|name| name.strip_suffix(".txt"));
                let idea = idea.with_context(|| format!("{shown} does not belong here"))?;
                let kind = kind.file_name().and_then(|name| name.to_str());
                pages.push(Self {
                    name: format!("{}/{idea}", kind.context("a folder has a name")?),
                    expected: fs::read_to_string(&file)?,
                    file,
                });
            }
        }
        pages.sort_by(|one, other| one.name.cmp(&other.name));
        ensure!(!pages.is_empty(), "no explanation");
        Ok(pages)
    }
}

/// The page of a golden case as it is now.
///
/// # Errors
/// When there is no such case.
pub fn explain_case(name: &str) -> Result<String> {
    let case = Case::load_unfinished(&crate::root().join("golden/cases").join(name))
        .with_context(|| format!("case {name}"))?;
    Ok(ledger_core::explain::explain(&case.event, &case.settings))
}
