//! One scenario of the matrix.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use ledger_postgres::Durability;
use serde_json::Value;

use crate::documents::{Templates, Work};
use crate::ledger_check::{Verdict, compare};
use crate::random::Random;
use crate::relay::{Installation, Process, SHORT_WAITS};
use crate::sage::{Mode, Sage, TOKEN_LIFE};
use crate::shop::{News, Shop};

use super::Database;
use super::fault::{End, Fault, FaultyProcess};
use super::report::Outcome;

/// Plans of one request.
const BATCH: usize = 7;
/// Without any news for so long, nothing more will come.
const STANDSTILL: Duration = Duration::from_secs(60);

/// What is tried.
#[derive(Debug, Clone)]
pub(super) struct Scenario {
    pub(super) database: Database,
    pub(super) mode: Mode,
    shops: usize,
    documents: usize,
    kills: usize,
    duplicate_guard: bool,
}

impl Scenario {
    /// `documents` are those of each shop.
    pub(super) fn new(
        database: Database,
        mode: Mode,
        shops: usize,
        documents: usize,
        kills: usize,
    ) -> Self {
        Self {
            database,
            mode,
            shops,
            documents,
            kills,
            duplicate_guard: true,
        }
    }

    pub(super) fn without_duplicate_guard(self) -> Self {
        Self {
            duplicate_guard: false,
            ..self
        }
    }
}

/// A shop with its Sage, its documents, and what it has heard.
struct Business {
    shop: Shop,
    sage: Sage,
    work: Work,
    /// Plans that the relay has acknowledged.
    taken: usize,
    news: News,
}

struct ScenarioRun<'c> {
    scenario: &'c Scenario,
    installation: Installation,
    businesses: Vec<Business>,
    random: Random,
    faulty: Vec<Option<FaultyProcess>>,
    faults_drawn: usize,
    kills: BTreeMap<&'static str, usize>,
    reconnections: usize,
}

/// Runs one scenario.
pub(super) async fn run(scenario: &Scenario, seed: u64) -> Result<Outcome> {
    let began = Instant::now();
    let mut running = ScenarioRun::prepare(scenario, seed).await?;
    while running.killed() < scenario.kills {
        running.round().await?;
    }
    running.end_well().await?;
    running.outcome(began.elapsed()).await
}

impl<'c> ScenarioRun<'c> {
    async fn prepare(scenario: &'c Scenario, seed: u64) -> Result<Self> {
        let mut settings = SHORT_WAITS.to_vec();
        if !scenario.duplicate_guard {
            settings.push(("LEDGER_RELAY_NETS", "off"));
        }
        let installation = match scenario.database {
            Database::Sqlite => Installation::on_sqlite(&settings)?,
            Database::Postgres => Installation::on_postgres(Durability::Memory, &settings)?,
        };
        let templates = Templates::load()?;
        let mut businesses = Vec::new();
        for number in 0..scenario.shops {
            let shop = Shop::new(format!("shop-{number}"))?;
            let different = seed.wrapping_mul(100) + u64::try_from(number)?;
            let sage = Sage::start(different, scenario.mode, TOKEN_LIFE).await?;
            installation.connect(&shop, &sage).await?;
            businesses.push(Business {
                shop,
                sage,
                work: templates.work_with(scenario.documents, true),
                taken: 0,
                news: News::default(),
            });
        }
        Ok(Self {
            scenario,
            installation,
            businesses,
            random: Random::new(seed),
            faulty: (0..scenario.database.processes()).map(|_| None).collect(),
            faults_drawn: 0,
            kills: BTreeMap::new(),
            reconnections: 0,
        })
    }

    fn killed(&self) -> usize {
        self.kills.values().sum()
    }

