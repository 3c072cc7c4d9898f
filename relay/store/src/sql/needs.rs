//! Who waits for whom: documents that need others.

use sqlx::{Pool, QueryBuilder};

use crate::retry::Millis;
use crate::state::{Event, State, next};
use crate::{BindingId, Maker, StoreError};

use super::report::report;
use super::{Db, Tx, during};

/// The newest runs that may make a key known, one for each of their keys.
pub(super) async fn makers(
    readers: &Pool<Db>,
    binding: &BindingId,
    xref_key: &str,
) -> Result<Vec<Maker>, StoreError> {
    sqlx::query_as(
        "SELECT r.run_id, r.key, r.state, r.error FROM run_key k JOIN run r ON r.run_id = k.run_id
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

/// Keys are known: who waits for one goes on, and who was rejected for want of it is queued again.
///
/// Run by run: asked for all at once, a database may walk through the whole backlog instead.
pub(super) async fn known(
    tx: &mut Tx,
    binding: &BindingId,
    xref_keys: &[&str],
    now: Millis,
) -> Result<(), StoreError> {
    let mut select = QueryBuilder::<Db>::new(
        "SELECT DISTINCT run_id FROM run_key WHERE role = 'needs' AND binding_id = ",
    );
    select
        .push_bind(binding.as_str())
        .push(" AND xref_key IN (");
    let mut list = select.separated(", ");
    for key in xref_keys {
        list.push_bind(*key);
    }
    list.push_unseparated(")");
    let needing: Vec<String> = select
        .build_query_scalar()
        .fetch_all(&mut **tx)
        .await
        .map_err(during("needs"))?;
    for run_id in &needing {
        wake(tx, run_id, now).await?;
        revive(tx, binding, run_id, now).await?;
    }
    Ok(())
}

/// A run that waits for what it needs looks again at once.
async fn wake(tx: &mut Tx, run_id: &str, now: Millis) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE run SET next_at = $2
         WHERE run_id = $1 AND state = 'waiting' AND error_code = 'waiting_for_needs'",
    )
    .bind(run_id)
    .bind(now)
    .execute(&mut **tx)
    .await
    .map(|_| ())
    .map_err(during("needs"))
}

/// A run that was rejected for want of what it needs is queued again.
async fn revive(
    tx: &mut Tx,
    binding: &BindingId,
    run_id: &str,
    now: Millis,
) -> Result<(), StoreError> {
    let revived = next(State::Rejected, Event::Revive).ok_or(StoreError::Contradiction(
        "a rejected run that cannot be revived",
    ))?;
    let done = sqlx::query(
        "UPDATE run SET state = $3, error = NULL, error_code = NULL, updated_at = $2
         WHERE run_id = $1 AND state = 'rejected' AND error_code IN ('needs_rejected', 'needs_timeout') AND erased_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM run n WHERE n.binding_id = run.binding_id AND n.key = run.key
                                                 AND n.generation > run.generation)",
    )
    .bind(run_id)
    .bind(now)
    .bind(revived.word())
    .execute(&mut **tx)
    .await
    .map_err(during("needs"))?;
    if done.rows_affected() == 1 {
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
    let needing: Vec<String> = sqlx::query_scalar(
        "SELECT n.run_id FROM run_key m JOIN run_key n ON n.binding_id = m.binding_id AND n.xref_key = m.xref_key
         WHERE m.run_id = $2 AND m.role = 'makes' AND m.binding_id = $1 AND n.role = 'needs'",
    )
    .bind(binding.as_str())
    .bind(run_id)
    .fetch_all(&mut **tx)
    .await
    .map_err(during("needs"))?;
    for run_id in &needing {
        wake(tx, run_id, now).await?;
    }
    Ok(())
}
