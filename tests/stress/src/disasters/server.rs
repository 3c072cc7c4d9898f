//! PostgreSQL is killed while documents are under way.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::fixture::{End, Fixture, POLL};

/// How long the server is away.
const AWAY: Duration = Duration::from_millis(800);
/// PostgreSQL's own recovery has ended by then, and the relay noticed.
const LIMIT: Duration = Duration::from_secs(10);
/// A refresh of tokens that the server's end has cut off is given up after a minute.
const SETTLED: Duration = Duration::from_secs(90);

pub(super) async fn killed(fixture: &mut Fixture) -> Result<End> {
    fixture.open().await?;
    let mut began = Instant::now();
    for part in 0..3 {
        fixture.queue(part, part + 1, 3)?;
        fixture.shop.deliver().await?;
        fixture.server()?.crash()?;
        let away = Instant::now();
        while let Some(left) = AWAY.checked_sub(away.elapsed()) {
            // Nothing is acknowledged that nothing can keep.
            let answer = tokio::time::timeout(left, fixture.shop.binding_status()).await;
            if let Ok(Ok(answer)) = answer {
                bail!("an answer without a database: {answer}");
            }
            tokio::time::sleep(POLL).await;
        }
        fixture.server()?.restart()?;
        began = Instant::now();
        fixture.until_ready(LIMIT).await.context("back")?;
    }
    fixture.settle_within(SETTLED).await?;
    Ok(End::Well(began.elapsed()))
}
