//! `sync_since` leaves documents before the cutover out; the cutover itself is in.

use super::DocumentFacts;
use crate::canonical::{Date, parse_utc};
use crate::codes;
use crate::outcome::Skip;
use crate::outcome::Step;
use crate::policy::{Settings, SyncSince};

pub(super) fn filter(settings: &Settings<'_>, facts: DocumentFacts<'_>) -> Step<Option<Skip>> {
    let event = facts.event;
    let created_at = &event.document.created_at;
    let before = is_before(
        settings,
        created_at,
        &event.local_date,
        &event.pointer("created_at"),
    )?;
    Ok(before.then(|| Skip {
        reason: codes::Skip::OutsideSyncSince,
        message: format!(
            "the document is of {} (created at {created_at} UTC), before sync_since {}",
            event.local_date,
            settings.policy.sync_since.as_deref().unwrap_or_default()
        ),
    }))
}

/// Whether a document is older than the cutover: instants are compared with the instant it was
/// created, a day with its day in the store's time zone.
pub(super) fn is_before(
    settings: &Settings<'_>,
    created_at: &str,
    local_date: &str,
    pointer: &str,
) -> Step<bool> {
    Ok(match settings.sync_since()? {
        None => false,
        Some(SyncSince::Instant(instant)) => parse_utc(created_at, pointer)? < instant,
        Some(SyncSince::Day(day)) => Date::parse(local_date, "/local_date")? < day,
    })
}
