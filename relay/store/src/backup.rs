//! Copies of the database.

use std::path::Path;
use std::sync::Arc;

use crate::retry::Millis;
use crate::vault::Vault;

use super::{Place, StoreError, sqlite};

/// Why there is no copy, or why it could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error(
        "the relay works on PostgreSQL, whose own tools make backups: docs/operator/backup-and-restore.md says how"
    )]
    OnServer,
    #[error("the file {path} cannot be used: {source}")]
    File {
        path: String,
        #[source]
        source: std::io::Error,
    },
    #[error("the database could not be copied or read")]
    Store(#[source] StoreError),
}

/// What a copy holds, and what is wrong with it.
#[derive(Debug)]
pub struct BackupReport {
    pub bindings: i64,
    pub documents: i64,
    /// When the newest document last changed.
    pub newest: Option<Millis>,
    pub problems: Vec<String>,
}

/// Copies the database as it is at one instant, beside a relay that runs.
pub async fn copy(place: &Place, to: &Path) -> Result<(), BackupError> {
    match place {
        Place::File(path) => sqlite::backup::copy(path, to).await,
        Place::Server(..) => Err(BackupError::OnServer),
    }
}

/// Looks whether a relay could go on with a copy.
pub async fn verify(file: &Path, vault: &Arc<Vault>) -> Result<BackupReport, BackupError> {
    sqlite::backup::verify(file, vault).await
}
