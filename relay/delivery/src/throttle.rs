//! How fast and how much a lane may send: pure.
//!
//! Sage publishes no limit for one business, so the pace is learned: a 429 halves it, calm lets it
//! grow again. Of the day's calls each kind of document has a share, so that a flood of products
//! leaves room for the day's invoices.
//! Crates for rate limits keep a clock of their own and a fixed quota; here both are arguments.

use std::time::Duration;

use ledger_store::Tally;
use ledger_store::retry::{Millis, later, until};

/// What one binding may send, at most.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Calls in a minute; 0 is no limit.
    pub per_minute: u32,
    /// Calls in a day of UTC; 0 is no limit.
    pub per_day: u32,
}

impl Limits {
    /// The day's calls up to which what comes last may make some.
    pub fn of_the_last(self) -> u32 {
        let share = SHARES.last().copied().unwrap_or_default();
        match self.per_day {
            0 => u32::MAX,
            per_day => per_day / 100 * share,
        }
    }
}

/// Calls that may go at once after a rest: a document with its contact, and a second one.
const BURST: i64 = 10;
/// No 429 makes a lane slower than this, in calls per minute.
const SLOWEST: u32 = 6;
/// Answers without a 429 after which the pace grows, and by how much.
const CALM: u32 = 30;
const STEP: u32 = 5;

/// No call waits longer for its turn: a minute after a 429, and the slowest interval.
const LONGEST: Duration = Duration::from_secs(90);

const DAY: Millis = 86_400_000;

/// Hundredths of the day's calls up to which a priority is served: invoices, payments, credit
/// notes, customers, products.
const SHARES: [u32; 5] = [100, 95, 90, 75, 60];

/// Only what has begun.
pub const BEGUN: i8 = -1;

/// The pace of one lane.
#[derive(Debug, Clone)]
pub struct Throttle {
    limits: Limits,
    tally: Tally,
    calm: u32,
    /// When the calls made so far are worked off at the present rate.
    settled: Millis,
}

impl Throttle {
    /// Goes on where a lane, here or elsewhere, left off.
    pub fn new(limits: Limits, tally: Tally) -> Self {
        Self {
            limits,
            tally,
            calm: 0,
            settled: 0,
        }
    }

    fn rate(&self) -> u32 {
        match self.tally.rate_per_minute {
            0 => self.limits.per_minute,
            learned => learned.min(self.limits.per_minute),
        }
    }

    /// Counts a call and says how long it must wait.
    pub fn spend(&mut self, now: Millis) -> Duration {
        self.turn_page(now);
        self.tally.calls = self.tally.calls.saturating_add(1);
        if self.limits.per_minute == 0 {
            return Duration::ZERO;
        }
        let interval = 60_000 / i64::from(self.rate().max(1));
        // Further ahead than any pause: the machine's clock was set back.
        self.settled = self.settled.min(later(now, LONGEST));
        let pause = until(self.settled.saturating_sub(interval * (BURST - 1)), now);
        self.settled = self.settled.max(now).saturating_add(interval);
        pause
    }

    /// Sage asked for a pause: half the pace, and no burst after it.
    pub fn throttled(&mut self, now: Millis) {
        self.calm = 0;
        if self.limits.per_minute > 0 {
            self.tally.rate_per_minute = (self.rate() / 2).max(SLOWEST.min(self.limits.per_minute));
            self.settled = later(now, Duration::from_secs(60));
        }
    }

    /// Sage took a call.
    pub fn borne(&mut self) {
        self.calm += 1;
        if self.calm >= CALM && self.tally.rate_per_minute != 0 {
            self.calm = 0;
            let faster = self.rate().saturating_add(STEP);
            self.tally.rate_per_minute = if faster >= self.limits.per_minute {
                0
            } else {
                faster
            };
        }
    }

