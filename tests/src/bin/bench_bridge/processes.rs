//! What the extension costs a process: its first use, PHP's start, and memory.

use crate::{median, micros, plain};
use anyhow::{Context, Result, ensure};
use ledger_tests::fpm::{FOUR_WORKERS, Fpm, Memory, Reply};
use ledger_tests::hosts::Php;
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::Command;
use std::time::Instant;

/// Fresh workers that are asked.
const WORKERS: usize = 40;
/// Starts of PHP, with and without the extension each.
const STARTS: usize = 80;
/// Rounds of four requests before memory is read: enough that every worker has had several.
const ROUNDS: usize = 20;
/// A request that takes so many translations keeps its worker busy while the others are asked.
const CALLS: &str = "calls=50";

/// The first use in a fresh worker, the artefact being there.
pub(crate) async fn first_use() -> Result<()> {
    let fpm = Fpm::start(&["pm = static", "pm.max_children = 1", "pm.max_requests = 1"]).await?;
    let event = plain::event(5);
    let (mut loads, mut calls, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    while loads.len() < WORKERS {
        let reply = fpm.request("fpm/first.php", "", event.as_bytes()).await?;
        ensure!(seen.insert(reply.worker()), "the worker is not fresh");
        let times: Value = serde_json::from_str(&reply.body).context(reply.body)?;
        ensure!(times["outcome"] == "post", "{times}");
        loads.push(times["load"].as_u64().context("no time")?);
        calls.push(times["call"].as_u64().context("no time")?);
    }
    let both: Vec<u64> = loads
        .iter()
        .zip(&calls)
        .map(|(one, two)| one + two)
        .collect();
    let quickest = both.iter().min().copied().unwrap_or_default();
    let slowest = both.iter().max().copied().unwrap_or_default();
    println!(
        "first call in {WORKERS} fresh PHP-FPM workers: loading {} µs, translating {} µs \
         (medians); both together {} at the quickest, {} at the slowest",
        micros(median(loads)),
        micros(median(calls)),
        micros(quickest),
        micros(slowest)
    );
    Ok(())
}

/// `php -r ''` with the extension and without.
pub(crate) fn start_of_php() -> Result<()> {
    let with = || {
        let mut php = Php::open()?.command();
        php.args(["-n", "-r", ""]);
        time(&mut php)
    };
    let without = || time(Command::new("php").args(["-n", "-r", ""]));
    let (mut loaded, mut plain) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        loaded.push(with()?);
        plain.push(without()?);
    }
    let quickest = |times: &[u64]| micros(times.iter().min().copied().unwrap_or_default());
    println!(
        "php -n -r '', {STARTS} starts each: with the extension {} µs at the quickest, without {}; \
         medians {} and {}",
        quickest(&loaded),
        quickest(&plain),
        micros(median(loaded)),
        micros(median(plain))
    );
    Ok(())
}

fn time(command: &mut Command) -> Result<u64> {
    let start = Instant::now();
    ensure!(command.status()?.success(), "php failed");
    Ok(u64::try_from(start.elapsed().as_nanos())?)
}

/// Memory of four workers: without the extension, with it unused, and in use.
pub(crate) async fn memory() -> Result<()> {
    let event = plain::event(5);
    let plain = Fpm::start_plain(FOUR_WORKERS).await?;
    let without = average(&plain, "fpm/idle.php", "", b"").await?;
    drop(plain);
    let fpm = Fpm::start(FOUR_WORKERS).await?;
    let unused = average(&fpm, "fpm/idle.php", "", b"").await?;
    let used = average(&fpm, "fpm/translate.php", CALLS, event.as_bytes()).await?;
    println!("memory of a worker, average of four, KiB:");
    println!(
        "{:<28} {:>10} {:>14} {:>10}",
        "", "resident", "proportional", "own"
    );
    for (name, memory) in [
        ("without the extension", without),
        ("extension loaded, not used", unused),
        ("extension in use", used),
    ] {
        println!(
            "{name:<28} {:>10} {:>14} {:>10}",
            memory.resident, memory.proportional, memory.anonymous
        );
    }
    println!(
        "added by use: {} KiB resident, of which {} KiB are the worker's own; the rest is shared",
        used.resident.saturating_sub(without.resident),
        used.anonymous.saturating_sub(without.anonymous)
    );
    Ok(())
}

/// The average memory of the workers after requests to all of them.
async fn average(fpm: &Fpm, script: &str, query: &str, body: &[u8]) -> Result<Memory> {
    let mut served = BTreeSet::new();
    for _ in 0..ROUNDS {
        let replies = tokio::join!(
            fpm.request(script, query, body),
            fpm.request(script, query, body),
            fpm.request(script, query, body),
            fpm.request(script, query, body),
        );
        for reply in [replies.0, replies.1, replies.2, replies.3] {
            let reply: Reply = reply?;
            ensure!(reply.status == 200, "{}", reply.body);
            served.insert(reply.worker());
        }
    }
    let workers = fpm.workers();
    ensure!(served == workers, "only {served:?} of {workers:?} had work");
    let mut sum = Memory::default();
    for worker in &workers {
        let memory = Memory::of(*worker)?;
        sum.resident += memory.resident;
        sum.proportional += memory.proportional;
        sum.anonymous += memory.anonymous;
    }
    let count = u64::try_from(workers.len())?.max(1);
    Ok(Memory {
        resident: sum.resident / count,
        proportional: sum.proportional / count,
        anonymous: sum.anonymous / count,
    })
}
