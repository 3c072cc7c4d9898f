//! Steps with their times.

use crate::process::{Outcome, say};
use std::time::{Duration, Instant};

/// What was done so far, and how long it took.
#[derive(Default)]
pub(crate) struct Steps {
    done: Vec<(&'static str, Duration)>,
}

impl Steps {
    /// Does a step. The first failure ends the whole run, because later steps build on it.
    pub(crate) fn step(&mut self, name: &'static str, work: impl FnOnce() -> Outcome) -> Outcome {
        say(format!("--- {name}"));
        let start = Instant::now();
        let result = work();
        self.done.push((name, start.elapsed()));
        result.map_err(|message| {
            self.table();
            format!("FAILED at \"{name}\": {message}")
        })
    }

    /// Prints the table.
    pub(crate) fn table(&self) {
        eprintln!();
        let total: Duration = self.done.iter().map(|(_, time)| *time).sum();
        let rows = self.done.iter().copied().chain([("total", total)]);
        for (name, time) in rows {
            eprintln!("  {name:<44} {:>5}.{} s", time.as_secs(), tenths(time));
        }
        eprintln!();
    }
}

fn tenths(time: Duration) -> u32 {
    time.subsec_millis() / 100
}
