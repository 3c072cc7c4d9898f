//! `cargo xtask dist`: what a merchant installs, for the PHP and the processor at hand.
//!
//! Everything is built for release, packed so that two runs give the same archives, unpacked
//! again and tried. What cannot be built here is said: see `php-ext-bridge/INSTALL.md`.

mod deb;
mod module;
mod php;
pub(crate) mod proof;
mod relay;

use crate::build::{self, cargo};
use crate::files::{put, write};
use crate::process::{Outcome, capture, run, say, size};
use crate::{paths, setup};
use php::Php;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Version of all artefacts: that of the workspace.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Where a package puts the component.
const COMPONENT_FOLDER: &str = "usr/lib/byte8-sage";

/// Builds and proves everything.
pub(crate) fn all() -> Outcome {
    setup::packages()?;
    build::component()?;
    build::extension()?;
    let target = host_target()?;
    let translate = static_program("sage-translate", &target, false)?;
    let compiler = static_program("byte8-sage-compile", &target, true)?;
    let php = Php::of_path()?;
    relay::build()?;

    let dist = paths::target().join("dist");
    let _ = fs::remove_dir_all(&dist);
    let stage = dist.join("stage");
    let extension = stage_extension(&stage.join("extension"), &php, &compiler)?;
    let service = stage_service(&stage.join("service"), &translate)?;
    let pie = stage_pie(&stage.join("pie"))?;
    let relay = relay::stage(&stage.join("relay"))?;

    let processor = std::env::consts::ARCH;
    let name = |text: String| dist.join(text);
    let pie_archive = name(php.pie_asset(VERSION, processor));
    pack(&pie, &pie_archive)?;
    let service_archive = name(format!("sage-translate-{VERSION}-{processor}.tar.gz"));
    pack(&service, &service_archive)?;

    let relay_archive = name(format!("{}-{VERSION}-{processor}.tar.gz", relay::NAME));
    pack(&relay, &relay_archive)?;

    pack_extension(&dist, &extension, &php)?;
    proof::pie(&pie_archive)?;
    proof::service(&service_archive)?;
    proof::relay(&relay_archive)?;
    deb::service(&dist, &service)?;
    deb::relay(&dist, &relay)?;
    fs::remove_dir_all(&stage).map_err(|error| error.to_string())?;
    let _: PathBuf = module::zip(&dist)?;
    checksums(&dist)
}

/// The extension alone, added to what is there: for the PHP of another release of Debian.
pub(crate) fn extension_alone() -> Outcome {
    setup::packages()?;
    build::component()?;
    build::extension()?;
    let compiler = static_program("byte8-sage-compile", &host_target()?, true)?;
    let php = Php::of_path()?;
    let dist = paths::target().join("dist");
    let stage = dist.join("stage");
    let extension = stage_extension(&stage.join("extension"), &php, &compiler)?;
    pack_extension(&dist, &extension, &php)?;
    fs::remove_dir_all(&stage).map_err(|error| error.to_string())?;
    checksums(&dist)
}

/// Archive and Debian package of the extension, tried.
fn pack_extension(dist: &Path, extension: &Path, php: &Php) -> Outcome {
    let processor = std::env::consts::ARCH;
    let name = format!("byte8-sage-{VERSION}-{}-{processor}.tar.gz", php.flavour());
    let archive = dist.join(name);
    pack(extension, &archive)?;
    proof::extension(&archive)?;
    match php.debian_folder() {
        Some(_) => deb::extension(dist, extension, php),
        None => {
            say("this PHP is not Debian's: no package of the extension, take the archive");
            Ok(())
        }
    }
}

/// The Magento module alone, which needs no release builds. Gives the zip.
pub(crate) fn module_zip() -> Outcome<PathBuf> {
    setup::packages()?;
    build::component()?;
    let dist = paths::target().join("dist");
    fs::create_dir_all(&dist).map_err(|error| format!("{}: {error}", dist.display()))?;
    module::zip(&dist)
}

/// The target triple of this machine.
fn host_target() -> Outcome<String> {
    let version = capture(Command::new("rustc").arg("-vV").current_dir(paths::root()));
    version
        .as_deref()
        .and_then(|text| text.lines().find_map(|line| line.strip_prefix("host: ")))
        .map(str::to_owned)
        .ok_or_else(|| "rustc does not say for which machine it compiles".to_owned())
}

