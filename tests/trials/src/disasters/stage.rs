//! One relay, one shop and one Sage for a scenario, and what must be true at its end.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use ledger_postgres::Durability;
use serde_json::Value;

use crate::books::{Verdict, compare};
use crate::documents::{Templates, Work};
use crate::relay::{Installation, Process};
use crate::sage::{Mode, Sage};

use super::report::Row;
use super::shop::StandingShop;

/// Where the inbox is.
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

/// Waiting made short: what takes minutes in earnest takes fractions of a second here.
const SETTINGS: [(&str, &str); 12] = [
    ("LEDGER_RELAY__SERVER__MAX_REQUESTS_PER_MINUTE", "0"),
    ("LEDGER_RELAY__SERVER__HEADER_TIMEOUT_MS", "2000"),
    ("LEDGER_RELAY__RETRY__FIRST_MS", "50"),
    ("LEDGER_RELAY__RETRY__CAP_MS", "400"),
    ("LEDGER_RELAY__RETRY__QUIET_MS", "500"),
    ("LEDGER_RELAY__RETRY__RECHECK_MS", "200"),
    ("LEDGER_RELAY__SAGE__REQUEST_TIMEOUT_MS", "1000"),
    ("LEDGER_RELAY__SAGE__REQUESTS_PER_MINUTE", "0"),
    ("LEDGER_RELAY__SAGE__REQUESTS_PER_DAY", "0"),
    ("LEDGER_RELAY__STORE__LEASE_MS", "1000"),
    ("LEDGER_RELAY__STORE__CONNECTIONS", "8"),
    ("LEDGER_RELAY__PUSH__ALLOW_PRIVATE_NETWORKS", "true"),
];
/// Life of an access token, in seconds: it is renewed many times in a scenario.
const TOKEN_LIFE: i64 = 4;
/// Nothing here takes longer, unless it never comes to an end.
const DEADLINE: Duration = Duration::from_secs(90);

/// Everything a scenario plays with.
pub(super) struct Stage {
    pub(super) installation: Installation,
    pub(super) store: Store,
    pub(super) mode: Mode,
    pub(super) sage: Sage,
    pub(super) shop: StandingShop,
    pub(super) work: Work,
    pub(super) processes: Vec<Process>,
}

impl Stage {
    /// A relay that is not started yet, with a shop of so many documents.
    pub(super) async fn prepare(
        store: Store,
        mode: Mode,
        documents: usize,
        seed: u64,
    ) -> Result<Self> {
        let installation = match store {
            Store::Sqlite => Installation::on_sqlite(&SETTINGS)?,
            Store::Postgres | Store::PostgresThree => {
                Installation::on_postgres(Durability::Disk, &SETTINGS)?
            }
        };
        Self::over(installation, store, mode, documents, seed).await
    }

    async fn over(
        installation: Installation,
        store: Store,
        mode: Mode,
        documents: usize,
        seed: u64,
    ) -> Result<Self> {
        let sage = Sage::start(seed, mode, TOKEN_LIFE).await?;
        let stage = Self {
            shop: StandingShop::new("shop-0")?,
            work: Templates::load()?.work(documents),
            processes: Vec::new(),
            installation,
            store,
            mode,
            sage,
        };
        Ok(stage)
    }

    /// Sets the binding up, and starts the relay.
    pub(super) async fn open(mut self) -> Result<Self> {
        self.shop.connect(&self.installation, &self.sage).await?;
        self.start()?;
        Ok(self)
    }

    pub(super) fn start(&mut self) -> Result<()> {
        for number in 0..self.store.processes() {
            let name = format!("relay-{number}");
            let process = self.installation.start(&name, None)?;
            self.processes.push(process.context("the relay died")?);
        }
        Ok(())
    }

    /// SIGKILL to every process.
    pub(super) fn kill(&mut self) {
        self.processes.clear();
    }

    /// Where the first process listens.
    pub(super) fn url(&self) -> Result<String> {
        let first = self.processes.first().context("no relay runs")?;
        Ok(first.url.clone())
    }

    pub(super) fn plans(&self) -> Vec<(String, String)> {
        self.work.plans.clone()
    }

    /// A new consent: Sage has replaced the refresh token since.
    pub(super) async fn consent(&self) -> Result<()> {
        self.installation
            .reconnect(&self.shop.shop, &self.sage)
            .await
    }

    /// Delivers what is open and waits until every document is at its end; how long that took.
    pub(super) async fn end_well(&mut self) -> Result<Duration> {
        let (url, plans) = (self.url()?, self.plans());
        let began = Instant::now();
        loop {
            // A relay that cannot take something now will take it soon.
            let cycle = self.shop.cycle(&url, &plans).await;
            let delivered = self.shop.deliver_rest(&url, &plans).await;
            if let (Ok(standing), Ok(())) = (&cycle, &delivered) {
                if standing.get("state").and_then(Value::as_str) == Some("token_revoked") {
                    bail!("the connection to Sage was lost");
                }
                let is_recovering = standing.get("recovery").is_some_and(|one| !one.is_null());
                if !is_recovering && self.unfinished().is_none() {
                    return Ok(began.elapsed());
                }
            }
            if began.elapsed() > DEADLINE {
                let open = self.unfinished();
                bail!(
                    "no end: {open:?}, {:?}, {:?}\n{}",
                    cycle.map_err(|error| error.to_string()),
                    delivered.map_err(|error| error.to_string()),
                    self.installation.log()
                );
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// A document that is not at its end.
    fn unfinished(&self) -> Option<String> {
        let ends = ["succeeded", "rejected", "ambiguous"];
        let is_open = |key: &str| {
            let shown = self.shop.shown.get(key);
            !shown.is_some_and(|shown| ends.contains(&shown.status.as_str()))
        };
        let open = self.work.plans.iter().find(|(key, _)| is_open(key));
        open.map(|(key, _)| format!("{key}: {:?}", self.shop.shown.get(key)))
    }

    /// Compares Sage with what the shop has sent, and with what the shop shows.
    pub(super) async fn row(&self, scenario: &'static str, took: Duration) -> Result<Row> {
        let ledger = self.sage.look("ledger").await?;
        let books: Verdict = compare(&ledger, &self.work.expected)?;
        let disagree: Vec<String> = self
            .shop
            .shown
            .iter()
            .filter(|(_, shown)| shown.status != "succeeded")
            .map(|(key, shown)| format!("{key}: {} {}", shown.status, shown.error))
            .collect();
        Ok(Row {
            scenario,
            store: self.store.name(),
            honours_ids: self.mode.honours_ids,
            documents: self.work.plans.len(),
            books,
            disagree,
            took,
            log: self.installation.log(),
        })
    }
}
