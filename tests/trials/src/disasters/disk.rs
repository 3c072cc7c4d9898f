//! The disk is full, or takes no writes at all, and has room again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::sage::Mode;

use super::report::Row;
use super::stage::{Stage, Store};

/// When the disk fills up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub(super) scenario: &'static str,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Ingest,
    BeforeTheAnswer,
    AfterTheAnswer,
    TokenRefresh,
}

pub(super) const MOMENTS: [Moment; 4] = [
    Moment {
        scenario: "full disk at ingest",
        kind: Kind::Ingest,
    },
    Moment {
        scenario: "full disk before Sage answers",
        kind: Kind::BeforeTheAnswer,
    },
    Moment {
        scenario: "full disk after Sage has answered",
        kind: Kind::AfterTheAnswer,
    },
    Moment {
        scenario: "full disk during token refreshes",
        kind: Kind::TokenRefresh,
    },
];

/// Room for a scenario's database, and no more than a balloon can take.
const SIZE: &str = "24M";

/// A small file system that goes with its owner.
struct SmallDisk {
    folder: PathBuf,
}

impl SmallDisk {
    /// Mounts one; nothing where that is not allowed.
    fn mount(folder: &Path) -> Option<Self> {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={SIZE}"), "tmpfs"])
            .arg(folder)
            .output();
        mounted
            .is_ok_and(|done| done.status.success())
            .then(|| Self {
                folder: folder.to_owned(),
            })
    }

    fn balloon(&self) -> PathBuf {
        self.folder.join("balloon")
    }

    /// Takes every byte there is.
    fn fill(&self) -> Result<()> {
        let mut size = 1 << 20;
        let mut balloon = fs::File::create(self.balloon())?;
        while size >= 512 {
            // A part may still have fitted; the next smaller piece fills what is left.
            if std::io::Write::write_all(&mut balloon, &vec![0; size]).is_err() {
                size /= 2;
            }
        }
        Ok(())
    }

    fn free(&self) -> Result<()> {
        fs::remove_file(self.balloon()).context("the balloon")
    }

    fn remount(&self, how: &str) -> Result<()> {
        let done = Command::new("mount")
            .args(["-o", &format!("remount,{how}")])
            .arg(&self.folder)
            .output()?;
        let told = String::from_utf8_lossy(&done.stderr).into_owned();
        ensure!(done.status.success(), "remount {how}: {told}");
        Ok(())
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // The relay has ended by now; what hangs on is let go of with the last file.
        let _ = Command::new("umount").arg("-l").arg(&self.folder).status();
    }
}

/// Nothing where no file system can be mounted.
pub(super) async fn full(
    moment: Moment,
    store: Store,
    mode: Mode,
    documents: usize,
    seed: u64,
) -> Result<Option<Row>> {
    let stage = Stage::prepare(store, mode, documents, seed).await?;
    let folder = stage.installation.folder().join("data");
    let Some(disk) = SmallDisk::mount(&folder) else {
        println!(
            "{}: skipped, no file system can be mounted",
            moment.scenario
        );
        return Ok(None);
    };
    let mut stage = stage.open().await?;
    let (url, plans) = (stage.url()?, stage.plans());
    let (first, rest) = plans.split_at(plans.len() / 2);
    stage.shop.deliver(&url, first).await?;
    match moment.kind {
        Kind::Ingest => {
            disk.fill()?;
            let refused = stage.shop.deliver(&url, rest).await.err();
            let refused = refused.context("a full disk took plans")?.to_string();
            ensure!(refused.contains("503"), "{refused}");
            ensure!(ready(&url).await? == 503, "a full disk is ready");
        }
        Kind::BeforeTheAnswer | Kind::AfterTheAnswer => {
            let kind = if moment.kind == Kind::BeforeTheAnswer {
                "slow_before"
            } else {
                "slow_after_commit"
            };
            let slow: Vec<_> = (0..8)
                .map(|_| json!({"kind": kind, "ms": 400, "method": "POST"}))
                .collect();
            stage
                .sage
                .control("faults", &json!({ "faults": slow }))
                .await?;
            tokio::time::sleep(Duration::from_millis(300)).await;
            disk.fill()?;
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
        Kind::TokenRefresh => {
            // Tokens live for four seconds, so some are replaced while nothing can be written.
            disk.fill()?;
            for _ in 0..4 {
                stage.sage.control("expire-tokens", &json!({})).await?;
                tokio::time::sleep(Duration::from_millis(1_500)).await;
            }
        }
    }
    disk.free()?;
    let freed = Instant::now();
    while ready(&url).await? != 200 {
        ensure!(
            freed.elapsed() < Duration::from_secs(5),
            "not ready again: {}",
            stage.installation.log()
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let took = freed.elapsed() + stage.end_well().await?;
    let row = stage.row(moment.scenario, took).await?;
    stage.kill();
    drop(disk);
    Ok(Some(row))
}

async fn ready(url: &str) -> Result<u16> {
    let answer = reqwest::get(format!("{url}/readyz")).await?;
    Ok(answer.status().as_u16())
}

/// After an error of the disk a file system comes up read-only, and the relay is started on it.
pub(super) async fn read_only(mode: Mode, documents: usize, seed: u64) -> Result<Option<Row>> {
    let scenario = "read-only file system";
    let stage = Stage::prepare(Store::Sqlite, mode, documents, seed).await?;
    let folder = stage.installation.folder().join("data");
    let Some(disk) = SmallDisk::mount(&folder) else {
        println!("{scenario}: skipped, no file system can be mounted");
        return Ok(None);
    };
    let mut stage = stage.open().await?;
    let (url, plans) = (stage.url()?, stage.plans());
    let (first, rest) = plans.split_at(plans.len() / 2);
    stage.shop.deliver(&url, first).await?;
    stage.kill();
    disk.remount("ro")?;
    let refused = stage
        .start()
        .err()
        .context("it serves from a read-only disk")?;
    ensure!(
        refused.to_string().contains("database"),
        "it does not say why: {refused:#}"
    );
    disk.remount("rw")?;
    stage.start()?;
    let url = stage.url()?;
    stage.shop.deliver(&url, rest).await?;
    let took = stage.end_well().await?;
    let row = stage.row(scenario, took).await?;
    stage.kill();
    drop(disk);
    Ok(Some(row))
}
