//! `broken-artefacts FOLDER`: writes artefacts that are intact as files and wrong in substance,
//! for the tests of the PHP extension, which cannot make them itself.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a fixture that cannot be made ends the tests"
)]

use ledger_wasm_host::compile;
use std::path::PathBuf;

#[path = "../tests/support/mod.rs"]
mod support;

fn main() {
    let folder = PathBuf::from(std::env::args_os().nth(1).expect("a folder"));
    std::fs::create_dir_all(&folder).unwrap();
    for (name, component) in [
        ("honest", support::honest()),
        ("another-schema", support::of_another_schema()),
        ("no-exports", support::without_exports()),
        ("traps", support::that_traps()),
        ("spins", support::that_spins()),
        ("hoards", support::that_hoards()),
    ] {
        let path = folder.join(name).with_extension("cwasm");
        std::fs::write(&path, compile(&component).unwrap()).unwrap();
        println!("{}", path.display());
    }
}
