//! The Magento module against a real Magento, where one is given.

use crate::commands::become_program;
use crate::process::Outcome;
use crate::{build, dist, paths, php, setup};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

/// Classes, methods, events and XML of the module against the sources in DIR.
pub(crate) fn check(arguments: &[OsString]) -> Outcome<ExitCode> {
    let folder = magento("module-check", arguments)?;
    setup::packages()?;
    let mut command = Command::new("php");
    command
        .arg(paths::root().join("tests/php/module-check.php"))
        .arg(folder);
    become_program(&mut command)
}

/// Installs the module into the Magento at DIR, drives it through Magento's own services with
/// relay and simulator running, and takes it away again.
pub(crate) fn end_to_end(arguments: &[OsString]) -> Outcome<ExitCode> {
    let folder = magento("module-e2e", arguments)?;
    setup::packages()?;
    build::component()?;
    build::extension()?;
    build::rest()?;
    let zip = dist::module_zip()?;
    let mut command = php::command();
    command
        .arg(paths::root().join("tests/php/module-e2e.php"))
        .arg(folder)
        .env("LEDGER_MODULE_ZIP", zip)
        .envs(paths::environment());
    become_program(&mut command)
}

/// What the module adds to the save of an invoice in the Magento at DIR, developer and
/// production mode, and how long the invoice takes to Sage.
pub(crate) fn bench(arguments: &[OsString]) -> Outcome<ExitCode> {
    measure("bench module", "tests/php/module-bench.php", arguments)
}

/// Dry run, decisions and delivery of many invoices in the Magento at DIR.
pub(crate) fn bench_backfill(arguments: &[OsString]) -> Outcome<ExitCode> {
    measure("bench backfill", "tests/php/backfill-bench.php", arguments)
}

fn measure(name: &str, script: &str, arguments: &[OsString]) -> Outcome<ExitCode> {
    let folder = magento(name, arguments)?;
    setup::packages()?;
    build::component()?;
    build::extension()?;
    build::released(&["ledger-relay", "ledger-cli", "sage-simulator"])?;
    let zip = dist::module_zip()?;
    let mut command = php::command();
    command
        .arg(paths::root().join(script))
        .arg(folder)
        .env("LEDGER_MODULE_ZIP", zip)
        .envs(paths::environment())
        .env("LEDGER_RELAY_BIN", paths::released("ledger-relay"))
        .env("LEDGER_SIMULATOR_BIN", paths::released("sage-simulator"));
    become_program(&mut command)
}

fn magento(command: &str, arguments: &[OsString]) -> Outcome<PathBuf> {
    match arguments {
        [option, folder] if option == "--magento" => std::path::absolute(folder)
            .map_err(|error| format!("{}: {error}", folder.to_string_lossy())),
        _ => Err(format!("usage: cargo xtask {command} --magento DIR")),
    }
}
