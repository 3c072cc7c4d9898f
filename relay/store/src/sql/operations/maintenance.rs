//! Counting, and forgetting what is void.

use std::collections::BTreeMap;

use sqlx::Pool;

use crate::StoreError;
use crate::operations::Gauges;
use crate::retry::Millis;

use super::{Db, during};

pub(super) async fn forget_tickets(writer: &Pool<Db>, now: Millis) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM ticket WHERE void_at < $1")
        .bind(now)
        .execute(writer)
        .await
        .map(|_| ())
        .map_err(during("tickets"))
}

pub(super) async fn forget_keys(writer: &Pool<Db>, now: Millis) -> Result<(), StoreError> {
    sqlx::query("UPDATE binding SET former_api_key_sealed = NULL, former_api_key_until = NULL WHERE former_api_key_until <= $1")
        .bind(now)
        .execute(writer)
        .await
        .map(|_| ())
        .map_err(during("keys"))
}

pub(super) async fn gauges(readers: &Pool<Db>) -> Result<Gauges, StoreError> {
    let runs: Vec<(String, i64)> = sqlx::query_as(
        "SELECT state, count(*) FROM run WHERE state = 'queued' GROUP BY state
         UNION ALL SELECT state, count(*) FROM run WHERE state IN ('running', 'waiting') GROUP BY state
         UNION ALL SELECT state, count(*) FROM run WHERE state IN ('ambiguous', 'parked') GROUP BY state",
    )
    .fetch_all(readers)
    .await
    .map_err(during("gauges"))?;
    let bindings: Vec<(String, i64)> =
        sqlx::query_as("SELECT state, count(*) FROM binding GROUP BY state")
            .fetch_all(readers)
            .await
            .map_err(during("gauges"))?;
    let oldest_eligible = sqlx::query_scalar(
        "SELECT min(created_at) FROM (
             SELECT r.created_at FROM run r JOIN binding b ON b.id = r.binding_id
             WHERE r.state = 'queued' AND b.state = 'active'
             UNION ALL
             SELECT r.created_at FROM run r JOIN binding b ON b.id = r.binding_id
             WHERE r.state IN ('running', 'waiting') AND b.state = 'active'
               AND coalesce(r.error_code, '') <> 'waiting_for_needs'
         ) AS eligible",
    )
    .fetch_one(readers)
    .await
    .map_err(during("gauges"))?;
    let oldest_unpushed = sqlx::query_scalar(
        "SELECT min(s.recorded_at) FROM binding b JOIN sync_state s ON s.binding_id = b.id AND s.cursor > b.push_cursor
         WHERE b.push_url IS NOT NULL",
    )
    .fetch_one(readers)
    .await
    .map_err(during("gauges"))?;
    let oldest_reference = sqlx::query_scalar(
        "SELECT min(d.fetched_at) FROM reference_data d JOIN binding b ON b.id = d.binding_id WHERE b.state = 'active'",
    )
    .fetch_one(readers)
    .await
    .map_err(during("gauges"))?;
    let recovering = sqlx::query_scalar("SELECT count(*) FROM recovery WHERE ended_at IS NULL")
        .fetch_one(readers)
        .await
        .map_err(during("gauges"))?;
    Ok(Gauges {
        recovering,
        runs: runs.into_iter().collect::<BTreeMap<_, _>>(),
        bindings: bindings.into_iter().collect(),
        oldest_eligible,
        oldest_unpushed,
        oldest_reference,
    })
}
