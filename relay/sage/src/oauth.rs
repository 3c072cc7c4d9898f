//! Custody of Sage's tokens.
//!
//! A refresh token works once: using it makes a new pair and kills the old one. So refreshes
//! of a binding go one at a time, over all processes, a new pair is on disk before it is used, and a pair replaces
//! exactly the pair it was made from. Tokens are sealed at rest and never logged.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Client;
use reqwest::header::ACCEPT;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::sync::Mutex;

use ledger_store::clock::Clock;
use ledger_store::crash_point;
use ledger_store::operations::NewAuditEntry;
use ledger_store::retry::{Millis, later};
use ledger_store::vault::{ACCESS, REFRESH, Vault, VaultError};
use ledger_store::{BindingId, BindingRow, SealedTokens, Store, StoreError};

pub use super::app::{APP_SECRET, App};
use super::envelope;

/// Sage's revocation stands beside its token endpoint.
fn revoke_url(token_url: &str) -> String {
    match token_url.rsplit_once('/') {
        Some((beginning, _)) => format!("{beginning}/revoke"),
        None => token_url.to_owned(),
    }
}

/// Why there is no access token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error("Sage refuses the refresh token; the shop owner must connect again")]
    Revoked,
    #[error("no new token can be had from Sage at present ({0})")]
    Unavailable(String),
    #[error("the binding does not exist")]
    NoBinding,
    #[error("the tokens cannot be read from the database or written to it")]
    Store(#[source] StoreError),
    #[error("the tokens cannot be opened or sealed")]
    Vault(#[source] VaultError),
}

#[derive(Deserialize)]
struct Granted {
    access_token: SecretString,
    refresh_token: Option<SecretString>,
    #[serde(default = "five_minutes")]
    expires_in: u32,
}

/// A refresh that began longer ago than this is over, whatever became of it: the client's own
/// timeout is shorter.
const LONGEST_REFRESH: Duration = Duration::from_secs(60);
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);
const LOOKS: u32 = 50;

fn five_minutes() -> u32 {
    300
}

/// The keeper of all tokens of this process.
pub struct Tokens {
    store: Arc<dyn Store>,
    vault: Arc<Vault>,
    http: Client,
    app: App,
    clock: Arc<dyn Clock>,
    flights: Mutex<BTreeMap<BindingId, Arc<Mutex<()>>>>,
}

