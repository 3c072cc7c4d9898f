//! The core behind the PHP extension, called by the module's own bridge classes.

use super::{Door, Request, artefact};
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;

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

impl Door for Php {
    fn name(&self) -> &'static str {
        "php"
    }

    fn translate(&self, requests: &[Request<'_>]) -> Result<Vec<String>> {
        let input: String = requests
            .iter()
            .map(|request| {
                format!(
                    "{}\n",
                    json!({ "event": request.event, "settings": request.settings })
                )
            })
            .collect();
        let mut child = self
            .command()
            .arg("tests/php/translate.php")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("php does not start")?;
        let mut stdin = child.stdin.take().context("php has no standard input")?;
        // A thread of its own, so that neither side waits for the other with a full pipe.
        let writer = thread::spawn(move || stdin.write_all(input.as_bytes()));
        let output = child.wait_with_output()?;
        let written = writer.join();
        ensure!(
            output.status.success(),
            "translate.php ended with {}",
            output.status
        );
        ensure!(
            matches!(written, Ok(Ok(()))),
            "translate.php did not read its input"
        );
        Ok(String::from_utf8(output.stdout)?
            .lines()
            .map(ToOwned::to_owned)
            .collect())
    }
}
