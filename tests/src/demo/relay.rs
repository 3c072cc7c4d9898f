//! The relay as a process with a fresh database, and one shop that talks to it.

use crate::hosts::artefact;
use anyhow::{Context, Result, bail, ensure};
use ledger_harness::child::{Ready, Server};
use ledger_harness::token::{random_hex, sign};
use reqwest::Client;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const BINDING: &str = "demo-shop";
const BATCH: usize = 100;

/// A running relay and the shop's key.
#[derive(Debug)]
pub(super) struct Relay {
    server: Server,
    http: Client,
    api_key: String,
    /// The environment of relay and command line.
    settings: Vec<(&'static str, OsString)>,
}

/// The relay's answer about one plan.
#[derive(Debug, Deserialize)]
struct Received {
    key: Option<String>,
    status: String,
    code: Option<String>,
    pointer: Option<String>,
    detail: Option<String>,
}

#[derive(Deserialize)]
struct Results {
    results: Vec<Received>,
}

/// What became of a plan.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Synced {
    key: String,
    pub(super) status: String,
    pub(super) sage_id: Option<String>,
    pub(super) sage_reference: Option<String>,
    pub(super) error: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Feed {
    items: Vec<Synced>,
    next: String,
}

impl Synced {
    /// Nothing more will happen by itself.
    fn is_terminal(&self) -> bool {
        matches!(
            self.status.as_str(),
            "succeeded" | "rejected" | "ambiguous" | "parked" | "superseded"
        )
    }
}

impl Relay {
    /// Sets up database, keys and binding in `folder` and starts the relay.
    pub(super) fn start(
        http: Client,
        folder: &Path,
        sage_url: &str,
        grant: &super::simulator::Grant,
    ) -> Result<Self> {
        let program = artefact("LEDGER_RELAY_BIN")?;
        let api_key = format!("demo-{}", random_hex(24)?);
        let server_key = random_hex(32)?;
        let secret = |name: &str, content: &str| -> Result<std::path::PathBuf> {
            let path = folder.join(name);
            fs::write(&path, content).with_context(|| format!("writing {}", path.display()))?;
            Ok(path)
        };
        let api_key_file = secret("api.key", &api_key)?;
        let refresh_token_file = secret("refresh.token", &grant.refresh_token)?;
        let log_path = folder.join("relay.log");
        let settings = vec![
            (
                "LEDGER_RELAY__STORE__PATH",
                folder.join("relay.sqlite3").into(),
            ),
            ("LEDGER_RELAY__KEYS__SERVER_KEY", server_key.into()),
            ("LEDGER_RELAY__SERVER__LISTEN", "127.0.0.1:0".into()),
            // Another relay on this machine may have the dashboard's usual address.
            ("LEDGER_RELAY__DASHBOARD__LISTEN", "127.0.0.1:0".into()),
            ("LEDGER_RELAY__SAGE__CLIENT_ID", "demo".into()),
            ("LEDGER_RELAY__SERVER__MAX_REQUESTS_PER_MINUTE", "0".into()),
            // The simulator has no limits; the demo shows more documents than a minute takes.
            ("LEDGER_RELAY__SAGE__REQUESTS_PER_MINUTE", "0".into()),
            ("LEDGER_RELAY__SAGE__REQUESTS_PER_DAY", "0".into()),
        ];
        let relay = || {
            let mut command = Command::new(&program);
            command.envs(settings.iter().cloned());
            command
        };
        let added = relay()
            .args([
                "binding",
                "add",
                "--id",
                BINDING,
                "--business",
                &grant.business_id,
                "--sage-base-url",
                sage_url,
            ])
            .arg("--api-key-file")
            .arg(&api_key_file)
            .arg("--refresh-token-file")
            .arg(&refresh_token_file)
            .output()
            .context("the relay does not start")?;
        ensure!(
            added.status.success(),
            "binding add: {}",
            String::from_utf8_lossy(&added.stderr).trim()
        );
        let log = fs::File::create(&log_path)
            .with_context(|| format!("creating {}", log_path.display()))?;
        let server =
            Server::start("the relay", relay().arg("serve").stderr(log)).with_context(|| {
                let told = fs::read_to_string(&log_path).unwrap_or_default();
                format!("its log ends: {}", told.lines().last().unwrap_or("(empty)"))
            })?;
        Ok(Self {
            server,
            http,
            api_key,
            settings,
        })
    }

    pub(super) fn url(&self) -> String {
        self.server.url()
    }

