//! The database file is moved, replaced, or opened twice.

use std::fs;
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use crate::sage::Mode;

use super::report::Row;
use super::stage::{Stage, Store};

/// Nothing may be acknowledged into a file that has no name any more.
pub(super) async fn moved(mode: Mode, documents: usize, seed: u64) -> Result<Row> {
    let mut stage = Stage::prepare(Store::Sqlite, mode, documents, seed)
        .await?
        .open()
        .await?;
    let (url, plans) = (stage.url()?, stage.plans());
    let (first, rest) = plans.split_at(plans.len() / 2);
    stage.shop.deliver(&url, first).await?;
    let file = stage.installation.file();
    let away = file.with_extension("away");
    fs::rename(&file, &away)?;
    refused(&mut stage, &url, rest).await?;
    fs::rename(&away, &file)?;
    let half = rest.split_at(rest.len() / 2);
    stage.shop.deliver(&url, half.0).await?;

    fs::rename(&file, &away)?;
    fs::copy(&away, &file)?;
    refused(&mut stage, &url, half.1).await?;
    // As somebody mends it who reads what the relay says.
    stage.kill();
    fs::rename(&away, &file)?;
    stage.start()?;
    let began = Instant::now();
    let url = stage.url()?;
    stage.shop.deliver(&url, half.1).await?;
    stage.end_well().await?;
    stage
        .row("file moved away and replaced", began.elapsed())
        .await
}

async fn refused(stage: &mut Stage, url: &str, plans: &[(String, String)]) -> Result<()> {
    let refused = stage.shop.deliver(url, plans).await.err();
    let refused = refused.context("plans went into a file without a name")?;
    ensure!(
        refused.to_string().contains("database_replaced"),
        "{refused:#}"
    );
    let ready = reqwest::get(format!("{url}/readyz")).await?;
    ensure!(ready.status().as_u16() == 503, "it says that it is ready");
    Ok(())
}

/// By a symbolic link, a hard link, or after a lock file was deleted.
pub(super) async fn second(mode: Mode, documents: usize, seed: u64) -> Result<Row> {
    let mut stage = Stage::prepare(Store::Sqlite, mode, documents, seed)
        .await?
        .open()
        .await?;
    let (url, plans) = (stage.url()?, stage.plans());
    let (first, rest) = plans.split_at(plans.len() / 2);
    stage.shop.deliver(&url, first).await?;
    let file = stage.installation.file();
    let (hard, soft) = (file.with_extension("hard"), file.with_extension("soft"));
    fs::hard_link(&file, &hard)?;
    std::os::unix::fs::symlink(&file, &soft)?;
    // What an older release locked, if it is there.
    let mut lock = file.clone().into_os_string();
    lock.push(".lock");
    let _ = fs::remove_file(lock);
    for name in [&file, &hard, &soft] {
        let other = stage
            .installation
            .start_on(name)
            .err()
            .context("a second relay runs on the same file")?;
        ensure!(
            other.to_string().contains("another relay process"),
            "it does not say why: {other:#}"
        );
    }
    stage.shop.deliver(&url, rest).await?;
    let took = stage.end_well().await?;
    stage.row("a second relay on the file", took).await
}
