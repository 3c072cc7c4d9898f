//! Sage's oddities, one test each.

use serde_json::{Value, json};

use crate::support::*;

const REQUIRED: &str = "This field is required.";

#[tokio::test]
async fn a_good_invoice_is_answered_bare_with_its_sums() {
    let sage = Sage::start().await;
    let contact = sage.contact("M5").await;
    let answer = sage
        .post("/sales_invoices", &invoice(&contact, "000000033"))
        .await;
    assert_eq!(answer.status, 201);
    let body = &answer.body;
    for (key, expected) in [
        ("displayed_as", json!("SI-1")),
        ("reference", json!("000000033")),
        ("net_amount", json!("25.0")),
        ("tax_amount", json!("5.0")),
        ("total_amount", json!("30.0")),
        ("outstanding_amount", json!("30.0")),
        ("due_date", json!("2026-12-21")),
        ("$path", json!(format!("/sales_invoices/{}", answer.id()))),
    ] {
        assert_eq!(body[key], expected, "{key}");
    }
    assert_eq!(body["status"]["id"], "UNPAID");
    assert_eq!(body["contact"]["displayed_as"], "Pat Example (M5)");
    assert_eq!(body["invoice_lines"][0]["id"].as_str().unwrap().len(), 32);
    assert_eq!(answer.headers["X-Business"], BUSINESS);
    assert!(answer.headers.contains_key("x-request-id"));
    assert_eq!(
        sage.invoice(&contact, "000000034").await["displayed_as"],
        "SI-2"
    );
}

#[tokio::test]
async fn section_7_a_line_needs_tax_amount_whatever_currency_tax_amount_says() {
    let sage = Sage::start().await;
    let contact = sage.contact("M5").await;
    let body = invoice_with_line(&contact, json!({ "tax_amount": null }));
    let answer = sage.post("/sales_invoices", &body).await;
    assert_eq!(answer.status, 422);
    assert_eq!(
        answer.problems(),
        [("line_items.currency_tax_amount", REQUIRED)]
    );
    assert_eq!(answer.body[0]["$dataCode"], "RecordInvalid");
    assert_eq!(answer.body[0]["$severity"], "error");
    let zero_rated = json!({ "tax_rate_id": "GB_ZERO", "tax_amount": null });
    assert_eq!(
        sage.post("/sales_invoices", &invoice_with_line(&contact, zero_rated))
            .await
            .status,
        422
    );
}

#[tokio::test]
async fn a_line_without_tax_rate_answers_three_errors_at_once() {
    let sage = Sage::start().await;
    let contact = sage.contact("M5").await;
    let body = invoice_with_line(&contact, json!({ "tax_rate_id": null, "tax_amount": null }));
    let answer = sage.post("/sales_invoices", &body).await;
    assert_eq!(
        answer.sources(),
        [
            "line_items.tax_rate_id",
            "line_items.tax_rate",
            "line_items.currency_tax_amount"
        ]
    );
}

#[tokio::test]
async fn section_20_the_umbrella_message_comes_with_unrelated_line_failures() {
    let sage = Sage::start().await;
    let contact = sage.contact("M5").await;
    for (changes, source) in [
        (json!({ "unit_price": "ten" }), "line_items.unit_price"),
        (json!({ "quantity": null }), "line_items.quantity"),
        (json!({ "tax_amount": "5.005" }), "line_items.tax_amount"),
    ] {
        let answer = sage
            .post("/sales_invoices", &invoice_with_line(&contact, changes))
            .await;
        assert_eq!(
            (answer.status, answer.sources()),
            (422, vec!["line_items.description", source])
        );
    }
    let totals = sage
        .post(
            "/sales_invoices",
            &invoice_with(&contact, json!({ "total_amount": "29.99" })),
        )
        .await;
    assert_eq!(totals.problems(), [("line_items.description", REQUIRED)]);
}

#[tokio::test]
async fn section_22_html_entities_in_a_description_are_refused() {
    let sage = Sage::start().await;
    let contact = sage.contact("M5").await;
    for description in ["Lumaflex&trade; Band", "it&#39;s", "salt &amp; pepper"] {
        let answer = sage
            .post(
                "/sales_invoices",
                &invoice_with_line(&contact, json!({ "description": description })),
            )
            .await;
        assert_eq!(
            (answer.status, answer.problems()),
            (422, vec![("line_items.description", REQUIRED)]),
            "{description}"
        );
    }
    let plain = invoice_with_line(
        &contact,
        json!({ "description": "Lumaflex™ Band, salt & pepper" }),
    );
    assert_eq!(sage.post("/sales_invoices", &plain).await.status, 201);
}

