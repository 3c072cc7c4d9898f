//! The Magento module as a zip: what `app/code/Byte8/SageAccounting` or a Composer artifact
//! repository holds, with the component inside.

use super::VERSION;
use crate::files::{copy_folder, put};
use crate::paths;
use crate::process::{Outcome, capture, run, say, size};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is there for our tests only.
const LEFT_OUT: [&str; 2] = ["Test", "phpunit.xml.dist"];

/// Zips cannot tell times before 1980; this one makes two runs give the same zip.
const TIME: &str = "1980-01-01 00:00:00 UTC";

/// Packs the module and tries the zip.
pub(crate) fn zip(dist: &Path) -> Outcome<PathBuf> {
    let stage = dist.join("module");
    let _ = fs::remove_dir_all(&stage);
    let module = paths::root().join("magento-module");
    copy_folder(&module, &stage, &LEFT_OUT)?;
    let component = paths::component();
    let inside = stage.join("component");
    put(&component, &inside.join("translator.wasm"), 0o644)?;
    put(
        &component.with_extension("sha256"),
        &inside.join("translator.sha256"),
        0o644,
    )?;
    put(
        &paths::root().join("LICENSE"),
        &stage.join("LICENSE"),
        0o644,
    )?;
    let archive = dist.join(format!("byte8-module-sage-accounting-{VERSION}.zip"));
    pack(&stage, &archive)?;
    prove(&archive, &dist.join("module-unpacked"))?;
    fs::remove_dir_all(&stage).map_err(|error| error.to_string())?;
    say(format!("{}: {}", archive.display(), size(&archive)));
    Ok(archive)
}

fn pack(folder: &Path, archive: &Path) -> Outcome {
    let _ = fs::remove_file(archive);
    let command =
        "find . -exec touch -d \"$1\" {} + && find . -type f | LC_ALL=C sort | zip -X -q -@ \"$0\"";
    run(Command::new("sh")
        .args(["-c", command])
        .arg(archive)
        .arg(TIME)
        .current_dir(folder))
}

/// Unpacks the zip: every PHP file is PHP, the component is the one that was built, and nothing
/// of the tests came along.
fn prove(archive: &Path, folder: &Path) -> Outcome {
    let _ = fs::remove_dir_all(folder);
    run(Command::new("unzip")
        .args(["-q", "-d"])
        .arg(folder)
        .arg(archive))?;
    if fs::read(folder.join("component/translator.wasm")).ok() != fs::read(paths::component()).ok()
    {
        return Err("the zip holds another component than the one that was built".to_owned());
    }
    for name in LEFT_OUT {
        if folder.join(name).exists() {
            return Err(format!("the zip holds {name}"));
        }
    }
    let files: Vec<PathBuf> = php_files(folder)?;
    for file in &files {
        if capture(Command::new("php").arg("-l").arg(file)).is_none() {
            return Err(format!("{} is no PHP", file.display()));
        }
    }
    say(format!(
        "the zip holds {} PHP files, all of them sound",
        files.len()
    ));
    fs::remove_dir_all(folder).map_err(|error| error.to_string())
}

fn php_files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(php_files(&path)?);
        } else if path
            .extension()
            .is_some_and(|ending| ending == "php" || ending == "phtml")
        {
            found.push(path);
        }
    }
    Ok(found)
}
