//! `idempotency_id`, documented and undocumented sides.

use sage_simulator::{ChangedBody, Idempotency, Switches};
use serde_json::{Value, json};

use crate::support::*;

const KEY: &str = "c3a8adaa26daf36e02f3c672b69e3323";

fn keyed(mut body: Value, entity: &str) -> Value {
    body[entity]["idempotency_id"] = json!(KEY);
    body
}

#[tokio::test]
async fn honoured_a_repetition_answers_the_first_result() {
    let sage = Sage::start().await;
    let contact_id = sage.contact("M5").await;
    let body = keyed(invoice(&contact_id, "000000033"), "sales_invoice");
    let first = sage.post("/sales_invoices", &body).await;
    let second = sage.post("/sales_invoices", &body).await;
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(first.body, second.body);
    assert_eq!(sage.count("sales_invoices").await, 1);
    assert_eq!(sage.inspect("requests").await["idempotent_replays"], 1);
    assert!(
        sage.inspect("unknown-keys").await["unknown_keys"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn ignored_a_repetition_makes_a_duplicate() {
    let sage = Sage::with(Switches {
        idempotency: Idempotency::Ignored,
        ..Switches::default()
    })
    .await;
    let contact_id = sage.contact("M5").await;
    let body = keyed(invoice(&contact_id, "000000033"), "sales_invoice");
    let first = sage.post("/sales_invoices", &body).await;
    let second = sage.post("/sales_invoices", &body).await;
    assert_ne!(first.id(), second.id());
    assert_eq!(sage.count("sales_invoices").await, 2);
}

#[tokio::test]
async fn after_seven_days_an_id_is_new_again() {
    let sage = Sage::with(Switches {
        token_ttl: 30 * 86_400,
        ..Switches::default()
    })
    .await;
    let contact_id = sage.contact("M5").await;
    let body = keyed(invoice(&contact_id, "000000033"), "sales_invoice");
    let first = sage.post("/sales_invoices", &body).await;
    sage.control("clock", json!({ "advance_seconds": 7 * 86_400 - 60 }))
        .await;
    assert_eq!(sage.post("/sales_invoices", &body).await.id(), first.id());
    sage.control("clock", json!({ "advance_seconds": 60 }))
        .await;
    assert_ne!(sage.post("/sales_invoices", &body).await.id(), first.id());
}

#[tokio::test]
async fn an_id_of_another_resource_is_a_mismatch() {
    let sage = Sage::start().await;
    let contact_id = sage
        .post("/contacts", &keyed(contact("M5"), "contact"))
        .await
        .id()
        .to_owned();
    let answer = sage
        .post(
            "/sales_invoices",
            &keyed(invoice(&contact_id, "1"), "sales_invoice"),
        )
        .await;
    assert_eq!(answer.status, 422);
    assert_eq!(answer.body[0]["$dataCode"], "IdempotencyResourceMismatch");
    assert_eq!(answer.body[0]["$message"], "Entity type mismatch");
}

#[tokio::test]
async fn another_body_under_a_known_id_has_three_possible_answers() {
    for (choice, status, invoices) in [
        (ChangedBody::FirstResult, 201, 1),
        (ChangedBody::Error, 422, 1),
        (ChangedBody::NewObject, 201, 2),
    ] {
        let sage = Sage::with(Switches {
            idempotency_changed_body: choice,
            ..Switches::default()
        })
        .await;
        let contact_id = sage.contact("M5").await;
        sage.post(
            "/sales_invoices",
            &keyed(invoice(&contact_id, "1"), "sales_invoice"),
        )
        .await;
        let answer = sage
            .post(
                "/sales_invoices",
                &keyed(invoice(&contact_id, "2"), "sales_invoice"),
            )
            .await;
        assert_eq!(
            (answer.status, sage.count("sales_invoices").await),
            (status, invoices),
            "{choice:?}"
        );
    }
}

#[tokio::test]
async fn a_refusal_is_remembered_or_not() {
    for (caches, status) in [(false, 201), (true, 422)] {
        let sage = Sage::with(Switches {
            idempotency_caches_errors: caches,
            ..Switches::default()
        })
        .await;
        let contact_id = sage.contact("M5").await;
        let mut bad = keyed(invoice(&contact_id, "1"), "sales_invoice");
        bad["sales_invoice"]["date"] = json!("2019-01-01");
        assert_eq!(sage.post("/sales_invoices", &bad).await.status, 422);
        let good = keyed(invoice(&contact_id, "1"), "sales_invoice");
        assert_eq!(
            sage.post("/sales_invoices", &good).await.status,
            status,
            "caches errors: {caches}"
        );
    }
}

#[tokio::test]
async fn put_takes_an_id_too_and_a_malformed_one_is_refused() {
    let sage = Sage::start().await;
    let contact_id = sage.contact("M5").await;
    let path = format!("/contacts/{contact_id}");
    let change = json!({ "contact": { "name": "Pat Renamed", "idempotency_id": KEY } });
    let first = sage.put(&path, &change).await;
    assert_eq!(
        (first.status, &first.body["displayed_as"]),
        (200, &json!("Pat Renamed (M5)"))
    );
    sage.put(&path, &json!({ "contact": { "name": "Pat Again" } }))
        .await;
    assert_eq!(
        sage.put(&path, &change).await.body["name"],
        "Pat Renamed",
        "the first result, not a new change"
    );
    assert_eq!(sage.get(&path).await.body["name"], "Pat Again");
    let malformed = json!({ "contact": { "name": "X", "idempotency_id": "c3a8adaa-26da" } });
    assert_eq!(
        sage.put(&path, &malformed).await.sources(),
        ["idempotency_id"]
    );
}
