//! The conformance suite, and what is SQLite's own.

use std::sync::Arc;

use super::*;
use crate::conformance::{self, Bench};

struct TempFolder {
    _folder: tempfile::TempDir,
}

async fn opened() -> (SqlStore, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("relay.sqlite3");
    (
        open(&path, Role::Serve, conformance::vault())
            .await
            .unwrap(),
        folder,
    )
}

async fn bench() -> Bench {
    let (store, folder) = opened().await;
    Bench::over(Arc::new(store), Box::new(TempFolder { _folder: folder })).await
}

macro_rules! tests {
    ($($module:ident::$case:ident,)*) => {
        $(#[tokio::test]
        async fn $case() {
            conformance::$module::$case(&bench().await).await;
        })*
    };
}

conformance::cases!(tests);

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let (store, folder) = opened().await;
    sqlx::query("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', 1, x'00', 1)")
        .execute(&store.writer)
        .await
        .unwrap();
    let path = folder.path().join("relay.sqlite3");
    let error = open(&path, Role::Provision, conformance::vault())
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::SchemaNewer(9999)), "{error}");
}

#[tokio::test]
async fn a_second_process_is_kept_off() {
    let (_store, folder) = opened().await;
    let path = folder.path().join("relay.sqlite3");
    let error = open(&path, Role::Serve, conformance::vault())
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Locked(_)), "{error}");
    assert!(
        open(&path, Role::Provision, conformance::vault())
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn the_database_is_set_up_as_promised() {
    let (store, _folder) = opened().await;
    let pragma = async |sql: &'static str| -> String {
        use sqlx::Row;
        let row = sqlx::query(sql).fetch_one(&store.writer).await.unwrap();
        row.try_get::<String, _>(0)
            .or_else(|_| row.try_get::<i64, _>(0).map(|number| number.to_string()))
            .unwrap()
    };
    assert_eq!(pragma("PRAGMA journal_mode").await, "wal");
    assert_eq!(pragma("PRAGMA synchronous").await, "2");
    assert_eq!(pragma("PRAGMA foreign_keys").await, "1");
    assert_eq!(pragma("PRAGMA secure_delete").await, "1");
    assert!(new_enough("3.51.3") && new_enough("3.52.0") && new_enough("4.0.0"));
    assert!(!new_enough("3.51.2") && !new_enough("3.50.9") && !new_enough(""));
}

#[tokio::test]
async fn what_is_written_comes_into_the_file_by_itself() {
    let (store, folder) = opened().await;
    sqlx::query("CREATE TABLE found_in_the_file (a TEXT) STRICT")
        .execute(&store.writer)
        .await
        .unwrap();
    let path = folder.path().join("relay.sqlite3");
    let wanted: &[u8] = b"found_in_the_file";
    let is_there = || {
        let bytes = std::fs::read(&path).unwrap();
        bytes.windows(wanted.len()).any(|window| window == wanted)
    };
    let end = std::time::Instant::now() + Duration::from_secs(20);
    while !is_there() {
        assert!(std::time::Instant::now() < end, "it stays in the log");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The driver believes that a transaction is open which SQLite has ended by itself: such a
/// connection is not used again.
#[tokio::test]
async fn after_a_full_disk_the_next_plan_is_taken() {
    let bench = |store: &Arc<SqlStore>| Bench::beside(Arc::<SqlStore>::clone(store));
    let (store, folder) = opened().await;
    let store = Arc::new(store);
    let _ground = Bench::over(
        Arc::<SqlStore>::clone(&store),
        Box::new(TempFolder { _folder: folder }),
    )
    .await;
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count")
        .fetch_one(&store.writer)
        .await
        .unwrap();
    // Of this connection only: the next one has room.
    sqlx::query(sqlx::AssertSqlSafe(format!(
        "PRAGMA max_page_count = {pages}"
    )))
    .execute(&store.writer)
    .await
    .unwrap();
    let error = conformance::large(store.as_ref()).await.unwrap_err();
    assert!(!error.is_refusal(), "{error}");
    assert_eq!(
        bench(&store).ingest_one(2).await,
        crate::admission::Decision::Accept(1)
    );
    assert!(crate::Store::ping(store.as_ref()).await.is_ok());
}
