//! Files with their modes, in folders that are made when they are missing.

use crate::process::Outcome;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// Copies a file and makes its folder.
pub(crate) fn put(from: &Path, to: &Path, mode: u32) -> Outcome {
    make_folder_of(to)?;
    fs::copy(from, to).map_err(|error| format!("{} cannot be copied: {error}", from.display()))?;
    set_mode(to, mode)
}

/// Writes a file and makes its folder.
pub(crate) fn write(to: &Path, text: &str, mode: u32) -> Outcome {
    make_folder_of(to)?;
    fs::write(to, text).map_err(|error| format!("{}: {error}", to.display()))?;
    set_mode(to, mode)
}

/// Copies what is in a folder, but for entries of these names.
pub(crate) fn copy_folder(from: &Path, to: &Path, left_out: &[&str]) -> Outcome {
    let entries = fs::read_dir(from).map_err(|error| format!("{}: {error}", from.display()))?;
    for entry in entries.flatten() {
        let name = entry.file_name();
        if left_out.iter().any(|left| name == *left) {
            continue;
        }
        let (source, target) = (entry.path(), to.join(&name));
        if source.is_dir() {
            copy_folder(&source, &target, &[])?;
        } else {
            put(&source, &target, 0o644)?;
        }
    }
    Ok(())
}

fn make_folder_of(file: &Path) -> Outcome {
    let folder = file.parent().unwrap_or(file);
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))
}

fn set_mode(file: &Path, mode: u32) -> Outcome {
    fs::set_permissions(file, fs::Permissions::from_mode(mode)).map_err(|error| error.to_string())
}
