//! Runs: list, look at, direct.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use crate::http::run_body;
use ledger_store::clock;
use ledger_store::operations::{HELD, RunAction, RunFilter, RunLine};
use ledger_store::{BindingId, Reason};

use super::{OperationError, Operations};

/// How often a run is looked at that its lane is at work on.
const LOOKS: u32 = 50;
const BETWEEN_LOOKS: Duration = Duration::from_millis(40);

/// Which runs are wanted; newest first.
#[derive(Debug, Clone, Default)]
pub struct RunQuery {
    /// Of this binding.
    pub binding: Option<String>,
    /// In this state.
    pub state: Option<String>,
    /// With a key that begins so.
    pub key: Option<String>,
    /// At most so many.
    pub limit: u32,
}

/// A run in a list.
#[derive(Debug, Serialize)]
pub struct RunSummary {
    /// Its id.
    pub run_id: String,
    /// Its binding.
    pub binding: String,
    /// The key of the document.
    pub key: String,
    /// Which content under that key.
    pub generation: i64,
    /// Where it stands.
    pub state: String,
    /// Why, where there is a reason.
    pub reason: Option<String>,
    /// When it arrived.
    pub created_at: Option<String>,
    /// When it last changed.
    pub updated_at: Option<String>,
}

impl From<RunLine> for RunSummary {
    fn from(line: RunLine) -> Self {
        Self {
            run_id: line.run_id,
            binding: line.binding_id,
            key: line.key,
            generation: line.generation,
            state: line.state,
            reason: line.error_code,
            created_at: clock::rfc3339(line.created_at),
            updated_at: clock::rfc3339(line.updated_at),
        }
    }
}

/// What an operator wants of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunCommand {
    /// Set it aside.
    Hold,
    /// Let it go on.
    Release,
    /// Try it again; what may stand in Sage is looked for first.
    Retry,
    /// Try it again; somebody has looked, and nothing of it stands in Sage.
    RetryAbsent,
    /// Have the shop decide on it again, with the settings of now, and send what becomes of it.
    Resend,
}

impl RunCommand {
    /// What the store does with the run; nothing where the shop is asked.
    fn order(self) -> Option<RunAction> {
        let action = match self {
            Self::Hold => RunAction::Hold(Reason::new(
                HELD,
                "An operator has set this document aside.",
            )),
            Self::Release => RunAction::Release,
            Self::Retry => RunAction::Retry { absent: false },
            Self::RetryAbsent => RunAction::Retry { absent: true },
            Self::Resend => return None,
        };
        Some(action)
    }

    fn needed(self) -> &'static str {
        match self {
            Self::Hold => "only a queued or waiting one can be held",
            Self::Release => "only one that an operator has held can be released",
            Self::Retry | Self::RetryAbsent => {
                "only the newest rejected or ambiguous one of its key can be tried again, and only while its plan is kept"
            }
            Self::Resend => "only a rejected one can be sent again by the shop",
        }
    }
}

impl Operations {
    /// Lists runs.
    ///
    /// # Errors
    /// When the database fails or there is no such binding.
    pub async fn runs(&self, query: &RunQuery) -> Result<Vec<RunSummary>, OperationError> {
        let binding = match &query.binding {
            Some(id) => Some(self.known(id).await?.0),
            None => None,
        };
        let filter = RunFilter {
            binding,
            state: query.state.clone(),
            key: query.key.clone(),
            limit: query.limit,
        };
        let lines = self.store.run_lines(&filter).await?;
        Ok(lines.into_iter().map(RunSummary::from).collect())
    }

    async fn owner(&self, run_id: &str) -> Result<BindingId, OperationError> {
        let owner = self.store.run_owner(run_id).await?;
        owner.ok_or_else(|| OperationError::NoRun(run_id.to_owned()))
    }

    /// One run as its shop sees it, with its binding.
    ///
    /// # Errors
    /// When there is no such run.
    pub async fn run(&self, run_id: &str) -> Result<Value, OperationError> {
        let binding = self.owner(run_id).await?;
        let tenant = self.tenant(&binding);
        let depth = self.config.server.max_json_depth;
        let view = run_body(self.store.as_ref(), &tenant, run_id, depth).await?;
        let view = view.ok_or_else(|| OperationError::NoRun(run_id.to_owned()))?;
        let mut value = serde_json::to_value(view).unwrap_or_default();
        if let Value::Object(fields) = &mut value {
            fields.insert(
                "binding".to_owned(),
                Value::String(binding.as_str().to_owned()),
            );
        }
        Ok(value)
    }

    /// Lets another document have the key of a run: a shop that was restored from a backup has given
    /// its id to another one. What stands in Sage stays, and is this run's still.
    ///
    /// # Errors
    /// When there is no such run, or it is not at an end.
    pub async fn set_aside(&self, run_id: &str) -> Result<RunSummary, OperationError> {
        let binding = self.owner(run_id).await?;
        let audit_entry = self.audit_entry("runs:set-aside", run_id);
        let done = self.store.set_aside(&binding, run_id, audit_entry).await?;
        let line = self.store.run_line(&binding, run_id).await?;
        let line = line.ok_or_else(|| OperationError::NoRun(run_id.to_owned()))?;
        if done {
            return Ok(line.into());
        }
        Err(OperationError::NotNow {
            state: line.state,
            needed: "only the newest succeeded or ambiguous one of its key can be set aside, and only once",
        })
    }

    /// Carries a command out.
    ///
    /// # Errors
    /// When there is no such run, or its state does not allow it.
    pub async fn direct(
        &self,
        run_id: &str,
        command: RunCommand,
    ) -> Result<RunSummary, OperationError> {
        let binding = self.owner(run_id).await?;
        let Some(order) = command.order() else {
            return self.ask_the_shop(&binding, run_id, command).await;
        };
        let mut looks = LOOKS;
        let state = loop {
            let audit_entry = self.audit_entry(order.word(), run_id);
            let done = self
                .store
                .order(&binding, run_id, &order, audit_entry)
                .await?;
            let line = self.store.run_line(&binding, run_id).await?;
            let line = line.ok_or_else(|| OperationError::NoRun(run_id.to_owned()))?;
            if done {
                return Ok(line.into());
            }
            looks -= 1;
            // Its lane has it for the moment.
            if line.state != "running" || looks == 0 {
                break line.state;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        };
        Err(OperationError::NotNow {
            state,
            needed: command.needed(),
        })
    }

    async fn ask_the_shop(
        &self,
        binding: &BindingId,
        run_id: &str,
        command: RunCommand,
    ) -> Result<RunSummary, OperationError> {
        let audit_entry = self.audit_entry("runs:resend", run_id);
        let done = self
            .store
            .want_document(binding, run_id, audit_entry)
            .await?;
        let line = self.store.run_line(binding, run_id).await?;
        let line = line.ok_or_else(|| OperationError::NoRun(run_id.to_owned()))?;
        if done {
            return Ok(line.into());
        }
        Err(OperationError::NotNow {
            state: line.state,
            needed: command.needed(),
        })
    }
}
