//! Accounts and their roles.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use sqlx::Pool;

use crate::accounts::{Account, AccountRole, NewAccount, RoleGrant};
use crate::operations::NewAuditEntry;
use crate::retry::Millis;
use crate::vault::{Vault, normal_email};
use crate::{BindingId, StoreError};

use super::places::{email, name, opened, sealed, totp};
use super::{Db, Tx, begin, during, links, note, sessions};

const OPERATION: &str = "accounts";

#[derive(sqlx::FromRow)]
struct Row {
    account_id: String,
    email_sealed: Vec<u8>,
    name_sealed: Vec<u8>,
    password_hash: String,
    totp_sealed: Option<Vec<u8>>,
    created_at: Millis,
    disabled_at: Option<Millis>,
    last_sign_in_at: Option<Millis>,
}

impl Row {
    fn opened(self, vault: &Vault, grants: Vec<RoleGrant>) -> Result<Account, StoreError> {
        let id = self.account_id;
        Ok(Account {
            email: opened(vault, &email(&id), &self.email_sealed)?,
            name: opened(vault, &name(&id), &self.name_sealed)?,
            id,
            password_hash: self.password_hash,
            has_second_factor: self.totp_sealed.is_some(),
            grants,
            created_at: self.created_at,
            disabled_at: self.disabled_at,
            last_sign_in_at: self.last_sign_in_at,
        })
    }
}

fn tag(vault: &Vault, email: &str) -> Result<String, StoreError> {
    vault
        .tag_for_relay("account", &normal_email(email))
        .map_err(StoreError::Sealed)
}

pub(super) async fn add(
    writer: &Pool<Db>,
    vault: &Vault,
    account: &NewAccount,
    audit_entry: NewAuditEntry<'_>,
) -> Result<bool, StoreError> {
    let mut tx = begin(writer, OPERATION).await?;
    if !insert(&mut tx, vault, account, &audit_entry).await? {
        tx.rollback().await.map_err(during(OPERATION))?;
        return Ok(false);
    }
    tx.commit().await.map_err(during(OPERATION))?;
    Ok(true)
}

pub(super) async fn add_first(
    writer: &Pool<Db>,
    vault: &Vault,
    link_hash: &str,
    account: &NewAccount,
    audit_entry: NewAuditEntry<'_>,
) -> Result<bool, StoreError> {
    let mut tx = begin(writer, OPERATION).await?;
    super::super::alone_in_the_store(&mut tx)
        .await
        .map_err(during(OPERATION))?;
    let others: i64 = sqlx::query_scalar("SELECT count(*) FROM account")
        .fetch_one(&mut *tx)
        .await
        .map_err(during(OPERATION))?;
    let is_good = links::use_first(&mut tx, link_hash, audit_entry.now).await? && others == 0;
    if !is_good || !insert(&mut tx, vault, account, &audit_entry).await? {
        tx.rollback().await.map_err(during(OPERATION))?;
        return Ok(false);
    }
    tx.commit().await.map_err(during(OPERATION))?;
    Ok(true)
}

async fn insert(
    tx: &mut Tx,
    vault: &Vault,
    account: &NewAccount,
    audit_entry: &NewAuditEntry<'_>,
) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "INSERT INTO account (account_id, email_tag, email_sealed, name_sealed, password_hash, created_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (email_tag) DO NOTHING",
    )
    .bind(&account.id)
    .bind(tag(vault, &account.email)?)
    .bind(sealed(vault, &email(&account.id), &account.email)?)
    .bind(sealed(vault, &name(&account.id), &account.name)?)
    .bind(&account.password_hash)
    .bind(audit_entry.now)
    .execute(&mut **tx)
    .await
    .map_err(during(OPERATION))?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    grant(tx, &account.id, &account.grants).await?;
    note(tx, None, audit_entry).await?;
    Ok(true)
}

async fn grant(tx: &mut Tx, id: &str, grants: &[RoleGrant]) -> Result<(), StoreError> {
    for grant in grants {
        sqlx::query(
            "INSERT INTO account_role (account_id, binding_id, role) VALUES ($1, $2, $3)
             ON CONFLICT (account_id, binding_id) DO UPDATE SET role = excluded.role",
        )
        .bind(id)
        .bind(grant.binding.as_ref().map_or("", BindingId::as_str))
        .bind(grant.role.word())
        .execute(&mut **tx)
        .await
        .map_err(during(OPERATION))?;
    }
    Ok(())
}

async fn grants(
    readers: &Pool<Db>,
    id: &str,
) -> Result<BTreeMap<String, Vec<RoleGrant>>, StoreError> {
    let rows: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT account_id, binding_id, role FROM account_role WHERE ($1 = '' OR account_id = $1)
         ORDER BY account_id, binding_id",
    )
    .bind(id)
    .fetch_all(readers)
    .await
    .map_err(during(OPERATION))?;
    let mut all: BTreeMap<String, Vec<RoleGrant>> = BTreeMap::new();
    for (account, binding, role) in rows {
        let role = AccountRole::from_word(&role);
        let role = role.ok_or(StoreError::Contradiction("an unknown role"))?;
        let binding = BindingId::new(&binding);
        all.entry(account)
            .or_default()
            .push(RoleGrant { binding, role });
    }
    Ok(all)
}

const COLUMNS: &str = "SELECT account_id, email_sealed, name_sealed, password_hash, totp_sealed, created_at, disabled_at, last_sign_in_at
     FROM account";

