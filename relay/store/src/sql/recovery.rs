//! Epochs, recoveries, and which installation of a shop is served.

use sqlx::Pool;

use crate::operations::{HELD, NewAuditEntry};
use crate::recovery::{BindingStatus, Epoch, Places, Recovery};
use crate::retry::Millis;
use crate::{BindingId, StoreError};

use super::{Db, PLACES, Tx, alone_in_the_store, begin, begin_for, during, note};

pub(super) async fn begin_epoch(
    writer: &Pool<Db>,
    epoch: &str,
    now: Millis,
) -> Result<(), StoreError> {
    let mut tx = begin(writer, "epoch").await?;
    // No writer is under way now: what they made lies before the epoch, what others make after it.
    alone_in_the_store(&mut tx).await.map_err(during("epoch"))?;
    let present = places(&mut tx).await?;
    sqlx::query("INSERT INTO store_epoch (epoch, first_seq, first_cursor, began_at) VALUES ($1, $2, $3, $4)")
        .bind(epoch)
        .bind(present.seq + 1)
        .bind(present.cursor + 1)
        .bind(now)
        .execute(&mut *tx)
        .await
        .map_err(during("epoch"))?;
    tx.commit().await.map_err(during("epoch"))
}

async fn places(tx: &mut Tx) -> Result<Places, StoreError> {
    sqlx::query_as(PLACES)
        .fetch_one(&mut **tx)
        .await
        .map_err(during("epoch"))
}

pub(super) async fn present_places(readers: &Pool<Db>) -> Result<Places, StoreError> {
    sqlx::query_as(PLACES)
        .fetch_one(readers)
        .await
        .map_err(during("epoch"))
}

pub(super) async fn epochs(readers: &Pool<Db>) -> Result<Vec<Epoch>, StoreError> {
    sqlx::query_as("SELECT number, epoch, first_seq, first_cursor FROM store_epoch ORDER BY number")
        .fetch_all(readers)
        .await
        .map_err(during("epoch"))
}

pub(super) async fn newest_epoch(readers: &Pool<Db>) -> Result<String, StoreError> {
    let epoch: Option<String> =
        sqlx::query_scalar("SELECT epoch FROM store_epoch ORDER BY number DESC LIMIT 1")
            .fetch_optional(readers)
            .await
            .map_err(during("epoch"))?;
    epoch.ok_or(StoreError::Contradiction("a store without an epoch"))
}

pub(super) async fn agreed_epoch(
    readers: &Pool<Db>,
    binding: &BindingId,
) -> Result<i64, StoreError> {
    sqlx::query_scalar("SELECT agreed_epoch FROM binding WHERE id = $1")
        .bind(binding.as_str())
        .fetch_one(readers)
        .await
        .map_err(during("epoch"))
}

pub(super) async fn agree(
    writer: &Pool<Db>,
    binding: &BindingId,
    number: i64,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE binding SET agreed_epoch = $2 WHERE id = $1 AND agreed_epoch < $2")
        .bind(binding.as_str())
        .bind(number)
        .execute(writer)
        .await
        .map(|_| ())
        .map_err(during("epoch"))
}

pub(super) async fn begin_recovery(
    writer: &Pool<Db>,
    binding: &BindingId,
    recovery_id: &str,
    agreed: Places,
    now: Millis,
) -> Result<bool, StoreError> {
    let mut tx = begin_for(writer, binding, "recovery").await?;
    let done = sqlx::query(
        "INSERT INTO recovery (recovery_id, binding_id, known_until, feed_cursor, first_seq, began_at)
         SELECT $1, $2, coalesce((SELECT created_at FROM run WHERE seq <= $3 ORDER BY seq DESC LIMIT 1), 0), $4, $3, $5
         WHERE NOT EXISTS (SELECT 1 FROM recovery WHERE binding_id = $2 AND ended_at IS NULL)",
    )
    .bind(recovery_id)
    .bind(binding.as_str())
    .bind(agreed.seq)
    .bind(agreed.cursor)
    .bind(now)
    .execute(&mut *tx)
    .await
    .map_err(during("recovery"))?;
    if done.rows_affected() == 1 {
        let audit_entry = of_the_relay("recovery:begun", recovery_id, now);
        note(&mut tx, Some(binding), &audit_entry).await?;
    }
    tx.commit().await.map_err(during("recovery"))?;
    Ok(done.rows_affected() == 1)
}

