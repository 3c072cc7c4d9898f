//! What a shop tells of itself, and what is proposed from it.

use ledger_relay::reconciliation::Day;
use serde_json::{Value, json};

use crate::support::rig::{BINDING, Rig};

const PROFILE: &str = include_str!("../../golden/shops/united_kingdom.json");

/// All reports, each with its path.
pub(crate) fn reports() -> [(&'static str, String); 3] {
    [
        ("/v1/shop-profile", PROFILE.to_owned()),
        ("/v1/dry-run", dry_run().to_string()),
        ("/v1/shop-totals", totals().to_string()),
    ]
}

fn totals() -> Value {
    json!({
        "schema": "1", "from": "2026-10-01", "to": "2026-10-31", "time_zone": "Europe/London",
        "totals": [{"day": "2026-10-03", "kind": "invoice", "currency": "GBP", "rate": "20", "net": "29.99", "tax": "6.00", "count": 1}],
        "payments": [{"day": "2026-10-03", "currency": "GBP", "method": "checkmo", "amount": "35.99", "count": 1}],
        "documents": [{"kind": "invoice", "entity_id": 7, "increment_id": "000000007", "day": "2026-10-03",
            "currency": "GBP", "total": "35.99", "tax": "6.00"}],
    })
}

fn dry_run() -> Value {
    json!({
        "schema": "1", "from": "2026-10-29", "to": "2026-11-27", "settings_digest": "ab",
        "documents": [{"event": "invoice.created", "post": 12, "skip": 1, "reject": 0}],
        "totals": [{"event": "invoice.created", "currency": "GBP", "rate": "GB_STANDARD", "net": "100.00", "tax": "20.00"}],
        "problems": [],
    })
}

#[tokio::test]
async fn a_profile_is_kept_and_proposed_from() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    let operations = rig.operations().await;
    let refused = operations.propose_settings(BINDING).await.unwrap_err();
    assert!(refused.to_string().contains("has not told"), "{refused}");
    assert!(operations.shop_profile(BINDING).await.unwrap().is_none());

    shop.tell("/v1/shop-profile", PROFILE, 204).await;
    let told = operations.shop_profile(BINDING).await.unwrap().unwrap();
    assert!(told.received_at.is_some());
    assert_eq!(told.report["payment_methods"][2]["code"], "paypal_express");
    operations.close().await;
}

#[tokio::test]
async fn what_is_no_report_names_its_place() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    let numeric = PROFILE.replace("\"20.0000\"", "20");
    let refused = shop.tell("/v1/shop-profile", &numeric, 400).await;
    assert_eq!(
        (&refused["code"], &refused["pointer"]),
        (&json!("body_invalid"), &json!("/shop/tax_rates/0/rate"))
    );
    let mut broken = dry_run();
    broken["totals"][0]["net"] = json!("a lot");
    let refused = shop.tell("/v1/dry-run", &broken.to_string(), 400).await;
    assert_eq!(refused["code"], "body_invalid");
}

#[tokio::test]
async fn the_newest_dry_run_stands() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    let operations = rig.operations().await;
    let mut run = dry_run();
    for posted in [12, 13] {
        run["documents"][0]["post"] = json!(posted);
        shop.tell("/v1/dry-run", &run.to_string(), 204).await;
    }
    let told = operations.dry_run(BINDING).await.unwrap().unwrap();
    assert_eq!(told.report.documents[0].post, 13);
    operations.close().await;
}

#[tokio::test]
async fn a_shop_is_told_where_the_dashboard_is_once_it_is_configured() {
    let mut rig = Rig::prepare().await;
    for (configured, told) in [
        ("", Value::Null),
        ("http://localhost:8412/", json!("http://localhost:8412")),
    ] {
        rig.config.dashboard.public_url = configured.to_owned();
        rig.up().await;
        let binding: Value = rig.shop().get("/v1/binding").await.json().await.unwrap();
        assert_eq!(binding["dashboard_url"], told);
        rig.down().await;
    }
}

#[tokio::test]
async fn a_shop_is_asked_for_days_until_it_has_told_them() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    let wanted = async || {
        let standing: Value = shop.get("/v1/binding").await.json().await.unwrap();
        standing["wanted"]["shop_totals"].clone()
    };
    assert_eq!(wanted().await, json!([]));
    let operations = rig.operations().await;
    let day = |text: &str| Day::parse(text).unwrap();
    let asked = operations.want_shop_totals(BINDING, day("2026-10-01"), day("2026-11-05"));
    asked.await.unwrap();
    assert_eq!(
        wanted().await,
        json!([{"from": "2026-10-01", "to": "2026-10-31"}, {"from": "2026-11-01", "to": "2026-11-05"}])
    );
    shop.tell("/v1/shop-totals", &totals().to_string(), 204)
        .await;
    assert_eq!(
        wanted().await,
        json!([{"from": "2026-11-01", "to": "2026-11-05"}])
    );
    let mut float = totals();
    float["documents"][0]["total"] = json!(35.99);
    let refused = shop.tell("/v1/shop-totals", &float.to_string(), 400).await;
    assert_eq!(refused["code"], "body_invalid");
    let turned = operations.want_shop_totals(BINDING, day("2026-10-02"), day("2026-10-01"));
    assert!(turned.await.is_err());
    operations.close().await;
}
