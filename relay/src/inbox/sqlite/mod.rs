//! The inbox in one SQLite file.
//!
//! WAL with `synchronous=FULL`: an acknowledged plan survives a power cut. Every write
//! transaction is `BEGIN IMMEDIATE` on the single writer connection, so none can fail half-way
//! because a reader became a writer. Reads have their own pool and never wait for the writer.
//! A lock file keeps a second relay process off the same file.

mod bindings;
mod ingest;
mod lane;
mod needs;
mod views;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use sqlx::migrate::MigrateError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, SqlitePool, Transaction};

use crate::retry::Millis;

use super::{
    Admitted, AttemptEnd, AttemptView, BindingId, BindingRow, Claim, Intent, Maker, NewRun,
    OpenAttempt, ReportRow, Request, RunView, SealedTokens, Settlement, Store, StoreError, Xref,
};

const READERS: u32 = 4;
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];

/// Names the operation in which the database failed.
fn during(operation: &'static str) -> impl FnOnce(sqlx::Error) -> StoreError {
    move |source| StoreError::Database { operation, source }
}

/// The SQLite store.
#[derive(Debug)]
pub(crate) struct SqliteStore {
    writer: SqlitePool,
    readers: SqlitePool,
    ingest: ingest::Door,
    _lock: Option<File>,
}

/// Whether this process may deliver, or only add rows beside a process that does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Serve,
    Provision,
}

impl SqliteStore {
    /// Opens or creates the file and brings its schema up to date.
    pub(crate) async fn open(path: &Path, role: Role) -> Result<Self, StoreError> {
        let lock = if role == Role::Serve {
            Some(lock(path)?)
        } else {
            None
        };
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .pragma("secure_delete", "ON");
        let pool = |connections| {
            SqlitePoolOptions::new()
                .max_connections(connections)
                .idle_timeout(None)
                .max_lifetime(None)
        };
        let writer = pool(1)
            .connect_with(options.clone())
            .await
            .map_err(during("open"))?;
        let version: String = sqlx::query_scalar("SELECT sqlite_version()")
            .fetch_one(&writer)
            .await
            .map_err(during("open"))?;
        if !new_enough(&version) {
            return Err(StoreError::SqliteTooOld(version));
        }
        sqlx::migrate!("migrations/sqlite")
            .run(&writer)
            .await
            .map_err(|error| {
                if let MigrateError::VersionMissing(newer) = error {
                    StoreError::SchemaNewer(newer)
                } else {
                    StoreError::Migrate(error)
                }
            })?;
        let readers = pool(READERS)
            .connect_with(options.read_only(true))
            .await
            .map_err(during("open"))?;
        let ingest = ingest::Door::open(writer.clone());
        Ok(Self {
            writer,
            readers,
            ingest,
            _lock: lock,
        })
    }

    async fn begin(
        &self,
        operation: &'static str,
    ) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.writer
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(during(operation))
    }
}

fn lock(path: &Path) -> Result<File, StoreError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let name = PathBuf::from(name);
    let shown = name.display().to_string();
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&name)
        .map_err(|source| StoreError::LockFile {
            path: shown.clone(),
            source,
        })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(StoreError::Locked(shown)),
        Err(std::fs::TryLockError::Error(source)) => Err(StoreError::LockFile {
            path: shown,
            source,
        }),
    }
}

fn new_enough(version: &str) -> bool {
    let numbers: Vec<u32> = version
        .split('.')
        .filter_map(|part| part.parse().ok())
        .collect();
    numbers.as_slice() >= OLDEST_SQLITE.as_slice()
}

