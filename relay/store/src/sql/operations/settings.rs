//! Versions of the settings; reference data with its age.

use sqlx::Pool;

use crate::operations::{NewAuditEntry, ReferenceRow, SettingsRow};
use crate::retry::Millis;
use crate::{BindingId, StoreError};

use super::{Db, begin_for, during, note};

pub(super) async fn save(
    writer: &Pool<Db>,
    binding: &BindingId,
    document: &str,
    digest: &str,
    audit_entry: NewAuditEntry<'_>,
) -> Result<(i64, bool), StoreError> {
    let mut tx = begin_for(writer, binding, "settings").await?;
    let newest: Option<(i64, String)> = sqlx::query_as(
        "SELECT version, digest FROM settings WHERE binding_id = $1 ORDER BY version DESC LIMIT 1",
    )
    .bind(binding.as_str())
    .fetch_optional(&mut *tx)
    .await
    .map_err(during("settings"))?;
    let version = match newest {
        Some((version, known)) if known == digest => return Ok((version, false)),
        newest => newest.map_or(0, |(version, _)| version).saturating_add(1),
    };
    sqlx::query(
        "INSERT INTO settings (binding_id, version, digest, document, author, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(binding.as_str())
    .bind(version)
    .bind(digest)
    .bind(document)
    .bind(audit_entry.actor)
    .bind(audit_entry.now)
    .execute(&mut *tx)
    .await
    .map_err(during("settings"))?;
    note(&mut tx, Some(binding), &audit_entry).await?;
    tx.commit().await.map_err(during("settings"))?;
    Ok((version, true))
}

pub(super) async fn get(
    readers: &Pool<Db>,
    binding: &BindingId,
    version: Option<i64>,
) -> Result<Option<SettingsRow>, StoreError> {
    sqlx::query_as(
        "SELECT version, digest, document, author, created_at FROM settings
         WHERE binding_id = $1 AND ($2 = 0 OR version = $2) ORDER BY version DESC LIMIT 1",
    )
    .bind(binding.as_str())
    .bind(version.unwrap_or_default())
    .fetch_optional(readers)
    .await
    .map_err(during("settings"))
}

pub(super) async fn versions(
    readers: &Pool<Db>,
    binding: &BindingId,
) -> Result<Vec<SettingsRow>, StoreError> {
    sqlx::query_as(
        "SELECT version, digest, '' AS document, author, created_at FROM settings WHERE binding_id = $1 ORDER BY version DESC",
    )
    .bind(binding.as_str())
    .fetch_all(readers)
    .await
    .map_err(during("settings"))
}

pub(super) async fn keep_reference(
    writer: &Pool<Db>,
    binding: &BindingId,
    kind: &str,
    body: &str,
    now: Millis,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO reference_data (binding_id, kind, body, fetched_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (binding_id, kind) DO UPDATE SET body = excluded.body, fetched_at = excluded.fetched_at",
    )
    .bind(binding.as_str())
    .bind(kind)
    .bind(body)
    .bind(now)
    .execute(writer)
    .await
    .map(|_| ())
    .map_err(during("reference data"))
}

pub(super) async fn reference(
    readers: &Pool<Db>,
    binding: &BindingId,
) -> Result<Vec<ReferenceRow>, StoreError> {
    sqlx::query_as(
        "SELECT kind, body, fetched_at FROM reference_data WHERE binding_id = $1 ORDER BY kind",
    )
    .bind(binding.as_str())
    .fetch_all(readers)
    .await
    .map_err(during("reference data"))
}
