//! Bindings and their sealed tokens.

use std::time::Duration;

use sqlx::Pool;

use crate::crash_point;
use crate::operations::{HELD, NewAuditEntry};
use crate::retry::Millis;
use crate::state::{Event, State, next};
use crate::{BindingId, BindingRow, BindingState, SealedTokens, ShopKeys, StoreError};

use super::report::report;
use super::{Db, Tx, begin, begin_for, during, note};

pub(super) async fn add(
    pool: &Pool<Db>,
    binding: &BindingId,
    row: &BindingRow,
    audit_entry: NewAuditEntry<'_>,
) -> Result<bool, StoreError> {
    let mut tx = begin(pool, "binding add").await?;
    let done = sqlx::query(
        "INSERT INTO binding (id, api_url, token_url, business_id, api_key_sealed, refresh_token_sealed, created_at, live_since)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING",
    )
    .bind(binding.as_str())
    .bind(&row.api_url)
    .bind(&row.token_url)
    .bind(&row.business_id)
    .bind(&row.api_key_sealed)
    .bind(&row.refresh_token_sealed)
    .bind(audit_entry.now)
    .bind(row.live_since)
    .execute(&mut *tx)
    .await
    .map_err(during("binding add"))?;
    finish(tx, binding, &done, &audit_entry, "binding add").await
}

pub(super) async fn get(
    readers: &Pool<Db>,
    binding: &BindingId,
) -> Result<Option<BindingRow>, StoreError> {
    sqlx::query_as(
        "SELECT api_url, token_url, business_id, api_key_sealed, refresh_token_sealed, access_token_sealed,
                access_usable_until, token_version, former_api_key_sealed, former_api_key_until, installation, shop_restored_at, live_since,
                EXISTS (SELECT 1 FROM offered_key o WHERE o.binding_id = binding.id) AS has_offers
         FROM binding WHERE id = $1",
    )
    .bind(binding.as_str())
    .fetch_optional(readers)
    .await
    .map_err(during("binding"))
}

