//! `ledger-bind IN.wasm FOLDER`: writes the module of `wasm/browser` and its JavaScript glue into a
//! folder, compressed copies beside them, and prints the sizes.
//!
//! It is a program of its own because `cargo xtask` uses the standard library only. The binding is
//! done by wasm-bindgen's own library, whose version Cargo keeps equal to that of the crate, so no
//! `wasm-bindgen` has to be installed.

use anyhow::{Context, Result, ensure};
use flate2::{Compression, write::GzEncoder};
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::Path;
use wasm_bindgen_cli_support::Bindgen;
use wasmparser::{Parser, Payload};

/// The files are called by this name.
const NAME: &str = "ledger";

/// Best quality of Brotli, and its largest window.
const BROTLI: (u32, u32) = (11, 24);

fn main() -> Result<()> {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let [input, output] = arguments.as_slice() else {
        eprintln!("usage: ledger-bind MODULE.wasm FOLDER");
        std::process::exit(2);
    };
    let (input, output) = (Path::new(input), Path::new(output));
    bind(input, output).with_context(|| format!("binding {}", input.display()))?;
    let module = fs::read(output.join(format!("{NAME}_bg.wasm")))?;
    only_glue_is_imported(&module)?;
    for name in [format!("{NAME}_bg.wasm"), format!("{NAME}.js")] {
        compress(&output.join(name))?;
    }
    Ok(())
}

/// Writes module and glue.
fn bind(input: &Path, output: &Path) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(input)
        .web(true)?
        .out_name(NAME)
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        // After a panic the page takes a fresh instance.
        .reset_state_function(true);
    bindgen.generate(output)
}

/// Fails when the module imports anything but the few functions of wasm-bindgen's glue: the core
/// must not reach a clock, random numbers or the network through the page.
fn only_glue_is_imported(module: &[u8]) -> Result<()> {
    for payload in Parser::new(0).parse_all(module) {
        let Payload::ImportSection(imports) = payload.context("reading the bound module")? else {
            continue;
        };
        for import in imports.into_imports() {
            let name = import?.name;
            let is_glue = name == "__wbindgen_init_externref_table"
                || name.starts_with("__wbg___wbindgen_throw_");
            ensure!(is_glue, "the module imports {name}");
        }
    }
    Ok(())
}

/// Writes the file's compressed copies and prints the sizes.
fn compress(file: &Path) -> Result<()> {
    let bytes = fs::read(file)?;
    let mut brotli = Vec::new();
    let (quality, window) = BROTLI;
    brotli::CompressorWriter::new(&mut brotli, 4096, quality, window).write_all(&bytes)?;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&bytes)?;
    let gzip = gzip.finish()?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    println!(
        "{name}: {} bytes, gzip {}, brotli {}",
        bytes.len(),
        gzip.len(),
        brotli.len()
    );
    fs::write(file.with_file_name(format!("{name}.br")), brotli)?;
    fs::write(file.with_file_name(format!("{name}.gz")), gzip)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module with the import `name` of the type `() -> ()`.
    fn importing(name: &str) -> Vec<u8> {
        let length = u8::try_from(name.len()).unwrap();
        let mut module = b"\0asm\x01\0\0\0\x01\x04\x01\x60\x00\x00".to_vec();
        module.extend([2, length + 6, 1, 1, b'g', length]);
        module.extend(name.as_bytes());
        module.extend([0, 0]);
        module
    }

    #[test]
    fn the_glue_may_be_imported() {
        only_glue_is_imported(&importing("__wbindgen_init_externref_table")).unwrap();
        only_glue_is_imported(&importing("__wbg___wbindgen_throw_0123456789abcdef")).unwrap();
    }

    #[test]
    fn anything_else_is_named() {
        let error = only_glue_is_imported(&importing("__wbg_now_0123456789abcdef")).unwrap_err();
        assert!(error.to_string().contains("now"), "{error}");
    }
}
