//! Reads.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{Pool, QueryBuilder};

use crate::retry::Millis;
use crate::{AttemptView, BindingId, Intent, ReportRow, Request, RunView, StoreError, Xref};

use super::contacts::contacts;
use super::{Db, during, portions};

pub(super) async fn run(
    readers: &Pool<Db>,
    binding: &BindingId,
    run_id: &str,
) -> Result<Option<RunView>, StoreError> {
    sqlx::query_as(
        "SELECT run_id, key, generation, state, step, plan, principal_xref, next_at, error, finding, created_at, updated_at
         FROM run WHERE binding_id = $1 AND run_id = $2",
    )
    .bind(binding.as_str())
    .bind(run_id)
    .fetch_optional(readers)
    .await
    .map_err(during("run"))
}

pub(super) async fn attempts(
    readers: &Pool<Db>,
    binding: &BindingId,
    run_id: &str,
) -> Result<Vec<AttemptView>, StoreError> {
    sqlx::query_as(
        "SELECT i.step, a.number, a.sent_at, a.outcome, a.http_status, a.request_id
         FROM attempt a JOIN intent i ON i.intent_id = a.intent_id
         WHERE i.binding_id = $1 AND i.run_id = $2 ORDER BY i.step, a.number",
    )
    .bind(binding.as_str())
    .bind(run_id)
    .fetch_all(readers)
    .await
    .map_err(during("attempts"))
}

pub(super) async fn sync_state(
    readers: &Pool<Db>,
    binding: &BindingId,
    since: i64,
    limit: u32,
) -> Result<Vec<ReportRow>, StoreError> {
    let mut rows: Vec<ReportRow> = sqlx::query_as(
        "SELECT cursor, key, run_id, entity_type, entity_id, status, sage_id, sage_reference, expected_total, sage_total, error
         FROM sync_state WHERE binding_id = $1 AND cursor > $2 ORDER BY cursor LIMIT $3",
    )
    .bind(binding.as_str())
    .bind(since)
    .bind(i64::from(limit))
    .fetch_all(readers)
    .await
    .map_err(during("sync-state"))?;
    if let Some(last) = rows.last() {
        let mut contacts = contacts(readers, binding, since, last.cursor).await?;
        for row in &mut rows {
            row.contacts = contacts.remove(&row.cursor).unwrap_or_default();
        }
    }
    Ok(rows)
}

pub(super) async fn busy(readers: &Pool<Db>) -> Result<Vec<BindingId>, StoreError> {
    let ids: Vec<String> =
        sqlx::query_scalar(
            "SELECT id FROM binding b
             WHERE EXISTS (SELECT 1 FROM run r WHERE r.binding_id = b.id AND r.state = 'queued')
                OR EXISTS (SELECT 1 FROM run r WHERE r.binding_id = b.id AND r.state IN ('running', 'waiting')) ORDER BY id",
        )
        .fetch_all(readers)
        .await
        .map_err(during("busy"))?;
    names(&ids)
}

pub(super) async fn ready(readers: &Pool<Db>, now: Millis) -> Result<Vec<BindingId>, StoreError> {
    let ids: Vec<String> = sqlx::query_scalar(
        "SELECT id FROM binding b
         WHERE EXISTS (SELECT 1 FROM run r WHERE r.binding_id = b.id AND r.state = 'queued')
            OR EXISTS (SELECT 1 FROM run r WHERE r.binding_id = b.id AND r.state IN ('running', 'waiting') AND r.next_at <= $1) ORDER BY id",
    )
    .bind(now)
    .fetch_all(readers)
    .await
    .map_err(during("ready"))?;
    names(&ids)
}

fn names(ids: &[String]) -> Result<Vec<BindingId>, StoreError> {
    ids.iter()
        .map(|id| BindingId::new(id).ok_or(StoreError::Contradiction("a malformed binding id")))
        .collect()
}

