//! Bad neighbours: connections that never say anything, and texts that no database takes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};
use ledger_harness::token::{sign, sign_claims};
use serde_json::{Value, json};
use tokio::net::TcpSocket;

use crate::documents::Templates;
use crate::relay::Installation;
use crate::sage::{Mode, Sage};
use crate::shop::Shop;

use super::fixture::{End, Fixture, POLL};
use super::ledger_check::Checked;
use super::shop::ShopClient;

/// Where the half-open connections come from.
const STRANGER: &str = "127.0.0.2";
/// When the relay lets go of them.
const LET_GO: Duration = Duration::from_secs(20);
/// A request of the shop takes no longer than this beside them, also on a busy machine: one that
/// had to wait for their end would take longer.
const KEPT_WAITING: Duration = Duration::from_secs(15);
/// Neighbours of the hostile shop, beside the one of the fixture.
const NEIGHBOURS: usize = 9;

/// Somebody opens connections and never ends his headers, while the shop works.
pub(super) async fn half_open(fixture: &mut Fixture) -> Result<End> {
    let timeout = "LEDGER_RELAY__SERVER__HEADER_TIMEOUT_MS";
    let milliseconds = LET_GO.as_millis().to_string();
    fixture.installation.set(timeout, &milliseconds);
    fixture.open().await?;
    let url = fixture.url()?;
    let host = url.trim_start_matches("http://");
    let count = fixture.parameters.half_open;
    let parts = 20;
    let (mut held, mut longest) = (Vec::new(), Duration::ZERO);
    for part in 0..parts {
        for _ in 0..count / parts {
            held.extend(half_request(host).await);
        }
        fixture.queue(part, part + 1, parts)?;
        let began = Instant::now();
        fixture
            .shop
            .cycle()
            .await
            .context("beside half-open connections")?;
        // A shop that comes anew gets in as well.
        fixture.shop.without_kept_connections()?;
        fixture
            .shop
            .binding_status()
            .await
            .context("a new connection")?;
        longest = longest.max(began.elapsed());
    }
    ensure!(longest < KEPT_WAITING, "kept waiting for {longest:?}");
    ensure!(!held.is_empty(), "no connection could be opened");
    let ended = Instant::now();
    fixture.settle().await?;
    let took = ended.elapsed();
    // The relay has let go of all of them when their time was over.
    let deadline = Instant::now() + LET_GO + Duration::from_secs(15);
    for stream in &held {
        let left = deadline.saturating_duration_since(Instant::now());
        let end = tokio::time::timeout(left, until_closed(stream)).await;
        ensure!(end.is_ok(), "a connection without headers is still open");
    }
    Ok(End::Well(took))
}

/// A request that is never finished; nothing when it was refused at once.
async fn half_request(host: &str) -> Option<tokio::net::TcpStream> {
    let socket = TcpSocket::new_v4().ok()?;
    socket.bind(format!("{STRANGER}:0").parse().ok()?).ok()?;
    let stream = socket.connect(host.parse().ok()?).await.ok()?;
    stream.writable().await.ok()?;
    let begun = b"POST /v1/plans HTTP/1.1\r\nHost: relay\r\nX-Never: ";
    stream.try_write(begun).ok()?;
    Some(stream)
}

