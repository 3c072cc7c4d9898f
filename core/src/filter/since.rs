//! `sync_since` leaves documents before the cutover out; the cutover itself is in.

use super::InvoiceFacts;
use crate::Step;
use crate::canonical::{Date, parse_utc};
use crate::codes;
use crate::outcome::Skip;
use crate::policy::{Settings, SyncSince};

pub(super) fn filter(settings: &Settings, facts: &InvoiceFacts<'_>) -> Step<Option<Skip>> {
    let Some(since) = settings.sync_since()? else {
        return Ok(None);
    };
    let created_at = &facts.event.invoice.created_at;
    let (before, shown) = match since {
        SyncSince::Instant(instant) => (
            parse_utc(created_at, "/invoice/created_at")? < instant,
            format!("created at {created_at} UTC"),
        ),
        SyncSince::Day(day) => (
            Date::parse(&facts.event.local_date, "/local_date")? < day,
            format!("dated {}", facts.event.local_date),
        ),
    };
    Ok(before.then(|| Skip {
        reason: codes::Skip::OutsideSyncSince,
        message: format!(
            "the invoice is {shown}, before sync_since {}",
            settings.policy.sync_since.as_deref().unwrap_or_default()
        ),
    }))
}
