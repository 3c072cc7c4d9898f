//! Reference data as it is kept, and the turn in which it is read again.

use crate::retry::Millis;

/// A list of reference data with its age.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ReferenceRow {
    pub kind: String,
    pub body: String,
    pub fetched_at: Millis,
}

/// What a refresh of reference data may do beside the documents.
#[derive(Debug, Clone, Copy)]
pub struct ReferenceTurn {
    pub now: Millis,
    /// Whether it waits for a lane that rests and has nothing to do.
    pub only_when_idle: bool,
    /// When it is tried again, should it fail.
    pub next_at: Millis,
    /// The day of `now`, counted from 1970.
    pub day: i64,
    /// Calls it will make.
    pub calls: u32,
    /// Calls of the day up to which it may.
    pub up_to: u32,
}

/// A binding with reference data, and when the oldest of it was read.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ReferenceAge {
    pub binding_id: String,
    pub oldest: Millis,
}
