//! Where things are.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The top of the repository.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// Cargo's folder for everything that is built.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => std::path::absolute(&folder).unwrap_or_else(|_| PathBuf::from(folder)),
        None => root().join("target"),
    }
}

/// Where the WebAssembly module is built: a folder of its own, because another compiler may
/// build it, and each would throw the other's work away.
pub(crate) fn wasm_target() -> PathBuf {
    target().join("wasm")
}

/// Where the unpacked compiler is kept, on machines that need one.
pub(crate) fn wasm_toolchain() -> PathBuf {
    target().join("wasm-toolchain")
}

/// The core module as the compiler leaves it.
pub(crate) fn module() -> PathBuf {
    wasm_target().join("wasm32-unknown-unknown/component/ledger_component.wasm")
}

/// The module for browsers as the compiler leaves it.
pub(crate) fn browser_module() -> PathBuf {
    wasm_target().join("wasm32-unknown-unknown/browser/ledger_browser.wasm")
}

/// Module, glue and compressed copies, as a page loads them.
pub(crate) fn browser() -> PathBuf {
    target().join("browser")
}

/// The page that shows decisions, with all that it loads.
pub(crate) fn playground() -> PathBuf {
    target().join("playground")
}

/// Where npm puts the accessibility checker.
pub(crate) fn axe() -> PathBuf {
    target().join("axe")
}

/// The component.
pub(crate) fn component() -> PathBuf {
    target().join("component/translator.wasm")
}

/// The component as machine code.
pub(crate) fn artefact() -> PathBuf {
    target().join("component/translator.cwasm")
}

/// Artefacts that are wrong in substance, for tests.
pub(crate) fn broken_artefacts() -> PathBuf {
    target().join("component/broken")
}

/// The PHP extension.
pub(crate) fn extension() -> PathBuf {
    let target = crate::debian_root::extension_target().unwrap_or_else(target);
    target.join(format!("release/{DLL_PREFIX}byte8_sage{DLL_SUFFIX}"))
}

/// A program of the workspace, in the profile that the tests use.
pub(crate) fn program(name: &str) -> PathBuf {
    target().join("debug").join(name)
}

/// A program of the workspace for release.
pub(crate) fn released(name: &str) -> PathBuf {
    target().join("release").join(name)
}

/// A program among the examples of the workspace.
pub(crate) fn example(name: &str) -> PathBuf {
    target().join("debug/examples").join(name)
}

/// Names the artefact that a build of `sage-translate` puts inside.
pub(crate) const EMBEDDED_ARTEFACT: &str = "SAGE_TRANSLATE_ARTEFACT";

/// What tests and the demo find in their environment.
pub(crate) fn environment() -> Vec<(&'static str, OsString)> {
    vec![
        ("LEDGER_ROOT", root().into()),
        ("LEDGER_COMPONENT", artefact().into()),
        ("LEDGER_COMPONENT_WASM", component().into()),
        ("LEDGER_BROKEN_ARTEFACTS", broken_artefacts().into()),
        ("LEDGER_BROWSER", browser().into()),
        ("LEDGER_PLAYGROUND", playground().into()),
        ("LEDGER_AXE", axe().into()),
        ("LEDGER_PHP_EXTENSION", extension().into()),
        ("LEDGER_RELAY_BIN", program("ledger-relay").into()),
        ("LEDGER_CLI_BIN", program("ledger-cli").into()),
        ("LEDGER_SIMULATOR_BIN", program("sage-simulator").into()),
        ("LEDGER_TRANSLATE_BIN", program("sage-translate").into()),
        ("LEDGER_PHP_FPM", crate::php::fpm().into()),
        (EMBEDDED_ARTEFACT, artefact().into()),
    ]
}

/// The peer of `bench relay --peer`, with its packages.
pub(crate) fn peer() -> PathBuf {
    target().join("peer")
}

/// The same for programs that measure: what they start is built for release.
pub(crate) fn measuring_environment() -> Vec<(&'static str, OsString)> {
    let mut environment = self::environment();
    environment.push(("LEDGER_TRANSLATE_BIN", released("sage-translate").into()));
    environment
}
