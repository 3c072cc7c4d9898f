//! Canceled invoices: voided where they were posted, and never posted where they were not.

use ledger_relay::operations::RunCommand;
use serde_json::{Value, json};

use crate::support::eventually;
use crate::support::fault::Fault;
use crate::support::plans::{canceled, invoice};
use crate::support::rig::{BINDING, Rig, Shop};

async fn voided(shop: &Shop, end: &str) -> Value {
    let run_id = shop.accept(&canceled(33)).await;
    shop.until(&run_id, end).await
}

fn status(rig: &Rig) -> Value {
    rig.fake.object("sales_invoices", 0)["status"]["id"].clone()
}

#[tokio::test]
async fn a_posted_invoice_is_voided_with_the_reason_in_query_and_body() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    shop.deliver(33, "succeeded").await;
    let run = voided(&shop, "succeeded").await;

    assert_eq!(status(&rig), "VOID");
    let voids = rig.fake.voids();
    assert_eq!(voids.len(), 1);
    assert_eq!(
        voids[0].0,
        "void_reason=Canceled+in+Magento%3A+invoice+000000033"
    );
    assert_eq!(
        voids[0].1,
        json!({"sales_invoice": {"void_reason": "Canceled in Magento: invoice 000000033"}})
    );
    assert_eq!(run["sage"]["reference"], "SI-2");
    assert_eq!(run["steps"][0]["op"], "void");
    assert_eq!(run["steps"][0]["attempts"][0]["outcome"], "created");
    assert_eq!(run["steps"][0]["attempts"][0]["http_status"], 204);
    let feed = shop.feed("0").await;
    let item = feed["items"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&item["key"], &item["status"], &item["entity_type"]),
        (
            &json!("invoice.canceled:33"),
            &json!("succeeded"),
            &json!("invoice")
        )
    );
}

#[tokio::test]
async fn what_is_void_already_is_left_alone() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    shop.deliver(33, "succeeded").await;
    rig.fake
        .edit("sales_invoices", 0, "status", json!({"id": "VOID"}));
    let run = voided(&shop, "succeeded").await;
    assert!(rig.fake.voids().is_empty());
    assert_eq!(run["steps"][0]["attempts"], json!([]));
}

#[tokio::test]
async fn money_in_the_way_is_told_and_a_retry_voids_when_it_is_gone() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    shop.deliver(33, "succeeded").await;
    rig.fake
        .edit("sales_invoices", 0, "total_paid", json!("12.00"));
    let run = voided(&shop, "rejected").await;
    assert!(rig.fake.voids().is_empty(), "nothing is sent");
    let error = &run["error"];
    assert_eq!(error["code"], "invoice_has_payments");
    let cause = &error["causes"][0];
    assert!(
        cause["what"].as_str().unwrap().contains("000000033"),
        "{error}"
    );
    assert!(
        cause["suggestion"]
            .as_str()
            .unwrap()
            .contains("credit note"),
        "{error}"
    );

    rig.fake
        .edit("sales_invoices", 0, "total_paid", json!("0.0"));
    let operations = rig.operations().await;
    let run_id = run["run_id"].as_str().unwrap();
    operations.direct(run_id, RunCommand::Retry).await.unwrap();
    operations.close().await;
    shop.until(run_id, "succeeded").await;
    assert_eq!(status(&rig), "VOID");
}

#[tokio::test]
async fn a_refusal_with_no_payment_in_sight_is_told_in_sages_words() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    shop.deliver(33, "succeeded").await;
    let fake = rig.fake.clone();
    let body = r#"[{"$severity":"error","$dataCode":"RecordInvalid","$message":"Paid.","$source":"base"}]"#;
    rig.fake.fail("sales_invoices", Fault::Hang);
    rig.fake.fail("sales_invoices", Fault::status(422, body));
    let run_id = shop.accept(&canceled(33)).await;
    eventually("the second void", || async {
        let second = fake.voids().len() == 2;
        second.then_some(())
    })
    .await;
    // The look after the refusal sees neither money nor a void.
    let run = shop.until(&run_id, "rejected").await;
    assert_eq!(run["error"]["code"], "sage_rejected");
    assert_eq!(run["error"]["items"][0]["message"], "Paid.");
    assert_eq!(status(&rig), "UNPAID");
}

#[tokio::test]
async fn an_answer_lost_after_the_effect_is_found_by_looking() {
    for fault in [
        Fault::CommitThenDrop,
        Fault::CommitThenHang,
        Fault::CommitThen {
            status: 500,
            body: "[]".to_owned(),
        },
    ] {
        let rig = Rig::start().await;
        let shop = rig.shop();
        shop.deliver(33, "succeeded").await;
        rig.fake.fail("sales_invoices", fault.clone());
        let run = voided(&shop, "succeeded").await;
        assert_eq!(rig.fake.voids().len(), 1, "{fault:?}");
        assert_eq!(rig.fake.reads("sales_invoices"), 2, "{fault:?}");
        assert_eq!(run["steps"][0]["attempts"][0]["outcome"], "resolved");
        assert_eq!(status(&rig), "VOID");
    }
}

#[tokio::test]
async fn an_answer_lost_before_the_effect_is_followed_by_a_second_void() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    shop.deliver(33, "succeeded").await;
    for fault in [Fault::Drop, Fault::status(503, "[]")] {
        rig.fake.fail("sales_invoices", fault);
    }
    voided(&shop, "succeeded").await;
    assert_eq!(status(&rig), "VOID");
    let voids = rig.fake.voids();
    assert_eq!(voids.len(), 3);
    assert!(voids.iter().all(|void| *void == voids[0]), "the same bytes");
    assert_eq!(rig.fake.reads("sales_invoices"), 3, "a look before each");
}

