//! The SQLite store, alone.

mod bindings;

use tempfile::TempDir;

use super::*;
use crate::inbox::admission::Decision;
use crate::inbox::{AttemptEnd, BindingState, Outcome, Reason, Verdict};
use crate::plan::Kind;

struct Bench {
    _folder: TempDir,
    path: std::path::PathBuf,
    store: SqliteStore,
}

async fn bench() -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("relay.sqlite3");
    let store = SqliteStore::open(&path, Role::Serve).await.unwrap();
    for id in ["one", "two"] {
        let row = BindingRow {
            api_url: "u".to_owned(),
            token_url: "t".to_owned(),
            business_id: "b".to_owned(),
            api_key_sealed: vec![1],
            refresh_token_sealed: vec![2],
            access_token_sealed: None,
            access_usable_until: None,
            token_version: 0,
        };
        assert!(store.add_binding(&binding(id), &row, 0).await.unwrap());
        assert!(
            !store.add_binding(&binding(id), &row, 0).await.unwrap(),
            "a binding is added once"
        );
    }
    Bench {
        _folder: folder,
        path,
        store,
    }
}

fn binding(id: &str) -> BindingId {
    BindingId::new(id).unwrap()
}

fn new_run(id: u32, digest: &str) -> NewRun {
    NewRun {
        run_id: format!("run-{id}-{digest}"),
        key: format!("invoice.created:{id}"),
        kind: Kind::Document,
        digest: digest.to_owned(),
        plan: b"{}".to_vec(),
        sequence: 1,
        entity_type: "invoice".to_owned(),
        entity_id: id.into(),
        principal_xref: format!("invoice:{id}"),
        expected_total: Some("1.00".to_owned()),
        expected_currency: None,
        makes: vec![format!("invoice:{id}")],
        needs: Vec::new(),
    }
}

fn settlement(run_id: &str, verdict: Verdict) -> Settlement<'_> {
    Settlement::of(run_id, verdict, 5)
}

fn request(run_id: &str) -> Request<'_> {
    Request {
        run_id,
        step: 0,
        xref_key: "invoice:1",
        target: "",
    }
}

fn open<'a>(run_id: &'a str, body: &'a [u8]) -> OpenAttempt<'a> {
    OpenAttempt {
        request: request(run_id),
        resource: "sales_invoices",
        sage_idempotency_id: "id",
        body,
        now: 3,
    }
}

async fn claimed(store: &SqliteStore, id: &str, now: Millis) -> Option<String> {
    if let Claim::Run(run) = store.claim(&binding(id), now).await.unwrap() {
        Some(run.run_id)
    } else {
        None
    }
}

#[tokio::test]
async fn many_at_the_door_at_once_and_each_gets_its_own_answer() {
    let bench = bench().await;
    let one = binding("one");
    let asked = (0..40_u32).map(|id| {
        bench
            .store
            .ingest(&one, vec![new_run(id % 20, "a"), new_run(id % 20, "b")], 1)
    });
    let mut answers = Vec::new();
    for answer in futures(asked).await {
        answers.extend(answer.unwrap());
    }
    let count = |wanted: Decision| {
        answers
            .iter()
            .filter(|admitted| admitted.decision == wanted)
            .count()
    };
    assert_eq!(
        (
            count(Decision::Accept(1)),
            count(Decision::Replay),
            count(Decision::Conflict)
        ),
        (20, 20, 40)
    );
}

