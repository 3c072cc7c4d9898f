//! Instants in words. Days and times are UTC, and say so.

use time::OffsetDateTime;
use time::macros::format_description;

use ledger_store::retry::Millis;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

fn instant(at: Millis) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(at).saturating_mul(1_000_000)).ok()
}

/// `28 Nov 2026, 14:02`.
pub(super) fn moment(at: Millis) -> String {
    let shape =
        format_description!("[day padding:none] [month repr:short] [year], [hour]:[minute]");
    let shown = instant(at).and_then(|instant| instant.format(&shape).ok());
    shown.unwrap_or_default()
}

/// `28 Nov`.
pub(super) fn day(day: i64) -> String {
    let shape = format_description!("[day padding:none] [month repr:short]");
    let shown = instant(day.saturating_mul(DAY)).and_then(|instant| instant.format(&shape).ok());
    shown.unwrap_or_default()
}

/// How long ago, in the largest unit that fits.
pub(super) fn ago(at: Millis, now: Millis) -> String {
    let passed = now.saturating_sub(at).max(0);
    let counted = |count: i64, unit: &str| {
        let s = if count == 1 { "" } else { "s" };
        format!("{count} {unit}{s} ago")
    };
    match passed {
        ..MINUTE => "just now".to_owned(),
        MINUTE..HOUR => counted(passed / MINUTE, "minute"),
        HOUR..DAY => counted(passed / HOUR, "hour"),
        _ => counted(passed / DAY, "day"),
    }
}

/// The beginning of a day that was typed as `2026-11-28`.
pub(super) fn beginning(text: &str) -> Option<Millis> {
    let shape = format_description!("[year]-[month]-[day]");
    let date = time::Date::parse(text, &shape).ok()?;
    let seconds = date.midnight().assume_utc().unix_timestamp();
    Some(seconds.saturating_mul(1_000))
}

/// A day that stands as `2026-11-28`: `28 Nov 2026`.
pub(super) fn date(text: &str) -> String {
    let shape = format_description!("[day padding:none] [month repr:short] [year]");
    let day = beginning(text).and_then(instant);
    let shown = day.and_then(|day| day.format(&shape).ok());
    shown.unwrap_or_else(|| text.to_owned())
}

/// An instant as it stands in an answer of the relay: RFC 3339.
pub(super) fn of_text(text: &str) -> String {
    let shape = &time::format_description::well_known::Rfc3339;
    let read = OffsetDateTime::parse(text, shape);
    read.map_or_else(
        |_| text.to_owned(),
        |at| moment(at.unix_timestamp().saturating_mul(1_000)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_and_written() {
        let at = beginning("2026-11-28").unwrap();
        assert_eq!(moment(at), "28 Nov 2026, 00:00");
        assert_eq!(day(at / DAY), "28 Nov");
        assert_eq!(date("2026-11-08"), "8 Nov 2026");
        assert_eq!(date("soon"), "soon");
        assert_eq!(beginning("28.11.2026"), None);
        assert_eq!(ago(at, at + 59_000), "just now");
        assert_eq!(ago(at, at + MINUTE), "1 minute ago");
        assert_eq!(ago(at, at + 49 * HOUR), "2 days ago");
        assert_eq!(of_text("2026-11-28T14:02:11.5Z"), "28 Nov 2026, 14:02");
    }
}