    /// The last priority that today's calls still leave room for.
    pub fn open_to(&mut self, now: Millis) -> i8 {
        self.turn_page(now);
        if self.limits.per_day == 0 {
            return i8::MAX;
        }
        let spent = u64::from(self.tally.calls) * 100;
        let within = |share: &&u32| spent < u64::from(self.limits.per_day) * u64::from(**share);
        let kinds = SHARES.iter().take_while(within).count();
        if kinds == SHARES.len() {
            i8::MAX
        } else {
            i8::try_from(kinds).map_or(BEGUN, |kinds| kinds - 1)
        }
    }

    pub fn tally(&self) -> Tally {
        self.tally
    }

    fn turn_page(&mut self, now: Millis) {
        let today = day(now);
        if self.tally.day != today {
            self.tally.day = today;
            self.tally.calls = 0;
        }
    }
}

/// The day of an instant, counted from 1970.
pub fn day(now: Millis) -> i64 {
    now.div_euclid(DAY)
}

/// The next midnight, UTC.
pub fn midnight(now: Millis) -> Millis {
    day(now).saturating_add(1).saturating_mul(DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        per_minute: 60,
        per_day: 1000,
    };

    /// Calls that go within a span, when each goes as soon as it may.
    fn calls(throttle: &mut Throttle, from: Millis, to: Millis) -> u32 {
        let (mut now, mut count) = (from, 0);
        loop {
            now = later(now, throttle.spend(now));
            if now >= to {
                return count;
            }
            count += 1;
        }
    }

    #[test]
    fn a_burst_and_then_the_rate() {
        let mut throttle = Throttle::new(LIMITS, Tally::default());
        let waits: Vec<Duration> = (0..12).map(|_| throttle.spend(1_000_000)).collect();
        assert!(waits.iter().take(10).all(Duration::is_zero));
        assert_eq!(
            waits[10..],
            [Duration::from_secs(1), Duration::from_secs(2)]
        );
        let mut throttle = Throttle::new(LIMITS, Tally::default());
        assert_eq!(
            calls(&mut throttle, 0, 600_000),
            609,
            "ten minutes and a burst"
        );
    }

    #[test]
    fn a_429_halves_and_calm_mends() {
        let mut throttle = Throttle::new(LIMITS, Tally::default());
        throttle.throttled(0);
        assert_eq!(throttle.tally().rate_per_minute, 30);
        let slow = calls(&mut throttle, 60_000, 120_000);
        assert!((29..=40).contains(&slow), "{slow}");
        (0..10).for_each(|_| throttle.throttled(0));
        assert_eq!(throttle.tally().rate_per_minute, SLOWEST);
        (0..CALM * 20).for_each(|_| throttle.borne());
        assert_eq!(throttle.tally().rate_per_minute, 0, "nothing left to learn");
        assert_eq!(throttle.rate(), 60);
    }

    #[test]
    fn products_stop_first_and_invoices_last() {
        let mut throttle = Throttle::new(LIMITS, Tally::default());
        let mut seen = Vec::new();
        for _ in 0..=1000 {
            let open = throttle.open_to(DAY);
            if seen.last() != Some(&open) {
                seen.push(open);
            }
            throttle.spend(DAY);
        }
        assert_eq!(seen, [i8::MAX, 3, 2, 1, 0, BEGUN]);
        assert_eq!(throttle.open_to(2 * DAY), i8::MAX, "a new day");
        assert_eq!(midnight(DAY + 5), 2 * DAY);
        assert_eq!(LIMITS.of_the_last(), 600);
    }

    #[test]
    fn no_limits_no_waiting() {
        let none = Limits {
            per_minute: 0,
            per_day: 0,
        };
        let mut throttle = Throttle::new(none, Tally::default());
        throttle.throttled(0);
        assert!((0..10_000).all(|_| throttle.spend(0).is_zero()));
        assert_eq!(throttle.open_to(0), i8::MAX);
        assert_eq!(none.of_the_last(), u32::MAX);
    }
}