#[tokio::test]
async fn section_17_a_missing_delivery_address_is_mirrored_silently() {
    let sage = Sage::start().await;
    let contact = sage.contact("M5").await;
    let main = json!({ "address_line_1": "Billing House", "city": "York", "postal_code": "YO1 1AA", "country_id": "GB" });
    let body = invoice_with(
        &contact,
        json!({ "main_address": main, "delivery_address": null }),
    );
    let answer = sage.post("/sales_invoices", &body).await;
    assert_eq!(answer.status, 201);
    assert_eq!(
        answer.body["delivery_address"]["address_line_1"],
        "Billing House"
    );
    assert_eq!(answer.body["$simulator_delivery_address_mirrored"], true);
}

#[tokio::test]
async fn without_addresses_anywhere_two_errors_come_with_source_base() {
    let sage = Sage::start().await;
    let bare = json!({ "contact": { "name": "Bare", "contact_type_ids": ["CUSTOMER"], "main_address": {} } });
    let bare = sage.post("/contacts", &bare).await;
    assert_eq!(bare.status, 201, "main_address: {{}} is accepted");
    let no_addresses = json!({ "main_address": null, "delivery_address": null });
    let answer = sage
        .post(
            "/sales_invoices",
            &invoice_with(bare.id(), no_addresses.clone()),
        )
        .await;
    assert_eq!(answer.status, 422);
    assert_eq!(
        answer.problems(),
        [
            ("base", "Invoice Address is required."),
            ("base", "Delivery Address is required.")
        ]
    );

    let inherits = sage.contact("M5").await;
    let answer = sage
        .post("/sales_invoices", &invoice_with(&inherits, no_addresses))
        .await;
    assert_eq!(answer.body["delivery_address"]["city"], "Manchester");
}

#[tokio::test]
async fn section_23_contact_references_have_ten_characters_and_are_unique_for_ever() {
    let sage = Sage::start().await;
    let long = sage.post("/contacts", &contact("G1a2b3c4d5e")).await;
    assert_eq!((long.status, long.sources()), (422, vec!["reference"]));

    let first = sage.contact("G1a2b3c4d5").await;
    let taken = sage.post("/contacts", &contact("G1a2b3c4d5")).await;
    assert_eq!((taken.status, taken.sources()), (422, vec!["reference"]));

    assert_eq!(sage.delete(&format!("/contacts/{first}")).await.status, 204);
    assert_eq!(sage.get(&format!("/contacts/{first}")).await.status, 404);
    let still_taken = sage.post("/contacts", &contact("G1a2b3c4d5")).await;
    assert_eq!(
        (still_taken.status, still_taken.sources()),
        (422, vec!["reference"])
    );
    let put = sage
        .put(
            &format!("/contacts/{first}"),
            &json!({ "contact": { "name": "New" } }),
        )
        .await;
    assert_eq!(put.status, 404);
}

#[tokio::test]
async fn section_32_shipping_tax_is_recomputed_from_the_rate() {
    let sage = Sage::start().await;
    let contact = sage.contact("M5").await;
    for (rate, date, tax, total) in [
        ("GB_STANDARD", "2026-11-21", "1.0", "35.99"),
        ("GB_LOWER", "2026-11-21", "0.25", "35.24"),
        ("GB_ZERO", "2026-11-21", "0.0", "34.99"),
    ] {
        let shipping = json!({
            "date": date, "shipping_net_amount": "4.99", "shipping_tax_rate_id": rate, "shipping_tax_amount": "0.00",
        });
        let answer = sage
            .post("/sales_invoices", &invoice_with(&contact, shipping))
            .await;
        assert_eq!(answer.body["shipping_tax_amount"], tax, "{rate}");
        assert_eq!(answer.body["total_amount"], total, "{rate}");
    }
    let no_rate = invoice_with(&contact, json!({ "shipping_net_amount": "4.99" }));
    assert_eq!(
        sage.post("/sales_invoices", &no_rate).await.sources(),
        ["shipping_tax_rate"]
    );
}

#[tokio::test]
async fn lengths_dates_and_statuses_are_checked() {
    let sage = Sage::start().await;
    let contact = sage.contact("M5").await;
    for (changes, source) in [
        (json!({ "reference": "x".repeat(26) }), "reference"),
        (json!({ "date": "2019-12-31" }), "date"),
        (json!({ "date": "21.11.2026" }), "date"),
        (json!({ "status_id": "PAID" }), "status_id"),
        (json!({ "currency_id": "EUR" }), "currency"),
        (json!({ "invoice_lines": [] }), "line_items"),
        (
            json!({ "main_address": { "address_line_1": "x".repeat(51) } }),
            "main_address.address_line_1",
        ),
    ] {
        let answer = sage
            .post("/sales_invoices", &invoice_with(&contact, changes))
            .await;
        assert_eq!(
            (answer.status, answer.sources()),
            (422, vec![source]),
            "{}",
            answer.body
        );
    }
}

