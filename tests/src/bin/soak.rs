//! `cargo xtask soak [CALLS]`: the bridge under load for long, in real PHP-FPM workers.
//!
//! Every reply is compared with the native core's. It fails when a request fails that no reload
//! excuses, or when memory grows.

use anyhow::{Result, ensure};
use ledger_tests::corpus;
use ledger_tests::fpm::{FOUR_WORKERS, Fpm, Load, Memory, ONE_WORKER, Outcome};
use ledger_tests::hosts::{Host, Native, PhpSocket, Request};
use std::sync::Arc;
use std::time::Instant;

/// Calls of each part when nothing else is said.
const CALLS: usize = 100_000;
const CLIENTS: usize = 8;
const RELOADS: usize = 20;

/// What a process may grow by between its warm-up and the end, in KiB.
const GROWTH_KIB: u64 = 512;

#[tokio::main]
async fn main() -> Result<()> {
    let calls = match std::env::args().nth(1) {
        Some(text) => text.parse()?,
        None => CALLS,
    };
    ensure!(calls >= 1_000, "at least a thousand calls");
    let load = Arc::new(Load::of_corpus()?);
    one_worker(&load, calls).await?;
    four_workers(&load, calls).await?;
    service(calls)
}

/// One worker that is never replaced: its memory must stay as it is.
async fn one_worker(load: &Arc<Load>, calls: usize) -> Result<()> {
    println!("one worker, {calls} requests");
    let fpm = Fpm::start(ONE_WORKER).await?;
    let warm_up = calls / 10;
    judge(&load.run(&fpm.socket(), warm_up, 1).await?)?;
    let worker = fpm.workers().into_iter().next().unwrap_or_default();
    let before = Memory::of(worker)?;
    let start = Instant::now();
    judge(&load.run(&fpm.socket(), calls - warm_up, 1).await?)?;
    println!("  {} s", start.elapsed().as_secs());
    ensure!(fpm.workers().contains(&worker), "the worker was replaced");
    flat("worker", before, Memory::of(worker)?)
}

/// Four workers and a reload of the master now and then.
async fn four_workers(load: &Arc<Load>, calls: usize) -> Result<()> {
    println!("four workers, {calls} requests, {CLIENTS} at a time, reloads in between");
    let fpm = Fpm::start(FOUR_WORKERS).await?;
    let start = Instant::now();
    let every = calls / (RELOADS + 1);
    let (outcome, reloads) = load.run_with_reloads(&fpm, calls, CLIENTS, every).await?;
    println!(
        "  {} s, {reloads} reloads, {} workers",
        start.elapsed().as_secs(),
        outcome.by_worker.len()
    );
    judge(&outcome)
}

/// The same through PHP's streams into sage-translate.
fn service(calls: usize) -> Result<()> {
    println!("sage-translate, {calls} calls through plain streams");
    let cases = corpus::load()?;
    let requests: Vec<Request<'_>> = cases
        .iter()
        .map(|case| Request {
            event: &case.event,
            settings: &case.settings,
        })
        .collect();
    let expected = Native.translate(&requests)?;
    let host = PhpSocket::open()?;
    let rounds = calls.div_ceil(requests.len());
    let mut before = None;
    let start = Instant::now();
    for round in 0..rounds {
        ensure!(host.translate(&requests)? == expected, "other bytes");
        if round == rounds / 10 {
            before = Some(Memory::of(host.service().process())?);
        }
    }
    println!(
        "  {} s, {} right",
        start.elapsed().as_secs(),
        rounds * requests.len()
    );
    let after = Memory::of(host.service().process())?;
    flat("service", before.unwrap_or(after), after)
}

fn judge(outcome: &Outcome) -> Result<()> {
    println!(
        "  {} right, {} failed, {} sent again because of a reload",
        outcome.right, outcome.failed, outcome.broken_by_reload
    );
    ensure!(outcome.failed == 0, "{}", outcome.complaints.join("\n"));
    Ok(())
}

fn flat(what: &str, before: Memory, after: Memory) -> Result<()> {
    println!(
        "  memory of the {what}: own {} KiB after the warm-up, {} KiB at the end; resident {} KiB",
        before.anonymous, after.anonymous, after.resident
    );
    ensure!(
        after.anonymous <= before.anonymous + GROWTH_KIB,
        "the memory of the {what} has grown"
    );
    Ok(())
}
