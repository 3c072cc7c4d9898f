//! The program as a command: standard input to standard output.

use crate::args::Documents;
use crate::core::{Call, Core};
use ledger_wasm_host::Error;
use serde::Deserialize;
use serde_json::json;
use std::io::{BufRead, Read, Write, stdin, stdout};
use std::process::ExitCode;

/// The documented default of the command line.
const EXAMPLE_SETTINGS: &str = include_str!("../../../golden/profiles/gb_base.json");

/// Prints what the component says about itself.
pub(crate) fn describe(core: &Core) -> Result<ExitCode, String> {
    println!("{}", description(core));
    Ok(ExitCode::SUCCESS)
}

/// The versions as one JSON document, for the command and for the socket.
pub(crate) fn description(core: &Core) -> String {
    let description = core.describe();
    json!({
        "core_version": description.core_version,
        "event_schema": description.event_schema,
        "settings_schema": description.settings_schema,
        "decision_schema": description.decision_schema,
        "rule_table_hash": description.rule_table_hash,
    })
    .to_string()
}

/// Decides what stands on standard input.
pub(crate) fn translate(core: &Core, documents: &Documents) -> Result<ExitCode, String> {
    if documents.requests {
        return each_line(core, |line| request(core, line));
    }
    let settings = settings(documents)?;
    let decide = |event: &[u8]| {
        let settings = settings.as_slice();
        let call = if documents.explain {
            Call::Explain { event, settings }
        } else {
            Call::Translate { event, settings }
        };
        core.call(call)
            .map(super::core::Answer::into_text)
            .map_err(|error| error_line(&error))
    };
    if documents.lines {
        return each_line(core, decide);
    }
    let mut event = Vec::new();
    stdin()
        .lock()
        .take(most_bytes(core))
        .read_to_end(&mut event)
        .map_err(unreadable)?;
    write(&mut stdout().lock(), decide(&event))
}

/// Answers every line of standard input with one, at once, so that a pipe can be a dialogue.
fn each_line(
    core: &Core,
    answer: impl Fn(&[u8]) -> Result<String, String>,
) -> Result<ExitCode, String> {
    let mut input = stdin().lock();
    let mut output = stdout().lock();
    let mut code = ExitCode::SUCCESS;
    let mut line = Vec::new();
    loop {
        line.clear();
        // A request holds two documents, and escaping can double them.
        let most = most_bytes(core).saturating_mul(4);
        let count = (&mut input)
            .take(most)
            .read_until(b'\n', &mut line)
            .map_err(unreadable)?;
        if count == 0 {
            return Ok(code);
        }
        if line.last() != Some(&b'\n') && u64::try_from(count).unwrap_or(u64::MAX) == most {
            return Err("a line of standard input is far too long".to_owned());
        }
        while matches!(line.last(), Some(b'\n' | b'\r')) {
            line.pop();
        }
        if write(&mut output, answer(&line))? != ExitCode::SUCCESS {
            code = ExitCode::from(2);
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request<'a> {
    #[serde(borrow)]
    event: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    settings: std::borrow::Cow<'a, str>,
}

fn request(core: &Core, line: &[u8]) -> Result<String, String> {
    let request: Request<'_> = serde_json::from_slice(line).map_err(|_| {
        error_object(
            "bad_request",
            "the line is no request",
            "Write {\"event\":\"<text>\",\"settings\":\"<text>\"} on one line.",
        )
    })?;
    core.call(Call::Translate {
        event: request.event.as_bytes(),
        settings: request.settings.as_bytes(),
    })
    .map(super::core::Answer::into_text)
    .map_err(|error| error_line(&error))
}

/// Writes an answer or an error, both as one line on standard output.
fn write(output: &mut impl Write, answer: Result<String, String>) -> Result<ExitCode, String> {
    let (text, code) = match answer {
        Ok(text) => (text, ExitCode::SUCCESS),
        Err(text) => (text, ExitCode::from(2)),
    };
    let end = if text.ends_with('\n') { "" } else { "\n" };
    output
        .write_all(text.as_bytes())
        .and_then(|()| output.write_all(end.as_bytes()))
        .and_then(|()| output.flush())
        .map_err(|error| format!("standard output cannot be written: {error}"))?;
    Ok(code)
}

fn settings(documents: &Documents) -> Result<Vec<u8>, String> {
    match &documents.settings {
        Some(path) => std::fs::read(path).map_err(|error| format!("{}: {error}", path.display())),
        None => Ok(EXAMPLE_SETTINGS.as_bytes().to_vec()),
    }
}

/// One more than is accepted, so that the refusal is the component host's own.
fn most_bytes(core: &Core) -> u64 {
    u64::try_from(core.limits().input_bytes)
        .unwrap_or(u64::MAX)
        .saturating_add(1)
}

fn error_line(error: &Error) -> String {
    error_object(error.code(), &error.full_message(), error.suggestion())
}

fn error_object(code: &str, message: &str, suggestion: &str) -> String {
    json!({ "error": {
        "code": code, "pointer": "", "message": message, "suggestion": suggestion,
    } })
    .to_string()
}

fn unreadable(error: std::io::Error) -> String {
    format!("standard input cannot be read: {error}")
}
