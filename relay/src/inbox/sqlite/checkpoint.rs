//! The write-ahead log, brought into the file beside the writer.
//!
//! SQLite otherwise does so within the commit that makes the log too long, and that commit, with
//! whoever waits behind it, takes many times as long as others. A log that is written without a
//! pause is never brought in whole, though, and only a whole one begins anew: the writer still sees
//! to that itself when the log has become long, and finds most of it brought in already.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

const EVERY: Duration = Duration::from_millis(100);
/// Pages in the log after which the writer brings in the rest.
pub(super) const LONGEST: &str = "16384";

/// Keeps the log short until it is told to end.
#[derive(Debug)]
pub(super) struct Checkpoints {
    stop: Arc<Notify>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Checkpoints {
    /// Over a connection of its own to the database of these options.
    pub(super) async fn begin(options: &SqliteConnectOptions) -> Result<Self, sqlx::Error> {
        let connection = options.connect().await?;
        let mut log = options.get_filename().as_os_str().to_owned();
        log.push("-wal");
        let stop = Arc::new(Notify::new());
        let task = tokio::spawn(keep(connection, PathBuf::from(log), Arc::clone(&stop)));
        Ok(Self {
            stop,
            task: Mutex::new(Some(task)),
        })
    }

    /// Lets go of the database.
    pub(super) async fn end(&self) {
        self.stop.notify_one();
        let task = self
            .task
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(task) = task
            && let Err(error) = task.await
        {
            tracing::error!(error = %error, "the keeper of the write-ahead log ended badly");
        }
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.stop.notify_one();
    }
}

async fn keep(mut connection: SqliteConnection, log: PathBuf, stop: Arc<Notify>) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut done: Option<SystemTime> = None;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = stop.notified() => break,
        }
        let Ok(now) = tokio::fs::metadata(&log).await else {
            continue;
        };
        if now.modified().ok() == done {
            continue;
        }
        let brought_in = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)")
            .execute(&mut connection)
            .await;
        if let Err(error) = brought_in {
            // The log grows until the next try; nothing in it is lost.
            tracing::warn!(error = %error, "write-ahead log not brought in");
            continue;
        }
        done = now.modified().ok();
    }
    if let Err(error) = connection.close().await {
        tracing::warn!(error = %error, "a connection was not closed");
    }
}
