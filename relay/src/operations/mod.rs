//! What operators do: the library behind `ledger-cli`.
//!
//! Everything works on the database itself, beside a relay that runs or without one: leases and
//! fences of the store keep the two apart, and tokens are refreshed by one of them at a time.
//! Every change leaves a row in the audit. Nothing here returns a secret, but for the one call
//! that says so and that the settings must allow.
//!
//! More than twenty entries: a file for each thing that people do.

mod accounts;
mod backup;
mod bindings;
mod business_facts;
mod connections;
mod consent;
mod document_links;
mod documents;
mod erase;
mod exception;
mod exceptions;
mod loopback_consent;
mod mapping;
mod reference_age;
mod token_keepalive;
mod reference_refresh;
mod second_factor;
mod session;
mod pairing;
mod passwords;
mod policy;
mod probe;
mod probing;
mod reconciliation;
mod notifications;
mod recovery;
mod references;
mod runs;
mod sage_consent;
mod settings;
mod sign_in;
mod sweep;
mod xref;

use std::sync::Arc;

use crate::config::{Config, ConfigError};
use crate::error::RelayError;
use crate::settings::tiers::Tiers;
use ledger_sage::oauth::Tokens;
use ledger_sage::{Business, ClientError, HttpSage, plain_client};
use ledger_store::clock;
use ledger_store::operations::NewAuditEntry;
use ledger_store::tenant::Tenant;
use ledger_store::vault::{Vault, VaultError};
use ledger_store::{BindingId, BindingRow, Role, Store, StoreError};

pub use crate::settings::dry_run::{DocumentCount, DryRunProblem, DryRunSummary, RateTotal};
pub use accounts::{AccountSummary, EVERY_BINDING, Invitation, NewPerson, new_person};
pub use backup::{BackupSummary, verify_backup};
pub use bindings::{BindingSummary, OauthStatus};
pub use connections::NewBinding;
pub use consent::{BusinessChoice, ConsentAnswer, Consented};
pub use documents::{BindingOverview, Document, DocumentComment};
pub use erase::{ErasedSummary, ErasureSubject};
pub use exception::{Candidate, Exception, ExceptionDetail, ExceptionKind};
pub use ledger_core::policy::propose::Proposal;
pub use loopback_consent::{LoopbackChoice, LoopbackConsent};
pub use mapping::{Mapping, Pace, Told};
pub use notifications::{NewNotifications, NotificationSummary};
pub(crate) use pairing::interface_of;
pub use pairing::{CarriedKey, Paired, PairingRequest};
pub(crate) use passwords::random_token;
pub use policy::PolicyView;
pub use probe::{Call, Evidence, Finding};
pub use reconciliation::Reconciled;
pub use recovery::RecoverySummary;
pub(crate) use reference_refresh::RefreshSettings;
pub use references::{ReferenceSummary, Refreshed};
pub use runs::{RunCommand, RunQuery, RunSummary};
pub use second_factor::NewSecondFactor;
pub use session::SageRefusal;
pub use settings::{Saved, SettingsProblem, SettingsVersion};
pub use sign_in::{CurrentUser, SignIn, SignInAttempt};
pub use sweep::{Difference, SweepReport};
pub use xref::XrefSummary;

/// Why an operation failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OperationError {
    /// Settings, key or database of the relay.
    #[error(transparent)]
    Relay(RelayError),
    /// There is no such binding.
    #[error("there is no binding {0}")]
    NoBinding(String),
    /// There is no such run.
    #[error("there is no run {0}")]
    NoRun(String),
    /// The state of the run does not allow it.
    #[error("the run is {state}: {needed}")]
    NotNow {
        /// The state.
        state: String,
        /// In which it could be done.
        needed: &'static str,
    },
    /// The settings document is not fit to be used.
    #[error("the settings have {} problem(s)", .0.len())]
    Settings(Vec<SettingsProblem>),
    /// Sage did not do what was asked.
    #[error("Sage: {0}")]
    Sage(String),
    /// Sage refused to be read.
    #[error("Sage: {0}")]
    Refused(SageRefusal),
    /// What was typed into a field cannot be used.
    #[error("{message}")]
    Field {
        /// The field.
        field: &'static str,
        /// Why, and what would do.
        message: String,
    },
    /// An argument that cannot be used.
    #[error("{0}")]
    Argument(String),
}

impl From<StoreError> for OperationError {
    fn from(error: StoreError) -> Self {
        Self::Relay(error.into())
    }
}

impl From<ConfigError> for OperationError {
    fn from(error: ConfigError) -> Self {
        Self::Relay(error.into())
    }
}

impl From<VaultError> for OperationError {
    fn from(error: VaultError) -> Self {
        Self::Relay(error.into())
    }
}

