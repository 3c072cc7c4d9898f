//! One side is restored from a backup, or copied.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::sage::Mode;

use super::report::Row;
use super::stage::{Stage, Store};

/// How old the backup is when it is restored.
#[derive(Debug, Clone, Copy)]
pub(super) struct Age {
    pub(super) scenario: &'static str,
    pub(super) seconds: i64,
}

pub(super) const AGES: [Age; 3] = [
    Age {
        scenario: "relay restored, minutes ago",
        seconds: 120,
    },
    Age {
        scenario: "relay restored, an hour ago",
        seconds: 3_600,
    },
    Age {
        scenario: "relay restored, ten days ago",
        seconds: 864_000,
    },
];

/// The database as it was, kept while the relay goes on.
enum Backup {
    File(Vec<u8>),
    Template,
}

async fn back_up(stage: &mut Stage) -> Result<Backup> {
    stage.kill();
    if stage.store == Store::Sqlite {
        stage.start()?;
        let copy = stage.installation.folder().join("copy.sqlite3");
        let (good, told) = stage
            .installation
            .cli(&["backup", &copy.display().to_string()])
            .await?;
        ensure!(good, "{told}");
        return Ok(Backup::File(fs::read(copy)?));
    }
    let server = stage.installation.server().context("no server")?;
    server.sql("postgres", "CREATE DATABASE kept TEMPLATE ledger0")?;
    stage.start()?;
    Ok(Backup::Template)
}

fn restore(stage: &mut Stage, backup: &Backup) -> Result<()> {
    stage.kill();
    match backup {
        Backup::File(bytes) => {
            let file = stage.installation.file();
            for suffix in ["-wal", "-shm"] {
                let mut name = file.clone().into_os_string();
                name.push(suffix);
                // A log that is not there is as good as one that was removed.
                let _ = fs::remove_file(name);
            }
            fs::write(&file, bytes)?;
        }
        Backup::Template => {
            let server = stage.installation.server().context("no server")?;
            server.sql("postgres", "DROP DATABASE ledger0 WITH (FORCE)")?;
            server.sql("postgres", "CREATE DATABASE ledger0 TEMPLATE kept")?;
        }
    }
    Ok(())
}

/// A third of the documents before the backup, a third after it, a third after the restore.
pub(super) async fn relay(
    age: Age,
    store: Store,
    mode: Mode,
    documents: usize,
    seed: u64,
) -> Result<Row> {
    let stage = Stage::prepare(store, mode, documents, seed).await?;
    relay_of(stage.open().await?, age).await
}

/// The same with the search before a repetition switched off: what it is for must be seen.
pub(super) async fn control(documents: usize, seed: u64, mode: Mode) -> Result<usize> {
    let [age, ..] = AGES;
    let mut stage = Stage::prepare(Store::Sqlite, mode, documents, seed).await?;
    stage.installation.set("LEDGER_RELAY_NETS", "off");
    let row = relay_of(stage.open().await?, age).await?;
    Ok(row.books.duplicated.len())
}

async fn relay_of(mut stage: Stage, age: Age) -> Result<Row> {
    let plans = stage.plans();
    let third = plans.len() / 3;
    let (before, rest) = plans.split_at(third);
    let (lost, later) = rest.split_at(third);
    let url = stage.url()?;
    stage.shop.standing(&url).await?;
    // Some of them are still on their way when the copy is made.
    stage.shop.deliver(&url, before).await?;
    stage.shop.cycle(&url, &plans).await?;
    let backup = back_up(&mut stage).await?;
    let url = stage.url()?;
    stage.shop.deliver(&url, lost).await?;
    until_quiet(&mut stage, before.len() + lost.len()).await?;
    let age = (age.scenario, json!({"advance_seconds": age.seconds}));
    stage.sage.control("clock", &age.1).await?;
    restore(&mut stage, &backup)?;
    stage.start()?;
    stage.consent().await?;
    let url = stage.url()?;
    // Cron delivers before it has heard of anything.
    stage.shop.deliver(&url, later).await?;
    let took = stage.end_well().await?;
    stage.row(age.0, took).await
}

