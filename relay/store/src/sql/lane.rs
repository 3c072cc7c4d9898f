//! The sends of a lane: what is to go out, and how it ended.

use sqlx::Pool;

use crate::retry::Millis;
use crate::vault::sha256_hex;
use crate::{AttemptEnd, BindingId, Lease, OpenAttempt, Outcome, StoreError};

use super::{Db, Tx, begin_fenced, begin_for, during};

pub(super) async fn open_attempt(
    pool: &Pool<Db>,
    lease: &Lease,
    attempt: OpenAttempt<'_>,
    sealed: &[u8],
) -> Result<i64, StoreError> {
    let (request, binding) = (attempt.request, lease.binding());
    let mut tx = begin_fenced(pool, lease, attempt.now, "intent").await?;
    sqlx::query(
        "INSERT INTO intent (run_id, binding_id, step, xref_key, resource, target, sage_idempotency_id, body, body_sha256, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (run_id, step, xref_key, target) DO NOTHING",
    )
    .bind(request.run_id)
    .bind(binding.as_str())
    .bind(i64::from(request.step))
    .bind(request.xref_key)
    .bind(attempt.resource)
    .bind(request.target)
    .bind(attempt.sage_idempotency_id)
    .bind(sealed)
    .bind(sha256_hex(attempt.body))
    .bind(attempt.now)
    .execute(&mut *tx)
    .await
    .map_err(during("intent"))?;
    if attempt.renewals > 0 {
        renew(&mut tx, binding, &attempt, sealed).await?;
    }
    let attempt_id = sqlx::query_scalar(
        "INSERT INTO attempt (intent_id, binding_id, xref_key, number, sent_at)
         SELECT i.intent_id, i.binding_id, i.xref_key, 1 + (SELECT count(*) FROM attempt a WHERE a.intent_id = i.intent_id), $4
         FROM intent i WHERE i.run_id = $1 AND i.step = $2 AND i.binding_id = $3 AND i.body_sha256 = $5 AND i.xref_key = $6 AND i.target = $7
         RETURNING attempt_id",
    )
    .bind(request.run_id)
    .bind(i64::from(request.step))
    .bind(binding.as_str())
    .bind(attempt.now)
    .bind(sha256_hex(attempt.body))
    .bind(request.xref_key)
    .bind(request.target)
    .fetch_optional(&mut *tx)
    .await
    .map_err(during("intent"))?
    .ok_or(StoreError::Contradiction("a frozen body and another one to send"))?;
    tx.commit().await.map_err(during("intent"))?;
    Ok(attempt_id)
}

/// Takes the bytes for the stored ones when they were frozen anew, once for each time.
async fn renew(
    tx: &mut Tx,
    binding: &BindingId,
    attempt: &OpenAttempt<'_>,
    sealed: &[u8],
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE intent SET sage_idempotency_id = $6, body = $7, body_sha256 = $8, renewals = $9, renewed_at = $10
         WHERE run_id = $1 AND step = $2 AND xref_key = $3 AND target = $4 AND binding_id = $5 AND renewals = $9 - 1",
    )
    .bind(attempt.request.run_id)
    .bind(i64::from(attempt.request.step))
    .bind(attempt.request.xref_key)
    .bind(attempt.request.target)
    .bind(binding.as_str())
    .bind(attempt.sage_idempotency_id)
    .bind(sealed)
    .bind(sha256_hex(attempt.body))
    .bind(i64::from(attempt.renewals))
    .bind(attempt.now)
    .execute(&mut **tx)
    .await
    .map(|_| ())
    .map_err(during("intent"))
}

pub(super) async fn close_attempt(
    pool: &Pool<Db>,
    lease: &Lease,
    end: &AttemptEnd,
    now: Millis,
) -> Result<(), StoreError> {
    let mut tx = begin_fenced(pool, lease, now, "attempt").await?;
    end_attempt(&mut tx, lease.binding(), end, now).await?;
    tx.commit().await.map_err(during("attempt"))
}

/// What a send made, told by one who has lost the lane. Only an end that nobody knows is filled in.
pub(super) async fn testify(
    pool: &Pool<Db>,
    lease: &Lease,
    end: &AttemptEnd,
    now: Millis,
) -> Result<(), StoreError> {
    let mut tx = begin_for(pool, lease.binding(), "attempt").await?;
    let open: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM attempt WHERE attempt_id = $1 AND binding_id = $2
                        AND (outcome IS NULL OR outcome = 'unknown'))",
    )
    .bind(end.attempt_id)
    .bind(lease.binding().as_str())
    .fetch_one(&mut *tx)
    .await
    .map_err(during("attempt"))?;
    if open && end.outcome == Outcome::Created {
        end_attempt(&mut tx, lease.binding(), end, now).await?;
    }
    tx.commit().await.map_err(during("attempt"))
}

pub(super) async fn end_attempt(
    tx: &mut Tx,
    binding: &BindingId,
    end: &AttemptEnd,
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE attempt SET outcome = $3, settled_at = $4, http_status = $5, request_id = $6, sage_id = $7
         WHERE attempt_id = $1 AND binding_id = $2",
    )
    .bind(end.attempt_id)
    .bind(binding.as_str())
    .bind(end.outcome.word())
    .bind(now)
    .bind(end.http_status.map(i64::from))
    .bind(&end.request_id)
    .bind(&end.sage_id)
    .execute(&mut **tx)
    .await
    .map(|_| ())
    .map_err(during("attempt"))
}
