//! What many shops cost that have nothing to send.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::relay::Installation;

use super::Stand;
use super::figures::resident;

const SHOPS: usize = 1_000;
/// From the start until nothing is left to do.
const SETTLING: Duration = Duration::from_secs(20);
const WATCHED: Duration = Duration::from_secs(60);

/// Memory and processor time of a relay with a thousand bindings at rest, and with one.
pub(super) async fn idle(installations: [&Installation; 2]) -> Result<()> {
    for (installation, shops) in installations.into_iter().zip([1, SHOPS]) {
        let stand = Stand::set_up(installation, shops).await?;
        tokio::time::sleep(SETTLING).await;
        let process = stand.process.id();
        let (before, began) = (processor_time(process)?, Instant::now());
        tokio::time::sleep(WATCHED).await;
        let used = processor_time(process)?.saturating_sub(before);
        let thousandths = used.as_micros() * 1000 / began.elapsed().as_micros().max(1);
        println!(
            "  {shops} bindings at rest: {} MiB resident, {}.{} % of a core",
            resident(process).unwrap_or_default() / 1024,
            thousandths / 10,
            thousandths % 10,
        );
    }
    Ok(())
}

/// What a process has used since its start, from `/proc`.
fn processor_time(process: u32) -> Result<Duration> {
    /// Linux counts in hundredths of a second there.
    const TICK: Duration = Duration::from_millis(10);
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // Fields 14 and 15; the name in front of them may hold blanks.
    let (_, fields) = stat.rsplit_once(')').context("a stat of Linux")?;
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks: u32 = ticks.filter_map(|ticks| ticks.parse::<u32>().ok()).sum();
    Ok(TICK * ticks)
}