impl From<ClientError> for OperationError {
    fn from(error: ClientError) -> Self {
        Self::Relay(error.into())
    }
}

impl From<RelayError> for OperationError {
    fn from(error: RelayError) -> Self {
        Self::Relay(error)
    }
}

/// Who works at the command line: the person behind `sudo`, else the user of the session.
#[must_use]
pub fn whoami() -> String {
    let named = ["SUDO_USER", "USER"].map(|name| std::env::var(name).ok());
    named
        .into_iter()
        .flatten()
        .next()
        .unwrap_or_else(|| "unknown".to_owned())
}

/// How often an operator's command waits when Sage asks for it.
const WAITS_ON_429: u32 = 10;

/// An operator at work.
#[derive(Clone)]
pub struct Operations {
    store: Arc<dyn Store>,
    vault: Arc<Vault>,
    sage: Arc<HttpSage>,
    http: reqwest::Client,
    tokens: Arc<Tokens>,
    tiers: Arc<Tiers>,
    config: Arc<Config>,
    actor: String,
    /// How often a 429 is waited out.
    waits_on_429: u32,
}

impl std::fmt::Debug for Operations {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Operations")
            .field("actor", &self.actor)
            .finish_non_exhaustive()
    }
}

impl Operations {
    /// Opens the relay's database. `actor` goes into the audit.
    ///
    /// # Errors
    /// When settings, key or database cannot be used.
    pub async fn open(config: &Config, actor: &str) -> Result<Self, OperationError> {
        let vault = config.vault()?;
        let store = ledger_store::open(&config.database(), Role::Provision, &vault).await?;
        let http = plain_client(config.timeouts())?;
        let sage = Arc::new(HttpSage::new(http.clone(), 1));
        let mut operations = Self::beside(config, actor, (store, vault), sage, http)?;
        operations.waits_on_429 = WAITS_ON_429;
        Ok(operations)
    }

    /// Operations of the relay itself: on the database that it has open, over the same session with Sage. It
    /// gives way at the first 429.
    pub(crate) fn beside(
        config: &Config,
        actor: &str,
        (store, vault): (Arc<dyn Store>, Arc<Vault>),
        sage: Arc<HttpSage>,
        http: reqwest::Client,
    ) -> Result<Self, RelayError> {
        let tokens = Tokens::new(
            Arc::clone(&store),
            Arc::clone(&vault),
            http.clone(),
            config.app()?,
            Arc::new(clock::System),
        );
        Ok(Self {
            sage,
            http,
            tokens: Arc::new(tokens),
            tiers: Arc::new(config.tiers()?),
            config: Arc::new(config.clone()),
            actor: actor.to_owned(),
            waits_on_429: 0,
            store,
            vault,
        })
    }

    /// The same for another actor.
    #[must_use]
    pub fn acting_as(&self, actor: &str) -> Self {
        Self {
            actor: actor.to_owned(),
            ..self.clone()
        }
    }

    /// Lets go of the database.
    pub async fn close(self) {
        self.store.close().await;
    }

    fn audit_entry<'a>(&'a self, action: &'a str, subject: &'a str) -> NewAuditEntry<'a> {
        NewAuditEntry {
            actor: &self.actor,
            action,
            subject,
            now: clock::now(),
        }
    }

    /// The binding of a name, with its row.
    async fn known(&self, id: &str) -> Result<(BindingId, BindingRow), OperationError> {
        let missing = || OperationError::NoBinding(id.to_owned());
        let binding = BindingId::new(id).ok_or_else(missing)?;
        let row = self.store.binding(&binding).await?.ok_or_else(missing)?;
        Ok((binding, row))
    }

    fn tenant(&self, binding: &BindingId) -> Tenant {
        Tenant::operated(binding, &self.vault)
    }

    /// The newest entries of the audit first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit(&self, limit: u32) -> Result<Vec<AuditEntry>, OperationError> {
        let lines = self.store.audit_lines(limit).await?;
        Ok(lines.into_iter().map(AuditEntry::from).collect())
    }
}

/// What an operator changed.
#[derive(Debug, serde::Serialize)]
pub struct AuditEntry {
    /// When, RFC 3339.
    pub at: Option<String>,
    /// Who.
    pub actor: String,
    /// Whose binding.
    pub binding: Option<String>,
    /// What.
    pub action: String,
    /// To what: ids and keys.
    pub subject: String,
}

impl From<ledger_store::operations::AuditLine> for AuditEntry {
    fn from(line: ledger_store::operations::AuditLine) -> Self {
        Self {
            at: clock::rfc3339(line.at),
            actor: line.actor,
            binding: line.binding_id,
            action: line.action,
            subject: line.subject,
        }
    }
}

fn business(row: &BindingRow) -> Business {
    Business {
        api_url: row.api_url.clone(),
        id: row.business_id.clone(),
    }
}
