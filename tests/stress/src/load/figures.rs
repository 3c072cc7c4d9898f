//! Durations as people read them.

use std::time::Duration;

/// The value below which so many of a thousand lie.
pub(crate) fn quantile(durations: &mut [Duration], thousandths: usize) -> Duration {
    durations.sort_unstable();
    let last = durations.len().saturating_sub(1);
    let at = (durations.len() * thousandths / 1000).min(last);
    durations.get(at).copied().unwrap_or_default()
}

/// Milliseconds with two places.
pub(crate) fn ms(duration: Duration) -> String {
    let micros = duration.as_micros();
    format!("{}.{:02} ms", micros / 1000, micros % 1000 / 10)
}

/// How often something happens in a second.
pub(crate) fn per_second(count: usize, took: Duration) -> u128 {
    u128::try_from(count).unwrap_or_default() * 1000 / took.as_millis().max(1)
}

/// Resident memory of a process in KiB, as Linux tells it.
pub(crate) fn resident(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_that_occurred() {
        let mut all: Vec<Duration> = (1..=100).rev().map(Duration::from_millis).collect();
        assert_eq!(quantile(&mut all, 500), Duration::from_millis(51));
        assert_eq!(quantile(&mut all, 990), Duration::from_millis(100));
        assert_eq!(quantile(&mut [], 990), Duration::ZERO);
        assert_eq!(ms(Duration::from_micros(1_234)), "1.23 ms");
        assert_eq!(per_second(500, Duration::from_millis(250)), 2_000);
    }
}