pub(super) async fn all(readers: &Pool<Db>, vault: &Vault) -> Result<Vec<Account>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} ORDER BY created_at, account_id"
    )))
    .fetch_all(readers)
    .await
    .map_err(during(OPERATION))?;
    let mut roles = grants(readers, "").await?;
    rows.into_iter()
        .map(|row| {
            let own = roles.remove(&row.account_id).unwrap_or_default();
            row.opened(vault, own)
        })
        .collect()
}

pub(super) async fn one(
    readers: &Pool<Db>,
    vault: &Vault,
    id: &str,
) -> Result<Option<Account>, StoreError> {
    found(readers, vault, "account_id", id).await
}

pub(super) async fn of_email(
    readers: &Pool<Db>,
    vault: &Vault,
    email: &str,
) -> Result<Option<Account>, StoreError> {
    found(readers, vault, "email_tag", &tag(vault, email)?).await
}

async fn found(
    readers: &Pool<Db>,
    vault: &Vault,
    column: &'static str,
    value: &str,
) -> Result<Option<Account>, StoreError> {
    let statement = format!("{COLUMNS} WHERE {column} = $1");
    let row: Option<Row> = sqlx::query_as(sqlx::AssertSqlSafe(statement))
        .bind(value)
        .fetch_optional(readers)
        .await
        .map_err(during(OPERATION))?;
    // The same statements for somebody who is not there: how long it takes shall say nothing.
    let id = row.as_ref().map_or("-", |row| row.account_id.as_str());
    let own = grants(readers, id).await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let own = own.into_values().next().unwrap_or_default();
    row.opened(vault, own).map(Some)
}

pub(super) async fn set_grants(
    writer: &Pool<Db>,
    id: &str,
    new: &[RoleGrant],
    audit_entry: NewAuditEntry<'_>,
) -> Result<bool, StoreError> {
    let mut tx = begin(writer, OPERATION).await?;
    let known: Option<i64> =
        sqlx::query_scalar("SELECT created_at FROM account WHERE account_id = $1")
            .bind(id)
            .fetch_optional(&mut *tx)
            .await
            .map_err(during(OPERATION))?;
    if known.is_none() {
        tx.rollback().await.map_err(during(OPERATION))?;
        return Ok(false);
    }
    sqlx::query("DELETE FROM account_role WHERE account_id = $1")
        .bind(id)
        .execute(&mut *tx)
        .await
        .map_err(during(OPERATION))?;
    grant(&mut tx, id, new).await?;
    note(&mut tx, None, &audit_entry).await?;
    tx.commit().await.map_err(during(OPERATION))?;
    Ok(true)
}

pub(super) async fn set_disabled(
    writer: &Pool<Db>,
    id: &str,
    is_disabled: bool,
    audit_entry: NewAuditEntry<'_>,
) -> Result<bool, StoreError> {
    let mut tx = begin(writer, OPERATION).await?;
    let done = sqlx::query("UPDATE account SET disabled_at = $2 WHERE account_id = $1")
        .bind(id)
        .bind(is_disabled.then_some(audit_entry.now))
        .execute(&mut *tx)
        .await
        .map_err(during(OPERATION))?;
    if done.rows_affected() == 0 {
        tx.rollback().await.map_err(during(OPERATION))?;
        return Ok(false);
    }
    if is_disabled {
        sessions::end_all(&mut tx, id).await?;
        links::end_all(&mut tx, id).await?;
    }
    note(&mut tx, None, &audit_entry).await?;
    tx.commit().await.map_err(during(OPERATION))?;
    Ok(true)
}

pub(super) async fn set_second_factor(
    writer: &Pool<Db>,
    vault: &Vault,
    id: &str,
    secret: Option<&SecretString>,
    audit_entry: NewAuditEntry<'_>,
) -> Result<bool, StoreError> {
    let place = totp(id);
    let hidden = secret.map(|secret| sealed(vault, &place, secret.expose_secret()));
    let mut tx = begin(writer, OPERATION).await?;
    let done =
        sqlx::query("UPDATE account SET totp_sealed = $2, totp_step = 0 WHERE account_id = $1")
            .bind(id)
            .bind(hidden.transpose()?)
            .execute(&mut *tx)
            .await
            .map_err(during(OPERATION))?;
    note(&mut tx, None, &audit_entry).await?;
    tx.commit().await.map_err(during(OPERATION))?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn second_factor(
    readers: &Pool<Db>,
    vault: &Vault,
    id: &str,
) -> Result<Option<SecretString>, StoreError> {
    let hidden: Option<Option<Vec<u8>>> =
        sqlx::query_scalar("SELECT totp_sealed FROM account WHERE account_id = $1")
            .bind(id)
            .fetch_optional(readers)
            .await
            .map_err(during(OPERATION))?;
    let secret = hidden
        .flatten()
        .map(|hidden| opened(vault, &totp(id), &hidden));
    Ok(secret.transpose()?.map(SecretString::from))
}

pub(super) async fn use_second_factor(
    writer: &Pool<Db>,
    id: &str,
    step: i64,
) -> Result<bool, StoreError> {
    let done =
        sqlx::query("UPDATE account SET totp_step = $2 WHERE account_id = $1 AND totp_step < $2")
            .bind(id)
            .bind(step)
            .execute(writer)
            .await
            .map_err(during(OPERATION))?;
    Ok(done.rows_affected() == 1)
}
