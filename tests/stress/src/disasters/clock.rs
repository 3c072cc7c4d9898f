//! The relay's clock jumps while it has documents under way.
//!
//! The jump is made by libfaketime: a file says what the relay's clock shows, and everybody else's
//! stays right. Monotonic time is left alone, as it is by a real jump.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Result, ensure};
use reqwest::StatusCode;
use serde_json::json;

use super::fixture::{End, Fixture};

/// The library for programs with several threads, below the folder of the architecture.
const LIBRARY: &str = "faketime/libfaketimeMT.so.1";

fn library() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib").ok()?.flatten();
    let mut found = folders.map(|folder| folder.path().join(LIBRARY));
    found.find(|path| path.is_file())
}

/// `seconds` forward, or back.
pub(super) async fn jump(fixture: &mut Fixture, seconds: i64) -> Result<End> {
    let Some(library) = library() else {
        return Ok(End::Skipped("the package faketime is not installed"));
    };
    let clock = fixture.installation.secret("clock", "+0")?;
    let named = |path: &Path| path.display().to_string();
    for (name, value) in [
        ("LD_PRELOAD", named(&library).as_str()),
        ("FAKETIME_TIMESTAMP_FILE", named(&clock).as_str()),
        ("FAKETIME_NO_CACHE", "1"),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ("DONT_FAKE_MONOTONIC", "1"),
        ("FAKETIME_DISABLE_SHM", "1"),
    ] {
        fixture.installation.set(name, value);
    }
    fixture.open().await?;
    // Answers that come late or never leave sends in doubt while the clock jumps.
    let faults = json!({"faults": [
        {"kind": "slow_after_commit", "ms": 1_500, "method": "POST", "path": "/v3.1", "skip": 3},
        {"kind": "drop_after_commit", "method": "POST", "path": "/v3.1", "skip": 6},
        {"kind": "status", "status": 429, "retry_after": 1, "path": "/v3.1", "skip": 9},
        {"kind": "drop_after_commit", "method": "POST", "path": "/v3.1", "skip": 14},
    ]});
    fixture.sage.control("faults", &faults).await?;
    fixture.queue(0, 1, 2)?;
    fixture.shop.deliver().await?;
    fs::write(&clock, format!("{seconds:+}"))?;
    // A token by the right time is none by the relay's: the jump has happened.
    let (status, answer) = fixture.shop.get("/v1/binding").await?;
    ensure!(
        status == StatusCode::UNAUTHORIZED,
        "the relay's clock did not jump: {status} {answer}"
    );
    fixture.shop.clock_ahead_s = seconds;
    let began = Instant::now();
    fixture.queue(1, 2, 2)?;
    fixture.settle().await?;
    Ok(End::Well(began.elapsed()))
}
