//! Loads `golden/cases` and refuses surprises.
//!
//! A case is a folder with `case.toml`, `canonical.json` and exactly one of
//! `sage.json`, `skip.json`, `reject.json`. Anything else in the tree is an error,
//! because a file nobody reads is a case nobody runs.

mod case;
mod schema;

pub use case::{Case, Evidence, Expected, Source, settings};
pub use schema::RequestSchemas;

use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::path::{Path, PathBuf};

/// Every case, in the order of the folders' names.
///
/// # Errors
/// An unreadable or surplus file, an unknown rule, a missing or second outcome, or no case at all.
pub fn load() -> Result<Vec<Case>> {
    let cases = crate::root().join("golden/cases");
    let mut loaded = Vec::new();
    for kind in folders(&cases)? {
        for folder in folders(&kind)? {
            let case = Case::load(&folder).with_context(|| folder.display().to_string())?;
            loaded.push(case);
        }
    }
    ensure!(!loaded.is_empty(), "no case under {}", cases.display());
    Ok(loaded)
}

/// The sub-folders of a folder that may hold nothing else.
///
/// # Errors
/// When the folder is unreadable or holds a file.
pub fn folders(parent: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(parent).with_context(|| parent.display().to_string())? {
        let path = entry?.path();
        if !path.is_dir() {
            bail!("{} does not belong here", path.display());
        }
        found.push(path);
    }
    found.sort();
    Ok(found)
}
