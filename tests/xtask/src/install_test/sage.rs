//! The simulator, as the Sage of an installed relay.

use crate::paths;
use crate::process::Outcome;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The client id of the app at Sage.
pub(super) const APP: &str = "installed-app";

pub(super) struct Sage {
    process: Child,
    pub(super) address: String,
    pub(super) secret: String,
}

impl Sage {
    /// Starts it, with a secret of its own.
    pub(super) fn start(folder: &Path) -> Outcome<Self> {
        let secret = format!("secret-{}", std::process::id());
        let mut process = Command::new(paths::program("sage-simulator"))
            .args(["--listen", "127.0.0.1:0"])
            .args(["--client-id", APP, "--client-secret", &secret])
            .current_dir(folder)
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("the simulator cannot be started: {error}"))?;
        let mut line = String::new();
        if let Some(out) = process.stdout.take() {
            BufReader::new(out)
                .read_line(&mut line)
                .map_err(|error| error.to_string())?;
        }
        let address = line
            .split('"')
            .find(|word| word.starts_with("127."))
            .ok_or_else(|| format!("the simulator says {line:?}"))?;
        Ok(Self {
            address: format!("http://{address}"),
            process,
            secret,
        })
    }

    /// What the relay must know to use it, and that the test's shop may be on this machine.
    pub(super) fn settings(&self) -> [(&'static str, String); 4] {
        let sage = &self.address;
        [
            (
                "LEDGER_RELAY__SAGE__AUTHORIZE_URL",
                format!("{sage}/oauth2/auth/central?filter=apiv3.1"),
            ),
            ("LEDGER_RELAY__SAGE__TOKEN_URL", format!("{sage}/token")),
            ("LEDGER_RELAY__SAGE__API_URL", format!("{sage}/v3.1")),
            (
                "LEDGER_RELAY__PUSH__ALLOW_PRIVATE_NETWORKS",
                "true".to_owned(),
            ),
        ]
    }
}

impl Drop for Sage {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
