//! The writes of a lane: claim, intent, settlement.

use sqlx::{Sqlite, Transaction};

use crate::inbox::state::{Event, State, next};
use crate::inbox::{
    AttemptEnd, BindingId, BindingState, Claim, OpenAttempt, Run, Settlement, StoreError, Verdict,
    Xref,
};
use crate::retry::Millis;
use crate::vault::sha256_hex;

use super::{SqliteStore, during, needs};

pub(super) type Tx = Transaction<'static, Sqlite>;

pub(super) async fn claim(
    store: &SqliteStore,
    binding: &BindingId,
    now: Millis,
) -> Result<Claim, StoreError> {
    let mut tx = store.begin("claim").await?;
    let lane: Option<(String, Millis)> =
        sqlx::query_as("SELECT state, lane_paused_until FROM binding WHERE id = ?1")
            .bind(binding.as_str())
            .fetch_optional(&mut *tx)
            .await
            .map_err(during("claim"))?;
    let Some((binding_state, paused_until)) = lane else {
        return Ok(Claim::Nothing);
    };
    if binding_state != BindingState::Active.word() {
        return Ok(Claim::Stopped);
    }
    let run: Option<Run> = sqlx::query_as(
        "SELECT run_id, key, generation, plan, step, tries, state,
                EXISTS (SELECT 1 FROM run n WHERE n.binding_id = run.binding_id AND n.key = run.key
                                              AND n.generation > run.generation) AS superseded
         FROM run WHERE binding_id = ?1 AND state IN ('queued', 'running', 'waiting') AND (next_at IS NULL OR next_at <= ?2)
         ORDER BY seq LIMIT 1",
    )
    .bind(binding.as_str())
    .bind(now)
    .fetch_optional(&mut *tx)
    .await
    .map_err(during("claim"))?;
    let Some(run) = run else {
        let earliest: Option<Millis> =
            sqlx::query_scalar("SELECT min(next_at) FROM run WHERE binding_id = ?1 AND state IN ('queued', 'running', 'waiting')")
                .bind(binding.as_str())
                .fetch_one(&mut *tx)
                .await
                .map_err(during("claim"))?;
        return Ok(earliest.map_or(Claim::Nothing, Claim::Until));
    };
    if paused_until > now {
        return Ok(Claim::Until(paused_until));
    }
    let from =
        State::from_word(&run.state).ok_or(StoreError::Contradiction("an unknown run state"))?;
    let to = next(from, Event::Claim)
        .ok_or(StoreError::Contradiction("a run that cannot be claimed"))?;
    sqlx::query("UPDATE run SET state = ?2, next_at = NULL, updated_at = ?3 WHERE run_id = ?1")
        .bind(&run.run_id)
        .bind(to.word())
        .bind(now)
        .execute(&mut *tx)
        .await
        .map_err(during("claim"))?;
    tx.commit().await.map_err(during("claim"))?;
    Ok(Claim::Run(Box::new(run)))
}

pub(super) async fn open_attempt(
    store: &SqliteStore,
    binding: &BindingId,
    attempt: OpenAttempt<'_>,
) -> Result<i64, StoreError> {
    let request = attempt.request;
    let mut tx = store.begin("intent").await?;
    sqlx::query(
        "INSERT INTO intent (run_id, binding_id, step, xref_key, resource, target, sage_idempotency_id, body, body_sha256, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (run_id, step, xref_key, target) DO NOTHING",
    )
    .bind(request.run_id)
    .bind(binding.as_str())
    .bind(request.step)
    .bind(request.xref_key)
    .bind(attempt.resource)
    .bind(request.target)
    .bind(attempt.sage_idempotency_id)
    .bind(attempt.body)
    .bind(sha256_hex(attempt.body))
    .bind(attempt.now)
    .execute(&mut *tx)
    .await
    .map_err(during("intent"))?;
    let attempt_id = sqlx::query_scalar(
        "INSERT INTO attempt (intent_id, binding_id, xref_key, number, sent_at)
         SELECT i.intent_id, i.binding_id, i.xref_key, 1 + (SELECT count(*) FROM attempt a WHERE a.intent_id = i.intent_id), ?4
         FROM intent i WHERE i.run_id = ?1 AND i.step = ?2 AND i.binding_id = ?3 AND i.body = ?5 AND i.xref_key = ?6 AND i.target = ?7
         RETURNING attempt_id",
    )
    .bind(request.run_id)
    .bind(request.step)
    .bind(binding.as_str())
    .bind(attempt.now)
    .bind(attempt.body)
    .bind(request.xref_key)
    .bind(request.target)
    .fetch_optional(&mut *tx)
    .await
    .map_err(during("intent"))?
    .ok_or(StoreError::Contradiction("a frozen body and another one to send"))?;
    tx.commit().await.map_err(during("intent"))?;
    Ok(attempt_id)
}

