//! A copy of a database that is in use, and whether a copy is any good.

use std::fs::{self, File};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use crate::backup::{BackupError, BackupReport};
use crate::vault::Vault;
use crate::vault::{API_KEY, REFRESH};
use crate::{BindingId, StoreError};

use super::sql::during;

/// Copies the database as it is at one instant, beside whoever writes to it. The copy is on disk
/// when this returns, and readable by its owner only.
pub(crate) async fn copy(from: &Path, to: &Path) -> Result<(), BackupError> {
    let refused = |source| BackupError::File {
        path: to.display().to_string(),
        source,
    };
    let made = File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(to)
        .map_err(refused)?;
    let copied = async {
        let mut database = SqliteConnectOptions::new()
            .filename(from)
            .read_only(true)
            .connect()
            .await?;
        // An empty file is filled; one with content would be refused.
        sqlx::query("VACUUM INTO ?1")
            .bind(to.display().to_string())
            .execute(&mut database)
            .await?;
        database.close().await
    };
    if let Err(source) = copied.await {
        // What is half written must not be taken for a copy.
        let _ = fs::remove_file(to);
        return Err(BackupError::Store(during("backup")(source)));
    }
    made.sync_all().map_err(refused)?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(refused)
}

/// Whether a relay could go on with this copy; changes nothing.
pub(crate) async fn verify(file: &Path, vault: &Arc<Vault>) -> Result<BackupReport, BackupError> {
    let failed = |source| BackupError::Store(during("verify")(source));
    fs::metadata(file).map_err(|source| BackupError::File {
        path: file.display().to_string(),
        source,
    })?;
    let mut database = SqliteConnectOptions::new()
        .filename(file)
        .read_only(true)
        // Nobody writes to a copy, and nothing is to be left beside it.
        .immutable(true)
        .connect()
        .await
        .map_err(failed)?;
    let mut problems: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check(10)")
        .fetch_all(&mut database)
        .await
        .map_err(failed)?;
    problems.retain(|line| line != "ok");
    let orphans: i64 = sqlx::query_scalar("SELECT count(*) FROM pragma_foreign_key_check")
        .fetch_one(&mut database)
        .await
        .map_err(failed)?;
    if orphans > 0 {
        problems.push(format!("{orphans} rows refer to rows that are not there"));
    }
    problems.extend(schema(&mut database).await.map_err(failed)?);
    problems.extend(keys(&mut database, vault).await?);
    let (bindings, documents, newest): (i64, i64, Option<i64>) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM binding), (SELECT count(*) FROM run), (SELECT max(updated_at) FROM run)",
    )
    .fetch_one(&mut database)
    .await
    .map_err(failed)?;
    database.close().await.map_err(failed)?;
    Ok(BackupReport {
        bindings,
        documents,
        newest,
        problems,
    })
}

/// Whether this binary knows every step that made the schema.
async fn schema(database: &mut SqliteConnection) -> Result<Option<String>, sqlx::Error> {
    let version: i64 =
        sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations WHERE success")
            .fetch_one(database)
            .await?;
    let known = sqlx::migrate!("migrations/sqlite");
    let newest = known.iter().map(|step| step.version).max();
    Ok((Some(version) > newest).then(|| format!("schema {version} was written by a newer relay")))
}

/// Whether the keys at hand open what is sealed in the copy.
async fn keys(
    database: &mut SqliteConnection,
    vault: &Arc<Vault>,
) -> Result<Option<String>, BackupError> {
    let sealed: Vec<(String, Vec<u8>, Vec<u8>)> =
        sqlx::query_as("SELECT id, api_key_sealed, refresh_token_sealed FROM binding ORDER BY id")
            .fetch_all(database)
            .await
            .map_err(|source| BackupError::Store(during("verify")(source)))?;
    for (id, api_key, refresh) in sealed {
        let binding = BindingId::new(&id).ok_or(BackupError::Store(StoreError::Contradiction(
            "a malformed binding id",
        )))?;
        let opens = vault.open(&binding, API_KEY, &api_key).is_ok()
            && vault.open(&binding, REFRESH, &refresh).is_ok();
        if !opens {
            return Ok(Some(format!(
                "what is sealed for {id} does not open with the keys of this relay: the server key is another one, or an older sealing key is missing"
            )));
        }
    }
    Ok(None)
}