#[tokio::test]
async fn ids_of_nothing_and_of_the_wrong_kind_are_refused() {
    let sage = Sage::start().await;
    let contact = sage.contact("M5").await;
    let nowhere = "0".repeat(32);
    let unknown = [
        invoice(&nowhere, "1"),
        invoice_with_line(&contact, json!({ "ledger_account_id": nowhere })),
        invoice_with_line(&contact, json!({ "ledger_account_id": COST_OF_SALES })),
        invoice_with_line(&contact, json!({ "tax_rate_id": "GB_INVENTED" })),
        invoice_with_line(&contact, json!({ "product_id": nowhere })),
    ];
    for body in &unknown {
        let answer = sage.post("/sales_invoices", body).await;
        assert_eq!(
            (answer.status, &answer.body[0]["$dataCode"]),
            (404, &json!("RecordNotFound")),
            "{body}"
        );
        assert_eq!(answer.sources(), [""]);
    }
    sage.control("switches", json!({ "unknown_record_status": 422 }))
        .await;
    assert_eq!(sage.post("/sales_invoices", &unknown[0]).await.status, 422);

    let mut supplier = contact_body_of_type(json!(["VENDOR"]));
    let supplier_id = sage.post("/contacts", &supplier).await.id().to_owned();
    let answer = sage
        .post("/sales_invoices", &invoice(&supplier_id, "1"))
        .await;
    assert_eq!(answer.problems(), [("", "Couldn't find Customer.")]);
    supplier["contact"]["contact_type_ids"] = json!(["CUSTOMER", "VENDOR"]);
    assert_eq!(
        sage.post("/contacts", &supplier).await.sources(),
        ["contact_type_ids"]
    );
}

fn contact_body_of_type(types: Value) -> Value {
    json!({ "contact": { "name": "Supplies Ltd", "contact_type_ids": types } })
}

#[tokio::test]
async fn unknown_keys_are_swallowed_and_remembered() {
    let sage = Sage::start().await;
    let contact = sage.contact("M5").await;
    let mut body = invoice_with_line(&contact, json!({ "stock_item_id": "1" }));
    body["sales_invoice"]["default_currency_id"] = json!("GBP");
    for _ in 0..2 {
        assert_eq!(sage.post("/sales_invoices", &body).await.status, 201);
    }
    let expected = json!([
        { "resource": "sales_invoices", "pointer": "/sales_invoice/default_currency_id", "times": 2 },
        { "resource": "sales_invoices", "pointer": "/sales_invoice/invoice_lines/*/stock_item_id", "times": 2 },
    ]);
    assert_eq!(sage.inspect("unknown-keys").await["unknown_keys"], expected);
    sage.control("reset", json!({})).await;
    assert_eq!(
        sage.inspect("unknown-keys").await["unknown_keys"],
        json!([])
    );
    assert_eq!(sage.count("sales_invoices").await, 0);
}

#[tokio::test]
async fn a_tax_tolerance_can_be_demanded() {
    let sage = Sage::start().await;
    let contact = sage.contact("M5").await;
    let off = invoice_with_line(&contact, json!({ "tax_amount": "5.02" }));
    assert_eq!(
        sage.post("/sales_invoices", &off).await.body["total_amount"],
        "30.02"
    );
    sage.control("switches", json!({ "tax_tolerance": "0.01" }))
        .await;
    assert_eq!(sage.post("/sales_invoices", &off).await.status, 422);
    let near = invoice_with_line(&contact, json!({ "tax_amount": "5.01" }));
    assert_eq!(sage.post("/sales_invoices", &near).await.status, 201);
}

#[tokio::test]
async fn a_contact_keeps_its_reference_on_put_and_may_take_another() {
    let sage = Sage::start().await;
    let (first, second) = (sage.contact("M1").await, sage.contact("M2").await);
    let rename = |reference: &str| json!({ "contact": { "reference": reference } });
    let put = async |id: &str, reference: &str| {
        sage.put(&format!("/contacts/{id}"), &rename(reference))
            .await
            .status
    };
    assert_eq!(put(&first, "M1").await, 200);
    assert_eq!(put(&first, "M2").await, 422);
    assert_eq!(put(&first, "M3").await, 200);
    assert_eq!(
        put(&second, "M1").await,
        200,
        "the first contact has given M1 up"
    );
    let found = sage
        .get("/contacts?search=m3&attributes=reference")
        .await
        .body;
    assert_eq!(
        (&found["$total"], &found["$items"][0]["id"]),
        (&json!(1), &json!(first))
    );
}
