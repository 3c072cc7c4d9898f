//! The core for browsers: module, JavaScript glue, compressed copies; and the playground.

use crate::build::{self, cargo};
use crate::process::{Outcome, is_fresh, run, say};
use crate::{commands, paths, setup};
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode};

/// The program that binds the module to JavaScript. Only its own selection contains it, because
/// nothing else needs wasm-bindgen's library.
const BINDER: [&str; 2] = ["--package", "ledger-bind"];

/// What every page loads; the rest is its own.
const SCRIPT: &str = "wasm/browser/js/core.js";

/// The folder `target/browser`, up to date.
pub(crate) fn browser() -> Outcome {
    build::module("ledger-browser", "browser")?;
    say("building the tool that binds it to JavaScript");
    run(cargo().args(["build", "--all-targets"]).args(BINDER))?;
    let (module, binder) = (paths::browser_module(), paths::program("ledger-bind"));
    let folder = paths::browser();
    let bound = folder.join("ledger_bg.wasm.gz");
    if !is_fresh(&bound, &[&module, &binder]) {
        say("binding and compressing");
        run(Command::new(&binder).arg(&module).arg(&folder))?;
    }
    let script = paths::root().join(SCRIPT);
    std::fs::copy(&script, folder.join("core.js"))
        .map_err(|error| format!("{} cannot be copied: {error}", script.display()))?;
    Ok(())
}

/// The accessibility checker of the tests, as its lock file names it; npm runs none of its scripts.
pub(crate) fn axe() -> Outcome {
    let folder = paths::axe();
    let source = paths::root().join("tests/chromium/axe");
    let lock = source.join("package-lock.json");
    if is_fresh(&folder.join("node_modules/axe-core/axe.min.js"), &[&lock]) {
        return Ok(());
    }
    say("fetching axe-core");
    npm_packages(&source, &folder)?;
    let script = folder.join("node_modules/axe-core/axe.min.js");
    let now = std::time::SystemTime::now();
    // The package's files are as old as the package.
    std::fs::File::options()
        .append(true)
        .open(&script)
        .and_then(|file| file.set_modified(now))
        .map_err(|error| format!("{}: {error}", script.display()))
}

/// Installs the packages that a lock file names into a folder, and copies what stands beside it.
pub(crate) fn npm_packages(source: &Path, folder: &Path) -> Outcome {
    let failed = |error| format!("{} cannot be written: {error}", folder.display());
    std::fs::create_dir_all(folder).map_err(failed)?;
    for entry in std::fs::read_dir(source).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        std::fs::copy(entry.path(), folder.join(entry.file_name())).map_err(failed)?;
    }
    run(Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(folder))
}

/// The folder alone.
pub(crate) fn command() -> Outcome {
    browser()?;
    println!("{}", paths::browser().display());
    Ok(())
}

/// `target/playground`; with `--serve [PORT]` also served on the loopback interface.
pub(crate) fn playground(arguments: &[OsString]) -> Outcome<ExitCode> {
    browser()?;
    commands::corpus_tool("playground", arguments)
}

/// `target/playground`, up to date.
pub(crate) fn playground_folder() -> Outcome {
    browser()?;
    build::corpus_tool("playground")?;
    run(Command::new(paths::program("playground")).envs(paths::environment()))
}

/// Sizes, time to ready and time per translation in Chromium.
pub(crate) fn bench() -> Outcome<ExitCode> {
    setup::packages()?;
    browser()?;
    commands::corpus_tool("bench_browser", &[])
}

/// Goes through the set-up guide in Chromium, and copies its pictures into the documentation.
pub(crate) fn pictures() -> Outcome {
    setup::packages()?;
    run(cargo()
        .args(["test", "--package", "ledger-relay", "--test", "relay"])
        .arg("set_up_in_browser")
        .envs(paths::environment()))?;
    let folder = paths::root().join("docs/screenshots");
    let made = paths::root().join("target/screenshots/guide");
    let failed = |error| format!("the pictures cannot be copied: {error}");
    for entry in std::fs::read_dir(&made).map_err(failed)? {
        let picture = entry.map_err(failed)?;
        std::fs::copy(picture.path(), folder.join(picture.file_name())).map_err(failed)?;
    }
    say("docs/screenshots has the pictures of the guide");
    Ok(())
}
