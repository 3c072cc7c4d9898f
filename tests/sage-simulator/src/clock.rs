//! Time as the simulated business sees it: the machine's clock plus an offset that tests advance.

use std::time::{SystemTime, UNIX_EPOCH};

const SECONDS_PER_DAY: i64 = 86_400;

/// The simulated business's clock.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    offset_ms: i64,
}

impl Clock {
    /// Milliseconds since 1970 in simulated time.
    pub(crate) fn now_ms(&self) -> i64 {
        let elapsed = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        i64::try_from(elapsed.as_millis())
            .unwrap_or(i64::MAX)
            .saturating_add(self.offset_ms)
    }

    /// Seconds since 1970 in simulated time.
    pub(crate) fn now_s(&self) -> i64 {
        self.now_ms().div_euclid(1_000)
    }

    /// Moves simulated time forward (or, negative, back).
    pub(crate) fn advance_seconds(&mut self, seconds: i64) {
        self.offset_ms = self.offset_ms.saturating_add(seconds.saturating_mul(1_000));
    }
}

/// Writes seconds since 1970 the way Sage does: `2026-11-21T18:21:49Z`.
pub(crate) fn timestamp(seconds: i64) -> String {
    let (year, month, day) = civil(seconds.div_euclid(SECONDS_PER_DAY));
    let of_day = seconds.rem_euclid(SECONDS_PER_DAY);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
        of_day / 3_600,
        of_day / 60 % 60,
        of_day % 60
    )
}

/// Reads an ISO 8601 instant with a zone, or a bare date as its midnight UTC. Fractions are dropped.
pub(crate) fn parse_instant(text: &str) -> Option<i64> {
    let (date, rest) = match text.split_once(['T', ' ']) {
        Some((date, rest)) => (date, rest),
        None => return parse_date(text)?.checked_mul(SECONDS_PER_DAY),
    };
    let zone_at = rest.find(['Z', '+', '-'])?;
    let (time, zone) = rest.split_at(zone_at);
    let time = time.split('.').next()?;
    let mut parts = time.splitn(3, ':').map(|part| part.parse::<i64>().ok());
    let (hour, minute, second) = (
        parts.next()??,
        parts.next()??,
        parts.next().unwrap_or(Some(0))?,
    );
    let offset = if zone == "Z" { 0 } else { parse_zone(zone)? };
    Some(parse_date(date)? * SECONDS_PER_DAY + hour * 3_600 + minute * 60 + second - offset)
}

fn parse_zone(zone: &str) -> Option<i64> {
    let (sign, digits) = match zone.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, zone.strip_prefix('+')?),
    };
    let digits = digits.replace(':', "");
    let (hours, minutes) = digits.split_at_checked(2)?;
    Some(sign * (hours.parse::<i64>().ok()? * 3_600 + minutes.parse::<i64>().unwrap_or(0) * 60))
}

/// Adds days to a `YYYY-MM-DD` date.
pub(crate) fn add_days(date: &str, days: i64) -> Option<String> {
    let (year, month, day) = civil(parse_date(date)?.checked_add(days)?);
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

/// Days since 1970 of a `YYYY-MM-DD` date in the Gregorian calendar.
fn parse_date(date: &str) -> Option<i64> {
    let mut parts = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Years counted from March put the leap day at the end of the year.
    let (shifted_year, shifted_month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let era = shifted_year.div_euclid(400);
    let year_of_era = shifted_year.rem_euclid(400);
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    Some(
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year
            - 719_468,
    )
}

/// Year, month and day of a count of days since 1970.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_survive_the_round_trip() {
        for (date, days) in [
            ("1970-01-01", 0),
            ("2000-02-29", 11_016),
            ("2026-11-21", 20_778),
            ("1969-12-31", -1),
        ] {
            assert_eq!(parse_date(date), Some(days), "{date}");
            assert_eq!(add_days(date, 0).as_deref(), Some(date));
        }
        assert_eq!(add_days("2026-12-31", 30).as_deref(), Some("2027-01-30"));
        assert_eq!(add_days("no date", 1), None);
    }

    #[test]
    fn instants_are_read_with_their_zone() {
        let noon = parse_instant("2026-11-21T12:00:00Z").unwrap();
        assert_eq!(timestamp(noon), "2026-11-21T12:00:00Z");
        assert_eq!(parse_instant("2026-11-21T13:00:00.250+01:00"), Some(noon));
        assert_eq!(parse_instant("2026-11-21T07:00:00-0500"), Some(noon));
        assert_eq!(parse_instant("2026-11-21"), Some(noon - 43_200));
        assert_eq!(
            parse_instant("2026-11-21T12:00:00"),
            None,
            "an instant needs its zone"
        );
    }
}
