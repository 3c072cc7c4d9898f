//! The whole public surface: every kind of answer that is described occurs, and as described.

use std::collections::BTreeSet;

use ledger_relay::operations::Operations;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::shop_reports::reports;
use crate::support::contract::{Seen, described, guarded, seen};
use crate::support::plans::invoice;
use crate::support::rig::{BINDING, Rig, Shop, api_key, jti, now, token};

/// Asks, and remembers which kinds of answer came.
struct Explorer {
    address: String,
    http: reqwest::Client,
    kinds: BTreeSet<Seen>,
}

impl Explorer {
    fn new(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            http: reqwest::Client::new(),
            kinds: BTreeSet::new(),
        }
    }

    async fn ask(&mut self, method: Method, path: &str, bearer: &str, body: Vec<u8>) -> Response {
        let answer = self
            .http
            .request(method.clone(), format!("{}{path}", self.address))
            .bearer_auth(bearer)
            .body(body)
            .send()
            .await
            .unwrap();
        self.note(method.as_str(), path, answer).await
    }

    async fn note(&mut self, method: &str, path: &str, answer: Response) -> Response {
        let (kind, answer) = seen(method, path, answer).await;
        self.kinds.insert(kind);
        answer
    }

    async fn get(&mut self, shop: &Shop, path: &str) -> Response {
        self.ask(Method::GET, path, &shop.bearer(), Vec::new())
            .await
    }

    async fn post(&mut self, shop: &Shop, body: impl Into<Vec<u8>>) -> Response {
        self.ask(Method::POST, "/v1/plans", &shop.bearer(), body.into())
            .await
    }
}

/// A run that no binding has.
pub(crate) const NOBODYS: &str = "0199c0de-0000-7000-8000-000000000000";

fn claims(iat: i64, exp: i64) -> Value {
    json!({"iss": BINDING, "iat": iat, "exp": exp, "jti": jti()})
}

async fn tokens(explorer: &mut Explorer, shop: &Shop) {
    let key = api_key(BINDING);
    let mut elsewhere = claims(now(), now() + 60);
    elsewhere["aud"] = json!("magento");
    let mut bearers = vec![
        String::new(),
        "nonsense".to_owned(),
        token("another key", &claims(now(), now() + 60)),
        token(&key, &claims(now() - 300, now() - 240)),
        token(&key, &claims(now() + 100, now() + 160)),
        token(&key, &claims(now(), now() + 3600)),
        token(&key, &elsewhere),
    ];
    let used = shop.bearer();
    explorer
        .ask(Method::GET, "/v1/sync-state", &used, Vec::new())
        .await;
    bearers.push(used);
    for (_, method, path) in guarded(NOBODYS) {
        for bearer in &bearers {
            let body = json!({"plans": [invoice(77)]}).to_string();
            let answer = explorer
                .ask(method.clone(), &path, bearer, body.into())
                .await;
            assert_eq!(answer.status().as_u16(), 401, "{method} {path} {bearer}");
        }
        let bare = explorer
            .http
            .request(method.clone(), format!("{}{path}", explorer.address));
        let answer = bare.send().await.unwrap();
        explorer.note(method.as_str(), &path, answer).await;
    }
}

async fn batches(explorer: &mut Explorer, shop: &Shop) {
    let long = format!("{{\"plans\":[{}]}}", vec!["{}"; 501].join(","));
    for body in [
        b"{\"plans\":[".to_vec(),
        b"{\"plans\":[\xff]}".to_vec(),
        b"[]".to_vec(),
        long.into_bytes(),
        vec![b' '; 9 * 1024 * 1024],
    ] {
        explorer.post(shop, body).await;
    }
    let mut other = invoice(1);
    other["sequence"] = json!(99);
    let bodies = [
        json!({"plans": [invoice(1)]}),
        json!({"plans": [invoice(1), other, {"schema": "2"}]}),
    ];
    for body in bodies {
        explorer.post(shop, body.to_string()).await;
    }
}

/// A request written by hand: the body is announced and then broken off, or never comes.
async fn half_a_body(explorer: &mut Explorer, method: &Method, path: &str, shop: &Shop, end: bool) {
    let host = explorer.address.strip_prefix("http://").unwrap().to_owned();
    let mut stream = tokio::net::TcpStream::connect(&host).await.unwrap();
    let (coding, start) = if end {
        ("Transfer-Encoding: chunked", "5\r\n{\"pla\r\nzz\r\n")
    } else {
        ("Content-Length: 100", "{\"pla")
    };
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\n{coding}\r\n\r\n{start}",
        shop.bearer()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // The relay closes the connection, whose rest it cannot read.
    let _ = stream.read_to_end(&mut answer).await;
    let text = String::from_utf8(answer).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let status: u16 = lines.next().unwrap()[9..12].parse().unwrap();
    let mut response = axum::http::Response::builder().status(status);
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        response = response.header(name, value);
    }
    let response = response.body(body.to_owned()).unwrap();
    explorer.note(method.as_str(), path, response.into()).await;
}

