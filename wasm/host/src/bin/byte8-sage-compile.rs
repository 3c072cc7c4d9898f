//! `byte8-sage-compile IN.wasm OUT.cwasm`: compiles a component for the machine it runs on.
//!
//! The result is loaded and asked for its versions before it is written, so a component that
//! no host would accept never becomes a file.

use ledger_wasm_host::{Translator, compile};
use std::error::Error;
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let [input, output] = arguments.as_slice() else {
        eprintln!("usage: byte8-sage-compile IN.wasm OUT.cwasm");
        return ExitCode::from(2);
    };
    match run(Path::new(input), Path::new(output)) {
        Ok(summary) => {
            println!("{summary}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            let mut text = error.to_string();
            let mut source = error.source();
            while let Some(cause) = source {
                text.push_str(": ");
                text.push_str(&cause.to_string());
                source = cause.source();
            }
            eprintln!("byte8-sage-compile: {}: {text}", input.display());
            ExitCode::FAILURE
        }
    }
}

fn run(input: &Path, output: &Path) -> Result<String, Box<dyn Error>> {
    let component = std::fs::read(input)?;
    let artefact = compile(&component)?;
    let description = Translator::from_artefact(&artefact)?.describe().clone();
    // A host that starts meanwhile must never see half a file.
    let unfinished = output.with_extension("cwasm.unfinished");
    std::fs::write(&unfinished, &artefact)?;
    std::fs::rename(&unfinished, output)?;
    Ok(format!(
        "{}: {} bytes, core {}, rules {}",
        output.display(),
        artefact.len(),
        description.core_version,
        description.rule_table_hash,
    ))
}