/// Drives futures side by side.
async fn futures<F: Future<Output: Send + 'static> + Send>(
    all: impl Iterator<Item = F>,
) -> Vec<F::Output> {
    let mut pending: Vec<_> = all.map(Box::pin).collect();
    let mut done = Vec::new();
    std::future::poll_fn(|context| {
        pending.retain_mut(|future| match future.as_mut().poll(context) {
            std::task::Poll::Ready(output) => {
                done.push(output);
                false
            }
            std::task::Poll::Pending => true,
        });
        if pending.is_empty() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    done
}

#[tokio::test]
async fn a_frozen_body_never_changes() {
    let bench = bench().await;
    let one = binding("one");
    bench
        .store
        .ingest(&one, vec![new_run(1, "a")], 1)
        .await
        .unwrap();
    let run = claimed(&bench.store, "one", 2).await.unwrap();
    let first = bench
        .store
        .open_attempt(&one, open(&run, b"body"))
        .await
        .unwrap();
    assert!(
        bench
            .store
            .open_attempt(&one, open(&run, b"another"))
            .await
            .is_err()
    );
    let second = bench
        .store
        .open_attempt(&one, open(&run, b"body"))
        .await
        .unwrap();
    assert!(second > first);
    let intent = bench
        .store
        .intent(&one, request(&run))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (
            intent.body.as_slice(),
            intent.in_doubt,
            intent.first_sent_at
        ),
        (&b"body"[..], true, 3)
    );
    assert!(
        bench
            .store
            .intent(&binding("two"), request(&run))
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn doubt_blocks_others_until_it_is_resolved() {
    let bench = bench().await;
    let one = binding("one");
    bench
        .store
        .ingest(&one, vec![new_run(1, "a")], 1)
        .await
        .unwrap();
    let run = claimed(&bench.store, "one", 2).await.unwrap();
    let attempt_id = bench
        .store
        .open_attempt(&one, open(&run, b"body"))
        .await
        .unwrap();
    assert!(
        bench
            .store
            .contested(&one, "invoice:1", "another run")
            .await
            .unwrap()
    );
    assert!(
        !bench
            .store
            .contested(&one, "invoice:1", &run)
            .await
            .unwrap()
    );
    assert!(
        !bench
            .store
            .contested(&binding("two"), "invoice:1", "another run")
            .await
            .unwrap()
    );
    let end = AttemptEnd {
        attempt_id,
        outcome: Outcome::Unknown,
        http_status: Some(500),
        request_id: None,
    };
    let verdict = Verdict::Wait {
        until: 50,
        counted: true,
        reason: Reason::new("outcome_unknown", ""),
    };
    let waiting = Settlement {
        attempt: Some(end),
        ..settlement(&run, verdict)
    };
    bench.store.settle(&one, waiting).await.unwrap();
    assert!(
        bench
            .store
            .contested(&one, "invoice:1", "another run")
            .await
            .unwrap()
    );
    assert_eq!(claimed(&bench.store, "one", 49).await, None);
    assert!(matches!(
        bench.store.claim(&one, 49).await.unwrap(),
        Claim::Until(50)
    ));
    assert_eq!(claimed(&bench.store, "one", 50).await, Some(run.clone()));
    bench
        .store
        .settle(&one, settlement(&run, Verdict::Finish))
        .await
        .unwrap();
    assert!(
        !bench
            .store
            .contested(&one, "invoice:1", "another run")
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn what_the_state_forbids_is_not_written() {
    let bench = bench().await;
    let one = binding("one");
    bench
        .store
        .ingest(&one, vec![new_run(1, "a")], 1)
        .await
        .unwrap();
    let run = "run-1-a";
    assert!(
        bench
            .store
            .settle(&one, settlement(run, Verdict::Finish))
            .await
            .is_err(),
        "not claimed"
    );
    claimed(&bench.store, "one", 2).await.unwrap();
    assert!(
        bench
            .store
            .settle(&binding("two"), settlement(run, Verdict::Finish))
            .await
            .is_err(),
        "not theirs"
    );
    bench
        .store
        .settle(&one, settlement(run, Verdict::Finish))
        .await
        .unwrap();
    assert!(
        bench
            .store
            .settle(&one, settlement(run, Verdict::Finish))
            .await
            .is_err(),
        "done is done"
    );
    let view = bench.store.run(&one, run).await.unwrap().unwrap();
    assert_eq!((view.state.as_str(), view.step), ("succeeded", 1));
}

#[tokio::test]
async fn the_cursor_only_grows_and_repeats_nothing() {
    let bench = bench().await;
    let one = binding("one");
    bench
        .store
        .ingest(&one, vec![new_run(1, "a"), new_run(2, "a")], 1)
        .await
        .unwrap();
    let wait = || Verdict::Wait {
        until: 3,
        counted: true,
        reason: Reason::new("sage_unreachable", ""),
    };
    let mut cursors = Vec::new();
    for verdict in [wait(), wait(), Verdict::Finish] {
        let run = claimed(&bench.store, "one", 9).await.unwrap();
        bench
            .store
            .settle(&one, settlement(&run, verdict))
            .await
            .unwrap();
        let rows = bench.store.sync_state(&one, 0, 10).await.unwrap();
        assert_eq!(rows.len(), 1, "one row per document");
        cursors.push((rows[0].cursor, rows[0].status.clone()));
    }
    let words: Vec<_> = cursors.iter().map(|(_, status)| status.as_str()).collect();
    assert_eq!(words, ["waiting", "waiting", "succeeded"]);
    assert_eq!(cursors[0].0, cursors[1].0, "the same news is told once");
    assert!(cursors[2].0 > cursors[1].0);
    assert!(
        bench
            .store
            .sync_state(&one, cursors[2].0, 10)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let bench = bench().await;
    sqlx::query("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', 1, x'00', 1)")
        .execute(&bench.store.writer)
        .await
        .unwrap();
    let error = SqliteStore::open(&bench.path, Role::Provision)
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::SchemaNewer(9999)), "{error}");
}

#[tokio::test]
async fn the_database_is_set_up_as_promised() {
    let bench = bench().await;
    let pragma = async |sql: &'static str| -> String {
        use sqlx::Row;
        let row = sqlx::query(sql)
            .fetch_one(&bench.store.writer)
            .await
            .unwrap();
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
