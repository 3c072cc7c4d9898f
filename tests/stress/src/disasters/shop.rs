//! A shop with an outbox and a mirror of the feed, which says where it stands and does what a
//! recovering relay asks for: contracts, section 9.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use ledger_harness::token::sign_at;
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::shop::Shop;

/// Plans of one request.
const BATCH: usize = 7;
/// What a recovery asks for begins so long before its `since`.
const OVERLAP_MS: i64 = 600_000;

/// A plan in the outbox.
#[derive(Debug, Clone)]
pub(super) struct Outgoing {
    pub(super) key: String,
    plan: String,
    /// When the relay took it, in milliseconds since 1970.
    pub(super) delivered_at: Option<i64>,
}

/// What the feed has said of a key.
#[derive(Debug, Clone, Default)]
pub(super) struct MirrorEntry {
    cursor: i64,
    /// The run of the newest state that the shop has sent.
    awaited_run: Option<String>,
    pub(super) status: String,
    pub(super) error: Option<String>,
    pub(super) sage_id: Option<String>,
    pub(super) sage_reference: Option<String>,
}

/// A shop as the contract describes it.
#[derive(Debug)]
pub(super) struct ShopClient {
    pub(super) shop: Shop,
    pub(super) installation: String,
    /// Seconds by which its clock is ahead of this machine's.
    pub(super) clock_ahead_s: i64,
    /// Where the relay's processes listen; it talks to each in turn.
    pub(super) urls: Vec<String>,
    turn: usize,
    pub(super) sequence: u64,
    position: Option<String>,
    cursor: i64,
    pub(super) outbox: Vec<Outgoing>,
    pub(super) mirror: BTreeMap<String, MirrorEntry>,
    /// Plans that were answered `conflict` or `invalid`.
    pub(super) refused: Vec<String>,
    /// The recovery that everything was offered for.
    offered_for: Option<String>,
}

/// Milliseconds since 1970.
pub(super) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}

fn text(value: &Value, key: &str) -> String {
    optional(value, key).unwrap_or_default()
}

fn optional(value: &Value, key: &str) -> Option<String> {
    let text = value.get(key).and_then(Value::as_str);
    text.map(ToOwned::to_owned)
}

impl ShopClient {
    pub(super) fn new(id: &str) -> Result<Self> {
        Ok(Self {
            shop: Shop::new(id.to_owned())?,
            installation: "0123456789abcdef0123456789abcdef".to_owned(),
            clock_ahead_s: 0,
            urls: Vec::new(),
            turn: 0,
            sequence: 0,
            position: None,
            cursor: 0,
            outbox: Vec::new(),
            mirror: BTreeMap::new(),
            refused: Vec::new(),
            offered_for: None,
        })
    }

    /// Another shop with the same key, as a copy of its database is.
    pub(super) fn copied(&self, installation: &str) -> Result<Self> {
        Ok(Self {
            installation: installation.to_owned(),
            urls: self.urls.clone(),
            ..Self::new(&self.shop.id)?
        })
    }

    /// Puts plans into the outbox.
    pub(super) fn queue(&mut self, plans: &[(String, String)]) -> Result<()> {
        for (key, plan) in plans {
            let parsed: Value = serde_json::from_str(plan)?;
            let sequence = parsed.get("sequence").and_then(Value::as_u64);
            self.sequence = self.sequence.max(sequence.unwrap_or(0));
            self.outbox.push(Outgoing {
                key: key.clone(),
                plan: plan.clone(),
                delivered_at: None,
            });
        }
        Ok(())
    }

    fn url(&mut self, path: &str) -> Result<String> {
        self.turn += 1;
        let count = self.urls.len().max(1);
        let url = self.urls.get(self.turn % count).context("no relay runs")?;
        Ok(format!("{url}{path}"))
    }

    async fn send(&mut self, request: RequestBuilder) -> Result<(StatusCode, Value)> {
        let token = sign_at(&self.shop.id, &self.shop.api_key, self.clock_ahead_s)?;
        let mut request = request
            .bearer_auth(token)
            .header("Ledger-Installation", &self.installation)
            .header("Ledger-Sequence", self.sequence.to_string());
        if let Some(position) = &self.position {
            request = request.header("Ledger-Position", position);
        }
        let answer = request.send().await?;
        self.keep_position(&answer);
        Ok((answer.status(), answer.json().await?))
    }

