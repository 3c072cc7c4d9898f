//! Documents, days and audit, as the dashboard reads them.

use async_trait::async_trait;
use sqlx::{Pool, QueryBuilder};

use crate::history::{DayCount, HistoryFilter, HistoryLine, HistoryStore, Pulse};
use crate::operations::AuditLine;
use crate::retry::Millis;
use crate::{BindingId, StoreError};

use super::store::SqlStore;
use super::{Db, during};

const DAY: i64 = 86_400_000;

#[async_trait]
impl HistoryStore for SqlStore {
    async fn history(
        &self,
        binding: &BindingId,
        filter: &HistoryFilter,
    ) -> Result<Vec<HistoryLine>, StoreError> {
        lines(&self.readers, binding, filter).await
    }

    async fn day_counts(
        &self,
        binding: &BindingId,
        since: Millis,
    ) -> Result<Vec<DayCount>, StoreError> {
        sqlx::query_as(
            "SELECT created_at / $3 AS day, state, count(*) AS documents FROM run
             WHERE binding_id = $1 AND created_at >= $2 GROUP BY created_at / $3, state ORDER BY 1, 2",
        )
        .bind(binding.as_str())
        .bind(since)
        .bind(DAY)
        .fetch_all(&self.readers)
        .await
        .map_err(during("history"))
    }

    async fn pulse(&self, binding: &BindingId, day: i64) -> Result<Pulse, StoreError> {
        sqlx::query_as(
            "SELECT (SELECT created_at FROM run WHERE binding_id = $1 ORDER BY seq DESC LIMIT 1) AS last_arrival,
                    (SELECT min(created_at) FROM run WHERE binding_id = $1 AND state IN ('queued', 'running', 'waiting')) AS oldest_open,
                    (SELECT count(*) FROM run WHERE binding_id = $1 AND state IN ('queued', 'running', 'waiting')) AS open,
                    (SELECT count(*) FROM run r WHERE binding_id = $1 AND state IN ('rejected', 'ambiguous')
                        AND NOT EXISTS (SELECT 1 FROM run n WHERE n.binding_id = r.binding_id AND n.key = r.key
                                                              AND n.generation > r.generation)) AS attention,
                    (SELECT count(*) FROM run WHERE binding_id = $1 AND state = 'parked') AS parked,
                    coalesce((SELECT calls FROM lane WHERE binding_id = $1 AND day = $2), 0) AS calls",
        )
        .bind(binding.as_str())
        .bind(day)
        .fetch_one(&self.readers)
        .await
        .map_err(during("history"))
    }

    async fn audit_page(
        &self,
        bindings: Option<&[String]>,
        below: Option<i64>,
        limit: u32,
    ) -> Result<Vec<(i64, AuditLine)>, StoreError> {
        audit(&self.readers, bindings, below, limit).await
    }
}

async fn lines(
    readers: &Pool<Db>,
    binding: &BindingId,
    filter: &HistoryFilter,
) -> Result<Vec<HistoryLine>, StoreError> {
    let mut select = QueryBuilder::<Db>::new(
        "SELECT r.seq, r.run_id, r.key, r.entity_type, r.entity_id, r.state, r.error_code,
                r.expected_total, r.expected_currency, x.displayed_as AS sage_reference, r.created_at, r.updated_at
         FROM run r LEFT JOIN entity_xref x ON x.binding_id = r.binding_id AND x.xref_key = r.principal_xref
         WHERE r.binding_id = ",
    );
    select.push_bind(binding.as_str());
    if !filter.states.is_empty() {
        select.push(" AND r.state IN (");
        let mut list = select.separated(", ");
        for state in &filter.states {
            list.push_bind(state.as_str());
        }
        list.push_unseparated(")");
    }
    for (condition, text) in [
        (" AND r.error_code = ", &filter.reason),
        (" AND r.entity_type = ", &filter.entity_type),
        (" AND x.displayed_as = ", &filter.sage_reference),
    ] {
        if let Some(text) = text {
            select.push(condition).push_bind(text.as_str());
        }
    }
    for (condition, number) in [
        (" AND r.entity_id = ", filter.entity_id),
        (" AND r.created_at >= ", filter.from),
        (" AND r.created_at < ", filter.before),
        (" AND r.seq < ", filter.below),
    ] {
        if let Some(number) = number {
            select.push(condition).push_bind(number);
        }
    }
    select
        .push(" ORDER BY r.seq DESC LIMIT ")
        .push_bind(i64::from(filter.limit));
    select
        .build_query_as()
        .fetch_all(readers)
        .await
        .map_err(during("history"))
}

#[derive(sqlx::FromRow)]
struct PlacedLine {
    audit_id: i64,
    #[sqlx(flatten)]
    line: AuditLine,
}

async fn audit(
    readers: &Pool<Db>,
    bindings: Option<&[String]>,
    below: Option<i64>,
    limit: u32,
) -> Result<Vec<(i64, AuditLine)>, StoreError> {
    let mut select = QueryBuilder::<Db>::new(
        "SELECT audit_id, at, actor, binding_id, action, subject FROM audit WHERE audit_id < ",
    );
    select.push_bind(below.unwrap_or(i64::MAX));
    if let Some(bindings) = bindings {
        // Nobody's list is nobody's: an empty one finds nothing.
        select.push(" AND binding_id IN (''");
        for binding in bindings {
            select.push(", ").push_bind(binding.as_str());
        }
        select.push(")");
    }
    select
        .push(" ORDER BY audit_id DESC LIMIT ")
        .push_bind(i64::from(limit));
    let rows: Vec<PlacedLine> = select
        .build_query_as()
        .fetch_all(readers)
        .await
        .map_err(during("audit"))?;
    Ok(rows
        .into_iter()
        .map(|row| (row.audit_id, row.line))
        .collect())
}
