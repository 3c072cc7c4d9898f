//! Puts the precompiled component into the program: the file that `SAGE_TRANSLATE_ARTEFACT` names.
//!
//! Without the variable the program is built all the same, so that lints and editors need no
//! component; it then says that it holds none.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

const VARIABLE: &str = "SAGE_TRANSLATE_ARTEFACT";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-env-changed={VARIABLE}");
    let copy = PathBuf::from(env::var("OUT_DIR")?).join("translator.cwasm");
    match env::var_os(VARIABLE) {
        Some(artefact) => {
            let artefact = PathBuf::from(artefact);
            println!("cargo:rerun-if-changed={}", artefact.display());
            fs::copy(&artefact, copy)
                .map_err(|error| format!("{}: {error}", artefact.display()))?;
        }
        None => fs::write(copy, [])?,
    }
    Ok(())
}
