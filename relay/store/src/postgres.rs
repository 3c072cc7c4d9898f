//! The inbox in PostgreSQL, for several relay processes on one database.
//!
//! What SQLite gets from its single writer comes here from an advisory lock: every write
//! transaction of a binding takes the binding's, so of one binding nothing runs side by side,
//! whichever process it is in. Leases say which process sends.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use sqlx::{Connection, Postgres};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::vault::Vault;

use super::{BindingId, StoreError};

#[path = "sql/mod.rs"]
mod sql;
mod statistics;

use sql::{PREPARED, SqlStore, Tx, during};

/// Where processes tell each other of new plans.
const CHANNEL: &str = "ledger_relay_arrivals";
/// A connection that was idle for longer is tried before it is used; one way there and back.
const RESTED: Duration = Duration::from_secs(1);
/// How long a request waits for a connection; then it is answered 503.
const ACQUIRE: Duration = Duration::from_secs(5);
/// After so long the server ends a transaction whose relay says nothing more: a process that was
/// stopped, or whose machine is gone, would otherwise hold its locks and all others would wait.
const IDLE_IN_TRANSACTION: &str = "10s";
const LISTENER_RETRY: Duration = Duration::from_secs(1);
/// Arrivals that may wait to be looked at; those beyond are found by the regular look around.
const WAITING: usize = 1024;

type Db = Postgres;

/// A server's files are its own concern.
#[derive(Debug)]
struct Identity;

impl Identity {
    fn intact(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

const BEGIN: &str = "BEGIN";
const ONE_PROCESS: bool = false;

/// How far the store has come, also where its newest rows are gone again.
const PLACES: &str =
    "SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('run', 'seq')::regclass), 0) AS seq,
            coalesce(pg_sequence_last_value(pg_get_serial_sequence('sync_state', 'cursor')::regclass), 0) AS cursor";

/// The event in the key of a run `r`.
const EVENT: &str = "split_part(r.key, ':', 1)";

/// Waits until no write transaction is under way, and keeps new ones waiting.
async fn alone_in_the_store(tx: &mut Tx) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT pg_advisory_xact_lock(1818584167, 1)")
        .execute(&mut **tx)
        .await
        .map(|_| ())
}

/// Takes the locks of the bindings in the order in which they are given, and shares the one that
/// `alone_in_the_store` wants for itself.
async fn alone(tx: &mut Tx, bindings: &[&str]) -> Result<(), sqlx::Error> {
    sqlx::query(
        "SELECT pg_advisory_xact_lock_shared(1818584167, 1), pg_advisory_xact_lock(hashtextextended(b.id, 0))
         FROM unnest($1::text[]) WITH ORDINALITY AS b (id, place) ORDER BY b.place",
    )
    .bind(bindings)
    .execute(&mut **tx)
    .await
    .map(|_| ())
}

/// Tells every process of new plans, with the commit.
async fn announce(tx: &mut Tx, bindings: &[&str]) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT pg_notify($1, b.id) FROM unnest($2::text[]) AS b (id)")
        .bind(CHANNEL)
        .bind(bindings)
        .execute(&mut **tx)
        .await
        .map(|_| ())
}

/// The ear for what other processes take in.
#[derive(Debug)]
struct Extra {
    arrivals: Mutex<Option<mpsc::Receiver<BindingId>>>,
    listener: JoinHandle<()>,
    statistics: JoinHandle<()>,
}

impl Extra {
    async fn end(&self) {
        self.listener.abort();
        self.statistics.abort();
    }

    fn identity(&self) -> Arc<Identity> {
        Arc::new(Identity)
    }

    fn arrivals(&self) -> Option<mpsc::Receiver<BindingId>> {
        self.arrivals
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

impl Drop for Extra {
    fn drop(&mut self) {
        self.listener.abort();
        self.statistics.abort();
    }
}

/// Connects and brings the schema up to date.
pub(super) async fn open(
    options: PgConnectOptions,
    connections: u32,
    vault: Arc<Vault>,
) -> Result<SqlStore, StoreError> {
    // An acknowledged plan is on disk, whatever the server's default.
    let options = options
        .application_name("ledger-relay")
        .options([
            ("synchronous_commit", "on"),
            ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION),
        ])
        .statement_cache_capacity(PREPARED);
    let pool = PgPoolOptions::new()
        .max_connections(connections.max(2))
        .acquire_timeout(ACQUIRE)
        .test_before_acquire(false)
        .before_acquire(|connection, usage| {
            Box::pin(async move {
                if usage.idle_for > RESTED {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_with(options)
        .await
        .map_err(during("open"))?;
    let fsync: String = sqlx::query_scalar("SHOW fsync")
        .fetch_one(&pool)
        .await
        .map_err(during("open"))?;
    if fsync != "on" {
        tracing::warn!("PostgreSQL runs with fsync off: a power cut can lose accepted plans");
    }
    sqlx::migrate!("migrations/postgres")
        .run(&pool)
        .await
        .map_err(super::not_migrated)?;
    let mut listener = PgListener::connect_with(&pool)
        .await
        .map_err(during("open"))?;
    listener.listen(CHANNEL).await.map_err(during("open"))?;
    let (sender, arrivals) = mpsc::channel(WAITING);
    let extra = Extra {
        arrivals: Mutex::new(Some(arrivals)),
        listener: tokio::spawn(listen(listener, sender)),
        statistics: tokio::spawn(statistics::keep(pool.clone())),
    };
    Ok(SqlStore::over(pool.clone(), pool, vault, extra))
}

async fn listen(mut listener: PgListener, arrivals: mpsc::Sender<BindingId>) {
    loop {
        let notification = match listener.recv().await {
            Ok(notification) => notification,
            // Its connection must go back, for the pool waits for it.
            Err(sqlx::Error::PoolClosed) => return,
            // It connects again by itself; meanwhile lanes look around for work.
            Err(_) => {
                tokio::time::sleep(LISTENER_RETRY).await;
                continue;
            }
        };
        let Some(binding) = BindingId::new(notification.payload()) else {
            continue;
        };
        if let Err(mpsc::error::TrySendError::Closed(_)) = arrivals.try_send(binding) {
            return;
        }
    }
}

#[cfg(test)]
mod tests;
