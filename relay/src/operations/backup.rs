//! `backup` and `backup:verify`.

use std::path::Path;

use serde::Serialize;

use crate::config::Config;
use ledger_store::backup::{BackupError, BackupReport};
use ledger_store::clock;

use super::{OperationError, Operations};

/// A copy of the database.
#[derive(Debug, Serialize)]
pub struct BackupSummary {
    /// The file.
    pub file: String,
    /// Bindings in it.
    pub bindings: i64,
    /// Documents in it, whatever became of them.
    pub documents: i64,
    /// When the newest of them last changed.
    pub newest: Option<String>,
    /// What is wrong with it; nothing when a relay can go on with it.
    pub problems: Vec<String>,
}

impl Operations {
    /// Copies the database of a relay, which may run meanwhile, and looks at the copy.
    ///
    /// # Errors
    /// When the file exists or cannot be written, or the relay works on PostgreSQL.
    pub async fn backup(&self, file: &Path) -> Result<BackupSummary, OperationError> {
        let subject = file.display().to_string();
        self.store
            .note(None, self.audit_entry("backup", &subject))
            .await?;
        ledger_store::copy_database(&self.config.database(), file)
            .await
            .map_err(refused)?;
        let report = ledger_store::verify_copy(file, &self.vault)
            .await
            .map_err(refused)?;
        Ok(summary(file, report))
    }

    /// [`verify_backup`] with the settings and keys of this relay.
    ///
    /// # Errors
    /// When the file cannot be read as a database.
    pub async fn verify_backup(&self, file: &Path) -> Result<BackupSummary, OperationError> {
        verify_backup(&self.config, file).await
    }
}

/// Whether a relay with these settings could go on with a copy. The database of the settings is not
/// touched.
///
/// # Errors
/// When the file cannot be read as a database.
pub async fn verify_backup(config: &Config, file: &Path) -> Result<BackupSummary, OperationError> {
    let vault = config.vault()?;
    let report = ledger_store::verify_copy(file, &vault)
        .await
        .map_err(refused)?;
    Ok(summary(file, report))
}

fn summary(file: &Path, report: BackupReport) -> BackupSummary {
    BackupSummary {
        file: file.display().to_string(),
        bindings: report.bindings,
        documents: report.documents,
        newest: report.newest.and_then(clock::rfc3339),
        problems: report.problems,
    }
}

fn refused(error: BackupError) -> OperationError {
    match error {
        BackupError::Store(error) => error.into(),
        other @ (BackupError::OnServer | BackupError::File { .. }) => {
            OperationError::Argument(other.to_string())
        }
    }
}
