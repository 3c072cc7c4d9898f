//! Consents at Sage that are under way, and what is entered once for the whole relay.

use secrecy::{ExposeSecret, SecretString};
use sqlx::Pool;

use crate::accounts::{AnsweredConsent, GrantedConsent, NewConsent};
use crate::operations::NewAuditEntry;
use crate::retry::Millis;
use crate::vault::Vault;
use crate::{BindingId, StoreError};

use super::places::{self, opened, sealed};
use super::{Db, begin, during, note};

const OPERATION: &str = "consent";

pub(super) async fn start(
    writer: &Pool<Db>,
    vault: &Vault,
    consent: NewConsent<'_>,
    audit_entry: NewAuditEntry<'_>,
) -> Result<(), StoreError> {
    let place = places::verifier(consent.state_hash);
    let verifier = sealed(vault, &place, consent.verifier.expose_secret())?;
    let mut tx = begin(writer, OPERATION).await?;
    sqlx::query(
        "INSERT INTO consent (state_hash, account_id, binding_id, verifier_sealed, ends_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(consent.state_hash)
    .bind(consent.account_id)
    .bind(consent.binding.map(BindingId::as_str))
    .bind(verifier)
    .bind(consent.ends_at)
    .execute(&mut *tx)
    .await
    .map_err(during(OPERATION))?;
    note(&mut tx, consent.binding, &audit_entry).await?;
    tx.commit().await.map_err(during(OPERATION))
}

pub(super) async fn answer(
    writer: &Pool<Db>,
    vault: &Vault,
    state_hash: &str,
    account_id: &str,
    now: Millis,
) -> Result<Option<AnsweredConsent>, StoreError> {
    let row: Option<(Option<String>, Vec<u8>)> = sqlx::query_as(
        "UPDATE consent SET answered_at = $3
         WHERE state_hash = $1 AND account_id = $2 AND ends_at > $3 AND answered_at IS NULL
         RETURNING binding_id, verifier_sealed",
    )
    .bind(state_hash)
    .bind(account_id)
    .bind(now)
    .fetch_optional(writer)
    .await
    .map_err(during(OPERATION))?;
    let Some((binding, verifier)) = row else {
        return Ok(None);
    };
    Ok(Some(AnsweredConsent {
        account_id: account_id.to_owned(),
        binding: binding.as_deref().and_then(BindingId::new),
        verifier: opened(vault, &places::verifier(state_hash), &verifier)?.into(),
    }))
}

pub(super) async fn keep(
    writer: &Pool<Db>,
    vault: &Vault,
    state_hash: &str,
    refresh: &SecretString,
    businesses: &str,
) -> Result<(), StoreError> {
    let refresh = sealed(vault, &places::refresh(state_hash), refresh.expose_secret())?;
    let businesses = sealed(vault, &places::businesses(state_hash), businesses)?;
    sqlx::query("UPDATE consent SET refresh_sealed = $2, businesses = $3 WHERE state_hash = $1")
        .bind(state_hash)
        .bind(refresh)
        .bind(businesses)
        .execute(writer)
        .await
        .map(|_| ())
        .map_err(during(OPERATION))
}

pub(super) async fn granted(
    readers: &Pool<Db>,
    vault: &Vault,
    state_hash: &str,
    account_id: &str,
    now: Millis,
) -> Result<Option<GrantedConsent>, StoreError> {
    let row: Option<(Option<String>, Vec<u8>, Vec<u8>)> = sqlx::query_as(
        "SELECT binding_id, refresh_sealed, businesses FROM consent
         WHERE state_hash = $1 AND account_id = $2 AND ends_at > $3
           AND refresh_sealed IS NOT NULL AND businesses IS NOT NULL",
    )
    .bind(state_hash)
    .bind(account_id)
    .bind(now)
    .fetch_optional(readers)
    .await
    .map_err(during(OPERATION))?;
    let Some((binding, refresh, businesses)) = row else {
        return Ok(None);
    };
    Ok(Some(GrantedConsent {
        account_id: account_id.to_owned(),
        binding: binding.as_deref().and_then(BindingId::new),
        refresh: opened(vault, &places::refresh(state_hash), &refresh)?.into(),
        businesses: opened(vault, &places::businesses(state_hash), &businesses)?,
    }))
}

pub(super) async fn end(writer: &Pool<Db>, state_hash: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM consent WHERE state_hash = $1")
        .bind(state_hash)
        .execute(writer)
        .await
        .map(|_| ())
        .map_err(during(OPERATION))
}

pub(super) async fn relay_secret(
    readers: &Pool<Db>,
    vault: &Vault,
    name: &str,
) -> Result<Option<SecretString>, StoreError> {
    let hidden: Option<Vec<u8>> =
        sqlx::query_scalar("SELECT sealed FROM relay_secret WHERE name = $1")
            .bind(name)
            .fetch_optional(readers)
            .await
            .map_err(during(OPERATION))?;
    let secret = hidden.map(|hidden| opened(vault, &places::relay_secret(name), &hidden));
    Ok(secret.transpose()?.map(SecretString::from))
}

pub(super) async fn set_relay_secret(
    writer: &Pool<Db>,
    vault: &Vault,
    name: &str,
    secret: &SecretString,
    audit_entry: NewAuditEntry<'_>,
) -> Result<(), StoreError> {
    let hidden = sealed(vault, &places::relay_secret(name), secret.expose_secret())?;
    let mut tx = begin(writer, OPERATION).await?;
    sqlx::query(
        "INSERT INTO relay_secret (name, sealed, changed_at) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed, changed_at = excluded.changed_at",
    )
    .bind(name)
    .bind(hidden)
    .bind(audit_entry.now)
    .execute(&mut *tx)
    .await
    .map_err(during(OPERATION))?;
    note(&mut tx, None, &audit_entry).await?;
    tx.commit().await.map_err(during(OPERATION))
}
