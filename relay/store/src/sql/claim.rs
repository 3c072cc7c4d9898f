//! Taking a lane and its next run.

use std::time::Duration;

use sqlx::{Executor, Pool};

use crate::retry::{Millis, later};
use crate::state::{Event, State, next};
use crate::{BindingId, BindingState, Claim, Holder, Lease, Run, StoreError, Tally};

use super::{Db, Tx, begin, begin_for, during};

/// The next run of the binding `$1`: one that has begun and need not wait beyond `$3`, whatever its
/// priority, or the first of the queue up to the priority `$2`. Each kind has an index of its own, so
/// a long queue is not read to find nothing in it.
macro_rules! ripe {
    () => {
        "(SELECT seq FROM (
              SELECT priority, seq FROM run
              WHERE binding_id = $1 AND state IN ('running', 'waiting') AND next_at IS NULL
              UNION ALL
              SELECT priority, seq FROM run
              WHERE binding_id = $1 AND state IN ('running', 'waiting') AND next_at <= $3
              UNION ALL
              SELECT priority, seq FROM (
                  SELECT priority, seq FROM run
                  WHERE binding_id = $1 AND state = 'queued' AND priority <= $2 ORDER BY priority, seq LIMIT 1
              ) AS front
          ) AS open ORDER BY priority, seq LIMIT 1)"
    };
}

#[derive(sqlx::FromRow)]
struct LaneState {
    state: String,
    holder: Option<String>,
    lease_until: Millis,
    paused_until: Millis,
    /// A run that may be taken.
    ripe: Option<i64>,
    /// When the first of the waiting runs may be.
    earliest: Option<Millis>,
}

impl LaneState {
    /// What keeps the lane from its next run.
    fn keeps(&self, holder: &Holder, now: Millis) -> Option<Claim> {
        let others = self.holder.as_deref() != Some(holder.name());
        if self.state != BindingState::Active.word() {
            Some(Claim::Stopped)
        } else if others && self.lease_until > now {
            Some(Claim::Held(self.lease_until))
        } else if self.ripe.is_none() {
            Some(self.earliest.map_or(Claim::Nothing, Claim::Until))
        } else if self.paused_until > now {
            Some(Claim::Until(self.paused_until))
        } else {
            None
        }
    }
}

pub(super) async fn claim(
    readers: &Pool<Db>,
    writer: &Pool<Db>,
    binding: &BindingId,
    holder: &Holder,
    priority: i8,
    now: Millis,
) -> Result<Claim, StoreError> {
    // Lanes are woken by every plan that arrives, and most are at work or at rest: what keeps one
    // is seen without a transaction, which would hold up other writers.
    let Some(seen) = lane_state(readers, binding, priority, now).await? else {
        return Ok(Claim::Nothing);
    };
    if let Some(kept) = seen.keeps(holder, now) {
        return Ok(kept);
    }
    let mut tx = begin_for(writer, binding, "claim").await?;
    if let Some((lease, tally)) = take(&mut tx, binding, holder, now).await?
        && let Some(run) = begin_next(&mut tx, binding, priority, now).await?
    {
        tx.commit().await.map_err(during("claim"))?;
        return Ok(Claim::Run(Box::new(run), lease, tally));
    }
    // Something came between the look and the transaction.
    let lane_state = lane_state(&mut *tx, binding, priority, now).await?;
    tx.rollback().await.map_err(during("claim"))?;
    let kept = lane_state.and_then(|lane_state| lane_state.keeps(holder, now));
    Ok(kept.unwrap_or(Claim::Nothing))
}

/// Begins the run that comes next, for who has the lane; `None` when none may begin now.
pub(super) async fn begin_next(
    tx: &mut Tx,
    binding: &BindingId,
    priority: i8,
    now: Millis,
) -> Result<Option<Run>, StoreError> {
    let begun = next(State::Queued, Event::Claim)
        .ok_or(StoreError::Contradiction("a run that cannot be begun"))?;
    // `lane_in_doubt` spares a look at the sends of others before every send of this run.
    // `may_be_sent`: the shop knows of a store that is gone, or has not said yet, since the relay
    // was started, whether it does.
    sqlx::query_as(concat!(
        "UPDATE run SET state = $4, next_at = NULL, updated_at = $3
         WHERE seq = ",
        ripe!(),
        "  AND EXISTS (SELECT 1 FROM binding b JOIN lane l ON l.binding_id = b.id
                       WHERE b.id = $1 AND b.state = 'active' AND l.paused_until <= $3)
         RETURNING run_id, key, generation, plan, step, tries, created_at,
                   EXISTS (SELECT 1 FROM run n WHERE n.binding_id = run.binding_id AND n.key = run.key
                                                 AND n.generation > run.generation) AS superseded,
                   EXISTS (SELECT 1 FROM intent i WHERE i.run_id = run.run_id) AS has_sent,
                   EXISTS (SELECT 1 FROM attempt a WHERE a.binding_id = run.binding_id
                                                     AND (a.outcome IS NULL OR a.outcome = 'unknown')) AS lane_in_doubt,
                   (EXISTS (SELECT 1 FROM recovery v LEFT JOIN recovery_highest h
                                ON h.recovery_id = v.recovery_id AND h.entity_type = run.entity_type
                            WHERE v.binding_id = run.binding_id
                              AND (v.ended_at IS NULL OR run.seq <= v.offered_seq OR run.entity_id <= h.entity_id))
                    OR EXISTS (SELECT 1 FROM binding b WHERE b.id = run.binding_id AND b.agreed_epoch > 0
                                 AND EXISTS (SELECT 1 FROM store_epoch e
                                             WHERE e.number > b.agreed_epoch AND run.seq < e.first_seq))) AS may_be_sent",
    ))
    .bind(binding.as_str())
    .bind(i64::from(priority))
    .bind(now)
    .bind(begun.word())
    .fetch_optional(&mut **tx)
    .await
    .map_err(during("claim"))
}

