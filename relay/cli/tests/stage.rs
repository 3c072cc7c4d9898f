//! A relay, a simulator, and `ledger-cli` beside them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use ledger_relay::Relay;
use ledger_relay::config::Config;
use sage_simulator::Simulator;
use serde_json::{Value, json};
use sha2::Sha256;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};

pub(crate) const BINDING: &str = "shop";
const API_KEY: &str = "rk_test_shop_0123456789abcdef";

/// What a command said and how it ended.
pub(crate) struct Said {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    pub(crate) fn json(&self) -> Value {
        let parsed = serde_json::from_str(&self.out);
        parsed.unwrap_or_else(|_| panic!("{}\n{}", self.out, self.err))
    }
}

pub(crate) struct Stage {
    folder: TempDir,
    simulator: Simulator,
    relay: Option<Relay>,
    config: Config,
    http: reqwest::Client,
    pub(crate) business: String,
}

pub(crate) fn golden(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../golden")
        .join(path)
}

/// The plan of a golden case.
pub(crate) fn plan(case: &str) -> Value {
    let file = golden(&format!("cases/{case}/sage.json"));
    let decision: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    decision["plan"].clone()
}

pub(crate) fn profile() -> String {
    std::fs::read_to_string(golden("profiles/gb_base.json")).unwrap()
}

/// A token as the Magento module makes it, with these claims besides its times.
pub(crate) fn token(api_key: &str, claims: &Value) -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let mut claims = claims.clone();
    claims["iat"] = json!(now);
    claims["exp"] = json!(now + 60);
    claims["jti"] = json!(uuid::Uuid::new_v4().to_string());
    let mut key = [0_u8; 32];
    Hkdf::<Sha256>::new(None, api_key.as_bytes())
        .expand(b"byte8-magento-outbound-v1", &mut key)
        .unwrap();
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let signed = format!(
        "{}.{}",
        encode(r#"{"alg":"HS256"}"#),
        encode(&claims.to_string())
    );
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(signed.as_bytes());
    format!(
        "{signed}.{}",
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    )
}

impl Stage {
    pub(crate) async fn open(simulator: &[&str]) -> Self {
        let words = ["--listen", "127.0.0.1:0"].iter().chain(simulator);
        let config = sage_simulator::Config::from_args(words.map(ToString::to_string));
        let simulator = Simulator::start(config.unwrap()).await.unwrap();
        let http = reqwest::Client::new();
        let grant = http
            .post(format!("{}/_simulator/grant", simulator.base_url()))
            .body("{}");
        let grant: Value = grant.send().await.unwrap().json().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let write =
            |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("api.key", API_KEY);
        write("refresh.token", grant["refresh_token"].as_str().unwrap());
        write("server.key", &"5a".repeat(32));
        let base = simulator.base_url();
        let sage = format!(
            "[sage]\nclient_id = \"stage\"\nauthorize_url = \"{base}/oauth2/auth/central?filter=apiv3.1\"\n\
             token_url = \"{base}/token\"\napi_url = \"{base}/v3.1\"\n",
        );
        write(
            "relay.toml",
            &(sage
                + "[server]\nlisten = \"127.0.0.1:0\"\nmax_requests_per_minute = 0\n[dashboard]\nlisten = \"127.0.0.1:0\"\n[retry]\nfirst_ms = 10\ncap_ms = 50\nrecheck_ms = 20\n"),
        );
        let path = folder.path().join("relay.toml");
        let config = Config::load(Some(&path), std::iter::empty()).unwrap();
        let business = grant["business_id"].as_str().unwrap().to_owned();
        let relay = Relay::start(&config).await.unwrap();
        let stage = Self {
            folder,
            simulator,
            relay: Some(relay),
            config,
            http,
            business,
        };
        let base = stage.simulator.base_url();
        let added = stage
            .cli(&[
                "binding:add",
                BINDING,
                "--api-key-file",
                "api.key",
                "--business",
                &stage.business,
                "--refresh-token-file",
                "refresh.token",
                "--sage-base-url",
                &base,
            ])
            .await;
        assert_eq!(added.status, 0, "{}", added.err);
        stage
    }

    /// The relay that runs.
    pub(crate) fn running(&self) -> &Relay {
        self.relay.as_ref().unwrap()
    }

    /// Runs `ledger-cli` with JSON answers, in the folder of the settings.
    pub(crate) async fn cli(&self, words: &[&str]) -> Said {
        self.run(words, &["--json"], &[]).await
    }