#[async_trait]
impl Store for SqliteStore {
    async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1")
            .execute(&self.readers)
            .await
            .map(|_| ())
            .map_err(during("ping"))
    }

    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    async fn ingest(
        &self,
        binding: &BindingId,
        runs: Vec<NewRun>,
        now: Millis,
    ) -> Result<Vec<Admitted>, StoreError> {
        self.ingest.pass(binding.clone(), runs, now).await
    }

    async fn run(&self, binding: &BindingId, run_id: &str) -> Result<Option<RunView>, StoreError> {
        views::run(&self.readers, binding, run_id).await
    }

    async fn attempts(
        &self,
        binding: &BindingId,
        run_id: &str,
    ) -> Result<Vec<AttemptView>, StoreError> {
        views::attempts(&self.readers, binding, run_id).await
    }

    async fn sync_state(
        &self,
        binding: &BindingId,
        since: i64,
        limit: u32,
    ) -> Result<Vec<ReportRow>, StoreError> {
        views::sync_state(&self.readers, binding, since, limit).await
    }

    async fn busy(&self) -> Result<Vec<BindingId>, StoreError> {
        views::busy(&self.readers).await
    }

    async fn claim(&self, binding: &BindingId, now: Millis) -> Result<Claim, StoreError> {
        lane::claim(self, binding, now).await
    }

    async fn xrefs(
        &self,
        binding: &BindingId,
        keys: &[&str],
    ) -> Result<BTreeMap<String, Xref>, StoreError> {
        views::xrefs(&self.readers, binding, keys).await
    }

    async fn owner(
        &self,
        binding: &BindingId,
        resource: &str,
        sage_id: &str,
    ) -> Result<Option<String>, StoreError> {
        views::owner(&self.readers, binding, resource, sage_id).await
    }

    async fn contested(
        &self,
        binding: &BindingId,
        xref_key: &str,
        run_id: &str,
    ) -> Result<bool, StoreError> {
        views::contested(&self.readers, binding, xref_key, run_id).await
    }

    async fn intent(
        &self,
        binding: &BindingId,
        request: Request<'_>,
    ) -> Result<Option<Intent>, StoreError> {
        views::intent(&self.readers, binding, request).await
    }

    async fn step_in_doubt(
        &self,
        binding: &BindingId,
        run_id: &str,
        step: u32,
    ) -> Result<bool, StoreError> {
        views::step_in_doubt(&self.readers, binding, run_id, step).await
    }

    async fn family(&self, binding: &BindingId, beginning: &str) -> Result<Vec<Xref>, StoreError> {
        views::family(&self.readers, binding, beginning).await
    }

    async fn makers(&self, binding: &BindingId, xref_key: &str) -> Result<Vec<Maker>, StoreError> {
        needs::makers(&self.readers, binding, xref_key).await
    }

    async fn open_attempt(
        &self,
        binding: &BindingId,
        attempt: OpenAttempt<'_>,
    ) -> Result<i64, StoreError> {
        lane::open_attempt(self, binding, attempt).await
    }

    async fn close_attempt(
        &self,
        binding: &BindingId,
        end: AttemptEnd,
        now: Millis,
    ) -> Result<(), StoreError> {
        lane::close_attempt(self, binding, &end, now).await
    }

    async fn settle(
        &self,
        binding: &BindingId,
        settlement: Settlement<'_>,
    ) -> Result<(), StoreError> {
        lane::settle(self, binding, settlement).await
    }

    async fn add_binding(
        &self,
        binding: &BindingId,
        row: &BindingRow,
        now: Millis,
    ) -> Result<bool, StoreError> {
        bindings::add(self, binding, row, now).await
    }

    async fn binding(&self, binding: &BindingId) -> Result<Option<BindingRow>, StoreError> {
        bindings::get(&self.readers, binding).await
    }

    async fn refresh_begins(&self, binding: &BindingId, now: Millis) -> Result<(), StoreError> {
        bindings::refresh_begins(self, binding, now).await
    }

    async fn rotate(
        &self,
        binding: &BindingId,
        version: i64,
        tokens: SealedTokens,
    ) -> Result<bool, StoreError> {
        bindings::rotate(self, binding, version, tokens).await
    }

    async fn reconnect(
        &self,
        binding: &BindingId,
        refresh_token_sealed: &[u8],
        now: Millis,
    ) -> Result<bool, StoreError> {
        bindings::reconnect(self, binding, refresh_token_sealed, now).await
    }
}

#[cfg(test)]
mod tests;
