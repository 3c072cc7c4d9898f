//! Bindings and their connection to Sage.

use secrecy::ExposeSecret;
use serde::Serialize;

use crate::push::call;
use ledger_sage::oauth::TokenError;
use ledger_store::operations::BindingLine;
use ledger_store::{BindingId, clock};

use super::{OperationError, Operations};

/// A binding; nothing of it is secret.
#[derive(Debug, Serialize)]
pub struct BindingSummary {
    /// Its name.
    pub id: String,
    /// `active`, or why it cannot send.
    pub state: String,
    /// The Sage business.
    pub business: String,
    /// Base of Sage's API.
    pub api_url: String,
    /// Its tier, where it is not the default.
    pub tier: Option<String>,
    /// Where states are pushed to.
    pub push_url: Option<String>,
    /// Runs that are not at their end.
    pub open_runs: i64,
    /// Since when what a restored database has forgotten is looked for in Sage.
    pub recovering_since: Option<String>,
    /// The installation of the shop that is served.
    pub installation: Option<String>,
    /// Since when its documents are accepted; none while it is not live.
    pub live_since: Option<String>,
    /// When it was set up.
    pub created_at: Option<String>,
}

/// The connection of a binding to Sage.
#[derive(Debug, Serialize)]
pub struct OauthStatus {
    /// The binding.
    pub binding: String,
    /// `active`, or why it cannot send.
    pub state: String,
    /// The Sage business.
    pub business: String,
    /// How often tokens were renewed.
    pub rotations: i64,
    /// Until when the access token is used.
    pub access_usable_until: Option<String>,
    /// A refresh that began and whose end is not known.
    pub refresh_under_way_since: Option<String>,
    /// When the oldest of its reference data was read.
    pub reference_read_at: Option<String>,
    /// Only when it was asked for and the settings allow it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token: Option<String>,
}

impl OauthStatus {
    pub(super) fn of(line: BindingLine, access_token: Option<String>) -> Self {
        Self {
            binding: line.id,
            state: line.state,
            business: line.business_id,
            rotations: line.token_version,
            access_usable_until: line.access_usable_until.and_then(clock::rfc3339),
            refresh_under_way_since: line.refresh_started_at.and_then(clock::rfc3339),
            reference_read_at: line.reference_read_at.and_then(clock::rfc3339),
            access_token,
        }
    }
}

impl From<BindingLine> for BindingSummary {
    fn from(line: BindingLine) -> Self {
        Self {
            id: line.id,
            state: line.state,
            business: line.business_id,
            api_url: line.api_url,
            tier: line.tier,
            push_url: line.push_url,
            open_runs: line.open_runs,
            recovering_since: line.recovering_since.and_then(clock::rfc3339),
            installation: line.installation,
            live_since: line.live_since.and_then(clock::rfc3339),
            created_at: clock::rfc3339(line.created_at),
        }
    }
}

impl Operations {
    /// Every binding.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn bindings(&self) -> Result<Vec<BindingSummary>, OperationError> {
        let lines = self.store.binding_lines(None).await?;
        Ok(lines.into_iter().map(BindingSummary::from).collect())
    }

    /// One binding.
    ///
    /// # Errors
    /// When there is none of that name.
    pub async fn binding(&self, id: &str) -> Result<BindingSummary, OperationError> {
        Ok(self.line(id).await?.1.into())
    }

    pub(super) async fn line(&self, id: &str) -> Result<(BindingId, BindingLine), OperationError> {
        let missing = || OperationError::NoBinding(id.to_owned());
        let binding = BindingId::new(id).ok_or_else(missing)?;
        let lines = self.store.binding_lines(Some(&binding)).await?;
        let line = lines.into_iter().next().ok_or_else(missing)?;
        Ok((binding, line))
    }

    /// Puts a binding on a tier, or back on the default.
    ///
    /// # Errors
    /// When there is no such tier or binding.
    pub async fn set_tier(
        &self,
        id: &str,
        tier: Option<&str>,
    ) -> Result<BindingSummary, OperationError> {
        let (binding, _) = self.known(id).await?;
        if let Some(tier) = tier.filter(|tier| !self.tiers.knows(tier)) {
            let known: Vec<&str> = self.tiers.names().collect();
            return Err(OperationError::Argument(format!(
                "there is no tier {tier}, only {}",
                known.join(", ")
            )));
        }
        let subject = tier.unwrap_or("default");
        self.store
            .set_tier(&binding, tier, self.audit_entry("binding:tier", subject))
            .await?;
        self.binding(id).await
    }

    /// Has states pushed below this address, or not at all.
    ///
    /// # Errors
    /// When the address may not be called, or there is no such binding.
    pub async fn set_push(
        &self,
        id: &str,
        url: Option<&str>,
    ) -> Result<BindingSummary, OperationError> {
        let (binding, _) = self.known(id).await?;
        if let Some(url) = url {
            call::usable(url, self.config.push.allow_private_networks)
                .map_err(|failure| OperationError::Argument(failure.to_string()))?;
        }
        let subject = url.unwrap_or("off");
        self.store
            .set_push(&binding, url, self.audit_entry("binding:push", subject))
            .await?;
        self.binding(id).await
    }

    /// Accepts documents of a binding from now on, or no longer: then they stay in the shop, and what
    /// was accepted before is still sent.
    ///
    /// # Errors
    /// When there is no such binding.
    pub async fn set_live(
        &self,
        id: &str,
        is_live: bool,
    ) -> Result<BindingSummary, OperationError> {
        let (binding, _) = self.known(id).await?;
        let subject = if is_live { "on" } else { "off" };
        self.store
            .set_live(&binding, is_live, self.audit_entry("binding:live", subject))
            .await?;
        self.binding(id).await
    }

    /// Seals everything anew that is not sealed with the newest key; how many values.
    ///
    /// # Errors
    /// When the database fails, or a value does not open: then its key is missing.
    pub async fn reseal(&self) -> Result<u64, OperationError> {
        self.store
            .note(None, self.audit_entry("keys:reseal", "everything"))
            .await?;
        Ok(self.store.reseal().await?)
    }

    /// How a binding is connected. `reveal` shows an access token that is usable now.
    ///
    /// # Errors
    /// When there is no such binding, or tokens may not be shown.
    pub async fn oauth_status(
        &self,
        id: &str,
        reveal: bool,
    ) -> Result<OauthStatus, OperationError> {
        if reveal && !self.config.admin.reveal_tokens {
            let detail = "tokens are not shown here: admin.reveal_tokens is off, as it must be in production";
            return Err(OperationError::Argument(detail.to_owned()));
        }
        let (binding, _) = self.known(id).await?;
        let mut access_token = None;
        if reveal {
            // Written down before it is shown.
            self.store
                .note(
                    Some(&binding),
                    self.audit_entry("oauth:status --reveal-token", id),
                )
                .await?;
            let token = self.tokens.access(&binding, None).await;
            let token =
                token.map_err(|error: TokenError| OperationError::Sage(error.to_string()))?;
            access_token = Some(token.expose_secret().to_owned());
        }
        let (_, line) = self.line(id).await?;
        Ok(OauthStatus::of(line, access_token))
    }
}
