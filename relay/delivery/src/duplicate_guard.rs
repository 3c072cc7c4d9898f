//! The search before a repetition, which a negative control may take away.
//!
//! A test that counts duplicates proves nothing until it has been seen to find some. In a debug
//! build the environment variable `LEDGER_RELAY_NETS=off` leaves the search out; in a release build
//! it is always there.

#[cfg(not(debug_assertions))]
pub(super) const fn are_on() -> bool {
    true
}

#[cfg(debug_assertions)]
pub(super) fn are_on() -> bool {
    std::env::var("LEDGER_RELAY_NETS").as_deref() != Ok("off")
}
