//! Injected faults, throttling and the log.

use std::time::{Duration, Instant};

use reqwest::Method;
use sage_simulator::Switches;
use serde_json::json;

use crate::support::*;

#[tokio::test]
async fn a_status_fault_leaves_the_books_alone() {
    let sage = Sage::start().await;
    let faults = json!({ "faults": [
        { "kind": "status", "status": 429, "retry_after": 7, "path": "/v3.1/contacts", "method": "POST" },
        { "kind": "status", "status": 429, "path": "/v3.1/contacts" },
        { "kind": "status", "status": 503, "path": "/v3.1/contacts" },
    ] });
    sage.control("faults", faults).await;
    let limited = sage.post("/contacts", &contact("M5")).await;
    assert_eq!(
        (
            limited.status,
            limited.headers["Retry-After"].to_str().unwrap()
        ),
        (429, "7")
    );
    let limited = sage.post("/contacts", &contact("M5")).await;
    assert!(limited.status == 429 && !limited.headers.contains_key("Retry-After"));
    assert_eq!(sage.post("/contacts", &contact("M5")).await.status, 503);
    assert_eq!(sage.count("contacts").await, 0);
    assert_eq!(sage.post("/contacts", &contact("M5")).await.status, 201);
}

#[tokio::test]
async fn after_commit_faults_persist_what_they_hide() {
    let sage = Sage::start().await;
    sage.control(
        "faults",
        json!({ "kind": "status_after_commit", "path": "/v3.1/contacts" }),
    )
    .await;
    let failed = sage.post("/contacts", &contact("M1")).await;
    assert_eq!(
        (failed.status, &failed.body[0]["$dataCode"]),
        (500, &json!("UnexpectedError"))
    );
    assert_eq!(sage.count("contacts").await, 1);

    sage.control(
        "faults",
        json!({ "kind": "drop_after_commit", "path": "/v3.1/contacts" }),
    )
    .await;
    let dropped = sage
        .request(Method::POST, "/contacts")
        .json(&contact("M2"))
        .send()
        .await;
    assert!(dropped.is_err(), "{dropped:?}");
    assert_eq!(sage.count("contacts").await, 2);

    sage.control(
        "faults",
        json!({ "kind": "drop_before", "path": "/v3.1/contacts" }),
    )
    .await;
    let dropped = sage
        .request(Method::POST, "/contacts")
        .json(&contact("M3"))
        .send()
        .await;
    assert!(dropped.is_err(), "{dropped:?}");
    assert_eq!(sage.count("contacts").await, 2);
}

#[tokio::test]
async fn a_truncated_body_arrives_with_its_status() {
    let sage = Sage::start().await;
    sage.control(
        "faults",
        json!({ "kind": "truncated_body", "path": "/v3.1/contacts" }),
    )
    .await;
    let response = sage
        .request(Method::POST, "/contacts")
        .json(&contact("M1"))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status().as_u16(), 201);
    assert!(response.bytes().await.is_err());
    assert_eq!(sage.count("contacts").await, 1);
}

#[tokio::test]
async fn a_slow_answer_outlasts_the_callers_timeout_and_still_commits() {
    let sage = Sage::start().await;
    sage.control(
        "faults",
        json!({ "kind": "slow_after_commit", "ms": 60_000, "path": "/v3.1/contacts" }),
    )
    .await;
    let hurried = sage
        .request(Method::POST, "/contacts")
        .json(&contact("M1"))
        .timeout(Duration::from_millis(300));
    assert!(hurried.send().await.unwrap_err().is_timeout());
    assert_eq!(sage.count("contacts").await, 1);

    sage.control(
        "faults",
        json!({ "kind": "slow_before", "ms": 50, "path": "/v3.1/contacts" }),
    )
    .await;
    let start = Instant::now();
    assert_eq!(sage.post("/contacts", &contact("M2")).await.status, 201);
    assert!(start.elapsed() >= Duration::from_millis(50));
}

#[tokio::test]
async fn the_token_endpoint_can_fail_after_rotating() {
    let sage = Sage::start().await;
    sage.control(
        "faults",
        json!({ "kind": "drop_after_commit", "path": "/token" }),
    )
    .await;
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", "simulator-refresh-token"),
    ];
    assert!(
        sage.client
            .post(sage.url("/token"))
            .form(&form)
            .send()
            .await
            .is_err()
    );
    let again = sage
        .send(sage.client.post(sage.url("/token")).form(&form))
        .await;
    assert_eq!(
        (again.status, &again.body["error"]),
        (400, &json!("invalid_grant"))
    );
}

#[tokio::test]
async fn too_many_calls_in_flight_are_throttled() {
    let sage = Sage::with(Switches {
        max_concurrent: 0,
        retry_after: Some(2),
        ..Switches::default()
    })
    .await;
    let answer = sage.get("/contacts").await;
    assert_eq!(
        (
            answer.status,
            answer.headers["Retry-After"].to_str().unwrap()
        ),
        (429, "2")
    );
}

#[tokio::test]
async fn the_log_names_calls_and_no_tokens() {
    let sage = Sage::start().await;
    sage.contact("M5").await;
    sage.get("/contacts?search=M5").await;
    sage.control("faults", json!({ "kind": "drop_before" }))
        .await;
    assert!(sage.request(Method::GET, "/contacts").send().await.is_err());
    let report = sage.inspect("requests").await;
    assert_eq!(report["count"], 3);
    assert_eq!(report["most_writes_in_flight"], 1);
    let log = report["log"].as_array().unwrap();
    assert_eq!(log[0]["status"], 201);
    assert_eq!(log[1]["query"], "search=M5");
    assert_eq!(
        (&log[2]["status"], &log[2]["fault"]),
        (&json!(null), &json!("drop_before"))
    );
    let expected = json!({ "GET /v3.1/contacts 200": 1, "GET /v3.1/contacts dropped": 1, "POST /v3.1/contacts 201": 1 });
    assert_eq!(report["by_outcome"], expected);
    assert!(!report.to_string().contains(&sage.token));
}

#[tokio::test]
async fn nonsense_for_the_control_calls_is_refused() {
    let sage = Sage::start().await;
    for (command, body) in [
        ("faults", json!({ "kind": "explode" })),
        ("switches", json!({ "no_such_switch": true })),
        ("clock", json!({ "advance": 1 })),
        ("dance", json!({})),
    ] {
        let request = sage
            .client
            .post(sage.url(&format!("/_simulator/{command}")))
            .json(&body);
        assert_eq!(sage.send(request).await.status, 400, "{command}");
    }
}
