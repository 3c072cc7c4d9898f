//! How fast, how late, how large: the relay under load, SQLite and PostgreSQL side by side.
//!
//! Everything runs on one machine, so the shops and Sage take their share of it. Nothing is
//! asserted: the figures are for reading, with what else the machine did beside them.

pub(crate) mod figures;
mod idle;
mod peer;
mod sage;

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use ledger_postgres::Durability;

use crate::documents::Templates;
use crate::relay::{Installation, Process};
use crate::shop::Shop;

use figures::{ms, per_second, quantile, resident};
use sage::Sage;

const CONNECTIONS: usize = 16;
/// Plans of one measurement of the door.
const PLANS: usize = 16_000;
/// Plans in a request: a document at a time, a few, and as many as the Magento module sends at most.
const BATCHES: [usize; 3] = [1, 5, 20];
const BACKLOG: usize = 100_000;
/// How long Sage takes for an answer while shops are measured side by side.
const SAGE: Duration = Duration::from_millis(20);
/// Of one measurement.
const LONGEST: Duration = Duration::from_secs(600);

/// No limits but the machine's.
pub(crate) const SETTINGS: [(&str, &str); 3] = [
    ("LEDGER_RELAY__SERVER__MAX_REQUESTS_PER_MINUTE", "0"),
    ("LEDGER_RELAY__SAGE__REQUESTS_PER_MINUTE", "0"),
    ("LEDGER_RELAY__SAGE__REQUESTS_PER_DAY", "0"),
];

/// A budget of one call a day keeps the lanes at rest: the door alone is measured.
const CLOSED: [(&str, &str); 1] = [("LEDGER_RELAY__SAGE__REQUESTS_PER_DAY", "1")];

/// What can be measured.
const PARTS: [&str; 5] = ["door", "sends", "restart", "neighbours", "idle"];
/// Measures the peer, beside PostgreSQL; only when it is asked for, because it needs npm.
const PEER: &str = "--peer";
const DATABASES: [(&str, &str, bool); 2] = [
    ("sqlite", "SQLite", false),
    ("postgres", "PostgreSQL", true),
];

/// Prints the figures that are asked for, of the databases that are; all of them when nothing is.
///
/// # Errors
/// When a word names neither, or a trial cannot go on.
pub async fn print(words: &[String]) -> Result<()> {
    let names = DATABASES.map(|(word, ..)| word);
    let unknown = |word: &&String| {
        !names.contains(&word.as_str()) && !PARTS.contains(&word.as_str()) && *word != PEER
    };
    if let Some(word) = words.iter().find(unknown) {
        anyhow::bail!("{word} is none of {} {}", names.join(" "), PARTS.join(" "));
    }
    let asked = |all: &[&str], one: &str| {
        let some: Vec<&String> = words
            .iter()
            .filter(|word| all.contains(&word.as_str()))
            .collect();
        some.is_empty() || some.iter().any(|word| *word == one)
    };
    if words.iter().any(|word| word == PEER) {
        let closed = [&SETTINGS[..], &CLOSED].concat();
        return peer::beside(|| Installation::on_postgres(Durability::Disk, &closed)).await;
    }
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("load of the machine before: {}", load.trim());
    for (word, name, is_postgres) in DATABASES {
        if !asked(&names, word) {
            continue;
        }
        println!("\n{name}");
        let open = |more: &[(&str, &str)]| {
            let settings = [&SETTINGS, more].concat();
            if is_postgres {
                Installation::on_postgres(Durability::Disk, &settings)
            } else {
                Installation::on_sqlite(&settings)
            }
        };
        let [door_is, sends_is, restart_is, neighbours_is, idle_is] =
            PARTS.map(|part| asked(&PARTS, part));
        for batch in BATCHES.into_iter().filter(|_| door_is) {
            in_time(door(&open(&CLOSED)?, batch)).await?;
        }
        if sends_is {
            in_time(sends(&open(&[])?)).await?;
        }
        if restart_is {
            in_time(restart(&open(&[])?)).await?;
        }
        if neighbours_is {
            in_time(neighbours(&open(&[])?)).await?;
        }
        if idle_is {
            in_time(idle::idle([&open(&[])?, &open(&[])?])).await?;
        }
    }
    Ok(())
}

/// A measurement that does not come to its end is told, and the others are made all the same.
async fn in_time(measurement: impl Future<Output = Result<()>>) -> Result<()> {
    if let Ok(done) = tokio::time::timeout(LONGEST, measurement).await {
        return done;
    }
    println!("  not done within {} s", LONGEST.as_secs());
    Ok(())
}

