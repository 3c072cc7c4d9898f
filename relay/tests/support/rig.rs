//! One relay, its settings on disk, and shops that talk to it.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use ledger_relay::Relay;
use ledger_relay::config::Config;
use ledger_relay::operations::{NewBinding, Operations};
use reqwest::header::HeaderMap;
use reqwest::{Response, StatusCode};
use secrecy::SecretString;
use serde_json::{Value, json};
use sha2::Sha256;
use sqlx::AssertSqlSafe;
use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use tempfile::TempDir;

use super::contract::checked;
use super::fake::{Fake, REQUEST_TIMEOUT};
use super::{eventually, plans};

pub(crate) const BINDING: &str = "shop-one";

/// Settings that make waiting short.
pub(crate) fn config(folder: &Path) -> Config {
    let mut config = Config::default();
    config.server.listen = "127.0.0.1:0".to_owned();
    config.dashboard.listen = "127.0.0.1:0".to_owned();
    config.store.path = folder.join("relay.sqlite3");
    config.server.max_requests_per_minute = 0;
    config.keys.server_key_file = folder.join("server.key");
    config.sage.request_timeout_ms = REQUEST_TIMEOUT.as_millis().try_into().unwrap();
    config.sage.requests_per_minute = 0;
    config.retry.first_ms = 10;
    config.retry.cap_ms = 50;
    config.retry.quiet_ms = 60;
    config.retry.recheck_ms = 20;
    config
}

pub(crate) struct Rig {
    pub(crate) folder: TempDir,
    pub(crate) fake: Fake,
    pub(crate) config: Config,
    pub(crate) relay: Option<Relay>,
    pub(crate) address: String,
}

impl Rig {
    pub(crate) async fn start() -> Self {
        let mut rig = Self::prepare().await;
        rig.up().await;
        rig
    }

    /// Everything but the relay itself.
    pub(crate) async fn prepare() -> Self {
        Self::on(None).await
    }

    /// The same on a PostgreSQL database.
    pub(crate) async fn on(database: Option<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = config(folder.path());
        config.store.url = database.map(SecretString::from);
        std::fs::write(&config.keys.server_key_file, "5a".repeat(32)).unwrap();
        let rig = Self {
            fake: Fake::start().await,
            folder,
            config,
            relay: None,
            address: String::new(),
        };
        rig.bind(BINDING, "refresh-0").await;
        rig
    }

    pub(crate) async fn bind(&self, id: &str, refresh_token: &str) {
        let file = |name: &str, text: &str| -> PathBuf {
            let path = self.folder.path().join(format!("{id}.{name}"));
            std::fs::write(&path, format!("{text}\n")).unwrap();
            path
        };
        let new = NewBinding {
            id: id.to_owned(),
            api_key_file: Some(file("key", &api_key(id))),
            api_url: format!("{}/v3.1", self.fake.base),
            token_url: format!("{}/token", self.fake.base),
            business: format!("business-of-{id}"),
            refresh_token_file: file("refresh", refresh_token),
        };
        let operations = self.operations().await;
        operations.add_binding(&new).await.unwrap();
        operations.close().await;
    }

    /// An operator beside the relay.
    pub(crate) async fn operations(&self) -> Operations {
        Operations::open(&self.config, "test").await.unwrap()
    }

    /// New consent for the first shop.
    pub(crate) async fn reconnect(&self) {
        let file = self.folder.path().join("new-refresh");
        let token = self.fake.books().refresh_token.clone();
        std::fs::write(&file, token).unwrap();
        let operations = self.operations().await;
        operations.reconnect(BINDING, &file).await.unwrap();
        operations.close().await;
    }

    pub(crate) async fn up(&mut self) {
        let relay = Relay::start(&self.config).await.unwrap();
        self.address = format!("http://{}", relay.address());
        self.relay = Some(relay);
    }

    /// A statement behind the relay's back; the number it answers, if any.
    pub(crate) async fn sql(&self, statement: &str) -> Option<i64> {
        let options = SqliteConnectOptions::new().filename(&self.config.store.path);
        let mut database = options.connect().await.unwrap();
        sqlx::query_scalar(AssertSqlSafe(statement.to_owned()))
            .fetch_optional(&mut database)
            .await
            .unwrap()
    }

    /// Takes the tables away from under a relay that runs.
    pub(crate) async fn break_store(&self) {
        for table in ["binding", "run", "sync_state", "settings"] {
            self.sql(&format!("ALTER TABLE {table} RENAME TO gone_{table}"))
                .await;
        }
    }

    pub(crate) async fn down(&mut self) {
        self.relay.take().unwrap().stop().await;
    }

    pub(crate) fn shop(&self) -> Shop {
        self.shop_named(BINDING)
    }

    pub(crate) fn shop_named(&self, id: &str) -> Shop {
        Shop::at(&self.address, id, &api_key(id))
    }
}

pub(crate) fn api_key(id: &str) -> String {
    format!("rk_test_{id}_0123456789abcdef")
}

pub(crate) fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
        .try_into()
        .unwrap()
}

