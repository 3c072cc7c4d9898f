//! A relay with a shop and a Sage, for one test.

mod broken;
pub(crate) mod browser;
pub(crate) mod browser_files;
pub(crate) mod contract;
pub(crate) mod fake;
pub(crate) mod fault;
pub(crate) mod magento;
pub(crate) mod person;
pub(crate) mod plans;
pub(crate) mod process;
pub(crate) mod reader;
pub(crate) mod rig;
mod shapes;
pub(crate) mod sink;
pub(crate) mod way;

use std::future::Future;
use std::time::{Duration, Instant};

/// Longer than anything here takes; reached only when a test fails.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

/// Asks until there is an answer, or fails the test at the deadline.
pub(crate) async fn eventually<T, F: Future<Output = Option<T>>>(
    what: &str,
    mut ask: impl FnMut() -> F,
) -> T {
    let end = Instant::now() + DEADLINE;
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(Instant::now() < end, "never happened: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
