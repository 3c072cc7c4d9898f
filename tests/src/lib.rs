//! The golden corpus, the hosts it is sent through, and the demo.
//!
//! The corpus is the specification: code exists to make it true.

pub mod advice;
pub mod corpus;
pub mod demo;
pub mod hosts;
pub mod modules;
pub mod fpm;
pub mod generate;
pub mod recorded;
pub mod rules_page;

use std::path::{Path, PathBuf};

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
