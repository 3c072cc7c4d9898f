//! Sessions, and what is thrown away when it has ended.

use sqlx::Pool;

use crate::StoreError;
use crate::accounts::{NewSession, SessionRow};
use crate::operations::NewAuditEntry;
use crate::retry::Millis;

use super::{Db, Tx, begin, during, note};

const OPERATION: &str = "sessions";

pub(super) async fn start(
    writer: &Pool<Db>,
    session: NewSession<'_>,
    forgiven: &str,
    audit_entry: NewAuditEntry<'_>,
) -> Result<(), StoreError> {
    let mut tx = begin(writer, OPERATION).await?;
    sqlx::query(
        "INSERT INTO account_session (token_hash, account_id, begun_at, idle_until, ends_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(session.token_hash)
    .bind(session.account_id)
    .bind(audit_entry.now)
    .bind(session.idle_until)
    .bind(session.ends_at)
    .execute(&mut *tx)
    .await
    .map_err(during(OPERATION))?;
    sqlx::query("UPDATE account SET last_sign_in_at = $2 WHERE account_id = $1")
        .bind(session.account_id)
        .bind(audit_entry.now)
        .execute(&mut *tx)
        .await
        .map_err(during(OPERATION))?;
    sqlx::query("DELETE FROM sign_in_attempts WHERE subject = $1")
        .bind(forgiven)
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
) -> Result<Option<SessionRow>, StoreError> {
    sqlx::query_as(
        "SELECT s.account_id, s.begun_at, s.idle_until, s.ends_at
         FROM account_session s JOIN account a ON a.account_id = s.account_id
         WHERE s.token_hash = $1 AND s.idle_until > $2 AND s.ends_at > $2 AND a.disabled_at IS NULL",
    )
    .bind(token_hash)
    .bind(now)
    .fetch_optional(readers)
    .await
    .map_err(during(OPERATION))
}

pub(super) async fn touch(
    writer: &Pool<Db>,
    token_hash: &str,
    idle_until: Millis,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE account_session SET idle_until = $2 WHERE token_hash = $1 AND idle_until < $2",
    )
    .bind(token_hash)
    .bind(idle_until)
    .execute(writer)
    .await
    .map(|_| ())
    .map_err(during(OPERATION))
}

pub(super) async fn end(
    writer: &Pool<Db>,
    token_hash: &str,
    audit_entry: NewAuditEntry<'_>,
) -> Result<bool, StoreError> {
    let mut tx = begin(writer, OPERATION).await?;
    let done = sqlx::query("DELETE FROM account_session WHERE token_hash = $1")
        .bind(token_hash)
        .execute(&mut *tx)
        .await
        .map_err(during(OPERATION))?;
    let is_done = done.rows_affected() == 1;
    if is_done {
        note(&mut tx, None, &audit_entry).await?;
    }
    tx.commit().await.map_err(during(OPERATION))?;
    Ok(is_done)
}

pub(super) async fn end_all(tx: &mut Tx, account_id: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM account_session WHERE account_id = $1")
        .bind(account_id)
        .execute(&mut **tx)
        .await
        .map(|_| ())
        .map_err(during(OPERATION))
}

pub(super) async fn forget_ended(writer: &Pool<Db>, now: Millis) -> Result<(), StoreError> {
    for statement in [
        "DELETE FROM account_session WHERE idle_until <= $1 OR ends_at <= $1",
        "DELETE FROM account_link WHERE ends_at <= $1",
        "DELETE FROM sign_in_attempts WHERE until <= $1",
        "DELETE FROM consent WHERE ends_at <= $1",
    ] {
        sqlx::query(statement)
            .bind(now)
            .execute(writer)
            .await
            .map_err(during(OPERATION))?;
    }
    Ok(())
}
