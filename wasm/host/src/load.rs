//! From an artefact to a component that wasmtime has accepted.
//!
//! A file is mapped, not read: the pages of the machine code are then shared by all processes of
//! the machine, and a worker of its own holds little more than what a call writes.

use crate::{Error, artefact, engine};
use memmap2::MmapOptions;
use std::fs::{self, File, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use wasmtime::Engine;
use wasmtime::component::Component;

/// A larger file cannot be ours, and checking it would only keep a PHP worker busy.
const ARTEFACT_BYTES: u64 = 128 * 1024 * 1024;

/// A verified component.
pub(crate) struct Loaded {
    pub(crate) engine: Engine,
    pub(crate) component: Component,
    pub(crate) component_sha256: String,
}

/// Loads an artefact from memory, with a copy of its machine code.
pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Loaded, Error> {
    let artefact = artefact::verify(bytes)?;
    let engine = engine::runtime().map_err(|error| mismatch("platform", &error))?;
    // SAFETY: wasmtime asks for bytes that one of its own engines has written, unchanged.
    // `artefact::verify` compared the checksum that `artefact::wrap` took of exactly these
    // bytes, and the full version of wasmtime. Settings are compared by wasmtime itself.
    // A forged file would pass; the module's documentation says so and to whom it matters.
    let component = unsafe { Component::deserialize(&engine, artefact.body) }
        .map_err(|error| mismatch("engine", &error))?;
    Ok(Loaded {
        engine,
        component,
        component_sha256: artefact.component_sha256,
    })
}

/// Maps an artefact's file.
///
/// A file that is mapped must not be written to; replacing it is safe, because a new file takes
/// its name. `byte8-sage-compile` and package managers do that, `cp` over the old file does not.
pub(crate) fn from_file(path: &Path) -> Result<Loaded, Error> {
    let unreadable = |source| Error::ComponentMissing {
        path: path.to_owned(),
        source,
    };
    let file = open(path).map_err(unreadable)?;
    let verified = file.metadata().map_err(unreadable)?;
    let component_sha256 = verify(&file, verified.len()).map_err(unreadable)??;
    check_companion(path, &component_sha256)?;
    let engine = engine::runtime().map_err(|error| mismatch("platform", &error))?;
    // SAFETY: as in `from_bytes`; and the file is the one that was verified, which is checked
    // below before any of it runs. That nobody writes into it is the rule stated above, as for
    // the shared library that this code is in.
    let component = unsafe { Component::deserialize_file(&engine, path) };
    let mapped = fs::metadata(path).map_err(unreadable)?;
    if !is_same(&verified, &mapped) {
        return Err(Error::ComponentCorrupt {
            detail: "it was replaced while it was being loaded".to_owned(),
        });
    }
    Ok(Loaded {
        component: component.map_err(|error| mismatch("engine", &error))?,
        engine,
        component_sha256,
    })
}

/// Verifies a file through a mapping of its own: no copy is made, and the pages are those that
/// wasmtime maps next.
fn verify(file: &File, length: u64) -> std::io::Result<Result<String, Error>> {
    if length == 0 {
        return Ok(Err(Error::ComponentEmpty));
    }
    // SAFETY: the mapping is read and given back before anything else happens. Whoever shortens
    // the file meanwhile ends the process, as with any shared library; the rule of `from_file`.
    let bytes = unsafe { MmapOptions::new().populate().map(file) }?;
    Ok(artefact::verify(&bytes).map(|artefact| artefact.component_sha256))
}

/// Opens a regular file. A device or a pipe could block or never end.
fn open(path: &Path) -> std::io::Result<File> {
    use std::io::{Error, ErrorKind};
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(Error::new(ErrorKind::InvalidInput, "it is no regular file"));
    }
    if metadata.len() > ARTEFACT_BYTES {
        return Err(Error::new(ErrorKind::FileTooLarge, "it is far too large"));
    }
    File::open(path)
}

/// Compares with `translator.sha256`, where that stands beside `translator.cwasm`: the digest of
/// the component that was installed. An artefact of the component before it is stale.
fn check_companion(path: &Path, component_sha256: &str) -> Result<(), Error> {
    let Ok(text) = fs::read_to_string(path.with_extension("sha256")) else {
        return Ok(());
    };
    let expected = text.split_whitespace().next().unwrap_or_default();
    if expected == component_sha256 {
        return Ok(());
    }
    Err(Error::ComponentVersionMismatch {
        what: "component",
        expected: format!("{expected}, which is installed beside it"),
        found: component_sha256.to_owned(),
    })
}

fn is_same(one: &Metadata, other: &Metadata) -> bool {
    let identity = |file: &Metadata| {
        (
            (file.dev(), file.ino(), file.len()),
            (file.mtime(), file.mtime_nsec()),
        )
    };
    identity(one) == identity(other)
}

/// An intact artefact that is not for this host.
pub(crate) fn mismatch(what: &'static str, error: &wasmtime::Error) -> Error {
    Error::ComponentVersionMismatch {
        what,
        expected: "what this host was built with".to_owned(),
        found: one_line(error),
    }
}

/// The cause of a wasmtime error in one line; what is wrapped around it says only that code ran.
pub(crate) fn one_line(error: &wasmtime::Error) -> String {
    let cause = error.root_cause().to_string();
    cause.lines().next().unwrap_or("no message").to_owned()
}
