//! A copy is made, looked at, and put in the place of the database, step by step as the guide says.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use crate::stage::{BINDING, Stage};

const INVOICE: &str = "invoice/domestic_sale_with_taxed_shipping";

#[tokio::test]
async fn a_relay_goes_on_with_a_copy_of_its_database() {
    let mut stage = Stage::open(&[]).await;
    stage.delivered(INVOICE).await;
    let copied = stage.done(&["backup", "copy.sqlite3"]).await;
    assert_eq!(
        (&copied["bindings"], &copied["documents"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(copied["problems"], json!([]));
    let mode = std::fs::metadata(stage.path("copy.sqlite3"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600, "it holds secrets, though sealed");
    assert!(
        stage
            .refused(&["backup", "copy.sqlite3"])
            .await
            .contains("exists")
    );
    let looked = stage.done(&["backup:verify", "copy.sqlite3"]).await;
    assert_eq!(looked["documents"], 1);
    let later = stage.delivered("invoice/high_value").await["run_id"].clone();

    // docs/operator/backup-and-restore.md, "Restore on SQLite", from step 2 on.
    stage.stop().await;
    for name in ["relay.sqlite3-wal", "relay.sqlite3-shm"] {
        let _ = std::fs::remove_file(stage.path(name));
    }
    std::fs::copy(stage.path("copy.sqlite3"), stage.path("relay.sqlite3")).unwrap();
    stage.start().await;
    stage.consent().await;
    let again = [
        "binding:reconnect",
        BINDING,
        "--refresh-token-file",
        "refresh.token",
    ];
    stage.done(&again).await;

    let runs = stage.done(&["runs:list"]).await;
    assert_eq!(
        runs.as_array().unwrap().len(),
        1,
        "{later} came after the copy"
    );
    stage.delivered("product/downloadable_is_a_service").await;
}

#[tokio::test]
async fn a_copy_that_is_no_good_is_known() {
    let stage = Stage::open(&[]).await;
    stage.done(&["backup", "copy.sqlite3"]).await;
    let looked = async |key: &str| {
        let key = [("LEDGER_RELAY__KEYS__SERVER_KEY", key)];
        stage
            .run(&["backup:verify", "copy.sqlite3"], &["--json"], &key)
            .await
    };
    let other = looked(&"6b".repeat(32)).await;
    assert_eq!(other.status, 3);
    assert!(
        other.json()["problems"][0]
            .as_str()
            .unwrap()
            .contains("server key")
    );
    assert_eq!(looked(&"5a".repeat(32)).await.status, 0);

    let mut bytes = std::fs::read(stage.path("copy.sqlite3")).unwrap();
    let half = bytes.len() / 2;
    bytes
        .iter_mut()
        .skip(half)
        .take(8192)
        .for_each(|byte| *byte = 0xff);
    std::fs::write(stage.path("copy.sqlite3"), bytes).unwrap();
    let broken = stage.cli(&["backup:verify", "copy.sqlite3"]).await;
    assert_ne!(broken.status, 0, "{}", broken.out);
    assert!(
        stage
            .refused(&["backup:verify", "nothing"])
            .await
            .contains("nothing")
    );
}
