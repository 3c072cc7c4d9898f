//! A process of ours: ready when it prints its address, gone when it is dropped.

use anyhow::{Context, Result, anyhow};
use serde::Deserialize;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(60);

/// A running server.
#[derive(Debug)]
pub struct Server {
    child: Child,
    ready: Ready,
}

/// What a program prints when it is ready.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Ready {
    listening: String,
    /// Where a relay's pages are.
    #[serde(default)]
    pub dashboard: Option<String>,
    /// The link with which a relay's first account is made.
    #[serde(default)]
    pub create_the_first_account: Option<String>,
}

impl Ready {
    /// `http://ADDRESS:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.listening)
    }
}

impl Server {
    /// Starts a program that prints `{"listening":"ADDRESS:PORT"}` when it is ready.
    pub fn start(name: &str, command: &mut Command) -> Result<Self> {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{name} does not start"))?;
        // From here on an early return ends the process.
        let mut server = Self {
            child,
            ready: Ready::default(),
        };
        server.ready = ready(name, &mut server.child)?;
        Ok(server)
    }

    /// `http://ADDRESS:PORT`.
    pub fn url(&self) -> String {
        self.ready.url()
    }

    /// What it printed when it was ready.
    pub fn ready(&self) -> &Ready {
        &self.ready
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to kill.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The address that a program prints when it is ready, as `http://ADDRESS:PORT`.
///
/// # Errors
/// When it prints none in time, or ends.
pub fn announced(name: &str, child: &mut Child) -> Result<String> {
    ready(name, child).map(|ready| ready.url())
}

/// Waits for what a program prints when it is ready.
fn ready(name: &str, child: &mut Child) -> Result<Ready> {
    let stdout = child
        .stdout
        .take()
        .with_context(|| format!("{name} has no standard output"))?;
    let (sender, receiver) = channel();
    // Reads on after the first line, so that the program never waits for a full pipe.
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            // Nobody listens after the first address; that is no failure.
            drop(sender.send(line));
        }
    });
    loop {
        let line = receiver
            .recv_timeout(TIMEOUT)
            .map_err(|error| match error {
                RecvTimeoutError::Timeout => {
                    anyhow!("{name} was not ready within {} s", TIMEOUT.as_secs())
                }
                RecvTimeoutError::Disconnected => anyhow!("{name} ended before it was ready"),
            })?;
        if let Ok(ready) = serde_json::from_str::<Ready>(&line) {
            return Ok(ready);
        }
    }
}