pub(super) async fn close_attempt(
    store: &SqliteStore,
    binding: &BindingId,
    end: &AttemptEnd,
    now: Millis,
) -> Result<(), StoreError> {
    let mut tx = store.begin("attempt").await?;
    end_attempt(&mut tx, binding, end, now).await?;
    tx.commit().await.map_err(during("attempt"))
}

async fn end_attempt(
    tx: &mut Tx,
    binding: &BindingId,
    end: &AttemptEnd,
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE attempt SET outcome = ?3, settled_at = ?4, http_status = ?5, request_id = ?6 WHERE attempt_id = ?1 AND binding_id = ?2",
    )
    .bind(end.attempt_id)
    .bind(binding.as_str())
    .bind(end.outcome.word())
    .bind(now)
    .bind(end.http_status)
    .bind(&end.request_id)
    .execute(&mut **tx)
    .await
    .map(|_| ())
    .map_err(during("attempt"))
}

pub(super) async fn settle(
    store: &SqliteStore,
    binding: &BindingId,
    settlement: Settlement<'_>,
) -> Result<(), StoreError> {
    let now = settlement.now;
    let mut tx = store.begin("settle").await?;
    let row: Option<(String, u32)> =
        sqlx::query_as("SELECT state, step FROM run WHERE run_id = ?1 AND binding_id = ?2")
            .bind(settlement.run_id)
            .bind(binding.as_str())
            .fetch_optional(&mut *tx)
            .await
            .map_err(during("settle"))?;
    let (state, step) = row.ok_or(StoreError::Contradiction("a settlement of an unknown run"))?;
    let from = State::from_word(&state).ok_or(StoreError::Contradiction("an unknown run state"))?;
    let to = next(from, settlement.verdict.event()).ok_or(StoreError::Contradiction(
        "a settlement that the state forbids",
    ))?;

    if let Some(end) = &settlement.attempt {
        end_attempt(&mut tx, binding, end, now).await?;
    }
    if matches!(
        settlement.verdict,
        Verdict::StepDone | Verdict::Finish | Verdict::Refuse(_)
    ) {
        resolve_doubts(&mut tx, settlement.run_id, step, now).await?;
    }
    if let Some(xref) = &settlement.xref {
        let written = keep_xref(&mut tx, binding, settlement.run_id, xref, now).await?;
        if !written {
            return Err(StoreError::Contradiction("one key for two objects"));
        }
        needs::known(&mut tx, binding, &xref.xref_key, now).await?;
    }
    for record in &settlement.records {
        // A key that is known speaks of what was posted first and stays as it is.
        keep_xref(&mut tx, binding, settlement.run_id, record, now).await?;
        needs::known(&mut tx, binding, &record.xref_key, now).await?;
    }
    if matches!(settlement.verdict, Verdict::Refuse(_)) {
        needs::refused(&mut tx, binding, settlement.run_id, now).await?;
    }
    if let Some(until) = settlement.pause_lane_until {
        sqlx::query(
            "UPDATE binding SET lane_paused_until = max(lane_paused_until, ?2) WHERE id = ?1",
        )
        .bind(binding.as_str())
        .bind(until)
        .execute(&mut *tx)
        .await
        .map_err(during("settle"))?;
    }
    if let Verdict::Park(why, _) = &settlement.verdict {
        sqlx::query("UPDATE binding SET state = ?2 WHERE id = ?1")
            .bind(binding.as_str())
            .bind(why.word())
            .execute(&mut *tx)
            .await
            .map_err(during("settle"))?;
    }
    update_run(&mut tx, &settlement, to).await?;
    if to != State::Running {
        report(&mut tx, binding, settlement.run_id, now).await?;
    }
    tx.commit().await.map_err(during("settle"))
}

