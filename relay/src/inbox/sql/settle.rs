//! The end of a step: everything that becomes true with it, in one transaction.

use sqlx::Pool;

use crate::inbox::state::{State, next};
use crate::inbox::{
    BindingId, Holder, Lease, Reason, Run, Settlement, StoreError, Verdict, Xref, words,
};
use crate::retry::Millis;
use crate::vault::Vault;

use super::lane::end_attempt;
use super::report::report;
use super::{Db, Tx, begin_fenced, claim, during, needs};

pub(super) async fn settle(
    pool: &Pool<Db>,
    vault: &Vault,
    lease: &Lease,
    settlement: Settlement<'_>,
) -> Result<(), StoreError> {
    let mut tx = begin_fenced(pool, lease, settlement.now, "settle").await?;
    write(&mut tx, vault, lease.binding(), &settlement).await?;
    tx.commit().await.map_err(during("settle"))
}

/// Settles, and takes the next run with the same commit: in a long queue that is one commit less
/// for every document.
pub(super) async fn settle_and_claim(
    pool: &Pool<Db>,
    vault: &Vault,
    lease: &Lease,
    settlement: Settlement<'_>,
    holder: &Holder,
    priority: i8,
) -> Result<Option<Run>, StoreError> {
    let (now, binding) = (settlement.now, lease.binding());
    let mut tx = begin_fenced(pool, lease, now, "settle").await?;
    write(&mut tx, vault, binding, &settlement).await?;
    let run = claim::following(&mut tx, binding, holder, priority, now).await?;
    tx.commit().await.map_err(during("settle"))?;
    Ok(run)
}

async fn write(
    tx: &mut Tx,
    vault: &Vault,
    binding: &BindingId,
    settlement: &Settlement<'_>,
) -> Result<(), StoreError> {
    let now = settlement.now;
    let state: Option<String> =
        sqlx::query_scalar("SELECT state FROM run WHERE run_id = $1 AND binding_id = $2")
            .bind(settlement.run_id)
            .bind(binding.as_str())
            .fetch_optional(&mut **tx)
            .await
            .map_err(during("settle"))?;
    let state = state.ok_or(StoreError::Contradiction("a settlement of an unknown run"))?;
    let from = State::from_word(&state).ok_or(StoreError::Contradiction("an unknown run state"))?;
    let to = next(from, settlement.verdict.event()).ok_or(StoreError::Contradiction(
        "a settlement that the state forbids",
    ))?;

    if let Some(end) = &settlement.attempt {
        end_attempt(tx, binding, end, now).await?;
    }
    if matches!(
        settlement.verdict,
        Verdict::StepDone | Verdict::Finish | Verdict::Refuse(_)
    ) {
        resolve_doubts(tx, settlement.run_id, settlement.step, now).await?;
    }
    if let Some(xref) = &settlement.xref {
        let written = keep_xref(tx, binding, settlement.run_id, xref, now).await?;
        if !written {
            return Err(StoreError::Contradiction("one key for two objects"));
        }
        needs::known(tx, binding, &xref.xref_key, now).await?;
    }
    for record in &settlement.records {
        // A key that is known speaks of what was posted first and stays as it is.
        keep_xref(tx, binding, settlement.run_id, record, now).await?;
        needs::known(tx, binding, &record.xref_key, now).await?;
    }
    if matches!(settlement.verdict, Verdict::Refuse(_)) {
        needs::refused(tx, binding, settlement.run_id, now).await?;
    }
    keep_lane(tx, binding, settlement).await?;
    if let Verdict::Park(why, _) = &settlement.verdict {
        sqlx::query("UPDATE binding SET state = $2 WHERE id = $1")
            .bind(binding.as_str())
            .bind(why.word())
            .execute(&mut **tx)
            .await
            .map_err(during("settle"))?;
    }
    update_run(tx, vault, binding, settlement, to).await?;
    if to != State::Running {
        report(tx, binding, settlement.run_id, now).await?;
    }
    Ok(())
}

/// What the lane has learned with this step.
async fn keep_lane(
    tx: &mut Tx,
    binding: &BindingId,
    settlement: &Settlement<'_>,
) -> Result<(), StoreError> {
    if let Some(until) = settlement.pause_lane_until {
        sqlx::query(
            "UPDATE lane SET paused_until = $2 WHERE binding_id = $1 AND paused_until < $2",
        )
        .bind(binding.as_str())
        .bind(until)
        .execute(&mut **tx)
        .await
        .map_err(during("settle"))?;
    }
    let Some(tally) = settlement.tally else {
        return Ok(());
    };
    sqlx::query("UPDATE lane SET rate_per_minute = $2, day = $3, calls = $4 WHERE binding_id = $1")
        .bind(binding.as_str())
        .bind(i64::from(tally.rate_per_minute))
        .bind(tally.day)
        .bind(i64::from(tally.calls))
        .execute(&mut **tx)
        .await
        .map(|_| ())
        .map_err(during("settle"))
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

/// Makes an object known, or brings what is shown of it up to date; false when the key stands
/// for another object.
async fn keep_xref(
    tx: &mut Tx,
    binding: &BindingId,
    run_id: &str,
    xref: &Xref,
    now: Millis,
) -> Result<bool, StoreError> {
    sqlx::query(
        "INSERT INTO entity_xref (binding_id, xref_key, resource, sage_id, displayed_as, total, currency, match_tag, adopted, run_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (binding_id, xref_key) DO UPDATE
         SET displayed_as = excluded.displayed_as, total = excluded.total, currency = excluded.currency
         WHERE entity_xref.sage_id = excluded.sage_id AND entity_xref.resource = excluded.resource",
    )
    .bind(binding.as_str())
    .bind(&xref.xref_key)
    .bind(&xref.resource)
    .bind(&xref.sage_id)
    .bind(&xref.displayed_as)
    .bind(&xref.total)
    .bind(&xref.currency)
    .bind(&xref.match_tag)
    .bind(xref.adopted)
    .bind(run_id)
    .bind(now)
    .execute(&mut **tx)
    .await
    .map(|done| done.rows_affected() == 1)
    .map_err(during("settle"))
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
            .map(|reason| words::hidden(vault, binding, settlement.run_id, reason))
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
