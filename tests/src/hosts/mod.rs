//! The ways into the core. Each must give the same bytes for the same case.

mod browser;
mod component;
mod converse;
mod php;
mod socket;

pub use browser::Browser;
pub use component::Component;
pub use php::Php;
pub use socket::{CommandLine, PhpSocket, Service, program};

use converse::converse;

use anyhow::{Context, Result};
use std::env;
use std::path::PathBuf;

/// A way into the core: takes event and settings, gives the decision line.
pub trait Host {
    /// The host's name, for messages.
    fn name(&self) -> &'static str;

    /// The decisions on a batch of requests, in the same order.
    ///
    /// # Errors
    /// When the host itself fails; a rejected document is a decision.
    fn translate(&self, requests: &[Request<'_>]) -> Result<Vec<String>>;
}

/// One call of the core.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The event's text.
    pub event: &'a str,
    /// The settings' text.
    pub settings: &'a str,
}

/// The core linked into this process.
#[derive(Debug)]
pub struct Native;

impl Host for Native {
    fn name(&self) -> &'static str {
        "native"
    }

    fn translate(&self, requests: &[Request<'_>]) -> Result<Vec<String>> {
        Ok(requests
            .iter()
            .map(|request| ledger_core::translate(request.event, request.settings).to_json())
            .collect())
    }
}

/// An artefact that `cargo xtask` builds before it runs the tests.
///
/// # Errors
/// When the variable is not set: the tests were started without the xtask.
pub fn artefact(variable: &str) -> Result<PathBuf> {
    env::var_os(variable)
        .map(PathBuf::from)
        .with_context(|| format!("{variable} is not set; start the tests with `cargo xtask test`"))
}
