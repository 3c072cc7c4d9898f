//! Debian's Rust compiler for web browsers, unpacked and not installed.
//!
//! Installed, it would conflict with rustup. Versions move, so the packages are found by
//! following dependencies from the compiler's package, whatever their numbers are today.

use crate::process::{Outcome, capture, installed, run, say};
use crate::setup::{apt_get, update_lists};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const COMPILER: &str = "rustc-web";
const SOURCES: &str = "rust-web-src";

/// A compiler that was unpacked and has answered.
pub(crate) struct Compiler {
    /// The program.
    pub(crate) rustc: PathBuf,
    /// Where its libraries are.
    pub(crate) libraries: Vec<PathBuf>,
}

/// The compiler in `folder`, where an earlier run has unpacked it completely.
pub(crate) fn unpacked(folder: &Path) -> Option<Compiler> {
    if !folder.join("complete").is_file() {
        return None;
    }
    describe(folder)
}

/// The compiler, unpacked into `folder` if need be.
pub(crate) fn compiler(folder: &Path) -> Outcome<Compiler> {
    if let Some(compiler) = unpacked(folder) {
        return Ok(compiler);
    }
    for program in ["apt-get", "apt-cache", "dpkg-deb"] {
        if !installed(program) {
            return Err(format!(
                "the Rust target {} is missing and {program} is not there to fetch it: \
                 run `rustup target add {}` where there is a network",
                crate::wasm::TARGET,
                crate::wasm::TARGET
            ));
        }
    }
    if candidates(COMPILER).is_none() {
        update_lists();
    }
    let packages = packages()?;
    say(format!(
        "downloading, without installing, {}",
        packages.iter().cloned().collect::<Vec<_>>().join(" ")
    ));
    // What an interrupted run has left is of no use.
    let _ = fs::remove_dir_all(folder);
    let downloads = folder.join("downloads");
    fs::create_dir_all(&downloads)
        .map_err(|error| format!("{} cannot be made: {error}", downloads.display()))?;
    run(apt_get()
        // The user that apt changes to for downloads may not write here.
        .args(["-o", "APT::Sandbox::User=root"])
        .arg("download")
        .args(&packages)
        .current_dir(&downloads))?;
    say(format!("unpacking into {}", folder.display()));
    let archives = fs::read_dir(&downloads).map_err(|error| error.to_string())?;
    for archive in archives.flatten() {
        run(Command::new("dpkg-deb")
            .arg("-x")
            .arg(archive.path())
            .arg(folder))?;
    }
    fs::remove_dir_all(&downloads).map_err(|error| error.to_string())?;
    let compiler = describe(folder)
        .ok_or("the unpacked packages hold no compiler with the sources of its library")?;
    let version = capture(
        Command::new(&compiler.rustc)
            .arg("--version")
            .env("LD_LIBRARY_PATH", joined(&compiler.libraries)),
    )
    .ok_or("the unpacked compiler does not run on this system")?;
    say(format!("unpacked {version}"));
    fs::write(folder.join("complete"), version).map_err(|error| error.to_string())?;
    Ok(compiler)
}

/// The compiler's package, those of its libraries, and the sources of the standard library.
fn packages() -> Outcome<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![COMPILER.to_owned(), SOURCES.to_owned()];
    while let Some(package) = waiting.pop() {
        let dependencies = candidates(&package)
            .ok_or_else(|| format!("this system's package lists have no {package}"))?;
        let ours = package.starts_with("libllvm");
        waiting.extend(dependencies.into_iter().filter(|name| {
            let part_of_compiler =
                name.starts_with("libstd-rust-web") || name.starts_with("libllvm");
            // What LLVM needs is there on most systems; where not, it is unpacked too.
            !found.contains(name) && (part_of_compiler || (ours && !is_installed(name)))
        }));
        found.insert(package);
    }
    Ok(found)
}

/// What a package depends on; nothing where the lists do not know it.
fn candidates(package: &str) -> Option<Vec<String>> {
    let text = capture(Command::new("apt-cache").args([
        "depends",
        "--no-recommends",
        "--no-suggests",
        "--no-conflicts",
        "--no-breaks",
        "--no-replaces",
        "--no-enhances",
        package,
    ]))?;
    if text.is_empty() {
        return None;
    }
    let names = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Depends: "))
        .filter(|name| !name.starts_with('<'))
        .map(str::to_owned);
    Some(names.collect())
}

fn is_installed(package: &str) -> bool {
    capture(Command::new("dpkg-query").args(["-W", "-f", "${Status}", package]))
        .is_some_and(|status| status.ends_with("ok installed"))
}

/// What is in the folder, when it is all there.
fn describe(folder: &Path) -> Option<Compiler> {
    let rustc = folder.join("usr/bin/rustc");
    let mut libraries = Vec::new();
    for parent in ["usr/lib", "lib"] {
        let Ok(entries) = fs::read_dir(folder.join(parent)) else {
            continue;
        };
        libraries.extend(
            entries
                .flatten()
                .map(|entry| entry.path())
                .filter(|path| path.to_string_lossy().contains("-linux-gnu")),
        );
    }
    libraries.sort();
    let sources = folder.join("usr/lib/rustlib/src/rust/library");
    let complete = rustc.is_file() && sources.exists() && !libraries.is_empty();
    complete.then_some(Compiler { rustc, libraries })
}

fn joined(folders: &[PathBuf]) -> std::ffi::OsString {
    std::env::join_paths(folders).unwrap_or_default()
}
