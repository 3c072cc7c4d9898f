//! Plans become objects in Sage.

use serde_json::{Value, json};

use crate::support::fault::Fault;
use crate::support::plans::{invoice, invoice_for};
use crate::support::rig::{BINDING, Rig};

#[tokio::test]
async fn an_invoice_and_its_contact_stand_in_sage_and_the_report_says_so() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    let run = shop.deliver(33, "succeeded").await;

    assert_eq!(run["sage"]["reference"], "SI-2");
    assert_eq!(run["sage"]["total_amount"], "35.990");
    assert_eq!(run["error"], Value::Null);
    assert_eq!(run["steps"][0]["state"], "done");
    assert_eq!(run["steps"][1]["attempts"][0]["outcome"], "created");
    assert_eq!(run["steps"][1]["attempts"][0]["request_id"], "req-1");
    assert_eq!(
        (rig.fake.count("contacts"), rig.fake.count("sales_invoices")),
        (1, 1)
    );

    // The body is the plan's, with ids for names and the idempotency id, and nothing else.
    let body = rig.fake.posts("sales_invoices").remove(0);
    let id: Value = serde_json::from_str(&body).unwrap();
    let id = id["sales_invoice"]["idempotency_id"].as_str().unwrap();
    let planned = invoice(33)["steps"][1]["body"].to_string();
    let expected = planned
        .replace(
            r#"{"$ref":"contact:G1a2b3c4d5:GBP"}"#,
            r#""00000000000000000000000000000001""#,
        )
        .replace(
            r#"{"sales_invoice":{"#,
            &format!(r#"{{"sales_invoice":{{"idempotency_id":"{id}","#),
        );
    assert_eq!(body, expected);
    let businesses: Vec<_> = rig
        .fake
        .books()
        .seen
        .iter()
        .map(|seen| seen.business.clone())
        .collect();
    assert!(
        businesses
            .iter()
            .all(|business| business.as_deref() == Some(&format!("business-of-{BINDING}"))),
        "{businesses:?}"
    );

    let feed = shop.feed("0").await;
    let item = &feed["items"][0];
    assert_eq!(feed["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        (item["key"].as_str(), item["status"].as_str()),
        (Some("invoice.created:33"), Some("succeeded"))
    );
    assert_eq!(
        (item["entity_type"].as_str(), item["entity_id"].as_i64()),
        (Some("invoice"), Some(33))
    );
    assert_eq!(
        (item["sage_reference"].as_str(), item["sage_total"].as_str()),
        (Some("SI-2"), Some("35.990"))
    );
    assert_eq!(
        (item["expected_total"].as_str(), &item["error"]),
        (Some("35.99"), &Value::Null)
    );
    let after = shop.feed(feed["next"].as_str().unwrap()).await;
    assert_eq!(after, json!({"items": [], "next": feed["next"]}));
}

#[tokio::test]
async fn the_second_invoice_uses_the_contact_without_asking_sage() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    shop.deliver(1, "succeeded").await;
    shop.deliver(2, "succeeded").await;
    assert_eq!(
        (rig.fake.count("contacts"), rig.fake.count("sales_invoices")),
        (1, 2)
    );
    assert_eq!(
        (
            rig.fake.searches("contacts"),
            rig.fake.searches("sales_invoices")
        ),
        (1, 0)
    );
}

#[tokio::test]
async fn a_contact_that_is_there_is_adopted_and_neighbours_are_not() {
    let rig = Rig::start().await;
    rig.fake.plant(
        "contacts",
        json!({"id": "neighbour", "reference": "G1a2b3c4d55", "email": "pat@example.com"}),
    );
    rig.fake.plant("contacts", json!({"id": "gone", "reference": "G1a2b3c4d5", "email": "pat@example.com", "deleted_at": "2026-01-01T00:00:00Z"}));
    rig.fake.plant("contacts", json!({"id": "theone", "reference": "G1a2b3c4d5", "email": null, "main_contact_person": {"email": "PAT@example.com"}}));
    let run = rig.shop().deliver(1, "succeeded").await;
    assert_eq!(
        (
            run["steps"][0]["sage_id"].as_str(),
            run["steps"][0]["adopted"].as_bool()
        ),
        (Some("theone"), Some(true))
    );
    assert!(rig.fake.posts("contacts").is_empty());
}

#[tokio::test]
async fn a_strangers_contact_is_never_used() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    rig.fake.plant(
        "contacts",
        json!({"id": "other", "reference": "G1a2b3c4d5", "email": "kim@example.com"}),
    );
    let run = shop.deliver(1, "rejected").await;
    assert_eq!(run["error"]["code"], "contact_reference_collision");
    assert_eq!(run["error"]["pointer"], "/steps/0/find/email");
    assert_eq!(rig.fake.count("sales_invoices"), 0);

    // Not even when the relay knows the contact already.
    let run = shop
        .accept(&invoice_for(2, "Gffffffff0", "one@example.com"))
        .await;
    shop.until(&run, "succeeded").await;
    let run = shop
        .accept(&invoice_for(3, "Gffffffff0", "two@example.com"))
        .await;
    assert_eq!(
        shop.until(&run, "rejected").await["error"]["code"],
        "contact_reference_collision"
    );
    assert_eq!(rig.fake.count("sales_invoices"), 1);
}

