//! Setting bindings up, their keys and their consent.

use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;

use crate::config::secret_file;
use ledger_sage::oauth::TokenError;
use ledger_store::operations::NewAuditEntry;
use ledger_store::retry::later;
use ledger_store::vault::VaultError;
use ledger_store::vault::{API_KEY, REFRESH};
use ledger_store::{BindingId, BindingRow, ShopKeys};

use super::{BindingSummary, OperationError, Operations};

/// The longest an old key may stay good beside a new one.
const LONGEST_GRACE: u32 = 24 * 7;

/// What a new binding needs. Secrets come in files, so that no process list shows them.
#[derive(Debug, Clone)]
pub struct NewBinding {
    /// Its name; the shop's tokens carry it as `iss`.
    pub id: String,
    /// The key shared with the shop; without one a key is made that nobody knows, until the shop is
    /// paired.
    pub api_key_file: Option<PathBuf>,
    /// Base of Sage's API, such as `https://api.accounting.sage.com/v3.1`.
    pub api_url: String,
    /// Sage's token endpoint.
    pub token_url: String,
    /// The Sage business that documents go to.
    pub business: String,
    /// The refresh token that the shop owner's consent gave.
    pub refresh_token_file: PathBuf,
}

impl Operations {
    /// Sets a binding up. Who does so at a terminal knows what follows: it is live at once, while one
    /// that begins in the browser goes live at the end of the guide.
    ///
    /// # Errors
    /// When a value is not usable, or the binding exists.
    pub async fn add_binding(&self, new: &NewBinding) -> Result<BindingSummary, OperationError> {
        let id = BindingId::new(&new.id).ok_or_else(|| {
            refused("a binding id is 1 to 64 letters, digits and the signs . _ -")
        })?;
        usable_url("api", &new.api_url)?;
        usable_url("token", &new.token_url)?;
        if new.business.is_empty() || !new.business.chars().all(|c| c.is_ascii_graphic()) {
            return Err(refused("the business id is empty or not printable"));
        }
        let audit_entry = self.audit_entry("binding:add", &new.id);
        let row = BindingRow {
            api_url: new.api_url.trim_end_matches('/').to_owned(),
            token_url: new.token_url.clone(),
            business_id: new.business.clone(),
            api_key_sealed: match &new.api_key_file {
                Some(file) => self.sealed(&id, API_KEY, file)?,
                None => self.vault.seal(&id, API_KEY, &fresh_key()?)?,
            },
            refresh_token_sealed: self.sealed(&id, REFRESH, &new.refresh_token_file)?,
            live_since: Some(audit_entry.now),
            ..BindingRow::default()
        };
        if self.store.add_binding(&id, &row, audit_entry).await? {
            return self.binding(&new.id).await;
        }
        Err(refused(format!("the binding {id} exists already")))
    }

    /// Gives a binding a new refresh token; its parked runs are queued again.
    ///
    /// # Errors
    /// When the binding does not exist or the file cannot be read.
    pub async fn reconnect(
        &self,
        id: &str,
        refresh_token_file: &Path,
    ) -> Result<BindingSummary, OperationError> {
        let (binding, _) = self.known(id).await?;
        let sealed = self.sealed(&binding, REFRESH, refresh_token_file)?;
        let audit_entry = self.audit_entry("binding:reconnect", id);
        self.store.reconnect(&binding, &sealed, audit_entry).await?;
        self.binding(id).await
    }

    /// Takes a binding's consent back: nothing is sent for it from here on, and Sage is told.
    ///
    /// # Errors
    /// When the binding does not exist, or Sage does not confirm; then it is stopped here all the
    /// same and the command can be repeated.
    pub async fn disconnect(&self, id: &str) -> Result<BindingSummary, OperationError> {
        let (binding, _) = self.known(id).await?;
        let audit_entry = self.audit_entry("binding:disconnect", id);
        match self.tokens.revoke(&binding, audit_entry).await {
            Ok(()) => self.binding(id).await,
            Err(TokenError::Store(error)) => Err(error.into()),
            Err(error) => Err(refused(format!(
                "{id} is stopped, but Sage did not confirm: {error}"
            ))),
        }
    }

    /// Gives a binding a new key to share with its shop. The one before is good for some hours
    /// more, so that the shop can take the new one over without an outage; 0 ends it at once.
    ///
    /// # Errors
    /// When the binding does not exist or the file cannot be read.
    pub async fn change_key(
        &self,
        id: &str,
        api_key_file: &Path,
        grace_hours: u32,
    ) -> Result<BindingSummary, OperationError> {
        let grace = grace(grace_hours)?;
        let (binding, row) = self.known(id).await?;
        let sealed = self.sealed(&binding, API_KEY, api_key_file)?;
        let subject = format!("the one before is good for {grace_hours} h");
        let audit_entry = self.audit_entry("binding:key", &subject);
        let new = row.keys_with(sealed, later(audit_entry.now, grace), audit_entry.now);
        self.change_keys(&binding, &row.keys(), &new, audit_entry)
            .await?;
        self.binding(id).await
    }

    pub(super) async fn change_keys(
        &self,
        binding: &BindingId,
        old: &ShopKeys,
        new: &ShopKeys,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<(), OperationError> {
        if self
            .store
            .change_keys(binding, old, new, audit_entry)
            .await?
        {
            return Ok(());
        }
        Err(refused("somebody else has changed the key meanwhile"))
    }

    fn sealed(
        &self,
        binding: &BindingId,
        column: &str,
        file: &Path,
    ) -> Result<Vec<u8>, OperationError> {
        Ok(self.vault.seal(binding, column, &secret_file(file)?)?)
    }
}

/// For how long a key stays good beside a new one.
pub(super) fn grace(hours: u32) -> Result<Duration, OperationError> {
    if hours > LONGEST_GRACE {
        return Err(refused(format!(
            "an old key may stay good for {LONGEST_GRACE} hours at most"
        )));
    }
    Ok(Duration::from_secs(u64::from(hours) * 3600))
}

/// A key of 256 random bits.
pub(super) fn fresh_key() -> Result<SecretString, OperationError> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|_| VaultError::Random)?;
    Ok(SecretString::from(format!("rk_{}", hex::encode(bytes))))
}

pub(super) fn refused(detail: impl Into<String>) -> OperationError {
    OperationError::Argument(detail.into())
}

/// Plain HTTP is for a simulator on this machine only: tokens travel with every request.
pub(super) fn usable_url(name: &str, url: &str) -> Result<(), OperationError> {
    let parsed =
        reqwest::Url::parse(url).map_err(|_| refused(format!("the {name} URL is no URL")))?;
    let loopback = matches!(parsed.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    if parsed.scheme() == "https" || (parsed.scheme() == "http" && loopback) {
        return Ok(());
    }
    Err(refused(format!(
        "the {name} URL must be https, or http on loopback"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_only_on_loopback() {
        for good in [
            "https://api.accounting.sage.com/v3.1",
            "http://127.0.0.1:9/v3.1",
            "http://localhost:9",
            "http://[::1]:9",
        ] {
            assert!(usable_url("api", good).is_ok(), "{good}");
        }
        for bad in [
            "http://api.accounting.sage.com",
            "http://127.0.0.1.example.com",
            "ftp://127.0.0.1",
            "api",
            "",
        ] {
            assert!(usable_url("api", bad).is_err(), "{bad}");
        }
    }
}