    /// Starts what is dead, makes trouble, sends a few documents, and kills what is due.
    async fn round(&mut self) -> Result<()> {
        for slot in 0..self.faulty.len() {
            if self.faulty.get(slot).is_some_and(Option::is_none) {
                let faulty = self.spawn(slot)?;
                if let Some(entry) = self.faulty.get_mut(slot) {
                    *entry = faulty;
                }
                if self.random.between(0, 2) == 0 {
                    for business in &self.businesses {
                        business.sage.trouble(&mut self.random).await?;
                    }
                }
            }
        }
        let urls: Vec<String> = self
            .faulty
            .iter()
            .flatten()
            .map(|faulty| faulty.process.url.clone())
            .collect();
        let (killed, kills) = (self.killed(), self.scenario.kills);
        for business in &mut self.businesses {
            let due = business.work.plans.len() * (killed + 1) / kills;
            business.send(&urls, due).await;
        }
        if self.random.between(0, 20) == 0 {
            self.hear(&urls).await?;
        }
        for entry in &mut self.faulty {
            let Some(faulty) = entry else { continue };
            let name = match faulty.look().await? {
                End::Alive => continue,
                End::At(name) => name,
                End::AnyMoment => "any moment",
            };
            *self.kills.entry(name).or_default() += 1;
            *entry = None;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        Ok(())
    }

    fn spawn(&mut self, slot: usize) -> Result<Option<FaultyProcess>> {
        self.faults_drawn += 1;
        // Where ids are ignored nobody can tell a request that a stopped process still holds back.
        let zombies =
            self.scenario.database == Database::Postgres && self.scenario.mode.honours_ids;
        let fault = Fault::draw(self.faults_drawn, zombies, &mut self.random);
        let crash = fault.crash_point();
        let name = format!("relay-{slot}");
        let process = self.installation.start(&name, crash.as_deref())?;
        if process.is_none()
            && let Fault::Point(point, _) = fault
        {
            *self.kills.entry(point).or_default() += 1;
        }
        Ok(process.map(|process| FaultyProcess::new(process, fault, &mut self.random)))
    }

    /// Pulls every feed; a binding whose tokens were lost in the one window gets a new consent.
    async fn hear(&mut self, urls: &[String]) -> Result<()> {
        for business in &mut self.businesses {
            let Some(url) = urls.first() else {
                return Ok(());
            };
            // A dying relay tells nothing; the next one will.
            if business.shop.listen(url, &mut business.news).await.is_err() {
                continue;
            }
            let told = business.news.keys.values();
            if told.into_iter().any(|told| told.status == "parked") {
                self.installation
                    .reconnect(&business.shop, &business.sage)
                    .await?;
                self.reconnections += 1;
            }
        }
        Ok(())
    }

    /// No more kills: every document comes to an end.
    async fn end_well(&mut self) -> Result<()> {
        self.faulty.clear();
        let mut processes: Vec<Process> = Vec::new();
        for slot in 0..self.scenario.database.processes() {
            processes.extend(self.installation.start(&format!("relay-{slot}"), None)?);
        }
        let urls: Vec<String> = processes
            .iter()
            .map(|process| process.url.clone())
            .collect();
        for business in &mut self.businesses {
            business.send_all_again(&urls).await?;
        }
        let mut last = (0, Instant::now());
        loop {
            self.hear(&urls).await?;
            let open: usize = self.businesses.iter().map(Business::open).sum();
            if open == 0 {
                return Ok(());
            }
            if open != last.0 {
                last = (open, Instant::now());
            }
            if last.1.elapsed() > STANDSTILL {
                let what = self.businesses.iter().find_map(Business::first_open);
                bail!(
                    "{open} documents come to no end, such as {what:?}\n{}",
                    self.installation.log()
                );
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn outcome(self, took: Duration) -> Result<Outcome> {
        let mut outcome = Outcome {
            name: format!(
                "{} {}",
                match self.scenario.database {
                    Database::Sqlite => "SQLite",
                    Database::Postgres => "PostgreSQL ×3",
                },
                match (
                    self.scenario.mode.honours_ids,
                    self.scenario.mode.caches_errors
                ) {
                    (true, false) => "ids honoured",
                    (true, true) => "ids honoured, errors kept",
                    (false, _) => "ids ignored",
                }
            ),
            documents: 0,
            ledger: Verdict::default(),
            not_done: Vec::new(),
            kills: self.kills,
            faults: BTreeMap::new(),
            calls: 0,
            reconnections: self.reconnections,
            took,
        };
        for business in &self.businesses {
            outcome.documents += business.work.plans.len();
            let ledger = business.sage.look("ledger").await?;
            outcome
                .ledger
                .add(compare(&ledger, &business.work.expected)?);
            outcome.not_done.extend(business.not_done());
            let requests = business.sage.look("requests").await?;
            outcome.calls += requests.get("count").and_then(Value::as_u64).unwrap_or(0);
            let faults = business.sage.look("faults").await?;
            let struck = faults.get("struck").and_then(Value::as_object);
            for (kind, times) in struck.into_iter().flatten() {
                *outcome.faults.entry(kind.clone()).or_default() += times.as_u64().unwrap_or(0);
            }
        }
        Ok(outcome)
    }
}

impl Business {
    /// Sends on, in order, until so many plans are acknowledged or the relay does not answer.
    async fn send(&mut self, urls: &[String], due: usize) {
        while self.taken < due {
            let Some(url) = urls.get(self.taken % urls.len().max(1)) else {
                return;
            };
            let end = (self.taken + BATCH).min(due);
            let batch = self.work.plans.get(self.taken..end).unwrap_or_default();
            let plans: Vec<&str> = batch.iter().map(|(_, plan)| plan.as_str()).collect();
            // No answer: the next round sends the same again, as a shop's cron does.
            if self.shop.post(url, &plans).await.is_err() {
                return;
            }
            self.taken = end;
        }
    }

    /// Everything once more: what was acknowledged must be there.
    async fn send_all_again(&mut self, urls: &[String]) -> Result<()> {
        let before = self.taken;
        let Some(url) = urls.first() else {
            bail!("no process is up");
        };
        for (number, batch) in self.work.plans.chunks(50).enumerate() {
            let plans: Vec<&str> = batch.iter().map(|(_, plan)| plan.as_str()).collect();
            let statuses = self.shop.post(url, &plans).await?;
            for (status, at) in statuses.iter().zip(number * 50..) {
                let known = matches!(status.as_str(), "replayed" | "superseded");
                let new = at >= before && status == "accepted";
                ensure!(known || new, "plan {at} of {before} taken ones: {status}");
            }
        }
        self.taken = self.work.plans.len();
        Ok(())
    }

    fn keys(&self) -> impl Iterator<Item = &str> {
        self.work.plans.iter().map(|(key, _)| key.as_str())
    }

    fn is_open(&self, key: &str) -> bool {
        let told = self.news.keys.get(key);
        // Superseded is the end of a state, and not of its key: the newer state is still to come.
        !told.is_some_and(|told| {
            matches!(told.status.as_str(), "succeeded" | "rejected" | "ambiguous")
                || self.is_superseded_for_good(key, &told.status)
        })
    }

    /// Whether what the plan would have made had ended before it was posted.
    fn is_superseded_for_good(&self, key: &str, status: &str) -> bool {
        status == "superseded" && self.work.expected.has_ended(key)
    }

    fn open(&self) -> usize {
        self.keys().filter(|key| self.is_open(key)).count()
    }

    fn first_open(&self) -> Option<String> {
        let key = self.keys().find(|key| self.is_open(key))?;
        Some(format!("{key}: {:?}", self.news.keys.get(key)))
    }

    /// Keys that came to an end other than success.
    fn not_done(&self) -> Vec<String> {
        let told = self.news.keys.iter();
        told.filter(|(_, told)| told.status != "succeeded")
            .filter(|(key, told)| !self.is_superseded_for_good(key, &told.status))
            .map(|(key, told)| format!("{key}: {} {}", told.status, told.error))
            .collect()
    }
}