pub(super) async fn refresh_begins(
    pool: &Pool<Db>,
    binding: &BindingId,
    version: i64,
    now: Millis,
    timeout: Duration,
) -> Result<bool, StoreError> {
    let silent_since = now.saturating_sub(i64::try_from(timeout.as_millis()).unwrap_or(i64::MAX));
    let mut tx = begin(pool, "refresh").await?;
    let done = sqlx::query(
        "UPDATE binding SET refresh_started_at = $3
         WHERE id = $1 AND token_version = $2 AND (refresh_started_at IS NULL OR refresh_started_at <= $4)",
    )
    .bind(binding.as_str())
    .bind(version)
    .bind(now)
    .bind(silent_since)
    .execute(&mut *tx)
    .await
    .map_err(during("refresh"))?;
    tx.commit().await.map_err(during("refresh"))?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn refresh_ends(
    pool: &Pool<Db>,
    binding: &BindingId,
    version: i64,
) -> Result<(), StoreError> {
    let mut tx = begin(pool, "refresh").await?;
    sqlx::query(
        "UPDATE binding SET refresh_started_at = NULL WHERE id = $1 AND token_version = $2",
    )
    .bind(binding.as_str())
    .bind(version)
    .execute(&mut *tx)
    .await
    .map_err(during("refresh"))?;
    tx.commit().await.map_err(during("refresh"))
}

pub(super) async fn rotate(
    pool: &Pool<Db>,
    binding: &BindingId,
    version: i64,
    tokens: SealedTokens,
) -> Result<bool, StoreError> {
    let mut tx = begin(pool, "rotate").await?;
    let done = sqlx::query(
        "UPDATE binding SET refresh_token_sealed = $3, access_token_sealed = $4, access_usable_until = $5,
                            token_version = token_version + 1, refresh_started_at = NULL
         WHERE id = $1 AND token_version = $2",
    )
    .bind(binding.as_str())
    .bind(version)
    .bind(&tokens.refresh)
    .bind(&tokens.access)
    .bind(tokens.access_usable_until)
    .execute(&mut *tx)
    .await
    .map_err(during("rotate"))?;
    tx.commit().await.map_err(during("rotate"))?;
    crash_point!("after-token-commit");
    Ok(done.rows_affected() == 1)
}

pub(super) async fn disconnect(
    pool: &Pool<Db>,
    binding: &BindingId,
    audit_entry: NewAuditEntry<'_>,
) -> Result<bool, StoreError> {
    let mut tx = begin_for(pool, binding, "disconnect").await?;
    let done = sqlx::query(
        "UPDATE binding SET state = $2, state_since = $3, access_token_sealed = NULL, access_usable_until = NULL WHERE id = $1",
    )
    .bind(binding.as_str())
    .bind(BindingState::TokenRevoked.word())
    .bind(audit_entry.now)
    .execute(&mut *tx)
    .await
    .map_err(during("disconnect"))?;
    finish(tx, binding, &done, &audit_entry, "disconnect").await
}

pub(super) async fn reconnect(
    pool: &Pool<Db>,
    binding: &BindingId,
    refresh: &[u8],
    audit_entry: NewAuditEntry<'_>,
) -> Result<bool, StoreError> {
    let now = audit_entry.now;
    let mut tx = begin_for(pool, binding, "reconnect").await?;
    let done = sqlx::query(
        "UPDATE binding SET state = $2, refresh_token_sealed = $3, access_token_sealed = NULL, access_usable_until = NULL,
                            token_version = token_version + 1, refresh_started_at = NULL, state_since = $4 WHERE id = $1",
    )
    .bind(binding.as_str())
    .bind(BindingState::Active.word())
    .bind(refresh)
    .bind(now)
    .execute(&mut *tx)
    .await
    .map_err(during("reconnect"))?;
    let resumed = next(State::Parked, Event::Resume)
        .ok_or(StoreError::Contradiction("a parked run that cannot resume"))?;
    let parked: Vec<String> = sqlx::query_scalar(
        "UPDATE run SET state = $2, error = NULL, error_code = NULL, updated_at = $3 
         WHERE binding_id = $1 AND state = 'parked' AND error_code <> $4 RETURNING run_id",
    )
    .bind(binding.as_str())
    .bind(resumed.word())
    .bind(now)
    .bind(HELD)
    .fetch_all(&mut *tx)
    .await
    .map_err(during("reconnect"))?;
    for run_id in &parked {
        report(&mut tx, binding, run_id, now).await?;
    }
    finish(tx, binding, &done, &audit_entry, "reconnect").await
}

pub(super) async fn change_keys(
    pool: &Pool<Db>,
    binding: &BindingId,
    old: &ShopKeys,
    new: &ShopKeys,
    audit_entry: NewAuditEntry<'_>,
) -> Result<bool, StoreError> {
    let former = new.former.as_ref();
    let mut tx = begin_for(pool, binding, "keys").await?;
    let done = sqlx::query(
        "UPDATE binding SET api_key_sealed = $3, former_api_key_sealed = $4, former_api_key_until = $5
         WHERE id = $1 AND api_key_sealed = $2",
    )
    .bind(binding.as_str())
    .bind(&old.present)
    .bind(&new.present)
    .bind(former.map(|(sealed, _)| sealed))
    .bind(former.map(|(_, until)| *until))
    .execute(&mut *tx)
    .await
    .map_err(during("keys"))?;
    finish(tx, binding, &done, &audit_entry, "keys").await
}

/// Writes the entry down with what it changed; false, and nothing written, when that is nothing.
async fn finish(
    mut tx: Tx,
    binding: &BindingId,
    done: &<Db as sqlx::Database>::QueryResult,
    audit_entry: &NewAuditEntry<'_>,
    operation: &'static str,
) -> Result<bool, StoreError> {
    let changed = done.rows_affected() == 1;
    if changed {
        note(&mut tx, Some(binding), audit_entry).await?;
    }
    tx.commit().await.map_err(during(operation))?;
    Ok(changed)
}
