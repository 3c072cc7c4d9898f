//! Who waits for whom: documents that need others.

use sqlx::Pool;

use crate::inbox::state::{Event, State, next};
use crate::inbox::{BindingId, Maker, NewRun, StoreError};
use crate::retry::Millis;

use super::report::report;
use super::{Db, Tx, during};

/// Keeps which keys a run makes known and which it needs.
pub(super) async fn remember(
    tx: &mut Tx,
    binding: &BindingId,
    run: &NewRun,
) -> Result<(), StoreError> {
    let makes = run.makes.iter().map(|key| (key, "makes"));
    for (key, role) in makes.chain(run.needs.iter().map(|key| (key, "needs"))) {
        sqlx::query(
            "INSERT INTO run_key (binding_id, xref_key, role, run_id) VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
        )
        .bind(binding.as_str())
        .bind(key)
        .bind(role)
        .bind(&run.run_id)
        .execute(&mut **tx)
        .await
        .map_err(during("ingest"))?;
    }
    Ok(())
}

/// The newest runs that may make a key known, one for each of their keys.
pub(super) async fn makers(
    readers: &Pool<Db>,
    binding: &BindingId,
    xref_key: &str,
) -> Result<Vec<Maker>, StoreError> {
    sqlx::query_as(
        "SELECT r.key, r.state, r.error FROM run_key k JOIN run r ON r.run_id = k.run_id
         WHERE k.binding_id = $1 AND k.xref_key = $2 AND k.role = 'makes'
           AND NOT EXISTS (SELECT 1 FROM run n WHERE n.binding_id = r.binding_id AND n.key = r.key
                                                 AND n.generation > r.generation)
         ORDER BY r.seq",
    )
    .bind(binding.as_str())
    .bind(xref_key)
    .fetch_all(readers)
    .await
    .map_err(during("needs"))
}

/// A key is known: who waits for it goes on, and who was rejected for want of it is queued again.
pub(super) async fn known(
    tx: &mut Tx,
    binding: &BindingId,
    xref_key: &str,
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE run SET next_at = $3
         WHERE binding_id = $1 AND state = 'waiting' AND error_code = 'waiting_for_needs'
           AND run_id IN (SELECT run_id FROM run_key WHERE binding_id = $1 AND xref_key = $2 AND role = 'needs')",
    )
    .bind(binding.as_str())
    .bind(xref_key)
    .bind(now)
    .execute(&mut **tx)
    .await
    .map_err(during("needs"))?;
    let revived = next(State::Rejected, Event::Revive).ok_or(StoreError::Contradiction(
        "a rejected run that cannot be revived",
    ))?;
    let runs: Vec<String> = sqlx::query_scalar(
        "UPDATE run SET state = $4, error = NULL, error_code = NULL, updated_at = $3
         WHERE binding_id = $1 AND state = 'rejected' AND error_code IN ('needs_rejected', 'needs_timeout') AND erased_at IS NULL
           AND run_id IN (SELECT run_id FROM run_key WHERE binding_id = $1 AND xref_key = $2 AND role = 'needs')
           AND NOT EXISTS (SELECT 1 FROM run n WHERE n.binding_id = run.binding_id AND n.key = run.key
                                                 AND n.generation > run.generation)
         RETURNING run_id",
    )
    .bind(binding.as_str())
    .bind(xref_key)
    .bind(now)
    .bind(revived.word())
    .fetch_all(&mut **tx)
    .await
    .map_err(during("needs"))?;
    for run_id in &runs {
        report(tx, binding, run_id, now).await?;
    }
    Ok(())
}

/// A run is rejected: who waits for its keys must be told.
pub(super) async fn refused(
    tx: &mut Tx,
    binding: &BindingId,
    run_id: &str,
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE run SET next_at = $3
         WHERE binding_id = $1 AND state = 'waiting' AND error_code = 'waiting_for_needs'
           AND run_id IN (SELECT n.run_id FROM run_key n JOIN run_key m
                          ON m.binding_id = n.binding_id AND m.xref_key = n.xref_key
                          WHERE m.run_id = $2 AND m.role = 'makes' AND n.binding_id = $1 AND n.role = 'needs')",
    )
    .bind(binding.as_str())
    .bind(run_id)
    .bind(now)
    .execute(&mut **tx)
    .await
    .map(|_| ())
    .map_err(during("needs"))
}
