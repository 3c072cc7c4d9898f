//! Documents that need people, and what people keep beside them.

use sqlx::{AssertSqlSafe, Pool, QueryBuilder};

use crate::history::{
    Comment, ExceptionLine, HistoryLine, ReasonCount, WantedDocument, WantedPage,
};
use crate::retry::Millis;
use crate::vault::Vault;
use crate::{BindingId, StoreError};

use super::history::{FROM, LINE};
use super::{Db, Tx, during, seals};

const DAY: Millis = 86_400_000;

/// The contact that a run makes or finds.
const CONTACT: &str = "(SELECT min(k.xref_key) FROM run_key k WHERE k.binding_id = r.binding_id AND k.run_id = r.run_id
                  AND k.role = 'makes' AND k.xref_key >= 'contact:' AND k.xref_key < 'contact:~') AS contact_key";

/// Neither a customer nor a product, which many documents have in common.
const OF_DOCUMENTS: &str = "own.xref_key NOT LIKE 'contact:%' AND own.xref_key NOT LIKE 'product:%' AND own.xref_key NOT LIKE 'stock:%'";

/// No newer content has replaced it.
const NEWEST: &str =
    " AND NOT EXISTS (SELECT 1 FROM run n WHERE n.binding_id = r.binding_id AND n.key = r.key
                  AND n.generation > r.generation)";

pub(super) async fn exceptions(
    readers: &Pool<Db>,
    binding: &BindingId,
    limit: u32,
) -> Result<Vec<ExceptionLine>, StoreError> {
    // Each part is read by its own index.
    let parts = [
        (
            "r.error",
            " AND r.state IN ('rejected', 'ambiguous') AND (r.state = 'ambiguous' OR r.error_code = 'contact_reference_collision'
              OR r.error LIKE '%\"contact_reference_reserved\"%')",
        ),
        (
            "r.finding",
            " AND r.finding IS NOT NULL AND r.finding_accepted_at IS NULL AND r.state = 'succeeded'",
        ),
    ];
    let mut all: Vec<ExceptionLine> = Vec::new();
    for (outline, condition) in parts {
        let mut select = QueryBuilder::<Db>::new("SELECT ");
        select
            .push(LINE)
            .push(", ")
            .push(outline)
            .push(" AS outline, ");
        select.push(CONTACT).push(FROM);
        select
            .push(" WHERE r.binding_id = ")
            .push_bind(binding.as_str());
        select.push(condition).push(NEWEST);
        select
            .push(" ORDER BY r.created_at DESC, r.seq DESC LIMIT ")
            .push_bind(i64::from(limit));
        let some = select.build_query_as().fetch_all(readers).await;
        all.extend(some.map_err(during("exceptions"))?);
    }
    all.sort_by_key(|one| std::cmp::Reverse((one.line.created_at, one.line.seq)));
    all.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(all)
}

pub(super) async fn relatives(
    readers: &Pool<Db>,
    binding: &BindingId,
    run_id: &str,
    limit: u32,
) -> Result<Vec<HistoryLine>, StoreError> {
    let statement = format!(
        "SELECT {LINE}{FROM} WHERE r.binding_id = $1 AND r.run_id <> $2 AND r.run_id IN (
             SELECT k.run_id FROM run_key own JOIN run_key k ON k.binding_id = own.binding_id AND k.xref_key = own.xref_key
             WHERE own.run_id = $2 AND own.binding_id = $1 AND {OF_DOCUMENTS}
             UNION SELECT other.run_id FROM run own JOIN run other ON other.binding_id = own.binding_id AND other.key = own.key
             WHERE own.run_id = $2 AND own.binding_id = $1)
         ORDER BY r.created_at, r.seq LIMIT $3"
    );
    sqlx::query_as(AssertSqlSafe(statement))
        .bind(binding.as_str())
        .bind(run_id)
        .bind(i64::from(limit))
        .fetch_all(readers)
        .await
        .map_err(during("relatives"))
}

pub(super) async fn reasons(
    readers: &Pool<Db>,
    binding: &BindingId,
) -> Result<Vec<ReasonCount>, StoreError> {
    let mut select = QueryBuilder::<Db>::new(
        "SELECT coalesce(r.error_code, '') AS code, count(*) AS documents FROM run r WHERE r.binding_id = ",
    );
    select.push_bind(binding.as_str());
    select
        .push(" AND r.state IN ('rejected', 'ambiguous')")
        .push(NEWEST);
    select.push(" GROUP BY r.error_code ORDER BY 2 DESC, 1");
    select
        .build_query_as()
        .fetch_all(readers)
        .await
        .map_err(during("reasons"))
}

pub(super) async fn accept(
    tx: &mut Tx,
    binding: &BindingId,
    run_id: &str,
    now: Millis,
) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "UPDATE run SET finding_accepted_at = $3
         WHERE run_id = $1 AND binding_id = $2 AND finding IS NOT NULL AND finding_accepted_at IS NULL AND state = 'succeeded'",
    )
    .bind(run_id)
    .bind(binding.as_str())
    .bind(now)
    .execute(&mut **tx)
    .await
    .map_err(during("finding"))?;
    Ok(done.rows_affected() == 1)
}

