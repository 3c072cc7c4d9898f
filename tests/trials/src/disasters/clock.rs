//! The machine's clock jumps under a relay that has documents under way.
//!
//! The jump is made by libfaketime from Debian's packages: a file says what the relay's clock shows,
//! while everybody else's stays right. Time that only runs (CLOCK_MONOTONIC) is left alone, as it is
//! by a real jump.

use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::sage::Mode;

use super::report::Row;
use super::stage::{Stage, Store};

const LIBRARY: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

/// A jump of the relay's clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Jump {
    pub(super) scenario: &'static str,
    seconds: i64,
}

pub(super) const JUMPS: [Jump; 2] = [
    Jump {
        scenario: "clock an hour back",
        seconds: -3_600,
    },
    Jump {
        scenario: "clock a day forward",
        seconds: 86_400,
    },
];

/// Nothing where the library is missing.
pub(super) async fn jump(
    jump: Jump,
    store: Store,
    mode: Mode,
    documents: usize,
    seed: u64,
) -> Result<Option<Row>> {
    if !Path::new(LIBRARY).is_file() {
        println!(
            "{}: skipped, the package faketime is not installed",
            jump.scenario
        );
        return Ok(None);
    }
    let mut stage = Stage::prepare(store, mode, documents, seed).await?;
    let file = stage.installation.secret("clock", "+0")?;
    for (name, value) in [
        ("LD_PRELOAD", LIBRARY),
        ("FAKETIME_TIMESTAMP_FILE", &file.display().to_string()),
        ("FAKETIME_NO_CACHE", "1"),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ("DONT_FAKE_MONOTONIC", "1"),
        ("FAKETIME_DISABLE_SHM", "1"),
    ] {
        stage.installation.set(name, value);
    }
    let mut stage = stage.open().await?;
    let (url, plans) = (stage.url()?, stage.plans());
    let (first, rest) = plans.split_at(plans.len() / 2);
    // Answers that come too late leave sends in doubt while the clock jumps.
    let late = serde_json::json!({"faults": [
        {"kind": "slow_after_commit", "ms": 1_500, "method": "POST", "skip": 3},
        {"kind": "drop_after_commit", "method": "POST", "skip": 6},
        {"kind": "status", "status": 429, "retry_after": 1, "skip": 9},
    ]});
    stage.sage.control("faults", &late).await?;
    stage.shop.deliver(&url, first).await?;
    fs::write(&file, format!("{:+}", jump.seconds))?;
    stage.shop.clock_ahead = jump.seconds;
    stage.shop.deliver(&url, rest).await?;
    let took = stage.end_well().await?;
    Ok(Some(stage.row(jump.scenario, took).await?))
}
