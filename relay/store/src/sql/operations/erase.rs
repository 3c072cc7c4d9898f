//! Throwing away what is known of people. Keys, digests, ids and totals stay: without them a
//! replay could not be told from something new.

use std::collections::BTreeSet;

use sqlx::Pool;

use crate::operations::{Erased, NewAuditEntry};
use crate::retry::Millis;
use crate::{BindingId, StoreError, sealed_reason};

use super::{Db, Tx, begin, begin_for, during, note};

/// Runs of one transaction of the maintenance.
const AT_ONCE: i64 = 500;

/// Where reasons lie: the statements that read and write them.
const REASONS: [(&str, &str); 3] = [
    (
        "SELECT error FROM run WHERE run_id = $1",
        "UPDATE run SET error = $2 WHERE run_id = $1",
    ),
    (
        "SELECT finding FROM run WHERE run_id = $1",
        "UPDATE run SET finding = $2 WHERE run_id = $1",
    ),
    (
        "SELECT s.error FROM run r JOIN sync_state s ON s.binding_id = r.binding_id AND s.key = r.key AND s.run_id = r.run_id
         WHERE r.run_id = $1",
        "UPDATE sync_state SET error = $2
         WHERE run_id = $1 AND (binding_id, key) = (SELECT binding_id, key FROM run WHERE run_id = $1)",
    ),
];

/// States in which a run is sent no more.
const ENDED: &str = "('succeeded', 'rejected', 'superseded')";

pub(super) async fn erase(
    writer: &Pool<Db>,
    binding: &BindingId,
    keys: &[String],
    runs: &[String],
    audit_entry: NewAuditEntry<'_>,
) -> Result<(Erased, u64), StoreError> {
    let mut tx = begin_for(writer, binding, "erase").await?;
    let (mut erased, mut left) = (Erased::default(), 0_u64);
    for run_id in runs_about(&mut tx, binding, keys, runs).await? {
        let state: Option<String> =
            sqlx::query_scalar("SELECT state FROM run WHERE run_id = $1 AND binding_id = $2")
                .bind(&run_id)
                .bind(binding.as_str())
                .fetch_optional(&mut *tx)
                .await
                .map_err(during("erase"))?;
        let Some(state) = state else { continue };
        if !ENDED.contains(&format!("'{state}'")) {
            left += 1;
            continue;
        }
        empty(&mut tx, &run_id, audit_entry.now, &mut erased).await?;
        silence(&mut tx, &run_id).await?;
    }
    for key in keys {
        sqlx::query("UPDATE entity_xref SET displayed_as = NULL, match_tag = NULL WHERE binding_id = $1 AND xref_key = $2")
            .bind(binding.as_str())
            .bind(key)
            .execute(&mut *tx)
            .await
            .map_err(during("erase"))?;
    }
    note(&mut tx, Some(binding), &audit_entry).await?;
    tx.commit().await.map_err(during("erase"))?;
    Ok((erased, left))
}

/// The named runs, runs that make or need one of the keys, and those that need what all these
/// make: a credit note carries the address of the invoice's buyer.
async fn runs_about(
    tx: &mut Tx,
    binding: &BindingId,
    keys: &[String],
    runs: &[String],
) -> Result<BTreeSet<String>, StoreError> {
    let mut found: BTreeSet<String> = runs.iter().cloned().collect();
    for run_id in runs {
        let needing: Vec<String> = sqlx::query_scalar(
            "SELECT n.run_id FROM run_key m
             JOIN run_key n ON n.binding_id = m.binding_id AND n.xref_key = m.xref_key AND n.role = 'needs'
             WHERE m.run_id = $2 AND m.role = 'makes' AND m.binding_id = $1",
        )
        .bind(binding.as_str())
        .bind(run_id)
        .fetch_all(&mut **tx)
        .await
        .map_err(during("erase"))?;
        found.extend(needing);
    }
    for key in keys {
        let runs: Vec<String> = sqlx::query_scalar(
            "SELECT k.run_id FROM run_key k WHERE k.binding_id = $1 AND k.xref_key = $2
             UNION SELECT n.run_id FROM run_key k
                   JOIN run_key m ON m.run_id = k.run_id AND m.role = 'makes'
                   JOIN run_key n ON n.binding_id = m.binding_id AND n.xref_key = m.xref_key AND n.role = 'needs'
             WHERE k.binding_id = $1 AND k.xref_key = $2",
        )
        .bind(binding.as_str())
        .bind(key)
        .fetch_all(&mut **tx)
        .await
        .map_err(during("erase"))?;
        found.extend(runs);
    }
    Ok(found)
}

