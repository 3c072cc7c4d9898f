//! What is built, and with which cargo command.
//!
//! Cargo unites the features of everything that one command selects, so two commands with other
//! selections build the same dependency twice. There are therefore five fixed selections, and
//! tests and builds of one selection share their work:
//! the modules (WebAssembly), the tools (with a compiler of WebAssembly), the extension (without,
//! for release), the binder (see [`crate::browser`]), and the rest.

use crate::paths;
use crate::process::{Outcome, is_fresh, run, say, size};
use crate::{debian_root, setup, wasm};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The tools: the only programs that contain a compiler of WebAssembly.
pub(crate) const TOOLS: [&str; 6] = [
    "--package",
    "componentize",
    "--package",
    "ledger-wasm-host",
    "--features",
    "ledger-wasm-host/compile",
];

/// Everything that is neither a tool, nor the module, nor the extension.
pub(crate) const REST: [&str; 13] = [
    "--workspace",
    "--exclude",
    "componentize",
    "--exclude",
    "ledger-wasm-host",
    "--exclude",
    "ledger-component",
    "--exclude",
    "ledger-browser",
    "--exclude",
    "ledger-bind",
    "--exclude",
    "ledger-php",
];

/// Cargo, as the one that runs this program.
pub(crate) fn cargo() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.current_dir(paths::root());
    command
}

/// The component and its artefact, up to date.
pub(crate) fn component() -> Outcome {
    module("ledger-component", "component")?;
    tools()?;
    let (module, component) = (paths::module(), paths::component());
    let (wrap, compile) = (
        paths::program("componentize"),
        paths::program("byte8-sage-compile"),
    );
    if let Some(folder) = component.parent() {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
    }
    if !is_fresh(&component, &[&module, &wrap]) {
        say("wrapping the module as a component");
        run(Command::new(&wrap).arg(&module).arg(&component))?;
    }
    let artefact = paths::artefact();
    if !is_fresh(&artefact, &[&component, &compile]) {
        say("compiling the component to machine code");
        run(Command::new(&compile).arg(&component).arg(&artefact))?;
    }
    say(format!(
        "component {}, as machine code {}",
        size(&component),
        size(&artefact)
    ));
    Ok(())
}

/// Artefacts that are wrong in substance, for the tests of the extension.
pub(crate) fn broken_artefacts() -> Outcome {
    let writer = paths::example("broken-artefacts");
    let folder = paths::broken_artefacts();
    if is_fresh(&folder.join("honest.cwasm"), &[&writer]) {
        return Ok(());
    }
    run(Command::new(&writer).arg(&folder))
}

/// A package as a WebAssembly module.
pub(crate) fn module(package: &str, profile: &str) -> Outcome {
    let toolchain = wasm::toolchain()?;
    say(format!("building {package} for WebAssembly"));
    let mut command = cargo();
    command
        .args(["build", "--package", package])
        .args(["--profile", profile, "--target", wasm::TARGET])
        .env("CARGO_TARGET_DIR", paths::wasm_target())
        .env("CARGO_ENCODED_RUSTFLAGS", without_paths());
    toolchain.apply(&mut command)?;
    run(&mut command)
}

/// Options that keep the folders of this machine out of the messages of panics: modules are
/// published, and the same sources shall give the same bytes everywhere.
fn without_paths() -> std::ffi::OsString {
    let home = std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo"));
    let cargo = std::env::var_os("CARGO_HOME").map(PathBuf::from).or(home);
    let folders = [(Some(paths::root()), "ledger"), (cargo, "cargo")];
    let mut options = std::ffi::OsString::new();
    for (folder, name) in folders {
        let Some(folder) = folder else { continue };
        if !options.is_empty() {
            options.push("\u{1f}");
        }
        options.push("--remap-path-prefix=");
        options.push(folder);
        options.push(format!("={name}"));
    }
    options
}

/// The programs that wrap and compile the component, with their tests.
fn tools() -> Outcome {
    say("building the tools that wrap and compile it");
    run(cargo().args(["build", "--all-targets"]).args(TOOLS))
}

/// The PHP extension, up to date.
pub(crate) fn extension() -> Outcome {
    setup::packages()?;
    say("building the PHP extension");
    let mut build = cargo();
    build.args(["build", "--release", "--package", "ledger-php"]);
    if let Some(target) = debian_root::extension_target() {
        build.arg("--target-dir").arg(target);
    }
    run(&mut build)?;
    say(format!("extension {}", size(&paths::extension())));
    Ok(())
}

/// Programs of these packages for release, as they are measured.
pub(crate) fn released(packages: &[&str]) -> Outcome {
    let mut command = cargo();
    command.args(["build", "--release"]);
    for package in packages {
        command.args(["--package", package]);
    }
    run(&mut command)
}

/// `sage-translate` for release, with the component inside.
pub(crate) fn translate() -> Outcome {
    say("building sage-translate");
    run(cargo()
        .args(["build", "--release", "--package", "sage-translate"])
        .env(paths::EMBEDDED_ARTEFACT, paths::artefact()))
}

/// The measuring programs and `sage-translate` for release. Needs the component.
pub(crate) fn measuring() -> Outcome {
    say("building what measures");
    run(cargo()
        .args(["build", "--release"])
        .args(["--package", "ledger-tests", "--package", "sage-translate"])
        .args(["--bin", "bench_core", "--bin", "bench_bridge"])
        .args(["--bin", "soak", "--bin", "sage-translate"])
        .env(paths::EMBEDDED_ARTEFACT, paths::artefact()))
}

/// Writes the pages of `docs/reference`: the tests that compare them do it when told to.
pub(crate) fn reference_pages() -> Outcome {
    run(cargo()
        .args([
            "test",
            "--package",
            "ledger-relay",
            "--package",
            "ledger-cli",
        ])
        .args([
            "--package",
            "ledger-tests",
            "--lib",
            "--bins",
            "--test",
            "rules",
        ])
        .arg("reference_page")
        .env("LEDGER_WRITE_REFERENCE", "1"))
}

/// One program of `ledger-tests`.
pub(crate) fn corpus_tool(name: &str) -> Outcome {
    run(cargo().args(["build", "--package", "ledger-tests", "--bin", name]))
}

/// Relay, simulator, demo and all tests of the rest. Needs the component.
pub(crate) fn rest() -> Outcome {
    say("building relay, simulator and tests");
    run(cargo()
        .args(["build", "--all-targets"])
        .args(REST)
        .envs(paths::environment()))
}
