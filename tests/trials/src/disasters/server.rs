//! PostgreSQL is stopped hard while documents are under way.

use std::time::Duration;

use anyhow::{Context, Result};

use crate::sage::Mode;

use super::report::Row;
use super::stage::{Stage, Store};

pub(super) async fn killed(store: Store, mode: Mode, documents: usize, seed: u64) -> Result<Row> {
    let mut stage = Stage::prepare(store, mode, documents, seed)
        .await?
        .open()
        .await?;
    let (url, plans) = (stage.url()?, stage.plans());
    let thirds = plans.chunks(plans.len().div_ceil(3));
    for third in thirds {
        stage.shop.deliver(&url, third).await?;
        let server = stage.installation.server().context("no server")?;
        server.crash_and_restart(Duration::from_millis(500))?;
        // The first requests may still meet connections of before.
        let mut tries = 0;
        while stage.shop.standing(&url).await.is_err() && tries < 100 {
            tries += 1;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    let took = stage.end_well().await?;
    stage.row("PostgreSQL killed", took).await
}
