//! The feed once more.

use sqlx::Pool;

use crate::operations::NewAuditEntry;
use crate::{BindingId, StoreError};

use crate::retry::Millis;

use super::{Db, Tx, begin_for, during, note};

/// States of one transaction; others of the binding can write in between.
const AT_ONCE: i64 = 500;

pub(super) async fn backfill(
    writer: &Pool<Db>,
    binding: &BindingId,
    entity_type: Option<&str>,
    audit_entry: NewAuditEntry<'_>,
) -> Result<u64, StoreError> {
    let (mut done, mut after) = (0, 0_i64);
    let last: Option<i64> =
        sqlx::query_scalar("SELECT max(cursor) FROM sync_state WHERE binding_id = $1")
            .bind(binding.as_str())
            .fetch_one(writer)
            .await
            .map_err(during("backfill"))?;
    let last = last.unwrap_or_default();
    loop {
        let mut tx = begin_for(writer, binding, "backfill").await?;
        let cursors: Vec<i64> = sqlx::query_scalar(
            "SELECT cursor FROM sync_state
             WHERE binding_id = $1 AND cursor > $2 AND cursor <= $3 AND ($4 = '' OR entity_type = $4)
             ORDER BY cursor LIMIT $5",
        )
        .bind(binding.as_str())
        .bind(after)
        .bind(last)
        .bind(entity_type.unwrap_or_default())
        .bind(AT_ONCE)
        .fetch_all(&mut *tx)
        .await
        .map_err(during("backfill"))?;
        let Some(newest) = cursors.last() else {
            note(&mut tx, Some(binding), &audit_entry).await?;
            tx.commit().await.map_err(during("backfill"))?;
            return Ok(done);
        };
        after = *newest;
        for cursor in &cursors {
            again(&mut tx, binding, *cursor, audit_entry.now).await?;
            done += 1;
        }
        tx.commit().await.map_err(during("backfill"))?;
    }
}

#[derive(sqlx::FromRow)]
struct Kept {
    key: String,
    generation: i64,
    run_id: String,
    entity_type: String,
    entity_id: i64,
    status: String,
    sage_id: Option<String>,
    sage_reference: Option<String>,
    expected_total: Option<String>,
    sage_total: Option<String>,
    error: Option<String>,
}

/// Moves one state to the end.
async fn again(
    tx: &mut Tx,
    binding: &BindingId,
    cursor: i64,
    now: Millis,
) -> Result<(), StoreError> {
    let kept: Kept = sqlx::query_as(
        "DELETE FROM sync_state WHERE cursor = $1
         RETURNING key, generation, run_id, entity_type, entity_id, status, sage_id, sage_reference, expected_total, sage_total, error",
    )
    .bind(cursor)
    .fetch_one(&mut **tx)
    .await
    .map_err(during("backfill"))?;
    sqlx::query(
        "INSERT INTO sync_state (binding_id, key, generation, run_id, entity_type, entity_id, status, sage_id, sage_reference,
                                 expected_total, sage_total, error, recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(binding.as_str())
    .bind(kept.key)
    .bind(kept.generation)
    .bind(kept.run_id)
    .bind(kept.entity_type)
    .bind(kept.entity_id)
    .bind(kept.status)
    .bind(kept.sage_id)
    .bind(kept.sage_reference)
    .bind(kept.expected_total)
    .bind(kept.sage_total)
    .bind(kept.error)
    .bind(now)
    .execute(&mut **tx)
    .await
    .map(|_| ())
    .map_err(during("backfill"))
}
