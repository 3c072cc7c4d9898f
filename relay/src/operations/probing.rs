//! `sage:probe`, for a business that its owner gives for it.

use ledger_store::clock;

use super::probe::{self, Evidence, ProbeSession};
use super::{OperationError, Operations, business};

/// Calls of a flood: a minute of them, as fast as answers come.
const MOST: u32 = 1_000;

impl Operations {
    /// Asks a Sage business what the documentation leaves open. Makes records that are marked,
    /// and takes them away. `flood` calls may be made to see a 429.
    ///
    /// # Errors
    /// When there is no such binding, or Sage does not answer.
    pub async fn probe(&self, id: &str, flood: u32) -> Result<Evidence, OperationError> {
        if flood > MOST {
            return Err(OperationError::Argument(format!(
                "{MOST} calls are the most"
            )));
        }
        let (binding, row) = self.known(id).await?;
        self.store
            .note(Some(&binding), self.audit_entry("sage:probe", id))
            .await?;
        let at = clock::rfc3339(clock::now()).unwrap_or_default();
        let date = at.chars().take(10).collect();
        let tag: String = ProbeSession::fresh_id().chars().take(7).collect();
        let mut session = ProbeSession::new(
            &self.sage,
            &self.tokens,
            &binding,
            business(&row),
            tag.to_uppercase(),
            date,
        );
        probe::run(&mut session, at, flood)
            .await
            .map_err(|stopped| OperationError::Sage(stopped.to_string()))
    }
}
