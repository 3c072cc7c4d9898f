//! The end of a step: everything that becomes true with it, in one transaction.

use sqlx::{Pool, QueryBuilder};

use crate::retry::Millis;
use crate::state::{State, next};
use crate::vault::Vault;
use crate::{BindingId, Lease, Reason, Run, Settlement, StoreError, Verdict, Xref, sealed_reason};

use super::lane::end_attempt;
use super::report::report;
use super::{Db, Tx, begin_for, claim, during, needs};

pub(super) async fn settle(
    pool: &Pool<Db>,
    vault: &Vault,
    lease: &Lease,
    settlement: Settlement<'_>,
) -> Result<(), StoreError> {
    let tx = written(pool, vault, lease, &settlement).await?;
    tx.commit().await.map_err(during("settle"))
}

/// Settles, and takes the next run with the same commit: in a long queue that is one commit less
/// for every document.
pub(super) async fn settle_and_claim(
    pool: &Pool<Db>,
    vault: &Vault,
    lease: &Lease,
    settlement: Settlement<'_>,
    priority: i8,
) -> Result<Option<Run>, StoreError> {
    let mut tx = written(pool, vault, lease, &settlement).await?;
    let run = claim::begin_next(&mut tx, lease.binding(), priority, settlement.now).await?;
    tx.commit().await.map_err(during("settle"))?;
    Ok(run)
}

/// The settlement, but for the commit.
async fn written(
    pool: &Pool<Db>,
    vault: &Vault,
    lease: &Lease,
    settlement: &Settlement<'_>,
) -> Result<Tx, StoreError> {
    let (now, binding) = (settlement.now, lease.binding());
    let mut tx = begin_for(pool, binding, "settle").await?;
    let from = keep_lane(&mut tx, lease, settlement).await?;
    let to = next(from, settlement.verdict.event()).ok_or(StoreError::Contradiction(
        "a settlement that the state forbids",
    ))?;
    if let Some(end) = &settlement.attempt {
        end_attempt(&mut tx, binding, end, now).await?;
    }
    if settlement.ends_doubts() {
        resolve_doubts(&mut tx, settlement.run_id, settlement.step, now).await?;
    }
    keep_xrefs(&mut tx, binding, settlement).await?;
    if let Some(key) = settlement.forget {
        sqlx::query("DELETE FROM entity_xref WHERE binding_id = $1 AND xref_key = $2")
            .bind(binding.as_str())
            .bind(key)
            .execute(&mut *tx)
            .await
            .map_err(during("settle"))?;
    }
    if matches!(settlement.verdict, Verdict::Refuse(_)) {
        needs::refused(&mut tx, binding, settlement.run_id, now).await?;
    }
    if let Verdict::Park(why, _) = &settlement.verdict {
        sqlx::query("UPDATE binding SET state = $2, state_since = $3 WHERE id = $1")
            .bind(binding.as_str())
            .bind(why.word())
            .bind(now)
            .execute(&mut *tx)
            .await
            .map_err(during("settle"))?;
    }
    update_run(&mut tx, vault, binding, settlement, to).await?;
    if to != State::Running {
        report(&mut tx, binding, settlement.run_id, now).await?;
    }
    Ok(tx)
}

/// Keeps what the lane has learned with this step, unless it is somebody else's by now. A sign of
/// life as well. Answers where the run stands.
async fn keep_lane(
    tx: &mut Tx,
    lease: &Lease,
    settlement: &Settlement<'_>,
) -> Result<State, StoreError> {
    let tally = settlement.tally;
    let state: Option<Option<String>> = sqlx::query_scalar(
        "UPDATE lane SET lease_until = $3, rate_per_minute = coalesce($4, rate_per_minute),
                         day = coalesce($5, day), calls = coalesce($6, calls),
                         paused_until = CASE WHEN paused_until < $7 THEN $7 ELSE paused_until END
         WHERE binding_id = $1 AND token = $2
         RETURNING (SELECT CASE WHEN run.binding_id = $1 THEN state END FROM run WHERE run_id = $8)",
    )
    .bind(lease.binding().as_str())
    .bind(lease.token())
    .bind(lease.until(settlement.now))
    .bind(tally.map(|tally| i64::from(tally.rate_per_minute)))
    .bind(tally.map(|tally| tally.day))
    .bind(tally.map(|tally| i64::from(tally.calls)))
    .bind(settlement.pause_lane_until)
    .bind(settlement.run_id)
    .fetch_optional(&mut **tx)
    .await
    .map_err(during("settle"))?;
    let state = state.ok_or(StoreError::LeaseLost)?;
    let state = state.ok_or(StoreError::Contradiction("a settlement of an unknown run"))?;
    State::from_word(&state).ok_or(StoreError::Contradiction("an unknown run state"))
}

