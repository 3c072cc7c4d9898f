//! What operators watch: metrics, readiness, tiers on arrival.

use std::collections::BTreeMap;

use serde_json::json;

use crate::support::eventually;
use crate::support::fault::Fault;
use crate::support::plans::{invoice, paid};
use crate::support::process::Process;
use crate::support::rig::{BINDING, Rig};

/// Samples by name and labels, as they are written.
async fn samples(address: &str) -> BTreeMap<String, f64> {
    let text = reqwest::get(format!("{address}/metrics"))
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let sample = |line: &str| {
        let (name, value) = line.rsplit_once(' ')?;
        Some((name.to_owned(), value.parse().ok()?))
    };
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(sample)
        .collect()
}

#[tokio::test]
async fn metrics_say_what_happened_and_throttled_documents_count_as_eligible() {
    // A process of its own: metrics are counted for a whole process.
    let rig = Rig::prepare().await;
    let (relay, admin) = Process::with_admin(&rig);
    let shop = relay.shop();
    shop.deliver(1, "succeeded").await;
    rig.fake.fail(
        "sales_invoices",
        Fault::Answer {
            status: 429,
            body: String::new(),
            retry_after: Some(3600),
        },
    );
    let run = shop.accept(&invoice(2)).await;
    shop.until(&run, "waiting").await;
    let aged = eventually("an age", || async {
        let samples = samples(&admin).await;
        (samples["ledger_relay_oldest_eligible_seconds"] >= 1.0).then_some(samples)
    })
    .await;
    let is = |name: &str, value: f64| {
        let found = aged.get(name).copied();
        assert_eq!(found, Some(value), "{name}\n{aged:#?}");
    };
    is("ledger_relay_store_up", 1.0);
    is("ledger_relay_oldest_reference_seconds", 0.0);
    is("ledger_relay_plans_total{status=\"accepted\"}", 2.0);
    is("ledger_relay_runs{state=\"waiting\"}", 1.0);
    is("ledger_relay_runs{state=\"ambiguous\"}", 0.0);
    is("ledger_relay_bindings{state=\"active\"}", 1.0);
    is(
        "ledger_relay_sage_requests_total{method=\"POST\",resource=\"sales_invoices\",status=\"429\"}",
        1.0,
    );
    is(
        "ledger_relay_http_requests_total{route=\"/v1/plans\",method=\"POST\",status=\"202\"}",
        2.0,
    );
    let text: Vec<&String> = aged.keys().collect();
    assert!(
        !format!("{text:?}").contains(BINDING),
        "labels name no binding"
    );
    for path in ["/healthz", "/readyz"] {
        let answer = reqwest::get(format!("{admin}{path}")).await.unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{path}");
    }
    let answer = reqwest::get(format!("{admin}/v1/sync-state"))
        .await
        .unwrap();
    assert_eq!(answer.status().as_u16(), 404, "shops are not served here");
}

#[tokio::test]
async fn what_the_tier_does_not_include_is_refused_at_the_door() {
    let mut rig = Rig::prepare().await;
    let file = rig.folder.path().join("tiers.toml");
    let text = "default = \"small\"\n[tier.small]\nfeatures = []\n[tier.full]\nfeatures = [\"payments\"]\n";
    std::fs::write(&file, text).unwrap();
    rig.config.tiers.file = file;
    rig.up().await;
    let shop = rig.shop();
    let plans = [invoice(1), paid(1, &[("card", "35.99")])];
    let (_, results) = shop.post(&plans).await;
    let told = |index: usize| {
        let result = &results[index];
        (
            result["status"].clone(),
            result["code"].clone(),
            result["pointer"].clone(),
        )
    };
    assert_eq!(told(0), (json!("accepted"), json!(null), json!(null)));
    assert_eq!(
        told(1),
        (
            json!("invalid"),
            json!("tier_limit_exceeded"),
            json!("/event")
        )
    );
    let operations = ledger_relay::operations::Operations::open(&rig.config, "test")
        .await
        .unwrap();
    assert!(operations.set_tier(BINDING, Some("gold")).await.is_err());
    operations.set_tier(BINDING, Some("full")).await.unwrap();
    operations.close().await;
    let (_, results) = shop.post(&plans).await;
    assert_eq!(results[1]["status"], "accepted");
}

#[tokio::test]
async fn the_key_that_seals_can_be_changed() {
    let mut rig = Rig::start().await;
    let run = rig.shop().deliver(1, "succeeded").await["run_id"].clone();
    let words = "[{\"$message\":\"was said\",\"$source\":\"base\"}]";
    rig.fake.fail("sales_invoices", Fault::status(422, words));
    let refused = rig.shop().deliver(3, "rejected").await["run_id"].clone();
    let file = rig.folder.path().join("seal.keys");
    for keys in [&["b1"][..], &["b1", "c2"], &["c2"]] {
        let lines: Vec<String> = keys.iter().map(|key| key.repeat(32)).collect();
        std::fs::write(&file, lines.join("\n")).unwrap();
        rig.config.keys.seal_keys_file.clone_from(&file);
        rig.down().await;
        rig.up().await;
        let operations = ledger_relay::operations::Operations::open(&rig.config, "test")
            .await
            .unwrap();
        let count = operations.reseal().await.unwrap();
        assert_eq!(count > 0, keys != ["c2"], "{keys:?}: {count}");
        assert_eq!(operations.reseal().await.unwrap(), 0);
        operations.close().await;
    }
    let shop = rig.shop();
    let shown = shop.run(run.as_str().unwrap()).await;
    assert_eq!(
        shown["steps"].as_array().unwrap().len(),
        2,
        "the plan opens"
    );
    let shown = shop.run(refused.as_str().unwrap()).await;
    assert_eq!(shown["error"]["items"][0]["message"], "was said");
    shop.deliver(2, "succeeded").await;
    // Without the key nothing opens, and the relay says so instead of sending nonsense.
    rig.config.keys.seal_keys_file = std::path::PathBuf::new();
    rig.down().await;
    rig.up().await;
    let answer = rig.shop().get("/v1/sync-state").await;
    assert_eq!(answer.status().as_u16(), 503);
}
