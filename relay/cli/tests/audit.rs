//! The sweep finds what a person did in Sage.

use reqwest::Method;
use serde_json::{Value, json};

use crate::stage::{BINDING, Stage, plan};

fn kinds(report: &Value) -> Vec<(&str, &str)> {
    let all = report["differences"].as_array().unwrap();
    all.iter()
        .map(|one| {
            (
                one["kind"].as_str().unwrap(),
                one["resource"].as_str().unwrap(),
            )
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn duplicates_and_what_is_gone_and_totals_that_differ_are_found() {
    let stage = Stage::open(&[]).await;
    let run = stage
        .delivered("invoice/domestic_sale_with_taxed_shipping")
        .await;
    stage.delivered("invoice/high_value").await;
    let clean = stage.done(&["audit:sweep", BINDING]).await;
    assert_eq!(clean["differences"], json!([]));
    assert_eq!(clean["in_sage"]["sales_invoices"], 2);
    assert_eq!(clean["known"]["sales_invoices"], 2);

    // Somebody enters the same invoice once more, by hand.
    let step = &plan("invoice/domestic_sale_with_taxed_shipping")["steps"][1];
    let mut twin = step["body"].clone();
    twin["sales_invoice"]["contact_id"] = run["steps"][0]["sage_id"].clone();
    let made = stage.in_sage(Method::POST, "sales_invoices", &twin).await;
    assert!(made["id"].is_string(), "{made}");
    let report = stage.cli(&["audit:sweep", BINDING, "--strangers"]).await;
    assert_eq!(report.status, 3);
    let report = report.json();
    assert_eq!(
        kinds(&report),
        [
            ("duplicate", "sales_invoices"),
            ("not_known_here", "sales_invoices")
        ]
    );
    assert_eq!(
        report["differences"][0]["sage_ids"]
            .as_array()
            .unwrap()
            .len(),
        2
    );

    // The first one is voided: the twin alone stands.
    let id = run["sage"]["id"].as_str().unwrap();
    stage
        .in_sage(
            Method::DELETE,
            &format!("sales_invoices/{id}?void_reason=mistake"),
            &Value::Null,
        )
        .await;
    let report = stage.cli(&["audit:sweep", BINDING]).await.json();
    assert_eq!(kinds(&report), [("gone", "sales_invoices")]);
    assert_eq!(report["differences"][0]["key"], "invoice:33");

    // Another invoice takes the place of what is gone, and has another total.
    let other = stage.ledger().await["sales_invoices"].clone();
    let other = other
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["total_amount"] != made["total_amount"])
        .unwrap();
    stage
        .done(&[
            "xref:set",
            BINDING,
            "invoice:33",
            "sales_invoices",
            made["id"].as_str().unwrap(),
        ])
        .await;
    let clean = stage
        .done(&["audit:sweep", BINDING, "--since", "2020-01-01T00:00:00Z"])
        .await;
    assert_eq!(clean["differences"], json!([]), "{other}");
}

/// A credit note that is set off against another invoice than the case's own.
fn set_off_against(invoice: &str) -> Value {
    let text = plan("credit_note/unpaid_invoice_is_set_off").to_string();
    serde_json::from_str(&text.replace("invoice:163", invoice)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn payments_and_allocations_are_compared_too() {
    let stage = Stage::open(&[]).await;
    stage
        .delivered("invoice/open_invoice_is_posted_by_default")
        .await;
    let paid = stage.delivered("payment/split_tender").await;
    let invoice = plan("invoice/high_value");
    stage.delivered("invoice/high_value").await;
    let key = invoice["steps"][1]["xref"].as_str().unwrap();
    let memo = stage.post(&set_off_against(key)).await;
    stage.until(&memo, "succeeded").await;
    let clean = stage.done(&["audit:sweep", BINDING]).await;
    assert_eq!(clean["differences"], json!([]));
    assert_eq!(clean["in_sage"]["contact_payments"], 3);
    assert_eq!(clean["known"]["contact_payments"], 3);
    assert_eq!(clean["in_sage"]["contact_allocations"], 1);

    // Somebody books the same receipt again, and one of another amount under its reference.
    let mut again = plan("payment/split_tender")["steps"][0]["body"].clone();
    let payment = &mut again["contact_payment"];
    payment["contact_id"] = {
        let known = stage
            .done(&["xref:show", BINDING, "invoice:156:contact"])
            .await;
        known[0]["sage_id"].clone()
    };
    payment["allocated_artefacts"] = json!([]);
    let twin = stage
        .in_sage(Method::POST, "contact_payments", &again)
        .await;
    assert!(twin["id"].is_string(), "{twin}");
    again["contact_payment"]["total_amount"] = json!("7.00");
    let half = stage
        .in_sage(Method::POST, "contact_payments", &again)
        .await;
    again["contact_payment"]["reference"] = json!("bank feed");
    stage
        .in_sage(Method::POST, "contact_payments", &again)
        .await;
    let found = stage.cli(&["audit:sweep", BINDING]).await;
    assert_eq!(found.status, 3);
    let found = found.json();
    assert_eq!(
        kinds(&found),
        [
            ("duplicate", "contact_payments"),
            ("orphan", "contact_payments")
        ]
    );
    let twins = found["differences"][0]["sage_ids"].as_array().unwrap();
    assert!(twins.contains(&twin["id"]) && twins.contains(&paid["steps"][0]["sage_id"]));
    assert_eq!(found["differences"][1]["sage_ids"], json!([half["id"]]));
    let found = stage.cli(&["audit:sweep", BINDING, "--strangers"]).await;
    let strangers = kinds(&found.json())
        .into_iter()
        .filter(|(kind, _)| *kind == "not_known_here")
        .count();
    assert_eq!(strangers, 2, "the twin and the one of the bank feed");
    for id in [&twin["id"], &half["id"]] {
        let path = format!("contact_payments/{}", id.as_str().unwrap());
        stage.in_sage(Method::DELETE, &path, &Value::Null).await;
    }

    // Amounts are changed in Sage's own pages.
    let allocation = stage.done(&["xref:show", BINDING, "allocation:"]).await;
    let allocation = &allocation[0]["sage_id"];
    let shares = stage.ledger().await["contact_allocations"][0]["allocated_artefacts"].clone();
    let mut less = shares.clone();
    (less[0]["amount"], less[1]["amount"]) = (json!("40.00"), json!("-40.00"));
    for (id, set) in [
        (
            &paid["steps"][0]["sage_id"],
            json!({"total_amount": "34.00"}),
        ),
        (allocation, json!({ "allocated_artefacts": less })),
    ] {
        stage.control("change", json!({"id": id, "set": set})).await;
    }
    let found = stage.cli(&["audit:sweep", BINDING]).await.json();
    let details: Vec<(&str, &str)> = found["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["key"].as_str().unwrap(),
                one["detail"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        details,
        [
            ("payment:156", "posted with 35.0, now 34.00"),
            ("allocation:59", "posted with 41.1, now 40.00")
        ]
    );

    // The allocation is taken back.
    let put_back = json!({"id": allocation, "set": {"allocated_artefacts": shares}});
    stage.control("change", put_back).await;
    let path = format!("contact_allocations/{}", allocation.as_str().unwrap());
    stage.in_sage(Method::DELETE, &path, &Value::Null).await;
    let found = stage.cli(&["audit:sweep", BINDING]).await.json();
    assert_eq!(
        kinds(&found),
        [
            ("total_differs", "contact_payments"),
            ("gone", "contact_allocations")
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn items_are_compared_by_their_codes() {
    let stage = Stage::open(&[]).await;
    let service = stage.delivered("product/downloadable_is_a_service").await;
    stage
        .delivered("product/managed_stock_is_a_stock_item")
        .await;
    let clean = stage.done(&["audit:sweep", BINDING]).await;
    assert_eq!(clean["differences"], json!([]));
    assert_eq!(
        (&clean["known"]["services"], &clean["known"]["stock_items"]),
        (&json!(1), &json!(1))
    );

    let body = &plan("product/downloadable_is_a_service")["steps"][0]["body"];
    let twin = stage.in_sage(Method::POST, "services", body).await;
    assert!(twin["id"].is_string(), "{twin}");
    let found = stage.cli(&["audit:sweep", BINDING]).await;
    assert_eq!(found.status, 3);
    let found = found.json();
    assert_eq!(kinds(&found), [("duplicate", "services")]);
    let code = body["service"]["item_code"].as_str().unwrap();
    assert_eq!(
        found["differences"][0]["detail"],
        format!("reference {code}")
    );

    let path = format!(
        "services/{}",
        service["steps"][0]["sage_id"].as_str().unwrap()
    );
    stage.in_sage(Method::DELETE, &path, &Value::Null).await;
    let found = stage.cli(&["audit:sweep", BINDING]).await.json();
    assert_eq!(kinds(&found), [("gone", "services")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_list_is_told_as_sage_told_it() {
    let stage = Stage::open(&[]).await;
    stage
        .delivered("invoice/open_invoice_is_posted_by_default")
        .await;
    let fault =
        json!({"kind": "status", "method": "GET", "path": "/v3.1/sales_invoices", "status": 403});
    stage.control("faults", fault).await;
    let said = stage.refused(&["audit:sweep", BINDING]).await;
    assert!(
        said.contains("403 to GET sales_invoices: UnexpectedError"),
        "{said}"
    );
}
