//! Time. The only place that reads the wall clock.

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::retry::Millis;

/// The time a lane lives in; a test may let a day pass in seconds.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Millis;
    /// Waits.
    async fn rest(&self, pause: Duration);
    /// For how long the clock has run: grows evenly when the machine's time jumps.
    fn running(&self) -> Duration;
}

/// The machine's time.
pub struct System;

#[async_trait]
impl Clock for System {
    fn now(&self) -> Millis {
        now()
    }

    async fn rest(&self, pause: Duration) {
        tokio::time::sleep(pause).await;
    }

    fn running(&self) -> Duration {
        static BEGUN: OnceLock<Instant> = OnceLock::new();
        BEGUN.get_or_init(Instant::now).elapsed()
    }
}

/// Now, in milliseconds since 1970.
pub fn now() -> Millis {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or(Duration::ZERO);
    Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
}

/// An instant as RFC 3339 in UTC, for people and for the wire.
pub fn rfc3339(at: Millis) -> Option<String> {
    let instant =
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(at).saturating_mul(1_000_000)).ok()?;
    instant.format(&Rfc3339).ok()
}

/// A small number that differs from call to call: jitter needs to be spread, not secret.
pub fn jitter() -> u16 {
    let nanos = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or(Duration::ZERO)
        .subsec_nanos();
    u16::try_from(nanos % 101).unwrap_or_default()
}
