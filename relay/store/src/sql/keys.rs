//! Keys that shop and relay share: on offer, present, former.

use std::time::Duration;

use sqlx::Pool;

use crate::operations::NewAuditEntry;
use crate::retry::Millis;
use crate::{BindingId, StoreError};

use super::{Db, begin_for, during, note};

/// Offers of a binding that are kept; the oldest goes when there are more.
const OFFERS: i64 = 20;

pub(super) async fn offer(
    writer: &Pool<Db>,
    binding: &BindingId,
    api_key_sealed: &[u8],
    grace: Duration,
    audit_entry: NewAuditEntry<'_>,
) -> Result<i64, StoreError> {
    let mut tx = begin_for(writer, binding, "keys").await?;
    let offer_id = sqlx::query_scalar(
        "INSERT INTO offered_key (binding_id, api_key_sealed, grace_ms, offered_at) VALUES ($1, $2, $3, $4)
         RETURNING offer_id",
    )
    .bind(binding.as_str())
    .bind(api_key_sealed)
    .bind(i64::try_from(grace.as_millis()).unwrap_or(i64::MAX))
    .bind(audit_entry.now)
    .fetch_one(&mut *tx)
    .await
    .map_err(during("keys"))?;
    sqlx::query(
        "DELETE FROM offered_key WHERE binding_id = $1 AND offer_id NOT IN
             (SELECT offer_id FROM offered_key WHERE binding_id = $1 ORDER BY offer_id DESC LIMIT $2)",
    )
    .bind(binding.as_str())
    .bind(OFFERS)
    .execute(&mut *tx)
    .await
    .map_err(during("keys"))?;
    note(&mut tx, Some(binding), &audit_entry).await?;
    tx.commit().await.map_err(during("keys"))?;
    Ok(offer_id)
}

pub(super) async fn offered(
    readers: &Pool<Db>,
    binding: &BindingId,
) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
    sqlx::query_as("SELECT offer_id, api_key_sealed FROM offered_key WHERE binding_id = $1 ORDER BY offer_id DESC")
        .bind(binding.as_str())
        .fetch_all(readers)
        .await
        .map_err(during("keys"))
}

pub(super) async fn withdraw(
    writer: &Pool<Db>,
    binding: &BindingId,
    offer_id: i64,
) -> Result<(), StoreError> {
    let mut tx = begin_for(writer, binding, "keys").await?;
    sqlx::query("DELETE FROM offered_key WHERE binding_id = $1 AND offer_id = $2")
        .bind(binding.as_str())
        .bind(offer_id)
        .execute(&mut *tx)
        .await
        .map_err(during("keys"))?;
    tx.commit().await.map_err(during("keys"))
}

/// Whoever paired again decided which shop it is, so another installation may be served.
pub(super) async fn prove(
    writer: &Pool<Db>,
    binding: &BindingId,
    offer_id: i64,
    now: Millis,
) -> Result<bool, StoreError> {
    let mut tx = begin_for(writer, binding, "keys").await?;
    let done = sqlx::query(
        "UPDATE binding SET installation = NULL, api_key_sealed = o.api_key_sealed,
                former_api_key_sealed = CASE WHEN o.grace_ms > 0 THEN binding.api_key_sealed END,
                former_api_key_until = CASE WHEN o.grace_ms > 0 THEN $3 + o.grace_ms END
         FROM offered_key o WHERE binding.id = $1 AND o.binding_id = $1 AND o.offer_id = $2",
    )
    .bind(binding.as_str())
    .bind(offer_id)
    .bind(now)
    .execute(&mut *tx)
    .await
    .map_err(during("keys"))?;
    if done.rows_affected() == 0 {
        tx.rollback().await.map_err(during("keys"))?;
        return Ok(false);
    }
    // Those offered before it were never taken; a later one may have been as well.
    sqlx::query("DELETE FROM offered_key WHERE binding_id = $1 AND offer_id <= $2")
        .bind(binding.as_str())
        .bind(offer_id)
        .execute(&mut *tx)
        .await
        .map_err(during("keys"))?;
    let audit_entry = NewAuditEntry {
        actor: "relay",
        action: "binding:key proved",
        subject: "the shop holds the new key",
        now,
    };
    note(&mut tx, Some(binding), &audit_entry).await?;
    tx.commit().await.map_err(during("keys"))?;
    Ok(true)
}
