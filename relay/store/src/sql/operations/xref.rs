//! Which Sage object a key stands for.

use sqlx::Pool;

use crate::operations::NewAuditEntry;
use crate::{BindingId, StoreError, Xref};

use super::super::needs;
use super::{Db, begin_for, during, note};

pub(super) async fn lines(
    readers: &Pool<Db>,
    binding: &BindingId,
    beginning: &str,
    after: &str,
    limit: u32,
) -> Result<Vec<Xref>, StoreError> {
    sqlx::query_as(
        "SELECT xref_key, resource, sage_id, displayed_as, total, currency, match_tag, adopted FROM entity_xref
         WHERE binding_id = $1 AND ($2 = '' OR (xref_key >= $2 AND xref_key < $2 || '~')) AND xref_key > $3
         ORDER BY xref_key LIMIT $4",
    )
    .bind(binding.as_str())
    .bind(beginning)
    .bind(after)
    .bind(i64::from(limit))
    .fetch_all(readers)
    .await
    .map_err(during("xref"))
}

pub(super) async fn tagged(
    readers: &Pool<Db>,
    binding: &BindingId,
    tag: &str,
) -> Result<Vec<String>, StoreError> {
    sqlx::query_scalar("SELECT xref_key FROM entity_xref WHERE binding_id = $1 AND match_tag = $2")
        .bind(binding.as_str())
        .bind(tag)
        .fetch_all(readers)
        .await
        .map_err(during("xref"))
}

pub(super) async fn set(
    writer: &Pool<Db>,
    binding: &BindingId,
    xref: &Xref,
    audit_entry: NewAuditEntry<'_>,
) -> Result<(), StoreError> {
    let mut tx = begin_for(writer, binding, "xref").await?;
    sqlx::query(
        "INSERT INTO entity_xref (binding_id, xref_key, resource, sage_id, displayed_as, total, currency, adopted, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, TRUE, $8)
         ON CONFLICT (binding_id, xref_key) DO UPDATE
         SET resource = excluded.resource, sage_id = excluded.sage_id, displayed_as = excluded.displayed_as,
             total = excluded.total, currency = excluded.currency, match_tag = NULL, adopted = TRUE",
    )
    .bind(binding.as_str())
    .bind(&xref.xref_key)
    .bind(&xref.resource)
    .bind(&xref.sage_id)
    .bind(&xref.displayed_as)
    .bind(&xref.total)
    .bind(&xref.currency)
    .bind(audit_entry.now)
    .execute(&mut *tx)
    .await
    .map_err(during("xref"))?;
    needs::known(&mut tx, binding, &[&xref.xref_key], audit_entry.now).await?;
    note(&mut tx, Some(binding), &audit_entry).await?;
    tx.commit().await.map_err(during("xref"))
}