impl Tokens {
    pub fn new(
        store: Arc<dyn Store>,
        vault: Arc<Vault>,
        http: Client,
        app: App,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            store,
            vault,
            http,
            app,
            clock,
            flights: Mutex::new(BTreeMap::new()),
        }
    }

    /// A token to send with. `stale` is one that Sage has just refused: it is never given again.
    pub async fn access(
        &self,
        binding: &BindingId,
        stale: Option<&SecretString>,
    ) -> Result<SecretString, TokenError> {
        let flight = Arc::clone(
            self.flights
                .lock()
                .await
                .entry(binding.clone())
                .or_default(),
        );
        let _alone = flight.lock().await;
        let row = self.row(binding).await?;
        if let Some(token) = self.usable(binding, &row, stale)? {
            return Ok(token);
        }
        match self.refresh(binding, &row).await {
            // Somebody else may have rotated meanwhile: then their pair is the good one.
            Err(TokenError::Revoked) => {
                let newer = self.row(binding).await?;
                let token = if newer.token_version == row.token_version {
                    None
                } else {
                    self.usable(binding, &newer, stale)?
                };
                token.ok_or(TokenError::Revoked)
            }
            other => other,
        }
    }

    async fn app(&self) -> Result<App, TokenError> {
        let app = App::in_use(&self.app, self.store.as_ref()).await;
        app.map_err(TokenError::Store)
    }

    async fn row(&self, binding: &BindingId) -> Result<BindingRow, TokenError> {
        self.store
            .binding(binding)
            .await
            .map_err(TokenError::Store)?
            .ok_or(TokenError::NoBinding)
    }

    fn usable(
        &self,
        binding: &BindingId,
        row: &BindingRow,
        stale: Option<&SecretString>,
    ) -> Result<Option<SecretString>, TokenError> {
        let (Some(sealed), Some(until)) = (&row.access_token_sealed, row.access_usable_until)
        else {
            return Ok(None);
        };
        if until <= self.clock.now() {
            return Ok(None);
        }
        let token = self
            .vault
            .open(binding, ACCESS, sealed)
            .map_err(TokenError::Vault)?;
        let refused = stale.is_some_and(|stale| stale.expose_secret() == token.expose_secret());
        Ok((!refused).then_some(token))
    }

    async fn refresh(
        &self,
        binding: &BindingId,
        row: &BindingRow,
    ) -> Result<SecretString, TokenError> {
        let old = self
            .vault
            .open(binding, REFRESH, &row.refresh_token_sealed)
            .map_err(TokenError::Vault)?;
        let begun = self
            .store
            .refresh_begins(
                binding,
                row.token_version,
                self.clock.now(),
                LONGEST_REFRESH,
            )
            .await
            .map_err(TokenError::Store)?;
        if !begun {
            return self.wait_for_other(binding, row.token_version).await;
        }
        let granted = match self.ask(&row.token_url, &old).await {
            Ok(granted) => granted,
            Err(error) => {
                let ended = self.store.refresh_ends(binding, row.token_version).await;
                ended.map_err(TokenError::Store)?;
                return Err(error);
            }
        };
        crash_point!("after-refresh-answer");
        let refresh = granted.refresh_token.as_ref().unwrap_or(&old);
        let tokens = SealedTokens {
            refresh: self
                .vault
                .seal(binding, REFRESH, refresh)
                .map_err(TokenError::Vault)?,
            access: self
                .vault
                .seal(binding, ACCESS, &granted.access_token)
                .map_err(TokenError::Vault)?,
            access_usable_until: usable_until(self.clock.now(), granted.expires_in),
        };
        if self.keep(binding, row.token_version, tokens).await? {
            tracing::info!(binding = %binding, "access token refreshed");
            return Ok(granted.access_token);
        }
        Err(TokenError::Unavailable(
            "the connection was renewed meanwhile".to_owned(),
        ))
    }

    /// Puts a new pair on disk, however long that takes: Sage has made the old one void, so a pair
    /// that is lost now can only be replaced by the shop owner.
    async fn keep(
        &self,
        binding: &BindingId,
        version: i64,
        tokens: SealedTokens,
    ) -> Result<bool, TokenError> {
        let mut has_failed = false;
        loop {
            match self.store.rotate(binding, version, tokens.clone()).await {
                Ok(rotated) => return Ok(rotated),
                Err(error) if error.is_refusal() => return Err(TokenError::Store(error)),
                Err(error) => {
                    if !std::mem::replace(&mut has_failed, true) {
                        tracing::error!(binding = %binding, error = %error, cause = ?std::error::Error::source(&error), "new tokens not on disk yet; trying until they are");
                    }
                    self.clock.rest(BETWEEN_LOOKS).await;
                }
            }
        }
    }

    /// Ends the connection: here at once, then at Sage, where the refresh token dies. Access tokens
    /// cannot be revoked at Sage (guide "authentication"); this one is forgotten here.
    pub async fn revoke(
        &self,
        binding: &BindingId,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<(), TokenError> {
        let row = self.row(binding).await?;
        let known = self.store.disconnect(binding, audit_entry).await;
        if !known.map_err(TokenError::Store)? {
            return Err(TokenError::NoBinding);
        }
        let token = self
            .vault
            .open(binding, REFRESH, &row.refresh_token_sealed)
            .map_err(TokenError::Vault)?;
        let unavailable = |what: String| TokenError::Unavailable(what);
        let mut form = vec![("token", token.expose_secret())];
        let app = self.app().await?;
        form.extend(app.form());
        let answer = self
            .http
            .post(revoke_url(&row.token_url))
            .form(&form)
            .send();
        let answer = answer
            .await
            .map_err(|_| unavailable("no answer".to_owned()))?;
        if answer.status().is_success() {
            Ok(())
        } else {
            Err(unavailable(format!("HTTP {}", answer.status().as_u16())))
        }
    }

    /// Another process refreshes this very pair: its result is ours as well.
    async fn wait_for_other(
        &self,
        binding: &BindingId,
        version: i64,
    ) -> Result<SecretString, TokenError> {
        for _ in 0..LOOKS {
            self.clock.rest(BETWEEN_LOOKS).await;
            let row = self.row(binding).await?;
            if row.token_version != version
                && let Some(token) = self.usable(binding, &row, None)?
            {
                return Ok(token);
            }
        }
        Err(TokenError::Unavailable(
            "another relay process refreshes it".to_owned(),
        ))
    }

    async fn ask(
        &self,
        token_url: &str,
        refresh_token: &SecretString,
    ) -> Result<Granted, TokenError> {
        let mut form = vec![
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token.expose_secret()),
        ];
        let app = self.app().await?;
        form.extend(app.form());
        let unavailable = |what: &str| TokenError::Unavailable(what.to_owned());
        let response = self
            .http
            .post(token_url)
            .header(ACCEPT, "application/json")
            .form(&form)
            .send()
            .await;
        let response = response.map_err(|_| unavailable("no answer"))?;
        let status = response.status();
        let body = response
            .bytes()
            .await
            .map_err(|_| unavailable("the answer broke off"))?;
        if status.is_success() {
            return serde_json::from_slice(&body).map_err(|_| unavailable("unreadable answer"));
        }
        match envelope::oauth_error(&body).as_deref() {
            Some("invalid_grant") => Err(TokenError::Revoked),
            Some(word) => Err(unavailable(word)),
            None => Err(TokenError::Unavailable(format!("HTTP {}", status.as_u16()))),
        }
    }
}

/// A token is put aside a minute before it ends, or a fifth of a short life before.
fn usable_until(now: Millis, expires_in: u32) -> Millis {
    let life = Duration::from_secs(expires_in.into());
    later(
        now,
        life.saturating_sub((life / 5).min(Duration::from_secs(60))),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn revocation_stands_beside_the_token_endpoint() {
        assert_eq!(
            revoke_url("https://oauth.accounting.sage.com/token"),
            "https://oauth.accounting.sage.com/revoke"
        );
    }

    #[test]
    fn tokens_are_put_aside_early() {
        assert_eq!(usable_until(0, 300), 240_000);
        assert_eq!(usable_until(0, 10), 8_000);
        assert_eq!(usable_until(0, 0), 0);
    }
}
