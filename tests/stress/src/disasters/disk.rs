//! The disk is full, or takes no writes at all, and has room again.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::fixture::{End, Fixture, POLL, Store};
use super::small_disk::SmallDisk;

/// When the disk fills up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    Ingest,
    BeforeTheAnswer,
    AfterTheAnswer,
    TokenRefresh,
}

/// Room for a scenario's database, and no more than a balloon fills at once.
const SQLITE_MEBIBYTES: u32 = 24;
const POSTGRES_MEBIBYTES: u32 = 48;
/// When the cause is gone, the relay is well again within this time.
const LIMIT: Duration = Duration::from_secs(5);
const NO_MOUNT: &str = "no file system can be mounted";

/// Puts the database on a small file system; false where that cannot be.
fn move_to_small_disk(fixture: &mut Fixture) -> Result<bool> {
    if fixture.parameters.store == Store::Sqlite {
        let folder = fixture.installation.folder().join("data");
        fixture.disk = SmallDisk::mount(&folder, SQLITE_MEBIBYTES, 0);
        return Ok(fixture.disk.is_some());
    }
    let server = fixture.installation.server().context("no server")?;
    let (folder, owner) = (server.folder().join("small"), server.owner()?);
    fs::create_dir(&folder)?;
    fixture.disk = SmallDisk::mount(&folder, POSTGRES_MEBIBYTES, owner);
    if fixture.disk.is_none() {
        return Ok(false);
    }
    let place = folder.join("tablespace");
    fs::create_dir(&place)?;
    std::os::unix::fs::chown(&place, Some(owner), Some(owner))?;
    let create = format!("CREATE TABLESPACE small LOCATION '{}'", place.display());
    server.sql("postgres", &create)?;
    server.sql("postgres", "ALTER DATABASE ledger0 SET TABLESPACE small")?;
    Ok(true)
}

/// A full disk at one of the moments.
pub(super) async fn full(fixture: &mut Fixture, moment: Moment) -> Result<End> {
    if !move_to_small_disk(fixture)? {
        return Ok(End::Skipped(NO_MOUNT));
    }
    fixture.open().await?;
    fixture.queue(0, 1, 2)?;
    fixture.shop.deliver().await?;
    match moment {
        Moment::Ingest => {
            disk(fixture)?.fill()?;
            fixture.queue(1, 2, 2)?;
            refused(fixture).await?;
        }
        Moment::BeforeTheAnswer => answers(fixture, "slow_before").await?,
        Moment::AfterTheAnswer => answers(fixture, "slow_after_commit").await?,
        Moment::TokenRefresh => token_refresh(fixture).await?,
    }
    if moment != Moment::Ingest {
        fixture.queue(1, 2, 2)?;
    }
    disk(fixture)?.free()?;
    let freed = Instant::now();
    fixture.until_ready(LIMIT).await?;
    fixture.settle().await?;
    Ok(End::Well(freed.elapsed()))
}

fn disk(fixture: &Fixture) -> Result<&SmallDisk> {
    fixture.disk.as_ref().context("no small disk")
}

/// Delivers until the relay says that it cannot, which must be a passing error and true of `/readyz`.
async fn refused(fixture: &mut Fixture) -> Result<()> {
    let Err(error) = fixture.shop.deliver().await else {
        bail!("a full disk took every plan: the fault did not strike");
    };
    ensure!(error.to_string().contains("503"), "{error:#}");
    let readiness = fixture.readiness().await;
    ensure!(
        readiness == 503,
        "a full disk, and /readyz says {readiness}"
    );
    Ok(())
}

/// The disk fills up while requests are at Sage.
async fn answers(fixture: &mut Fixture, kind: &str) -> Result<()> {
    let slow = json!({"faults": [{"kind": kind, "ms": 400, "method": "POST", "path": "/v3.1", "times": 8}]});
    fixture.sage.control("faults", &slow).await?;
    until_struck(fixture, kind).await?;
    disk(fixture)?.fill()?;
    until_noticed(fixture).await
}

