//! Pairings that prove nothing, over and over: the shop with the first key keeps working. At the end
//! one that the shop takes, whose answer is lost, and one that is proved.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use ledger_harness::token::{random_hex, sign_claims};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::fixture::{End, Fixture};
use super::shop::now_ms;

/// What stands behind the address that the relay is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Behaviour {
    /// A server that is no shop: 200 with an empty object.
    Stranger,
    /// 200 with a proof by another key.
    WrongProof,
    /// The connection ends without an answer.
    NoAnswer,
    /// The shop takes the key, but its answer is lost.
    LostAnswer,
    /// A shop.
    Proof,
}

const PROVES_NOTHING: [Behaviour; 3] = [
    Behaviour::Stranger,
    Behaviour::WrongProof,
    Behaviour::NoAnswer,
];
/// Rounds of pairings that prove nothing.
const ROUNDS: usize = 6;

type Keys = Arc<Mutex<Vec<String>>>;

#[derive(Clone)]
struct Server {
    behaviour: Behaviour,
    keys: Keys,
}

impl Server {
    fn keep(&self, key: &str) {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.push(key.to_owned());
    }
}

pub(super) async fn pairings(fixture: &mut Fixture) -> Result<End> {
    fixture
        .installation
        .set("LEDGER_RELAY__PUSH__TIMEOUT_MS", "300");
    fixture.open().await?;
    let began = Instant::now();
    let parts = ROUNDS + 2;
    for round in 0..ROUNDS {
        let behaviour = PROVES_NOTHING.get(round % PROVES_NOTHING.len());
        let behaviour = behaviour.copied().unwrap_or(Behaviour::Stranger);
        let (good, told, _) = pair(fixture, behaviour).await?;
        ensure!(!good, "{behaviour:?} counts as paired: {told}");
        fixture.queue(round, round + 1, parts)?;
        let delivered = fixture.shop.deliver().await;
        delivered.with_context(|| format!("the first key, after {behaviour:?}"))?;
    }
    let (good, told, key) = pair(fixture, Behaviour::LostAnswer).await?;
    ensure!(!good, "a lost answer counts as paired: {told}");
    fixture.shop.shop.api_key = key;
    fixture.queue(ROUNDS, ROUNDS + 1, parts)?;
    let delivered = fixture.shop.deliver().await;
    delivered.context("a request signed with the key whose answer was lost")?;
    let (good, told, key) = pair(fixture, Behaviour::Proof).await?;
    ensure!(good, "a pairing that was proved: {told}");
    fixture.shop.shop.api_key = key;
    fixture.queue(ROUNDS + 1, parts, parts)?;
    fixture.settle().await?;
    Ok(End::Well(began.elapsed()))
}

/// `ledger-cli binding:pair`: whether it succeeded, what it said, and the key that was offered.
async fn pair(fixture: &Fixture, behaviour: Behaviour) -> Result<(bool, String, String)> {
    let keys = Keys::default();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = Server {
        behaviour,
        keys: Arc::clone(&keys),
    };
    let router = Router::new().fallback(any(answer)).with_state(server);
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let code = fixture.installation.secret("code", "ABCD-EFGH-JKLM-NPQR")?;
    let told = fixture
        .installation
        .cli(&[
            "binding:pair",
            &fixture.shop.shop.id,
            "--shop",
            &format!("http://{address}/rest/V1/byte8"),
            "--code-file",
            &code.display().to_string(),
            "--relay-url",
            "https://relay.example",
        ])
        .await;
    serving.abort();
    let (good, said) = told?;
    let key = keys.lock().unwrap_or_else(PoisonError::into_inner).pop();
    Ok((good, said, key.context("no pairing was asked for")?))
}

async fn answer(State(server): State<Server>, body: Bytes) -> Response {
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let text = |name: &str| asked.get(name).and_then(Value::as_str).unwrap_or_default();
    let key = text("api_key").to_owned();
    server.keep(&key);
    let proved_with = match server.behaviour {
        Behaviour::Stranger => return "{}".into_response(),
        // The relay's patience ends first.
        Behaviour::NoAnswer | Behaviour::LostAnswer => return std::future::pending().await,
        Behaviour::WrongProof => "rk_of_somebody_else_0123456789abcdef",
        Behaviour::Proof => key.as_str(),
    };
    let now = now_ms() / 1_000;
    let claims = json!({
        "iss": text("binding_id"), "iat": now, "exp": now + 60,
        "jti": random_hex(16).unwrap_or_default(), "challenge": text("challenge"),
    });
    let proof = sign_claims(&claims.to_string(), proved_with).unwrap_or_default();
    let paired = json!({
        "binding_id": text("binding_id"), "store_url": "https://shop.example/", "proof": proof,
    });
    axum::Json(paired).into_response()
}