    /// What it printed when it was ready: the pages' address, the link of the first account.
    pub(super) fn ready(&self) -> &Ready {
        self.server.ready()
    }

    /// What the pages show besides documents: the shop's own lists, Sage's, and the settings.
    pub(super) async fn furnish(&self, folder: &Path) -> Result<()> {
        let golden = crate::root().join("golden");
        let profile = fs::read_to_string(golden.join("shops/united_kingdom.json"))?;
        let told = self
            .http
            .put(format!("{}/v1/shop-profile", self.url()))
            .bearer_auth(sign(BINDING, &self.api_key)?)
            .body(profile)
            .send()
            .await?;
        ensure!(
            told.status().is_success(),
            "shop-profile: {}",
            told.status()
        );
        let settings = folder.join("settings-of-the-shop.json");
        fs::copy(golden.join("profiles/gb_base.json"), &settings)?;
        self.cli(&["refs:refresh", BINDING])?;
        self.cli(&["settings:set", BINDING, &settings.display().to_string()])
    }

    /// Runs a command of the operator.
    fn cli(&self, words: &[&str]) -> Result<()> {
        let done = Command::new(artefact("LEDGER_CLI_BIN")?)
            .envs(self.settings.iter().cloned())
            .args(words)
            .output()
            .context("ledger-cli does not start")?;
        ensure!(
            done.status.success(),
            "{}: {}",
            words.join(" "),
            String::from_utf8_lossy(&done.stderr).trim()
        );
        Ok(())
    }

    /// Hands plans over, byte for byte as the core wrote them.
    pub(super) async fn post(&self, plans: &[&RawValue]) -> Result<()> {
        for batch in plans.chunks(BATCH) {
            let joined = batch
                .iter()
                .map(|plan| plan.get())
                .collect::<Vec<_>>()
                .join(",");
            let answer = self
                .http
                .post(format!("{}/v1/plans", self.url()))
                .bearer_auth(sign(BINDING, &self.api_key)?)
                .header("Content-Type", "application/json")
                .body(format!("{{\"plans\":[{joined}]}}"))
                .send()
                .await?;
            let status = answer.status();
            let text = answer.text().await?;
            ensure!(
                status.is_success(),
                "the relay answers {status} to plans: {text}"
            );
            let results: Results =
                serde_json::from_str(&text).context("the relay's answer to plans")?;
            ensure!(
                results.results.len() == batch.len(),
                "the relay answers to another number of plans"
            );
            for result in results.results {
                if !matches!(
                    result.status.as_str(),
                    "accepted" | "replayed" | "superseded"
                ) {
                    bail!("the relay does not take a plan: {}", told(&result));
                }
            }
        }
        Ok(())
    }

    /// Pulls the feed until every key has come to an end, or the deadline passes.
    pub(super) async fn settled(
        &self,
        keys: &[&str],
        timeout: Duration,
    ) -> Result<BTreeMap<String, Synced>> {
        let deadline = Instant::now() + timeout;
        let mut ended: BTreeMap<String, Synced> = BTreeMap::new();
        let mut cursor = "0".to_owned();
        loop {
            let feed = self.feed(&cursor).await?;
            let more = !feed.items.is_empty();
            cursor = feed.next;
            for item in feed.items {
                if item.is_terminal() {
                    ended.insert(item.key.clone(), item);
                } else {
                    ended.remove(&item.key);
                }
            }
            let open = keys.iter().filter(|key| !ended.contains_key(**key)).count();
            if open == 0 && !more {
                return Ok(ended);
            }
            if Instant::now() >= deadline {
                bail!(
                    "{open} of {} plans came to no end within {} s",
                    keys.len(),
                    timeout.as_secs()
                );
            }
            if !more {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }

    async fn feed(&self, since: &str) -> Result<Feed> {
        let answer = self
            .http
            .get(format!(
                "{}/v1/sync-state?since={since}&limit=500",
                self.url()
            ))
            .bearer_auth(sign(BINDING, &self.api_key)?)
            .send()
            .await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(
            status.is_success(),
            "the relay answers {status} to sync-state: {text}"
        );
        serde_json::from_str(&text).context("the relay's sync-state")
    }
}

/// A refused plan in words.
fn told(received: &Received) -> String {
    let part = |text: &Option<String>| text.clone().unwrap_or_default();
    let Received {
        key,
        status,
        code,
        pointer,
        detail,
    } = received;
    format!(
        "{} is {status}: {} {} {}",
        part(key),
        part(code),
        part(pointer),
        part(detail)
    )
}
