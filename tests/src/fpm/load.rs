//! Many requests at the same time, each reply compared with the native core's.

use super::{Fpm, RequestError, request};
use crate::corpus;
use anyhow::{Context, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// The script that translates its request's body, and the settings it does that under.
const SCRIPT: &str = "fpm/translate.php";
const PROFILE: &str = "golden/profiles/gb_base.json";

/// Failures that are kept in words.
const COMPLAINTS: usize = 5;

/// A request that meets a reload every time is no accident.
const ATTEMPTS: usize = 5;

/// A document and what must come of it.
#[derive(Debug)]
struct Exchange {
    event: String,
    decision: String,
}

/// The documents of a load, and where it is.
#[derive(Debug)]
pub struct Load {
    exchanges: Vec<Exchange>,
    /// Requests that are done.
    done: AtomicUsize,
    /// How often a reload began or ended: odd while one is under way.
    reloads: AtomicUsize,
}

/// What came of a load.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Requests that got the right reply.
    pub right: usize,
    /// Times that a reload broke a connection before any reply; the request was sent again.
    pub broken_by_reload: usize,
    /// Requests that failed otherwise.
    pub failed: usize,
    /// The first few failures in words.
    pub complaints: Vec<String>,
    /// Replies by worker.
    pub by_worker: BTreeMap<u32, usize>,
}

impl Load {
    /// Every event of the golden corpus, under the documented default settings.
    ///
    /// # Errors
    /// When the corpus cannot be read.
    pub fn of_corpus() -> Result<Self> {
        let settings = std::fs::read_to_string(crate::root().join(PROFILE))?;
        let events: BTreeSet<String> = corpus::load()?.into_iter().map(|case| case.event).collect();
        let exchanges = events
            .into_iter()
            .map(|event| Exchange {
                decision: ledger_core::translate(&event, &settings).to_json(),
                event,
            })
            .collect();
        Ok(Self {
            exchanges,
            done: AtomicUsize::new(0),
            reloads: AtomicUsize::new(0),
        })
    }

    /// As [`Load::run`], with a reload of the PHP-FPM after every so many requests; gives the
    /// number of reloads too.
    ///
    /// # Errors
    /// When a task is lost, or an old worker stays.
    pub async fn run_with_reloads(
        self: &Arc<Self>,
        fpm: &Fpm,
        requests: usize,
        clients: usize,
        every: usize,
    ) -> Result<(Outcome, usize)> {
        let start = self.done.load(Ordering::SeqCst);
        let running = {
            let (load, socket) = (Arc::clone(self), fpm.socket());
            tokio::spawn(async move { load.run(&socket, requests, clients).await })
        };
        let mut reloads = 0;
        while !running.is_finished() {
            let done = self.done.load(Ordering::SeqCst) - start;
            if done >= (reloads + 1) * every && done < requests {
                let old = fpm.workers();
                self.reloads.fetch_add(1, Ordering::SeqCst);
                fpm.reload()?;
                fpm.replaced(&old).await?;
                self.reloads.fetch_add(1, Ordering::SeqCst);
                reloads += 1;
            } else {
                sleep(Duration::from_millis(1)).await;
            }
        }
        Ok((running.await??, reloads))
    }

    /// Sends so many requests, `clients` at a time, the documents in turn.
    ///
    /// # Errors
    /// When a task is lost.
    pub async fn run(
        self: &Arc<Self>,
        socket: &Path,
        requests: usize,
        clients: usize,
    ) -> Result<Outcome> {
        let next = Arc::new(AtomicUsize::new(0));
        let mut tasks = JoinSet::new();
        for _ in 0..clients {
            let (load, next, socket) = (Arc::clone(self), Arc::clone(&next), socket.to_owned());
            tasks.spawn(async move { load.client(socket, requests, &next).await });
        }
        let mut outcome = Outcome::default();
        while let Some(done) = tasks.join_next().await {
            outcome.add(done.context("a client was lost")?);
        }
        Ok(outcome)
    }

    async fn client(&self, socket: PathBuf, requests: usize, next: &AtomicUsize) -> Outcome {
        let mut outcome = Outcome::default();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let position = number.checked_rem(self.exchanges.len()).unwrap_or(0);
            match self.exchanges.get(position) {
                Some(exchange) if number < requests => {
                    self.send(&socket, exchange, &mut outcome).await;
                    self.done.fetch_add(1, Ordering::SeqCst);
                }
                _ => return outcome,
            }
        }
    }

    async fn send(&self, socket: &Path, exchange: &Exchange, outcome: &mut Outcome) {
        for _ in 0..ATTEMPTS {
            let before = self.reloads.load(Ordering::SeqCst);
            let reply = request(socket, SCRIPT, "", exchange.event.as_bytes()).await;
            let meets_reload = before % 2 == 1 || before != self.reloads.load(Ordering::SeqCst);
            match reply {
                Ok(reply) if reply.status == 200 && reply.body == exchange.decision => {
                    outcome.right += 1;
                    *outcome.by_worker.entry(reply.worker()).or_default() += 1;
                    return;
                }
                Err(RequestError::Broken(_) | RequestError::Empty) if meets_reload => {
                    outcome.broken_by_reload += 1;
                }
                Ok(reply) => {
                    let start: String = reply.body.chars().take(200).collect();
                    return outcome.complain(format!("status {}: {start}", reply.status));
                }
                Err(error) => return outcome.complain(error.to_string()),
            }
        }
        outcome.complain(format!("no reply in {ATTEMPTS} attempts"));
    }
}

impl Outcome {
    fn complain(&mut self, complaint: String) {
        self.failed += 1;
        if self.complaints.len() < COMPLAINTS {
            self.complaints.push(complaint);
        }
    }

    fn add(&mut self, other: Self) {
        self.right += other.right;
        self.broken_by_reload += other.broken_by_reload;
        self.failed += other.failed;
        self.complaints.extend(other.complaints);
        self.complaints.truncate(COMPLAINTS);
        for (worker, count) in other.by_worker {
            *self.by_worker.entry(worker).or_default() += count;
        }
    }
}
