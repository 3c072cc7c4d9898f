//! When to try again: a pure schedule.
//!
//! Jitter and the present instant are arguments, so that tests choose them. Jitter only ever
//! adds, and a hint of the server can only postpone: a bad header must never cost a delivery.

use std::time::Duration;

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type Millis = i64;

/// The shape of the schedule.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    /// Delay after the first failure; doubles with every further one.
    pub first: Duration,
    /// No delay of our own is longer.
    pub cap: Duration,
}

/// A hint beyond this is not believed: a week of silence needs a person, not a header.
const LONGEST_HINT: Duration = Duration::from_hours(24);

impl Schedule {
    /// The instant of the next try after `failures` failures (1 or more).
    /// `jitter` is a share of the delay in thousandths, at most 100 of which are used.
    pub fn next(&self, failures: u32, hint: Option<Duration>, jitter: u16, now: Millis) -> Millis {
        let doublings = failures.saturating_sub(1).min(20);
        let own = self.first.saturating_mul(1_u32 << doublings).min(self.cap);
        let waited = own.max(hint.unwrap_or_default().min(LONGEST_HINT));
        let added = waited.saturating_mul(u32::from(jitter.min(100))) / 1000;
        later(now, waited.saturating_add(added))
    }
}

/// `at` plus a duration, saturating.
pub fn later(at: Millis, by: Duration) -> Millis {
    at.saturating_add(i64::try_from(by.as_millis()).unwrap_or(Millis::MAX))
}

/// The time from `now` to `at`; nothing when it is past.
pub fn until(at: Millis, now: Millis) -> Duration {
    u64::try_from(at.saturating_sub(now))
        .map(Duration::from_millis)
        .unwrap_or_default()
}

/// A `Retry-After` header: seconds, or an instant, which counts from the answer's own `Date`.
pub fn retry_after(header: Option<&str>, date: Option<&str>) -> Option<Duration> {
    let header = header?.trim();
    if let Ok(seconds) = header.parse::<u32>() {
        return Some(Duration::from_secs(seconds.into()));
    }
    let instant = |text| httpdate::parse_http_date(text).ok();
    instant(header)?.duration_since(instant(date?.trim())?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEDULE: Schedule = Schedule {
        first: Duration::from_secs(2),
        cap: Duration::from_secs(60),
    };

    #[test]
    fn doubles_up_to_the_cap() {
        let delays: Vec<Millis> = (1..=8)
            .map(|failures| SCHEDULE.next(failures, None, 0, 1_000) - 1_000)
            .collect();
        assert_eq!(
            delays,
            [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]
        );
        assert_eq!(SCHEDULE.next(u32::MAX, None, 0, 0), 60_000);
    }

    #[test]
    fn jitter_only_adds_and_at_most_a_tenth() {
        assert_eq!(SCHEDULE.next(1, None, 100, 0), 2_200);
        assert_eq!(SCHEDULE.next(1, None, u16::MAX, 0), 2_200);
    }

    #[test]
    fn a_hint_only_postpones_and_is_not_believed_for_ever() {
        assert_eq!(
            SCHEDULE.next(1, Some(Duration::from_secs(30)), 0, 0),
            30_000
        );
        assert_eq!(SCHEDULE.next(3, Some(Duration::ZERO), 0, 0), 8_000);
        assert_eq!(
            SCHEDULE.next(1, Some(Duration::from_secs(u64::MAX)), 0, 0),
            86_400_000
        );
        assert_eq!(SCHEDULE.next(1, None, 0, Millis::MAX), Millis::MAX);
    }

    #[test]
    fn reads_seconds_and_instants_and_ignores_the_rest() {
        const DATE: &str = "Fri, 31 Dec 1999 23:59:29 GMT";
        const LATER: &str = "Fri, 31 Dec 1999 23:59:59 GMT";
        assert_eq!(retry_after(Some(" 7 "), None), Some(Duration::from_secs(7)));
        let half_a_minute = Some(Duration::from_secs(30));
        assert_eq!(retry_after(Some(LATER), Some(DATE)), half_a_minute);
        for (header, date) in [
            (Some(LATER), None),
            (Some(LATER), Some("now")),
            (Some(DATE), Some(LATER)),
            (Some("-7"), Some(DATE)),
            (Some("soon"), Some(DATE)),
            (None, Some(DATE)),
        ] {
            assert_eq!(retry_after(header, date), None, "{header:?} {date:?}");
        }
        assert_eq!(until(5, 9), Duration::ZERO);
    }
}