async fn reads(explorer: &mut Explorer, shop: &Shop) {
    let run = shop.deliver(2, "succeeded").await["run_id"].clone();
    for path in [
        &format!("/v1/runs/{}", run.as_str().unwrap()),
        "/v1/runs/nothing",
        "/v1/sync-state?limit=1",
        "/v1/sync-state?limit=0",
        "/openapi.json",
        "/healthz",
        "/readyz",
        "/v1/nothing",
        "/v1/plans",
    ] {
        explorer.get(shop, path).await;
    }
}

/// Settings are saved at the operations; the shop pulls them once, and then only asks.
async fn settings(rig: &Rig, explorer: &mut Explorer, shop: &Shop) {
    explorer.get(shop, "/v1/settings").await;
    let text = include_str!("../../golden/profiles/gb_base.json");
    let operations = Operations::open(&rig.config, "test").await.unwrap();
    let saved = operations.set_settings(BINDING, text).await.unwrap();
    operations.set_live(BINDING, false).await.unwrap();
    assert_eq!(explorer.post(shop, "{}").await.status().as_u16(), 409);
    operations.set_live(BINDING, true).await.unwrap();
    operations.close().await;
    let pulled = explorer.get(shop, "/v1/settings").await;
    let tag = pulled.headers()["etag"].to_str().unwrap().to_owned();
    assert_eq!(tag, format!("\"{}\"", saved.digest));
    let body = pulled.text().await.unwrap();
    assert_eq!(hex::encode(Sha256::digest(&body)), saved.digest);
    assert_eq!(body, text, "byte for byte");
    let asked = explorer
        .http
        .get(format!("{}/v1/settings", explorer.address))
        .bearer_auth(shop.bearer())
        .header("if-none-match", &tag);
    let answer = asked.send().await.unwrap();
    let answer = explorer.note("GET", "/v1/settings", answer).await;
    assert_eq!(answer.status().as_u16(), 304);
}

/// What a shop says of itself: unreadable, of another installation, of a recovery that is none.
async fn what_shops_say(explorer: &mut Explorer, shop: &Shop) {
    let say = async |explorer: &mut Explorer, method: Method, path: &str, name, value, body| {
        let request = explorer
            .http
            .request(method.clone(), format!("{}{path}", explorer.address))
            .bearer_auth(shop.bearer())
            .header::<&str, &str>(name, value)
            .body::<String>(body);
        let answer = request.send().await.unwrap();
        explorer.note(method.as_str(), path, answer).await
    };
    let (one, two) = ("1".repeat(32), "2".repeat(32));
    let recovery = json!({"recovery_id": "r", "highest": {"invoice": 1}}).to_string();
    let moved = json!({"installation": one, "replaces": null}).to_string();
    for (method, path) in [
        (Method::POST, "/v1/recovery"),
        (Method::POST, "/v1/installation"),
        (Method::PUT, "/v1/shop-profile"),
        (Method::PUT, "/v1/dry-run"),
        (Method::PUT, "/v1/shop-totals"),
    ] {
        for body in [vec![b'{'], vec![b' '; 9 * 1024 * 1024]] {
            explorer
                .ask(method.clone(), path, &shop.bearer(), body)
                .await;
        }
        for end in [true, false] {
            half_a_body(explorer, &method, path, shop, end).await;
        }
    }
    for (path, body) in reports() {
        let body = body.into_bytes();
        explorer.ask(Method::PUT, path, &shop.bearer(), body).await;
    }
    let name = "ledger-installation";
    let unknown = Method::POST;
    say(
        explorer,
        unknown,
        "/v1/recovery",
        name,
        &one,
        recovery.clone(),
    )
    .await;
    say(
        explorer,
        Method::GET,
        "/v1/binding",
        name,
        &one,
        String::new(),
    )
    .await;
    say(
        explorer,
        Method::POST,
        "/v1/installation",
        name,
        &one,
        moved,
    )
    .await;
    let other = json!({"installation": two, "replaces": two}).to_string();
    for (_, method, path) in guarded(NOBODYS) {
        let body = || other.clone();
        for (name, value, status) in [
            ("ledger-sequence", "x", 400),
            ("ledger-installation", two.as_str(), 409),
        ] {
            let answer = say(explorer, method.clone(), &path, name, value, body()).await;
            assert_eq!(answer.status().as_u16(), status, "{method} {path} {name}");
        }
    }
    let beyond = "/v1/sync-state?since=4000000000";
    say(explorer, Method::GET, beyond, name, &one, String::new()).await;
    let standing = say(
        explorer,
        Method::GET,
        "/v1/binding",
        name,
        &one,
        String::new(),
    )
    .await;
    let standing: Value = standing.json().await.unwrap();
    let recovery_id = standing["recovery"]["recovery_id"].clone();
    let offered = json!({"recovery_id": recovery_id, "highest": {}}).to_string();
    let answer = say(explorer, Method::POST, "/v1/recovery", name, &one, offered).await;
    assert_eq!(answer.status().as_u16(), 200);
}

