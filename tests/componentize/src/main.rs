//! `componentize IN.wasm OUT.wasm`: wraps the core module as a component, proves that the
//! component imports nothing, and writes its digest beside it.
//!
//! The interface travels inside the module, in a custom section that wit-bindgen wrote, so no
//! WIT file is read here. The proof is made on the finished bytes and not on the WIT file:
//! a dependency that reached for a clock or for random numbers would show as an import.

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};
use std::ffi::OsString;
use std::path::Path;
use wasmparser::{Encoding, Parser, Payload, Validator, WasmFeatures};
use wit_component::ComponentEncoder;

fn main() -> Result<()> {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let [input, output] = arguments.as_slice() else {
        eprintln!("usage: componentize MODULE.wasm COMPONENT.wasm");
        std::process::exit(2);
    };
    let (input, output) = (Path::new(input), Path::new(output));
    let module =
        std::fs::read(input).with_context(|| format!("{} cannot be read", input.display()))?;
    let component = encode(&module).with_context(|| format!("wrapping {}", input.display()))?;
    Validator::new_with_features(WasmFeatures::default())
        .validate_all(&component)
        .context("the finished component is not valid")?;
    assert_no_imports(&component)?;
    let unfinished = output.with_extension("wasm.unfinished");
    std::fs::write(&unfinished, &component)
        .and_then(|()| std::fs::rename(&unfinished, output))
        .with_context(|| format!("{} cannot be written", output.display()))?;
    // Hosts compare artefacts with it; a stale one is refused.
    let name = output.file_name().unwrap_or_default().to_string_lossy();
    let note = format!("{}  {name}\n", hex::encode(Sha256::digest(&component)));
    std::fs::write(output.with_extension("sha256"), note)
        .with_context(|| format!("the digest of {} cannot be written", output.display()))?;
    println!(
        "{}: {} bytes (module {} bytes), no imports",
        output.display(),
        component.len(),
        module.len()
    );
    Ok(())
}

/// Wraps a core module. Adapters for other systems' imports are left out on purpose: a module
/// that needs one is refused.
fn encode(module: &[u8]) -> Result<Vec<u8>> {
    ComponentEncoder::default()
        .validate(true)
        .module(module)
        .and_then(|encoder| encoder.encode())
        .map_err(|error| anyhow::anyhow!("{error:#}"))
}

/// Fails when the component imports anything. What the modules inside it import from one another
/// is their own affair: a validated component has wired all of it up within.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "all other sections are of no interest here"
)]
fn assert_no_imports(component: &[u8]) -> Result<()> {
    let mut depth = 0_u32;
    let mut is_component = false;
    let mut names = Vec::new();
    for payload in Parser::new(0).parse_all(component) {
        match payload.context("reading the finished component")? {
            Payload::Version { encoding, .. } => {
                is_component |= depth == 0 && encoding == Encoding::Component;
                depth = depth.saturating_add(1);
            }
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(imports) if depth == 1 => {
                for import in imports {
                    names.push(import?.name.name.to_owned());
                }
            }
            _ => {}
        }
    }
    ensure!(is_component, "the result is no component");
    ensure!(
        names.is_empty(),
        "the component imports {}",
        names.join(", ")
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The smallest component, and one with an import: a component is a preamble and sections.
    const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

    #[test]
    fn a_component_without_imports_passes() {
        assert_no_imports(EMPTY).unwrap();
    }

    #[test]
    fn an_import_is_named() {
        // Type section: one function type without parameters and results.
        let types = b"\x07\x05\x01\x40\x00\x01\x00";
        // Import section: the function "now" of that type.
        let import = b"\x0a\x08\x01\x00\x03now\x01\x00";
        let component = [EMPTY, types, import].concat();
        let error = assert_no_imports(&component).unwrap_err().to_string();
        assert!(error.contains("now"), "{error}");
    }

    #[test]
    fn a_plain_module_is_no_component() {
        let error = assert_no_imports(b"\0asm\x01\0\0\0").unwrap_err();
        assert!(error.to_string().contains("no component"));
    }
}
