//! Documents, days and audit, as the dashboard reads them.

use async_trait::async_trait;
use sqlx::{Pool, QueryBuilder};

use crate::history::{
    Comment, DayCount, ExceptionLine, HistoryFilter, HistoryLine, HistoryStore, Pulse, ReasonCount,
    SavedFilter, WantedDocument, WantedPage,
};
use crate::operations::{AuditLine, NewAuditEntry};
use crate::retry::Millis;
use crate::{BindingId, StoreError};

use super::store::SqlStore;
use super::{Db, EVENT, begin_for, during, note, people};

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

    async fn relatives(
        &self,
        binding: &BindingId,
        run_id: &str,
        limit: u32,
    ) -> Result<Vec<HistoryLine>, StoreError> {
        people::relatives(&self.readers, binding, run_id, limit).await
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

    async fn want_document(
        &self,
        binding: &BindingId,
        run_id: &str,
        audit_entry: NewAuditEntry<'_>,
    ) -> Result<bool, StoreError> {
        let mut tx = begin_for(&self.writer, binding, "document").await?;
        let done = people::want_document(&mut tx, binding, run_id, audit_entry.now).await?;
        if done {
            note(&mut tx, Some(binding), &audit_entry).await?;
        }
        tx.commit().await.map_err(during("document"))?;
        Ok(done)
    }

    async fn wanted_documents(
        &self,
        binding: &BindingId,
        since: Millis,
        page: WantedPage,
    ) -> Result<Vec<WantedDocument>, StoreError> {
        people::wanted_documents(&self.readers, binding, since, page).await
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
        let counts = sqlx::query_as(DAY_COUNTS)
            .bind(binding.as_str())
            .bind(since)
            .bind(DAY)
            .fetch_all(&self.readers)
            .await
            .map_err(during("history"))?;
        Ok(with_the_rest(counts))
    }

    async fn pulse(&self, binding: &BindingId, day: i64) -> Result<Pulse, StoreError> {
        sqlx::query_as(
            "SELECT (SELECT max(created_at) FROM run WHERE binding_id = $1) AS last_arrival,
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

/// What is not in Sage, by the indexes of its states, and all together, which need not be looked
/// at one by one.
const DAY_COUNTS: &str = "SELECT created_at / $3 AS day, '' AS state, count(*) AS documents FROM run
      WHERE binding_id = $1 AND created_at >= $2 GROUP BY created_at / $3
     UNION ALL SELECT created_at / $3, 'queued', count(*) FROM run
      WHERE binding_id = $1 AND created_at >= $2 AND state IN ('queued', 'running', 'waiting') GROUP BY created_at / $3
     UNION ALL SELECT created_at / $3, 'rejected', count(*) FROM run
      WHERE binding_id = $1 AND created_at >= $2 AND state IN ('rejected', 'ambiguous') GROUP BY created_at / $3
     UNION ALL SELECT created_at / $3, 'parked', count(*) FROM run
      WHERE binding_id = $1 AND created_at >= $2 AND state = 'parked' GROUP BY created_at / $3
     UNION ALL SELECT created_at / $3, 'superseded', count(*) FROM run
      WHERE binding_id = $1 AND created_at >= $2 AND state = 'superseded' GROUP BY created_at / $3
     ORDER BY 1, 2";

/// What is left of all the documents of a day is in Sage.
fn with_the_rest(counts: Vec<DayCount>) -> Vec<DayCount> {
    let (all, mut told): (Vec<DayCount>, Vec<DayCount>) =
        counts.into_iter().partition(|count| count.state.is_empty());
    let mut in_sage = Vec::new();
    for mut count in all {
        let others = told.iter().filter(|other| other.day == count.day);
        count.documents -= others.map(|other| other.documents).sum::<i64>();
        "succeeded".clone_into(&mut count.state);
        in_sage.push(count);
    }
    told.extend(in_sage.into_iter().filter(|count| count.documents > 0));
    told.sort_by(|one, other| (one.day, &one.state).cmp(&(other.day, &other.state)));
    told
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
    // Written out, because an index of some states serves only who names them.
    one_of(select, "r.state", filter.states);
    one_of(select, EVENT, filter.events);
    if !filter.totals.is_empty() {
        select.push(" AND r.expected_total IN (");
        let mut list = select.separated(", ");
        for total in &filter.totals {
            list.push_bind(total.clone());
        }
        list.push_unseparated(")");
    }
    if let Some(reason) = &filter.reason {
        select
            .push(" AND r.error_code = ")
            .push_bind(reason.clone());
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
    if let Some(reference) = &filter.sage_reference {
        select
            .push(" AND x.displayed_as = ")
            .push_bind(reference.clone())
            .push(" AND r.run_id IN (SELECT k.run_id FROM entity_xref y JOIN run_key k ON k.binding_id = y.binding_id AND k.xref_key = y.xref_key WHERE y.binding_id = ")
            .push_bind(binding.as_str().to_owned())
            .push(" AND y.displayed_as = ")
            .push_bind(reference.clone())
            .push(")");
    }
    if let Some(reference) = &filter.customer {
        select
            .push(" AND r.run_id IN (SELECT k.run_id FROM run_key k WHERE k.binding_id = ")
            .push_bind(binding.as_str().to_owned())
            .push(" AND k.xref_key >= ")
            .push_bind(format!("contact:{reference}:"))
            .push(" AND k.xref_key < ")
            .push_bind(format!("contact:{reference}:~"))
            .push(")");
    }
    for (condition, number) in [
        (" AND r.created_at >= ", filter.from),
        (" AND r.created_at < ", filter.before),
    ] {
        if let Some(number) = number {
            select.push(condition).push_bind(number);
        }
    }
    let (beyond, order) = if filter.oldest_first {
        (">", "ASC")
    } else {
        ("<", "DESC")
    };
    if let Some(place) = filter.beyond {
        select
            .push(format!(" AND (r.created_at, r.seq) {beyond} ("))
            .push_bind(place.created_at)
            .push(", ")
            .push_bind(place.seq)
            .push(")");
    }
    select
        .push(format!(
            " ORDER BY r.created_at {order}, r.seq {order} LIMIT "
        ))
        .push_bind(i64::from(filter.limit));
}

/// A condition that a column is one of some words; none when there are no words.
fn one_of(select: &mut QueryBuilder<Db>, column: &str, words: &[&'static str]) {
    match words {
        [] => {}
        // As the condition of the index has it.
        [word] => {
            select.push(format!(" AND {column} = '{word}'"));
        }
        words => {
            select.push(format!(" AND {column} IN ('{}')", words.join("', '")));
        }
    }
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