/// A relay with some shops, and the Sage they share.
pub(crate) struct Stand {
    pub(crate) process: Process,
    pub(crate) sage: Sage,
    pub(crate) shops: Vec<Shop>,
    templates: Templates,
}

impl Stand {
    pub(crate) async fn set_up(installation: &Installation, shops: usize) -> Result<Self> {
        let sage = Sage::start().await?;
        let shops: Vec<Shop> = (0..shops)
            .map(|number| Shop::new(format!("shop-{number}")))
            .collect::<Result<_>>()?;
        for shop in &shops {
            installation.add(shop, &sage.url, "r", &format!("business-of-{}", shop.id))?;
        }
        let process = installation.start("relay", None)?;
        Ok(Self {
            process: process.context("the relay died at its start")?,
            sage,
            shops,
            templates: Templates::load()?,
        })
    }

    /// Waits until Sage has seen so many writes.
    pub(crate) async fn until_written(&self, count: usize) -> Result<()> {
        let end = Instant::now() + Duration::from_secs(300);
        while self.sage.count() < count {
            ensure!(
                Instant::now() < end,
                "{} of {count} writes",
                self.sage.count()
            );
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(())
    }

    /// Posts so many invoices of one guest, beginning with this order.
    pub(crate) async fn post(&self, shop: &Shop, first: u64, count: usize) -> Result<()> {
        let orders: Vec<u64> = (first..).take(count).collect();
        for batch in orders.chunks(500) {
            let plans: Vec<String> = batch
                .iter()
                .map(|order| self.templates.one_invoice(*order))
                .collect();
            let plans: Vec<&str> = plans.iter().map(String::as_str).collect();
            shop.post(&self.process.url, &plans).await?;
        }
        Ok(())
    }
}

/// Plans on disk per second, over so many connections, each of its own shop.
async fn door(installation: &Installation, batch: usize) -> Result<()> {
    let size = templates()?.first().map_or(0, String::len);
    let (rate, mut answers) = door_rate(installation, batch).await?;
    println!(
        "  ingest, {CONNECTIONS} connections, {batch} plans of {size} bytes a request: {rate} plans/s, p50 {}, p99 {}",
        ms(quantile(&mut answers, 500)),
        ms(quantile(&mut answers, 990)),
    );
    Ok(())
}

async fn door_rate(installation: &Installation, batch: usize) -> Result<(u128, Vec<Duration>)> {
    let stand = Stand::set_up(installation, CONNECTIONS).await?;
    flooded(&templates()?, batch, |connection| {
        let shop = stand.shops.get(connection).cloned();
        let url = stand.process.url.clone();
        move |plans: Vec<String>| {
            let (shop, url) = (shop.clone(), url.clone());
            async move {
                let plans: Vec<&str> = plans.iter().map(String::as_str).collect();
                let statuses = shop.context("a shop")?.post(&url, &plans).await?;
                ensure!(statuses.iter().all(|status| status == "accepted"), "taken");
                Ok(())
            }
        }
    })
    .await
}

/// The plans of one connection.
fn templates() -> Result<Vec<String>> {
    let templates = Templates::load()?;
    let orders = (1_u64..).take(PLANS / CONNECTIONS);
    Ok(orders.map(|order| templates.one_invoice(order)).collect())
}

/// Sends the plans over every connection; how many were taken in a second, and how long each
/// request took.
async fn flooded<Post, Answer>(
    plans: &[String],
    batch: usize,
    post: impl Fn(usize) -> Post,
) -> Result<(u128, Vec<Duration>)>
where
    Post: Fn(Vec<String>) -> Answer + Send + 'static,
    Answer: Future<Output = Result<()>> + Send,
{
    let began = Instant::now();
    let mut tasks = Vec::new();
    for connection in 0..CONNECTIONS {
        let (post, plans) = (post(connection), plans.to_vec());
        tasks.push(tokio::spawn(async move {
            let mut answers = Vec::new();
            for batch in plans.chunks(batch) {
                let asked = Instant::now();
                post(batch.to_vec()).await?;
                answers.push(asked.elapsed());
            }
            anyhow::Ok(answers)
        }));
    }
    let mut answers = Vec::new();
    for task in tasks {
        answers.extend(task.await??);
    }
    let rate = per_second(plans.len() * CONNECTIONS, began.elapsed());
    Ok((rate, answers))
}

/// What passes between Sage's answer and the next request of the same lane.
async fn sends(installation: &Installation) -> Result<()> {
    const SENDS: usize = 2_000;
    let stand = Stand::set_up(installation, 1).await?;
    let shop = stand.shops.first().context("a shop")?;
    stand.post(shop, 1, SENDS).await?;
    // One contact beside the invoices.
    stand.until_written(SENDS + 1).await?;
    let seen = stand.sage.take();
    let pairs = seen.iter().zip(seen.iter().skip(1)).skip(100);
    let mut gaps: Vec<Duration> = pairs
        .map(|(one, next)| next.asked.duration_since(one.answered))
        .collect();
    println!(
        "  overhead per send, one lane: p50 {}, p99 {}",
        ms(quantile(&mut gaps, 500)),
        ms(quantile(&mut gaps, 990)),
    );
    Ok(())
}

/// From the start of a new process to the first repetition of a send that was cut off.
async fn restart(installation: &Installation) -> Result<()> {
    let mut stand = Stand::set_up(installation, 1).await?;
    let shop = stand.shops.first().context("a shop")?.clone();
    stand.sage.answer_after(Duration::from_millis(50));
    stand.post(&shop, 1, 50).await?;
    stand.until_written(5).await?;
    stand.process.kill()?;
    tokio::time::sleep(Duration::from_millis(200)).await;
    stand.sage.take();
    let began = Instant::now();
    let process = installation.start("relay", None)?;
    stand.process = process.context("the relay died at its start")?;
    let ready = began.elapsed();
    stand.until_written(1).await?;
    let first = stand.sage.take();
    let first = first.first().context("a write")?;
    println!(
        "  killed during a send: ready again after {}, first send after {}",
        ms(ready),
        ms(first.asked.duration_since(began)),
    );
    Ok(())
}

/// One shop's latency alone, and beside another's hundred thousand documents.
async fn neighbours(installation: &Installation) -> Result<()> {
    let stand = Stand::set_up(installation, 2).await?;
    let (quiet, busy) = match stand.shops.as_slice() {
        [quiet, busy] => (quiet, busy),
        _ => anyhow::bail!("two shops"),
    };
    stand.sage.answer_after(SAGE);
    let idle = resident(stand.process.id());
    let alone = latencies(&stand, quiet, 1).await?;
    let began = Instant::now();
    stand.post(busy, 1_000_000, BACKLOG).await?;
    let taken = began.elapsed();
    let loaded = resident(stand.process.id());
    let beside = latencies(&stand, quiet, 500_000).await?;
    let later = resident(stand.process.id());
    let kib = |kib: Option<u64>| kib.map_or("?".to_owned(), |kib| format!("{} MiB", kib / 1024));
    for (when, latencies) in [
        ("alone", alone),
        (&format!("beside {BACKLOG} of another"), beside),
    ] {
        println!("  accepted to asked, {when}: {}", told(latencies.asked));
        println!(
            "  accepted to answered by Sage, which takes {} ms, {when}: {}",
            SAGE.as_millis(),
            told(latencies.answered)
        );
    }
    println!(
        "  resident: {} idle, {} with the backlog (taken in {} s), {} after {} writes",
        kib(idle),
        kib(loaded),
        taken.as_secs(),
        kib(later),
        stand.sage.total(),
    );
    Ok(())
}

fn told(mut durations: Vec<Duration>) -> String {
    format!(
        "p50 {}, p99 {}",
        ms(quantile(&mut durations, 500)),
        ms(quantile(&mut durations, 990))
    )
}

/// From a plan's acknowledgement on.
#[derive(Default)]
struct Latencies {
    /// Until its invoice arrives at Sage.
    asked: Vec<Duration>,
    /// Until its invoice stands in Sage.
    answered: Vec<Duration>,
}

/// One document at a time.
async fn latencies(stand: &Stand, shop: &Shop, first: u64) -> Result<Latencies> {
    const DOCUMENTS: usize = 1_000;
    let business = format!("business-of-{}", shop.id);
    let mut all = Latencies::default();
    for order in (first..).take(DOCUMENTS + 5) {
        let plan = stand.templates.one_invoice(order);
        let number = format!("1{order:08}");
        shop.post(&stand.process.url, &[&plan]).await?;
        let acknowledged = Instant::now();
        let seen = loop {
            let seen = stand.sage.take();
            let ours = |seen: &&sage::Seen| seen.business == business && seen.reference == number;
            if let Some(seen) = seen.iter().find(ours) {
                break seen.clone();
            }
            ensure!(acknowledged.elapsed() < Duration::from_secs(30), "arrives");
            tokio::time::sleep(Duration::from_millis(1)).await;
        };
        let since = |instant: Instant| instant.saturating_duration_since(acknowledged);
        all.asked.push(since(seen.asked));
        all.answered.push(since(seen.answered));
    }
    // The first ones make contact, token and caches.
    Ok(Latencies {
        asked: all.asked.split_off(5),
        answered: all.answered.split_off(5),
    })
}
