//! `cargo xtask test`, `cargo xtask test PART` and `cargo xtask check`.

use crate::build::{self, REST, TOOLS, cargo};
use crate::process::{Outcome, capture, run, say};
use crate::steps::Steps;
use crate::{browser, paths, php, setup};
use std::ffi::OsString;
use std::process::Command;

/// Tests of some Rust packages that can be run alone: name, packages, and the tests among theirs
/// as an expression of nextest (empty: all).
const PARTS: [(&str, &[&str], &str); 7] = [
    ("core", &["ledger-core"], ""),
    (
        "corpus",
        &["ledger-tests"],
        "not binary(fpm) & not binary(socket)",
    ),
    (
        "relay",
        &[
            "ledger-relay",
            "ledger-cli",
            "ledger-plan",
            "ledger-sage",
            "ledger-delivery",
        ],
        "",
    ),
    ("stores", &["ledger-store"], ""),
    ("simulator", &["sage-simulator"], ""),
    ("stress", &["ledger-stress"], ""),
    (
        "socket",
        &["ledger-tests", "sage-translate"],
        "package(sage-translate) | binary(socket)",
    ),
];
/// Parts that are not one selection of Rust tests.
const OTHERS: [&str; 5] = ["php", "module", "host", "browser", "lints"];

/// Everything, in the order in which mistakes are cheapest to find.
fn all() -> Outcome {
    let mut steps = Steps::default();
    steps.step("system packages", setup::packages)?;
    steps.step("format", format)?;
    steps.step("component", with_broken_artefacts)?;
    steps.step("PHP extension", build::extension)?;
    steps.step("PHP extension: scripts", php::extension_scripts)?;
    steps.step("Magento module: code style", php::code_style)?;
    steps.step("Magento module: unit tests", php::unit_tests)?;
    steps.step("component host: tests", || tests(&TOOLS))?;
    steps.step("browser module", browser::browser)?;
    steps.step("browser module: tests", || selected(&["ledger-bind"], ""))?;
    steps.step("relay, simulator, tests: build", build::rest)?;
    steps.step("core, relay, corpus: tests", || tests(&REST))?;
    steps.step("lints", lints)?;
    steps.table();
    say("all passed");
    Ok(())
}

/// Everything, or the parts of these names.
pub(crate) fn command(names: &[OsString]) -> Outcome {
    if names.is_empty() {
        return all();
    }
    let names: Vec<_> = names.iter().map(|name| name.to_string_lossy()).collect();
    // A wrong name is refused before the first part runs.
    if let Some(unknown) = names.iter().find(|name| !is_part(name)) {
        let known: Vec<&str> = PARTS.iter().map(|part| part.0).chain(OTHERS).collect();
        return Err(format!(
            "there is no part {unknown:?}; there are {}",
            known.join(", ")
        ));
    }
    let mut steps = Steps::default();
    steps.step("system packages", setup::packages)?;
    for name in &names {
        part(name, &mut steps)?;
    }
    steps.table();
    Ok(())
}

fn is_part(name: &str) -> bool {
    OTHERS.contains(&name) || PARTS.iter().any(|part| part.0 == name)
}

fn part(name: &str, steps: &mut Steps) -> Outcome {
    match name {
        "php" => {
            steps.step("component", with_broken_artefacts)?;
            steps.step("PHP extension", build::extension)?;
            steps.step("PHP extension: scripts", php::extension_scripts)?;
            steps.step("PHP-FPM: tests", || {
                selected(&["ledger-tests"], "binary(fpm)")
            })
        }
        "module" => {
            steps.step("component", build::component)?;
            steps.step("PHP extension", build::extension)?;
            steps.step("Magento module: code style", php::code_style)?;
            steps.step("Magento module: unit tests", php::unit_tests)
        }
        "host" => {
            steps.step("component", with_broken_artefacts)?;
            steps.step("component host: tests", || tests(&TOOLS))
        }
        "browser" => {
            steps.step("browser module", browser::browser)?;
            steps.step("browser module: tests", || selected(&["ledger-bind"], ""))?;
            steps.step("pages in Chromium: tests", || {
                selected(&["ledger-tests"], "test(browser) | binary(playground)")
            })
        }
        "lints" => {
            steps.step("format", format)?;
            steps.step("lints", lints)
        }
        _ => {
            let Some((label, packages, filter)) = PARTS.into_iter().find(|part| part.0 == name)
            else {
                return Ok(());
            };
            if packages.contains(&"ledger-tests") {
                steps.step("component", with_broken_artefacts)?;
                steps.step("PHP extension", build::extension)?;
            }
            if packages.contains(&"ledger-tests") || packages.contains(&"ledger-relay") {
                steps.step("browser module", browser::browser)?;
                steps.step("accessibility checker", browser::axe)?;
            }
            if label != "core" {
                steps.step("relay, simulator, tests: build", build::rest)?;
            }
            steps.step(label, || selected(packages, filter))
        }
    }
}

fn with_broken_artefacts() -> Outcome {
    build::component().and_then(|()| build::broken_artefacts())
}

/// Tests of some packages, as far as the expression of nextest chooses them.
fn selected(packages: &[&str], filter: &str) -> Outcome {
    let nextest = has_nextest();
    let mut command = runner(nextest);
    for package in packages {
        command.args(["--package", package]);
    }
    if nextest && !filter.is_empty() {
        command.args(["-E", filter]);
    }
    run(command.envs(paths::environment()))
}

/// Format and lints.
pub(crate) fn check_only() -> Outcome {
    let mut steps = Steps::default();
    steps.step("system packages", setup::packages)?;
    steps.step("format", format)?;
    steps.step("lints", lints)?;
    steps.table();
    Ok(())
}

fn format() -> Outcome {
    run(cargo().args(["fmt", "--all", "--check"]))
}

fn lints() -> Outcome {
    run(cargo()
        .args(["clippy", "--workspace", "--all-targets"])
        .args(["--features", "ledger-wasm-host/compile"])
        .args(["--", "--deny", "warnings"]))
}

/// The tests of a selection, then the examples in its documentation.
fn tests(selection: &[&str]) -> Outcome {
    let nextest = has_nextest();
    let mut command = runner(nextest);
    if nextest {
        command.arg("--no-tests=pass");
    }
    run(command.args(selection).envs(paths::environment()))?;
    run(cargo()
        .args(["test", "--doc", "--quiet"])
        .args(selection)
        .envs(paths::environment()))
}

fn has_nextest() -> bool {
    capture(cargo().args(["nextest", "--version"])).is_some()
}

/// The test runner: nextest where it is installed.
fn runner(nextest: bool) -> Command {
    let mut command = cargo();
    if nextest {
        command.args(["nextest", "run", "--no-fail-fast"]);
    } else {
        command.args(["test", "--all-targets", "--no-fail-fast"]);
    }
    command
}
