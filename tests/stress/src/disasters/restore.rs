//! The relay's database is restored from a backup.

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::aging;
use super::fixture::{DATABASE, End, Fixture, POLL, Store};
use super::shop::now_ms;

/// How old the backup is when it is restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    Minutes,
    Hour,
    TenDays,
}

impl Age {
    fn seconds(self) -> i64 {
        match self {
            Self::Minutes => 120,
            Self::Hour => 3_600,
            Self::TenDays => 864_000,
        }
    }
}

/// Above every sequence of the documents.
const NEW_STATES: u64 = 1_000;

/// A quarter of the documents before the backup, a quarter after it, a quarter that the shop
/// delivers before it has heard of the restore, and a quarter when all is well again.
pub(super) async fn relay(fixture: &mut Fixture, age: Age) -> Result<End> {
    fixture.open().await?;
    // Some sends of before the backup stay in doubt.
    answers_get_lost(fixture, &[2, 5, 9]).await?;
    fixture.queue(0, 1, 4)?;
    new_states(fixture, 1)?;
    fixture.shop.cycle().await?;
    // Some of them are in Sage, some are still on their way.
    until_some_arrived(fixture).await?;
    back_up(fixture, age).await?;
    let before = fixture.shop.outbox.len();
    fixture.queue(1, 2, 4)?;
    new_states(fixture, 2)?;
    fixture.settle().await.context("before the restore")?;

    let seconds = age.seconds();
    let forward = json!({ "advance_seconds": seconds });
    fixture.sage.control("clock", &forward).await?;
    grow_older(fixture, before, seconds * 1_000);
    restore(fixture, seconds * 1_000).await?;
    answers_get_lost(fixture, &[1, 4, 8, 15]).await?;
    fixture.start()?;
    fixture.consent().await?;
    let mut began = Instant::now();
    ask_for_a_lost_place(fixture).await?;
    fixture.queue(2, 3, 4)?;
    new_states(fixture, 3)?;
    // Cron may deliver before it has asked how the binding stands.
    fixture.shop.deliver().await?;
    if age == Age::Hour {
        // The relay dies in the middle of it.
        fixture.shop.cycle().await?;
        fixture.kill();
        fixture.start()?;
        began = Instant::now();
    }
    fixture.settle().await?;
    let took = began.elapsed();
    if age == Age::Minutes {
        // The same backup once more.
        restore(fixture, seconds * 1_000).await?;
        fixture.start()?;
        fixture.consent().await?;
        fixture.settle().await.context("restored once more")?;
    }
    fixture.queue(3, 4, 4)?;
    fixture.settle().await?;
    Ok(End::Well(took))
}

/// A newer state of a customer and of a product: each changes after the backup and after the
/// restore, and only the last state counts.
fn new_states(fixture: &mut Fixture, round: u64) -> Result<()> {
    let sequence = NEW_STATES + round;
    let (name, quantity) = (format!("State {round}"), 100 + 10 * round);
    let plans = &fixture.work.plans;
    let changed = |key: &str, changes: &[(&str, Value)]| {
        let found = plans.iter().find(|(known, _)| known == key);
        let (_, plan) = found.with_context(|| format!("no {key}"))?;
        let mut plan: Value = serde_json::from_str(plan)?;
        for (pointer, value) in changes {
            let place = plan.pointer_mut(pointer);
            *place.with_context(|| format!("no {pointer}"))? = value.clone();
        }
        anyhow::Ok((key.to_owned(), plan.to_string()))
    };
    let customer = [
        ("/sequence", json!(sequence)),
        ("/steps/0/body/contact/name", json!(name)),
        ("/steps/1/body/contact/name", json!(name)),
    ];
    let to = "/steps/1/body/stock_movement/quantity/$to";
    let product = [
        ("/sequence", json!(sequence)),
        ("/steps/1/xref", json!(format!("stock:1:{sequence}"))),
        (to, json!(quantity.to_string())),
    ];
    let states = [
        changed("customer.upserted:1", &customer)?,
        changed("product.upserted:1", &product)?,
    ];
    let expected = &mut fixture.work.expected;
    expected.contacts.insert("M1".to_owned(), Some(name));
    expected.stock.insert("sku-1".to_owned(), quantity);
    fixture.shop.queue(&states)
}

/// Requests are carried out and their answers lost, after so many others.
async fn answers_get_lost(fixture: &Fixture, after: &[u64]) -> Result<()> {
    let lost = |skip: &u64| json!({"kind": "drop_after_commit", "method": "POST", "path": "/v3.1", "skip": skip});
    let faults: Vec<_> = after.iter().map(lost).collect();
    let faults = json!({ "faults": faults });
    fixture.sage.control("faults", &faults).await.map(|_| ())
}

