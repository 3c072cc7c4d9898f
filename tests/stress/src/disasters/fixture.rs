//! One relay, one shop and one Sage for a scenario, and what must be true at its end.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use ledger_postgres::{Durability, Server};
use serde_json::Value;

use crate::documents::{Templates, Work};
use crate::relay::{Installation, Process, SHORT_WAITS};
use crate::sage::{Mode, Sage, TOKEN_LIFE};

use super::ledger_check::Checked;
use super::shop::ShopClient;
use super::small_disk::SmallDisk;

/// Where the relay keeps its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Store {
    Sqlite,
    Postgres,
    /// Three processes on one database.
    PostgresThree,
}

impl Store {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
            Self::PostgresThree => "PostgreSQL ×3",
        }
    }

    fn processes(self) -> usize {
        if self == Self::PostgresThree { 3 } else { 1 }
    }
}

/// What a scenario is tried with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parameters {
    pub(super) store: Store,
    pub(super) mode: Mode,
    pub(super) documents: usize,
    pub(super) half_open: usize,
    pub(super) seed: u64,
}

/// What disasters need beyond [`SHORT_WAITS`].
const MORE_SETTINGS: [(&str, &str); 2] = [
    ("LEDGER_RELAY__PUSH__ALLOW_PRIVATE_NETWORKS", "true"),
    ("LEDGER_RELAY__UPKEEP__EVERY_MS", "1000"),
];
/// How long everything may take to be well again, when nothing says less.
const DEADLINE: Duration = Duration::from_secs(60);
/// The database of a fixture on PostgreSQL.
pub(super) const DATABASE: &str = "ledger0";
/// Between two looks at something that is waited for.
pub(super) const POLL: Duration = Duration::from_millis(50);

/// How a scenario ended that went its way.
#[derive(Debug)]
pub(super) enum End {
    /// So long after the fault everything was well.
    Well(Duration),
    /// It cannot be tried on this machine.
    Skipped(&'static str),
}

/// Everything a scenario works with. Processes end before their disk and their folder go.
pub(super) struct Fixture {
    pub(super) processes: Vec<Process>,
    /// The small file system that the data is on, in scenarios of the disk.
    pub(super) disk: Option<SmallDisk>,
    pub(super) installation: Installation,
    pub(super) parameters: Parameters,
    pub(super) sage: Sage,
    pub(super) shop: ShopClient,
    pub(super) work: Work,
    /// What was not as it should be, though the scenario went on.
    pub(super) complaints: Vec<String>,
    /// A kill between Sage's answer to a refresh and the commit of it loses the tokens; then a
    /// person connects again.
    may_lose_tokens: bool,
}

impl Fixture {
    /// A relay that is not started yet, with a shop whose outbox is empty.
    pub(super) async fn prepare(parameters: &Parameters) -> Result<Self> {
        let settings = [&SHORT_WAITS[..], &MORE_SETTINGS[..]].concat();
        let installation = match parameters.store {
            Store::Sqlite => Installation::on_sqlite(&settings)?,
            Store::Postgres | Store::PostgresThree => {
                Installation::on_postgres(Durability::Disk, &settings)?
            }
        };
        Ok(Self {
            processes: Vec::new(),
            disk: None,
            installation,
            parameters: *parameters,
            sage: Sage::start(parameters.seed, parameters.mode, TOKEN_LIFE).await?,
            shop: ShopClient::new("shop-0")?,
            work: Templates::load()?.work(parameters.documents),
            complaints: Vec::new(),
            may_lose_tokens: false,
        })
    }

    /// Connects the shop and starts the relay.
    pub(super) async fn open(&mut self) -> Result<()> {
        self.installation
            .connect(&self.shop.shop, &self.sage)
            .await?;
        self.start()
    }

    pub(super) fn start(&mut self) -> Result<()> {
        for number in 0..self.parameters.store.processes() {
            let process = self.installation.start(&format!("relay-{number}"), None)?;
            self.processes.push(process.context("the relay died")?);
        }
        let urls = self.processes.iter().map(|process| process.url.clone());
        self.shop.urls = urls.collect();
        Ok(())
    }