/// Takes plan and requests of a run away.
async fn empty(
    tx: &mut Tx,
    run_id: &str,
    now: Millis,
    erased: &mut Erased,
) -> Result<(), StoreError> {
    let nothing: &[u8] = &[];
    let requests =
        sqlx::query("UPDATE intent SET body = $2 WHERE run_id = $1 AND length(body) > 0")
            .bind(run_id)
            .bind(nothing)
            .execute(&mut **tx)
            .await
            .map_err(during("erase"))?;
    let runs = sqlx::query(
        "UPDATE run SET plan = $2, erased_at = $3 WHERE run_id = $1 AND erased_at IS NULL",
    )
    .bind(run_id)
    .bind(nothing)
    .bind(now)
    .execute(&mut **tx)
    .await
    .map_err(during("erase"))?;
    sqlx::query("DELETE FROM run_comment WHERE run_id = $1")
        .bind(run_id)
        .execute(&mut **tx)
        .await
        .map_err(during("erase"))?;
    erased.requests += requests.rows_affected();
    erased.runs += runs.rows_affected();
    Ok(())
}

/// Takes away all that was said about a run, codes and fields as well: they were about somebody
/// who is forgotten.
async fn silence(tx: &mut Tx, run_id: &str) -> Result<(), StoreError> {
    const ERASED: &str = r#"{"code":"erased","detail":"Erased."}"#;
    rewrite(tx, run_id, |_| ERASED.to_owned()).await
}

/// Writes every reason of a run anew, in its row and in the feed.
async fn rewrite(
    tx: &mut Tx,
    run_id: &str,
    anew: impl Fn(&str) -> String,
) -> Result<(), StoreError> {
    for (read, write) in REASONS {
        let stored: Option<Option<String>> = sqlx::query_scalar(read)
            .bind(run_id)
            .fetch_optional(&mut **tx)
            .await
            .map_err(during("erase"))?;
        if let Some(stored) = stored.flatten() {
            sqlx::query(write)
                .bind(run_id)
                .bind(anew(&stored))
                .execute(&mut **tx)
                .await
                .map_err(during("erase"))?;
        }
    }
    Ok(())
}

pub(super) async fn expire(
    writer: &Pool<Db>,
    well_before: Millis,
    badly_before: Millis,
) -> Result<Erased, StoreError> {
    let mut erased = Erased::default();
    loop {
        let mut tx = begin(writer, "expire").await?;
        let runs: Vec<String> = sqlx::query_scalar(
            "SELECT run_id FROM run
             WHERE erased_at IS NULL AND ((state IN ('succeeded', 'superseded') AND updated_at < $1)
                                          OR (state = 'rejected' AND updated_at < $2))
             LIMIT $3",
        )
        .bind(well_before)
        .bind(badly_before)
        .bind(AT_ONCE)
        .fetch_all(&mut *tx)
        .await
        .map_err(during("expire"))?;
        if runs.is_empty() {
            return Ok(erased);
        }
        for run_id in runs {
            empty(&mut tx, &run_id, badly_before, &mut erased).await?;
            rewrite(&mut tx, &run_id, sealed_reason::without_words).await?;
        }
        tx.commit().await.map_err(during("expire"))?;
    }
}
