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
