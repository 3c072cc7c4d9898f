//! Draws values from fixed seeds, tries them on every processor and counts what happened.

use anyhow::Result;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::env;
use std::fmt::Debug;
use std::thread;

/// Documents of the ordinary run.
const FEW: u32 = 2_000;

/// Documents that share one seed; each batch has the next one.
const BATCH: u32 = 1_000;

/// How often each thing happened.
pub(crate) type Counts = BTreeMap<String, u64>;

/// Documents to try: `LEDGER_PROPERTY_DOCUMENTS`, or a few thousand.
pub(crate) fn documents() -> u32 {
    env::var("LEDGER_PROPERTY_DOCUMENTS").map_or(FEW, |text| text.parse().unwrap())
}

/// Tries `check` on so many drawn values, on every processor, and prints what was counted.
pub(crate) fn try_all<T, S>(
    name: &str,
    total: u32,
    strategy: fn() -> S,
    check: fn(T, &mut Counts) -> Result<()>,
) -> Counts
where
    T: Debug,
    S: Strategy<Value = T>,
{
    let batches = total.div_ceil(BATCH);
    let workers = if total > FEW {
        thread::available_parallelism().map_or(1, |count| u32::try_from(count.get()).unwrap())
    } else {
        1
    };
    let mut counts = Counts::new();
    thread::scope(|scope| {
        let worker = |first: u32| {
            move || {
                let mine = (first..batches).step_by(usize::try_from(workers).unwrap());
                let mut counted = Counts::new();
                for batch in mine {
                    let cases = BATCH.min(total - batch * BATCH);
                    try_batch(batch, cases, strategy(), check, &mut counted);
                }
                counted
            }
        };
        let running: Vec<_> = (0..workers)
            .map(|first| scope.spawn(worker(first)))
            .collect();
        for thread in running {
            let counted = thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            for (key, count) in counted {
                *counts.entry(key).or_default() += count;
            }
        }
    });
    println!("{name}: {total} tried");
    for (what, count) in &counts {
        println!("  {count:>9}  {what}");
    }
    counts
}

fn try_batch<T: Debug>(
    batch: u32,
    cases: u32,
    strategy: impl Strategy<Value = T>,
    check: fn(T, &mut Counts) -> Result<()>,
    counts: &mut Counts,
) {
    let mut seed = [7_u8; 32];
    seed[..4].copy_from_slice(&batch.to_le_bytes());
    let config = Config {
        cases,
        failure_persistence: None,
        // Long documents shrink slowly; a larger example is better than a long wait.
        max_shrink_time: 20_000,
        ..Config::default()
    };
    let mut runner =
        TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let shared = RefCell::new(counts);
    let outcome = runner.run(&strategy, |value| {
        check(value, &mut shared.borrow_mut())
            .map_err(|error| TestCaseError::fail(format!("{error:#}")))
    });
    if let Err(error) = outcome {
        panic!("batch {batch}: {error}");
    }
}

pub(crate) fn count(counts: &mut Counts, what: impl Into<String>) {
    *counts.entry(what.into()).or_default() += 1;
}
