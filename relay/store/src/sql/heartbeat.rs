//! Whether the database can be written to: the truth behind `/readyz`.
//!
//! A disk that is full still answers every read, and often a small write as well, since room is
//! left in the write-ahead log. After plans could not be committed, as much as a usual request is
//! written before the database counts as good again.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use sqlx::Pool;
use tokio::sync::Mutex;

use crate::StoreError;
use crate::clock;

use super::{Db, begin, during};

/// Bytes of a beat while plans cannot be committed.
const BALLAST: usize = 256 * 1024;
/// A beat is good for so long, however often it is asked for.
const GOOD_FOR: Duration = Duration::from_secs(1);

/// What is known of the database's health.
#[derive(Debug, Default)]
pub(super) struct Heartbeat {
    has_failed: AtomicBool,
    last: Mutex<Option<Instant>>,
}

impl Heartbeat {
    /// Plans could not be committed, or could be.
    pub(super) fn note(&self, committed: bool) {
        self.has_failed.store(!committed, Ordering::Relaxed);
    }

    /// Writes, unless that was done just now.
    pub(super) async fn beat(&self, writer: &Pool<Db>) -> Result<(), StoreError> {
        let mut last = self.last.lock().await;
        let has_failed = self.has_failed.load(Ordering::Relaxed);
        if !has_failed && last.is_some_and(|at| at.elapsed() < GOOD_FOR) {
            return Ok(());
        }
        *last = None;
        let ballast = vec![0_u8; if has_failed { BALLAST } else { 0 }];
        write(writer, &ballast).await?;
        if has_failed {
            // The room that was tried out is given back.
            write(writer, &[]).await?;
            self.note(true);
        }
        *last = Some(Instant::now());
        Ok(())
    }
}

async fn write(writer: &Pool<Db>, ballast: &[u8]) -> Result<(), StoreError> {
    let mut tx = begin(writer, "heartbeat").await?;
    sqlx::query(
        "INSERT INTO heartbeat (id, beat_at, ballast) VALUES (1, $1, $2)
         ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at, ballast = excluded.ballast",
    )
    .bind(clock::now())
    .bind(ballast)
    .execute(&mut *tx)
    .await
    .map_err(during("heartbeat"))?;
    tx.commit().await.map_err(during("heartbeat"))
}