    /// SIGKILL to every process.
    pub(super) fn kill(&mut self) {
        self.may_lose_tokens = true;
        self.processes.clear();
    }

    /// SIGTERM to every process, and waits for their end.
    pub(super) async fn stop(&mut self) -> Result<()> {
        for process in &self.processes {
            process.signal("TERM")?;
        }
        for process in &mut self.processes {
            if !process.dies_within(Duration::from_secs(40)).await? {
                bail!("the relay does not stop on SIGTERM");
            }
        }
        self.processes.clear();
        Ok(())
    }

    /// Where the first process listens.
    pub(super) fn url(&self) -> Result<String> {
        let first = self.processes.first().context("no relay runs")?;
        Ok(first.url.clone())
    }

    /// A part of the shop's documents goes into its outbox: from and up to so many of `of` parts.
    pub(super) fn queue(&mut self, from: usize, to: usize, of: usize) -> Result<()> {
        let count = self.work.plans.len();
        let part = self
            .work
            .plans
            .get(count * from / of..count * to / of)
            .unwrap_or_default();
        self.shop.queue(part)
    }

    /// The PostgreSQL server.
    pub(super) fn server(&mut self) -> Result<&mut Server> {
        self.installation.server().context("no PostgreSQL here")
    }

    /// A new consent: Sage has replaced the refresh token since.
    pub(super) async fn consent(&self) -> Result<()> {
        self.installation
            .reconnect(&self.shop.shop, &self.sage)
            .await
    }

    /// What `/readyz` of the first process answers; 0 when it does not.
    pub(super) async fn readiness(&self) -> u16 {
        let Ok(url) = self.url() else { return 0 };
        let answer = reqwest::get(format!("{url}/readyz")).await;
        answer.map_or(0, |answer| answer.status().as_u16())
    }

    /// Waits until every process takes documents again; how long that took.
    pub(super) async fn until_ready(&mut self, limit: Duration) -> Result<Duration> {
        let began = Instant::now();
        loop {
            let readiness = self.readiness().await;
            let delivered = self.shop.deliver().await;
            if readiness == 200 && delivered.is_ok() {
                return Ok(began.elapsed());
            }
            if began.elapsed() > limit {
                let delivered = delivered
                    .map_or_else(|error| format!("{error:#}"), |()| "delivered".to_owned());
                bail!(
                    "not ready after {} s: readyz {readiness}, {delivered}",
                    limit.as_secs()
                );
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Runs the shop's cycle until every document is at its end and no recovery is open; how long
    /// that took.
    pub(super) async fn settle(&mut self) -> Result<Duration> {
        self.settle_within(DEADLINE).await
    }

    pub(super) async fn settle_within(&mut self, limit: Duration) -> Result<Duration> {
        let began = Instant::now();
        loop {
            // What a relay cannot take now it will take soon.
            let binding = self.shop.cycle().await;
            if let Ok(binding) = &binding {
                if binding.get("state").and_then(Value::as_str) == Some("token_revoked") {
                    if !std::mem::take(&mut self.may_lose_tokens) {
                        bail!("the connection to Sage was lost: {binding}");
                    }
                    self.consent().await?;
                }
                let is_recovering = binding.get("recovery").is_some_and(|one| !one.is_null());
                if !is_recovering && self.shop.is_quiet() {
                    return Ok(began.elapsed());
                }
            }
            if began.elapsed() > limit {
                let open = self.shop.unfinished();
                let some: Vec<&str> = open.iter().take(5).map(String::as_str).collect();
                let binding =
                    binding.map_or_else(|error| format!("{error:#}"), |one| one.to_string());
                bail!(
                    "not well after {} s: {} documents open, such as {}; the binding: {binding}",
                    limit.as_secs(),
                    open.len(),
                    some.join("; "),
                );
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Looks whether Sage has everything once and the shop knows it.
    pub(super) async fn check(&self, took: Duration) -> Result<Checked> {
        let ledger = self.sage.look("ledger").await?;
        let log = self.installation.log();
        let mut checked = Checked::of(&ledger, &self.work, &self.shop, took, log)?;
        checked.disagreeing.extend(self.complaints.iter().cloned());
        Ok(checked)
    }
}
