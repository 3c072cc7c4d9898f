//! Documents as the dashboard shows them, page by page, and how a binding is.

use serde_json::Value;

use ledger_store::clock;
use ledger_store::history::{
    Comment, DayCount, HistoryFilter, HistoryLine, Pulse, ReasonCount, SavedFilter,
};
use ledger_store::operations::AuditLine;
use ledger_store::retry::Millis;

use crate::settings::reference::labelled;

use super::{BindingSummary, OauthStatus, OperationError, Operations, RunCommand, RunSummary};

const DAY: i64 = 86_400_000;
/// Most characters of a comment, and of the name and the query of a filter.
const LONGEST_COMMENT: usize = 2_000;
const LONGEST_NAME: usize = 60;
const LONGEST_QUERY: usize = 1_000;
/// Filters that an account keeps for a binding.
const MOST_FILTERS: usize = 30;

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

/// What somebody wrote about a document.
#[derive(Debug)]
pub struct DocumentComment {
    /// The name of whoever wrote it.
    pub author: String,
    /// What.
    pub text: String,
    /// When.
    pub created_at: Millis,
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
        let (binding, line) = self.line(id).await?;
        let now = clock::now();
        let today = now.div_euclid(DAY);
        let since = today.saturating_sub(29).saturating_mul(DAY);
        Ok(BindingOverview {
            connection: OauthStatus::of(line.clone(), None),
            binding: line.into(),
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

    /// Why documents need somebody, the most frequent reason first.
    ///
    /// # Errors
    /// When there is no such binding.
    pub async fn reasons(&self, id: &str) -> Result<Vec<ReasonCount>, OperationError> {
        let (binding, _) = self.known(id).await?;
        Ok(self.store.reasons(&binding).await?)
    }

    /// Tries all documents again that need somebody for this reason, or has the shop send them
    /// again, so many at most; how many those were. Ones that somebody else has directed meanwhile
    /// are left out.
    ///
    /// # Errors
    /// When there is no such binding.
    pub async fn direct_reason(
        &self,
        id: &str,
        reason: &str,
        command: RunCommand,
        most: u32,
    ) -> Result<usize, OperationError> {
        let (binding, _) = self.known(id).await?;
        let filter = HistoryFilter {
            states: &["rejected", "ambiguous"],
            reason: Some(reason.to_owned()),
            limit: most,
            ..HistoryFilter::default()
        };
        let mut done = 0;
        for line in self.store.history(&binding, &filter).await? {
            match self.direct(&line.run_id, command).await {
                Ok(_) => done += 1,
                Err(OperationError::NotNow { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    /// What was written about a document, in its order.
    ///
    /// # Errors
    /// When the binding has no such document.
    pub async fn comments(
        &self,
        id: &str,
        run_id: &str,
    ) -> Result<Vec<DocumentComment>, OperationError> {
        let (binding, _) = self.known(id).await?;
        self.is_of(id, run_id).await?;
        let mut comments = Vec::new();
        for comment in self.store.comments(&binding, run_id).await? {
            let account = self.store.account(&comment.author).await?;
            comments.push(DocumentComment {
                author: account.map_or(comment.author, |account| account.name),
                text: comment.text,
                created_at: comment.created_at,
            });
        }
        Ok(comments)
    }

    /// Keeps what an account writes about a document.
    ///
    /// # Errors
    /// When the binding has no such document, or the text is empty or too long.
    pub async fn add_comment(
        &self,
        id: &str,
        run_id: &str,
        account_id: &str,
        text: &str,
    ) -> Result<(), OperationError> {
        let (binding, _) = self.known(id).await?;
        self.is_of(id, run_id).await?;
        let text = text.trim();
        if text.is_empty() || text.chars().count() > LONGEST_COMMENT {
            return Err(OperationError::Argument(format!(
                "A comment has 1 to {LONGEST_COMMENT} characters."
            )));
        }
        let comment = Comment {
            author: account_id.to_owned(),
            text: text.to_owned(),
            created_at: clock::now(),
        };
        let audit_entry = self.audit_entry("documents:comment", run_id);
        Ok(self
            .store
            .add_comment(&binding, run_id, &comment, audit_entry)
            .await?)
    }

    /// The filters of the history that an account keeps.
    ///
    /// # Errors
    /// When there is no such binding.
    pub async fn saved_filters(
        &self,
        account_id: &str,
        id: &str,
    ) -> Result<Vec<SavedFilter>, OperationError> {
        let (binding, _) = self.known(id).await?;
        Ok(self.store.saved_filters(account_id, &binding).await?)
    }

    /// Keeps a filter under a name; without a query it is forgotten.
    ///
    /// # Errors
    /// When there is no such binding, the name is empty or too long, or there are too many.
    pub async fn keep_filter(
        &self,
        account_id: &str,
        id: &str,
        name: &str,
        query: Option<&str>,
    ) -> Result<(), OperationError> {
        let (binding, _) = self.known(id).await?;
        let is_short = (1..=LONGEST_NAME).contains(&name.chars().count());
        if !is_short || query.is_some_and(|query| query.len() > LONGEST_QUERY) {
            return Err(OperationError::Argument(format!(
                "The name of a filter has 1 to {LONGEST_NAME} characters."
            )));
        }
        let kept = self.store.saved_filters(account_id, &binding).await?;
        let is_new = kept.iter().all(|filter| filter.name != name);
        if query.is_some() && is_new && kept.len() >= MOST_FILTERS {
            return Err(OperationError::Argument(format!(
                "At most {MOST_FILTERS} filters are kept. Forget one first."
            )));
        }
        Ok(self
            .store
            .keep_filter(account_id, &binding, name, query)
            .await?)
    }

    pub(super) async fn is_of(&self, id: &str, run_id: &str) -> Result<(), OperationError> {
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
