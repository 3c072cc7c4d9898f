//! Sealing anew with the newest key. Every value is replaced only where it still is what was
//! read, so a relay that runs beside it loses nothing.

use sqlx::Pool;

use crate::vault::Vault;
use crate::vault::{ACCESS, API_KEY, REFRESH};
use crate::{BindingId, Request, StoreError, sealed_reason};

use super::{Db, during, seals};

/// Rows read in one go.
const AT_ONCE: i64 = 500;

/// Columns of bindings: the statements that read and replace, and the place they are bound to.
const COLUMNS: [(&str, &str, &str); 5] = [
    (
        "SELECT binding_id, settings_sealed FROM notification",
        "UPDATE notification SET settings_sealed = $2 WHERE binding_id = $1 AND settings_sealed = $3",
        seals::NOTIFICATIONS,
    ),
    (
        "SELECT id, api_key_sealed FROM binding",
        "UPDATE binding SET api_key_sealed = $2 WHERE id = $1 AND api_key_sealed = $3",
        API_KEY,
    ),
    (
        "SELECT id, former_api_key_sealed FROM binding WHERE former_api_key_sealed IS NOT NULL",
        "UPDATE binding SET former_api_key_sealed = $2 WHERE id = $1 AND former_api_key_sealed = $3",
        API_KEY,
    ),
    (
        "SELECT id, refresh_token_sealed FROM binding",
        "UPDATE binding SET refresh_token_sealed = $2 WHERE id = $1 AND refresh_token_sealed = $3",
        REFRESH,
    ),
    (
        "SELECT id, access_token_sealed FROM binding WHERE access_token_sealed IS NOT NULL",
        "UPDATE binding SET access_token_sealed = $2 WHERE id = $1 AND access_token_sealed = $3",
        ACCESS,
    ),
];

/// Reasons: the statements that read and replace.
const REASONS: [(&str, &str); 3] = [
    (
        "SELECT seq, run_id, binding_id, error FROM run WHERE seq > $1 AND error IS NOT NULL ORDER BY seq LIMIT $2",
        "UPDATE run SET error = $2 WHERE seq = $1 AND error = $3",
    ),
    (
        "SELECT seq, run_id, binding_id, finding FROM run WHERE seq > $1 AND finding IS NOT NULL ORDER BY seq LIMIT $2",
        "UPDATE run SET finding = $2 WHERE seq = $1 AND finding = $3",
    ),
    (
        "SELECT cursor, run_id, binding_id, error FROM sync_state WHERE cursor > $1 AND error IS NOT NULL ORDER BY cursor LIMIT $2",
        "UPDATE sync_state SET error = $2 WHERE cursor = $1 AND error = $3",
    ),
];

/// Statements that read and replace, and the place in a run that the value is bound to.
type Part = (&'static str, &'static str, fn(&str) -> String);

/// What belongs to runs.
const PARTS: [Part; 2] = [
    (
        "SELECT comment_id, run_id, binding_id, text_sealed FROM run_comment WHERE comment_id > $1 ORDER BY comment_id LIMIT $2",
        "UPDATE run_comment SET text_sealed = $2 WHERE comment_id = $1 AND text_sealed = $3",
        seals::comment,
    ),
    (
        "SELECT seq, run_id, binding_id, plan FROM run WHERE seq > $1 AND length(plan) > 0 ORDER BY seq LIMIT $2",
        "UPDATE run SET plan = $2 WHERE seq = $1 AND plan = $3",
        seals::plan,
    ),
];

pub(super) async fn all(writer: &Pool<Db>, vault: &Vault) -> Result<u64, StoreError> {
    let mut done = 0;
    for (read, replace, column) in COLUMNS {
        let rows: Vec<(String, Vec<u8>)> = sqlx::query_as(read)
            .fetch_all(writer)
            .await
            .map_err(during("reseal"))?;
        for (id, old) in rows {
            if let Some(new) = anew(vault, &id, column, &old)? {
                let query = sqlx::query(replace).bind(id).bind(new).bind(old);
                done += replaced(query.execute(writer).await)?;
            }
        }
    }
    for (read, replace) in REASONS {
        done += reasons(writer, vault, read, replace).await?;
    }
    done += super::super::accounts::reseal(writer, vault).await?;
    for part in PARTS {
        done += parts(writer, vault, part).await?;
    }
    Ok(done + bodies(writer, vault).await?)
}

