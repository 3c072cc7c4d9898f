//! Documents as the dashboard shows them, page by page, and how a binding is.

use serde_json::Value;

use ledger_store::clock;
use ledger_store::history::{DayCount, HistoryFilter, HistoryLine, Pulse};
use ledger_store::operations::AuditLine;

use crate::settings::reference::labelled;

use super::{BindingSummary, OauthStatus, OperationError, Operations, RunCommand, RunSummary};

const DAY: i64 = 86_400_000;

/// How a binding is.
#[derive(Debug)]
pub struct BindingOverview {
    /// The binding.
    pub binding: BindingSummary,
    /// Its connection to Sage.
    pub connection: OauthStatus,
    /// Counts of this moment.
    pub pulse: Pulse,
    /// What became of the documents of each of the last thirty days.
    pub days: Vec<DayCount>,
    /// Calls to Sage that it may make on a day; 0 is no limit.
    pub calls_per_day: u32,
}

/// One document: its run, and its plan while that is kept.
#[derive(Debug)]
pub struct Document {
    /// The run, as the shop sees it.
    pub run: Value,
    /// The plan as it came, with personal data in it.
    pub plan: Option<Value>,
    /// Names of accounts and tax rates, by their ids.
    pub names: std::collections::BTreeMap<String, String>,
}

impl Operations {
    /// How a binding is.
    ///
    /// # Errors
    /// When there is no such binding.
    pub async fn overview(&self, id: &str) -> Result<BindingOverview, OperationError> {
        let (binding, _) = self.known(id).await?;
        let now = clock::now();
        let today = now.div_euclid(DAY);
        let since = today.saturating_sub(29).saturating_mul(DAY);
        Ok(BindingOverview {
            binding: self.binding(id).await?,
            connection: self.oauth_status(id, false).await?,
            pulse: self.store.pulse(&binding, today).await?,
            days: self.store.day_counts(&binding, since).await?,
            calls_per_day: self.config.sage.requests_per_day,
        })
    }

    /// A page of the documents of a binding.
    ///
    /// # Errors
    /// When there is no such binding.
    pub async fn documents(
        &self,
        id: &str,
        filter: &HistoryFilter,
    ) -> Result<Vec<HistoryLine>, OperationError> {
        let (binding, _) = self.known(id).await?;
        Ok(self.store.history(&binding, filter).await?)
    }

    /// One document of a binding.
    ///
    /// # Errors
    /// When the binding has no such document.
    pub async fn document(&self, id: &str, run_id: &str) -> Result<Document, OperationError> {
        let (binding, _) = self.known(id).await?;
        self.is_of(id, run_id).await?;
        let tenant = self.tenant(&binding);
        let kept = self.store.run(&tenant, run_id).await?;
        let plan = kept.map(|run| run.plan).filter(|plan| !plan.is_empty());
        let plan = plan.and_then(|plan| serde_json::from_slice(&plan).ok());
        Ok(Document {
            run: self.run(run_id).await?,
            plan,
            names: self.names(&binding).await?,
        })
    }

    /// Writes down that somebody asked to see the personal data of a document.
    ///
    /// # Errors
    /// When the binding has no such document.
    pub async fn note_reveal(&self, id: &str, run_id: &str) -> Result<(), OperationError> {
        let (binding, _) = self.known(id).await?;
        self.is_of(id, run_id).await?;
        let audit_entry = self.audit_entry("runs:show personal data", run_id);
        Ok(self.store.note(Some(&binding), audit_entry).await?)
    }

    /// [`Operations::direct`] for a document of this binding only.
    ///
    /// # Errors
    /// When the binding has no such document, or its state does not allow it.
    pub async fn direct_of(
        &self,
        id: &str,
        run_id: &str,
        command: RunCommand,
    ) -> Result<RunSummary, OperationError> {
        self.is_of(id, run_id).await?;
        self.direct(run_id, command).await
    }

    async fn is_of(&self, id: &str, run_id: &str) -> Result<(), OperationError> {
        let missing = || OperationError::NoRun(run_id.to_owned());
        if uuid::Uuid::try_parse(run_id).is_err() {
            return Err(missing());
        }
        let owner = self.store.run_owner(run_id).await?.ok_or_else(missing)?;
        if owner.as_str() == id {
            return Ok(());
        }
        Err(missing())
    }

    async fn names(
        &self,
        binding: &ledger_store::BindingId,
    ) -> Result<std::collections::BTreeMap<String, String>, OperationError> {
        let rows = self.store.reference(binding).await?;
        let mut names = std::collections::BTreeMap::new();
        for row in rows {
            let list: Vec<Value> = serde_json::from_str(&row.body).unwrap_or_default();
            names.extend(list.iter().filter_map(labelled));
        }
        Ok(names)
    }

    /// A page of the audit: of some bindings, or all of it; each entry with its place.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_page(
        &self,
        bindings: Option<&[String]>,
        below: Option<i64>,
        limit: u32,
    ) -> Result<Vec<(i64, AuditLine)>, OperationError> {
        Ok(self.store.audit_page(bindings, below, limit).await?)
    }
}
