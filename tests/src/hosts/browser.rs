//! The core in Chromium, loaded from a server as a page loads it.

use super::{Host, Request, artefact};
use crate::file_server::FileServer;
use anyhow::{Context, Result, ensure};
use ledger_chromium::Chromium;
use std::sync::{Mutex, PoisonError};

/// A page with the core in it.
#[derive(Debug)]
pub struct Browser {
    chromium: Mutex<Chromium>,
    _server: FileServer,
}

impl Browser {
    /// Starts Chromium and loads the module that `cargo xtask` built.
    ///
    /// # Errors
    /// When Chromium or the module is missing.
    pub fn open() -> Result<Self> {
        let folder = artefact("LEDGER_BROWSER")?;
        ensure!(
            folder.join("core.js").is_file(),
            "{} does not hold the core for browsers; run `cargo xtask browser` and try again",
            folder.display()
        );
        let server = FileServer::start(&folder, 0)?;
        let mut chromium = Chromium::start()?;
        // Any document of the server will do: scripts of the page then come from it.
        chromium.open(&server.url("/core.js"))?;
        chromium.run(
            "import('/core.js').then(core => core.load().then(() => { globalThis.core = core; }))",
        )?;
        Ok(Self {
            chromium: Mutex::new(chromium),
            _server: server,
        })
    }

    /// Calls a function of the core once for each list of texts, all in one message.
    ///
    /// # Errors
    /// What the function throws.
    pub fn call(&self, function: &str, calls: &[Vec<&str>]) -> Result<Vec<String>> {
        let (function, calls) = (
            serde_json::to_string(function)?,
            serde_json::to_string(calls)?,
        );
        let answers = self.run(&format!("{calls}.map(texts => core[{function}](...texts))"))?;
        serde_json::from_value(answers).context("an answer is no text")
    }

    /// Runs a script in the page.
    ///
    /// # Errors
    /// What the script throws.
    pub fn run(&self, script: &str) -> Result<serde_json::Value> {
        let mut chromium = self.chromium.lock().unwrap_or_else(PoisonError::into_inner);
        let value = chromium.run(script)?;
        chromium.assert_no_problems()?;
        Ok(value)
    }
}

impl Host for Browser {
    fn name(&self) -> &'static str {
        "browser"
    }

    fn translate(&self, requests: &[Request<'_>]) -> Result<Vec<String>> {
        let calls: Vec<_> = requests
            .iter()
            .map(|request| vec![request.event, request.settings])
            .collect();
        self.call("translate", &calls)
    }
}
