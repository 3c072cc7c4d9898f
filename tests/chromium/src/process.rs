//! The process, and the port it can be driven by.

use anyhow::{Context, Result, bail, ensure};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A busy machine may need long to start it.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A Chromium with a profile of its own; both are gone when it is dropped.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    port: u16,
    path: String,
    _profile: TempDir,
}

impl Process {
    /// Starts it and waits until it can be driven.
    pub(crate) fn start() -> Result<Self> {
        let profile = tempfile::tempdir()?;
        let child = Command::new("chromium")
            // The sandbox refuses root, who runs the tests in containers; the pages are our own.
            .args(["--headless=new", "--no-sandbox", "--disable-gpu"])
            .args([
                "--hide-scrollbars",
                "--no-first-run",
                "--disable-extensions",
            ])
            // Small shared memory is common in containers.
            .args(["--disable-dev-shm-usage", "--disable-background-networking"])
            .args(["--force-color-profile=srgb", "--lang=en-GB"])
            .arg("--remote-debugging-port=0")
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| {
                if error.kind() == ErrorKind::NotFound {
                    anyhow::anyhow!(
                        "Chromium is not installed; run `cargo xtask setup` and try again"
                    )
                } else {
                    anyhow::Error::from(error).context("Chromium does not start")
                }
            })?;
        let mut process = Self {
            child,
            port: 0,
            path: String::new(),
            _profile: profile,
        };
        let start = Instant::now();
        loop {
            if let Some((port, path)) = driven_by(process._profile.path()) {
                process.port = port;
                process.path = path;
                return Ok(process);
            }
            if let Some(status) = process.child.try_wait()? {
                bail!("Chromium ended with {status}");
            }
            ensure!(start.elapsed() < TIMEOUT, "Chromium is not ready");
            sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }
}

/// Port and path, once Chromium has written them into its profile.
fn driven_by(profile: &Path) -> Option<(u16, String)> {
    let text = fs::read_to_string(profile.join("DevToolsActivePort")).ok()?;
    let (port, path) = text.split_once('\n')?;
    let port = port.parse().context("a port").ok()?;
    (!path.is_empty()).then(|| (port, path.trim().to_owned()))
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to kill.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
