//! `cargo xtask bench bridge`: what the bridge costs, every way side by side in one run.
//!
//! Rounds of all ways alternate, and medians are printed, so that what else the machine does
//! touches all alike. Nothing is asserted but that every way gives the same bytes.

#![allow(
    clippy::indexing_slicing,
    reason = "of JSON: what is not there is null"
)]

#[path = "../../../../core/benches/plain/mod.rs"]
mod plain;
mod calls;
mod processes;

use anyhow::Result;

#[tokio::main]
async fn main() -> Result<()> {
    calls::table()?;
    processes::first_use().await?;
    processes::start_of_php()?;
    processes::memory().await
}

/// The middle one.
fn median(mut values: Vec<u64>) -> u64 {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Nanoseconds as microseconds with one digit.
fn micros(nanoseconds: u64) -> String {
    format!("{}.{}", nanoseconds / 1000, nanoseconds % 1000 / 100)
}

/// A ratio with two digits.
fn ratio(one: u64, other: u64) -> String {
    let hundredths = one * 100 / other.max(1);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}
