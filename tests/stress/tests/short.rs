//! The crash matrix and the disasters in brief: both databases, one kind of Sage each, and the negative control.

use ledger_stress::{chaos, disasters};

#[tokio::test(flavor = "multi_thread")]
async fn killed_and_lied_to_nothing_is_lost_and_nothing_is_twice() {
    assert!(chaos::short(1).await.unwrap(), "the report above says what");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_every_disaster_sage_shop_and_relay_agree() {
    assert!(
        disasters::short(1).await.unwrap(),
        "the report above says what"
    );
}
