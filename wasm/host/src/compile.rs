//! Compiles a component to machine code, ahead of time and outside of PHP.

use crate::{artefact, engine};
use wasmtime::Engine;

/// Why a component could not be compiled.
#[derive(Debug, thiserror::Error)]
#[error("The component cannot be compiled")]
pub struct CompileError(#[source] wasmtime::Error);

/// Compiles a component and returns the artefact that [`crate::Translator::load`] reads.
///
/// The processor is named explicitly, so that wasmtime uses only what every processor of the
/// kind has, and not the extensions of the machine that happens to build. The artefact of a
/// release runs on all of them, and two builds give the same bytes.
///
/// # Errors
///
/// When the bytes are no valid component.
pub fn compile(component: &[u8]) -> Result<Vec<u8>, CompileError> {
    let mut config = engine::config();
    config
        .target(&target_lexicon::HOST.to_string())
        .map_err(CompileError)?;
    let body = Engine::new(&config)
        .and_then(|engine| engine.precompile_component(component))
        .map_err(CompileError)?;
    Ok(artefact::wrap(component, &body))
}