async fn reasons(
    writer: &Pool<Db>,
    vault: &Vault,
    read: &'static str,
    replace: &'static str,
) -> Result<u64, StoreError> {
    let (mut done, mut after) = (0, 0_i64);
    loop {
        let rows: Vec<(i64, String, String, String)> = sqlx::query_as(read)
            .bind(after)
            .bind(AT_ONCE)
            .fetch_all(writer)
            .await
            .map_err(during("reseal"))?;
        let Some((last, ..)) = rows.last() else {
            return Ok(done);
        };
        after = *last;
        for (place, run_id, binding, old) in rows {
            let binding = known(&binding)?;
            if let Some(new) = sealed_reason::anew(vault, &binding, &run_id, &old)? {
                let query = sqlx::query(replace).bind(place).bind(new).bind(old);
                done += replaced(query.execute(writer).await)?;
            }
        }
    }
}

async fn parts(
    writer: &Pool<Db>,
    vault: &Vault,
    (read, replace, place): Part,
) -> Result<u64, StoreError> {
    let (mut done, mut after) = (0, 0_i64);
    loop {
        let rows: Vec<(i64, String, String, Vec<u8>)> = sqlx::query_as(read)
            .bind(after)
            .bind(AT_ONCE)
            .fetch_all(writer)
            .await
            .map_err(during("reseal"))?;
        let Some((last, ..)) = rows.last() else {
            return Ok(done);
        };
        after = *last;
        for (row, run_id, binding, old) in rows {
            if let Some(new) = anew(vault, &binding, &place(&run_id), &old)? {
                let query = sqlx::query(replace).bind(row).bind(new).bind(old);
                done += replaced(query.execute(writer).await)?;
            }
        }
    }
}

#[derive(sqlx::FromRow)]
struct Body {
    intent_id: i64,
    run_id: String,
    binding_id: String,
    #[sqlx(try_from = "i64")]
    step: u32,
    xref_key: String,
    target: String,
    body: Vec<u8>,
}

async fn bodies(writer: &Pool<Db>, vault: &Vault) -> Result<u64, StoreError> {
    let (mut done, mut after) = (0, 0_i64);
    loop {
        let rows: Vec<Body> = sqlx::query_as(
            "SELECT intent_id, run_id, binding_id, step, xref_key, target, body FROM intent
             WHERE intent_id > $1 AND length(body) > 0 ORDER BY intent_id LIMIT $2",
        )
        .bind(after)
        .bind(AT_ONCE)
        .fetch_all(writer)
        .await
        .map_err(during("reseal"))?;
        let Some(last) = rows.last() else {
            return Ok(done);
        };
        after = last.intent_id;
        for row in rows {
            let place = seals::body(&Request {
                run_id: &row.run_id,
                step: row.step,
                xref_key: &row.xref_key,
                target: &row.target,
            });
            if let Some(new) = anew(vault, &row.binding_id, &place, &row.body)? {
                let replace = "UPDATE intent SET body = $2 WHERE intent_id = $1 AND body = $3";
                let query = sqlx::query(replace)
                    .bind(row.intent_id)
                    .bind(new)
                    .bind(row.body);
                done += replaced(query.execute(writer).await)?;
            }
        }
    }
}

fn known(binding: &str) -> Result<BindingId, StoreError> {
    BindingId::new(binding).ok_or(StoreError::Contradiction("a malformed binding id"))
}

/// The value under the newest key; nothing when it is that already.
fn anew(
    vault: &Vault,
    binding: &str,
    place: &str,
    sealed: &[u8],
) -> Result<Option<Vec<u8>>, StoreError> {
    if vault.is_newest(sealed) {
        return Ok(None);
    }
    let binding = known(binding)?;
    let plain = vault.open_bytes(&binding, place, sealed);
    let plain = plain.map_err(StoreError::Sealed)?;
    let anew = vault.seal_bytes(&binding, place, &plain);
    anew.map(Some).map_err(StoreError::Sealed)
}

fn replaced(
    outcome: Result<<Db as sqlx::Database>::QueryResult, sqlx::Error>,
) -> Result<u64, StoreError> {
    outcome
        .map(|done| done.rows_affected())
        .map_err(during("reseal"))
}
