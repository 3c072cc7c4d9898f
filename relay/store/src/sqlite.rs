//! The inbox in one SQLite file.
//!
//! WAL with `synchronous=FULL`: an acknowledged plan survives a power cut. Every write
//! transaction is `BEGIN IMMEDIATE` on the single writer connection, so none can fail half-way
//! because a reader became a writer. Reads have their own pool and never wait for the writer.
//! A lock on the file itself keeps a second relay process away.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::Sqlite;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use tokio::sync::mpsc;

use crate::vault::Vault;

use super::{BindingId, StoreError};

pub(super) mod backup;
mod checkpoint;
mod identity;
#[path = "sql/mod.rs"]
mod sql;

use checkpoint::Checkpoints;
use identity::FileIdentity;
use sql::{PREPARED, SqlStore, Tx, during};

const READERS: u32 = 4;
/// Of each connection, in KiB as SQLite counts them: below zero.
const CACHE: &str = "-16384";
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];

type Db = Sqlite;
type Identity = FileIdentity;
/// The write lock at once: a reader that becomes a writer half-way can fail.
const BEGIN: &str = "BEGIN IMMEDIATE";
/// The lock on the file sees to it.
const ONE_PROCESS: bool = true;

/// How far the store has come, also where its newest rows are gone again.
const PLACES: &str = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'run'), 0) AS seq,
                             coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'sync_state'), 0) AS cursor";

/// The event in the key of a run `r`.
const EVENT: &str = "substr(r.key, 1, instr(r.key, ':') - 1)";

/// The one writer is alone.
async fn alone_in_the_store(_: &mut Tx) -> Result<(), sqlx::Error> {
    Ok(())
}

/// Writers are one after the other anyway.
async fn alone(_: &mut Tx, _: &[&str]) -> Result<(), sqlx::Error> {
    Ok(())
}

/// The one process that could care has taken the plans itself.
async fn announce(_: &mut Tx, _: &[&str]) -> Result<(), sqlx::Error> {
    Ok(())
}

/// What an open file holds on to.
#[derive(Debug)]
struct Extra {
    checkpoints: Option<Checkpoints>,
    identity: Arc<FileIdentity>,
}

impl Extra {
    async fn end(&self) {
        if let Some(checkpoints) = &self.checkpoints {
            checkpoints.end().await;
        }
    }

    fn identity(&self) -> Arc<Identity> {
        Arc::clone(&self.identity)
    }

    fn arrivals(&self) -> Option<mpsc::Receiver<BindingId>> {
        None
    }
}

/// Whether this process may deliver, or only add rows beside a process that does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Serve,
    Provision,
}

/// Opens or creates the file and brings its schema up to date.
pub(super) async fn open(
    path: &Path,
    role: Role,
    vault: Arc<Vault>,
) -> Result<SqlStore, StoreError> {
    let locked = match role {
        Role::Serve => Some(FileIdentity::locked(path)?),
        Role::Provision => None,
    };
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(role == Role::Provision)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .pragma("secure_delete", "ON")
        .pragma("temp_store", "MEMORY")
        .pragma("cache_size", CACHE)
        .statement_cache_capacity(PREPARED);
    let writing = match role {
        Role::Serve => options
            .clone()
            .pragma("wal_autocheckpoint", checkpoint::LONGEST),
        Role::Provision => options.clone(),
    };
    let pool = |connections| {
        SqlitePoolOptions::new()
            .max_connections(connections)
            // A connection to a file does not break by itself.
            .test_before_acquire(false)
            .idle_timeout(None)
            .max_lifetime(None)
    };
    let writer = pool(1)
        .connect_with(writing)
        .await
        .map_err(during("open"))?;
    let version: String = sqlx::query_scalar("SELECT sqlite_version()")
        .fetch_one(&writer)
        .await
        .map_err(during("open"))?;
    if !new_enough(&version) {
        return Err(StoreError::SqliteTooOld(version));
    }
    let identity = match locked {
        Some(locked) => locked,
        None => FileIdentity::unlocked(path)?,
    };
    sqlx::migrate!("migrations/sqlite")
        .run(&writer)
        .await
        .map_err(super::not_migrated)?;
    let checkpoints = if role == Role::Serve {
        let begun = Checkpoints::begin(&options).await;
        Some(begun.map_err(during("open"))?)
    } else {
        None
    };
    let readers = pool(READERS)
        .connect_with(options.read_only(true))
        .await
        .map_err(during("open"))?;
    let extra = Extra {
        checkpoints,
        identity: Arc::new(identity),
    };
    Ok(SqlStore::over(writer, readers, vault, extra))
}

fn new_enough(version: &str) -> bool {
    let numbers: Vec<u32> = version
        .split('.')
        .filter_map(|part| part.parse().ok())
        .collect();
    numbers.as_slice() >= OLDEST_SQLITE.as_slice()
}

#[cfg(test)]
mod tests;