/// A run that must come to an end before a recovery may: what waits for another document, or was
/// set aside by a person, need not.
macro_rules! keeps_it_open {
    () => {
        "(r.state IN ('queued', 'running')
          OR (r.state = 'waiting' AND r.error_code <> 'waiting_for_needs')
          OR (r.state = 'parked' AND r.error_code <> $2))"
    };
}

pub(super) async fn recoveries(
    readers: &Pool<Db>,
    binding: &BindingId,
) -> Result<Vec<Recovery>, StoreError> {
    sqlx::query_as(concat!(
        "SELECT v.recovery_id, v.known_until, v.feed_cursor, v.first_seq, v.began_at, v.offered_at, v.ended_at,
                (SELECT count(*) FROM run r WHERE r.binding_id = v.binding_id AND r.created_at >= v.began_at
                                              AND (v.ended_at IS NULL OR r.created_at <= v.ended_at)) AS documents,
                CASE WHEN v.ended_at IS NULL THEN
                    (SELECT count(*) FROM run r WHERE r.binding_id = v.binding_id
                                                  AND (v.offered_seq IS NULL OR r.seq <= v.offered_seq) AND ",
        keeps_it_open!(),
        ") ELSE 0 END AS open,
                (SELECT count(*) FROM entity_xref x WHERE x.binding_id = v.binding_id AND x.adopted <> $3
                                                      AND x.created_at >= v.began_at
                                                      AND (v.ended_at IS NULL OR x.created_at <= v.ended_at)) AS adopted
         FROM recovery v WHERE v.binding_id = $1 ORDER BY v.began_at DESC, v.recovery_id DESC",
    ))
    .bind(binding.as_str())
    .bind(HELD)
    .bind(false)
    .fetch_all(readers)
    .await
    .map_err(during("recovery"))
}

pub(super) async fn offered(
    writer: &Pool<Db>,
    binding: &BindingId,
    recovery_id: &str,
    highest: &[(String, i64)],
    now: Millis,
) -> Result<bool, StoreError> {
    let mut tx = begin_for(writer, binding, "recovery").await?;
    let present = places(&mut tx).await?;
    let done = sqlx::query(
        "UPDATE recovery SET offered_at = $3, offered_seq = $4
         WHERE binding_id = $1 AND recovery_id = $2 AND ended_at IS NULL AND offered_at IS NULL",
    )
    .bind(binding.as_str())
    .bind(recovery_id)
    .bind(now)
    .bind(present.seq)
    .execute(&mut *tx)
    .await
    .map_err(during("recovery"))?;
    if done.rows_affected() == 0 {
        tx.rollback().await.map_err(during("recovery"))?;
        return Ok(false);
    }
    for (entity_type, entity_id) in highest {
        sqlx::query(
            "INSERT INTO recovery_highest (recovery_id, entity_type, entity_id) VALUES ($1, $2, $3)",
        )
        .bind(recovery_id)
        .bind(entity_type)
        .bind(entity_id)
        .execute(&mut *tx)
        .await
        .map_err(during("recovery"))?;
    }
    let audit_entry = of_the_relay("recovery:offered", recovery_id, now);
    note(&mut tx, Some(binding), &audit_entry).await?;
    tx.commit().await.map_err(during("recovery"))?;
    Ok(true)
}

pub(super) async fn end_recoveries(
    writer: &Pool<Db>,
    now: Millis,
) -> Result<Vec<BindingId>, StoreError> {
    let over: Vec<(String, String)> = sqlx::query_as(concat!(
        "SELECT v.binding_id, v.recovery_id FROM recovery v
         WHERE v.ended_at IS NULL AND v.offered_at IS NOT NULL AND v.offered_at <= $1
           AND NOT EXISTS (SELECT 1 FROM run r WHERE r.binding_id = v.binding_id AND r.seq <= v.offered_seq AND ",
        keeps_it_open!(),
        ")",
    ))
    .bind(now)
    .bind(HELD)
    .fetch_all(writer)
    .await
    .map_err(during("recovery"))?;
    let mut ended = Vec::with_capacity(over.len());
    for (binding, recovery_id) in over {
        let binding =
            BindingId::new(&binding).ok_or(StoreError::Contradiction("a malformed binding id"))?;
        let mut tx = begin_for(writer, &binding, "recovery").await?;
        let done = sqlx::query(
            "UPDATE recovery SET ended_at = $2 WHERE recovery_id = $1 AND ended_at IS NULL",
        )
        .bind(&recovery_id)
        .bind(now)
        .execute(&mut *tx)
        .await
        .map_err(during("recovery"))?;
        if done.rows_affected() == 1 {
            let audit_entry = of_the_relay("recovery:ended", &recovery_id, now);
            note(&mut tx, Some(&binding), &audit_entry).await?;
            ended.push(binding);
        }
        tx.commit().await.map_err(during("recovery"))?;
    }
    Ok(ended)
}

fn of_the_relay<'a>(action: &'a str, subject: &'a str, now: Millis) -> NewAuditEntry<'a> {
    NewAuditEntry {
        actor: "relay",
        action,
        subject,
        now,
    }
}

pub(super) async fn serve_installation(
    writer: &Pool<Db>,
    binding: &BindingId,
    installation: &str,
    replaces: Option<&str>,
    audit_entry: NewAuditEntry<'_>,
) -> Result<bool, StoreError> {
    let mut tx = begin_for(writer, binding, "installation").await?;
    let done = sqlx::query(
        "UPDATE binding SET installation = $2
         WHERE id = $1 AND (installation IS NULL OR installation = $2 OR installation = $3)",
    )
    .bind(binding.as_str())
    .bind(installation)
    .bind(replaces)
    .execute(&mut *tx)
    .await
    .map_err(during("installation"))?;
    if done.rows_affected() == 0 {
        tx.rollback().await.map_err(during("installation"))?;
        return Ok(false);
    }
    note(&mut tx, Some(binding), &audit_entry).await?;
    tx.commit().await.map_err(during("installation"))?;
    Ok(true)
}

pub(super) async fn hear_sequence(
    writer: &Pool<Db>,
    binding: &BindingId,
    sequence: i64,
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE binding SET shop_restored_at = CASE WHEN shop_sequence > $2 THEN $3 ELSE shop_restored_at END,
                            shop_sequence = CASE WHEN shop_sequence > $2 THEN shop_sequence ELSE $2 END
         WHERE id = $1 AND (shop_sequence < $2 OR (shop_sequence > $2 AND (shop_restored_at IS NULL OR shop_restored_at < $4)))",
    )
    .bind(binding.as_str())
    .bind(sequence)
    .bind(now)
    // The shop asks every minute; that it was restored need not be written each time.
    .bind(now.saturating_sub(3_600_000))
    .execute(writer)
    .await
    .map(|_| ())
    .map_err(during("sequence"))
}

pub(super) async fn binding_status(
    readers: &Pool<Db>,
    binding: &BindingId,
    now: Millis,
) -> Result<Option<BindingStatus>, StoreError> {
    sqlx::query_as(
        "SELECT b.state, CASE WHEN b.state_since > 0 THEN b.state_since ELSE b.created_at END AS state_since, b.shop_sequence,
                (SELECT count(*) FROM run r WHERE r.binding_id = b.id AND r.state = 'queued')
                + (SELECT count(*) FROM run r WHERE r.binding_id = b.id AND r.state IN ('running', 'waiting')) AS waiting,
                (SELECT min(created_at) FROM (
                     SELECT created_at FROM run r WHERE r.binding_id = b.id AND r.state = 'queued'
                     UNION ALL
                     SELECT created_at FROM run r WHERE r.binding_id = b.id AND r.state IN ('running', 'waiting')
                 ) AS open) AS oldest_waiting_since,
                (SELECT count(*) FROM run r WHERE r.binding_id = b.id AND r.state IN ('ambiguous', 'parked')
                                              AND (r.state = 'ambiguous' OR r.error_code = $3)) AS needs_person,
                (SELECT paused_until FROM lane WHERE lane.binding_id = b.id AND lane.paused_until > $2) AS paused_until,
                (SELECT r.error_code FROM run r
                 WHERE r.binding_id = b.id AND r.state IN ('running', 'waiting') AND r.error_code <> 'waiting_for_needs'
                 ORDER BY r.created_at LIMIT 1) AS waiting_code
         FROM binding b WHERE b.id = $1",
    )
    .bind(binding.as_str())
    .bind(now)
    .bind(HELD)
    .fetch_optional(readers)
    .await
    .map_err(during("standing"))
}
