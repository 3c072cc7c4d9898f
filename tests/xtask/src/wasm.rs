//! A compiler for `wasm32-unknown-unknown`.
//!
//! Usually rustup has the target or fetches it. Where it can fetch nothing, Debian's compiler
//! for web browsers is unpacked under `target/` (see [`crate::debian`]) and builds the standard
//! library from its own sources.

use crate::debian;
use crate::paths;
use crate::process::{Outcome, capture, installed, say, succeeds_within};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The target without an operating system: there is nothing that could be imported.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Set to `debian`, this variable takes the unpacked compiler although rustup has the target.
/// It exists so that the way can be tested on a machine that does not need it.
const CHOICE: &str = "LEDGER_WASM_TOOLCHAIN";

/// rustup may wait long for a network that drops its packets.
const RUSTUP_TIMEOUT: Duration = Duration::from_secs(90);

/// The compiler to use.
pub(crate) enum Toolchain {
    /// The ordinary one has the target.
    Ordinary,
    /// The unpacked one, in this folder.
    Unpacked(debian::Compiler),
}

impl Toolchain {
    /// Adapts a cargo command to the compiler.
    pub(crate) fn apply(&self, cargo: &mut Command) -> Outcome {
        let Self::Unpacked(compiler) = self else {
            return Ok(());
        };
        let mut libraries = compiler.libraries.clone();
        if let Some(present) = std::env::var_os("LD_LIBRARY_PATH") {
            libraries.extend(std::env::split_paths(&present));
        }
        let libraries = std::env::join_paths(libraries).map_err(|error| error.to_string())?;
        cargo
            .env("RUSTC", &compiler.rustc)
            .env("LD_LIBRARY_PATH", libraries)
            // The options below are still called unstable; this allows them.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker()?)
            .arg("-Zbuild-std=std,panic_abort");
        Ok(())
    }
}

/// Finds or makes a compiler for the target.
pub(crate) fn toolchain() -> Outcome<Toolchain> {
    if std::env::var(CHOICE).as_deref() == Ok("debian") {
        return debian::compiler(&paths::wasm_toolchain()).map(Toolchain::Unpacked);
    }
    if has_target() {
        return Ok(Toolchain::Ordinary);
    }
    if let Some(compiler) = debian::unpacked(&paths::wasm_toolchain()) {
        return Ok(Toolchain::Unpacked(compiler));
    }
    if installed("rustup") {
        say(format!("asking rustup for the target {TARGET}"));
        let mut rustup = Command::new("rustup");
        rustup
            .args(["target", "add", TARGET])
            .current_dir(paths::root());
        if succeeds_within(&mut rustup, RUSTUP_TIMEOUT) && has_target() {
            return Ok(Toolchain::Ordinary);
        }
        say("rustup cannot fetch it; taking Debian's compiler for web browsers instead");
    }
    debian::compiler(&paths::wasm_toolchain()).map(Toolchain::Unpacked)
}

/// Whether the ordinary compiler has a standard library for the target.
fn has_target() -> bool {
    let folder = capture(
        Command::new("rustc")
            .args(["--print", "target-libdir", "--target", TARGET])
            .current_dir(paths::root()),
    );
    folder
        .and_then(|folder| std::fs::read_dir(folder).ok())
        .is_some_and(|entries| {
            entries
                .flatten()
                .any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-"))
        })
}

/// The linker that comes with the ordinary compiler: Debian's package has none.
fn linker() -> Outcome<PathBuf> {
    let rustc = |arguments: &[&str]| {
        capture(
            Command::new("rustc")
                .args(arguments)
                .current_dir(paths::root()),
        )
        .ok_or_else(|| "rustc does not answer".to_owned())
    };
    let sysroot = rustc(&["--print", "sysroot"])?;
    let version = rustc(&["-vV"])?;
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .ok_or("rustc does not say for which machine it compiles")?;
    let linker = Path::new(&sysroot).join(format!("lib/rustlib/{host}/bin/rust-lld"));
    if linker.is_file() {
        Ok(linker)
    } else {
        Err(format!("the linker {} is missing", linker.display()))
    }
}
