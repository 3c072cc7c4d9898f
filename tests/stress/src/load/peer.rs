//! The queue that people would build instead: graphile-worker behind Fastify, on PostgreSQL, fed
//! with the same plans over as many connections, in turn with ours.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use ledger_harness::child::Server as Program;
use ledger_postgres::{Durability, Server};
use reqwest::Client;

use crate::relay::Installation;

use super::{BATCHES, door_rate, flooded, templates};

const ROUNDS: usize = 3;

/// Prints both rates and their ratio for each size of a request.
pub(super) async fn beside(ours: impl Fn() -> Result<Installation>) -> Result<()> {
    let folder =
        std::env::var_os("LEDGER_PEER").context("no peer: cargo xtask bench relay --peer")?;
    let folder = PathBuf::from(folder);
    for batch in BATCHES {
        let mut rates = [Vec::new(), Vec::new()];
        for _ in 0..ROUNDS {
            let [own, other] = &mut rates;
            own.push(door_rate(&ours()?, batch).await?.0);
            other.push(taken(&folder, batch).await?);
        }
        let [own, other] = rates.map(|mut rates| {
            rates.sort_unstable();
            rates.get(ROUNDS / 2).copied().unwrap_or_default()
        });
        let hundredths = own * 100 / other.max(1);
        println!(
            "  {batch} plans a request: relay {own} plans/s, Fastify with graphile-worker {other}; {}.{:02} times as many",
            hundredths / 100,
            hundredths % 100,
        );
    }
    Ok(())
}

/// Plans per second that the peer has on disk.
async fn taken(folder: &Path, batch: usize) -> Result<u128> {
    let database = Server::start(Durability::Disk)?;
    let mut command = Command::new("node");
    command
        .arg("server.mjs")
        .current_dir(folder)
        .env("DATABASE_URL", database.database()?);
    let peer = Program::start("the peer", &mut command)?;
    let (url, http) = (format!("{}/plans", peer.url()), Client::new());
    let (rate, _) = flooded(&templates()?, batch, |connection| {
        let (url, http) = (url.clone(), http.clone());
        move |plans: Vec<String>| {
            let request = http
                .post(&url)
                .header("Content-Type", "application/json")
                .header("Shop", connection)
                .body(format!("[{}]", plans.join(",")));
            async move {
                let answer = request.send().await?;
                let status = answer.status();
                ensure!(status.is_success(), "{status}: {}", answer.text().await?);
                answer.bytes().await?;
                Ok(())
            }
        }
    })
    .await?;
    Ok(rate)
}
