//! The shop is restored from a backup, or copied.

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::documents::Templates;

use super::fixture::{End, Fixture};

/// The name of customers who were changed in the restored shop.
const RENAMED: &str = "Restored Widgets";
/// How much further the sequence had come than the restored shop knows.
const LOST_SEQUENCES: u64 = 10_000;

fn field<'r>(results: &'r [Value], name: &str) -> Option<&'r str> {
    results.first()?.get(name)?.as_str()
}

/// A plan as the restored shop makes it: the same key with another content, and a sequence that
/// goes on above the highest one that the relay has heard of.
fn changed(plan: &str, sequence: u64, pointer: &str, value: &str) -> Result<String> {
    let mut plan: Value = serde_json::from_str(plan)?;
    *plan.get_mut("sequence").context("no sequence")? = json!(sequence);
    *plan.pointer_mut(pointer).context("no such place")? = json!(value);
    Ok(plan.to_string())
}

/// A shop that was taken back gives ids again to other documents.
pub(super) async fn restored(fixture: &mut Fixture) -> Result<End> {
    fixture.open().await?;
    fixture.queue(0, 1, 2)?;
    fixture.shop.sequence = LOST_SEQUENCES;
    fixture.settle().await?;
    let began = Instant::now();

    // The backup knew only a little of this; the relay tells how far the shop had come.
    fixture.shop.sequence = 50;
    let binding = fixture.shop.binding_status().await?;
    let heard: u64 = binding
        .get("sequence")
        .and_then(Value::as_str)
        .context("no sequence")?
        .parse()?;
    ensure!(heard == LOST_SEQUENCES, "{binding}");
    let mut sequence = heard + 50;
    let known: Vec<(String, String)> = fixture.work.plans.clone();
    let known = known.get(..known.len() / 2).unwrap_or_default();
    for (key, plan) in known.iter().filter(|(key, _)| key.starts_with("invoice.c")) {
        sequence += 1;
        fixture.shop.sequence = sequence;
        let total = "/steps/1/expect/total_amount";
        let other = changed(plan, sequence, total, "99.99")?;
        // Again and again, as a shop repeats what it was not told the end of.
        for _ in 0..2 {
            let results = fixture.shop.post_plans(&[&other]).await?;
            let answer = (field(&results, "status"), field(&results, "code"));
            ensure!(
                answer == (Some("conflict"), Some("id_used_again")),
                "{key} for another document: {results:?}"
            );
        }
    }
    // A state of the restored shop is newer than any before, and must not be taken for an older one.
    let customers = known.iter().filter(|(key, _)| key.starts_with("customer."));
    let mut renamed = BTreeMap::new();
    for (key, plan) in customers {
        sequence += 1;
        fixture.shop.sequence = sequence;
        let newer = changed(plan, sequence, "/steps/0/body/contact/name", RENAMED)?;
        let newer = changed(&newer, sequence, "/steps/1/body/contact/name", RENAMED)?;
        let results = fixture.shop.post_plans(&[&newer]).await?;
        let status = field(&results, "status");
        ensure!(status == Some("accepted"), "{key}, newer: {results:?}");
        let id = key.rsplit(':').next().unwrap_or_default();
        renamed.insert(key.clone(), format!("M{id}"));
    }
    let rest = fixture.work.plans.len() / 2;
    let later: Vec<(String, String)> = fixture.work.plans.iter().skip(rest).cloned().collect();
    let later = above(&later, &mut sequence)?;
    renamed.retain(|key, _| !later.iter().any(|(other, _)| other == key));
    for reference in renamed.into_values() {
        let name = Some(RENAMED.to_owned());
        fixture.work.expected.contacts.insert(reference, name);
    }
    fixture.shop.queue(&later)?;
    fixture.settle().await?;
    Ok(End::Well(began.elapsed()))
}

/// The plans with sequences that go on.
fn above(plans: &[(String, String)], sequence: &mut u64) -> Result<Vec<(String, String)>> {
    let mut made = Vec::new();
    for (key, plan) in plans {
        *sequence += 1;
        let mut plan: Value = serde_json::from_str(plan)?;
        *plan.get_mut("sequence").context("no sequence")? = json!(*sequence);
        made.push((key.clone(), plan.to_string()));
    }
    Ok(made)
}

/// A copy of the shop has the key, and would send its test orders.
pub(super) async fn copied(fixture: &mut Fixture) -> Result<End> {
    fixture.open().await?;
    fixture.queue(0, 1, 2)?;
    fixture.shop.deliver().await?;
    let order = Templates::load()?.one_invoice(99_999);
    let mut copies = Vec::new();
    for installation in ["f".repeat(32), "e".repeat(32)] {
        copies.push(fixture.shop.copied(&installation)?);
    }
    fixture.queue(1, 2, 2)?;
    let began = Instant::now();
    for _ in 0..5 {
        for copy in &mut copies {
            let body = format!("{{\"plans\":[{order}]}}");
            let posted = copy.post("/v1/plans", body).await?;
            let moved = json!({"installation": copy.installation, "replaces": "d".repeat(32)});
            let moved = copy.post("/v1/installation", moved.to_string()).await?;
            for (status, answer) in [
                posted,
                copy.get("/v1/binding").await?,
                copy.get("/v1/sync-state?since=0").await?,
                moved,
            ] {
                let code = answer.get("code");
                ensure!(
                    status == StatusCode::CONFLICT && code == Some(&json!("other_installation")),
                    "the copy: {status} {answer}"
                );
            }
        }
        fixture.shop.cycle().await.context("the original")?;
    }
    let headerless = fixture
        .shop
        .shop
        .post(&fixture.url()?, &[&order])
        .await
        .err();
    let refused = headerless.context("a shop without a name was served")?;
    ensure!(
        refused.to_string().contains("other_installation"),
        "{refused:#}"
    );
    fixture.settle().await?;
    Ok(End::Well(began.elapsed()))
}
