//! Where the sealed values of accounts, consents and the relay lie, and sealing them anew.

use sqlx::Pool;

use crate::StoreError;
use crate::vault::{Vault, VaultError};

use super::{Db, during};

pub(super) fn email(id: &str) -> String {
    format!("account/{id}/email")
}

pub(super) fn name(id: &str) -> String {
    format!("account/{id}/name")
}

pub(super) fn totp(id: &str) -> String {
    format!("account/{id}/totp")
}

pub(super) fn verifier(state_hash: &str) -> String {
    format!("consent/{state_hash}/verifier")
}

pub(super) fn refresh(state_hash: &str) -> String {
    format!("consent/{state_hash}/refresh")
}

pub(super) fn businesses(state_hash: &str) -> String {
    format!("consent/{state_hash}/businesses")
}

pub(super) fn relay_secret(name: &str) -> String {
    format!("secret/{name}")
}

pub(super) fn sealed(vault: &Vault, place: &str, text: &str) -> Result<Vec<u8>, StoreError> {
    vault
        .seal_for_relay(place, text.as_bytes())
        .map_err(StoreError::Sealed)
}

pub(super) fn opened(vault: &Vault, place: &str, sealed: &[u8]) -> Result<String, StoreError> {
    let bytes = vault.open_for_relay(place, sealed);
    let bytes = bytes.map_err(StoreError::Sealed)?;
    String::from_utf8(bytes).map_err(|_| StoreError::Sealed(VaultError::Open))
}

/// The statements that read and replace, and the place that a value is bound to.
type Column = (&'static str, &'static str, fn(&str) -> String);

/// What is sealed for long. Consents end within the hour and are left as they are.
const COLUMNS: [Column; 4] = [
    (
        "SELECT account_id, email_sealed FROM account",
        "UPDATE account SET email_sealed = $2 WHERE account_id = $1 AND email_sealed = $3",
        email,
    ),
    (
        "SELECT account_id, name_sealed FROM account",
        "UPDATE account SET name_sealed = $2 WHERE account_id = $1 AND name_sealed = $3",
        name,
    ),
    (
        "SELECT account_id, totp_sealed FROM account WHERE totp_sealed IS NOT NULL",
        "UPDATE account SET totp_sealed = $2 WHERE account_id = $1 AND totp_sealed = $3",
        totp,
    ),
    (
        "SELECT name, sealed FROM relay_secret",
        "UPDATE relay_secret SET sealed = $2 WHERE name = $1 AND sealed = $3",
        relay_secret,
    ),
];

/// Seals with the newest key what is not sealed with it; how many values.
pub(in super::super) async fn reseal(writer: &Pool<Db>, vault: &Vault) -> Result<u64, StoreError> {
    let mut done = 0;
    for (read, replace, place) in COLUMNS {
        let rows: Vec<(String, Vec<u8>)> = sqlx::query_as(read)
            .fetch_all(writer)
            .await
            .map_err(during("reseal"))?;
        for (id, old) in rows {
            if vault.is_newest(&old) {
                continue;
            }
            let new = sealed(vault, &place(&id), &opened(vault, &place(&id), &old)?)?;
            let replaced = sqlx::query(replace)
                .bind(id)
                .bind(new)
                .bind(old)
                .execute(writer)
                .await
                .map_err(during("reseal"))?;
            done += replaced.rows_affected();
        }
    }
    Ok(done)
}
