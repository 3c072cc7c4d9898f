//! Documents, days and audit, as the dashboard reads them.

use async_trait::async_trait;
use sqlx::{Pool, QueryBuilder};

use crate::history::{
    Comment, DayCount, ExceptionLine, HistoryFilter, HistoryLine, HistoryStore, Pulse, ReasonCount,
    SavedFilter,
};
use crate::operations::{AuditLine, NewAuditEntry};
use crate::retry::Millis;
use crate::{BindingId, StoreError};

use super::store::SqlStore;
use super::{Db, begin_for, during, note, people};

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

    async fn count(&self, binding: &BindingId, filter: &HistoryFilter) -> Result<i64, StoreError> {
        counted(&self.readers, binding, filter).await
    }

    async fn reasons(&self, binding: &BindingId) -> Result<Vec<ReasonCount>, StoreError> {
        people::reasons(&self.readers, binding).await
    }

    async fn exceptions(
        &self,
        binding: &BindingId,
        limit: u32,
    ) -> Result<Vec<ExceptionLine>, StoreError> {
        people::exceptions(&self.readers, binding, limit).await
    }

    async fn accept_finding(
        &self,
        binding: &BindingId,
        run_id: &str,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError> {
        let mut tx = begin_for(&self.writer, binding, "finding").await?;
        let done = people::accept(&mut tx, binding, run_id, audit_entry.now).await?;
        if done {
            note(&mut tx, Some(binding), &audit_entry).await?;
        }
        tx.commit().await.map_err(during("finding"))?;
        Ok(done)
    }

    async fn add_comment(
        &self,
        binding: &BindingId,
        run_id: &str,
        comment: &Comment,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<(), StoreError> {
        let mut tx = begin_for(&self.writer, binding, "comment").await?;
        people::add_comment(&mut tx, &self.vault, binding, run_id, comment).await?;
        note(&mut tx, Some(binding), &audit_entry).await?;
        tx.commit().await.map_err(during("comment"))
    }

    async fn comments(
        &self,
        binding: &BindingId,
        run_id: &str,
    ) -> Result<Vec<Comment>, StoreError> {
        people::comments(&self.readers, &self.vault, binding, run_id).await
    }

    async fn keep_filter(
        &self,
        account_id: &str,
        binding: &BindingId,
        name: &str,
        query: Option<&str>,
    ) -> Result<(), StoreError> {
        people::keep_filter(&self.writer, (account_id, binding), name, query).await
    }

    async fn saved_filters(
        &self,
        account_id: &str,
        binding: &BindingId,
    ) -> Result<Vec<SavedFilter>, StoreError> {
        sqlx::query_as("SELECT name, query FROM saved_filter WHERE account_id = $1 AND binding_id = $2 ORDER BY name")
            .bind(account_id)
            .bind(binding.as_str())
            .fetch_all(&self.readers)
            .await
            .map_err(during("filters"))
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

/// Columns of a document in the history.
pub(super) const LINE: &str = "r.seq, r.run_id, r.key, r.entity_type, r.entity_id, r.increment_id, r.state, r.error_code,
                r.expected_total, r.expected_currency, x.displayed_as AS sage_reference, r.created_at, r.updated_at";
/// Documents with their objects in Sage.
pub(super) const FROM: &str = " FROM run r LEFT JOIN entity_xref x ON x.binding_id = r.binding_id AND x.xref_key = r.principal_xref";

async fn lines(
    readers: &Pool<Db>,
    binding: &BindingId,
    filter: &HistoryFilter,
) -> Result<Vec<HistoryLine>, StoreError> {
    let mut select = QueryBuilder::<Db>::new("SELECT ");
    select.push(LINE).push(FROM);
    chosen(&mut select, binding, filter);
    select
        .build_query_as()
        .fetch_all(readers)
        .await
        .map_err(during("history"))
}

async fn counted(
    readers: &Pool<Db>,
    binding: &BindingId,
    filter: &HistoryFilter,
) -> Result<i64, StoreError> {
    let mut select = QueryBuilder::<Db>::new("SELECT count(*) FROM (SELECT r.seq");
    select.push(FROM);
    chosen(&mut select, binding, filter);
    select.push(") AS chosen");
    select
        .build_query_scalar()
        .fetch_one(readers)
        .await
        .map_err(during("history"))
}

/// The conditions of a filter, its order and its limit.
fn chosen(select: &mut QueryBuilder<Db>, binding: &BindingId, filter: &HistoryFilter) {
    select
        .push(" WHERE r.binding_id = ")
        .push_bind(binding.as_str().to_owned());
    for (condition, values) in [
        (" AND r.state IN (", &filter.states),
        (" AND r.expected_total IN (", &filter.totals),
    ] {
        if !values.is_empty() {
            select.push(condition);
            let mut list = select.separated(", ");
            for value in values {
                list.push_bind(value.clone());
            }
            list.push_unseparated(")");
        }
    }
    for (condition, text) in [
        (" AND r.error_code = ", &filter.reason),
        (" AND r.entity_type = ", &filter.entity_type),
        (" AND x.displayed_as = ", &filter.sage_reference),
    ] {
        if let Some(text) = text {
            select.push(condition).push_bind(text.clone());
        }
    }
    if let Some(number) = &filter.number {
        select
            .push(" AND (r.increment_id = ")
            .push_bind(number.clone());
        if let Ok(id) = number.parse::<i64>() {
            select.push(" OR r.entity_id = ").push_bind(id);
        }
        select.push(")");
    }
    if let Some(event) = &filter.event {
        between(select, "r.key", &format!("{event}:"));
    }
    if let Some(reference) = &filter.customer {
        select.push(" AND EXISTS (SELECT 1 FROM run_key k WHERE k.binding_id = r.binding_id AND k.run_id = r.run_id");
        between(select, "k.xref_key", &format!("contact:{reference}:"));
        select.push(")");
    }
    let beyond = if filter.oldest_first {
        " AND r.seq > "
    } else {
        " AND r.seq < "
    };
    for (condition, number) in [
        (" AND r.created_at >= ", filter.from),
        (" AND r.created_at < ", filter.before),
        (beyond, filter.beyond),
    ] {
        if let Some(number) = number {
            select.push(condition).push_bind(number);
        }
    }
    let order = if filter.oldest_first { "ASC" } else { "DESC" };
    select
        .push(format!(" ORDER BY r.seq {order} LIMIT "))
        .push_bind(i64::from(filter.limit));
}

/// Texts that begin so: both databases find them by an index.
fn between(select: &mut QueryBuilder<Db>, column: &str, beginning: &str) {
    select
        .push(format!(" AND {column} >= "))
        .push_bind(beginning.to_owned());
    select
        .push(format!(" AND {column} < "))
        .push_bind(format!("{beginning}~"));
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
