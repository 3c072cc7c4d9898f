//! Neighbours: connections that never say anything, texts that no database takes, servers that are
//! no shops.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use ledger_rig::token::sign_claims;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::documents::Templates;
use crate::sage::Mode;
use crate::shop::Shop;

use super::report::Row;
use super::stage::{Stage, Store};

/// Somebody opens connections and never ends his headers, from two addresses.
pub(super) async fn half_open(
    connections: usize,
    store: Store,
    mode: Mode,
    documents: usize,
    seed: u64,
) -> Result<Row> {
    let mut stage = Stage::prepare(store, mode, documents, seed)
        .await?
        .open()
        .await?;
    let (url, plans) = (stage.url()?, stage.plans());
    let host = url.trim_start_matches("http://").to_owned();
    let mut held = Vec::new();
    for number in 0..connections {
        let from = if number % 2 == 0 {
            "127.0.0.2"
        } else {
            "127.0.0.3"
        };
        held.extend(half_request(&host, from).await);
        if number % 100 == 50 {
            let at = number * plans.len() / connections;
            let upto = (at + 7).min(plans.len());
            let batch = plans.get(at..upto).unwrap_or_default();
            let began = Instant::now();
            stage.shop.deliver(&url, batch).await?;
            ensure!(began.elapsed() < Duration::from_secs(5), "kept waiting");
        }
    }
    let took = stage.end_well().await?;
    let deadline = Instant::now() + Duration::from_secs(30);
    for mut stream in held {
        let left = deadline.saturating_duration_since(Instant::now());
        let mut rest = Vec::new();
        let end = tokio::time::timeout(left, stream.read_to_end(&mut rest)).await;
        ensure!(end.is_ok(), "a connection without headers is still open");
    }
    stage.row("half-open connections", took).await
}

/// A request that is never finished; nothing when it was refused at once.
async fn half_request(host: &str, from: &str) -> Option<TcpStream> {
    let socket = TcpSocket::new_v4().ok()?;
    socket.bind(format!("{from}:0").parse().ok()?).ok()?;
    let mut stream = socket.connect(host.parse().ok()?).await.ok()?;
    let begun = b"POST /v1/plans HTTP/1.1\r\nHost: relay\r\nX-Never: ";
    stream.write_all(begun).await.ok()?;
    Some(stream)
}

/// Eleven shops, one of which sends what no database takes.
pub(super) async fn hostile(store: Store, mode: Mode, documents: usize, seed: u64) -> Result<Row> {
    let mut stage = Stage::prepare(store, mode, documents, seed)
        .await?
        .open()
        .await?;
    let url = stage.url()?;
    let templates = Templates::load()?;
    let mut neighbours = Vec::new();
    for number in 1..=9 {
        let shop = Shop::new(format!("neighbour-{number}"))?;
        stage.installation.connect(&shop, &stage.sage).await?;
        neighbours.push(shop);
    }
    let bad = Shop::new("hostile".to_owned())?;
    stage.installation.connect(&bad, &stage.sage).await?;
    let attack = tokio::spawn(attack(bad, url.clone(), templates.one_invoice(1)));
    let plans = stage.plans();
    let mut failed = 0_usize;
    let mut asked = 0_usize;
    for batch in plans.chunks(3) {
        stage.shop.deliver(&url, batch).await?;
        for shop in &neighbours {
            asked += 1;
            // A plan that is wrong in itself: it is answered, and makes nothing in Sage.
            failed += usize::from(shop.post(&url, &["{\"schema\":\"0\"}"]).await.is_err());
        }
    }
    ensure!(
        failed == 0,
        "{failed} of {asked} requests of neighbours failed"
    );
    attack.await??;
    let took = stage.end_well().await?;
    stage
        .row("what the database refuses, beside ten shops", took)
        .await
}

/// Every kind of text that a database might choke on; each is refused with its place, and none as
/// something that passes.
async fn attack(shop: Shop, url: String, plan: String) -> Result<()> {
    let nul = |text: &str| plan.replace(text, &format!("{text}\\u0000"));
    let long = "x".repeat(5_000);
    let plans = [
        nul("invoice.created:1"),
        nul("guest@example.com"),
        nul("100000001"),
        nul("invoice:1"),
        plan.replace("invoice:1\"", &format!("invoice:1{long}\"")),
        plan.replace("\"GBP\"", &format!("\"{long}\"")),
    ];
    for _ in 0..20 {
        for plan in &plans {
            let sent = shop
                .http
                .post(format!("{url}/v1/plans"))
                .bearer_auth(ledger_rig::token::sign(&shop.id, &shop.api_key)?)
                .body(format!("{{\"plans\":[{plan}]}}"));
            let answer = sent.send().await?;
            let status = answer.status();
            let body: Value = answer.json().await?;
            let result = body.pointer("/results/0");
            let pointer = result.and_then(|result| result.get("pointer"));
            ensure!(
                status.as_u16() == 200 && pointer.is_some_and(Value::is_string),
                "{status}: {body}"
            );
        }
        let claims = json!({"iss": shop.id, "iat": now(), "exp": now() + 60, "jti": "a\u{0}b"});
        let token = sign_claims(&claims.to_string(), &shop.api_key)?;
        for path in ["/v1/sync-state", "/v1/runs/%00"] {
            let sent = shop.http.get(format!("{url}{path}")).bearer_auth(&token);
            let status = sent.send().await?.status().as_u16();
            ensure!(status == 401, "{path}: {status}");
        }
        let token = ledger_rig::token::sign(&shop.id, &shop.api_key)?;
        let sent = shop
            .http
            .get(format!("{url}/v1/runs/%00"))
            .bearer_auth(token);
        ensure!(
            sent.send().await?.status().as_u16() == 404,
            "a run without an id"
        );
    }
    Ok(())
}

fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

/// Pairings that prove nothing, over and over: the shop with the first key goes on.
pub(super) async fn pairing(store: Store, mode: Mode, documents: usize, seed: u64) -> Result<Row> {
    let mut stage = Stage::prepare(store, mode, documents, seed)
        .await?
        .open()
        .await?;
    let (url, plans) = (stage.url()?, stage.plans());
    let code = stage.installation.secret("code", "ABCD-EFGH-JKLM-NPQR")?;
    let code = code.display().to_string();
    let answers = ["HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", ""];
    for (batch, number) in plans.chunks(plans.len().div_ceil(6)).zip(0..) {
        stage.shop.deliver(&url, batch).await?;
        let answer = answers
            .get(number % answers.len())
            .copied()
            .unwrap_or_default();
        let shop = stranger(answer).await?;
        let (good, told) = stage
            .installation
            .cli(&[
                "binding:pair",
                "shop-0",
                "--shop",
                &shop,
                "--code-file",
                &code,
                "--relay-url",
                "https://relay.example",
            ])
            .await?;
        ensure!(!good, "a stranger counts as paired: {told}");
    }
    let took = stage.end_well().await?;
    stage
        .row("pairing with a stranger, and without answer", took)
        .await
}

/// Something that answers every request alike, or closes without a word.
async fn stranger(answer: &'static str) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut some = [0_u8; 4_096];
            // Whatever was asked.
            let _ = stream.read(&mut some).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    Ok(format!("http://{address}/rest/V1/byte8"))
}
