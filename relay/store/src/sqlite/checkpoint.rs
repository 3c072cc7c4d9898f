//! The write-ahead log, brought into the file beside the writer.
//!
//! SQLite otherwise does so within the commit that makes the log too long, and that commit, with
//! whoever waits behind it, takes many times as long as others. A log that is written without a
//! pause is never brought in whole, though, and only a whole one begins anew: the writer still sees
//! to that itself when the log has become long, and finds most of it brought in already.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

const EVERY: Duration = Duration::from_millis(50);
/// Pages that wait in the log before it is worth the disk's time. What commits meanwhile is slower,
/// for as long as there are pages to bring in: many small pauses make a better p99 than a few long
/// ones, at the same throughput.
const WORTH: i64 = 512;
/// Looks at a log that grows no more before the rest of it is brought in.
const MOST_LOOKS: u32 = 40;
/// Pages in the log after which the writer brings in the rest. A short log begins anew often and
/// lies where the disk has room for it already.
pub(super) const LONGEST: &str = "2048";

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
        let stop = Arc::new(Notify::new());
        let task = tokio::spawn(keep(connection, Arc::clone(&stop)));
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

async fn keep(mut connection: SqliteConnection, stop: Arc<Notify>) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut looks = 0;
    loop {
        tokio::select! {
            _ = ticks.tick() => looks += 1,
            () = stop.notified() => break,
        }
        match look(&mut connection, looks >= MOST_LOOKS).await {
            Ok(true) => looks = 0,
            Ok(false) => {}
            // The log grows until the next try; nothing in it is lost.
            Err(error) => tracing::warn!(error = %error, "write-ahead log not brought in"),
        }
    }
    if let Err(error) = connection.close().await {
        tracing::warn!(error = %error, "a connection was not closed");
    }
}

/// Brings the log in when it is worth it, or whatever there is; whether it was done.
async fn look(connection: &mut SqliteConnection, whatever: bool) -> Result<bool, sqlx::Error> {
    let counted = sqlx::query_as("PRAGMA wal_checkpoint(NOOP)");
    let (_, pages, done): (i64, i64, i64) = counted.fetch_one(&mut *connection).await?;
    let waiting = pages - done;
    if waiting < WORTH && !(whatever && waiting > 0) {
        return Ok(false);
    }
    sqlx::query("PRAGMA wal_checkpoint(PASSIVE)")
        .execute(connection)
        .await?;
    Ok(true)
}
