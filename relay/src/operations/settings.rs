//! Settings: versions, judged by the core before they are saved.

use serde::Serialize;

use crate::settings::document::{Document, compose};
use ledger_store::BindingId;
use ledger_store::clock;
use ledger_store::operations::SettingsRow;

use super::{OperationError, Operations};

/// A problem of a settings document, as the core sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SettingsProblem {
    /// Stable code.
    pub code: String,
    /// Where, beginning with `/settings` or `/tier`.
    pub pointer: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub suggestion: String,
}

/// A version of the settings.
#[derive(Debug, Serialize)]
pub struct SettingsVersion {
    /// Its number; the largest stands.
    pub version: i64,
    /// SHA-256 of its bytes.
    pub digest: String,
    /// Who saved it.
    pub author: String,
    /// When.
    pub created_at: Option<String>,
}

impl From<SettingsRow> for SettingsVersion {
    fn from(row: SettingsRow) -> Self {
        Self {
            version: row.version,
            digest: row.digest,
            author: row.author,
            created_at: clock::rfc3339(row.created_at),
        }
    }
}

/// What became of a document.
#[derive(Debug, Serialize)]
pub struct Saved {
    /// The version that stands now.
    pub version: i64,
    /// Its digest.
    pub digest: String,
    /// Whether it is a new one.
    pub is_new: bool,
    /// Fields of `binding` in which Sage said something else than the document.
    pub from_sage: Vec<String>,
}

impl Operations {
    /// Judges a document as if it were to be saved: with this binding's reference data and tier.
    ///
    /// # Errors
    /// Every problem the core finds.
    pub async fn validate_settings(&self, id: &str, text: &str) -> Result<(), OperationError> {
        let (binding, _) = self.known(id).await?;
        self.judged(&binding, text).await.map(|_| ())
    }

    async fn judged(&self, binding: &BindingId, text: &str) -> Result<Document, OperationError> {
        let tier = self.store.tier_of(binding).await?;
        let tier = self.tiers.of(tier.as_deref()).map(|allowed| &allowed.tier);
        let (reference, business) = self.reference(binding).await?;
        compose(text, reference.as_ref(), business.as_ref(), tier).map_err(|problems| {
            let shown = problems.into_iter().map(|problem| SettingsProblem {
                code: serde_json::to_value(problem.code)
                    .ok()
                    .and_then(|code| code.as_str().map(ToOwned::to_owned))
                    .unwrap_or_default(),
                pointer: problem.pointer,
                message: problem.message,
                suggestion: problem.suggestion,
            });
            OperationError::Settings(shown.collect())
        })
    }

    pub(super) async fn save(
        &self,
        binding: &BindingId,
        text: &str,
        action: &str,
    ) -> Result<Saved, OperationError> {
        let document = self.judged(binding, text).await?;
        let subject = match document.from_sage.as_slice() {
            [] => document.digest.clone(),
            fields => format!(
                "{}; binding from Sage: {}",
                document.digest,
                fields.join(", ")
            ),
        };
        let audit_entry = self.audit_entry(action, &subject);
        let (version, is_new) = self
            .store
            .save_settings(binding, &document.text, &document.digest, audit_entry)
            .await?;
        Ok(Saved {
            version,
            digest: document.digest,
            is_new,
            from_sage: document.from_sage,
        })
    }

    /// Saves a document as the next version.
    ///
    /// # Errors
    /// When the core finds problems; then the old version stands.
    pub async fn set_settings(&self, id: &str, text: &str) -> Result<Saved, OperationError> {
        let (binding, _) = self.known(id).await?;
        self.save(&binding, text, "settings:set").await
    }

    /// The document of a version, or of the one that stands.
    ///
    /// # Errors
    /// When there is no such version.
    pub async fn settings(&self, id: &str, version: Option<i64>) -> Result<String, OperationError> {
        let (binding, _) = self.known(id).await?;
        let row = self.store.settings(&binding, version).await?;
        row.map(|row| row.document)
            .ok_or_else(|| OperationError::Argument("there are no such settings".to_owned()))
    }

    /// All versions, newest first.
    ///
    /// # Errors
    /// When there is no such binding.
    pub async fn settings_versions(
        &self,
        id: &str,
    ) -> Result<Vec<SettingsVersion>, OperationError> {
        let (binding, _) = self.known(id).await?;
        let rows = self.store.settings_versions(&binding).await?;
        Ok(rows.into_iter().map(SettingsVersion::from).collect())
    }

    /// Puts every state to the end of the feed, or those of one kind of entity; how many.
    ///
    /// # Errors
    /// When there is no such binding.
    pub async fn backfill(
        &self,
        id: &str,
        entity_type: Option<&str>,
    ) -> Result<u64, OperationError> {
        let (binding, _) = self.known(id).await?;
        let subject = entity_type.unwrap_or("everything");
        let audit_entry = self.audit_entry("sync-state:backfill", subject);
        Ok(self
            .store
            .backfill(&binding, entity_type, audit_entry)
            .await?)
    }
}
