//! The commands other than `test` and `check`.

use crate::process::{Outcome, say};
use crate::{build, paths, php, setup, wasm};
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

/// Set-up alone.
pub(crate) fn setup() -> Outcome {
    setup::packages()?;
    match wasm::toolchain()? {
        wasm::Toolchain::Ordinary => say("the Rust compiler has the WebAssembly target"),
        wasm::Toolchain::Unpacked(compiler) => {
            say(format!("WebAssembly by {}", compiler.rustc.display()));
        }
    }
    say("everything is there");
    Ok(())
}

/// The component alone.
pub(crate) fn component() -> Outcome {
    build::component()?;
    println!("{}", paths::component().display());
    println!("{}", paths::artefact().display());
    Ok(())
}

/// The extension alone.
pub(crate) fn extension() -> Outcome {
    build::extension()?;
    println!("{}", paths::extension().display());
    Ok(())
}

/// The program for hosts without the extension.
pub(crate) fn translate() -> Outcome {
    build::component()?;
    build::translate()?;
    println!("{}", paths::released("sage-translate").display());
    Ok(())
}

/// Decisions on recorded rows, by the real builder and the real extension.
pub(crate) fn plan(arguments: &[OsString]) -> Outcome<ExitCode> {
    setup::packages()?;
    build::component()?;
    build::extension()?;
    let mut command = php::command();
    command
        .arg(paths::root().join("tests/php/plan.php"))
        .args(arguments);
    become_program(&mut command)
}

/// The way of recorded documents into the simulator.
pub(crate) fn demo(arguments: &[OsString]) -> Outcome<ExitCode> {
    setup::packages()?;
    build::component()?;
    build::extension()?;
    tool("demo", arguments)
}

/// A program of the tests' package. It is built with the rest, so that it shares their work.
pub(crate) fn tool(name: &str, arguments: &[OsString]) -> Outcome<ExitCode> {
    build::component()?;
    build::rest()?;
    become_tool(name, arguments)
}

/// A program of `ledger-tests` that needs neither the component nor the relay.
pub(crate) fn corpus_tool(name: &str, arguments: &[OsString]) -> Outcome<ExitCode> {
    build::corpus_tool(name)?;
    become_tool(name, arguments)
}

fn become_tool(name: &str, arguments: &[OsString]) -> Outcome<ExitCode> {
    let mut command = Command::new(paths::program(name));
    command.args(arguments).envs(paths::environment());
    become_program(&mut command)
}

/// A trial of the relay, which needs PostgreSQL beside the programs.
pub(crate) fn trial(name: &str, arguments: &[OsString]) -> Outcome<ExitCode> {
    setup::packages()?;
    tool(name, arguments)
}

/// Lets the program take the place of this one: its streams, signals and exit status are then
/// the user's without any passing on.
pub(crate) fn become_program(command: &mut Command) -> Outcome<ExitCode> {
    let error = command.exec();
    Err(format!(
        "{} cannot be started: {error}",
        command.get_program().to_string_lossy()
    ))
}