/// Wishes that are more than a day old go.
pub(super) async fn want_document(
    tx: &mut Tx,
    binding: &BindingId,
    run_id: &str,
    now: Millis,
) -> Result<bool, StoreError> {
    let during = || during("document");
    sqlx::query("DELETE FROM wanted_document WHERE binding_id = $1 AND asked_at < $2")
        .bind(binding.as_str())
        .bind(now.saturating_sub(DAY))
        .execute(&mut **tx)
        .await
        .map_err(during())?;
    let done = sqlx::query(
        "INSERT INTO wanted_document (binding_id, entity_type, entity_id, asked_at)
         SELECT binding_id, entity_type, entity_id, $3 FROM run WHERE binding_id = $1 AND run_id = $2 AND state = 'rejected'
         ON CONFLICT (binding_id, entity_type, entity_id) DO UPDATE SET asked_at = excluded.asked_at",
    )
    .bind(binding.as_str())
    .bind(run_id)
    .bind(now)
    .execute(&mut **tx)
    .await
    .map_err(during())?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn wanted_documents(
    readers: &Pool<Db>,
    binding: &BindingId,
    since: Millis,
    page: WantedPage,
) -> Result<Vec<WantedDocument>, StoreError> {
    sqlx::query_as(
        "SELECT entity_type, entity_id
         FROM (SELECT entity_type, entity_id, count(*) OVER () AS wanted,
                      row_number() OVER (ORDER BY asked_at, entity_type, entity_id) - 1 AS place
               FROM wanted_document w WHERE binding_id = $1 AND asked_at >= $2
                 AND NOT EXISTS (SELECT 1 FROM run r WHERE r.binding_id = w.binding_id AND r.entity_id = w.entity_id
                                                      AND r.entity_type = w.entity_type AND r.created_at >= w.asked_at))
              AS numbered
         WHERE place / $3 = $4 % ((wanted + $3 - 1) / $3) ORDER BY place",
    )
    .bind(binding.as_str())
    .bind(since)
    .bind(i64::from(page.size.max(1)))
    .bind(page.round)
    .fetch_all(readers)
    .await
    .map_err(during("document"))
}

pub(super) async fn add_comment(
    tx: &mut Tx,
    vault: &Vault,
    binding: &BindingId,
    run_id: &str,
    comment: &Comment,
) -> Result<(), StoreError> {
    let sealed = vault
        .seal_bytes(binding, &seals::comment(run_id), comment.text.as_bytes())
        .map_err(StoreError::Sealed)?;
    sqlx::query(
        "INSERT INTO run_comment (binding_id, run_id, author, text_sealed, created_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(binding.as_str())
    .bind(run_id)
    .bind(&comment.author)
    .bind(sealed)
    .bind(comment.created_at)
    .execute(&mut **tx)
    .await
    .map(|_| ())
    .map_err(during("comment"))
}

pub(super) async fn comments(
    readers: &Pool<Db>,
    vault: &Vault,
    binding: &BindingId,
    run_id: &str,
) -> Result<Vec<Comment>, StoreError> {
    let rows: Vec<(String, Vec<u8>, Millis)> = sqlx::query_as(
        "SELECT author, text_sealed, created_at FROM run_comment WHERE binding_id = $1 AND run_id = $2 ORDER BY comment_id",
    )
    .bind(binding.as_str())
    .bind(run_id)
    .fetch_all(readers)
    .await
    .map_err(during("comment"))?;
    rows.into_iter()
        .map(|(author, sealed, created_at)| {
            let text = seals::opened(vault, binding, &seals::comment(run_id), &sealed)?;
            Ok(Comment {
                author,
                text: String::from_utf8_lossy(&text).into_owned(),
                created_at,
            })
        })
        .collect()
}

pub(super) async fn keep_filter(
    writer: &Pool<Db>,
    (account_id, binding): (&str, &BindingId),
    name: &str,
    query: Option<&str>,
) -> Result<(), StoreError> {
    let statement = match query {
        Some(query) => sqlx::query(
            "INSERT INTO saved_filter (account_id, binding_id, name, query) VALUES ($1, $2, $3, $4)
             ON CONFLICT (account_id, binding_id, name) DO UPDATE SET query = excluded.query",
        )
        .bind(account_id)
        .bind(binding.as_str())
        .bind(name)
        .bind(query),
        None => sqlx::query(
            "DELETE FROM saved_filter WHERE account_id = $1 AND binding_id = $2 AND name = $3",
        )
        .bind(account_id)
        .bind(binding.as_str())
        .bind(name),
    };
    statement
        .execute(writer)
        .await
        .map(|_| ())
        .map_err(during("filters"))
}
