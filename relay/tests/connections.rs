//! Neighbours that hold connections, and files that are moved away under the relay.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::support::eventually;
use crate::support::plans::invoice;
use crate::support::rig::Rig;

/// A connection from an address of its own.
async fn connect(rig: &Rig, from: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{from}:0").parse().unwrap()).unwrap();
    let to = rig.address.strip_prefix("http://").unwrap();
    socket.connect(to.parse().unwrap()).await.unwrap()
}

/// Whatever the relay says until it closes the connection.
async fn until_closed(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    // A reset is an end as well.
    let _ = stream.read_to_end(&mut text).await;
    String::from_utf8_lossy(&text).into_owned()
}

async fn with_limits(change: impl FnOnce(&mut ledger_relay::config::Server)) -> Rig {
    let mut rig = Rig::prepare().await;
    rig.config.server.header_timeout_ms = 400;
    rig.config.server.body_timeout_ms = 400;
    change(&mut rig.config.server);
    rig.up().await;
    rig
}

#[tokio::test]
async fn half_open_connections_are_closed_and_nobody_is_kept_out() {
    let rig = with_limits(|_| {}).await;
    let mut half = Vec::new();
    for number in 0..300_u32 {
        let mut stream = connect(&rig, &format!("127.0.0.{}", 2 + number / 60)).await;
        stream
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ")
            .await
            .unwrap();
        half.push(stream);
    }
    let began = Instant::now();
    rig.shop().deliver(1, "succeeded").await;
    assert_eq!(rig.shop().get("/readyz").await.status(), StatusCode::OK);
    assert!(began.elapsed() < Duration::from_secs(20));
    for stream in &mut half {
        let end = tokio::time::timeout(Duration::from_secs(20), until_closed(stream)).await;
        assert!(!end.expect("still open").contains("200 OK"));
    }
}

#[tokio::test]
async fn an_address_has_its_share_and_a_proxy_has_all_of_it() {
    let rig = with_limits(|server| {
        server.max_connections_per_address = 3;
        server.max_connections = 9;
    })
    .await;
    let mut open = Vec::new();
    for _ in 0..3 {
        open.push(connect(&rig, "127.0.0.2").await);
    }
    let mut refused = connect(&rig, "127.0.0.2").await;
    let told = until_closed(&mut refused).await;
    assert!(
        told.starts_with("HTTP/1.1 503") && told.contains("Retry-After: 1"),
        "{told}"
    );
    // Another address, and the proxy's, which is one for many shops.
    for from in [
        "127.0.0.3",
        "127.0.0.1",
        "127.0.0.1",
        "127.0.0.1",
        "127.0.0.1",
        "127.0.0.1",
    ] {
        open.push(connect(&rig, from).await);
    }
    let told = until_closed(&mut connect(&rig, "127.0.0.1").await).await;
    assert!(told.starts_with("HTTP/1.1 503"), "{told}");
    drop(open);
    eventually("room", || async {
        let answer = reqwest::get(format!("{}/healthz", rig.address))
            .await
            .ok()?;
        (answer.status() == StatusCode::OK).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_does_not_hold_up_the_end() {
    let mut rig = with_limits(|server| server.header_timeout_ms = 1_500).await;
    let mut stream = connect(&rig, "127.0.0.1").await;
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .unwrap();
    let began = Instant::now();
    let told = until_closed(&mut stream).await;
    assert!(told.starts_with("HTTP/1.1 200"), "{told}");
    assert!(
        began.elapsed() >= Duration::from_secs(1),
        "kept for the next request"
    );
    let mut idle = connect(&rig, "127.0.0.1").await;
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .unwrap();
    let mut some = [0_u8; 16];
    idle.read_exact(&mut some).await.unwrap();
    let began = Instant::now();
    rig.down().await;
    assert!(
        began.elapsed() < Duration::from_secs(4),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test]
async fn a_database_without_its_name_takes_nothing() {
    let rig = Rig::start().await;
    let shop = rig.shop();
    shop.deliver(1, "succeeded").await;
    let path = rig.config.store.path.clone();
    let away = path.with_extension("away");
    std::fs::rename(&path, &away).unwrap();
    let body = || json!({"plans": [invoice(2)]});
    let answer = shop.post_to("/v1/plans", &body()).await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(problem["code"], "database_replaced");
    assert_eq!(
        shop.get("/readyz").await.status(),
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert_eq!(rig.fake.count("sales_invoices"), 1);

    std::fs::rename(&away, &path).unwrap();
    assert_eq!(shop.get("/readyz").await.status(), StatusCode::OK);
    shop.deliver(2, "succeeded").await;

    // Another file under the name: what was opened meanwhile may lead to it.
    std::fs::rename(&path, &away).unwrap();
    std::fs::copy(&away, &path).unwrap();
    let answer = shop
        .post_to("/v1/plans", &json!({"plans": [invoice(3)]}))
        .await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    std::fs::rename(&away, &path).unwrap();
    let answer = shop.get("/readyz").await;
    assert_eq!(
        answer.status(),
        StatusCode::SERVICE_UNAVAILABLE,
        "until it is started again"
    );
}
