//! What is known of a copy of the database.

use crate::retry::Millis;

use super::StoreError;

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
