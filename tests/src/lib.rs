//! The golden corpus, the hosts it is sent through, and the demo.
//!
//! The corpus is the specification: code exists to make it true.

pub mod advice;
pub mod corpus;
pub mod decisions_page;
pub mod demo;
pub mod file_server;
pub mod fpm;
pub mod generate;
pub mod hosts;
pub mod modules;
pub mod playground;
pub mod recorded;
pub mod rules_page;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every file below a folder whose name has one of these endings, sorted; what was built, installed
/// or hidden is left out.
///
/// # Errors
/// When a folder cannot be read.
pub fn files(folder: &Path, endings: &[&str]) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_dir() {
                let is_ours = !["target", "node_modules", "vendor"].contains(&&*name);
                if is_ours && !name.starts_with('.') {
                    folders.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
