//! Reference data that has grown old is read again by itself.
//!
//! It goes behind every document: it waits for a lane that rests, counts as the last kind of
//! document does against the day's calls, and stands back while a 429 is sat out. When the data is
//! twice as old as it may be it waits for the lane no longer: a shop that is busy all day needs
//! its tax rates too.

use std::time::Duration;

use crate::settings::reference::SOURCES;
use ledger_delivery::throttle;
use ledger_store::clock;
use ledger_store::operations::ReferenceTurn;
use ledger_store::retry::{Millis, later};
use ledger_store::{BindingId, StoreError};

use super::{OperationError, Operations, RefreshSettings, business_facts};

/// Bindings looked at in one go; each takes some seconds.
const AT_ONCE: u32 = 20;
/// After a failure, or a process that died at it.
const AGAIN: Duration = Duration::from_secs(15 * 60);

impl Operations {
    pub(super) async fn refresh_stale(&self, settings: RefreshSettings) -> Result<(), StoreError> {
        if settings.reference_age.is_zero() {
            return Ok(());
        }
        let now = clock::now();
        let before = |age: Duration| {
            now.saturating_sub(Millis::try_from(age.as_millis()).unwrap_or(Millis::MAX))
        };
        let stale = self
            .store
            .stale_references(before(settings.reference_age), now, AT_ONCE)
            .await?;
        for line in stale {
            let Some(binding) = BindingId::new(&line.binding_id) else {
                continue;
            };
            let turn = ReferenceTurn {
                now,
                only_when_idle: line.oldest >= before(settings.reference_age.saturating_mul(2)),
                next_at: later(now, AGAIN),
                day: throttle::day(now),
                // The lists, and the business.
                calls: u32::try_from(SOURCES.len() + business_facts::CALLS).unwrap_or(u32::MAX),
                up_to: settings.limits.of_the_last(),
            };
            if self.store.take_reference(&binding, turn).await? {
                self.refresh_one(&binding).await;
            }
        }
        Ok(())
    }

    async fn refresh_one(&self, binding: &BindingId) {
        let outcome = match self.refresh(binding.as_str()).await {
            Ok(refreshed) => {
                if !refreshed.unread.is_empty() {
                    tracing::warn!(binding = %binding, unread = ?refreshed.unread, "not all of the business was read; the settings keep what they say of it");
                }
                "done"
            }
            Err(OperationError::Settings(problems)) => {
                let codes: Vec<&str> = problems
                    .iter()
                    .map(|problem| problem.code.as_str())
                    .collect();
                tracing::warn!(binding = %binding, ?codes, "the settings are not good with the new reference data; the old version stands");
                "settings_refused"
            }
            // Sage's own words stay out of the log.
            Err(OperationError::Refused(refusal)) => {
                tracing::warn!(binding = %binding, refused = %refusal.without_message(), "old reference data not read again");
                "failed"
            }
            Err(error) => {
                tracing::warn!(binding = %binding, error = %error, "old reference data not read again");
                "failed"
            }
        };
        metrics::counter!("ledger_relay_reference_refreshes_total", "outcome" => outcome)
            .increment(1);
    }
}
