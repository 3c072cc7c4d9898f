//! A shop that says where it stands and does what a recovering relay asks for: contracts, section 9.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use ledger_rig::token::sign_at;
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::relay::Installation;
use crate::shop::Shop;

/// Plans of one request.
const BATCH: usize = 7;

/// What a shop shows of a document.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown {
    pub(super) status: String,
    pub(super) error: String,
    cursor: i64,
}

/// A shop with its outbox and its mirror.
#[derive(Debug)]
pub(super) struct StandingShop {
    pub(super) shop: Shop,
    pub(super) installation: String,
    pub(super) sequence: u64,
    /// Seconds by which its clock is ahead of this machine's.
    pub(super) clock_ahead: i64,
    position: Option<String>,
    cursor: i64,
    /// When each key was delivered, in milliseconds since 1970.
    delivered: BTreeMap<String, u64>,
    pub(super) shown: BTreeMap<String, Shown>,
    /// The recovery that everything was offered for.
    offered: Option<String>,
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}

fn text(value: &Value, key: &str) -> String {
    let text = value.get(key).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

impl StandingShop {
    pub(super) fn new(id: &str) -> Result<Self> {
        Ok(Self {
            shop: Shop::new(id.to_owned())?,
            installation: "0123456789abcdef0123456789abcdef".to_owned(),
            sequence: 0,
            clock_ahead: 0,
            position: None,
            cursor: 0,
            delivered: BTreeMap::new(),
            shown: BTreeMap::new(),
            offered: None,
        })
    }

    /// Another shop with the same key, as a copy of the database has it.
    pub(super) fn copied(&self, installation: &str) -> Result<Self> {
        Ok(Self {
            installation: installation.to_owned(),
            ..Self::new(&self.shop.id)?
        })
    }

    fn asking(&self, request: RequestBuilder) -> Result<RequestBuilder> {
        let token = sign_at(&self.shop.id, &self.shop.api_key, self.clock_ahead)?;
        let request = request
            .bearer_auth(token)
            .header("Ledger-Installation", &self.installation)
            .header("Ledger-Sequence", self.sequence.to_string());
        Ok(match &self.position {
            Some(position) => request.header("Ledger-Position", position),
            None => request,
        })
    }

    fn hear(&mut self, answer: &Response) {
        let position = answer.headers().get("ledger-position");
        let position = position.and_then(|position| position.to_str().ok());
        if answer.status().is_success() && position.is_some() {
            self.position = position.map(ToOwned::to_owned);
        }
    }

    async fn get(&mut self, url: &str, path: &str) -> Result<(StatusCode, Value)> {
        let request = self.shop.http.get(format!("{url}{path}"));
        let answer = self.asking(request)?.send().await?;
        self.hear(&answer);
        Ok((answer.status(), answer.json().await?))
    }

    async fn post(&mut self, url: &str, path: &str, body: String) -> Result<(StatusCode, Value)> {
        let request = self.shop.http.post(format!("{url}{path}"));
        let request = request
            .header("Content-Type", "application/json")
            .body(body);
        let answer = self.asking(request)?.send().await?;
        self.hear(&answer);
        Ok((answer.status(), answer.json().await?))
    }

    /// Sends plans until the relay does not take one; the results of those it answered.
    pub(super) async fn deliver(
        &mut self,
        url: &str,
        plans: &[(String, String)],
    ) -> Result<Vec<Value>> {
        let mut results = Vec::new();
        for batch in plans.chunks(BATCH) {
            let texts: Vec<&str> = batch.iter().map(|(_, plan)| plan.as_str()).collect();
            let body = format!("{{\"plans\":[{}]}}", texts.join(","));
            let (status, answer) = self.post(url, "/v1/plans", body).await?;
            ensure!(status.is_success(), "{status}: {answer}");
            let list = answer.get("results").and_then(Value::as_array);
            for (result, (key, _)) in list.context("no results")?.iter().zip(batch) {
                let status = text(result, "status");
                if matches!(status.as_str(), "accepted" | "replayed" | "superseded") {
                    self.delivered.insert(key.clone(), now_ms());
                }
                results.push(result.clone());
            }
        }
        Ok(results)
    }

    /// What has not been delivered yet, again and again until it is.
    pub(super) async fn deliver_rest(
        &mut self,
        url: &str,
        plans: &[(String, String)],
    ) -> Result<()> {
        let open: Vec<(String, String)> = plans
            .iter()
            .filter(|(key, _)| !self.delivered.contains_key(key))
            .cloned()
            .collect();
        self.deliver(url, &open).await.map(|_| ())
    }

    /// The binding as the relay shows it.
    pub(super) async fn standing(&mut self, url: &str) -> Result<Value> {
        let (status, standing) = self.get(url, "/v1/binding").await?;
        ensure!(status.is_success(), "{status}: {standing}");
        Ok(standing)
    }

    /// What cron does every minute.
    pub(super) async fn cycle(&mut self, url: &str, plans: &[(String, String)]) -> Result<Value> {
        let standing = self.standing(url).await?;
        let recovery = standing.get("recovery").filter(|one| !one.is_null());
        if let Some(recovery) = recovery.filter(|one| one.get("offered") == Some(&json!(false))) {
            self.recover(url, plans, recovery).await?;
        }
        self.pull(url).await?;
        Ok(standing)
    }

    async fn recover(
        &mut self,
        url: &str,
        plans: &[(String, String)],
        recovery: &Value,
    ) -> Result<()> {
        let id = text(recovery, "recovery_id");
        if self.offered.as_ref() == Some(&id) {
            return Ok(());
        }
        let agreed: i64 = text(recovery, "feed_cursor").parse()?;
        let since = since_ms(&text(recovery, "since")).saturating_sub(600_000);
        self.cursor = self.cursor.min(agreed);
        let mut again = Vec::new();
        for (key, plan) in plans {
            let Some(at) = self.delivered.get(key) else {
                continue;
            };
            let shown = self.shown.get_mut(key);
            let is_beyond = shown.as_ref().is_none_or(|shown| shown.cursor > agreed);
            if let Some(shown) = shown.filter(|_| is_beyond) {
                shown.cursor = 0;
            }
            if is_beyond || *at >= since {
                again.push((key.clone(), plan.clone()));
            }
        }
        self.deliver(url, &again).await?;
        let highest = json!({"invoice": 1_000_000, "creditmemo": 1_000_000, "customer": 1_000_000, "product": 1_000_000});
        let body = json!({"recovery_id": id, "highest": highest}).to_string();
        let (status, answer) = self.post(url, "/v1/recovery", body).await?;
        ensure!(status.is_success(), "{status}: {answer}");
        self.offered = Some(id);
        Ok(())
    }

    /// Reads the feed to its present end.
    pub(super) async fn pull(&mut self, url: &str) -> Result<()> {
        loop {
            let path = format!("/v1/sync-state?since={}&limit=1000", self.cursor);
            let (status, feed) = self.get(url, &path).await?;
            ensure!(status.is_success(), "{status}: {feed}");
            let items = feed.get("items").and_then(Value::as_array);
            let items = items.context("no items")?;
            for item in items {
                let cursor = text(item, "cursor").parse()?;
                let shown = self.shown.entry(text(item, "key")).or_default();
                if cursor >= shown.cursor {
                    *shown = Shown {
                        status: text(item, "status"),
                        error: item.get("error").map(Value::to_string).unwrap_or_default(),
                        cursor,
                    };
                }
            }
            self.cursor = text(&feed, "next").parse()?;
            if items.is_empty() {
                return Ok(());
            }
        }
    }

    /// Gives the binding to a relay.
    pub(super) async fn connect(
        &self,
        installation: &Installation,
        sage: &crate::sage::Sage,
    ) -> Result<()> {
        installation.connect(&self.shop, sage).await
    }
}

/// An instant of the relay's in milliseconds.
fn since_ms(instant: &str) -> u64 {
    let instant = OffsetDateTime::parse(instant, &Rfc3339);
    let seconds = instant.map_or(0, OffsetDateTime::unix_timestamp);
    u64::try_from(seconds)
        .unwrap_or_default()
        .saturating_mul(1000)
}
