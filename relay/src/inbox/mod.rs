//! The durable inbox: what was accepted, what was sent, what came of it.
//!
//! One trait stands between the relay and its database, so that another store can take the
//! place of SQLite and must pass the same tests. Every method names its binding: there is no
//! way to ask for a row without saying whose it is.
//! The inbox decides nothing about Sage; it only makes facts durable, together or not at all.

pub(crate) mod admission;
mod rows;
pub(crate) mod sqlite;
pub(crate) mod state;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;

use crate::retry::Millis;

pub(crate) use rows::{
    Admitted, AttemptEnd, AttemptView, BindingRow, Claim, Intent, Maker, NewRun, OpenAttempt,
    Outcome, Reason, ReportRow, Request, Run, RunView, SageItem, SealedTokens, Settlement, Verdict,
    Xref,
};

/// The name of a tenant: one shop website bound to one Sage business.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct BindingId(Arc<str>);

impl BindingId {
    /// 1 to 64 letters, digits and the signs `.`, `_`, `-`.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        (!text.is_empty() && text.len() <= 64 && text.chars().all(allowed))
            .then(|| Self(text.into()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for BindingId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Why a binding can send, or cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BindingState {
    Active,
    TokenRevoked,
    AccessDenied,
    SubscriptionInactive,
}

impl BindingState {
    /// The word in the database, which is also the code of the reason.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::TokenRevoked => "token_revoked",
            Self::AccessDenied => "access_denied",
            Self::SubscriptionInactive => "subscription_inactive",
        }
    }
}

/// What went wrong in the store.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("the database failed during {operation}")]
    Database {
        operation: &'static str,
        #[source]
        source: sqlx::Error,
    },
    #[error("the database could not be migrated")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    #[error(
        "the database was written by a newer relay (schema {0}); this binary will not touch it"
    )]
    SchemaNewer(i64),
    #[error("SQLite {0} is too old: 3.51.3 or newer is needed (older ones can corrupt a WAL)")]
    SqliteTooOld(String),
    #[error("another relay process holds the database (lock file {0})")]
    Locked(String),
    #[error("the lock file {path} cannot be used")]
    LockFile {
        path: String,
        #[source]
        source: std::io::Error,
    },
    #[error("a stored row contradicts itself: {0}")]
    Contradiction(&'static str),
    #[error("a group of plans could not be committed: {0}")]
    Group(String),
    #[error("the store is shutting down")]
    Stopped,
}

/// The database of record.
#[async_trait]
pub(crate) trait Store: Send + Sync {
    /// Whether the database answers.
    async fn ping(&self) -> Result<(), StoreError>;
    /// Finishes what is under way and lets go of the database.
    async fn close(&self);

    /// Makes plans durable. Returns only after the commit.
    async fn ingest(
        &self,
        binding: &BindingId,
        runs: Vec<NewRun>,
        now: Millis,
    ) -> Result<Vec<Admitted>, StoreError>;
    async fn run(&self, binding: &BindingId, run_id: &str) -> Result<Option<RunView>, StoreError>;
    async fn attempts(
        &self,
        binding: &BindingId,
        run_id: &str,
    ) -> Result<Vec<AttemptView>, StoreError>;
    async fn sync_state(
        &self,
        binding: &BindingId,
        since: i64,
        limit: u32,
    ) -> Result<Vec<ReportRow>, StoreError>;

    /// Bindings with unfinished runs.
    async fn busy(&self) -> Result<Vec<BindingId>, StoreError>;
    async fn claim(&self, binding: &BindingId, now: Millis) -> Result<Claim, StoreError>;
    async fn xrefs(
        &self,
        binding: &BindingId,
        keys: &[&str],
    ) -> Result<BTreeMap<String, Xref>, StoreError>;
    /// The xref key that already stands for a Sage object, if any.
    async fn owner(
        &self,
        binding: &BindingId,
        resource: &str,
        sage_id: &str,
    ) -> Result<Option<String>, StoreError>;
    /// Whether another run has a send for this object whose end is unknown.
    async fn contested(
        &self,
        binding: &BindingId,
        xref_key: &str,
        run_id: &str,
    ) -> Result<bool, StoreError>;
    async fn intent(
        &self,
        binding: &BindingId,
        request: Request<'_>,
    ) -> Result<Option<Intent>, StoreError>;
    /// Whether some send of a step has no known end.
    async fn step_in_doubt(
        &self,
        binding: &BindingId,
        run_id: &str,
        step: u32,
    ) -> Result<bool, StoreError>;
    /// Every known object whose key begins so, in the order of the keys.
    async fn family(&self, binding: &BindingId, beginning: &str) -> Result<Vec<Xref>, StoreError>;
    /// The newest runs that may make a key known, one for each of their keys.
    async fn makers(&self, binding: &BindingId, xref_key: &str) -> Result<Vec<Maker>, StoreError>;
    /// Freezes the request (once) and records that a send begins. Returns only after the commit.
    async fn open_attempt(
        &self,
        binding: &BindingId,
        attempt: OpenAttempt<'_>,
    ) -> Result<i64, StoreError>;
    /// Closes a send after which the same step goes on at once.
    async fn close_attempt(
        &self,
        binding: &BindingId,
        end: AttemptEnd,
        now: Millis,
    ) -> Result<(), StoreError>;
    async fn settle(
        &self,
        binding: &BindingId,
        settlement: Settlement<'_>,
    ) -> Result<(), StoreError>;

    async fn add_binding(
        &self,
        binding: &BindingId,
        row: &BindingRow,
        now: Millis,
    ) -> Result<bool, StoreError>;
    async fn binding(&self, binding: &BindingId) -> Result<Option<BindingRow>, StoreError>;
    /// Records that a refresh goes out.
    async fn refresh_begins(&self, binding: &BindingId, now: Millis) -> Result<(), StoreError>;
    /// Replaces the pair of this version; false when another pair is there already.
    async fn rotate(
        &self,
        binding: &BindingId,
        version: i64,
        tokens: SealedTokens,
    ) -> Result<bool, StoreError>;
    /// New consent: the binding can send again and its parked runs are queued.
    async fn reconnect(
        &self,
        binding: &BindingId,
        refresh_token_sealed: &[u8],
        now: Millis,
    ) -> Result<bool, StoreError>;
}