    fn keep_position(&mut self, answer: &Response) {
        let position = answer.headers().get("ledger-position");
        let position = position.and_then(|position| position.to_str().ok());
        if let (true, Some(position)) = (answer.status().is_success(), position) {
            self.position = Some(position.to_owned());
        }
    }

    pub(super) async fn get(&mut self, path: &str) -> Result<(StatusCode, Value)> {
        let url = self.url(path)?;
        let request = self.shop.http.get(url);
        self.send(request).await
    }

    pub(super) async fn post(&mut self, path: &str, body: String) -> Result<(StatusCode, Value)> {
        let url = self.url(path)?;
        let request = self.shop.http.post(url);
        let request = request.header("Content-Type", "application/json");
        self.send(request.body(body)).await
    }

    /// Posts plans past the outbox; their results.
    pub(super) async fn post_plans(&mut self, plans: &[&str]) -> Result<Vec<Value>> {
        let body = format!("{{\"plans\":[{}]}}", plans.join(","));
        let (status, answer) = self.post("/v1/plans", body).await?;
        ensure!(status.is_success(), "{status}: {answer}");
        let results = answer.get("results").and_then(Value::as_array);
        Ok(results.context("no results")?.clone())
    }

    /// Delivers what is open, in order, until the relay does not take it.
    pub(super) async fn deliver(&mut self) -> Result<()> {
        let open = |outgoing: &&Outgoing| outgoing.delivered_at.is_none();
        while let Some(first) = self.outbox.iter().position(|one| open(&one)) {
            let rest = self.outbox.get(first..).unwrap_or_default();
            let batch: Vec<Outgoing> = rest.iter().take(BATCH).cloned().collect();
            let plans: Vec<&str> = batch.iter().map(|one| one.plan.as_str()).collect();
            let results = self.post_plans(&plans).await?;
            for (outgoing, result) in self.outbox.iter_mut().skip(first).zip(results) {
                outgoing.delivered_at = Some(now_ms());
                match text(&result, "status").as_str() {
                    // What the feed has said so far speaks of an earlier state of the key.
                    "accepted" => {
                        let entry = self.mirror.entry(outgoing.key.clone()).or_default();
                        "sent".clone_into(&mut entry.status);
                        entry.awaited_run = optional(&result, "run_id");
                    }
                    "replayed" | "superseded" => {}
                    _ => self.refused.push(format!("{}: {result}", outgoing.key)),
                }
            }
        }
        Ok(())
    }

    /// How the binding stands, as the relay says.
    pub(super) async fn binding_status(&mut self) -> Result<Value> {
        let (status, binding) = self.get("/v1/binding").await?;
        ensure!(status.is_success(), "{status}: {binding}");
        Ok(binding)
    }

    /// What cron does every minute; how the binding stands. A relay older than section 9 does not
    /// say how.
    pub(super) async fn cycle(&mut self) -> Result<Value> {
        let (status, mut binding) = self.get("/v1/binding").await?;
        if status == StatusCode::NOT_FOUND {
            binding = Value::Null;
        } else {
            ensure!(status.is_success(), "{status}: {binding}");
        }
        let recovery = binding.get("recovery").filter(|one| !one.is_null());
        if let Some(recovery) = recovery.filter(|one| one.get("offered") == Some(&json!(false))) {
            self.offer_again(recovery).await?;
        }
        self.deliver().await?;
        self.pull().await?;
        Ok(binding)
    }

    /// Section 9, steps 2 and 3.
    async fn offer_again(&mut self, recovery: &Value) -> Result<()> {
        let id = text(recovery, "recovery_id");
        let agreed: i64 = text(recovery, "feed_cursor").parse()?;
        if self.offered_for.as_ref() != Some(&id) {
            let since = instant_ms(&text(recovery, "since")) - OVERLAP_MS;
            self.cursor = self.cursor.min(agreed);
            for entry in self.mirror.values_mut() {
                if entry.cursor > agreed {
                    entry.cursor = 0;
                }
            }
            for outgoing in &mut self.outbox {
                let answer = self.mirror.get(&outgoing.key);
                let is_agreed = answer.is_some_and(|entry| entry.cursor > 0);
                if outgoing.delivered_at.is_some_and(|at| at >= since) || !is_agreed {
                    outgoing.delivered_at = None;
                }
            }
            self.offered_for = Some(id.clone());
        }
        self.deliver().await?;
        let body = json!({ "recovery_id": id, "highest": self.highest()? });
        let (status, answer) = self.post("/v1/recovery", body.to_string()).await?;
        ensure!(status.is_success(), "{status}: {answer}");
        Ok(())
    }

