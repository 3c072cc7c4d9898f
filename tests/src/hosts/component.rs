//! The core as a WebAssembly component, in the host that the PHP extension uses.

use super::{Host, Request, artefact};
use anyhow::Result;
use ledger_wasm_host::Translator;

/// The precompiled component.
#[derive(Debug)]
pub struct Component(Translator);

impl Component {
    /// Loads the artefact `cargo xtask` built.
    ///
    /// # Errors
    /// When it is missing or refused.
    pub fn open() -> Result<Self> {
        Ok(Self(Translator::load(artefact("LEDGER_COMPONENT")?)?))
    }
}

impl Host for Component {
    fn name(&self) -> &'static str {
        "component"
    }

    fn translate(&self, requests: &[Request<'_>]) -> Result<Vec<String>> {
        requests
            .iter()
            .map(|request| Ok(self.0.translate(request.event, request.settings)?.document))
            .collect()
    }
}
