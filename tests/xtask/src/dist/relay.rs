//! The relay with its command line, as a merchant's server runs it.

use super::VERSION;
use crate::build::cargo;
use crate::files::{copy_folder, put};
use crate::process::{Outcome, run, say};
use crate::{browser, paths};
use std::fs;
use std::path::{Path, PathBuf};

/// The name of archive and package.
pub(crate) const NAME: &str = "ledger-relay";

/// What is installed in `/usr/bin`.
pub(crate) const PROGRAMS: [&str; 2] = [NAME, "ledger-cli"];

/// The page "Preview" and the core for browsers.
pub(crate) const PLAYGROUND: &str = "playground";

/// Where the package keeps the database.
const DATABASE: &str = "/var/lib/ledger-relay/relay.sqlite3";

/// Builds the programs for release, and the pages.
///
/// They use the C library of the system and nothing else of it: without it they could not resolve
/// names as the system is set up to.
pub(crate) fn build() -> Outcome {
    say("building the relay");
    run(cargo()
        .args(["build", "--release"])
        .args(PROGRAMS.map(|name| format!("--package={name}")))
        .env("CARGO_PROFILE_RELEASE_STRIP", "symbols"))?;
    browser::playground_folder()
}

/// Programs, settings, unit, pages and instructions, as they lie in the archive.
pub(crate) fn stage(folder: &Path) -> Outcome<PathBuf> {
    let root = folder.join(format!("{NAME}-{VERSION}"));
    for program in PROGRAMS {
        put(&paths::released(program), &root.join(program), 0o755)?;
    }
    let sources = paths::root().join("relay");
    for name in [
        "relay.toml",
        "tiers.toml",
        "ledger-relay.service",
        "README.md",
    ] {
        put(&sources.join(name), &root.join(name), 0o644)?;
    }
    put(&paths::root().join("LICENSE"), &root.join("LICENSE"), 0o644)?;
    copy_folder(&paths::playground(), &root.join(PLAYGROUND), &[])?;
    Ok(root)
}

/// The settings of the package: the defaults, with the database in its own folder.
pub(crate) fn installed_settings() -> Outcome<String> {
    let file = paths::root().join("relay/relay.toml");
    let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let default = "path = \"relay.sqlite3\"";
    if !text.contains(default) {
        return Err(format!("{} has no {default}", file.display()));
    }
    Ok(text.replace(default, &format!("path = \"{DATABASE}\"")))
}
