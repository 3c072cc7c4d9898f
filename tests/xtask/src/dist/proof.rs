//! What was packed is unpacked and tried: a package that does not work is none.

use super::{COMPONENT_FOLDER, VERSION, relay};
use crate::paths;
use crate::process::{Outcome, capture, installed, run, say};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The event that is translated, and the start of its decision.
const EVENT: &str = "golden/cases/invoice/domestic_sale_with_taxed_shipping/canonical.json";
const SETTINGS: &str = "golden/profiles/gb_base.json";
const DECISION: &str = "{\"decision\":\"post\",";

/// The archive of the extension: the extension with its own component and compiler.
pub(crate) fn extension(archive: &Path) -> Outcome {
    let folder = unpack(archive)?.join(format!("byte8-sage-{VERSION}"));
    let artefact = folder.join("translator.cwasm");
    let shipped = fs::read(&artefact).map_err(|error| error.to_string())?;
    translates(&folder.join("byte8_sage.so"), &artefact)?;
    // What the shipped compiler makes of the shipped component is what was shipped.
    let again = folder.join("again.cwasm");
    run(Command::new(folder.join("byte8-sage-compile"))
        .arg(folder.join("translator.wasm"))
        .arg(&again))?;
    if fs::read(&again).map_err(|error| error.to_string())? != shipped {
        return Err("the shipped compiler makes another artefact than the one shipped".to_owned());
    }
    is_static(&folder.join("byte8-sage-compile"))?;
    done(archive)
}

/// The archive for PIE: the extension loads and says what it lacks.
pub(crate) fn pie(archive: &Path) -> Outcome {
    let folder = unpack(archive)?;
    translates(&folder.join("byte8_sage.so"), &paths::artefact())?;
    done(archive)
}

/// The archive of the service.
pub(crate) fn service(archive: &Path) -> Outcome {
    let folder = unpack(archive)?.join(format!("sage-translate-{VERSION}"));
    let program = folder.join("sage-translate");
    is_static(&program)?;
    let event = fs::File::open(paths::root().join(EVENT)).map_err(|error| error.to_string())?;
    expect(Command::new(&program).stdin(event), &program)?;
    done(archive)
}

/// The archive of the relay: programs of this release, the settings, and the pages for browsers.
pub(crate) fn relay(archive: &Path) -> Outcome {
    let folder = unpack(archive)?.join(format!("{}-{VERSION}", relay::NAME));
    for program in relay::PROGRAMS {
        let told = capture(Command::new(folder.join(program)).arg("--version"));
        if !told.is_some_and(|told| told.ends_with(VERSION)) {
            return Err(format!("{program} does not say that it is {VERSION}"));
        }
    }
    for file in ["relay.toml", "playground/index.html"] {
        if !folder.join(file).is_file() {
            return Err(format!("{file} is missing in {}", archive.display()));
        }
    }
    done(archive)
}

/// What a Debian package is for.
#[derive(Clone, Copy)]
pub(crate) enum Content<'a> {
    /// The extension, in this folder of PHP's.
    Extension(&'a str),
    /// A service, by its unit.
    Service(&'a str),
}

/// A Debian package, unpacked and not installed.
pub(crate) fn package(deb: &Path, content: Content<'_>) -> Outcome {
    let folder = empty_folder(deb)?;
    run(Command::new("dpkg-deb").arg("-R").arg(deb).arg(&folder))?;
    for script in ["postinst", "prerm", "postrm"] {
        let script = folder.join("DEBIAN").join(script);
        if script.is_file() {
            run(Command::new("sh").arg("-n").arg(&script))?;
        }
    }
    match content {
        Content::Extension(extensions) => translates(
            &folder.join(extensions).join("byte8_sage.so"),
            &folder.join(COMPONENT_FOLDER).join("translator.cwasm"),
        )?,
        Content::Service(unit) => confinement(&folder, unit)?,
    }
    done(deb)
}

/// systemd reads the unit and finds the service well confined.
fn confinement(root: &Path, unit: &str) -> Outcome {
    /// Tenths of systemd's own measure, 0 (confined) to 10 (exposed).
    const EXPOSURE: &str = "--threshold=15";
    if !installed("systemd-analyze") {
        say("systemd-analyze is missing: the units are not looked at");
        return Ok(());
    }
    let mut argument = std::ffi::OsString::from("--root=");
    argument.push(root);
    run(Command::new("systemd-analyze")
        .args(["security", "--no-pager", "--offline=true", EXPOSURE])
        .arg(argument)
        .arg(unit))
}

fn translates(extension: &Path, component: &Path) -> Outcome {
    let mut php = Command::new("php");
    php.arg("-n")
        .arg("-d")
        .arg(format!("extension={}", extension.display()))
        .arg("-d")
        .arg(format!("byte8_sage.component={}", component.display()));
    translates_in(&mut php, extension)
}

/// A PHP decides on the event with the extension that it has.
pub(crate) fn translates_in(php: &mut Command, extension: &Path) -> Outcome {
    let code = "echo (new Byte8\\Sage\\Translator())->translate(\
                file_get_contents($argv[1]), file_get_contents($argv[2]))->json;";
    let root = paths::root();
    php.args(["-r", code, "--"])
        .arg(root.join(EVENT))
        .arg(root.join(SETTINGS));
    expect(php, extension)
}

fn expect(command: &mut Command, what: &Path) -> Outcome {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("{}: {error}", what.display()))?;
    if output.status.success() && output.stdout.starts_with(DECISION.as_bytes()) {
        return Ok(());
    }
    Err(format!("{} does not translate", what.display()))
}

/// No interpreter is asked for: the program brings all of its code.
fn is_static(program: &Path) -> Outcome {
    let headers = capture(Command::new("readelf").arg("-lW").arg(program))
        .ok_or("readelf does not answer")?;
    if headers.contains("INTERP") {
        return Err(format!("{} needs shared libraries", program.display()));
    }
    Ok(())
}

fn empty_folder(archive: &Path) -> Outcome<PathBuf> {
    let folder = archive.with_file_name("stage").join("proof");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    Ok(folder)
}

fn unpack(archive: &Path) -> Outcome<PathBuf> {
    let folder = empty_folder(archive)?;
    run(Command::new("tar")
        .arg("-xf")
        .arg(archive)
        .arg("-C")
        .arg(&folder))?;
    Ok(folder)
}

fn done(archive: &Path) -> Outcome {
    let name = archive.file_name().unwrap_or_default().to_string_lossy();
    say(format!("{name}: unpacked and tried"));
    Ok(())
}
