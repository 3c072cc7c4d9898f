//! Accounts, their sessions and links, consents at Sage.

mod attempts;
mod consents;
mod links;
mod people;
mod places;
mod sessions;

use async_trait::async_trait;
use secrecy::SecretString;

use crate::StoreError;
use crate::accounts::{
    Account, AccountStore, AnsweredConsent, AttemptLimit, ConsentStore, GrantedConsent,
    LinkPurpose, NewAccount, NewConsent, NewSession, RoleGrant, SessionRow,
};
use crate::operations::NewAuditEntry;
use crate::retry::Millis;

use super::store::SqlStore;
use super::{Db, Tx, begin, during, note};

pub(super) use places::reseal;

#[async_trait]
impl AccountStore for SqlStore {
    async fn add_account(
        &self,
        account: &NewAccount,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError> {
        people::add(&self.writer, &self.vault, account, audit_entry).await
    }

    async fn add_first_account(
        &self,
        link_hash: &str,
        account: &NewAccount,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError> {
        people::add_first(&self.writer, &self.vault, link_hash, account, audit_entry).await
    }

    async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        people::all(&self.readers, &self.vault).await
    }

    async fn account(&self, id: &str) -> Result<Option<Account>, StoreError> {
        people::one(&self.readers, &self.vault, id).await
    }

    async fn account_of_email(&self, email: &str) -> Result<Option<Account>, StoreError> {
        people::of_email(&self.readers, &self.vault, email).await
    }

    async fn set_grants(
        &self,
        id: &str,
        grants: &[RoleGrant],
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError> {
        people::set_grants(&self.writer, id, grants, audit_entry).await
    }

    async fn set_disabled(
        &self,
        id: &str,
        is_disabled: bool,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError> {
        people::set_disabled(&self.writer, id, is_disabled, audit_entry).await
    }

    async fn set_password(
        &self,
        link_hash: &str,
        password_hash: &str,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<Option<String>, StoreError> {
        links::set_password(&self.writer, link_hash, password_hash, audit_entry).await
    }

    async fn set_second_factor(
        &self,
        id: &str,
        secret: Option<&SecretString>,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError> {
        people::set_second_factor(&self.writer, &self.vault, id, secret, audit_entry).await
    }

    async fn second_factor(&self, id: &str) -> Result<Option<SecretString>, StoreError> {
        people::second_factor(&self.readers, &self.vault, id).await
    }

    async fn use_second_factor(&self, id: &str, step: i64) -> Result<bool, StoreError> {
        people::use_second_factor(&self.writer, id, step).await
    }

    async fn begin_session(
        &self,
        session: NewSession<'_>,
        forgiven: &str,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<(), StoreError> {
        sessions::start(&self.writer, session, forgiven, audit_entry).await
    }

    async fn session(
        &self,
        token_hash: &str,
        now: Millis,
    ) -> Result<Option<SessionRow>, StoreError> {
        sessions::get(&self.readers, token_hash, now).await
    }

    async fn touch_session(&self, token_hash: &str, idle_until: Millis) -> Result<(), StoreError> {
        sessions::touch(&self.writer, token_hash, idle_until).await
    }

    async fn end_session(
        &self,
        token_hash: &str,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError> {
        sessions::end(&self.writer, token_hash, audit_entry).await
    }

    async fn add_link(
        &self,
        token_hash: &str,
        purpose: &LinkPurpose,
        ends_at: Millis,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<(), StoreError> {
        links::add(&self.writer, token_hash, purpose, ends_at, audit_entry).await
    }

    async fn link(&self, token_hash: &str, now: Millis) -> Result<Option<LinkPurpose>, StoreError> {
        links::get(&self.readers, token_hash, now).await
    }

    async fn count_attempt(
        &self,
        limits: &[AttemptLimit<'_>],
        now: Millis,
    ) -> Result<Option<Millis>, StoreError> {
        attempts::count(&self.writer, limits, now).await
    }

    async fn forget_ended(&self, now: Millis) -> Result<(), StoreError> {
        sessions::forget_ended(&self.writer, now).await
    }
}

#[async_trait]
impl ConsentStore for SqlStore {
    async fn begin_consent(
        &self,
        consent: NewConsent<'_>,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<(), StoreError> {
        consents::start(&self.writer, &self.vault, consent, audit_entry).await
    }

    async fn answer_consent(
        &self,
        state_hash: &str,
        account_id: &str,
        now: Millis,
    ) -> Result<Option<AnsweredConsent>, StoreError> {
        consents::answer(&self.writer, &self.vault, state_hash, account_id, now).await
    }

    async fn keep_consent(
        &self,
        state_hash: &str,
        refresh: &SecretString,
        businesses: &str,
    ) -> Result<(), StoreError> {
        consents::keep(&self.writer, &self.vault, state_hash, refresh, businesses).await
    }

    async fn granted_consent(
        &self,
        state_hash: &str,
        account_id: &str,
        now: Millis,
    ) -> Result<Option<GrantedConsent>, StoreError> {
        consents::granted(&self.readers, &self.vault, state_hash, account_id, now).await
    }

    async fn end_consent(&self, state_hash: &str) -> Result<(), StoreError> {
        consents::end(&self.writer, state_hash).await
    }

    async fn relay_secret(&self, name: &str) -> Result<Option<SecretString>, StoreError> {
        consents::relay_secret(&self.readers, &self.vault, name).await
    }

    async fn set_relay_secret(
        &self,
        name: &str,
        secret: &SecretString,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<(), StoreError> {
        consents::set_relay_secret(&self.writer, &self.vault, name, secret, audit_entry).await
    }
}
