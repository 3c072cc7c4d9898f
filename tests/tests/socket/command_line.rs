//! The program between two pipes.

use super::{LARGEST, event, settings};
use ledger_tests::hosts::program;
use ledger_tests::root;
use serde_json::Value;
use std::io::Write;
use std::process::{Output, Stdio};

fn run(arguments: &[&str], input: &str) -> Output {
    let mut child = program()
        .unwrap()
        .current_dir(root())
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that has read enough closes its end.
    drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
    child.wait_with_output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn decision(event: &str) -> String {
    format!("{}\n", ledger_core::translate(event, &settings()).to_json())
}

#[test]
fn an_event_gives_its_decision() {
    for arguments in [&[][..], &["--settings", "golden/profiles/gb_base.json"]] {
        let output = run(arguments, &event());
        assert!(output.status.success());
        assert_eq!(text(&output), decision(&event()));
    }
    let output = run(&["--explain"], &event());
    assert_eq!(
        text(&output),
        ledger_core::explain::explain(&event(), &settings())
    );
}

#[test]
fn every_line_gives_a_line() {
    let event: Value = serde_json::from_str(&event()).unwrap();
    let line = event.to_string();
    let output = run(&["--lines"], &format!("{line}\nnonsense\n\n{line}"));
    assert!(output.status.success());
    let expected: String = [&line, "nonsense", "", &line].map(decision).concat();
    assert_eq!(text(&output), expected);
}

#[test]
fn what_is_no_request_is_answered_and_the_next_is_decided() {
    let request = serde_json::json!({ "event": event(), "settings": settings() });
    let output = run(&["--requests"], &format!("{request}\n{{}}\n{request}\n"));
    assert_eq!(output.status.code(), Some(2));
    let lines: Vec<String> = text(&output).lines().map(ToOwned::to_owned).collect();
    let bad: Value = serde_json::from_str(&lines[1]).unwrap();
    assert_eq!(bad["error"]["code"], "bad_request");
    assert_eq!(format!("{}\n", lines[0]), decision(&event()));
    assert_eq!(lines[0], lines[2]);
}

#[test]
fn what_the_host_cannot_do_has_a_code_and_a_status() {
    let output = run(&["--fuel=100"], &event());
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains(r#""code":"fuel_exhausted""#));
    let output = run(&[], &" ".repeat(LARGEST + 2));
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains(r#""code":"input_too_large""#));
    let output = run(&["--settings", "/nonexistent.json"], &event());
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("/nonexistent.json"));
}

#[test]
fn it_says_what_it_is() {
    let output = run(&["describe"], "");
    let description: Value = serde_json::from_str(&text(&output)).unwrap();
    for key in ["core_version", "event_schema", "rule_table_hash"] {
        assert!(description[key].is_string(), "{key}");
    }
}
