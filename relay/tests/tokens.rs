//! Tokens that end, rotate and are taken away.

use std::time::Duration;

use serde_json::json;

use crate::support::eventually;
use crate::support::fault::Fault;
use crate::support::plans::invoice;
use crate::support::rig::{BINDING, Rig};

#[tokio::test]
async fn a_refused_access_token_is_refreshed_once() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    shop.deliver(1, "succeeded").await;
    assert_eq!(rig.fake.books().refreshes, 1);
    // Sage forgets the access token; the relay cannot know.
    rig.fake.books().access_token = "forgotten".to_owned();
    let run = shop.deliver(2, "succeeded").await;
    assert_eq!(rig.fake.books().refreshes, 2);
    let attempts = run["steps"][1]["attempts"].as_array().unwrap();
    assert_eq!(
        (
            attempts[0]["outcome"].as_str(),
            attempts[1]["outcome"].as_str()
        ),
        (Some("unauthorised"), Some("created"))
    );
    let posts = rig.fake.posts("sales_invoices");
    assert_eq!(posts[1], posts[2], "the same bytes with the new token");
}

#[tokio::test]
async fn a_revoked_connection_parks_the_work_until_it_is_renewed() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    rig.fake.books().revoked = true;
    let run = shop.deliver(1, "parked").await;
    assert_eq!(run["error"]["code"], "token_revoked");
    let queued = shop.accept(&invoice(2)).await;
    assert_eq!(
        shop.run(&queued).await["state"],
        "queued",
        "kept, not refused"
    );

    rig.fake.books().revoked = false;
    rig.reconnect().await;
    shop.until(run["run_id"].as_str().unwrap(), "succeeded")
        .await;
    shop.until(&queued, "succeeded").await;
}

#[tokio::test]
async fn a_disconnected_shop_sends_nothing_and_sage_is_told() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    shop.deliver(1, "succeeded").await;
    let operations = rig.operations().await;
    operations.disconnect(BINDING).await.unwrap();
    assert!(rig.fake.books().revoked);
    let kept = shop.accept(&invoice(2)).await;
    assert_eq!(shop.run(&kept).await["state"], "queued");
    assert_eq!(rig.fake.count("sales_invoices"), 1);
    let unknown = operations.disconnect("nobody").await;
    operations.close().await;
    let error = unknown.unwrap_err().to_string();
    assert_eq!(error, "there is no binding nobody");
}

/// A binding as old as that, which nobody has used.
async fn rested(rig: &Rig, days: u32) {
    let older = format!("UPDATE binding SET created_at = created_at - 86400000 * {days}");
    rig.sql(&older).await;
}

#[tokio::test]
async fn a_connection_that_rests_is_used_before_sage_lets_it_die() {
    let mut rig = Rig::prepare().await;
    rig.config.upkeep.every_ms = 20;
    rested(&rig, 19).await;
    rig.up().await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(rig.fake.books().refreshes, 0, "it may rest for 20 days");
    rested(&rig, 2).await;
    eventually("a refresh", || async {
        (rig.fake.books().refreshes > 0).then_some(())
    })
    .await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(rig.fake.books().refreshes, 1, "once");
    rig.shop().deliver(1, "succeeded").await;
}

#[tokio::test]
async fn a_connection_that_sage_has_ended_is_known_before_the_next_invoice() {
    let mut rig = Rig::prepare().await;
    rig.config.upkeep.every_ms = 20;
    rig.fake.books().revoked = true;
    rested(&rig, 40).await;
    rig.up().await;
    let operations = rig.operations().await;
    eventually("the end of the connection", || async {
        let binding = operations.binding(BINDING).await.unwrap();
        (binding.state == "token_revoked").then_some(())
    })
    .await;
    let audit_entry = json!(operations.audit(1).await.unwrap());
    assert_eq!(
        (&audit_entry[0]["actor"], &audit_entry[0]["action"]),
        (&json!("relay"), &json!("token:refused"))
    );
    operations.close().await;
    rig.fake.books().revoked = false;
    rig.reconnect().await;
    rig.shop().deliver(1, "succeeded").await;
}

#[tokio::test]
async fn a_subscription_that_ended_parks_and_is_not_taken_for_a_token() {
    let rig = Rig::start().await;
    let inactive = json!([{"$severity": "error", "$dataCode": "AuthorizationFailure", "$message": "No active subscription. (MSE)", "$source": ""}]);
    rig.fake
        .fail("sales_invoices", Fault::status(401, &inactive.to_string()));
    let run = rig.shop().deliver(1, "parked").await;
    assert_eq!(run["error"]["code"], "subscription_inactive");
    assert_eq!(
        run["error"]["items"][0]["data_code"],
        "AuthorizationFailure"
    );
    assert_eq!(rig.fake.books().refreshes, 1);
}

#[tokio::test]
async fn a_new_pair_is_on_disk_before_it_is_used_and_sealed() {
    let mut rig = Rig::start().await;
    rig.shop().deliver(1, "succeeded").await;
    rig.down().await;
    // Only what is on disk is left: it must be the newest refresh token.
    rig.fake.books().access_token = "forgotten".to_owned();
    rig.up().await;
    rig.shop().deliver(2, "succeeded").await;
    assert_eq!(rig.fake.books().refreshes, 2);
    rig.down().await;
    for entry in std::fs::read_dir(rig.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.to_string_lossy().contains("sqlite3") {
            let bytes = std::fs::read(&path).unwrap();
            for secret in ["refresh-1", "refresh-2", "access-1", "access-2", "rk_test_"] {
                assert!(
                    !bytes
                        .windows(secret.len())
                        .any(|window| window == secret.as_bytes()),
                    "{secret} in {}",
                    path.display()
                );
            }
        }
    }
}
