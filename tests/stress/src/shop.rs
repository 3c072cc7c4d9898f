//! A shop: signs, posts, and pulls the feed.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use ledger_harness::token::sign;
use reqwest::Client;
use serde_json::Value;

/// One shop.
#[derive(Debug, Clone)]
pub(crate) struct Shop {
    pub(crate) id: String,
    pub(crate) api_key: String,
    pub(crate) http: Client,
}

/// A row of the feed, as far as it matters here.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) status: String,
    pub(crate) error: String,
}

/// What the feed has told so far.
#[derive(Debug, Default)]
pub(crate) struct News {
    cursor: String,
    pub(crate) keys: BTreeMap<String, Told>,
}

impl Shop {
    pub(crate) fn new(id: String) -> Result<Self> {
        let http = Client::builder().timeout(Duration::from_secs(10)).build()?;
        Ok(Self {
            api_key: format!("rk_trial_{id}_0123456789abcdef"),
            id,
            http,
        })
    }

    /// Posts plans to a relay that may be dying; the statuses in their order when it answered.
    pub(crate) async fn post(&self, url: &str, plans: &[&str]) -> Result<Vec<String>> {
        let body = format!("{{\"plans\":[{}]}}", plans.join(","));
        let answer = self
            .http
            .post(format!("{url}/v1/plans"))
            .bearer_auth(sign(&self.id, &self.api_key)?)
            .header("Content-Type", "application/json")
            .body(body)
            .send()
            .await?;
        let status = answer.status();
        let answer: Value = answer.json().await?;
        ensure!(status.is_success(), "{status}: {answer}");
        let results = answer.get("results").and_then(Value::as_array);
        let word = |result: &Value| {
            let word = result.get("status").and_then(Value::as_str);
            word.map(str::to_owned).context("no status")
        };
        results.context("no results")?.iter().map(word).collect()
    }

    /// Tells the relay something that it keeps.
    pub(crate) async fn tell(&self, url: &str, path: &str, told: &Value) -> Result<()> {
        let answer = self
            .http
            .put(format!("{url}{path}"))
            .bearer_auth(sign(&self.id, &self.api_key)?)
            .header("Content-Type", "application/json")
            .body(told.to_string())
            .send()
            .await?;
        let status = answer.status();
        ensure!(status.is_success(), "{status}: {}", answer.text().await?);
        Ok(())
    }

    /// Reads the feed to its present end.
    pub(crate) async fn listen(&self, url: &str, news: &mut News) -> Result<()> {
        loop {
            let since = &news.cursor;
            let answer = self
                .http
                .get(format!("{url}/v1/sync-state?since={since}&limit=1000"))
                .bearer_auth(sign(&self.id, &self.api_key)?)
                .send()
                .await?;
            let feed: Value = answer.error_for_status()?.json().await?;
            let text = |value: &Value, key: &str| {
                let text = value.get(key).and_then(Value::as_str);
                text.unwrap_or_default().to_owned()
            };
            let items = feed.get("items").and_then(Value::as_array);
            let items = items.context("no items")?;
            for item in items {
                let told = Told {
                    status: text(item, "status"),
                    error: item.get("error").map(Value::to_string).unwrap_or_default(),
                };
                news.keys.insert(text(item, "key"), told);
            }
            news.cursor = text(&feed, "next");
            if items.is_empty() {
                return Ok(());
            }
        }
    }
}
