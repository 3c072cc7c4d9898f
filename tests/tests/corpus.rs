//! The corpus is the specification: every case, decided natively, down to the byte.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail where it stands"
)]

use ledger_core::translate;
use ledger_tests::corpus::{self, Case, RequestSchemas};
use serde_json::Value;

#[test]
fn every_case_gives_its_decision() {
    let mut wrong = Vec::new();
    for case in corpus::load().unwrap() {
        let decision = translate(&case.event, &case.settings);
        let fired: Vec<_> = decision.fired.iter().collect();
        let actual = Case::expectation(&decision.to_json()).unwrap();
        let expected = case.expected.as_ref().unwrap();
        if actual.file != expected.file || actual.text != expected.text {
            wrong.push(format!("{}: got {}", case.name, actual.text));
        }
        if fired != case.rules {
            wrong.push(format!("{}: fired {:?}", case.name, decision.fired));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_plan_body_satisfies_the_request_schemas() {
    let schemas = RequestSchemas::load().unwrap();
    let mut validated = 0;
    for case in corpus::load().unwrap() {
        let expected = case.expected.unwrap();
        let decision: Value = serde_json::from_str(&expected.text).unwrap();
        if let Some(plan) = decision.get("plan") {
            schemas
                .validate(plan)
                .unwrap_or_else(|error| panic!("{}: {error}", case.name));
            validated += 1;
        }
    }
    assert!(validated > 20, "only {validated} plans were validated");
}

#[test]
fn translating_twice_gives_the_same_bytes() {
    for case in corpus::load().unwrap() {
        let once = translate(&case.event, &case.settings).to_json();
        assert_eq!(
            once,
            translate(&case.event, &case.settings).to_json(),
            "{}",
            case.name
        );
    }
}

#[test]
fn every_amount_of_every_plan_is_a_decimal_string() {
    fn check(case: &str, value: &Value) {
        match value {
            Value::Object(object) => object.values().for_each(|value| check(case, value)),
            Value::Array(items) => items.iter().for_each(|value| check(case, value)),
            Value::Number(number) => panic!("{case}: a number in a body: {number}"),
            Value::Null | Value::Bool(_) | Value::String(_) => {}
        }
    }
    for case in corpus::load().unwrap() {
        let decision: Value = serde_json::from_str(&case.expected.unwrap().text).unwrap();
        let steps = decision.pointer("/plan/steps").and_then(Value::as_array);
        for step in steps.into_iter().flatten() {
            check(&case.name, &step["body"]);
        }
    }
}

/// What a decision says of VAT is what its document comes to.
#[test]
fn vat_by_rate_adds_up_to_the_total() {
    let pennies =
        |amount: &Value| -> bigdecimal::BigDecimal { amount.as_str().unwrap().parse().unwrap() };
    let mut checked = 0;
    for case in corpus::load().unwrap() {
        let decision: Value =
            serde_json::from_str(&ledger_core::translate(&case.event, &case.settings).to_json())
                .unwrap();
        let Some(vat) = decision["vat"].as_array() else {
            continue;
        };
        let sum: bigdecimal::BigDecimal = vat
            .iter()
            .map(|total| pennies(&total["net"]) + pennies(&total["tax"]))
            .sum();
        let steps = decision["plan"]["steps"].as_array().unwrap();
        let document = steps
            .iter()
            .find(|step| {
                step["body"]
                    .as_object()
                    .is_some_and(|body| body.keys().any(|name| name.starts_with("sales_")))
            })
            .unwrap();
        assert_eq!(
            sum,
            pennies(&document["expect"]["total_amount"]),
            "{}",
            case.name
        );
        checked += 1;
    }
    assert!(checked > 180, "only {checked} documents");
}
