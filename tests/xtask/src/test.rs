//! `cargo xtask test` and `cargo xtask check`.

use crate::build::{self, REST, TOOLS, cargo};
use crate::process::{Outcome, capture, run, say};
use crate::steps::Steps;
use crate::{paths, php, setup};

/// Everything, in the order in which mistakes are cheapest to find.
pub(crate) fn all() -> Outcome {
    let mut steps = Steps::default();
    steps.step("system packages", setup::packages)?;
    steps.step("format", format)?;
    steps.step("component", || {
        build::component().and_then(|()| build::broken_artefacts())
    })?;
    steps.step("PHP extension", build::extension)?;
    steps.step("PHP extension: scripts", php::extension_scripts)?;
    steps.step("Magento module: code style", php::code_style)?;
    steps.step("Magento module: unit tests", php::unit_tests)?;
    steps.step("component host: tests", || tests(&TOOLS))?;
    steps.step("relay, simulator, tests: build", build::rest)?;
    steps.step("core, relay, corpus: tests", || tests(&REST))?;
    steps.step("lints", lints)?;
    steps.table();
    say("all passed");
    Ok(())
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
    let nextest = capture(cargo().args(["nextest", "--version"])).is_some();
    let mut command = cargo();
    if nextest {
        command.args(["nextest", "run", "--no-fail-fast", "--no-tests=pass"]);
    } else {
        command.args(["test", "--all-targets", "--no-fail-fast"]);
    }
    run(command.args(selection).envs(paths::environment()))?;
    run(cargo()
        .args(["test", "--doc", "--quiet"])
        .args(selection)
        .envs(paths::environment()))
}
