//! The probe against both kinds of Sage: it must tell them apart, and leave nothing behind.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::stage::{BINDING, Stage};

async fn answers(switches: Value) -> (BTreeMap<String, String>, Value) {
    asked(switches, json!({ "faults": [] }), &[]).await
}

async fn asked(switches: Value, faults: Value, more: &[&str]) -> (BTreeMap<String, String>, Value) {
    let stage = Stage::open(&[]).await;
    stage.control("switches", switches).await;
    stage.control("faults", faults).await;
    let words = ["sage:probe", BINDING, "--evidence", "evidence.json"];
    assert!(stage.refused(&words).await.contains("--this-is-a-trial"));
    let told = stage
        .done(&[&words[..], &["--this-is-a-trial"], more].concat())
        .await;
    assert_eq!(told["leftovers"], json!([]));
    let text = stage.read("evidence.json");
    assert!(
        !text.contains("Bearer") && !text.contains("token"),
        "no secrets"
    );
    let evidence: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (
            evidence["country"].as_str(),
            evidence["base_currency"].as_str()
        ),
        (Some("GB"), Some("GBP"))
    );
    // Contacts are deleted and documents voided; what is not marked was not touched.
    let ledger = stage.ledger().await;
    for contact in ledger["contacts"].as_array().unwrap() {
        assert!(
            contact["name"]
                .as_str()
                .unwrap()
                .starts_with("LEDGER-RELAY PROBE")
        );
        assert!(
            contact["deleted_at"].is_string() || contact["$simulator_deleted"] == true,
            "{contact}"
        );
    }
    for invoice in ledger["sales_invoices"].as_array().unwrap() {
        assert_eq!(invoice["status"]["id"], "VOID", "{invoice}");
    }
    let findings = evidence["findings"].as_array().unwrap();
    for finding in findings {
        let answer = finding["answer"].as_str().unwrap();
        let calls = finding["calls"].as_array().unwrap();
        assert!(
            answer.starts_with("not_asked") || !calls.is_empty(),
            "an answer without a call: {finding}"
        );
    }
    let answers = findings.iter().map(|finding| {
        (
            finding["question"].as_str().unwrap().to_owned(),
            finding["answer"].as_str().unwrap().to_owned(),
        )
    });
    (answers.collect(), evidence)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sage_as_documented() {
    let (answers, evidence) = answers(json!({"multi_currency": true})).await;
    for (question, answer) in [
        ("idempotency_repeat", "first_result"),
        ("idempotency_changed_body", "first_result"),
        (
            "idempotency_other_resource",
            "422 IdempotencyResourceMismatch",
        ),
        ("idempotency_after_422", "not_cached"),
        ("unknown_contact_id", "404 RecordNotFound"),
        ("tax_tolerance", "at least 5.00"),
        ("exchange_rate_direction", "base_per_foreign"),
        ("exchange_rate_precision", "1.2500000001"),
        ("lines_per_document", "at least 1000"),
        ("void_reason", "query, body, entity in the body"),
        ("rate_limit_headers", "none"),
        ("throttled", "not_asked: no 429 came by itself"),
        ("locked_period", "not_asked: nothing is locked"),
        ("estimate_resource", "sales_estimates 201, sales_quotes 403"),
        ("estimate_lines_after_change", "2"),
        ("estimate_statuses", "none shown, none shown"),
        ("estimate_deleted_twice", "204, 404"),
    ] {
        assert_eq!(
            answers.get(question).map(String::as_str),
            Some(answer),
            "{question}: {answers:#?}"
        );
    }
    for question in [
        "duplicate_contact_reference",
        "reference_of_deleted_contact",
        "contact_currency_change",
        "malformed_json",
        "description_length",
    ] {
        assert!(answers.contains_key(question), "{question}: {answers:#?}");
    }
    assert!(
        evidence["calls"].as_u64().unwrap() < 100,
        "a probe is no flood: {}",
        evidence["calls"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sage_that_answers_everything_the_other_way() {
    let switches = json!({
        "idempotency": "ignored",
        "unknown_record_status": 422,
        "tax_tolerance": "0.05",
        "exchange_rate_direction": "foreign_per_base",
        "multi_currency": true,
        "max_lines": 321,
        "locked_until": "2025-12-31",
        "locked_period_refused": false,
        "void_reason": "query",
        "quotes_on_plus": true,
    });
    // Sage has had enough after a while, and is not done with it when records are taken away.
    let throttled = |method: &str, path: &str, skip: u32| json!({"kind": "status", "status": 429, "retry_after": 1, "method": method, "path": path, "skip": skip});
    let faults = json!({"faults": [
        throttled("GET", "/v3.1/contact_types", 21),
        // Three are voided to see where the reason may stand.
        throttled("DELETE", "/v3.1/sales_invoices", 4),
    ]});
    let (answers, evidence) = asked(switches, faults, &["--provoke-429", "100"]).await;
    assert!(
        answers["throttled"].starts_with("after 21 calls in a row: "),
        "{answers:#?}"
    );
    let findings = evidence["findings"].as_array().unwrap();
    let last = findings.last().unwrap()["calls"].as_array().unwrap();
    let seen = last.last().unwrap();
    assert_eq!(
        (&seen["status"], &seen["retry_after"]),
        (&json!(429), &json!(1))
    );
    let headers: Vec<&str> = seen["limits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|header| header.as_str().unwrap())
        .collect();
    assert!(
        headers.contains(&"retry-after: 1") && headers.contains(&"content-type"),
        "values of what speaks of limits, names of the rest: {headers:?}"
    );
    for (question, answer) in [
        ("idempotency_changed_body", "new_object"),
        ("tax_tolerance", "0.05"),
        ("exchange_rate_direction", "foreign_per_base"),
        ("lines_per_document", "321"),
        ("locked_period", "accepted"),
        ("void_reason", "query"),
        ("estimate_resource", "sales_estimates 403, sales_quotes 201"),
    ] {
        assert_eq!(
            answers.get(question).map(String::as_str),
            Some(answer),
            "{question}: {answers:#?}"
        );
    }
    assert!(
        answers["unknown_contact_id"].starts_with("422"),
        "{answers:#?}"
    );
    assert_ne!(answers["idempotency_repeat"], "first_result");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sage_that_keeps_refusals_and_refuses_changed_bodies() {
    let switches = json!({"idempotency_caches_errors": true, "idempotency_changed_body": "error", "locked_until": "2025-12-31"});
    let (answers, _) = asked(switches, json!({"faults": []}), &["--provoke-429", "30"]).await;
    assert_eq!(answers["locked_period"], "422 RecordInvalid");
    assert_eq!(answers["throttled"], "none in 30 calls in a row");
    assert_eq!(answers["idempotency_changed_body"], "error");
    assert_eq!(
        answers["exchange_rate_direction"],
        "not_asked: multi-currency is off"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_irish_business_is_asked_at_its_own_rate() {
    let profile = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../golden/profiles/sage_ie_business.json"
    );
    let stage = Stage::open(&["--reference", profile, "--multi-currency", "true"]).await;
    let words = ["sage:probe", BINDING, "--evidence", "evidence.json"];
    let told = stage
        .done(&[&words[..], &["--this-is-a-trial"]].concat())
        .await;
    assert_eq!(told["leftovers"], json!([]));
    let evidence: Value = serde_json::from_str(&stage.read("evidence.json")).unwrap();
    assert_eq!(evidence["country"], "IE");
    let findings = evidence["findings"].as_array().unwrap();
    for (question, answer) in [
        ("tax_tolerance", "at least 5.00"),
        ("exchange_rate_direction", "base_per_foreign"),
        ("estimate_lines_after_change", "2"),
    ] {
        let found = findings
            .iter()
            .find(|finding| finding["question"] == question)
            .unwrap();
        assert_eq!(found["answer"], answer, "{question}");
    }
}