/// Waits until so many documents are in Sage, and the shop has heard of it.
async fn until_quiet(stage: &mut Stage, documents: usize) -> Result<()> {
    let url = stage.url()?;
    let mut looks = 0;
    loop {
        stage.shop.pull(&url).await?;
        let done = stage.shop.shown.values();
        if done.filter(|shown| shown.status == "succeeded").count() >= keys(stage, documents) {
            return Ok(());
        }
        looks += 1;
        ensure!(looks < 1_200, "not done: {}", stage.installation.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Different keys among the first documents: a customer may come several times.
fn keys(stage: &Stage, documents: usize) -> usize {
    let first = stage.work.plans.iter().take(documents);
    let keys: std::collections::BTreeSet<&str> = first.map(|(key, _)| key.as_str()).collect();
    keys.len()
}

/// A shop that was taken back gives ids again, to other documents.
pub(super) async fn shop(store: Store, mode: Mode, documents: usize, seed: u64) -> Result<Row> {
    let mut stage = Stage::prepare(store, mode, documents, seed)
        .await?
        .open()
        .await?;
    let (url, plans) = (stage.url()?, stage.plans());
    stage.shop.sequence = 10_000;
    stage.shop.deliver(&url, &plans).await?;
    let took = stage.end_well().await?;
    stage.shop.sequence = 50;
    let standing = stage.shop.standing(&url).await?;
    ensure!(
        standing.get("sequence") == Some(&json!("10000")),
        "{standing}"
    );
    // The shop has gone on above what the relay knows, but its ids begin again.
    stage.shop.sequence = 10_050;
    for (key, plan) in plans
        .iter()
        .filter(|(key, _)| key.starts_with("invoice.created"))
    {
        let mut other: Value = serde_json::from_str(plan)?;
        if let Some(sequence) = other.get_mut("sequence") {
            *sequence = json!(10_020);
        }
        let results = stage
            .shop
            .deliver(&url, &[(key.clone(), other.to_string())])
            .await?;
        let code = results.first().and_then(|result| result.get("code"));
        ensure!(code == Some(&json!("id_used_again")), "{key}: {results:?}");
    }
    // A customer of the restored shop is newer than the one before.
    if let Some((key, plan)) = plans.iter().find(|(key, _)| key.starts_with("customer.")) {
        let mut newer: Value = serde_json::from_str(plan)?;
        if let Some(sequence) = newer.get_mut("sequence") {
            *sequence = json!(10_021);
        }
        let results = stage
            .shop
            .deliver(&url, &[(key.clone(), newer.to_string())])
            .await?;
        let status = results.first().and_then(|result| result.get("status"));
        ensure!(status == Some(&json!("accepted")), "{results:?}");
    }
    let took = took + stage.end_well().await?;
    stage.row("shop restored, ids used again", took).await
}

/// A copy of the shop has the key and would send its test orders.
pub(super) async fn copy(store: Store, mode: Mode, documents: usize, seed: u64) -> Result<Row> {
    let mut stage = Stage::prepare(store, mode, documents, seed)
        .await?
        .open()
        .await?;
    let (url, plans) = (stage.url()?, stage.plans());
    let half = plans.len() / 2;
    let (first, rest) = plans.split_at(half);
    stage.shop.deliver(&url, first).await?;
    let mut copy = stage.shop.copied(&"f".repeat(32))?;
    let tests = crate::documents::Templates::load()?.one_invoice(99_999);
    let tests = [("invoice.created:99999".to_owned(), tests)];
    for _ in 0..5 {
        let refused = copy.deliver(&url, &tests).await;
        let refused = refused.err().context("the copy was let in")?.to_string();
        ensure!(refused.contains("other_installation"), "{refused}");
    }
    stage.shop.deliver(&url, rest).await?;
    let took = stage.end_well().await?;
    stage.row("copy of the shop", took).await
}
