//! Simulator and relay together, and the way through them.

use super::documents::{Decision, Document, decide};
use super::relay::Relay;
use super::report::Report;
use super::scenes::Scene;
use super::simulator::Simulator;
use anyhow::{Context, Result};
use serde_json::Value;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

/// What a sequence of plans may take at most: a base, and a share for each.
const TIMEOUT: Duration = Duration::from_secs(60);
const TIMEOUT_PER_PLAN: Duration = Duration::from_millis(500);

/// The running parts; they end when it is dropped.
#[derive(Debug)]
pub struct Stage {
    relay: Relay,
    simulator: Simulator,
    folder: TempDir,
}

impl Stage {
    /// Starts everything for a British business that sells everywhere, announcing each step.
    ///
    /// # Errors
    /// When a part cannot be started, or the environment names none.
    pub async fn open(announce: &dyn Fn(&str)) -> Result<Self> {
        Self::open_for("sage_gb_everything.json", announce).await
    }

    /// [`Stage::open`] for an Irish business.
    ///
    /// # Errors
    /// As [`Stage::open`].
    pub async fn open_in_ireland(announce: &dyn Fn(&str)) -> Result<Self> {
        Self::open_for("sage_ie_business.json", announce).await
    }

    async fn open_for(business: &str, announce: &dyn Fn(&str)) -> Result<Self> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .build()
            .context("an HTTP client")?;
        let folder = tempfile::Builder::new()
            .prefix("ledger-demo-")
            .tempdir()
            .context("a folder for the relay")?;
        announce("Starting the Sage simulator");
        let simulator = Simulator::start(http.clone(), business)?;
        let grant = simulator
            .grant()
            .await
            .context("tokens from the simulator")?;
        announce(&format!(
            "Starting the relay with a fresh SQLite database in {}",
            folder.path().display()
        ));
        let relay = Relay::start(http, folder.path(), &simulator.url(), &grant)?;
        Ok(Self {
            relay,
            simulator,
            folder,
        })
    }

    /// Changes how the simulated Sage behaves (`tests/sage-simulator/README.md`).
    ///
    /// # Errors
    /// When the simulator does not know a switch.
    pub async fn switch(&self, changes: &Value) -> Result<()> {
        self.simulator.switch(changes).await
    }

    /// Address of the simulator.
    pub fn simulator_url(&self) -> String {
        self.simulator.url()
    }

    /// Address of the relay.
    pub fn relay_url(&self) -> String {
        self.relay.url()
    }

    /// Address of the relay's pages, and the link with which their first account is made.
    pub fn dashboard(&self) -> Option<(&str, &str)> {
        let ready = self.relay.ready();
        ready
            .dashboard
            .as_deref()
            .zip(ready.create_the_first_account.as_deref())
    }

    /// Gives the pages what a shop that is set up has: its own lists, Sage's, and settings.
    ///
    /// # Errors
    /// When the relay or the operator's command refuses it.
    pub async fn furnish(&self) -> Result<()> {
        self.relay.furnish(self.folder.path()).await
    }

    /// Where the relay keeps its files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Sends the documents of the scenes the whole way and compares.
    ///
    /// # Errors
    /// When a part of the way fails; a document that is refused is a row of the report.
    pub async fn play(&self, scenes: &[Scene], announce: &dyn Fn(&str)) -> Result<Report> {
        let files: usize = scenes.iter().map(|scene| scene.files.len()).sum();
        announce(&format!(
            "PHP builds the events of {files} files of recorded rows; the extension decides on each"
        ));
        let mut decided = Vec::new();
        for (number, scene) in scenes.iter().enumerate() {
            let settings = scene.settings(self.folder.path(), number)?;
            decided.push((scene.title, decide(&scene.files, &settings)?));
        }
        let posts: Vec<_> = decided
            .iter()
            .flat_map(|(_, documents)| documents)
            .filter_map(planned)
            .collect();
        let plans: Vec<_> = posts.iter().map(|(_, plan)| *plan).collect();
        let keys: Vec<_> = posts.iter().map(|(key, _)| *key).collect();
        announce(&format!("Handing {} plans to the relay", plans.len()));
        self.relay.post(&plans).await?;
        announce("Waiting until the relay has posted them to Sage");
        let timeout = TIMEOUT + TIMEOUT_PER_PLAN * u32::try_from(plans.len()).unwrap_or(u32::MAX);
        let synced = self.relay.settled(&keys, timeout).await?;
        announce("Comparing the ledger's totals with Magento's");
        Ok(Report::new(decided, &synced, self.simulator.books().await?))
    }
}

fn planned(document: &Document) -> Option<(&str, &serde_json::value::RawValue)> {
    match &document.decision {
        Decision::Post { plan, key, .. } => Some((key, plan)),
        Decision::Skip(_) | Decision::Reject(_) => None,
    }
}
