//! People who use the dashboard: accounts, roles, sessions, links, attempts to sign in.
//!
//! Names and addresses are sealed on their way in; an address is found by a keyed hash. Tokens of
//! sessions and links are random, so a plain hash of them is enough; passwords come hashed.
//! Everything that changes who may do what leaves a row in `audit`, in the same transaction.

use async_trait::async_trait;
use secrecy::SecretString;

use crate::retry::Millis;

use super::operations::NewAuditEntry;
use super::{BindingId, StoreError};

/// What a person may do; a later one may do everything that an earlier one may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AccountRole {
    /// Reads and exports.
    Accountant,
    /// Also tries again, holds and releases documents.
    Operator,
    /// Also changes settings, connections and people.
    Administrator,
}

impl AccountRole {
    pub const ALL: [Self; 3] = [Self::Administrator, Self::Operator, Self::Accountant];

    /// The word in the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Accountant => "accountant",
            Self::Operator => "operator",
            Self::Administrator => "administrator",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// A role on one binding, or on every binding there is and will be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleGrant {
    pub binding: Option<BindingId>,
    pub role: AccountRole,
}

/// A person.
#[derive(Clone)]
pub struct Account {
    pub id: String,
    pub email: String,
    pub name: String,
    /// Empty until a password was chosen.
    pub password_hash: String,
    pub has_second_factor: bool,
    pub grants: Vec<RoleGrant>,
    pub created_at: Millis,
    pub disabled_at: Option<Millis>,
    pub last_sign_in_at: Option<Millis>,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Account")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Account {
    /// The role on a binding.
    pub fn role_on(&self, binding: &str) -> Option<AccountRole> {
        let counts = |grant: &&RoleGrant| {
            let one = grant.binding.as_ref();
            one.is_none_or(|one| one.as_str() == binding)
        };
        self.grants
            .iter()
            .filter(counts)
            .map(|grant| grant.role)
            .max()
    }

    /// The role on every binding, and on the relay itself.
    pub fn role_everywhere(&self) -> Option<AccountRole> {
        let everywhere = self.grants.iter().filter(|grant| grant.binding.is_none());
        everywhere.map(|grant| grant.role).max()
    }
}

/// A person to be added.
#[derive(Clone)]
pub struct NewAccount {
    pub id: String,
    pub email: String,
    pub name: String,
    pub password_hash: String,
    pub grants: Vec<RoleGrant>,
}

/// A session to be begun; the hash is that of the browser's token.
#[derive(Debug, Clone)]
pub struct NewSession<'a> {
    pub token_hash: &'a str,
    pub account_id: &'a str,
    pub idle_until: Millis,
    pub ends_at: Millis,
}

/// A session that is good.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SessionRow {
    pub account_id: String,
    pub begun_at: Millis,
    pub idle_until: Millis,
    pub ends_at: Millis,
}

/// What a link that is good once is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Creates the first account, where there is none.
    FirstAccount,
    /// Lets an account choose its password.
    Password(String),
}

/// What counts against somebody who tries to sign in.
#[derive(Debug, Clone, Copy)]
pub struct AttemptLimit<'a> {
    /// A keyed hash of account or address.
    pub subject: &'a str,
    /// So many attempts within the window.
    pub most: u32,
    /// How long an attempt counts, in milliseconds, from the first of them.
    pub window: Millis,
}

/// A consent that begins.
#[derive(Debug)]
pub struct NewConsent<'a> {
    pub state_hash: &'a str,
    pub account_id: &'a str,
    pub binding: Option<&'a BindingId>,
    pub verifier: &'a SecretString,
    pub ends_at: Millis,
}

/// A consent whose answer has come.
#[derive(Debug)]
pub struct AnsweredConsent {
    pub account_id: String,
    pub binding: Option<BindingId>,
    pub verifier: SecretString,
}

/// A consent that was granted, until its business is chosen.
#[derive(Debug)]
pub struct GrantedConsent {
    pub account_id: String,
    pub binding: Option<BindingId>,
    pub refresh: SecretString,
    /// The list as the caller keeps it.
    pub businesses: String,
}