    pub(crate) async fn run(
        &self,
        words: &[&str],
        more: &[&str],
        environment: &[(&str, &str)],
    ) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ledger-cli"));
        command
            .args(["--config", "relay.toml", "--actor", "ann"])
            .args(more)
            .args(words)
            .envs(environment.iter().copied())
            .current_dir(self.folder.path());
        // The simulator lives in this process and must go on answering.
        let output = tokio::task::spawn_blocking(move || command.output()).await;
        let output = output.unwrap().unwrap();
        Said {
            status: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs `oauth:connect`, and presses a button of Sage's consent page meanwhile.
    pub(crate) async fn connect(&self, words: &[&str], button: &str) -> Said {
        let mut child = tokio::process::Command::new(env!("CARGO_BIN_EXE_ledger-cli"))
            .args(["--config", "relay.toml", "--actor", "ann", "--json"])
            .args(["oauth:connect", "--port", "0"])
            .args(words)
            .current_dir(self.folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut err = String::new();
        while let Some(line) = told.next_line().await.unwrap() {
            if line.starts_with("http") {
                let pressed = line.replace("/central?", &format!("/central/{button}?"));
                self.http.get(pressed).send().await.unwrap();
            }
            err += &line;
        }
        let output = child.wait_with_output().await.unwrap();
        Said {
            status: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err,
        }
    }

    /// The same on a terminal, which `script` of util-linux pretends; what is seen there.
    pub(crate) async fn on_terminal(&self, words: &[&str], environment: &[(&str, &str)]) -> String {
        let line = [
            env!("CARGO_BIN_EXE_ledger-cli"),
            "--config relay.toml --actor ann",
            &words.join(" "),
        ];
        let mut command = Command::new("script");
        command
            .args(["--quiet", "--command", &line.join(" "), "/dev/null"])
            .envs(environment.iter().copied())
            .stdin(std::process::Stdio::null())
            .current_dir(self.folder.path());
        let output = tokio::task::spawn_blocking(move || command.output()).await;
        String::from_utf8(output.unwrap().unwrap().stdout).unwrap()
    }

    /// A command that must succeed; its answer.
    pub(crate) async fn done(&self, words: &[&str]) -> Value {
        let said = self.cli(words).await;
        assert_eq!(said.status, 0, "{words:?}: {}", said.err);
        said.json()
    }

    /// A command that must be refused; what it says.
    pub(crate) async fn refused(&self, words: &[&str]) -> String {
        let said = self.cli(words).await;
        assert_eq!(said.status, 1, "{words:?}: {}{}", said.out, said.err);
        said.err
    }

    pub(crate) fn file(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    fn bearer() -> String {
        token(API_KEY, &json!({ "iss": BINDING }))
    }

    fn relay(&self, path: &str) -> String {
        format!("http://{}{path}", self.relay.as_ref().unwrap().address())
    }

    pub(crate) async fn stop(&mut self) {
        self.relay.take().unwrap().stop().await;
    }

    pub(crate) async fn start(&mut self) {
        self.relay = Some(Relay::start(&self.config).await.unwrap());
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What the shop owner's consent gives, in a file.
    pub(crate) async fn consent(&self) {
        let grant = self.control("grant", json!({})).await;
        self.file("refresh.token", grant["refresh_token"].as_str().unwrap());
    }

    /// Hands a plan over; its run.
    pub(crate) async fn post(&self, plan: &Value) -> String {
        let sent = self
            .http
            .post(self.relay("/v1/plans"))
            .bearer_auth(Self::bearer());
        let answer = sent
            .body(json!({ "plans": [plan] }).to_string())
            .send()
            .await
            .unwrap();
        let answer: Value = answer.json().await.unwrap();
        let run = answer["results"][0]["run_id"].as_str();
        run.unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// Where the simulator answers.
    pub(crate) fn sage(&self) -> String {
        self.simulator.base_url()
    }

    /// The settings as the shop gets them.
    pub(crate) async fn settings_of_shop(&self) -> Value {
        let asked = self
            .http
            .get(self.relay("/v1/settings"))
            .bearer_auth(Self::bearer());
        asked.send().await.unwrap().json().await.unwrap()
    }

    pub(crate) async fn feed(&self) -> Value {
        let asked = self
            .http
            .get(self.relay("/v1/sync-state"))
            .bearer_auth(Self::bearer());
        asked.send().await.unwrap().json().await.unwrap()
    }

    /// Waits until a run is in a state.
    pub(crate) async fn until(&self, run: &str, state: &str) -> Value {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let asked = self.http.get(self.relay(&format!("/v1/runs/{run}")));
            let answer = asked.bearer_auth(Self::bearer()).send().await.unwrap();
            let shown: Value = answer.json().await.unwrap();
            if shown["state"] == state {
                return shown;
            }
            assert!(Instant::now() < end, "never {state}: {shown:#}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub(crate) async fn delivered(&self, case: &str) -> Value {
        let run = self.post(&plan(case)).await;
        self.until(&run, "succeeded").await
    }

    pub(crate) async fn control(&self, call: &str, body: Value) -> Value {
        let url = format!("{}/_simulator/{call}", self.simulator.base_url());
        let sent = self
            .http
            .post(url)
            .body(body.to_string())
            .send()
            .await
            .unwrap();
        assert!(sent.status().is_success());
        sent.json().await.unwrap()
    }

    pub(crate) async fn ledger(&self) -> Value {
        let url = format!("{}/_simulator/ledger", self.simulator.base_url());
        self.http
            .get(url)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    /// Does something in Sage that the relay knows nothing of.
    pub(crate) async fn in_sage(&self, method: reqwest::Method, path: &str, body: &Value) -> Value {
        let grant = self.control("grant", json!({})).await;
        let request = self
            .http
            .request(method, format!("{}/v3.1/{path}", self.simulator.base_url()))
            .bearer_auth(grant["access_token"].as_str().unwrap())
            .header("x-business", &self.business)
            .header("content-type", "application/json")
            .body(body.to_string());
        let answer = request.send().await.unwrap();
        let text = answer.text().await.unwrap();
        serde_json::from_str(&text).unwrap_or_default()
    }
}
