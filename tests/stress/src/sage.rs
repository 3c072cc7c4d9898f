//! One pretended Sage business in this process, and the trouble it makes.

use anyhow::{Context, Result};
use reqwest::Client;
use sage_simulator::{Config, Simulator};
use serde_json::{Value, json};

use crate::random::Random;
use crate::root;

/// A running simulator.
#[derive(Debug)]
pub(crate) struct Sage {
    simulator: Simulator,
    http: Client,
}

/// What a consent gives.
#[derive(Debug)]
pub(crate) struct Grant {
    pub(crate) refresh_token: String,
    pub(crate) business: String,
}

/// Which of the unknown behaviours it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mode {
    pub(crate) honours_ids: bool,
    pub(crate) caches_errors: bool,
}

/// Life of an access token, in seconds: it is renewed many times in a run.
pub(crate) const TOKEN_LIFE: i64 = 4;
/// How long a slow Sage takes before it begins; shorter than the relay's silence before a
/// repetition, since nobody can tell a slower one from one that never does.
const SLOW_BEGIN_MS: u64 = 150;
/// How long it keeps an answer back: longer than the relay waits for it.
const SLOW_ANSWER_MS: u64 = 1_500;

impl Sage {
    pub(crate) async fn start(seed: u64, mode: Mode, token_life_s: i64) -> Result<Self> {
        let mut config = Config {
            reference: Some(root().join("golden/profiles/sage_gb_everything.json")),
            seed,
            ..Config::default()
        };
        let word = if mode.honours_ids {
            "honoured"
        } else {
            "ignored"
        };
        let changes = json!({
            "idempotency": word, "idempotency_caches_errors": mode.caches_errors, "token_ttl": token_life_s,
        });
        let changes = changes.as_object().context("switches are an object")?;
        config.switches = config.switches.changed(changes)?;
        Ok(Self {
            simulator: Simulator::start(config).await?,
            http: Client::new(),
        })
    }

    pub(crate) fn url(&self) -> String {
        self.simulator.base_url()
    }

    pub(crate) async fn control(&self, call: &str, body: &Value) -> Result<Value> {
        let url = format!("{}/_simulator/{call}", self.url());
        let answer = self.http.post(url).json(body).send().await?;
        Ok(answer.error_for_status()?.json().await?)
    }

    pub(crate) async fn look(&self, what: &str) -> Result<Value> {
        let url = format!("{}/_simulator/{what}", self.url());
        let answer = self.http.get(url).send().await?;
        Ok(answer.error_for_status()?.json().await?)
    }

    /// As if the shop owner had consented.
    pub(crate) async fn grant(&self) -> Result<Grant> {
        let granted = self.control("grant", &json!({})).await?;
        let text = |key: &str| {
            let text = granted.get(key).and_then(Value::as_str);
            text.map(str::to_owned).context("a grant without its parts")
        };
        Ok(Grant {
            refresh_token: text("refresh_token")?,
            business: text("business_id")?,
        })
    }

    /// Queues a handful of faults of every kind for the calls to come.
    pub(crate) async fn trouble(&self, random: &mut Random) -> Result<()> {
        let kinds = [
            json!({"kind": "drop_before"}),
            json!({"kind": "drop_after_commit"}),
            json!({"kind": "drop_after_commit", "method": "POST"}),
            json!({"kind": "status_after_commit", "status": 500, "method": "POST"}),
            json!({"kind": "status_after_commit", "status": 502, "method": "PUT"}),
            json!({"kind": "status", "status": 500, "method": "POST"}),
            json!({"kind": "status", "status": 503}),
            json!({"kind": "status", "status": 429}),
            json!({"kind": "status", "status": 429, "retry_after": 1}),
            json!({"kind": "truncated_body"}),
            json!({"kind": "truncated_body", "method": "POST"}),
            json!({"kind": "slow_before", "ms": SLOW_BEGIN_MS}),
            json!({"kind": "slow_after_commit", "ms": SLOW_ANSWER_MS, "method": "POST"}),
            json!({"kind": "drop_before", "path": "/token"}),
        ];
        let mut faults = Vec::new();
        for _ in 0..6 {
            let mut fault = random.one_of(&kinds).cloned().unwrap_or_default();
            if let Some(fault) = fault.as_object_mut() {
                fault.insert("skip".to_owned(), json!(random.between(0, 40)));
            }
            faults.push(fault);
        }
        self.control("faults", &json!({ "faults": faults })).await?;
        if random.between(0, 3) == 0 {
            self.control("expire-tokens", &json!({})).await?;
        }
        Ok(())
    }
}