#[tokio::test]
async fn a_void_that_landed_late_is_not_taken_for_a_refusal() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    shop.deliver(33, "succeeded").await;
    // Sage refuses to void twice; the look afterwards sees that it is done.
    rig.fake.fail(
        "sales_invoices",
        Fault::CommitThen {
            status: 422,
            body: "[]".to_owned(),
        },
    );
    let run = voided(&shop, "succeeded").await;
    assert_eq!(run["steps"][0]["attempts"][0]["outcome"], "refused");
    assert_eq!(run["error"], Value::Null);
}

#[tokio::test]
async fn an_invoice_that_sage_does_not_have_is_told() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    shop.deliver(33, "succeeded").await;
    rig.fake
        .books()
        .objects
        .get_mut("sales_invoices")
        .unwrap()
        .clear();
    let run = voided(&shop, "rejected").await;
    assert_eq!(run["error"]["code"], "invoice_gone");
    assert!(rig.fake.voids().is_empty());

    let rig = Rig::start().await;
    let shop = rig.shop();
    shop.deliver(33, "succeeded").await;
    rig.fake.fail("sales_invoices", Fault::status(404, "[]"));
    let run = voided(&shop, "rejected").await;
    assert_eq!(run["error"]["code"], "invoice_gone");
}

#[tokio::test]
async fn an_invoice_that_was_refused_is_never_posted_afterwards() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    let body =
        r#"[{"$severity":"error","$dataCode":"RecordInvalid","$message":"No.","$source":"base"}]"#;
    rig.fake.fail("sales_invoices", Fault::status(422, body));
    let refused = shop.deliver(33, "rejected").await;
    voided(&shop, "succeeded").await;
    assert!(rig.fake.voids().is_empty(), "nothing to void");
    let run_id = refused["run_id"].as_str().unwrap();
    let run = shop.run(run_id).await;
    assert_eq!(run["state"], "superseded");
    assert_eq!(run["error"]["code"], "canceled_in_magento");
    let operations = rig.operations().await;
    assert!(operations.direct(run_id, RunCommand::Retry).await.is_err());
    operations.close().await;
    let feed = shop.feed("0").await;
    let items = feed["items"].as_array().unwrap();
    let told = |key: &str| {
        items
            .iter()
            .find(|item| item["key"] == key)
            .unwrap()
            .clone()
    };
    assert_eq!(told("invoice.created:33")["status"], "superseded");
    assert_eq!(told("invoice.canceled:33")["status"], "succeeded");
    assert_eq!(rig.fake.count("sales_invoices"), 0);
    // The same again is known; other content under the key is not taken.
    let (_, results) = shop.post(&[invoice(33)]).await;
    assert_eq!(results[0]["status"], "replayed");
}

#[tokio::test]
async fn an_invoice_that_waits_is_never_posted() {
    let mut rig = Rig::prepare().await;
    rig.config.retry.first_ms = 600_000;
    rig.config.retry.cap_ms = 600_000;
    rig.up().await;
    let shop = rig.shop();
    // The contact cannot be made: the invoice waits before its own send.
    rig.fake.fail("contacts", Fault::Drop);
    let waiting = shop.accept(&invoice(33)).await;
    shop.until(&waiting, "waiting").await;
    voided(&shop, "succeeded").await;
    assert_eq!(shop.run(&waiting).await["state"], "superseded");
    assert_eq!(rig.fake.count("sales_invoices"), 0);
    let run = shop.accept(&canceled(34)).await;
    shop.until(&run, "succeeded").await;
    assert!(
        rig.fake.voids().is_empty(),
        "there never was such an invoice"
    );
    assert_eq!(
        rig.sql(&format!(
            "SELECT count(*) FROM run WHERE binding_id = '{BINDING}' AND state IN ('queued', 'waiting')"
        ))
        .await,
        Some(0)
    );
}

#[tokio::test]
async fn a_void_waits_for_a_send_in_doubt_and_voids_what_it_made() {
    let mut rig = Rig::prepare().await;
    rig.config.retry.quiet_ms = 1_000;
    rig.up().await;
    let shop = rig.shop();
    rig.fake.fail("sales_invoices", Fault::Hang);
    let created = shop.accept(&invoice(33)).await;
    shop.until_that(&created, |run| run["error"]["code"] == "outcome_unknown")
        .await;
    let run_id = shop.accept(&canceled(33)).await;
    let waiting = shop.until(&run_id, "waiting").await;
    assert_eq!(waiting["error"]["code"], "waiting_for_needs");
    shop.until(&created, "succeeded").await;
    shop.until(&run_id, "succeeded").await;
    assert_eq!(status(&rig), "VOID");
    assert_eq!(rig.fake.count("sales_invoices"), 1);
}

#[tokio::test]
async fn a_void_invoice_is_not_taken_for_a_new_one() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    let contact = "0000000000000000000000000000000c";
    rig.fake.plant(
        "contacts",
        json!({"id": contact, "reference": "G1a2b3c4d5", "email": "pat@example.com", "status": {"id": "x"}}),
    );
    rig.fake.plant(
        "sales_invoices",
        json!({"id": "0000000000000000000000000000000d", "reference": "000000033", "contact": {"id": contact},
            "total_amount": "35.99", "currency": {"id": "GBP"}, "status": {"id": "VOID"}}),
    );
    // A lost answer makes the relay search; what it finds is void.
    rig.fake.fail("sales_invoices", Fault::Drop);
    let run = shop.deliver(33, "succeeded").await;
    assert_ne!(run["sage"]["id"], "0000000000000000000000000000000d");
    assert_eq!(rig.fake.count("sales_invoices"), 2);
}
