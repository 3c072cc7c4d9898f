//! What Sage allows the app as a whole, over all businesses.

use std::sync::{Mutex, MutexGuard, PoisonError};

use ledger_store::retry::Millis;

use super::throttle::day;

/// The day's calls of the whole app. Sage allows 1,296,000 of them (best practices guide).
#[derive(Debug)]
pub struct AppBudget {
    per_day: u64,
    spent: Mutex<(i64, u64)>,
}

impl AppBudget {
    /// `per_day` 0 is no limit.
    pub fn new(per_day: u64) -> Self {
        Self {
            per_day,
            spent: Mutex::new((0, 0)),
        }
    }

    fn today(&self, now: Millis) -> MutexGuard<'_, (i64, u64)> {
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        if spent.0 != day(now) {
            *spent = (day(now), 0);
        }
        spent
    }

    /// Counts a call of this process.
    pub fn spend(&self, now: Millis) {
        self.today(now).1 += 1;
    }

    /// Takes over what all processes have written down; this one may know of more of its own.
    pub fn learn(&self, calls: u64, now: Millis) {
        let mut today = self.today(now);
        today.1 = today.1.max(calls);
    }

    /// Whether the day still has calls.
    pub fn is_open(&self, now: Millis) -> bool {
        self.per_day == 0 || self.today(now).1 < self.per_day
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_ends_the_budget_and_the_next_renews_it() {
        let app = AppBudget::new(3);
        app.spend(0);
        app.learn(2, 0);
        assert!(app.is_open(0));
        app.spend(0);
        assert!(!app.is_open(0));
        assert!(app.is_open(86_400_000));
        assert!(AppBudget::new(0).is_open(0));
    }
}
