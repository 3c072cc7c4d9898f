//! A shop is paired again: the key before stays good for a while, so neither side must be first.

use crate::support::rig::{BINDING, Rig, Shop, api_key};

const NEW: &str = "rk_test_new_0123456789abcdef";

async fn change(rig: &Rig, key: &str, grace_hours: u32) {
    let file = rig.folder.path().join("changed.key");
    std::fs::write(&file, key).unwrap();
    let operations = rig.operations().await;
    operations
        .change_key(BINDING, &file, grace_hours)
        .await
        .unwrap();
    operations.close().await;
}

/// The answer to a shop that has this key.
async fn status(rig: &Rig, key: &str) -> u16 {
    let shop = Shop::at(&rig.address, BINDING, key);
    shop.get("/v1/sync-state").await.status().as_u16()
}

#[tokio::test]
async fn both_keys_are_good_for_a_while_and_then_the_new_one_alone() {
    let rig = Rig::start().await;
    let old = api_key(BINDING);
    assert_eq!(status(&rig, NEW).await, 401);
    change(&rig, NEW, 24).await;
    assert_eq!(
        (status(&rig, &old).await, status(&rig, NEW).await),
        (200, 200)
    );
    rig.shop().deliver(1, "succeeded").await;

    // A day later.
    rig.sql("UPDATE binding SET former_api_key_until = former_api_key_until - 86400000")
        .await;
    assert_eq!(
        (status(&rig, &old).await, status(&rig, NEW).await),
        (401, 200)
    );

    // Only the last key before is good beside a new one.
    change(&rig, &old, 24).await;
    change(&rig, "rk_test_third_0123456789abcdef", 24).await;
    assert_eq!(
        (status(&rig, &old).await, status(&rig, NEW).await),
        (200, 401)
    );
}

#[tokio::test]
async fn a_key_that_has_leaked_is_refused_at_once() {
    let rig = Rig::start().await;
    let operations = rig.operations().await;
    let file = rig.folder.path().join("changed.key");
    let refused = operations
        .change_key(BINDING, &file, 169)
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("168"), "{refused}");
    assert!(
        operations.change_key(BINDING, &file, 1).await.is_err(),
        "no such file"
    );
    operations.close().await;
    change(&rig, NEW, 0).await;
    assert_eq!(
        (
            status(&rig, &api_key(BINDING)).await,
            status(&rig, NEW).await
        ),
        (401, 200)
    );
}