/// A program without shared libraries, so that it runs on any Linux with this processor.
///
/// The target is named although it is this machine's: only then do the flags leave build
/// scripts and macros alone.
fn static_program(name: &str, target: &str, with_compiler: bool) -> Outcome<PathBuf> {
    say(format!("building {name} without shared libraries"));
    let flags = format!(
        "CARGO_TARGET_{}_RUSTFLAGS",
        target.to_uppercase().replace('-', "_")
    );
    let mut command = cargo();
    command
        .args(["build", "--release", "--target", target, "--bin", name])
        .env(flags, "-C target-feature=+crt-static")
        .env("CARGO_PROFILE_RELEASE_STRIP", "symbols")
        .env(paths::EMBEDDED_ARTEFACT, paths::artefact());
    if with_compiler {
        command.args(["--package", "ledger-wasm-host"]);
        command.args(["--features", "ledger-wasm-host/compile"]);
    } else {
        command.args(["--package", name]);
    }
    run(&mut command)?;
    Ok(paths::target().join(target).join("release").join(name))
}

/// Extension, component, compiler, stubs and instructions, as they lie in the archive.
fn stage_extension(folder: &Path, php: &Php, compiler: &Path) -> Outcome<PathBuf> {
    let bridge = paths::root().join("php-ext-bridge");
    let component = paths::component();
    let root = folder.join(format!("byte8-sage-{VERSION}"));
    put(&paths::extension(), &root.join("byte8_sage.so"), 0o644)?;
    put(&component, &root.join("translator.wasm"), 0o644)?;
    let digest = component.with_extension("sha256");
    put(&digest, &root.join("translator.sha256"), 0o644)?;
    put(&paths::artefact(), &root.join("translator.cwasm"), 0o644)?;
    put(compiler, &root.join("byte8-sage-compile"), 0o755)?;
    for name in ["INSTALL.md", "byte8_sage.ini", "stubs/byte8_sage.stub.php"] {
        put(&bridge.join(name), &root.join(name), 0o644)?;
    }
    put(&paths::root().join("LICENSE"), &root.join("LICENSE"), 0o644)?;
    write(&root.join("BUILT-FOR"), &php.description(), 0o644)?;
    Ok(root)
}

/// What PIE takes out of an archive: the extension alone.
fn stage_pie(folder: &Path) -> Outcome<PathBuf> {
    put(&paths::extension(), &folder.join("byte8_sage.so"), 0o644)?;
    Ok(folder.to_owned())
}

/// The service with its units.
fn stage_service(folder: &Path, program: &Path) -> Outcome<PathBuf> {
    let socket = paths::root().join("wasm/socket");
    let root = folder.join(format!("sage-translate-{VERSION}"));
    put(program, &root.join("sage-translate"), 0o755)?;
    for name in ["sage-translate.service", "sage-translate.socket"] {
        put(&socket.join("systemd").join(name), &root.join(name), 0o644)?;
    }
    put(&socket.join("README.md"), &root.join("README.md"), 0o644)?;
    put(&paths::root().join("LICENSE"), &root.join("LICENSE"), 0o644)?;
    Ok(root)
}

/// An archive that depends on its content only. A folder that is named after the release is
/// packed as such, any other by what is in it.
fn pack(folder: &Path, archive: &Path) -> Outcome {
    let is_release = folder.to_string_lossy().ends_with(VERSION);
    let (parent, content) = match (folder.parent(), folder.file_name()) {
        (Some(parent), Some(name)) if is_release => (parent, name.to_owned()),
        _ => (folder, ".".into()),
    };
    run(Command::new("tar")
        .args(["--sort=name", "--mtime=@0", "--owner=0", "--group=0"])
        .args(["--numeric-owner", "--use-compress-program=gzip -n9"])
        .arg("-cf")
        .arg(archive)
        .arg("-C")
        .arg(parent)
        .arg(content))
}

/// Lists what was made, with digests.
fn checksums(dist: &Path) -> Outcome {
    let mut names: Vec<String> = fs::read_dir(dist)
        .map_err(|error| error.to_string())?
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let sums = capture(Command::new("sha256sum").args(&names).current_dir(dist))
        .ok_or("sha256sum does not answer")?;
    fs::write(dist.join("SHA256SUMS"), format!("{sums}\n")).map_err(|error| error.to_string())?;
    for name in &names {
        let path = dist.join(name);
        println!("{}  {}", path.display(), size(&path));
    }
    Ok(())
}
