//! The memory of a process, as the kernel counts it.

use anyhow::{Context, Result};
use std::fs;

/// Kibibytes of a process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Memory {
    /// Resident, shared pages included.
    pub resident: u64,
    /// Its share: pages that n processes have count for one nth.
    pub proportional: u64,
    /// Its own, written by itself: what no other process can share.
    pub anonymous: u64,
}

impl Memory {
    /// Of the process with this number.
    ///
    /// # Errors
    /// When it is gone, or the kernel does not tell.
    pub fn of(process: u32) -> Result<Self> {
        let path = format!("/proc/{process}/smaps_rollup");
        let text = fs::read_to_string(&path).with_context(|| path.clone())?;
        let line = |name: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
                .and_then(|rest| rest.trim().strip_suffix("kB")?.trim().parse().ok())
                .with_context(|| format!("{path} has no {name}"))
        };
        Ok(Self {
            resident: line("Rss")?,
            proportional: line("Pss")?,
            anonymous: line("Anonymous")?,
        })
    }
}
