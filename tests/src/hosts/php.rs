//! The core behind the PHP extension, called by the module's own bridge classes.

use super::{Host, Request, artefact, converse};
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

/// A PHP process per batch, with the real extension loaded.
#[derive(Debug)]
pub struct Php {
    extension: PathBuf,
    component: PathBuf,
}

impl Php {
    /// Takes the extension and the component that `cargo xtask` built.
    ///
    /// # Errors
    /// When the tests were started without the xtask.
    pub fn open() -> Result<Self> {
        Ok(Self {
            extension: artefact("LEDGER_PHP_EXTENSION")?,
            component: artefact("LEDGER_COMPONENT")?,
        })
    }

    /// PHP with the extension loaded, in the repository's root.
    pub fn command(&self) -> Command {
        let mut command = Command::new("php");
        command
            .current_dir(crate::root())
            .arg("-d")
            .arg(format!("extension={}", self.extension.display()))
            .arg("-d")
            .arg(format!("byte8_sage.component={}", self.component.display()));
        command
    }
}

impl Host for Php {
    fn name(&self) -> &'static str {
        "php"
    }

    fn translate(&self, requests: &[Request<'_>]) -> Result<Vec<String>> {
        let mut command = self.command();
        command.arg("tests/php/translate.php");
        converse(&mut command, requests)
    }
}
