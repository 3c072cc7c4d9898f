//! What the relay does beside its work: forgets, throws away.

use std::sync::Arc;
use std::time::Duration;

use crate::http::ApiState;
use ledger_store::clock;
use ledger_store::retry::Millis;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Millis = 86_400_000;

/// For how long plans and requests are kept, in days.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RetentionDays {
    pub(crate) succeeded: u32,
    pub(crate) rejected: u32,
}

/// Until the task is ended.
pub(crate) async fn run(api: Arc<ApiState>, kept: RetentionDays) {
    let mut minute = tokio::time::interval(MINUTE);
    loop {
        minute.tick().await;
        let now = clock::now();
        api.rate.forget();
        if let Err(error) = api.store.forget_tickets(now).await {
            tracing::error!(error = %error, "used tokens not forgotten");
        }
        if let Err(error) = api.store.forget_keys(now).await {
            tracing::error!(error = %error, "former keys not forgotten");
        }
        if let Err(error) = api.store.forget_ended(now).await {
            tracing::error!(error = %error, "ended sessions and links not forgotten");
        }
        let before = |days: u32| now.saturating_sub(DAY.saturating_mul(days.into()));
        match api
            .store
            .expire(before(kept.succeeded), before(kept.rejected))
            .await
        {
            Ok(erased) if erased.runs > 0 => {
                tracing::info!(
                    runs = erased.runs,
                    requests = erased.requests,
                    "old plans thrown away"
                );
            }
            Ok(_) => {}
            Err(error) => tracing::error!(error = %error, "old plans not thrown away"),
        }
    }
}