/// Accounts and how they get in.
#[async_trait]
pub trait AccountStore: Send + Sync {
    /// False when the address is somebody's already.
    async fn add_account(
        &self,
        account: &NewAccount,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError>;
    /// Uses a link of a first start up. False, and nothing done, when it is not good or there is an
    /// account already.
    async fn add_first_account(
        &self,
        link_hash: &str,
        account: &NewAccount,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError>;
    /// Everybody, in the order in which they were added.
    async fn accounts(&self) -> Result<Vec<Account>, StoreError>;
    async fn account(&self, id: &str) -> Result<Option<Account>, StoreError>;
    async fn account_of_email(&self, email: &str) -> Result<Option<Account>, StoreError>;
    /// Replaces all roles; false when there is no such account.
    async fn set_grants(
        &self,
        id: &str,
        grants: &[RoleGrant],
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError>;
    /// Keeps an account out and ends its sessions and links, or lets it in again.
    async fn set_disabled(
        &self,
        id: &str,
        is_disabled: bool,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError>;
    /// Uses a link up and changes the password of its account, whose sessions end; the account.
    async fn set_password(
        &self,
        link_hash: &str,
        password_hash: &str,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<Option<String>, StoreError>;
    /// Sets the secret of the second factor, or takes it away.
    async fn set_second_factor(
        &self,
        id: &str,
        secret: Option<&SecretString>,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError>;
    async fn second_factor(&self, id: &str) -> Result<Option<SecretString>, StoreError>;
    /// Uses a time step up: false when it, or a later one, was used before.
    async fn use_second_factor(&self, id: &str, step: i64) -> Result<bool, StoreError>;

    /// Begins a session and forgets how often its account had failed.
    async fn begin_session(
        &self,
        session: NewSession<'_>,
        forgiven: &str,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<(), StoreError>;
    /// The session of a token, when it is good and its account may come in.
    async fn session(
        &self,
        token_hash: &str,
        now: Millis,
    ) -> Result<Option<SessionRow>, StoreError>;
    async fn touch_session(&self, token_hash: &str, idle_until: Millis) -> Result<(), StoreError>;
    async fn end_session(
        &self,
        token_hash: &str,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError>;

    async fn add_link(
        &self,
        token_hash: &str,
        purpose: &LinkPurpose,
        ends_at: Millis,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<(), StoreError>;
    /// What a link is for, when it is good.
    async fn link(&self, token_hash: &str, now: Millis) -> Result<Option<LinkPurpose>, StoreError>;

    /// Counts an attempt before it is looked at; until when the subject has to wait, where it was
    /// one too many. That is counted for all subjects or for none.
    async fn count_attempt(
        &self,
        limits: &[AttemptLimit<'_>],
        now: Millis,
    ) -> Result<Option<Millis>, StoreError>;
    /// Throws away what has ended: sessions, links, attempts, consents.
    async fn forget_ended(&self, now: Millis) -> Result<(), StoreError>;
}

/// Consents at Sage, and this relay's registration there.
#[async_trait]
pub trait ConsentStore: Send + Sync {
    async fn begin_consent(
        &self,
        consent: NewConsent<'_>,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<(), StoreError>;
    /// Takes the answer of a consent: once, before its end, and only for the account that began it.
    async fn answer_consent(
        &self,
        state_hash: &str,
        account_id: &str,
        now: Millis,
    ) -> Result<Option<AnsweredConsent>, StoreError>;
    /// Keeps what the code was exchanged for until the business is chosen.
    async fn keep_consent(
        &self,
        state_hash: &str,
        refresh: &SecretString,
        businesses: &str,
    ) -> Result<(), StoreError>;
    async fn granted_consent(
        &self,
        state_hash: &str,
        account_id: &str,
        now: Millis,
    ) -> Result<Option<GrantedConsent>, StoreError>;
    async fn end_consent(&self, state_hash: &str) -> Result<(), StoreError>;

    async fn relay_secret(&self, name: &str) -> Result<Option<SecretString>, StoreError>;
    async fn set_relay_secret(
        &self,
        name: &str,
        secret: &SecretString,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<(), StoreError>;
}
