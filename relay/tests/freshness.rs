//! Reference data that is too old is read again, behind every document and within the budgets.

use std::time::Duration;

use crate::support::eventually;
use crate::support::fault::Fault;
use crate::support::plans::invoice;
use crate::support::rig::{BINDING, Rig};

/// The lists that are read, the business, and its financial settings.
const CALLS: i64 = 11;

async fn rig() -> Rig {
    let mut rig = Rig::prepare().await;
    rig.config.upkeep.reference_max_age_hours = 1;
    rig.config.upkeep.every_ms = 20;
    rig
}

/// Reads everything once, by hand, and lets it grow old.
async fn aged(rig: &Rig, minutes: u32) {
    let operations = rig.operations().await;
    operations.refresh(BINDING).await.unwrap();
    operations.close().await;
    age(rig, minutes).await;
}

async fn age(rig: &Rig, minutes: u32) {
    let older = format!("UPDATE reference_data SET fetched_at = fetched_at - 60000 * {minutes}");
    rig.sql(&older).await;
}

fn reads(rig: &Rig) -> usize {
    rig.fake.searches("tax_rates")
}

async fn a_while() {
    tokio::time::sleep(Duration::from_millis(300)).await;
}

#[tokio::test]
async fn what_is_too_old_is_read_again_once_and_counted() {
    let mut rig = rig().await;
    aged(&rig, 90).await;
    let before = reads(&rig);
    rig.up().await;
    eventually("a refresh", || async {
        (reads(&rig) > before).then_some(())
    })
    .await;
    a_while().await;
    assert_eq!(reads(&rig), before + 1, "once");
    assert_eq!(rig.sql("SELECT calls FROM lane").await, Some(CALLS));
    let operations = rig.operations().await;
    let lists = operations.references(BINDING).await.unwrap();
    assert!(lists.iter().all(|list| list.age_seconds < 60), "{lists:?}");
    let status = operations.oauth_status(BINDING, false).await.unwrap();
    assert_eq!(status.reference_read_at, lists[0].fetched_at);
    let audit_entry = serde_json::json!(operations.audit(1).await.unwrap());
    assert_eq!(
        (
            audit_entry[0]["actor"].as_str(),
            audit_entry[0]["action"].as_str()
        ),
        (Some("relay"), Some("refs:refresh"))
    );
    operations.close().await;
}

#[tokio::test]
async fn a_failure_rests_and_nothing_is_thrown_away() {
    let mut rig = rig().await;
    aged(&rig, 90).await;
    rig.fake.books().revoked = true;
    rig.sql("UPDATE binding SET access_token_sealed = NULL, access_usable_until = NULL")
        .await;
    let before = reads(&rig);
    rig.up().await;
    eventually("a try", || async {
        let next = rig.sql("SELECT reference_next_at FROM binding").await;
        (next > Some(0)).then_some(())
    })
    .await;
    a_while().await;
    assert_eq!(reads(&rig), before);
    assert_eq!(
        rig.sql("SELECT calls FROM lane").await,
        Some(CALLS),
        "tried once, not again and again"
    );
    let operations = rig.operations().await;
    assert!(!operations.references(BINDING).await.unwrap().is_empty());
    operations.close().await;
}

#[tokio::test]
async fn documents_and_budgets_go_first() {
    let mut rig = rig().await;
    aged(&rig, 30).await;
    rig.config.sage.requests_per_day = 1_000;
    rig.up().await;
    let shop = rig.shop();
    let throttled = Fault::Answer {
        status: 429,
        body: String::new(),
        retry_after: Some(3600),
    };
    rig.fake.fail("sales_invoices", throttled);
    let run = shop.accept(&invoice(1)).await;
    shop.until(&run, "waiting").await;
    let before = reads(&rig);
    // Older than it may be by now, but Sage has asked for an hour's rest.
    age(&rig, 60).await;
    a_while().await;
    assert_eq!(reads(&rig), before, "a 429 is sat out");

    // The lane may go on, and has the document to send.
    rig.sql("UPDATE run SET state = 'queued', next_at = NULL, priority = 4")
        .await;
    rig.sql("UPDATE lane SET paused_until = 0, calls = 595")
        .await;
    rig.sql("UPDATE binding SET reference_next_at = 0").await;
    shop.until(&run, "succeeded").await;
    let calls = rig.sql("SELECT calls FROM lane").await;
    a_while().await;
    assert_eq!(
        reads(&rig),
        before,
        "no room: {calls:?} of 600 calls are spent"
    );
    rig.sql("UPDATE lane SET calls = 100").await;
    eventually("a refresh", || async {
        (reads(&rig) > before).then_some(())
    })
    .await;
}

#[tokio::test]
async fn where_the_age_is_no_limit_nothing_is_read() {
    let mut rig = rig().await;
    aged(&rig, 60_000).await;
    rig.config.upkeep.reference_max_age_hours = 0;
    let before = reads(&rig);
    rig.up().await;
    a_while().await;
    assert_eq!(reads(&rig), before);
}
