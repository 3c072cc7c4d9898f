//! Bindings, as operators see and change them.

use sqlx::Pool;

use crate::operations::{BindingLine, IdleBinding, NewAuditEntry};
use crate::retry::Millis;
use crate::{BindingId, BindingState, StoreError};

use super::{Db, begin_for, during, note};

pub(super) async fn lines(
    readers: &Pool<Db>,
    only: Option<&BindingId>,
) -> Result<Vec<BindingLine>, StoreError> {
    sqlx::query_as(
        "SELECT id, state, business_id, api_url, tier, push_url, access_usable_until, token_version, refresh_started_at,
                created_at, installation, live_since,
                (SELECT v.began_at FROM recovery v WHERE v.binding_id = binding.id AND v.ended_at IS NULL) AS recovering_since,
                (SELECT min(fetched_at) FROM reference_data d WHERE d.binding_id = binding.id) AS reference_read_at,
                (SELECT count(*) FROM run WHERE run.binding_id = binding.id AND run.state = 'queued')
                + (SELECT count(*) FROM run WHERE run.binding_id = binding.id AND run.state IN ('running', 'waiting')) AS open_runs
         FROM binding WHERE $1 = '' OR id = $1 ORDER BY id",
    )
    .bind(only.map_or("", BindingId::as_str))
    .fetch_all(readers)
    .await
    .map_err(during("bindings"))
}

pub(super) async fn tier(
    readers: &Pool<Db>,
    binding: &BindingId,
) -> Result<Option<String>, StoreError> {
    let tier: Option<Option<String>> = sqlx::query_scalar("SELECT tier FROM binding WHERE id = $1")
        .bind(binding.as_str())
        .fetch_optional(readers)
        .await
        .map_err(during("tier"))?;
    Ok(tier.flatten())
}

pub(super) async fn set_tier(
    writer: &Pool<Db>,
    binding: &BindingId,
    tier: Option<&str>,
    audit_entry: NewAuditEntry<'_>,
) -> Result<bool, StoreError> {
    let mut tx = begin_for(writer, binding, "tier").await?;
    let done = sqlx::query("UPDATE binding SET tier = $2 WHERE id = $1")
        .bind(binding.as_str())
        .bind(tier)
        .execute(&mut *tx)
        .await
        .map_err(during("tier"))?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    note(&mut tx, Some(binding), &audit_entry).await?;
    tx.commit().await.map_err(during("tier"))?;
    Ok(true)
}

pub(super) async fn set_live(
    writer: &Pool<Db>,
    binding: &BindingId,
    is_live: bool,
    audit_entry: NewAuditEntry<'_>,
) -> Result<bool, StoreError> {
    let mut tx = begin_for(writer, binding, "live").await?;
    let done = sqlx::query(
        "UPDATE binding SET live_since = $2 WHERE id = $1 AND (live_since IS NULL) = ($2 IS NOT NULL)",
    )
    .bind(binding.as_str())
    .bind(is_live.then_some(audit_entry.now))
    .execute(&mut *tx)
    .await
    .map_err(during("live"))?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    note(&mut tx, Some(binding), &audit_entry).await?;
    tx.commit().await.map_err(during("live"))?;
    Ok(true)
}

pub(super) async fn idle_bindings(
    readers: &Pool<Db>,
    before: Millis,
    limit: u32,
) -> Result<Vec<IdleBinding>, StoreError> {
    sqlx::query_as(
        "SELECT id, token_version FROM binding
         WHERE state = 'active' AND coalesce(access_usable_until, created_at) < $1
         ORDER BY coalesce(access_usable_until, created_at) LIMIT $2",
    )
    .bind(before)
    .bind(i64::from(limit))
    .fetch_all(readers)
    .await
    .map_err(during("idle bindings"))
}

pub(super) async fn lapse(
    writer: &Pool<Db>,
    binding: &BindingId,
    version: i64,
    audit_entry: NewAuditEntry<'_>,
) -> Result<bool, StoreError> {
    let mut tx = begin_for(writer, binding, "lapse").await?;
    let done = sqlx::query(
        "UPDATE binding SET state = $3, state_since = $4 WHERE id = $1 AND token_version = $2 AND state = 'active'",
    )
    .bind(binding.as_str())
    .bind(version)
    .bind(BindingState::TokenRevoked.word())
    .bind(audit_entry.now)
    .execute(&mut *tx)
    .await
    .map_err(during("lapse"))?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    note(&mut tx, Some(binding), &audit_entry).await?;
    tx.commit().await.map_err(during("lapse"))?;
    Ok(true)
}
