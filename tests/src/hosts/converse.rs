//! A batch of requests to a program that answers line by line.

use super::Request;
use anyhow::{Context, Result, ensure};
use serde_json::json;
use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;

/// Starts the program, gives it one line per request and takes one line per answer.
///
/// # Errors
/// When the program fails, or does not read what it is given.
pub(super) fn converse(command: &mut Command, requests: &[Request<'_>]) -> Result<Vec<String>> {
    let name = format!("{command:?}");
    let input: String = requests
        .iter()
        .map(|request| {
            let line = json!({ "event": request.event, "settings": request.settings });
            format!("{line}\n")
        })
        .collect();
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("{name} does not start"))?;
    let mut stdin = child
        .stdin
        .take()
        .context("the program has no standard input")?;
    // A thread of its own, so that neither side waits for the other with a full pipe.
    let writer = thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output()?;
    let written = writer.join();
    ensure!(
        output.status.success(),
        "{name} ended with {}",
        output.status
    );
    ensure!(
        matches!(written, Ok(Ok(()))),
        "{name} did not read its input"
    );
    Ok(String::from_utf8(output.stdout)?
        .lines()
        .map(ToOwned::to_owned)
        .collect())
}
