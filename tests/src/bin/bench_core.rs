//! `cargo xtask bench core`: native core and component side by side, and the core's allocations.
//!
//! Both are measured in turn in the same process, and medians of several rounds are printed, so
//! that what else the machine does touches both alike. Nothing is asserted.

#[path = "../../../core/benches/plain/mod.rs"]
mod plain;

use anyhow::{Result, ensure};
use ledger_tests::hosts::artefact;
use ledger_wasm_host::Translator;
use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Rounds of which the median counts.
const ROUNDS: usize = 15;

/// A round of one host takes about this long.
const ROUND: Duration = Duration::from_millis(80);

/// The system's allocator, counting.
struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicU64 = AtomicU64::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call goes to the system's allocator unchanged; counting touches no memory of it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: the caller's promise about the layout is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the pointer came from the system's allocator with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size);
        // SAFETY: the pointer came from the system's allocator with this layout.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

fn count(size: usize) {
    ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
    BYTES.fetch_add(u64::try_from(size).unwrap_or_default(), Ordering::Relaxed);
}

fn main() -> Result<()> {
    let component = Translator::load(artefact("LEDGER_COMPONENT")?)?;
    println!("medians of {ROUNDS} rounds; settings golden/profiles/gb_base.json, compact");
    println!(
        "{:>6} {:>12} {:>13} {:>7} {:>13} {:>10} {:>12}",
        "lines", "native µs", "component µs", "ratio", "allocations", "bytes", "µs per line"
    );
    for lines in [1_u32, 5, 50, 500] {
        let event = plain::event(lines);
        let native = || ledger_core::translate(black_box(&event), &plain::SETTINGS).to_json();
        let hosted = || component.translate(black_box(&event), &plain::SETTINGS);
        ensure!(native() == hosted()?.document, "the hosts differ");

        let before = (
            ALLOCATIONS.load(Ordering::Relaxed),
            BYTES.load(Ordering::Relaxed),
        );
        black_box(native());
        let allocations = ALLOCATIONS.load(Ordering::Relaxed) - before.0;
        let bytes = BYTES.load(Ordering::Relaxed) - before.1;

        let mut native_times = Vec::new();
        let mut hosted_times = Vec::new();
        for _ in 0..ROUNDS {
            native_times.push(round(|| drop(black_box(native()))));
            hosted_times.push(round(|| drop(black_box(hosted()))));
        }
        let (native, hosted) = (median(native_times), median(hosted_times));
        println!(
            "{lines:>6} {:>12} {:>13} {:>7} {allocations:>13} {bytes:>10} {:>12}",
            hundredths(native / 10),
            hundredths(hosted / 10),
            hundredths(hosted * 100 / native.max(1)),
            hundredths(native / 10 / u64::from(lines)),
        );
    }
    Ok(())
}

/// Nanoseconds of one call, averaged over a round.
fn round(call: impl Fn()) -> u64 {
    let start = Instant::now();
    let mut calls = 0_u64;
    while start.elapsed() < ROUND {
        call();
        calls += 1;
    }
    u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX) / calls.max(1)
}

fn median(mut times: Vec<u64>) -> u64 {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// So many hundredths as a decimal number.
fn hundredths(amount: u64) -> String {
    format!("{}.{:02}", amount / 100, amount % 100)
}