/// Earlier sends of this step whose end was unknown: now it is known what stands in Sage.
async fn resolve_doubts(
    tx: &mut Tx,
    run_id: &str,
    step: u32,
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE attempt SET outcome = 'resolved', settled_at = $3
         WHERE (outcome IS NULL OR outcome = 'unknown')
           AND intent_id IN (SELECT intent_id FROM intent WHERE run_id = $1 AND step = $2)",
    )
    .bind(run_id)
    .bind(i64::from(step))
    .bind(now)
    .execute(&mut **tx)
    .await
    .map(|_| ())
    .map_err(during("settle"))
}

/// Makes objects known, or brings what is shown of them up to date, and tells who waits for them.
/// The step's own key must stand for no other object; a record's speaks of what was posted first
/// and stays as it is.
async fn keep_xrefs(
    tx: &mut Tx,
    binding: &BindingId,
    settlement: &Settlement<'_>,
) -> Result<(), StoreError> {
    let mut xrefs: Vec<&Xref> = Vec::with_capacity(1 + settlement.records.len());
    for xref in settlement.xref.iter().chain(&settlement.records) {
        // PostgreSQL takes a key once in a statement.
        if xrefs.iter().all(|other| other.xref_key != xref.xref_key) {
            xrefs.push(xref);
        }
    }
    if xrefs.is_empty() {
        return Ok(());
    }
    let mut insert = QueryBuilder::<Db>::new(
        "INSERT INTO entity_xref (binding_id, xref_key, resource, sage_id, displayed_as, total, currency, match_tag, adopted, run_id, created_at) ",
    );
    insert.push_values(&xrefs, |mut row, xref| {
        row.push_bind(binding.as_str())
            .push_bind(&xref.xref_key)
            .push_bind(&xref.resource)
            .push_bind(&xref.sage_id)
            .push_bind(&xref.displayed_as)
            .push_bind(&xref.total)
            .push_bind(&xref.currency)
            .push_bind(&xref.match_tag)
            .push_bind(xref.adopted)
            .push_bind(settlement.run_id)
            .push_bind(settlement.now);
    });
    insert.push(
        " ON CONFLICT (binding_id, xref_key) DO UPDATE
         SET displayed_as = excluded.displayed_as, total = excluded.total, currency = excluded.currency
         WHERE entity_xref.sage_id = excluded.sage_id AND entity_xref.resource = excluded.resource
         RETURNING xref_key",
    );
    let kept: Vec<String> = insert
        .build_query_scalar()
        .fetch_all(&mut **tx)
        .await
        .map_err(during("settle"))?;
    let own = settlement.xref.as_ref().map(|xref| &xref.xref_key);
    if own.is_some_and(|own| !kept.contains(own)) {
        return Err(StoreError::Contradiction("one key for two objects"));
    }
    let keys: Vec<&str> = xrefs.iter().map(|xref| xref.xref_key.as_str()).collect();
    needs::known(tx, binding, &keys, settlement.now).await
}

async fn update_run(
    tx: &mut Tx,
    vault: &Vault,
    binding: &BindingId,
    settlement: &Settlement<'_>,
    to: State,
) -> Result<(), StoreError> {
    let hidden = |reason: Option<&Reason>| {
        reason
            .map(|reason| sealed_reason::hidden(vault, binding, settlement.run_id, reason))
            .transpose()
    };
    let (next_at, counted) = if let Verdict::Wait { until, counted, .. } = &settlement.verdict {
        (Some(*until), *counted)
    } else {
        (None, false)
    };
    let done = matches!(settlement.verdict, Verdict::StepDone | Verdict::Finish);
    sqlx::query(
        "UPDATE run SET state = $2, next_at = $3, error = $4, finding = coalesce($5, finding), updated_at = $6,
                        step = CASE WHEN $7 THEN $10 + 1 ELSE $10 END,
                        tries = CASE WHEN $7 THEN 0 WHEN step = $10 THEN tries ELSE 0 END + CASE WHEN $8 THEN 1 ELSE 0 END,
                        error_code = $9
         WHERE run_id = $1",
    )
    .bind(settlement.run_id)
    .bind(to.word())
    .bind(next_at)
    .bind(hidden(settlement.verdict.reason())?)
    .bind(hidden(settlement.finding.as_ref())?)
    .bind(settlement.now)
    .bind(done)
    .bind(counted)
    .bind(settlement.verdict.reason().map(|reason| reason.code.as_str()))
    .bind(i64::from(settlement.step))
    .execute(&mut **tx)
    .await
    .map(|_| ())
    .map_err(during("settle"))
}
