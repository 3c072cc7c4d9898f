//! How often a binding may ask.
//!
//! Counted in this process: with several processes a binding may ask each of them that often.
//! The limit protects the relay from a shop that runs wild; what goes to Sage has its own.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use ledger_store::BindingId;

/// The limit of every binding.
pub(crate) struct Rate(Option<DefaultKeyedRateLimiter<BindingId>>);

impl Rate {
    /// So many a minute, all of which may come at once; 0 is no limit.
    pub(crate) fn per_minute(requests: u32) -> Self {
        let quota = NonZeroU32::new(requests).map(Quota::per_minute);
        Self(quota.map(RateLimiter::keyed))
    }

    /// Lets one request in, or says how long to wait.
    pub(super) fn admit(&self, binding: &BindingId) -> Result<(), Duration> {
        let Some(limiter) = &self.0 else {
            return Ok(());
        };
        limiter
            .check_key(binding)
            .map_err(|wait| wait.wait_time_from(DefaultClock::default().now()))
    }

    /// Forgets bindings that have not asked for long.
    pub(crate) fn forget(&self) {
        if let Some(limiter) = &self.0 {
            limiter.retain_recent();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_binding_has_its_own_count() {
        let rate = Rate::per_minute(2);
        let (one, two) = (
            BindingId::new("one").unwrap(),
            BindingId::new("two").unwrap(),
        );
        assert!(rate.admit(&one).is_ok() && rate.admit(&one).is_ok());
        let wait = rate.admit(&one).unwrap_err();
        assert!(wait > Duration::from_secs(1) && wait <= Duration::from_secs(30));
        assert!(rate.admit(&two).is_ok());
        rate.forget();
        assert!(rate.admit(&one).is_err(), "a recent count is kept");
        let unlimited = Rate::per_minute(0);
        assert!((0..10_000).all(|_| unlimited.admit(&one).is_ok()));
    }
}
