//! Runs, keys, the feed, erasure.

use serde_json::json;

use crate::stage::{BINDING, Stage, plan};

const INVOICE: &str = "invoice/domestic_sale_with_taxed_shipping";

#[tokio::test(flavor = "multi_thread")]
async fn runs_are_listed_shown_held_released_and_tried_again() {
    let stage = Stage::open(&[]).await;
    let invoice = plan(INVOICE);
    // It waits for an invoice that is not there yet.
    let mut needing = plan("invoice/high_value");
    needing["needs"] = json!(["invoice:33"]);
    let held = stage.post(&needing).await;
    stage.until(&held, "waiting").await;
    let line = stage.done(&["runs:hold", &held]).await;
    assert_eq!(
        (line["state"].as_str(), line["reason"].as_str()),
        (Some("parked"), Some("held_by_operator"))
    );
    assert!(
        stage
            .refused(&["runs:hold", &held])
            .await
            .contains("queued or waiting")
    );
    let first = stage.post(&invoice).await;
    stage.until(&first, "succeeded").await;
    stage.until(&held, "parked").await;
    stage.done(&["runs:release", &held]).await;
    stage.until(&held, "succeeded").await;
    assert!(
        stage
            .refused(&["runs:retry", &first])
            .await
            .contains("the run is succeeded")
    );

    let listed = stage
        .done(&["runs:list", "--binding", BINDING, "--state", "succeeded"])
        .await;
    assert_eq!(listed.as_array().unwrap().len(), 2);
    let one = stage
        .done(&["runs:list", "--key", "invoice.created:33", "--limit", "1"])
        .await;
    assert_eq!(one[0]["run_id"], first.as_str());
    let shown = stage.done(&["runs:show", &first]).await;
    assert_eq!(
        (shown["binding"].as_str(), shown["state"].as_str()),
        (Some(BINDING), Some("succeeded"))
    );
    assert_eq!(shown["sage"]["total_amount"], "35.99");
    assert!(
        stage
            .refused(&["runs:show", "nothing"])
            .await
            .contains("no run nothing")
    );

    // Sage refuses, the cause is mended there, and the same document goes through.
    stage
        .control("switches", json!({"tax_tolerance": "0.00"}))
        .await;
    let odd = stage
        .post(&plan("invoice/unit_rounding_tax_is_sent_as_charged"))
        .await;
    let state = stage.until(&odd, "rejected").await;
    assert_eq!(state["error"]["code"], "sage_rejected");
    stage
        .control("switches", json!({"tax_tolerance": null}))
        .await;
    stage.done(&["runs:retry", &odd]).await;
    stage.until(&odd, "succeeded").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_pointed_at_another_object_that_is_there() {
    let stage = Stage::open(&[]).await;
    stage.delivered(INVOICE).await;
    let known = stage.done(&["xref:show", BINDING, "contact:"]).await;
    let (key, id) = (
        known[0]["key"].as_str().unwrap(),
        known[0]["sage_id"].as_str().unwrap(),
    );
    assert_eq!(key, "contact:G58c6d7329:GBP");
    assert!(
        known[0]["reference"].is_null(),
        "the name of a person is not kept"
    );

    let missing = [
        "xref:set",
        BINDING,
        "contact:M5:GBP",
        "contacts",
        "0123456789abcdef0123456789abcdef",
    ];
    assert!(
        stage
            .refused(&missing)
            .await
            .contains("Sage has no contacts/")
    );
    let wrong = ["xref:set", BINDING, "contact:M5:GBP", "people", id];
    assert!(stage.refused(&wrong).await.contains("no resource"));
    let set = stage
        .done(&["xref:set", BINDING, "contact:M5:GBP", "contacts", id])
        .await;
    assert_eq!(
        (set["sage_id"].as_str(), set["adopted"].as_bool()),
        (Some(id), Some(true))
    );
    let all = stage.done(&["xref:show", BINDING]).await;
    let keys: Vec<&str> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|xref| xref["key"].as_str().unwrap())
        .collect();
    assert_eq!(
        keys,
        [
            "contact:G58c6d7329:GBP",
            "contact:M5:GBP",
            "invoice:33",
            "invoice:33:contact"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_feed_is_told_once_more() {
    let stage = Stage::open(&[]).await;
    stage.delivered(INVOICE).await;
    let before = stage.feed().await;
    assert_eq!(
        stage
            .done(&["sync-state:backfill", BINDING, "--entity-type", "customer"])
            .await["states"],
        0
    );
    assert_eq!(
        stage.done(&["sync-state:backfill", BINDING]).await["states"],
        1
    );
    let after = stage.feed().await;
    let number = |feed: &serde_json::Value| feed["next"].as_str().unwrap().parse::<u64>().unwrap();
    assert!(number(&after) > number(&before));
    assert_eq!(after["items"][0]["sage_id"], before["items"][0]["sage_id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_forgotten() {
    let stage = Stage::open(&[]).await;
    let run = stage.delivered(INVOICE).await["run_id"]
        .as_str()
        .unwrap()
        .to_owned();
    stage.delivered("customer/with_one_address").await;
    stage.file("email", "Ship.Excl.Taxed@example.com\n");
    let erased = stage
        .done(&["erase", BINDING, "--email-file", "email"])
        .await;
    assert_eq!((&erased["plans"], &erased["left"]), (&json!(1), &json!(0)));
    assert!(
        erased["requests"].as_u64().unwrap() >= 2,
        "contact and invoice: {erased}"
    );
    let shown = stage.done(&["runs:show", &run]).await;
    assert_eq!(
        (&shown["steps"], &shown["state"]),
        (&json!([]), &json!("succeeded"))
    );
    // The digest is still known: a replay is no new document.
    assert_eq!(stage.post(&plan(INVOICE)).await, run);

    let number = plan("customer/with_one_address")["magento"]["entity_id"].to_string();
    let erased = stage.done(&["erase", BINDING, "--customer", &number]).await;
    assert_eq!(erased["plans"], 1);
    let log = stage.done(&["audit:log"]).await;
    assert!(
        !log.to_string().contains("example.com"),
        "the audit does not keep the address"
    );
}

/// The buyer stands in no contact of his own, only in the addresses of the documents.
#[tokio::test(flavor = "multi_thread")]
async fn who_bought_on_the_shared_contact_is_forgotten_too() {
    let stage = Stage::open(&[]).await;
    let case = "contact/small_orders_go_to_the_shared_contact";
    let invoice = stage.delivered(case).await["run_id"].clone();
    assert!(!plan(case).to_string().contains("@example.com"));
    // A credit note names the invoice alone, and carries the address of the buyer.
    let memo = plan("credit_note/unpaid_invoice_is_set_off").to_string();
    let memo = memo.replace("invoice:163", "invoice:33");
    let memo = stage.post(&serde_json::from_str(&memo).unwrap()).await;
    let shown = stage.until(&memo, "rejected").await;
    assert!(!shown["steps"].as_array().unwrap().is_empty());
    stage.delivered("invoice/high_value").await;
    stage.file("email", "ship.excl.taxed@example.com");
    let erased = stage
        .done(&["erase", BINDING, "--email-file", "email"])
        .await;
    assert_eq!((&erased["plans"], &erased["left"]), (&json!(2), &json!(0)));
    for run in [invoice.as_str().unwrap(), &memo] {
        let shown = stage.done(&["runs:show", run]).await;
        assert_eq!(shown["steps"], json!([]), "{run}");
    }
    let shared = stage
        .done(&["xref:show", BINDING, "contact:WEBSALES:"])
        .await;
    assert!(shared[0]["sage_id"].is_string(), "the shared contact stays");
    let help = stage.cli(&["erase", "--help"]).await.out;
    assert!(help.contains("shared contact"), "{help}");
}
