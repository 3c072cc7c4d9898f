//! Whatever comes in, every host answers with a decision, and stays alive.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail where it stands"
)]

use ledger_tests::hosts::{Browser, CommandLine, Component, Host, Native, Php, PhpSocket, Request};
use ledger_tests::root;
use serde_json::Value;
use std::fs;

fn settings() -> String {
    fs::read_to_string(root().join("golden/profiles/gb_base.json")).unwrap()
}

fn event() -> Value {
    let path = "golden/cases/invoice/domestic_sale_with_taxed_shipping/canonical.json";
    serde_json::from_str(&fs::read_to_string(root().join(path)).unwrap()).unwrap()
}

/// The plain case with so many rows that the text has at least `bytes` bytes.
fn large_event(bytes: usize) -> String {
    let mut event = event();
    let row = event["invoice"]["items"][0].clone();
    let rows = bytes / row.to_string().len() + 1;
    event["invoice"]["items"] = Value::Array(vec![row; rows]);
    event.to_string()
}

/// Every host but the native one.
fn hosts() -> Vec<Box<dyn Host>> {
    vec![
        Box::new(Component::open().unwrap()),
        Box::new(Php::open().unwrap()),
        Box::new(CommandLine),
        Box::new(PhpSocket::open().unwrap()),
        Box::new(Browser::open().unwrap()),
    ]
}

/// Code and pointer of the rejection that every host must give.
fn rejection(hosts: &[Box<dyn Host>], event: &str, settings: &str) -> (String, String) {
    let request = [Request { event, settings }];
    let native = Native.translate(&request).unwrap();
    for host in hosts {
        assert_eq!(native, host.translate(&request).unwrap(), "{}", host.name());
    }
    let decision: Value = serde_json::from_str(&native[0]).unwrap();
    let text = |key: &str| decision[key].as_str().unwrap_or_default().to_owned();
    assert!(!text("suggestion").is_empty(), "{decision}");
    (text("code"), text("pointer"))
}

#[test]
fn broken_settings_are_named_as_settings() {
    let event = event().to_string();
    let hosts = hosts();
    for (settings, code, pointer) in [
        ("", "invalid_json", "/settings"),
        ("[]", "wrong_type", "/settings"),
        ("{}", "missing_field", "/settings/schema"),
        (
            r#"{"schema":"1","binding":{"country":"GB"}}"#,
            "missing_field",
            "/settings/binding/base_currency",
        ),
        (
            r#"{"schema":"1","binding":{"country":"GB","base_currency":"GBP"},"policy":{"sync_sinse":"x"}}"#,
            "unknown_field",
            "/settings/policy/sync_sinse",
        ),
    ] {
        assert_eq!(
            rejection(&hosts, &event, settings),
            (code.to_owned(), pointer.to_owned()),
            "{settings}"
        );
    }
}

#[test]
fn hostile_texts_are_refused() {
    let deep = "[".repeat(5_000_000);
    let hosts = hosts();
    let trailing = format!("{} x", event());
    for text in [
        "", "not JSON", "\u{0}", "null", "[]", "\"x\"", "42", &deep, &trailing,
    ] {
        let (code, _) = rejection(&hosts, text, &settings());
        assert!(
            ["invalid_json", "wrong_type", "missing_field"].contains(&code.as_str()),
            "{code}"
        );
    }
}

#[test]
fn a_document_of_five_megabytes_is_decided() {
    let (code, pointer) = rejection(&hosts(), &large_event(5_000_000), &settings());
    assert_eq!(
        (code.as_str(), pointer.as_str()),
        ("total_does_not_reconcile", "/invoice/tax_amount")
    );
}
