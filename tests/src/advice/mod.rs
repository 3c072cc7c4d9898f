//! The golden data of what the core says to people: problems of settings (`golden/policies`),
//! causes behind Sage's error replies (`golden/responses`), the readable page of a decision
//! (`golden/explanations`).
//!
//! A closed world like the cases: an unknown file, a folder without an expectation or an empty
//! collection is an error.

mod explanations;
mod policies;
mod responses;

pub use explanations::{Explanation, explain_case};
pub use policies::PolicyCase;
pub use responses::ResponseCase;

use crate::corpus::{Evidence, folders};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// The file that holds what must come out.
pub const EXPECTED: &str = "expected.json";

/// One folder: what goes in, and the list that must come out.
pub trait Advice: Sized {
    /// Where the folders are, below the repository's root.
    const COLLECTION: &'static str;

    /// Reads a folder strictly; the expectation may be missing.
    ///
    /// # Errors
    /// Anything that does not fit the format of `golden/README.md`.
    fn read(folder: &Path) -> Result<Self>;

    /// The core's answer: a JSON list on one line.
    fn answer(&self) -> String;
}

/// Every folder of a collection, in the order of their names.
///
/// # Errors
/// The first folder that is malformed, or an empty collection.
pub fn load<A: Advice>() -> Result<Vec<(PathBuf, A)>> {
    let collection = crate::root().join(A::COLLECTION);
    let mut loaded = Vec::new();
    for folder in folders(&collection)? {
        let advice = A::read(&folder).with_context(|| folder.display().to_string())?;
        loaded.push((folder, advice));
    }
    ensure!(!loaded.is_empty(), "{} is empty", collection.display());
    Ok(loaded)
}

/// Every folder whose answer is not the expected one, with the answer.
///
/// # Errors
/// A collection that cannot be read, or an answer that is no JSON.
pub fn unexpected<A: Advice>() -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    for (folder, advice) in load::<A>()? {
        let actual = pretty(&advice.answer())?;
        if actual != expectation(&folder) {
            wrong.push(format!("{}: got {actual}", folder.display()));
        }
    }
    Ok(wrong)
}

/// All expectations of a collection, one after the other.
///
/// # Errors
/// A collection that cannot be read.
pub fn expectations<A: Advice>() -> Result<String> {
    let all = load::<A>()?;
    Ok(all.iter().map(|(folder, _)| expectation(folder)).collect())
}

/// What must come out; nothing where the file is missing.
fn expectation(folder: &Path) -> String {
    fs::read_to_string(folder.join(EXPECTED)).unwrap_or_default()
}

/// An answer as an expectation file holds it: one key per line.
///
/// # Errors
/// When the answer is no JSON.
pub fn pretty(answer: &str) -> Result<String> {
    let value: Value = serde_json::from_str(answer).context("the answer is no JSON")?;
    Ok(format!("{}\n", serde_json::to_string_pretty(&value)?))
}

fn refuse_surplus_files(folder: &Path, known: &[&str]) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        ensure!(
            name == EXPECTED || known.contains(&&*name),
            "{name} does not belong here"
        );
    }
    Ok(())
}

fn check_head(why: &str, evidence: &Evidence) -> Result<()> {
    ensure!(!why.trim().is_empty(), "`why` is empty");
    ensure!(
        !evidence.reference.trim().is_empty(),
        "the evidence has no reference"
    );
    let grades = ["observed", "documented", "reported", "assumed"];
    ensure!(
        grades.contains(&evidence.grade.as_str()),
        "unknown evidence grade {:?}",
        evidence.grade
    );
    Ok(())
}
