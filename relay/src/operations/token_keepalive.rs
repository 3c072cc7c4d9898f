//! Connections that rest for weeks. Sage's refresh tokens die after 31 days without use, so a shop
//! that sells nothing in a month would have to consent again: its token is used before that.

use std::time::Duration;

use ledger_sage::oauth::TokenError;
use ledger_store::clock;
use ledger_store::retry::Millis;
use ledger_store::{BindingId, StoreError};

use super::{Operations, RefreshSettings};

/// Bindings looked at in one go.
const AT_ONCE: u32 = 20;

impl Operations {
    pub(super) async fn use_idle(&self, settings: RefreshSettings) -> Result<(), StoreError> {
        if settings.idle.is_zero() {
            return Ok(());
        }
        let idle = Millis::try_from(settings.idle.as_millis()).unwrap_or(Millis::MAX);
        let before = clock::now().saturating_sub(idle);
        for idle in self.store.idle_bindings(before, AT_ONCE).await? {
            let Some(binding) = BindingId::new(&idle.id) else {
                continue;
            };
            match self.tokens.access(&binding, None).await {
                Ok(_) => {}
                Err(TokenError::Revoked) => {
                    // Better known now than with the next invoice.
                    let audit_entry = self.audit_entry("token:refused", binding.as_str());
                    let version = idle.token_version;
                    self.store.lapse(&binding, version, audit_entry).await?;
                    tracing::warn!(binding = %binding, "Sage refuses the refresh token; the shop owner must connect again");
                }
                Err(error) => {
                    tracing::warn!(binding = %binding, error = %error, "an idle connection was not renewed");
                    // Whatever it is, it may be over soon; the others are not kept waiting.
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
        Ok(())
    }
}
