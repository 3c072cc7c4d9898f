//! The write-ahead log, brought into the file beside the writer.
//!
//! SQLite otherwise does so within the commit that makes the log too long, and that commit, with
//! whoever waits behind it, takes many times as long as others.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

const EVERY: Duration = Duration::from_millis(250);
/// While it is written without a pause a log is never brought in whole, and only a whole one begins
/// anew. Beyond this length in bytes writers wait for that.
const LONGEST: u64 = 64 * 1024 * 1024;

/// Ends with the value.
#[derive(Debug)]
pub(super) struct Checkpoints(JoinHandle<()>);

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Checkpoints {
    /// Over a connection of its own to the database of these options.
    pub(super) async fn begin(options: &SqliteConnectOptions) -> Result<Self, sqlx::Error> {
        let connection = options.connect().await?;
        let mut log = options.get_filename().as_os_str().to_owned();
        log.push("-wal");
        Ok(Self(tokio::spawn(keep(connection, PathBuf::from(log)))))
    }
}

async fn keep(mut connection: SqliteConnection, log: PathBuf) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut done: Option<SystemTime> = None;
    loop {
        ticks.tick().await;
        let Ok(now) = tokio::fs::metadata(&log).await else {
            continue;
        };
        if now.modified().ok() == done {
            continue;
        }
        if let Err(error) = bring_in(&mut connection, now.len()).await {
            // The log grows until the next try; nothing in it is lost.
            tracing::warn!(error = %error, "write-ahead log not brought in");
            continue;
        }
        done = now.modified().ok();
    }
}

async fn bring_in(connection: &mut SqliteConnection, length: u64) -> Result<(), sqlx::Error> {
    sqlx::query("PRAGMA wal_checkpoint(PASSIVE)")
        .execute(&mut *connection)
        .await?;
    if length > LONGEST {
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .execute(connection)
            .await?;
    }
    Ok(())
}
