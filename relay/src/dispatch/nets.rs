//! The search before a repetition, which a negative control may take away.
//!
//! A test that counts duplicates proves nothing until it has been seen to find some. With the
//! feature `crash-points` the environment variable `LEDGER_RELAY_NETS=off` leaves the search out;
//! in every other build it is always there.

#[cfg(not(feature = "crash-points"))]
pub(super) const fn are_on() -> bool {
    true
}

#[cfg(feature = "crash-points")]
pub(super) fn are_on() -> bool {
    std::env::var("LEDGER_RELAY_NETS").as_deref() != Ok("off")
}