    /// The highest entity of each kind.
    fn highest(&self) -> Result<BTreeMap<&'static str, u64>> {
        let mut highest = BTreeMap::new();
        for outgoing in &self.outbox {
            let plan: Value = serde_json::from_str(&outgoing.plan)?;
            let kind = plan.pointer("/magento/entity_type").and_then(Value::as_str);
            let id = plan.pointer("/magento/entity_id").and_then(Value::as_u64);
            for known in ["invoice", "creditmemo", "customer", "product"] {
                if kind == Some(known) {
                    let highest: &mut u64 = highest.entry(known).or_default();
                    *highest = (*highest).max(id.unwrap_or(0));
                }
            }
        }
        Ok(highest)
    }

    /// Reads the feed to its present end.
    pub(super) async fn pull(&mut self) -> Result<()> {
        loop {
            let path = format!("/v1/sync-state?since={}&limit=1000", self.cursor);
            let (status, feed) = self.get(&path).await?;
            ensure!(status.is_success(), "{status}: {feed}");
            let items = feed.get("items").and_then(Value::as_array);
            let items = items.context("no items")?;
            for item in items {
                let cursor = text(item, "cursor").parse()?;
                let entry = self.mirror.entry(text(item, "key")).or_default();
                // What is older than what is known is left out.
                // So is an earlier state of the key, whose run ended after a newer one was sent.
                let awaited = entry.awaited_run.clone();
                let is_awaited = awaited.is_none() || awaited == optional(item, "run_id");
                if cursor >= entry.cursor && is_awaited {
                    *entry = MirrorEntry {
                        cursor,
                        awaited_run: awaited,
                        status: text(item, "status"),
                        error: item
                            .get("error")
                            .filter(|error| !error.is_null())
                            .map(Value::to_string),
                        sage_id: optional(item, "sage_id"),
                        sage_reference: optional(item, "sage_reference"),
                    };
                }
            }
            self.cursor = text(&feed, "next").parse()?;
            if items.is_empty() {
                return Ok(());
            }
        }
    }

    /// Keys of the outbox that are not at their end, as the shop knows it.
    pub(super) fn unfinished(&self) -> Vec<String> {
        let ends = ["succeeded", "rejected", "ambiguous"];
        let is_open = |key: &str| {
            let entry = self.mirror.get(key);
            !entry.is_some_and(|entry| entry.cursor > 0 && ends.contains(&entry.status.as_str()))
        };
        let open = self
            .outbox
            .iter()
            .filter(|one| one.delivered_at.is_none() || is_open(&one.key));
        open.map(|one| {
            let entry = self.mirror.get(&one.key);
            let said = entry.map(|entry| (&entry.status, &entry.error));
            format!("{}: {said:?}", one.key)
        })
        .collect()
    }

    /// Whether every document of the outbox is at its end, as the shop knows it.
    pub(super) fn is_quiet(&self) -> bool {
        self.unfinished().is_empty()
    }

    /// Its place in the feed.
    pub(super) fn cursor(&self) -> i64 {
        self.cursor
    }

    /// Changes the client so that every request makes a connection of its own.
    pub(super) fn without_kept_connections(&mut self) -> Result<()> {
        self.shop.http = reqwest::Client::builder()
            .timeout(Duration::from_secs(10))
            .pool_max_idle_per_host(0)
            .build()?;
        Ok(())
    }
}

/// An instant of the relay's, in milliseconds since 1970.
fn instant_ms(instant: &str) -> i64 {
    let instant = OffsetDateTime::parse(instant, &Rfc3339);
    instant.map_or(0, OffsetDateTime::unix_timestamp) * 1_000
}
