//! The conformance suite, and what is PostgreSQL's own. One server for all of it.

use std::sync::Arc;

use ledger_postgres::{Durability, Server};

use super::*;
use crate::LaneStore;
use crate::conformance::{self, Bench};

async fn opened(server: &Server) -> SqlStore {
    let url = server.database().unwrap();
    open(url.parse().unwrap(), 8, conformance::vault())
        .await
        .unwrap()
}

macro_rules! in_turn {
    ($($module:ident::$case:ident,)*) => {
        async fn all(server: &Server) {
            $({
                // Shown when a case fails.
                println!("{}", stringify!($case));
                let bench = Bench::over(Arc::new(opened(server).await), Box::new(())).await;
                conformance::$module::$case(&bench).await;
                bench.store.close().await;
            })*
        }
    };
}

conformance::cases!(in_turn);

#[tokio::test]
async fn conforms() {
    let server = Server::start(Durability::Memory).unwrap();
    all(&server).await;
    a_newer_schema_is_refused(&server).await;
    processes_hear_of_each_others_plans(&server).await;
    two_doors_admit_a_plan_once(&server).await;
    a_table_that_grows_fast_is_analysed(&server).await;
    a_process_that_stops_in_a_transaction_does_not_hold_up_the_others(&server).await;
}

async fn a_process_that_stops_in_a_transaction_does_not_hold_up_the_others(server: &Server) {
    let (bench, stopped) = two(server).await;
    let mut transaction = stopped.writer.begin().await.unwrap();
    sqlx::query("SELECT pg_advisory_xact_lock_shared(1818584167, 1)")
        .execute(&mut *transaction)
        .await
        .unwrap();
    let waited = tokio::time::timeout(Duration::from_secs(60), bench.store.begin_epoch(1)).await;
    waited.expect("it waits for ever").unwrap();
    assert!(
        transaction.commit().await.is_err(),
        "the server has ended it"
    );
}

async fn a_table_that_grows_fast_is_analysed(server: &Server) {
    let (bench, beside) = two(server).await;
    conformance::ingest::a_request_may_be_longer_than_a_statement(&bench).await;
    for id in 1_000..1_400 {
        bench.ingest_one(id).await;
    }
    let end = std::time::Instant::now() + Duration::from_secs(30);
    let known = async || -> f32 {
        sqlx::query_scalar("SELECT reltuples FROM pg_class WHERE relname = 'run'")
            .fetch_one(&beside.readers)
            .await
            .unwrap()
    };
    while known().await < 1_000.0 {
        assert!(std::time::Instant::now() < end, "nobody looks at it");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn a_newer_schema_is_refused(server: &Server) {
    let url = server.database().unwrap();
    let store = open(url.parse().unwrap(), 2, conformance::vault())
        .await
        .unwrap();
    sqlx::query("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', true, '', 1)")
        .execute(&store.writer)
        .await
        .unwrap();
    let error = open(url.parse().unwrap(), 2, conformance::vault())
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::SchemaNewer(9999)), "{error}");
}

/// Two stores on one database, as two relay processes have it.
async fn two(server: &Server) -> (Bench, SqlStore) {
    let url = server.database().unwrap();
    let left = open(url.parse().unwrap(), 4, conformance::vault())
        .await
        .unwrap();
    let right = open(url.parse().unwrap(), 4, conformance::vault())
        .await
        .unwrap();
    (Bench::over(Arc::new(left), Box::new(())).await, right)
}

async fn processes_hear_of_each_others_plans(server: &Server) {
    let (bench, right) = two(server).await;
    let mut arrivals = right.arrivals().unwrap();
    bench.ingest_one(1).await;
    let heard = tokio::time::timeout(std::time::Duration::from_secs(10), arrivals.recv());
    assert_eq!(heard.await.unwrap().unwrap().as_str(), "one");
}

async fn two_doors_admit_a_plan_once(server: &Server) {
    let (left, right) = two(server).await;
    let right = Bench::beside(Arc::new(right));
    for id in 1..=20 {
        let (one, other) = tokio::join!(left.ingest_one(id), right.ingest_one(id));
        assert_ne!(one, other, "one accepts, the other sees a replay");
    }
}

#[test]
fn both_databases_have_the_same_history() {
    let names = |folder| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let mut names: Vec<_> = std::fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("migrations/sqlite"), names("migrations/postgres"));
}
