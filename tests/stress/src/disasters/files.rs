//! The database file is moved, removed, replaced, or opened twice.

use std::fs;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use reqwest::StatusCode;
use serde_json::json;

use super::fixture::{End, Fixture, POLL};

/// Nothing may be acknowledged into a file that has no name any more.
pub(super) async fn gone(fixture: &mut Fixture) -> Result<End> {
    fixture.open().await?;
    fixture.queue(0, 1, 4)?;
    fixture.shop.deliver().await?;
    let file = fixture.installation.file();
    let away = file.with_extension("away");

    fs::rename(&file, &away)?;
    fixture.queue(1, 2, 4)?;
    nothing_is_taken(fixture).await.context("moved away")?;
    fs::rename(&away, &file)?;
    fixture.settle().await.context("moved back")?;

    fs::hard_link(&file, &away)?;
    fs::remove_file(&file)?;
    fixture.queue(2, 3, 4)?;
    nothing_is_taken(fixture).await.context("removed")?;
    fs::hard_link(&away, &file)?;
    fixture.settle().await.context("linked again")?;

    fs::remove_file(&file)?;
    fs::copy(&away, &file)?;
    fixture.queue(3, 4, 4)?;
    nothing_is_taken(fixture).await.context("replaced")?;
    // As somebody mends it who reads what the relay says.
    fixture.kill();
    fs::rename(&away, &file)?;
    fixture.start()?;
    let began = Instant::now();
    fixture.settle().await?;
    Ok(End::Well(began.elapsed()))
}

/// Plans are refused with the reason, a few times, and `/readyz` says so.
async fn nothing_is_taken(fixture: &mut Fixture) -> Result<()> {
    let plans: Vec<String> = fixture
        .work
        .plans
        .iter()
        .map(|(_, plan)| plan.clone())
        .collect();
    for plan in plans.iter().rev().take(3) {
        let body = format!("{{\"plans\":[{plan}]}}");
        let (status, answer) = fixture.shop.post("/v1/plans", body).await?;
        let code = answer.get("code");
        ensure!(
            status == StatusCode::SERVICE_UNAVAILABLE && code == Some(&json!("database_replaced")),
            "plans into a file without a name: {status} {answer}"
        );
        tokio::time::sleep(POLL).await;
    }
    let readiness = fixture.readiness().await;
    ensure!(readiness == 503, "/readyz says {readiness}");
    Ok(())
}

/// By a symbolic link, by a hard link, and after everything that looks like a lock was deleted.
pub(super) async fn opened_twice(fixture: &mut Fixture) -> Result<End> {
    fixture.open().await?;
    fixture.queue(0, 1, 2)?;
    fixture.shop.deliver().await?;
    let file = fixture.installation.file();
    let (hard, soft) = (file.with_extension("hard"), file.with_extension("soft"));
    fs::hard_link(&file, &hard)?;
    std::os::unix::fs::symlink(&file, &soft)?;
    let folder = file.parent().context("no folder")?;
    for entry in fs::read_dir(folder)?.flatten() {
        let name = entry.file_name();
        if name.to_string_lossy().contains("lock") {
            fs::remove_file(entry.path())?;
        }
    }
    for name in [&file, &hard, &soft] {
        let said = fixture.installation.refusal_on(name)?;
        ensure!(
            said.contains("another relay process"),
            "it does not say why: {said}"
        );
    }
    let began = Instant::now();
    fixture.queue(1, 2, 2)?;
    fixture.settle().await?;
    Ok(End::Well(began.elapsed()))
}
