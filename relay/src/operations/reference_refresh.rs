//! What the relay refreshes by itself: reference data, and tokens that nobody uses.

use std::time::Duration;

use ledger_delivery::throttle::Limits;

use super::Operations;

/// What is kept, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RefreshSettings {
    /// How often it is looked at.
    pub(crate) every: Duration,
    /// How old reference data may be; zero is for ever.
    pub(crate) reference_age: Duration,
    /// How long a connection may rest before its refresh token is used; zero is for ever.
    pub(crate) idle: Duration,
    pub(crate) limits: Limits,
}

impl Operations {
    /// Until the task is ended.
    pub(crate) async fn keep(self, settings: RefreshSettings) {
        loop {
            tokio::time::sleep(settings.every).await;
            if let Err(error) = self.refresh_stale(settings).await {
                tracing::error!(error = %error, "old reference data not looked up");
            }
            if let Err(error) = self.use_idle(settings).await {
                tracing::error!(error = %error, "idle connections not looked up");
            }
        }
    }
}
