//! Recoveries, for operators: what became of a binding whose database was restored.

use serde::Serialize;

use ledger_store::clock;

use super::{OperationError, Operations};

/// A recovery of a binding.
#[derive(Debug, Serialize)]
pub struct RecoverySummary {
    /// Its id.
    pub recovery_id: String,
    /// `offering` while the shop offers again, `sending` while plans are open, `ended`.
    pub state: &'static str,
    /// The last instant that the restored database knew of.
    pub known_until: Option<String>,
    /// When the shop was found to know more.
    pub began_at: Option<String>,
    /// When the shop had offered everything again.
    pub offered_at: Option<String>,
    /// When nothing was left to do.
    pub ended_at: Option<String>,
    /// Plans that arrived meanwhile.
    pub documents: i64,
    /// Objects that were found in Sage meanwhile.
    pub adopted: i64,
    /// Plans that must come to an end before it ends.
    pub open: i64,
}

impl Operations {
    /// Recoveries of a binding, newest first.
    ///
    /// # Errors
    /// When there is no such binding.
    pub async fn recoveries(&self, id: &str) -> Result<Vec<RecoverySummary>, OperationError> {
        let (binding, _) = self.known(id).await?;
        let all = self.store.recoveries(&binding).await?;
        let shown = all.into_iter().map(|recovery| RecoverySummary {
            state: match (recovery.offered_at, recovery.ended_at) {
                (_, Some(_)) => "ended",
                (Some(_), None) => "sending",
                (None, None) => "offering",
            },
            recovery_id: recovery.recovery_id,
            known_until: clock::rfc3339(recovery.known_until),
            began_at: clock::rfc3339(recovery.began_at),
            offered_at: recovery.offered_at.and_then(clock::rfc3339),
            ended_at: recovery.ended_at.and_then(clock::rfc3339),
            documents: recovery.documents,
            adopted: recovery.adopted,
            open: recovery.open,
        });
        Ok(shown.collect())
    }
}