#[tokio::test]
async fn every_error_of_sage_is_kept_and_a_corrected_plan_is_a_new_generation() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    let envelope = json!([
        {"$severity": "error", "$dataCode": "RecordInvalid", "$message": "This field is required.", "$source": "line_items.tax_rate_id"},
        {"$severity": "error", "$dataCode": "RecordInvalid", "$message": "This field is required.", "$source": "line_items.currency_tax_amount"},
        {"$severity": "error", "$dataCode": "RecordInvalid", "$message": "Invoice Address is required.", "$source": "base"},
    ]);
    rig.fake
        .fail("sales_invoices", Fault::status(422, &envelope.to_string()));
    let run = shop.deliver(1, "rejected").await;
    assert_eq!(run["error"]["code"], "sage_rejected");
    assert_eq!(
        run["error"]["detail"],
        "line_items.tax_rate_id: This field is required."
    );
    let sources: Vec<_> = run["error"]["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["source"].as_str().unwrap())
        .collect();
    assert_eq!(
        sources,
        [
            "line_items.tax_rate_id",
            "line_items.currency_tax_amount",
            "base"
        ]
    );
    let feed = shop.feed("0").await;
    assert_eq!(
        (
            feed["items"][0]["status"].as_str(),
            feed["items"][0]["error"]["items"].as_array().map(Vec::len)
        ),
        (Some("rejected"), Some(3))
    );

    let mut corrected = invoice(1);
    corrected["steps"][1]["body"]["sales_invoice"]["notes"] = json!("corrected");
    let again = shop.accept(&corrected).await;
    let run = shop.until(&again, "succeeded").await;
    assert_eq!(run["generation"], 2);
    let ids: Vec<Value> = rig
        .fake
        .posts("sales_invoices")
        .iter()
        .map(|body| {
            serde_json::from_str::<Value>(body).unwrap()["sales_invoice"]["idempotency_id"].clone()
        })
        .collect();
    assert_ne!(ids[0], ids[1], "another body needs another id");
    let feed = shop.feed(feed["next"].as_str().unwrap()).await;
    assert_eq!(
        (
            feed["items"].as_array().unwrap().len(),
            feed["items"][0]["status"].as_str()
        ),
        (1, Some("succeeded"))
    );
}

#[tokio::test]
async fn a_differing_total_is_reported_and_not_hidden() {
    let rig = Rig::start().await;
    rig.fake.books().error_in_totals = "0.01".parse().unwrap();
    let shop = rig.shop();
    let run = shop.deliver(1, "succeeded").await;
    assert_eq!(run["error"]["code"], "total_differs");
    let item = &shop.feed("0").await["items"][0];
    assert_eq!(
        (item["expected_total"].as_str(), item["sage_total"].as_str()),
        (Some("35.99"), Some("36.000"))
    );
    assert_eq!(item["error"]["code"], "total_differs");
}

#[tokio::test]
async fn documents_wait_for_what_they_need() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    let mut second = invoice(2);
    second["needs"] = json!(["invoice:1"]);
    let waiting = shop.accept(&second).await;
    let run = shop.until(&waiting, "waiting").await;
    assert_eq!(run["error"]["code"], "waiting_for_needs");
    shop.deliver(1, "succeeded").await;
    shop.until(&waiting, "succeeded").await;
}

#[tokio::test]
async fn a_ref_that_stands_for_nothing_is_a_refusal() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    let mut plan = invoice(1);
    plan["steps"][1]["body"]["sales_invoice"]["contact_id"] =
        json!({"$ref": ["contact:M1:GBP", "contact:M2:GBP"]});
    let run = shop.accept(&plan).await;
    let run = shop.until(&run, "rejected").await;
    assert_eq!(run["error"]["code"], "ref_not_found");
    assert_eq!(
        run["error"]["detail"],
        "No Sage object is known for contact:M1:GBP or contact:M2:GBP."
    );
}

#[tokio::test]
async fn a_throttled_lane_pauses_and_the_attempt_is_not_counted() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    rig.fake.fail(
        "contacts",
        Fault::Answer {
            status: 429,
            body: String::new(),
            retry_after: Some(1),
        },
    );
    let started = std::time::Instant::now();
    let run = shop.accept(&invoice(1)).await;
    let waiting = shop.until(&run, "waiting").await;
    assert_eq!(waiting["error"]["code"], "sage_throttled");
    let done = shop.until(&run, "succeeded").await;
    assert!(
        started.elapsed().as_millis() >= 1000,
        "Retry-After was not kept"
    );
    let outcomes: Vec<_> = done["steps"][0]["attempts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|attempt| attempt["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(outcomes, ["throttled", "created"]);

    // Without a hint the relay's own schedule holds.
    rig.fake
        .fail("sales_invoices", Fault::status(429, "slow down"));
    shop.deliver(2, "succeeded").await;
    assert_eq!(rig.fake.count("sales_invoices"), 2);
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_nothing_is_sent_twice_by_the_client() {
    let rig = Rig::start().await;
    rig.fake.fail("sales_invoices", Fault::Redirect);
    let run = rig.shop().deliver(1, "succeeded").await;
    let attempts = run["steps"][1]["attempts"].as_array().unwrap();
    let posts = rig.fake.posts("sales_invoices");
    assert_eq!(posts.len(), attempts.len(), "each request is one on record");
    assert_eq!(
        (attempts.len(), &attempts[0]["http_status"]),
        (2, &json!(307))
    );
    assert_eq!(rig.fake.count("sales_invoices"), 1);
}