pub(super) async fn xrefs(
    readers: &Pool<Db>,
    binding: &BindingId,
    keys: &[&str],
) -> Result<BTreeMap<String, Xref>, StoreError> {
    let wanted: Vec<&str> = BTreeSet::from_iter(keys.iter().copied())
        .into_iter()
        .collect();
    let mut found = BTreeMap::new();
    for portion in portions(&wanted) {
        let mut select = QueryBuilder::<Db>::new(
            "SELECT xref_key, resource, sage_id, displayed_as, total, currency, match_tag, adopted
             FROM entity_xref WHERE binding_id = ",
        );
        select
            .push_bind(binding.as_str())
            .push(" AND xref_key IN (");
        let mut list = select.separated(", ");
        for key in portion {
            list.push_bind(*key);
        }
        list.push_unseparated(")");
        let rows: Vec<Xref> = select
            .build_query_as()
            .fetch_all(readers)
            .await
            .map_err(during("xref"))?;
        found.extend(rows.into_iter().map(|xref| (xref.xref_key.clone(), xref)));
    }
    Ok(found)
}

pub(super) async fn owner(
    readers: &Pool<Db>,
    binding: &BindingId,
    resource: &str,
    sage_id: &str,
) -> Result<Option<String>, StoreError> {
    sqlx::query_scalar("SELECT xref_key FROM entity_xref WHERE binding_id = $1 AND resource = $2 AND sage_id = $3 LIMIT 1")
        .bind(binding.as_str())
        .bind(resource)
        .bind(sage_id)
        .fetch_optional(readers)
        .await
        .map_err(during("xref"))
}

pub(super) async fn contested(
    readers: &Pool<Db>,
    binding: &BindingId,
    xref_key: &str,
    run_id: &str,
) -> Result<bool, StoreError> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM attempt a JOIN intent i ON i.intent_id = a.intent_id
                        WHERE a.binding_id = $1 AND a.xref_key = $2 AND i.run_id <> $3
                          AND (a.outcome IS NULL OR a.outcome = 'unknown'))",
    )
    .bind(binding.as_str())
    .bind(xref_key)
    .bind(run_id)
    .fetch_one(readers)
    .await
    .map_err(during("attempts"))
}

pub(super) async fn intent(
    readers: &Pool<Db>,
    binding: &BindingId,
    request: Request<'_>,
) -> Result<Option<Intent>, StoreError> {
    sqlx::query_as(
        "SELECT i.sage_idempotency_id, i.body, min(a.sent_at) AS first_sent_at,
                max(coalesce(a.settled_at, a.sent_at)) AS last_activity,
                count(*) FILTER (WHERE a.outcome IS NULL OR a.outcome = 'unknown') > 0 AS in_doubt,
                count(*) FILTER (WHERE a.outcome = 'created') > 0 AS done,
                max(a.sage_id) AS made, i.renewals,
                count(*) FILTER (WHERE a.outcome = 'unknown' AND a.http_status >= 500 AND a.sent_at >= i.renewed_at) AS server_errors
         FROM intent i JOIN attempt a ON a.intent_id = i.intent_id
         WHERE i.binding_id = $1 AND i.run_id = $2 AND i.step = $3 AND i.xref_key = $4 AND i.target = $5
         GROUP BY i.intent_id",
    )
    .bind(binding.as_str())
    .bind(request.run_id)
    .bind(i64::from(request.step))
    .bind(request.xref_key)
    .bind(request.target)
    .fetch_optional(readers)
    .await
    .map_err(during("intent"))
}

pub(super) async fn step_in_doubt(
    readers: &Pool<Db>,
    binding: &BindingId,
    run_id: &str,
    step: u32,
) -> Result<bool, StoreError> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM intent i JOIN attempt a ON a.intent_id = i.intent_id
                        WHERE i.binding_id = $1 AND i.run_id = $2 AND i.step = $3
                          AND (a.outcome IS NULL OR a.outcome = 'unknown'))",
    )
    .bind(binding.as_str())
    .bind(run_id)
    .bind(i64::from(step))
    .fetch_one(readers)
    .await
    .map_err(during("intent"))
}

pub(super) async fn family(
    readers: &Pool<Db>,
    binding: &BindingId,
    beginning: &str,
) -> Result<Vec<Xref>, StoreError> {
    // Keys are ASCII, so everything that begins so lies before the beginning and a tilde.
    sqlx::query_as(
        "SELECT xref_key, resource, sage_id, displayed_as, total, currency, match_tag, adopted
         FROM entity_xref WHERE binding_id = $1 AND xref_key >= $2 AND xref_key < $2 || '~' ORDER BY xref_key",
    )
    .bind(binding.as_str())
    .bind(beginning)
    .fetch_all(readers)
    .await
    .map_err(during("xref"))
}