async fn until_closed(stream: &tokio::net::TcpStream) {
    let mut some = [0_u8; 512];
    while stream.readable().await.is_ok() {
        match stream.try_read(&mut some) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}

/// A neighbour with documents and a Sage of its own.
struct Neighbour {
    client: ShopClient,
    sage: Sage,
}

/// Eleven shops, one of which sends what no database takes.
pub(super) async fn hostile(fixture: &mut Fixture) -> Result<End> {
    fixture.open().await?;
    let (url, mode) = (fixture.url()?, fixture.parameters.mode);
    let templates = Templates::load()?;
    let work = templates.work(fixture.parameters.documents / 4);
    let mut neighbours = Vec::new();
    for number in 1..=NEIGHBOURS {
        let seed = fixture.parameters.seed * 1_000 + u64::try_from(number)?;
        let mut one = neighbour(&fixture.installation, number, seed, mode).await?;
        one.client.urls = vec![url.clone()];
        one.client.queue(&work.plans)?;
        neighbours.push(one);
    }
    let bad = Shop::new("hostile".to_owned())?;
    fixture.installation.connect(&bad, &fixture.sage).await?;
    let is_over = Arc::new(AtomicBool::new(false));
    let plan = templates.one_invoice(1);
    let attack = tokio::spawn(attack(bad, url, plan, Arc::clone(&is_over)));
    let began = Instant::now();
    fixture.queue(0, 1, 1)?;
    let delivered = tokio::join!(fixture.shop.deliver(), deliver_all(&mut neighbours),);
    is_over.store(true, Ordering::SeqCst);
    let attacks = attack.await??;
    delivered.0.context("a request beside the hostile shop")?;
    delivered.1.context("a neighbour's request")?;
    ensure!(attacks > 0, "the hostile shop did not get its turn");
    fixture.settle().await?;
    for neighbour in &mut neighbours {
        until_quiet(neighbour).await?;
        let ledger = neighbour.sage.look("ledger").await?;
        let took = began.elapsed();
        let checked = Checked::of(&ledger, &work, &neighbour.client, took, String::new())?;
        ensure!(checked.is_clean(), "a neighbour: {checked:?}");
    }
    Ok(End::Well(began.elapsed()))
}

async fn neighbour(
    installation: &Installation,
    number: usize,
    seed: u64,
    mode: Mode,
) -> Result<Neighbour> {
    let client = ShopClient::new(&format!("neighbour-{number}"))?;
    let sage = Sage::start(seed, mode, 300).await?;
    installation.connect(&client.shop, &sage).await?;
    Ok(Neighbour { client, sage })
}

/// All neighbours deliver at once; none of their requests may fail.
async fn deliver_all(neighbours: &mut [Neighbour]) -> Result<()> {
    let mut set = tokio::task::JoinSet::new();
    for neighbour in neighbours.iter_mut() {
        let blank = ShopClient::new(&neighbour.client.shop.id)?;
        let mut client = std::mem::replace(&mut neighbour.client, blank);
        set.spawn(async move {
            let delivered = client.deliver().await;
            (client, delivered)
        });
    }
    let mut outcome = Ok(());
    while let Some(done) = set.join_next().await {
        let (client, delivered) = done?;
        outcome = outcome.and(delivered);
        let home = neighbours
            .iter_mut()
            .find(|one| one.client.shop.id == client.shop.id);
        home.context("whose is it?")?.client = client;
    }
    outcome
}

async fn until_quiet(neighbour: &mut Neighbour) -> Result<()> {
    let began = Instant::now();
    loop {
        neighbour.client.cycle().await?;
        if neighbour.client.is_quiet() {
            return Ok(());
        }
        let open = neighbour.client.unfinished();
        ensure!(
            began.elapsed().as_secs() < 30,
            "a neighbour waits: {open:?}"
        );
        tokio::time::sleep(POLL).await;
    }
}

/// Every kind of text that a database might choke on: each is refused with its place, and none as
/// something that passes. How many requests that were.
async fn attack(shop: Shop, url: String, plan: String, is_over: Arc<AtomicBool>) -> Result<usize> {
    let nul = |text: &str| plan.replace(text, &format!("{text}\\u0000"));
    let long = "x".repeat(5_000);
    let plans = [
        nul("invoice.created:1"),
        nul("guest@example.com"),
        nul("100000001"),
        nul("\"invoice:1"),
        plan.replace("\"invoice:1\"", &format!("\"invoice:1{long}\"")),
        plan.replace("\"GBP\"", &format!("\"{long}\"")),
    ];
    let mut requests = 0;
    while !is_over.load(Ordering::SeqCst) {
        for plan in &plans {
            requests += 1;
            refused_plan(&shop, &url, plan).await?;
        }
        let claims = json!({"iss": shop.id, "iat": now(), "exp": now() + 60, "jti": format!("a\u{0}{requests}")});
        let token = sign_claims(&claims.to_string(), &shop.api_key)?;
        let unknown = sign(&shop.id, &shop.api_key)?;
        for (path, token, expected) in [
            ("/v1/sync-state", &token, 401),
            ("/v1/runs/%00", &unknown, 404),
        ] {
            requests += 1;
            let sent = shop.http.get(format!("{url}{path}")).bearer_auth(token);
            let status = sent.send().await?.status().as_u16();
            ensure!(status == expected, "{path}: {status}, not {expected}");
        }
    }
    Ok(requests)
}

async fn refused_plan(shop: &Shop, url: &str, plan: &str) -> Result<()> {
    let sent = shop
        .http
        .post(format!("{url}/v1/plans"))
        .bearer_auth(sign(&shop.id, &shop.api_key)?)
        .body(format!("{{\"plans\":[{plan}]}}"));
    let answer = sent.send().await?;
    let status = answer.status();
    let body: Value = answer.json().await?;
    let place = if status.is_client_error() {
        body.get("pointer")
    } else {
        let result = body.pointer("/results/0");
        let is_invalid = result.and_then(|result| result.get("status")) == Some(&json!("invalid"));
        result
            .filter(|_| is_invalid)
            .and_then(|result| result.get("pointer"))
    };
    if !place.is_some_and(Value::is_string) {
        let shown: String = plan.chars().take(200).collect();
        bail!("no refusal with its place: {status} {body} of {shown}");
    }
    Ok(())
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
