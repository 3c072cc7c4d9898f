//! Chromium without a window, for tests and measurements.
//!
//! It is driven over its own debugging protocol: a WebSocket and JSON. The handful of methods that
//! are needed here are called by name; `docs/decisions/0082` says why no larger client is used.

mod connection;
mod process;

use anyhow::{Context, Result, bail, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use connection::Connection;
use process::Process;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// What the page is shown on.
#[derive(Debug, Clone, Copy)]
pub struct Screen {
    /// Width in CSS pixels.
    pub width: u32,
    /// Height in CSS pixels.
    pub height: u32,
    /// Whether the reader prefers dark colours.
    pub dark: bool,
}

/// A running Chromium with one page. It ends when it is dropped.
#[derive(Debug)]
pub struct Chromium {
    page: Connection,
    // Behind the connection, so that it is dropped after it.
    _process: Process,
}

impl Chromium {
    /// Starts Chromium with an empty page.
    ///
    /// # Errors
    /// When Chromium is not installed, or does not start.
    pub fn start() -> Result<Self> {
        let process = Process::start()?;
        let mut page = Connection::open(process.port(), process.path())?;
        page.attach()?;
        for domain in ["Page", "Runtime", "Log"] {
            page.call(&format!("{domain}.enable"), json!({}))?;
        }
        Ok(Self {
            page,
            _process: process,
        })
    }

    /// Goes to an address and waits until the page is loaded.
    ///
    /// # Errors
    /// When nothing answers there.
    pub fn open(&mut self, address: &str) -> Result<()> {
        let answer = self.page.call("Page.navigate", json!({ "url": address }))?;
        if let Some(error) = answer.get("errorText").and_then(Value::as_str) {
            bail!("{address}: {error}");
        }
        self.page.wait_for("Page.loadEventFired")
    }

    /// Runs a script in the page and gives its value; a promise is awaited.
    ///
    /// # Errors
    /// What the script throws.
    pub fn run(&mut self, script: &str) -> Result<Value> {
        let mut answer = self.page.call(
            "Runtime.evaluate",
            json!({
                "expression": script, "awaitPromise": true, "returnByValue": true,
                "userGesture": true,
            }),
        )?;
        if let Some(thrown) = answer.get("exceptionDetails") {
            bail!("the page threw {}", connection::thrown(thrown));
        }
        let value = answer.pointer_mut("/result/value").map(Value::take);
        Ok(value.unwrap_or_default())
    }

    /// Shows the page on another screen.
    ///
    /// # Errors
    /// When Chromium refuses it.
    pub fn screen(&mut self, screen: Screen) -> Result<()> {
        self.page.call(
            "Emulation.setDeviceMetricsOverride",
            json!({
                "width": screen.width, "height": screen.height,
                "deviceScaleFactor": 1, "mobile": false,
            }),
        )?;
        let scheme = if screen.dark { "dark" } else { "light" };
        self.media("screen", scheme)
    }

    /// Shows the page as it is printed.
    ///
    /// # Errors
    /// When Chromium refuses it.
    pub fn print(&mut self) -> Result<()> {
        self.media("print", "light")
    }

    fn media(&mut self, media: &str, scheme: &str) -> Result<()> {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        let wanted = json!({ "media": media, "features": features });
        self.page.call("Emulation.setEmulatedMedia", wanted)?;
        Ok(())
    }

    /// Makes the processor that many times slower; 1 is as it is.
    ///
    /// # Errors
    /// When Chromium refuses it.
    pub fn slow_down(&mut self, rate: u32) -> Result<()> {
        let wanted = json!({ "rate": rate });
        self.page.call("Emulation.setCPUThrottlingRate", wanted)?;
        Ok(())
    }

    /// Presses a key by its name: `Tab`, `Enter`, `Escape`, `ArrowDown`, or a character.
    ///
    /// # Errors
    /// When Chromium refuses it.
    pub fn press(&mut self, key: &str) -> Result<()> {
        let code = match key {
            "Tab" => 9,
            "Enter" => 13,
            "Escape" => 27,
            "ArrowUp" => 38,
            "ArrowDown" => 40,
            _ => 0,
        };
        let text = match key {
            "Enter" => "\r",
            _ if code == 0 => key,
            _ => "",
        };
        for (kind, text) in [("keyDown", text), ("keyUp", "")] {
            let event = json!({
                "type": kind, "key": key, "windowsVirtualKeyCode": code, "text": text,
            });
            self.page.call("Input.dispatchKeyEvent", event)?;
        }
        Ok(())
    }

    /// Writes a picture of the whole page.
    ///
    /// # Errors
    /// When Chromium makes none, or the file cannot be written.
    pub fn picture(&mut self, file: &Path) -> Result<()> {
        self.capture(file, true)
    }

    /// Writes a picture of what the screen shows of the page.
    ///
    /// # Errors
    /// When Chromium makes none, or the file cannot be written.
    pub fn screenful(&mut self, file: &Path) -> Result<()> {
        self.capture(file, false)
    }

    fn capture(&mut self, file: &Path, whole: bool) -> Result<()> {
        let wanted = json!({ "format": "png", "captureBeyondViewport": whole });
        let answer = self.page.call("Page.captureScreenshot", wanted)?;
        let data = answer.get("data").and_then(Value::as_str);
        let bytes = BASE64_STANDARD.decode(data.context("Chromium made no picture")?)?;
        fs::write(file, bytes).with_context(|| file.display().to_string())
    }

    /// What went wrong in the page so far: uncaught errors, failed loads, refused by its policy.
    pub fn problems(&self) -> &[String] {
        self.page.problems()
    }

    /// Fails when anything went wrong in the page.
    ///
    /// # Errors
    /// With everything that did.
    pub fn assert_no_problems(&self) -> Result<()> {
        let problems = self.problems();
        ensure!(problems.is_empty(), "{}", problems.join("\n"));
        Ok(())
    }
}