/// Earlier sends of this step whose end was unknown: now it is known what stands in Sage.
async fn resolve_doubts(
    tx: &mut Tx,
    run_id: &str,
    step: u32,
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE attempt SET outcome = 'resolved', settled_at = ?3
         WHERE (outcome IS NULL OR outcome = 'unknown')
           AND intent_id IN (SELECT intent_id FROM intent WHERE run_id = ?1 AND step = ?2)",
    )
    .bind(run_id)
    .bind(step)
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
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT (binding_id, xref_key) DO UPDATE
         SET displayed_as = excluded.displayed_as, total = excluded.total, currency = excluded.currency
         WHERE sage_id = excluded.sage_id AND resource = excluded.resource",
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

async fn update_run(tx: &mut Tx, settlement: &Settlement<'_>, to: State) -> Result<(), StoreError> {
    let (next_at, counted) = if let Verdict::Wait { until, counted, .. } = &settlement.verdict {
        (Some(*until), *counted)
    } else {
        (None, false)
    };
    let done = matches!(settlement.verdict, Verdict::StepDone | Verdict::Finish);
    sqlx::query(
        "UPDATE run SET state = ?2, next_at = ?3, error = ?4, finding = coalesce(?5, finding), updated_at = ?6,
                        step = CASE WHEN ?7 THEN step + 1 ELSE step END,
                        tries = CASE WHEN ?7 THEN 0 WHEN ?8 THEN tries + 1 ELSE tries END
         WHERE run_id = ?1",
    )
    .bind(settlement.run_id)
    .bind(to.word())
    .bind(next_at)
    .bind(settlement.verdict.reason().map(json))
    .bind(settlement.finding.as_ref().map(json))
    .bind(settlement.now)
    .bind(done)
    .bind(counted)
    .execute(&mut **tx)
    .await
    .map(|_| ())
    .map_err(during("settle"))
}

fn json(reason: &crate::inbox::Reason) -> String {
    serde_json::to_string(reason)
        .unwrap_or_else(|_| r#"{"code":"unprintable","detail":""}"#.to_owned())
}

/// Puts the run's present state at the end of the feed, unless the feed says the same already
/// or speaks of a newer generation.
pub(super) async fn report(
    tx: &mut Tx,
    binding: &BindingId,
    run_id: &str,
    now: Millis,
) -> Result<(), StoreError> {
    let stands: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM sync_state s JOIN run r ON r.binding_id = s.binding_id AND r.key = s.key
                        WHERE r.run_id = ?1 AND (s.generation > r.generation
                              OR (s.run_id = r.run_id AND s.status = r.state AND s.error IS coalesce(r.finding, r.error))))",
    )
    .bind(run_id)
    .fetch_one(&mut **tx)
    .await
    .map_err(during("report"))?;
    if stands {
        return Ok(());
    }
    sqlx::query("DELETE FROM sync_state WHERE binding_id = ?1 AND key = (SELECT key FROM run WHERE run_id = ?2)")
        .bind(binding.as_str())
        .bind(run_id)
        .execute(&mut **tx)
        .await
        .map_err(during("report"))?;
    sqlx::query(
        "INSERT INTO sync_state (binding_id, key, generation, run_id, entity_type, entity_id, status, sage_id, sage_reference,
                                 expected_total, sage_total, error, recorded_at)
         SELECT r.binding_id, r.key, r.generation, r.run_id, r.entity_type, r.entity_id, r.state, x.sage_id, x.displayed_as,
                r.expected_total, x.total, coalesce(r.finding, r.error), ?2
         FROM run r LEFT JOIN entity_xref x ON x.binding_id = r.binding_id AND x.xref_key = r.principal_xref
         WHERE r.run_id = ?1",
    )
    .bind(run_id)
    .bind(now)
    .execute(&mut **tx)
    .await
    .map(|_| ())
    .map_err(during("report"))
}