/// Waits until the feed has told of a few documents.
async fn until_some_arrived(fixture: &mut Fixture) -> Result<()> {
    let began = Instant::now();
    loop {
        fixture.shop.pull().await?;
        let entries = fixture.shop.mirror.values();
        if entries.filter(|entry| entry.status == "succeeded").count() >= 3 {
            return Ok(());
        }
        ensure!(began.elapsed().as_secs() < 20, "no document arrives");
        tokio::time::sleep(POLL / 5).await;
    }
}

/// The feed's place of before was never reached by the restored store, which must say so.
async fn ask_for_a_lost_place(fixture: &mut Fixture) -> Result<()> {
    let place = fixture.shop.cursor();
    let path = format!("/v1/sync-state?since={place}&limit=1000");
    let (status, answer) = fixture.shop.get(&path).await?;
    let code = answer.get("code");
    if status != StatusCode::CONFLICT || code != Some(&json!("position_unknown")) {
        let complaint = format!("a place in the feed that was never reached: {status} {answer}");
        fixture.complaints.push(complaint);
    }
    Ok(())
}

/// What the shop remembers is as old as the backup: what it delivered before the backup was
/// delivered then, and the rest between then and now.
fn grow_older(fixture: &mut Fixture, before: usize, age_ms: i64) {
    let count = fixture.shop.outbox.len();
    let later = i64::try_from(count - before).unwrap_or(1).max(1);
    for (outgoing, number) in fixture.shop.outbox.iter_mut().zip(0_i64..) {
        let after = number - i64::try_from(before).unwrap_or(0);
        if let Some(at) = &mut outgoing.delivered_at {
            *at = if after < 0 {
                *at - age_ms
            } else {
                now_ms() - age_ms * (later - after) / later
            };
        }
    }
}

fn copy_of(fixture: &Fixture) -> std::path::PathBuf {
    fixture.installation.folder().join("backup")
}

/// An hour and ten days ago as the operator's guide says, while the relay runs; minutes ago by
/// stopping it and copying what is there.
async fn back_up(fixture: &mut Fixture, age: Age) -> Result<()> {
    let copy = copy_of(fixture);
    let is_stopped = age == Age::Minutes;
    if is_stopped {
        fixture.stop().await?;
    }
    match (fixture.parameters.store, is_stopped) {
        (Store::Sqlite, true) => {
            fs::copy(fixture.installation.file(), &copy)?;
        }
        (Store::Sqlite, false) => {
            let name = copy.display().to_string();
            for command in ["backup", "backup:verify"] {
                let (good, told) = fixture.installation.cli(&[command, &name]).await?;
                ensure!(good, "{command}: {told}");
            }
        }
        (Store::Postgres | Store::PostgresThree, _) => {
            let server = fixture.installation.server().context("no server")?;
            if is_stopped {
                let keep = format!("CREATE DATABASE kept TEMPLATE {DATABASE}");
                server.sql("postgres", &keep)?;
            } else {
                server.dump(DATABASE, &copy)?;
            }
        }
    }
    if is_stopped {
        fixture.start()?;
    }
    Ok(())
}

/// Kills the relay and puts the backup in the place of its database, so much older.
async fn restore(fixture: &mut Fixture, age_ms: i64) -> Result<()> {
    fixture.kill();
    let copy = copy_of(fixture);
    if fixture.parameters.store == Store::Sqlite {
        let file = fixture.installation.file();
        for suffix in ["-wal", "-shm"] {
            remove(&with_suffix(&file, suffix))?;
        }
        fs::copy(&copy, &file)?;
        return aging::sqlite(&file, age_ms).await;
    }
    let server = fixture.installation.server().context("no server")?;
    let drop = format!("DROP DATABASE {DATABASE} WITH (FORCE)");
    server.sql("postgres", &drop)?;
    if copy.is_file() {
        server.sql("postgres", &format!("CREATE DATABASE {DATABASE}"))?;
        server.restore(DATABASE, &copy)?;
    } else {
        let put_back = format!("CREATE DATABASE {DATABASE} TEMPLATE kept");
        server.sql("postgres", &put_back)?;
    }
    server.sql(DATABASE, &aging::postgres(age_ms))?;
    Ok(())
}

fn with_suffix(file: &Path, suffix: &str) -> std::path::PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn remove(file: &Path) -> Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => bail!(error),
        _ => Ok(()),
    }
}
