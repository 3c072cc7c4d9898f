//! When nobody knows what happened: look first, then repeat the very same bytes.

use serde_json::{Value, json};

use crate::support::fault::Fault;
use crate::support::plans::invoice;
use crate::support::rig::Rig;

fn outcomes(run: &Value, step: usize) -> Vec<String> {
    let attempts = run["steps"][step]["attempts"].as_array().unwrap();
    attempts
        .iter()
        .map(|attempt| attempt["outcome"].as_str().unwrap_or("open").to_owned())
        .collect()
}

#[tokio::test]
async fn committed_without_an_answer_is_found_and_adopted() {
    let unexpected = r#"[{"$severity":"error","$dataCode":"UnexpectedError","$message":"An unexpected error occurred.","$source":""}]"#;
    for fault in [
        Fault::CommitThen {
            status: 500,
            body: unexpected.to_owned(),
        },
        Fault::CommitThen {
            status: 504,
            body: "<html>".to_owned(),
        },
        Fault::CommitThen {
            status: 201,
            body: "{}".to_owned(),
        },
        Fault::CommitThenDrop,
        Fault::CommitThenHang,
    ] {
        for ignore_idempotency in [false, true] {
            let rig = Rig::start().await;
            rig.fake.books().ignore_idempotency = ignore_idempotency;
            rig.fake.fail("contacts", fault.clone());
            rig.fake.fail("sales_invoices", fault.clone());
            let run = rig.shop().deliver(1, "succeeded").await;
            assert_eq!(
                (rig.fake.count("contacts"), rig.fake.count("sales_invoices")),
                (1, 1),
                "{fault:?}"
            );
            assert_eq!(
                rig.fake.posts("sales_invoices").len(),
                1,
                "found, not sent again: {fault:?}"
            );
            assert_eq!(
                (
                    run["steps"][1]["adopted"].as_bool(),
                    run["sage"]["total_amount"].as_str()
                ),
                (Some(true), Some("35.990"))
            );
            assert_eq!(outcomes(&run, 1), ["resolved"]);
            assert_eq!(run["error"], Value::Null);
        }
    }
}

#[tokio::test]
async fn lost_without_a_commit_is_sent_again_with_the_same_bytes() {
    for fault in [
        Fault::status(500, "[]"),
        Fault::status(503, ""),
        Fault::Drop,
    ] {
        let rig = Rig::start().await;
        rig.fake.fail("sales_invoices", fault.clone());
        let run = rig.shop().deliver(1, "succeeded").await;
        let posts = rig.fake.posts("sales_invoices");
        assert_eq!(posts.len(), 2, "{fault:?}");
        assert_eq!(posts[0], posts[1], "the same bytes, the same id");
        assert_eq!(rig.fake.count("sales_invoices"), 1);
        assert!(
            rig.fake.searches("sales_invoices") >= 1,
            "looked for before it was sent again"
        );
        assert_eq!(outcomes(&run, 1), ["resolved", "created"]);
    }
}

#[tokio::test]
async fn two_equals_in_sage_stop_the_run_for_a_person() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    shop.deliver(1, "succeeded").await;
    let contact = rig.fake.books().objects["contacts"][0]["id"].clone();
    for id in ["dup1", "dup2"] {
        let object = json!({"id": id, "reference": "000000002", "contact": {"id": contact}, "total_amount": "35.99"});
        rig.fake.plant("sales_invoices", object);
    }
    rig.fake.fail("sales_invoices", Fault::status(500, "[]"));
    let run = shop.deliver(2, "ambiguous").await;
    assert_eq!(run["error"]["code"], "duplicate_detected");
    assert!(
        run["error"]["detail"]
            .as_str()
            .unwrap()
            .contains("dup1, dup2")
    );
    assert_eq!(shop.feed("0").await["items"][1]["status"], "ambiguous");
}

#[tokio::test]
async fn what_belongs_to_another_document_is_not_adopted() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    shop.deliver(1, "succeeded").await;
    // A second document that looks exactly like the first.
    let mut twin = invoice(2);
    twin["steps"][1]["find"]["reference"] = json!("000000001");
    rig.fake.fail("sales_invoices", Fault::status(500, "[]"));
    let run = shop.accept(&twin).await;
    let run = shop.until(&run, "succeeded").await;
    assert_eq!(
        (
            run["steps"][1]["adopted"].as_bool(),
            rig.fake.count("sales_invoices")
        ),
        (Some(false), 2)
    );
}

#[tokio::test]
async fn past_sages_window_an_empty_search_is_not_enough() {
    let mut rig = Rig::prepare().await;
    rig.config.retry.horizon_hours = 0;
    rig.up().await;
    rig.fake.fail("sales_invoices", Fault::status(500, "[]"));
    let run = rig.shop().deliver(1, "ambiguous").await;
    assert_eq!(run["error"]["code"], "ambiguous_outcome");
    assert_eq!(rig.fake.posts("sales_invoices").len(), 1);
}

#[tokio::test]
async fn nobody_else_sends_what_is_in_doubt() {
    let mut rig = Rig::prepare().await;
    rig.config.retry.horizon_hours = 0;
    rig.up().await;
    let shop = rig.shop();
    rig.fake.fail("contacts", Fault::status(500, "[]"));
    let first = shop.deliver(1, "ambiguous").await;
    assert_eq!(first["error"]["code"], "ambiguous_outcome");
    let second = shop.accept(&invoice(2)).await;
    let second = shop.until(&second, "waiting").await;
    assert_eq!(second["error"]["code"], "waiting_for_other_run");
    assert_eq!(rig.fake.posts("contacts").len(), 1);
}

#[tokio::test]
async fn sage_away_for_a_while_loses_nothing() {
    let mut rig = Rig::prepare().await;
    let reached = rig.fake.base.clone();
    // A port where nobody listens.
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    rig.fake.base = format!("http://{closed}");
    rig.bind("lonely", "refresh-0").await;
    rig.fake.base = reached;
    rig.up().await;
    let shop = rig.shop_named("lonely");
    let run = shop.accept(&invoice(1)).await;
    let run = shop.until(&run, "waiting").await;
    assert_eq!(run["error"]["code"], "token_unavailable");
    assert!(run["next_at"].is_string());
    // Another shop does not notice.
    rig.shop().deliver(1, "succeeded").await;
}

#[tokio::test]
async fn a_stopped_relay_goes_on_where_it_was() {
    let mut rig = Rig::start().await;
    rig.fake.books().revoked = true;
    let run = rig.shop().accept(&invoice(1)).await;
    rig.shop().until(&run, "parked").await;
    rig.down().await;
    rig.fake.books().revoked = false;
    rig.up().await;
    let feed = rig.shop().feed("0").await;
    assert_eq!(
        (
            feed["items"][0]["status"].as_str(),
            feed["items"][0]["error"]["code"].as_str()
        ),
        (Some("parked"), Some("token_revoked"))
    );
    rig.reconnect().await;
    rig.shop().until(&run, "succeeded").await;
    assert_eq!(rig.fake.count("sales_invoices"), 1);
}

#[tokio::test]
async fn a_second_relay_keeps_off_the_same_database() {
    let rig = Rig::start().await;
    let error = ledger_relay::Relay::start(&rig.config).await.unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("another relay process"), "{cause}");
}
