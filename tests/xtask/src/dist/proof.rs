//! What was packed is unpacked and tried: a package that does not work is none.

use super::VERSION;
use crate::paths;
use crate::process::{Outcome, capture, run, say};
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

fn translates(extension: &Path, component: &Path) -> Outcome {
    let code = "echo (new Byte8\\Sage\\Translator())->translate(\
                file_get_contents($argv[1]), file_get_contents($argv[2]))->json;";
    let root = paths::root();
    let mut php = Command::new("php");
    php.arg("-n")
        .arg("-d")
        .arg(format!("extension={}", extension.display()))
        .arg("-d")
        .arg(format!("byte8_sage.component={}", component.display()))
        .args(["-r", code, "--"])
        .arg(root.join(EVENT))
        .arg(root.join(SETTINGS));
    expect(&mut php, extension)
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

fn unpack(archive: &Path) -> Outcome<PathBuf> {
    let folder = archive.with_file_name("stage").join("proof");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
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
