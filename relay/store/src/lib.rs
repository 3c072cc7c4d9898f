//! The durable inbox: what was accepted, what was sent, what came of it.
//!
//! This crate knows SQL, sealing and the time. It knows no HTTP, and nothing of Sage but the ids
//! that it is given.
//!
//! The traits of `store` stand between the relay and its database. The statements are written
//! once, in `sql/`, and compiled for each database: `sqlite` and `postgres` say what differs.
//! There is no way to ask for a row without saying, and showing, whose it is.
//! The inbox decides nothing about Sage; it only makes facts durable, together or not at all.
//!
//! More than twenty entries: the traits speak in the types of these modules, one idea each; what
//! belongs to one database or to the statements has a folder.

#![forbid(unsafe_code)]
#![allow(
    missing_docs,
    reason = "a crate of the relay only: fields and variants carry the names of the columns"
)]
#![allow(
    clippy::duplicate_mod,
    reason = "`sql/` is compiled once for each database"
)]

pub mod admission;
pub mod clock;
pub mod crash;
pub mod retry;
mod reference_rows;
mod settlement;
mod shop_report;
pub mod tenant;
pub mod vault;
pub mod accounts;
pub mod backup;
pub mod history;
pub mod operations;
pub mod notifications;
mod lease;
mod postgres;
pub mod reconciliation;
pub mod recovery;
mod rows;
mod run_view;
mod sqlite;
pub mod state;
mod store;
mod sealed_reason;

#[cfg(test)]
mod conformance;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use crate::vault::{Vault, VaultError};

pub use lease::{Holder, Lease, Tally};
pub use rows::{
    Admission, Admitted, AttemptEnd, BindingRow, Claim, Intent, Maker, NewRun, OpenAttempt,
    Outcome, Reason, Request, Run, SageItem, SealedTokens, ShopCause, ShopKeys, TokenUse, Verdict,
    Xref,
};
pub use run_view::{AttemptView, ContactRow, ReportRow, RunView};
pub use settlement::Settlement;
pub use sqlite::Role;
pub use store::{BindingStore, IngestStore, LaneStore, Store};

/// The name of a tenant: one shop website bound to one Sage business.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BindingId(Arc<str>);

impl BindingId {
    /// 1 to 64 letters, digits and the signs `.`, `_`, `-`.
    pub fn new(text: &str) -> Option<Self> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        (!text.is_empty() && text.len() <= 64 && text.chars().all(allowed))
            .then(|| Self(text.into()))
    }

    pub fn as_str(&self) -> &str {
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
pub enum BindingState {
    Active,
    TokenRevoked,
    AccessDenied,
    SubscriptionInactive,
}

impl BindingState {
    /// The word in the database, which is also the code of the reason.
    pub fn word(self) -> &'static str {
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
pub enum StoreError {
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
    #[error("another relay process has the database {0}")]
    Locked(String),
    #[error("the database file was moved, removed or replaced under the running relay")]
    Replaced,
    #[error("the database file {path} cannot be used")]
    LockFile {
        path: String,
        #[source]
        source: std::io::Error,
    },
    #[error("a stored plan or request cannot be sealed or opened")]
    Sealed(#[source] VaultError),
    #[error("a stored row contradicts itself: {0}")]
    Contradiction(&'static str),
    #[error("a group of plans could not be committed: {0}")]
    Group(String),
    #[error("the database refuses the content of the request")]
    Refused,
    #[error("the store is shutting down")]
    Stopped,
    #[error("another relay process has taken over this lane")]
    LeaseLost,
}

impl StoreError {
    /// Whether the database refuses the content: the same content will be refused again. Anything
    /// else, such as a full disk or a lost connection, passes.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Refused | Self::Contradiction(_) => true,
            Self::Database { source, .. } => refuses_content(source),
            Self::Migrate(_)
            | Self::SchemaNewer(_)
            | Self::SqliteTooOld(_)
            | Self::Locked(_)
            | Self::Replaced
            | Self::LockFile { .. }
            | Self::Sealed(_)
            | Self::Group(_)
            | Self::Stopped
            | Self::LeaseLost => false,
        }
    }
}

/// SQLite's primary result codes for content: too big, constraint, wrong type, out of range.
const SQLITE_CONTENT: [u32; 4] = [18, 19, 20, 25];

/// PostgreSQL's classes for content: data exception, integrity constraint, program limit exceeded.
const POSTGRES_CONTENT: [&str; 3] = ["22", "23", "54"];

fn refuses_content(error: &sqlx::Error) -> bool {
    if matches!(error, sqlx::Error::Encode(_)) {
        return true;
    }
    let Some(code) = error.as_database_error().and_then(|error| error.code()) else {
        return false;
    };
    match code.parse::<u32>() {
        // A code of SQLite has three or four digits at most, its primary one in the lowest byte.
        Ok(number) if code.len() < 5 => SQLITE_CONTENT.contains(&(number & 0xff)),
        _ => POSTGRES_CONTENT.iter().any(|class| code.starts_with(class)),
    }
}

fn not_migrated(error: sqlx::migrate::MigrateError) -> StoreError {
    if let sqlx::migrate::MigrateError::VersionMissing(newer) = error {
        StoreError::SchemaNewer(newer)
    } else {
        StoreError::Migrate(error)
    }
}

/// Opens the database that the settings name.
pub async fn open(
    location: &DatabaseLocation,
    role: Role,
    vault: &Arc<Vault>,
) -> Result<Arc<dyn Store>, StoreError> {
    let vault = Arc::clone(vault);
    match location {
        DatabaseLocation::File(path) => Ok(Arc::new(sqlite::open(path, role, vault).await?)),
        DatabaseLocation::Server(url, connections) => {
            let options = url
                .expose_secret()
                .parse()
                .map_err(|source| StoreError::Database {
                    operation: "reading the URL of the database",
                    source,
                })?;
            Ok(Arc::new(
                postgres::open(options, *connections, vault).await?,
            ))
        }
    }
}

/// Where the database is.
#[derive(Debug, Clone)]
pub enum DatabaseLocation {
    /// A SQLite file.
    File(PathBuf),
    /// A PostgreSQL URL, which may hold a password, and how many connections to open.
    Server(SecretString, u32),
}

/// Copies the database as it is at one instant, beside a relay that runs.
pub async fn copy_database(
    location: &DatabaseLocation,
    to: &Path,
) -> Result<(), backup::BackupError> {
    match location {
        DatabaseLocation::File(path) => sqlite::backup::copy(path, to).await,
        DatabaseLocation::Server(..) => Err(backup::BackupError::OnServer),
    }
}

/// Looks whether a relay could go on with a copy.
pub async fn verify_copy(
    file: &Path,
    vault: &Arc<Vault>,
) -> Result<backup::BackupReport, backup::BackupError> {
    sqlite::backup::verify(file, vault).await
}
