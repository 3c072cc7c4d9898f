//! Pushes what is due, binding after binding.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use crate::http::Entry;
use ledger_store::clock;
use ledger_store::operations::PushRow;
use ledger_store::retry::{Schedule, later};
use ledger_store::tenant::Tenant;
use ledger_store::vault::API_KEY;
use ledger_store::vault::Vault;
use ledger_store::{BindingId, Store, StoreError};

use super::call::{Failure, Message, send};

/// Bindings looked at in one go.
const AT_ONCE: u32 = 50;
/// States in one call.
const STATES: u32 = 200;

/// How pushing is done.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PushSettings {
    pub(crate) every: Duration,
    pub(crate) timeout: Duration,
    pub(crate) schedule: Schedule,
    /// Whether private networks may be called.
    pub(crate) private: bool,
}

/// The body of a push: entries as in the feed.
#[derive(Serialize)]
struct States {
    items: Vec<Entry>,
}

/// What a push needs.
#[derive(Clone)]
pub(crate) struct Pusher {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) vault: Arc<Vault>,
    pub(crate) settings: PushSettings,
}

impl Pusher {
    /// Until the task is ended. What is cut off is pushed again: nothing counts before the answer.
    pub(crate) async fn run(self) {
        loop {
            tokio::time::sleep(self.settings.every).await;
            match self.store.push_due(clock::now(), AT_ONCE).await {
                Ok(due) => {
                    let mut round = tokio::task::JoinSet::new();
                    for row in due {
                        let this = self.clone();
                        round.spawn(async move { this.shop(row).await });
                    }
                    round.join_all().await;
                }
                Err(error) => tracing::error!(error = %error, "pushes not looked up"),
            }
        }
    }

    /// Everything there is for one shop, or until it fails.
    async fn shop(&self, row: PushRow) {
        let Some(binding) = BindingId::new(&row.binding_id) else {
            return;
        };
        let lease = self.settings.timeout.saturating_mul(3);
        let mut cursor = row.push_cursor;
        loop {
            let now = clock::now();
            match self.store.push_take(&binding, later(now, lease), now).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => return complain(&binding, &error),
            }
            match self.batch(&binding, &row.push_url, cursor).await {
                Ok(Ok(Some(reached))) => cursor = reached,
                Ok(Ok(None)) => return,
                Ok(Err(failure)) => return self.failed(&binding, failure, row.push_tries).await,
                Err(error) => return complain(&binding, &error),
            }
        }
    }

    /// One call; where it brought the cursor, or nothing when there is nothing more.
    async fn batch(
        &self,
        binding: &BindingId,
        url: &str,
        cursor: i64,
    ) -> Result<Result<Option<i64>, Failure>, StoreError> {
        let tenant = Tenant::operated(binding, &self.vault);
        let rows = self.store.sync_state(&tenant, cursor, STATES).await?;
        let Some(reached) = rows.last().map(|row| row.cursor) else {
            self.store.push_done(binding, cursor).await?;
            return Ok(Ok(None));
        };
        let Some(row) = self.store.binding(binding).await? else {
            return Ok(Err(Failure::Unsigned));
        };
        let now = clock::now();
        let items: Vec<Entry> = rows.into_iter().map(Entry::from).collect();
        let body = serde_json::to_string(&States { items }).unwrap_or_default();
        let url = format!("{}/sync-state", url.trim_end_matches('/'));
        let mut sent = Err(Failure::Unsigned);
        for sealed in row.api_keys(now) {
            let Ok(api_key) = self.vault.open(binding, API_KEY, sealed) else {
                continue;
            };
            let message = Message {
                binding,
                api_key: &api_key,
                id: &format!("sync-state-{binding}-{reached}"),
                now: now / 1000,
                body: body.clone(),
            };
            sent = send(&url, message, self.settings.private, self.settings.timeout).await;
            // A shop that does not have its new key yet is asked with the one before.
            if !matches!(sent, Err(Failure::Status(401 | 403))) {
                break;
            }
        }
        if sent.is_ok() {
            metrics::counter!("ledger_relay_pushes_total", "outcome" => "arrived").increment(1);
            self.store.push_done(binding, reached).await?;
        }
        Ok(sent.map(|()| Some(reached)))
    }

    async fn failed(&self, binding: &BindingId, failure: Failure, tries: i64) {
        metrics::counter!("ledger_relay_pushes_total", "outcome" => failure.word()).increment(1);
        tracing::warn!(binding = %binding, failure = %failure, "states not pushed");
        let now = clock::now();
        let kept = if failure == Failure::Gone {
            self.store.push_gone(binding, now).await
        } else {
            let tries = u32::try_from(tries).unwrap_or(u32::MAX);
            let schedule = self.settings.schedule;
            let next = schedule.next(tries.saturating_add(1), None, clock::jitter(), now);
            self.store.push_failed(binding, next).await
        };
        if let Err(error) = kept {
            complain(binding, &error);
        }
    }
}

fn complain(binding: &BindingId, error: &StoreError) {
    tracing::error!(binding = %binding, error = %error, "push not recorded");
}
