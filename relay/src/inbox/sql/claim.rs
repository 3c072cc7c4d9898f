//! Taking a lane and its next run.

use sqlx::{Executor, Pool};

use crate::inbox::state::{Event, State, next};
use crate::inbox::{BindingId, BindingState, Claim, Holder, Lease, Run, StoreError, Tally};
use crate::retry::{Millis, later};

use super::{Db, Tx, begin, begin_for, during};

#[derive(sqlx::FromRow)]
struct Standing {
    state: String,
    holder: Option<String>,
    lease_until: Millis,
    paused_until: Millis,
    #[sqlx(try_from = "i64")]
    rate_per_minute: u32,
    day: i64,
    #[sqlx(try_from = "i64")]
    calls: u32,
    /// A run that may be taken.
    ripe: Option<i64>,
    /// When the first of the waiting runs may be.
    earliest: Option<Millis>,
}

impl Standing {
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
    let Some(seen) = standing(readers, binding, priority, now).await? else {
        return Ok(Claim::Nothing);
    };
    if let Some(kept) = seen.keeps(holder, now) {
        return Ok(kept);
    }
    let mut tx = begin_for(writer, binding, "claim").await?;
    let Some(standing) = standing(&mut *tx, binding, priority, now).await? else {
        return Ok(Claim::Nothing);
    };
    if let Some(kept) = standing.keeps(holder, now) {
        return Ok(kept);
    }
    let Some(ripe) = standing.ripe else {
        return Ok(Claim::Nothing);
    };
    let run = run(&mut tx, ripe).await?;
    let lease = take(&mut tx, binding, holder, now).await?;
    begin_run(&mut tx, &run, now).await?;
    tx.commit().await.map_err(during("claim"))?;
    let tally = Tally {
        rate_per_minute: standing.rate_per_minute,
        day: standing.day,
        calls: standing.calls,
    };
    Ok(Claim::Run(Box::new(run), lease, tally))
}

/// The run that comes next, for who has the lane.
pub(super) async fn following(
    tx: &mut Tx,
    binding: &BindingId,
    holder: &Holder,
    priority: i8,
    now: Millis,
) -> Result<Option<Run>, StoreError> {
    let Some(standing) = standing(&mut **tx, binding, priority, now).await? else {
        return Ok(None);
    };
    let (None, Some(ripe)) = (standing.keeps(holder, now), standing.ripe) else {
        return Ok(None);
    };
    let run = run(tx, ripe).await?;
    begin_run(tx, &run, now).await?;
    Ok(Some(run))
}

async fn begin_run(tx: &mut Tx, run: &Run, now: Millis) -> Result<(), StoreError> {
    let from =
        State::from_word(&run.state).ok_or(StoreError::Contradiction("an unknown run state"))?;
    let to = next(from, Event::Claim)
        .ok_or(StoreError::Contradiction("a run that cannot be claimed"))?;
    sqlx::query("UPDATE run SET state = $2, next_at = NULL, updated_at = $3 WHERE run_id = $1")
        .bind(&run.run_id)
        .bind(to.word())
        .bind(now)
        .execute(&mut **tx)
        .await
        .map(|_| ())
        .map_err(during("claim"))
}

/// How the lane stands. Its next run is one that has begun, whatever its priority, or the first of
/// the queue that has enough; each kind has an index of its own, so a long queue is not read to find
/// nothing in it.
async fn standing(
    database: impl Executor<'_, Database = Db>,
    binding: &BindingId,
    priority: i8,
    now: Millis,
) -> Result<Option<Standing>, StoreError> {
    sqlx::query_as(
        "SELECT b.state, l.holder, coalesce(l.lease_until, 0) AS lease_until, coalesce(l.paused_until, 0) AS paused_until,
                coalesce(l.rate_per_minute, 0) AS rate_per_minute, coalesce(l.day, 0) AS day, coalesce(l.calls, 0) AS calls,
                (SELECT seq FROM (
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
                 ) AS open ORDER BY priority, seq LIMIT 1) AS ripe,
                (SELECT min(next_at) FROM run WHERE binding_id = $1 AND state IN ('running', 'waiting')) AS earliest
         FROM binding b LEFT JOIN lane l ON l.binding_id = b.id WHERE b.id = $1",
    )
    .bind(binding.as_str())
    .bind(i64::from(priority))
    .bind(now)
    .fetch_optional(database)
    .await
    .map_err(during("claim"))
}

async fn run(tx: &mut Tx, seq: i64) -> Result<Run, StoreError> {
    sqlx::query_as(
        "SELECT run_id, key, generation, plan, step, tries, state, created_at,
                EXISTS (SELECT 1 FROM run n WHERE n.binding_id = run.binding_id AND n.key = run.key
                                              AND n.generation > run.generation) AS superseded,
                EXISTS (SELECT 1 FROM intent i WHERE i.run_id = run.run_id) AS has_sent
         FROM run WHERE seq = $1",
    )
    .bind(seq)
    .fetch_one(&mut **tx)
    .await
    .map_err(during("claim"))
}

/// The lease: a new token when the lane changes hands or nobody has it, the same one otherwise.
async fn take(
    tx: &mut Tx,
    binding: &BindingId,
    holder: &Holder,
    now: Millis,
) -> Result<Lease, StoreError> {
    let token = sqlx::query_scalar(
        "INSERT INTO lane (binding_id, holder, token, lease_until) VALUES ($1, $2, 1, $3)
         ON CONFLICT (binding_id) DO UPDATE
         SET token = CASE WHEN lane.holder = excluded.holder AND lane.lease_until > $4 THEN lane.token ELSE lane.token + 1 END,
             holder = excluded.holder, lease_until = excluded.lease_until
         RETURNING token",
    )
    .bind(binding.as_str())
    .bind(holder.name())
    .bind(later(now, holder.life()))
    .bind(now)
    .fetch_one(&mut **tx)
    .await
    .map_err(during("claim"))?;
    Ok(Lease::granted(binding, token, holder.life()))
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