/// A database that will have none of it, whatever the reason.
async fn what_no_database_takes(rig: &Rig, explorer: &mut Explorer, shop: &Shop) {
    rig.sql("CREATE TRIGGER refuse BEFORE INSERT ON run WHEN NEW.entity_id = 666 BEGIN SELECT RAISE(ABORT, 'no'); END").await;
    let body = json!({"plans": [invoice(666)]}).to_string();
    let answer = explorer.post(shop, body).await;
    assert_eq!(answer.status().as_u16(), 422);
}

/// For a while the database file is not where it was.
async fn without_its_name(rig: &Rig, explorer: &mut Explorer, shop: &Shop) {
    let path = &rig.config.store.path;
    let away = path.with_extension("away");
    std::fs::rename(path, &away).unwrap();
    let shop = shop.clone().saying("ledger-installation", &"1".repeat(32));
    for (_, method, path) in guarded(NOBODYS) {
        let body = json!({"plans": [invoice(5)]}).to_string();
        let request = explorer
            .http
            .request(method.clone(), format!("{}{path}", explorer.address))
            .bearer_auth(shop.bearer())
            .header("ledger-installation", "1".repeat(32))
            .body(body);
        let answer = request.send().await.unwrap();
        let answer = explorer.note(method.as_str(), &path, answer).await;
        assert_eq!(answer.status().as_u16(), 503, "{method} {path}");
    }
    explorer.get(&shop, "/readyz").await;
    std::fs::rename(&away, path).unwrap();
}

/// The last requests: nothing can be asked of the relay afterwards.
async fn without_a_database(rig: &Rig, explorer: &mut Explorer, shop: &Shop) {
    rig.break_store().await;
    for (_, method, path) in guarded(NOBODYS) {
        let body = json!({"plans": [invoice(5)]}).to_string();
        let answer = explorer
            .ask(method, &path, &shop.bearer(), body.into())
            .await;
        assert_eq!(answer.status().as_u16(), 503);
    }
    explorer.get(shop, "/readyz").await;
}

#[tokio::test]
async fn every_answer_that_is_described_occurs_as_described() {
    let mut rig = Rig::prepare().await;
    rig.config.server.body_timeout_ms = 200;
    rig.up().await;
    let mut explorer = Explorer::new(&rig.address);
    let shop = rig.shop();
    batches(&mut explorer, &shop).await;
    reads(&mut explorer, &shop).await;
    settings(&rig, &mut explorer, &shop).await;
    tokens(&mut explorer, &shop).await;
    half_a_body(&mut explorer, &Method::POST, "/v1/plans", &shop, true).await;
    half_a_body(&mut explorer, &Method::POST, "/v1/plans", &shop, false).await;
    what_no_database_takes(&rig, &mut explorer, &shop).await;
    what_shops_say(&mut explorer, &shop).await;
    without_its_name(&rig, &mut explorer, &shop).await;
    without_a_database(&rig, &mut explorer, &shop).await;

    let mut limited = Rig::prepare().await;
    limited.config.server.max_requests_per_minute = 1;
    limited.up().await;
    explorer.address.clone_from(&limited.address);
    limited.shop().get("/v1/sync-state").await;
    for (_, method, path) in guarded(NOBODYS) {
        let answer = explorer
            .ask(method, &path, &limited.shop().bearer(), Vec::new())
            .await;
        assert_eq!(answer.status().as_u16(), 429);
    }

    let missing: Vec<Seen> = described()
        .into_iter()
        .filter(|kind| !explorer.kinds.contains(kind))
        .collect();
    assert!(
        missing.is_empty(),
        "described, but never seen: {missing:#?}"
    );
}

#[tokio::test]
async fn a_used_token_stays_used_after_a_restart() {
    let mut rig = Rig::start().await;
    let mut explorer = Explorer::new(&rig.address);
    let bearer = rig.shop().bearer();
    let body = json!({"plans": [invoice(1)]}).to_string();
    let ask = async |explorer: &mut Explorer| {
        let body = body.clone().into_bytes();
        let answer = explorer.ask(Method::POST, "/v1/plans", &bearer, body).await;
        answer.status().as_u16()
    };
    assert_eq!(ask(&mut explorer).await, 202);
    assert_eq!(ask(&mut explorer).await, 401);
    rig.down().await;
    rig.up().await;
    explorer.address.clone_from(&rig.address);
    assert_eq!(ask(&mut explorer).await, 401);
    // The same name in another shop's token is another token.
    rig.bind("shop-two", "refresh-two").await;
    for id in [BINDING, "shop-two"] {
        let claims = json!({"iss": id, "iat": now(), "exp": now() + 60, "jti": "one"});
        let twin = token(&api_key(id), &claims);
        let asked = explorer.ask(Method::GET, "/v1/sync-state", &twin, Vec::new());
        let answer = asked.await;
        assert_eq!(answer.status().as_u16(), 200, "{id}");
    }
}
