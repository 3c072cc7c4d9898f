//! Runs, as operators list and direct them.

use sqlx::Pool;

use crate::operations::{HELD, KeptPlan, NewAuditEntry, RunAction, RunFilter, RunLine};
use crate::state::{Event, State, next};
use crate::vault::Vault;
use crate::{BindingId, StoreError, sealed_reason};

use super::super::report::report;
use super::{Db, Tx, begin_for, during, note};

pub(super) async fn lines(
    readers: &Pool<Db>,
    filter: &RunFilter,
) -> Result<Vec<RunLine>, StoreError> {
    sqlx::query_as(
        "SELECT run_id, binding_id, key, generation, state, error_code, created_at, updated_at FROM run
         WHERE ($1 = '' OR binding_id = $1) AND ($2 = '' OR state = $2)
           AND ($3 = '' OR (key >= $3 AND key < $3 || '~'))
         ORDER BY seq DESC LIMIT $4",
    )
    .bind(filter.binding.as_ref().map_or("", BindingId::as_str))
    .bind(filter.state.as_deref().unwrap_or_default())
    .bind(filter.key.as_deref().unwrap_or_default())
    .bind(i64::from(filter.limit))
    .fetch_all(readers)
    .await
    .map_err(during("runs"))
}

pub(super) async fn line(
    readers: &Pool<Db>,
    binding: &BindingId,
    run_id: &str,
) -> Result<Option<RunLine>, StoreError> {
    sqlx::query_as(
        "SELECT run_id, binding_id, key, generation, state, error_code, created_at, updated_at FROM run
         WHERE binding_id = $1 AND run_id = $2",
    )
    .bind(binding.as_str())
    .bind(run_id)
    .fetch_optional(readers)
    .await
    .map_err(during("runs"))
}

pub(super) async fn plans(
    readers: &Pool<Db>,
    binding: &BindingId,
    after: i64,
    limit: u32,
) -> Result<Vec<KeptPlan>, StoreError> {
    sqlx::query_as(
        "SELECT seq, run_id, plan FROM run WHERE binding_id = $1 AND seq > $2 AND erased_at IS NULL ORDER BY seq LIMIT $3",
    )
    .bind(binding.as_str())
    .bind(after)
    .bind(i64::from(limit))
    .fetch_all(readers)
    .await
    .map_err(during("runs"))
}

pub(super) async fn owner(
    readers: &Pool<Db>,
    run_id: &str,
) -> Result<Option<BindingId>, StoreError> {
    let id: Option<String> = sqlx::query_scalar("SELECT binding_id FROM run WHERE run_id = $1")
        .bind(run_id)
        .fetch_optional(readers)
        .await
        .map_err(during("run"))?;
    id.map(|id| BindingId::new(&id).ok_or(StoreError::Contradiction("a malformed binding id")))
        .transpose()
}

pub(super) async fn order(
    writer: &Pool<Db>,
    vault: &Vault,
    binding: &BindingId,
    run_id: &str,
    order: &RunAction,
    audit_entry: NewAuditEntry<'_>,
) -> Result<bool, StoreError> {
    let mut tx = begin_for(writer, binding, "order").await?;
    let row: Option<(String, Option<String>)> = sqlx::query_as(
        "SELECT state, error_code FROM run WHERE run_id = $1 AND binding_id = $2 AND erased_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM run n WHERE n.binding_id = run.binding_id AND n.key = run.key
                                                 AND n.generation > run.generation)",
    )
    .bind(run_id)
    .bind(binding.as_str())
    .fetch_optional(&mut *tx)
    .await
    .map_err(during("order"))?;
    let Some((state, code)) = row else {
        return Ok(false);
    };
    let from = State::from_word(&state).ok_or(StoreError::Contradiction("an unknown run state"))?;
    let is_held = code.as_deref() == Some(HELD);
    let event = match order {
        RunAction::Hold(_) => Event::Hold,
        // What the binding parked goes on when the binding does.
        RunAction::Release if is_held => Event::Resume,
        RunAction::Release => return Ok(false),
        RunAction::Retry { .. } => Event::Revive,
    };
    let Some(to) = next(from, event) else {
        return Ok(false);
    };
    if let RunAction::Retry { absent: true } = order {
        nothing_stands(&mut tx, run_id, audit_entry.now).await?;
    }
    let reason = if let RunAction::Hold(reason) = order {
        Some(reason)
    } else {
        None
    };
    let hidden = reason.map(|reason| sealed_reason::hidden(vault, binding, run_id, reason));
    sqlx::query(
        "UPDATE run SET state = $2, next_at = NULL, tries = 0, error = $3, error_code = $4, updated_at = $5 WHERE run_id = $1",
    )
    .bind(run_id)
    .bind(to.word())
    .bind(hidden.transpose()?)
    .bind(reason.map(|reason| reason.code.as_str()))
    .bind(audit_entry.now)
    .execute(&mut *tx)
    .await
    .map_err(during("order"))?;
    report(&mut tx, binding, run_id, audit_entry.now).await?;
    note(&mut tx, Some(binding), &audit_entry).await?;
    super::super::announce(&mut tx, &[binding.as_str()])
        .await
        .map_err(during("order"))?;
    tx.commit().await.map_err(during("order"))?;
    Ok(true)
}

/// Contacts and products are found by what they are, and stay with the shop; the document and what
/// is remembered beside it make room.
pub(super) async fn set_aside(
    writer: &Pool<Db>,
    binding: &BindingId,
    run_id: &str,
    audit_entry: NewAuditEntry<'_>,
) -> Result<bool, StoreError> {
    let mut tx = begin_for(writer, binding, "set aside").await?;
    let done = sqlx::query(
        "UPDATE run SET set_aside_at = $3
         WHERE run_id = $1 AND binding_id = $2 AND set_aside_at IS NULL AND state IN ('succeeded', 'ambiguous')
           AND NOT EXISTS (SELECT 1 FROM run n WHERE n.binding_id = run.binding_id AND n.key = run.key
                                                 AND n.generation > run.generation)",
    )
    .bind(run_id)
    .bind(binding.as_str())
    .bind(audit_entry.now)
    .execute(&mut *tx)
    .await
    .map_err(during("set aside"))?;
    if done.rows_affected() == 0 {
        tx.rollback().await.map_err(during("set aside"))?;
        return Ok(false);
    }
    sqlx::query(
        "UPDATE entity_xref SET xref_key = xref_key || ':aside:' || run_id
         WHERE binding_id = $1 AND run_id = $2 AND xref_key NOT LIKE 'contact:%' AND xref_key NOT LIKE 'product:%'",
    )
    .bind(binding.as_str())
    .bind(run_id)
    .execute(&mut *tx)
    .await
    .map_err(during("set aside"))?;
    note(&mut tx, Some(binding), &audit_entry).await?;
    tx.commit().await.map_err(during("set aside"))?;
    Ok(true)
}

/// The operator has looked in Sage: sends whose end nobody saw made nothing.
async fn nothing_stands(tx: &mut Tx, run_id: &str, now: i64) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE attempt SET outcome = 'resolved', settled_at = $2
         WHERE (outcome IS NULL OR outcome = 'unknown') AND intent_id IN (SELECT intent_id FROM intent WHERE run_id = $1)",
    )
    .bind(run_id)
    .bind(now)
    .execute(&mut **tx)
    .await
    .map(|_| ())
    .map_err(during("order"))
}