/// A name that no other token has.
pub(crate) fn jti() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// A token as the Magento module makes it.
pub(crate) fn token(api_key: &str, claims: &Value) -> String {
    let mut key = [0_u8; 32];
    Hkdf::<Sha256>::new(None, api_key.as_bytes())
        .expand(b"byte8-magento-outbound-v1", &mut key)
        .unwrap();
    let signed = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#),
        URL_SAFE_NO_PAD.encode(claims.to_string())
    );
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(signed.as_bytes());
    format!(
        "{signed}.{}",
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    )
}

/// One shop's side of the conversation.
#[derive(Clone)]
pub(crate) struct Shop {
    address: String,
    id: String,
    api_key: String,
    http: reqwest::Client,
    /// What every request says of the shop.
    headers: HeaderMap,
}

impl Shop {
    pub(crate) fn at(address: &str, id: &str, api_key: &str) -> Self {
        Self {
            address: address.to_owned(),
            id: id.to_owned(),
            api_key: api_key.to_owned(),
            http: reqwest::Client::new(),
            headers: HeaderMap::new(),
        }
    }

    /// The same shop, which says this of itself from here on.
    pub(crate) fn saying(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.parse().unwrap());
        self
    }

    /// The same shop with the relay at another address.
    pub(crate) fn moved_to(mut self, address: &str) -> Self {
        address.clone_into(&mut self.address);
        self
    }

    pub(crate) async fn post_to(&self, path: &str, body: &Value) -> Response {
        let answer = self
            .http
            .post(format!("{}{path}", self.address))
            .bearer_auth(self.bearer())
            .headers(self.headers.clone())
            .body(body.to_string())
            .send()
            .await
            .unwrap();
        checked("POST", path, answer).await
    }

    pub(crate) fn bearer(&self) -> String {
        let claims = json!({"iss": self.id, "iat": now(), "exp": now() + 60, "jti": jti()});
        token(&self.api_key, &claims)
    }

    /// Posts to a relay that may be dying; the run id when it answered that it has the plan.
    pub(crate) async fn try_post(&self, plan: &Value) -> Option<String> {
        let body = json!({ "plans": [plan] }).to_string();
        let sent = self
            .http
            .post(format!("{}/v1/plans", self.address))
            .bearer_auth(self.bearer())
            .body(body)
            .send()
            .await;
        let answer: Value = sent.ok()?.json().await.ok()?;
        answer["results"][0]["run_id"]
            .as_str()
            .map(ToOwned::to_owned)
    }

    pub(crate) async fn post_raw(&self, body: impl Into<reqwest::Body>) -> Response {
        let answer = self
            .http
            .post(format!("{}/v1/plans", self.address))
            .bearer_auth(self.bearer())
            .headers(self.headers.clone())
            .body(body)
            .send()
            .await
            .unwrap();
        checked("POST", "/v1/plans", answer).await
    }

    pub(crate) async fn post(&self, plans: &[Value]) -> (StatusCode, Vec<Value>) {
        let response = self.post_raw(json!({ "plans": plans }).to_string()).await;
        let status = response.status();
        let body: Value = response.json().await.unwrap();
        (
            status,
            body["results"]
                .as_array()
                .unwrap_or_else(|| panic!("{body}"))
                .clone(),
        )
    }

    /// Posts one plan that must be accepted; its run id.
    pub(crate) async fn accept(&self, plan: &Value) -> String {
        let (status, results) = self.post(std::slice::from_ref(plan)).await;
        assert_eq!(
            (status, results[0]["status"].as_str()),
            (StatusCode::ACCEPTED, Some("accepted")),
            "{results:?}"
        );
        results[0]["run_id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        let answer = self
            .http
            .get(format!("{}{path}", self.address))
            .bearer_auth(self.bearer())
            .headers(self.headers.clone())
            .send()
            .await
            .unwrap();
        checked("GET", path, answer).await
    }

    pub(crate) async fn run(&self, run_id: &str) -> Value {
        self.get(&format!("/v1/runs/{run_id}"))
            .await
            .json()
            .await
            .unwrap()
    }

    /// Waits until the run is in this state.
    pub(crate) async fn until(&self, run_id: &str, state: &str) -> Value {
        self.until_that(run_id, |run| run["state"] == state).await
    }

    pub(crate) async fn until_that(&self, run_id: &str, good: impl Fn(&Value) -> bool) -> Value {
        let good = &good;
        eventually("the run's state", || async move {
            let run = self.run(run_id).await;
            good(&run).then_some(run)
        })
        .await
    }

    pub(crate) async fn feed(&self, since: &str) -> Value {
        self.get(&format!("/v1/sync-state?since={since}"))
            .await
            .json()
            .await
            .unwrap()
    }

    /// Tells the relay something; what it answers, `null` where it says nothing.
    pub(crate) async fn tell(&self, path: &str, body: &str, status: u16) -> Value {
        let answer = self
            .http
            .put(format!("{}{path}", self.address))
            .bearer_auth(self.bearer())
            .headers(self.headers.clone())
            .body(body.to_owned())
            .send()
            .await
            .unwrap();
        let answer = checked("PUT", path, answer).await;
        assert_eq!(answer.status().as_u16(), status, "{path}");
        answer.json().await.unwrap_or_default()
    }

    /// Posts an invoice and waits for its end.
    pub(crate) async fn deliver(&self, id: u32, end: &str) -> Value {
        let run_id = self.accept(&plans::invoice(id)).await;
        self.until(&run_id, end).await
    }
}
