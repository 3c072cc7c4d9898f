//! What must hold for every answer of the core. "It did not crash" is never enough.
#![allow(dead_code, reason = "every target uses its part")]

use serde_json::Value;

/// Translates twice and checks the decision.
pub fn decided(event: &str, settings: &str) {
    let text = ledger_core::translate(event, settings).to_json();
    assert_eq!(
        text,
        ledger_core::translate(event, settings).to_json(),
        "two translations differ"
    );
    let decision = json(&text);
    let needed: &[&str] = match decision["decision"].as_str() {
        Some("post") => &["/plan/key"],
        Some("skip") => &["/reason", "/message"],
        Some("reject") => &["/code", "/message", "/suggestion"],
        _ => panic!("no decision: {text}"),
    };
    for pointer in needed {
        let value = decision.pointer(pointer).and_then(Value::as_str);
        assert!(
            value.is_some_and(|value| !value.is_empty()),
            "{pointer} is empty: {text}"
        );
    }
    numbers_are_text(&decision["plan"]["steps"]);
}

/// Parses an answer.
pub fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn numbers_are_text(value: &Value) {
    match value {
        Value::Number(number) => panic!("a number in a step: {number}"),
        Value::Array(items) => items.iter().for_each(numbers_are_text),
        Value::Object(object) => object.values().for_each(numbers_are_text),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}
