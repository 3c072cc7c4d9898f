//! Links that are good once.

use sqlx::Pool;

use crate::StoreError;
use crate::accounts::LinkPurpose;
use crate::operations::NewAuditEntry;
use crate::retry::Millis;

use super::{Db, Tx, begin, during, note, sessions};

const OPERATION: &str = "links";
const FIRST: &str = "first_account";
const PASSWORD: &str = "password";

pub(super) async fn add(
    writer: &Pool<Db>,
    token_hash: &str,
    purpose: &LinkPurpose,
    ends_at: Millis,
    audit_entry: NewAuditEntry<'_>,
) -> Result<(), StoreError> {
    let (word, account_id) = match purpose {
        LinkPurpose::FirstAccount => (FIRST, None),
        LinkPurpose::Password(account_id) => (PASSWORD, Some(account_id)),
    };
    let mut tx = begin(writer, OPERATION).await?;
    // A newer link takes the place of an older one.
    sqlx::query("DELETE FROM account_link WHERE purpose = $1 AND coalesce(account_id, '') = $2")
        .bind(word)
        .bind(account_id.map_or("", String::as_str))
        .execute(&mut *tx)
        .await
        .map_err(during(OPERATION))?;
    sqlx::query("INSERT INTO account_link (token_hash, purpose, account_id, ends_at) VALUES ($1, $2, $3, $4)")
        .bind(token_hash)
        .bind(word)
        .bind(account_id)
        .bind(ends_at)
        .execute(&mut *tx)
        .await
        .map_err(during(OPERATION))?;
    note(&mut tx, None, &audit_entry).await?;
    tx.commit().await.map_err(during(OPERATION))
}

pub(super) async fn get(
    readers: &Pool<Db>,
    token_hash: &str,
    now: Millis,
) -> Result<Option<LinkPurpose>, StoreError> {
    let row: Option<(String, Option<String>)> = sqlx::query_as(
        "SELECT purpose, account_id FROM account_link WHERE token_hash = $1 AND ends_at > $2",
    )
    .bind(token_hash)
    .bind(now)
    .fetch_optional(readers)
    .await
    .map_err(during(OPERATION))?;
    Ok(row
        .map(|(_, account_id)| account_id.map_or(LinkPurpose::FirstAccount, LinkPurpose::Password)))
}

/// Uses a link for the first account up; whether it was good.
pub(super) async fn use_first(
    tx: &mut Tx,
    token_hash: &str,
    now: Millis,
) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "DELETE FROM account_link WHERE token_hash = $1 AND ends_at > $2 AND purpose = 'first_account'",
    )
    .bind(token_hash)
    .bind(now)
    .execute(&mut **tx)
    .await
    .map_err(during(OPERATION))?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn set_password(
    writer: &Pool<Db>,
    token_hash: &str,
    password_hash: &str,
    audit_entry: NewAuditEntry<'_>,
) -> Result<Option<String>, StoreError> {
    let mut tx = begin(writer, OPERATION).await?;
    let account_id: Option<String> = sqlx::query_scalar(
        "DELETE FROM account_link WHERE token_hash = $1 AND ends_at > $2 AND purpose = 'password' RETURNING account_id",
    )
    .bind(token_hash)
    .bind(audit_entry.now)
    .fetch_optional(&mut *tx)
    .await
    .map_err(during(OPERATION))?;
    let Some(account_id) = account_id else {
        tx.rollback().await.map_err(during(OPERATION))?;
        return Ok(None);
    };
    sqlx::query("UPDATE account SET password_hash = $2 WHERE account_id = $1")
        .bind(&account_id)
        .bind(password_hash)
        .execute(&mut *tx)
        .await
        .map_err(during(OPERATION))?;
    sessions::end_all(&mut tx, &account_id).await?;
    let by_itself = NewAuditEntry {
        actor: &format!("account:{account_id}"),
        subject: &account_id,
        ..audit_entry
    };
    note(&mut tx, None, &by_itself).await?;
    tx.commit().await.map_err(during(OPERATION))?;
    Ok(Some(account_id))
}

pub(super) async fn end_all(tx: &mut Tx, account_id: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM account_link WHERE account_id = $1")
        .bind(account_id)
        .execute(&mut **tx)
        .await
        .map(|_| ())
        .map_err(during(OPERATION))
}