/// Waits until the relay has met the full disk; otherwise the fault has not struck.
async fn until_noticed(fixture: &Fixture) -> Result<()> {
    let began = Instant::now();
    loop {
        let log = fixture.installation.whole_log();
        if ["is full", "No space left"]
            .iter()
            .any(|said| log.contains(said))
        {
            return Ok(());
        }
        ensure!(
            began.elapsed() < LIMIT,
            "the relay did not meet the full disk"
        );
        tokio::time::sleep(POLL).await;
    }
}

async fn until_struck(fixture: &Fixture, kind: &str) -> Result<()> {
    let began = Instant::now();
    loop {
        let faults = fixture.sage.look("faults").await?;
        let struck = faults.pointer(&format!("/struck/{kind}"));
        if struck.and_then(Value::as_u64).unwrap_or(0) > 0 {
            return Ok(());
        }
        ensure!(began.elapsed() < LIMIT, "no request met a slow Sage");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Tokens expire while nothing can be written: none may be replaced that could not be kept.
async fn token_refresh(fixture: &mut Fixture) -> Result<()> {
    disk(fixture)?.fill()?;
    let before = rotations(fixture).await?;
    for _ in 0..3 {
        fixture.sage.control("expire-tokens", &json!({})).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    // PostgreSQL may have room in the page of the token; SQLite writes every page anew.
    if fixture.parameters.store == Store::Sqlite {
        until_noticed(fixture).await?;
        let replaced = rotations(fixture).await? - before;
        ensure!(
            replaced == 0,
            "{replaced} refresh tokens were replaced while nothing could be written"
        );
    }
    Ok(())
}

/// How often Sage has replaced a refresh token.
async fn rotations(fixture: &Fixture) -> Result<u64> {
    let requests = fixture.sage.look("requests").await?;
    let rotations = requests.get("token_rotations").and_then(Value::as_u64);
    rotations.context("no token_rotations")
}

/// The file system takes no writes: first while the relay runs, then at its start.
pub(super) async fn read_only(fixture: &mut Fixture) -> Result<End> {
    if !move_to_small_disk(fixture)? {
        return Ok(End::Skipped(NO_MOUNT));
    }
    fixture.open().await?;
    fixture.queue(0, 1, 2)?;
    fixture.shop.deliver().await?;
    fixture.kill();
    disk(fixture)?.remount("ro")?;
    let Err(error) = fixture.start() else {
        bail!("the relay serves from a read-only file system");
    };
    let said = format!("{error:#}");
    ensure!(said.contains("database"), "it does not say why: {said}");
    disk(fixture)?.remount("rw")?;
    let began = Instant::now();
    fixture.start()?;
    fixture.queue(1, 2, 2)?;
    fixture.settle().await?;
    Ok(End::Well(began.elapsed()))
}

/// The running relay's files take no writes for a while, as on a file system that was remounted
/// read-only after an error: files that are open for writing refuse every write.
pub(super) async fn no_writes(fixture: &mut Fixture) -> Result<End> {
    fixture.open().await?;
    fixture.queue(0, 1, 2)?;
    fixture.shop.deliver().await?;
    let file = fixture.installation.file();
    let log = file.with_extension("sqlite3-wal");
    let frozen = Immutable::set(&[&file, &log]);
    if frozen.is_none() {
        return Ok(End::Skipped("files cannot be made immutable"));
    }
    fixture.queue(1, 2, 2)?;
    refused(fixture).await?;
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(1) {
        refused(fixture).await?;
        tokio::time::sleep(POLL).await;
    }
    drop(frozen);
    let freed = Instant::now();
    fixture.until_ready(LIMIT).await?;
    fixture.settle().await?;
    Ok(End::Well(freed.elapsed()))
}

/// Files that refuse to be written, until this is dropped.
struct Immutable(Vec<std::path::PathBuf>);

impl Immutable {
    fn set(files: &[&Path]) -> Option<Self> {
        let files = Self(files.iter().map(|file| (*file).to_owned()).collect());
        files.change("+i").then_some(files)
    }

    fn change(&self, how: &str) -> bool {
        let done = Command::new("chattr").arg(how).args(&self.0).output();
        done.is_ok_and(|done| done.status.success())
    }
}

impl Drop for Immutable {
    fn drop(&mut self) {
        self.change("-i");
    }
}
