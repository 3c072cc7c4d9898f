//! How far each shop has been told.

use sqlx::Pool;

use crate::operations::{NewAuditEntry, PushRow};
use crate::retry::Millis;
use crate::{BindingId, StoreError};

use super::{Db, begin_for, during, note};

pub(super) async fn set(
    writer: &Pool<Db>,
    binding: &BindingId,
    url: Option<&str>,
    audit_entry: NewAuditEntry<'_>,
) -> Result<bool, StoreError> {
    let mut tx = begin_for(writer, binding, "push").await?;
    let done = sqlx::query(
        "UPDATE binding SET push_url = $2, push_cursor = 0, push_tries = 0, push_next_at = 0 WHERE id = $1",
    )
    .bind(binding.as_str())
    .bind(url)
    .execute(&mut *tx)
    .await
    .map_err(during("push"))?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    note(&mut tx, Some(binding), &audit_entry).await?;
    tx.commit().await.map_err(during("push"))?;
    Ok(true)
}

pub(super) async fn due(
    readers: &Pool<Db>,
    now: Millis,
    limit: u32,
) -> Result<Vec<PushRow>, StoreError> {
    sqlx::query_as(
        "SELECT id AS binding_id, push_url, push_cursor, push_tries FROM binding
         WHERE push_url IS NOT NULL AND push_next_at <= $1
           AND EXISTS (SELECT 1 FROM sync_state s WHERE s.binding_id = binding.id AND s.cursor > binding.push_cursor)
         ORDER BY push_next_at LIMIT $2",
    )
    .bind(now)
    .bind(i64::from(limit))
    .fetch_all(readers)
    .await
    .map_err(during("push"))
}

pub(super) async fn take(
    writer: &Pool<Db>,
    binding: &BindingId,
    until: Millis,
    now: Millis,
) -> Result<bool, StoreError> {
    sqlx::query("UPDATE binding SET push_next_at = $2 WHERE id = $1 AND push_url IS NOT NULL AND push_next_at <= $3")
        .bind(binding.as_str())
        .bind(until)
        .bind(now)
        .execute(writer)
        .await
        .map(|done| done.rows_affected() == 1)
        .map_err(during("push"))
}

pub(super) async fn done(
    writer: &Pool<Db>,
    binding: &BindingId,
    cursor: i64,
) -> Result<(), StoreError> {
    // A process that was slow must not take the cursor back.
    sqlx::query("UPDATE binding SET push_cursor = $2, push_tries = 0, push_next_at = 0 WHERE id = $1 AND push_cursor <= $2")
        .bind(binding.as_str())
        .bind(cursor)
        .execute(writer)
        .await
        .map(|_| ())
        .map_err(during("push"))
}

pub(super) async fn failed(
    writer: &Pool<Db>,
    binding: &BindingId,
    next_at: Millis,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE binding SET push_tries = push_tries + 1, push_next_at = $2 WHERE id = $1")
        .bind(binding.as_str())
        .bind(next_at)
        .execute(writer)
        .await
        .map(|_| ())
        .map_err(during("push"))
}