/// How the lane stands.
async fn lane_state(
    database: impl Executor<'_, Database = Db>,
    binding: &BindingId,
    priority: i8,
    now: Millis,
) -> Result<Option<LaneState>, StoreError> {
    sqlx::query_as(concat!(
        "SELECT b.state, l.holder, coalesce(l.lease_until, 0) AS lease_until, coalesce(l.paused_until, 0) AS paused_until,
                ",
        ripe!(),
        " AS ripe,
                (SELECT min(next_at) FROM run WHERE binding_id = $1 AND state IN ('running', 'waiting')) AS earliest
         FROM binding b LEFT JOIN lane l ON l.binding_id = b.id WHERE b.id = $1",
    ))
    .bind(binding.as_str())
    .bind(i64::from(priority))
    .bind(now)
    .fetch_optional(database)
    .await
    .map_err(during("claim"))
}

#[derive(sqlx::FromRow)]
struct Taken {
    token: i64,
    #[sqlx(try_from = "i64")]
    rate_per_minute: u32,
    day: i64,
    #[sqlx(try_from = "i64")]
    calls: u32,
}

/// The lease, with what the lane has learned: a new token when the lane changes hands or nobody has
/// it, the same one otherwise. `None` while somebody else has it.
async fn take(
    tx: &mut Tx,
    binding: &BindingId,
    holder: &Holder,
    now: Millis,
) -> Result<Option<(Lease, Tally)>, StoreError> {
    let taken: Option<Taken> = sqlx::query_as(
        "INSERT INTO lane (binding_id, holder, token, lease_until) VALUES ($1, $2, 1, $3)
         ON CONFLICT (binding_id) DO UPDATE
         SET token = CASE WHEN lane.holder = excluded.holder AND lane.lease_until > $4 THEN lane.token ELSE lane.token + 1 END,
             holder = excluded.holder, lease_until = excluded.lease_until
         WHERE lane.holder = excluded.holder OR lane.lease_until <= $4
         RETURNING token, rate_per_minute, day, calls",
    )
    .bind(binding.as_str())
    .bind(holder.name())
    .bind(later(now, holder.life()))
    .bind(now)
    .fetch_optional(&mut **tx)
    .await
    .map_err(during("claim"))?;
    Ok(taken.map(|taken| {
        let tally = Tally {
            rate_per_minute: taken.rate_per_minute,
            day: taken.day,
            calls: taken.calls,
        };
        (Lease::granted(binding, taken.token, holder.life()), tally)
    }))
}

pub(super) async fn release(pool: &Pool<Db>, lease: &Lease) -> Result<(), StoreError> {
    let mut tx = begin(pool, "release").await?;
    sqlx::query("UPDATE lane SET lease_until = 0 WHERE binding_id = $1 AND token = $2")
        .bind(lease.binding().as_str())
        .bind(lease.token())
        .execute(&mut *tx)
        .await
        .map_err(during("release"))?;
    tx.commit().await.map_err(during("release"))
}

/// A process that starts is the only one of its instance: what its predecessor held is free, and
/// what that was refreshing is over. `everything` is for a database that one process has alone.
pub(super) async fn void(
    pool: &Pool<Db>,
    holder: &Holder,
    everything: bool,
) -> Result<(), StoreError> {
    let instance = format!("{}/", holder.instance());
    let mut tx = begin(pool, "leases").await?;
    sqlx::query(
        "UPDATE binding SET refresh_started_at = NULL WHERE refresh_started_at IS NOT NULL
         AND ($2 OR id IN (SELECT binding_id FROM lane WHERE substr(holder, 1, length($1)) = $1))",
    )
    .bind(&instance)
    .bind(everything)
    .execute(&mut *tx)
    .await
    .map_err(during("leases"))?;
    sqlx::query("UPDATE lane SET lease_until = 0 WHERE $2 OR substr(holder, 1, length($1)) = $1")
        .bind(&instance)
        .bind(everything)
        .execute(&mut *tx)
        .await
        .map_err(during("leases"))?;
    tx.commit().await.map_err(during("leases"))
}

pub(super) async fn clamp_waits(
    pool: &Pool<Db>,
    now: Millis,
    longest: Duration,
) -> Result<(), StoreError> {
    let mut tx = begin(pool, "waits").await?;
    for statement in [
        "UPDATE run SET next_at = $1 WHERE state = 'waiting' AND next_at > $2",
        "UPDATE lane SET paused_until = $1 WHERE paused_until > $2",
        "UPDATE lane SET lease_until = $2 WHERE lease_until > $2 AND $1 <= $2",
        "UPDATE binding SET push_next_at = $1 WHERE push_next_at > $2",
        "UPDATE binding SET refresh_started_at = $1 WHERE refresh_started_at > $2",
    ] {
        sqlx::query(statement)
            .bind(now)
            .bind(later(now, longest))
            .execute(&mut *tx)
            .await
            .map_err(during("waits"))?;
    }
    tx.commit().await.map_err(during("waits"))
}

pub(super) async fn calls_of_day(pool: &Pool<Db>, day: i64) -> Result<u64, StoreError> {
    let calls: i64 = sqlx::query_scalar(
        "SELECT CAST(coalesce(sum(calls), 0) AS BIGINT) FROM lane WHERE day = $1",
    )
    .bind(day)
    .fetch_one(pool)
    .await
    .map_err(during("budget"))?;
    u64::try_from(calls).map_err(|_| StoreError::Contradiction("a negative number of calls"))
}
