//! Looks at bindings whose people want to be told.

use std::sync::Arc;
use std::time::Duration;

use ledger_store::clock;
use ledger_store::retry::{Millis, later};
use ledger_store::{BindingId, BindingState, Store, StoreError};

use super::message::{Facts, due, failed};
use super::send::{Ways, send};
use super::settings::NotificationSettings;

/// Bindings of one round.
const AT_ONCE: u32 = 50;
/// A process that died at a look is waited for so long.
const LOOK: Duration = Duration::from_secs(300);
const DAY: Millis = 86_400_000;

/// What the worker needs.
pub(crate) struct Notifier {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) every: Duration,
    pub(crate) ways: Ways,
    /// Where the dashboard is; empty when nobody knows.
    pub(crate) origin: String,
    /// A reason in words.
    pub(crate) words: fn(&str) -> &str,
}

impl Notifier {
    /// Until the task is ended.
    pub(crate) async fn run(self) {
        loop {
            tokio::time::sleep(self.every).await;
            if let Err(error) = self.round().await {
                tracing::error!(error = %error, "notifications not looked up");
            }
        }
    }

    async fn round(&self) -> Result<(), StoreError> {
        let now = clock::now();
        for id in self.store.due_notifications(now, AT_ONCE).await? {
            let Some(binding) = BindingId::new(&id) else {
                continue;
            };
            let until = later(now, LOOK);
            if self.store.take_notifications(&binding, until, now).await? {
                self.binding(&binding).await?;
            }
        }
        Ok(())
    }

    async fn binding(&self, binding: &BindingId) -> Result<(), StoreError> {
        let Some(row) = self.store.notifications(binding).await? else {
            return Ok(());
        };
        let settings: NotificationSettings =
            serde_json::from_str(&row.settings).unwrap_or_default();
        let now = clock::now();
        let facts = self.facts(binding, row.told.told_until, now).await?;
        let (messages, mut then) = due(&settings, &facts, &row.told, now);
        for message in &messages {
            let sent = send(&settings, message, self.ways).await;
            let outcome = if sent.is_ok() { "sent" } else { "failed" };
            metrics::counter!("ledger_relay_notifications_total", "outcome" => outcome)
                .increment(1);
            if let Err(problem) = sent {
                tracing::warn!(binding = %binding, "a notification did not go out");
                then = failed(&row.told, problem, now);
                break;
            }
        }
        self.store.note_told(binding, &then).await
    }

    async fn facts(
        &self,
        binding: &BindingId,
        since: Millis,
        now: Millis,
    ) -> Result<Facts, StoreError> {
        let status = self.store.binding_status(binding, now).await?;
        let state = status.map(|status| status.state).unwrap_or_default();
        let pulse = self.store.pulse(binding, now.div_euclid(DAY)).await?;
        let reasons = self.store.reasons(binding).await?;
        let reasons = reasons.into_iter().map(|one| {
            let words = (self.words)(&one.code).to_owned();
            (one.code, words, one.documents)
        });
        let (new, newest) = self.store.needing_since(binding, since).await?;
        Ok(Facts {
            new,
            newest,
            binding: binding.as_str().to_owned(),
            is_active: state == BindingState::Active.word(),
            state,
            attention: pulse.attention,
            reasons: reasons.collect(),
            oldest_open: pulse.oldest_open,
            origin: self.origin.clone(),
        })
    }
}
