//! The feed that shops pull.

use crate::retry::Millis;
use crate::{BindingId, StoreError};

use super::{Tx, during};

/// Puts the run's present state at the end of the feed, unless the feed says the same already
/// or speaks of a newer generation.
pub(super) async fn report(
    tx: &mut Tx,
    binding: &BindingId,
    run_id: &str,
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query(
        "DELETE FROM sync_state
         WHERE binding_id = $1 AND key = (SELECT key FROM run WHERE run_id = $2)
           AND EXISTS (SELECT 1 FROM run r
                       WHERE r.run_id = $2 AND sync_state.generation <= r.generation
                         AND (sync_state.run_id <> r.run_id OR sync_state.status <> r.state
                              OR sync_state.error IS DISTINCT FROM coalesce(r.finding, r.error)))",
    )
    .bind(binding.as_str())
    .bind(run_id)
    .execute(&mut **tx)
    .await
    .map_err(during("report"))?;
    // What stands under the key still is what is to stand.
    sqlx::query(
        "INSERT INTO sync_state (binding_id, key, generation, run_id, entity_type, entity_id, status, sage_id, sage_reference,
                                 expected_total, sage_total, error, recorded_at)
         SELECT r.binding_id, r.key, r.generation, r.run_id, r.entity_type, r.entity_id, r.state, x.sage_id, x.displayed_as,
                r.expected_total, x.total, coalesce(r.finding, r.error), $2
         FROM run r LEFT JOIN entity_xref x ON x.binding_id = r.binding_id AND x.xref_key = r.principal_xref
         WHERE r.run_id = $1 AND NOT EXISTS (SELECT 1 FROM sync_state s WHERE s.binding_id = r.binding_id AND s.key = r.key)",
    )
    .bind(run_id)
    .bind(now)
    .execute(&mut **tx)
    .await
    .map(|_| ())
    .map_err(during("report"))
}
