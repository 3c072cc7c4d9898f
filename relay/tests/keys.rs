//! A shop is paired again: the key before stays good for a while, so neither side must be first.

use reqwest::StatusCode;

use crate::support::rig::{BINDING, Rig, api_key};

const NEW: &str = "rk_test_new_0123456789abcdef";

async fn change(rig: &Rig, key: &str, grace_hours: u32) {
    let file = rig.folder.path().join("changed.key");
    std::fs::write(&file, key).unwrap();
    let desk = rig.desk().await;
    desk.change_key(BINDING, &file, grace_hours).await.unwrap();
    desk.close().await;
}

#[tokio::test]
async fn both_keys_are_good_for_a_while_and_then_the_new_one_alone() {
    let rig = Rig::start().await;
    let old = api_key(BINDING);
    assert_eq!(rig.status_with(NEW).await, 401);
    change(&rig, NEW, 24).await;
    assert_eq!(
        (rig.status_with(&old).await, rig.status_with(NEW).await),
        (StatusCode::OK, StatusCode::OK),
        "a new one is good at once"
    );
    rig.shop().deliver(1, "succeeded").await;

    // A day later.
    rig.sql("UPDATE binding SET former_api_key_until = former_api_key_until - 86400000")
        .await;
    rig.until_refused(&old).await;
    assert_eq!(rig.status_with(NEW).await, 200);

    // Only the last key before is good beside a new one.
    change(&rig, &old, 24).await;
    change(&rig, "rk_test_third_0123456789abcdef", 24).await;
    assert_eq!(rig.status_with(&old).await, 200);
    rig.until_refused(NEW).await;
}

#[tokio::test]
async fn a_key_that_has_leaked_is_refused_soon() {
    let rig = Rig::start().await;
    assert_eq!(rig.status_with(&api_key(BINDING)).await, 200);
    let desk = rig.desk().await;
    let file = rig.folder.path().join("changed.key");
    let refused = desk.change_key(BINDING, &file, 169).await.unwrap_err();
    assert!(refused.to_string().contains("168"), "{refused}");
    assert!(
        desk.change_key(BINDING, &file, 1).await.is_err(),
        "no such file"
    );
    desk.close().await;
    change(&rig, NEW, 0).await;
    rig.until_refused(&api_key(BINDING)).await;
    assert_eq!(rig.status_with(NEW).await, 200);
}
