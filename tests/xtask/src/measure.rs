//! The commands that measure or search: benchmarks, properties, fuzzing.
//!
//! None of them belongs to `test`: they take long, and times depend on the machine.

use crate::build::{self, cargo};
use crate::process::{Outcome, capture, run, say};
use crate::{browser, commands, magento, paths, setup};
use std::ffi::OsString;
use std::process::ExitCode;

/// Documents of the nightly run.
const MANY: &str = "1000000";

/// Shops of the simulated day.
const SHOPS: &str = "1000";

/// Seconds for each fuzz target.
const SECONDS: &str = "60";

/// Calls of each part of the soak test.
const SOAK_CALLS: &str = "100000";

/// The fuzz targets of `tests/fuzz`.
const TARGETS: [&str; 3] = ["event", "settings", "envelope"];

/// The property tests in the release profile.
pub(crate) fn properties(arguments: &[OsString]) -> Outcome {
    let documents = number(arguments, MANY)?;
    say(format!("trying {documents} documents"));
    run(cargo()
        .args(["test", "--release", "--package", "ledger-tests"])
        .args(["--test", "properties", "--", "--nocapture"])
        .env("LEDGER_PROPERTY_DOCUMENTS", documents)
        .envs(paths::environment()))
}

/// A day of many shops on virtual time, in the release profile.
pub(crate) fn day(arguments: &[OsString]) -> Outcome {
    let shops = number(arguments, SHOPS)?;
    run(cargo()
        .args(["test", "--release", "--package", "ledger-delivery"])
        .args(["--test", "simulated_day", "--", "--nocapture"])
        .env("LEDGER_DAY_SHOPS", shops))
}

/// One of the benchmarks.
pub(crate) fn bench(arguments: &[OsString]) -> Outcome<ExitCode> {
    match arguments {
        [what] if what == "core" => bench_translation("bench_core"),
        [what] if what == "bridge" => bench_translation("bench_bridge"),
        [what] if what == "browser" => browser::bench(),
        [what, rest @ ..] if what == "relay" => bench_relay("bench_relay", rest),
        [what, rest @ ..] if what == "dashboard" => bench_relay("bench_dashboard", rest),
        [what, rest @ ..] if what == "module" => magento::bench(rest),
        [what, rest @ ..] if what == "backfill" => magento::bench_backfill(rest),
        _ => Err(
            "usage: cargo xtask bench core|bridge|browser|relay|dashboard, or \
             cargo xtask bench module|backfill --magento DIR"
                .to_owned(),
        ),
    }
}

/// The relay, or its dashboard, on SQLite and on PostgreSQL side by side.
fn bench_relay(program: &str, words: &[OsString]) -> Outcome<ExitCode> {
    setup::packages()?;
    build::released(&["ledger-relay", "ledger-cli", "ledger-stress"])?;
    if words.iter().any(|word| word == "--peer") {
        let source = paths::root().join("tests/stress/peer");
        browser::npm_packages(&source, &paths::peer())?;
    }
    commands::become_program(
        std::process::Command::new(paths::released(program))
            .args(words)
            .env("LEDGER_RELAY_BIN", paths::released("ledger-relay"))
            .env("LEDGER_PEER", paths::peer()),
    )
}

/// Time of a translation: in Rust, or by every way from PHP.
fn bench_translation(program: &str) -> Outcome<ExitCode> {
    setup::packages()?;
    build::component()?;
    build::extension()?;
    build::measuring()?;
    commands::become_program(
        std::process::Command::new(paths::released(program)).envs(paths::measuring_environment()),
    )
}

/// The bridge in real PHP-FPM workers for long.
pub(crate) fn soak(arguments: &[OsString]) -> Outcome<ExitCode> {
    let calls = number(arguments, SOAK_CALLS)?;
    setup::packages()?;
    build::component()?;
    build::extension()?;
    build::measuring()?;
    commands::become_program(
        std::process::Command::new(paths::released("soak"))
            .arg(calls)
            .envs(paths::measuring_environment()),
    )
}

/// Every fuzz target for a time.
pub(crate) fn fuzz(arguments: &[OsString]) -> Outcome {
    let seconds = number(arguments, SECONDS)?;
    if capture(cargo().args(["fuzz", "--version"])).is_none() {
        return Err(
            "cargo-fuzz is missing: cargo install cargo-fuzz --locked; it also needs the nightly \
             compiler: rustup toolchain install nightly"
                .to_owned(),
        );
    }
    for target in TARGETS {
        say(format!("fuzzing {target} for {seconds} s"));
        // cargo as chosen by rustup, because only the nightly compiler has the sanitizers.
        run(std::process::Command::new("cargo")
            .current_dir(paths::root())
            .args([
                "+nightly",
                "fuzz",
                "run",
                "--fuzz-dir",
                "tests/fuzz",
                target,
            ])
            .args([
                "--",
                "-timeout=10",
                "-max_len=65536",
                "-print_final_stats=1",
            ])
            .arg(format!("-max_total_time={seconds}"))
            .env_remove("CARGO")
            .env_remove("RUSTC")
            .env_remove("RUSTUP_TOOLCHAIN"))?;
    }
    Ok(())
}

/// The only argument, a whole number, or what is usual.
fn number(arguments: &[OsString], usual: &str) -> Outcome<String> {
    match arguments {
        [] => Ok(usual.to_owned()),
        [one] => {
            let text = one.to_string_lossy();
            let number: u32 = text
                .parse()
                .map_err(|_| format!("{text:?} is no whole number"))?;
            Ok(number.to_string())
        }
        _ => Err("one number at most".to_owned()),
    }
}
