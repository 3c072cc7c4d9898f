//! Whose reference data is old, and who reads it again.

use sqlx::Pool;

use crate::operations::{ReferenceAge, ReferenceTurn};
use crate::retry::Millis;
use crate::{BindingId, StoreError};

use super::{Db, Tx, begin_for, during};

pub(super) async fn stale(
    readers: &Pool<Db>,
    read_before: Millis,
    now: Millis,
    limit: u32,
) -> Result<Vec<ReferenceAge>, StoreError> {
    sqlx::query_as(
        "SELECT d.binding_id, min(d.fetched_at) AS oldest FROM reference_data d JOIN binding b ON b.id = d.binding_id
         WHERE b.state = 'active' AND b.reference_next_at <= $2
         GROUP BY d.binding_id HAVING min(d.fetched_at) < $1 ORDER BY min(d.fetched_at) LIMIT $3",
    )
    .bind(read_before)
    .bind(now)
    .bind(i64::from(limit))
    .fetch_all(readers)
    .await
    .map_err(during("reference data"))
}

pub(super) async fn take(
    writer: &Pool<Db>,
    binding: &BindingId,
    turn: ReferenceTurn,
) -> Result<bool, StoreError> {
    let mut tx = begin_for(writer, binding, "reference data").await?;
    if !has_room(&mut tx, binding, turn).await? {
        return Ok(false);
    }
    let taken = sqlx::query(
        "UPDATE binding SET reference_next_at = $2 WHERE id = $1 AND reference_next_at <= $3 AND state = 'active'",
    )
    .bind(binding.as_str())
    .bind(turn.next_at)
    .bind(turn.now)
    .execute(&mut *tx)
    .await
    .map_err(during("reference data"))?;
    if taken.rows_affected() == 0 {
        return Ok(false);
    }
    count_calls(&mut tx, binding, turn).await?;
    tx.commit().await.map_err(during("reference data"))?;
    Ok(true)
}

/// Counts calls before they are made: a lane that begins now knows of them.
pub(super) async fn count_calls(
    tx: &mut Tx,
    binding: &BindingId,
    turn: ReferenceTurn,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO lane (binding_id, holder, token, lease_until, day, calls) VALUES ($1, '', 0, 0, $2, $3)
         ON CONFLICT (binding_id) DO UPDATE
         SET calls = CASE WHEN lane.day = excluded.day THEN lane.calls + excluded.calls ELSE excluded.calls END, day = excluded.day",
    )
    .bind(binding.as_str())
    .bind(turn.day)
    .bind(i64::from(turn.calls))
    .execute(&mut **tx)
    .await
    .map(|_| ())
    .map_err(during("reference data"))
}

#[derive(sqlx::FromRow)]
struct LaneState {
    lease_until: Millis,
    paused_until: Millis,
    calls: i64,
    has_work: bool,
}

/// Whether the day leaves room, no 429 is being sat out and, where only an idle lane will do, the
/// lane has nothing to do.
pub(super) async fn has_room(
    tx: &mut Tx,
    binding: &BindingId,
    turn: ReferenceTurn,
) -> Result<bool, StoreError> {
    let lane: LaneState = sqlx::query_as(
        "SELECT coalesce(l.lease_until, 0) AS lease_until, coalesce(l.paused_until, 0) AS paused_until,
                CASE WHEN l.day = $3 THEN l.calls ELSE 0 END AS calls,
                EXISTS (SELECT 1 FROM run r WHERE r.binding_id = b.id
                        AND r.state IN ('queued', 'running', 'waiting') AND (r.next_at IS NULL OR r.next_at <= $2)) AS has_work
         FROM binding b LEFT JOIN lane l ON l.binding_id = b.id WHERE b.id = $1",
    )
    .bind(binding.as_str())
    .bind(turn.now)
    .bind(turn.day)
    .fetch_one(&mut **tx)
    .await
    .map_err(during("reference data"))?;
    let is_busy = lane.has_work || lane.lease_until > turn.now;
    let calls = lane.calls.saturating_add(i64::from(turn.calls));
    Ok(lane.paused_until <= turn.now
        && calls <= i64::from(turn.up_to)
        && !(turn.only_when_idle && is_busy))
}
