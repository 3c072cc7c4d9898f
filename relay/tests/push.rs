//! States pushed to a shop: signed, in order, at least once, never backwards.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use ledger_relay::operations::Operations;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::eventually;
use crate::support::rig::{BINDING, Rig, api_key, now};

#[derive(Clone, Default)]
struct Magento(Arc<Mutex<Received>>);

#[derive(Default)]
struct Received {
    items: Vec<Value>,
    calls: usize,
    /// What to answer, the next answer last; 200 when there is nothing.
    answers: Vec<u16>,
    /// Calls that were signed with another key than the shop's.
    strangers: usize,
}

fn key() -> [u8; 32] {
    let mut key = [0_u8; 32];
    Hkdf::<Sha256>::new(None, api_key(BINDING).as_bytes())
        .expand(b"byte8-magento-inbound-v1", &mut key)
        .unwrap();
    key
}

fn mac(message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&key()).unwrap();
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

/// Checks a call as docs/contracts.md section 8 and the Standard Webhooks specification say.
async fn sync_state(State(magento): State<Magento>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    let bearer = header("authorization")
        .strip_prefix("Bearer ")
        .unwrap()
        .to_owned();
    let (signed, signature) = bearer.rsplit_once('.').unwrap();
    if URL_SAFE_NO_PAD.decode(signature).unwrap() != mac(signed.as_bytes()) {
        magento.0.lock().unwrap().strangers += 1;
        return StatusCode::UNAUTHORIZED;
    }
    let claims = signed.split_once('.').unwrap().1;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    assert_eq!(
        (claims["iss"].as_str(), claims["aud"].as_str()),
        (Some("ledger-relay"), Some(BINDING))
    );
    assert_eq!(claims["body"], hex::encode(Sha256::digest(&body)));
    assert!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap() <= 300);
    assert!((claims["iat"].as_i64().unwrap() - now()).abs() < 30);

    let mut message =
        format!("{}.{}.", header("webhook-id"), header("webhook-timestamp")).into_bytes();
    message.extend_from_slice(&body);
    let expected = format!("v1,{}", STANDARD.encode(mac(&message)));
    assert_eq!(header("webhook-signature"), expected);

    let mut received = magento.0.lock().unwrap();
    received.calls += 1;
    let status = received.answers.pop().unwrap_or(200);
    if status == 200 {
        let body: Value = serde_json::from_slice(&body).unwrap();
        received
            .items
            .extend(body["items"].as_array().unwrap().clone());
    }
    StatusCode::from_u16(status).unwrap()
}

async fn shop(magento: &Magento) -> String {
    let router = Router::new()
        .route("/rest/V1/byte8/sync-state", post(sync_state))
        .with_state(magento.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}/rest/V1/byte8")
}

async fn push_to(rig: &Rig, url: Option<&str>) -> Result<(), String> {
    let operations = Operations::open(&rig.config, "test").await.unwrap();
    let set = operations.set_push(BINDING, url).await;
    operations.close().await;
    set.map(|_| ()).map_err(|error| error.to_string())
}

#[tokio::test]
async fn what_the_feed_says_arrives_once_and_in_order_whatever_the_shop_answers() {
    let mut rig = Rig::prepare().await;
    rig.config.push.every_ms = 10;
    rig.config.push.allow_private_networks = true;
    // A push that is cut off holds the next one up for three times this.
    rig.config.push.timeout_ms = 1_000;
    rig.up().await;
    let magento = Magento::default();
    let url = shop(&magento).await;
    let relay = rig.shop();
    relay.deliver(1, "succeeded").await;
    magento.0.lock().unwrap().answers = vec![200, 500, 302];
    push_to(&rig, Some(&url)).await.unwrap();
    relay.deliver(2, "succeeded").await;
    let items = eventually("both documents", || async {
        let received = magento.0.lock().unwrap();
        let done = |key: &str| {
            let is = |item: &&Value| item["key"] == key && item["status"] == "succeeded";
            received.items.iter().any(|item| is(&item))
        };
        (done("invoice.created:1") && done("invoice.created:2")).then(|| received.items.clone())
    })
    .await;
    let cursors: Vec<u64> = items
        .iter()
        .map(|item| item["cursor"].as_str().unwrap().parse().unwrap())
        .collect();
    assert!(
        cursors.is_sorted_by(|a, b| a < b),
        "never backwards, nothing twice: {cursors:?}"
    );
    assert_eq!(magento.0.lock().unwrap().strangers, 0);
    let feed = relay.feed("0").await;
    assert_eq!(
        items.last(),
        feed["items"].as_array().unwrap().last(),
        "as in the feed"
    );

    // A restart goes on where the relay stopped.
    let before = magento.0.lock().unwrap().calls;
    rig.down().await;
    rig.up().await;
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(magento.0.lock().unwrap().calls, before);

    // 410 switches pushing off.
    magento.0.lock().unwrap().answers = vec![410];
    rig.shop().deliver(3, "succeeded").await;
    let operations = Operations::open(&rig.config, "test").await.unwrap();
    eventually("the end of pushing", || async {
        operations
            .binding(BINDING)
            .await
            .unwrap()
            .push_url
            .is_none()
            .then_some(())
    })
    .await;
    operations.close().await;
}

#[tokio::test]
async fn a_shop_that_has_its_new_key_not_yet_is_told_with_the_one_before() {
    let mut rig = Rig::prepare().await;
    rig.config.push.every_ms = 10;
    rig.config.push.allow_private_networks = true;
    rig.up().await;
    let magento = Magento::default();
    let url = shop(&magento).await;
    push_to(&rig, Some(&url)).await.unwrap();
    let file = rig.folder.path().join("changed.key");
    std::fs::write(&file, "rk_test_new_0123456789abcdef").unwrap();
    let operations = rig.operations().await;
    operations.change_key(BINDING, &file, 1).await.unwrap();
    operations.close().await;
    rig.shop().deliver(1, "succeeded").await;
    eventually("a push", || async {
        let received = magento.0.lock().unwrap();
        (!received.items.is_empty() && received.strangers > 0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn private_addresses_are_not_called() {
    let mut rig = Rig::prepare().await;
    rig.config.push.every_ms = 10;
    rig.up().await;
    let magento = Magento::default();
    let url = shop(&magento).await;
    let refused = push_to(&rig, Some(&url)).await.unwrap_err();
    assert!(refused.contains("https"), "{refused}");
    // https, but the host is this machine: known only once its name is looked up.
    push_to(&rig, Some("https://localhost/rest/V1/byte8"))
        .await
        .unwrap();
    rig.shop().deliver(1, "succeeded").await;
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert_eq!(magento.0.lock().unwrap().calls, 0);
    let audit = {
        let operations = Operations::open(&rig.config, "test").await.unwrap();
        let audit = operations.audit(9).await.unwrap();
        operations.close().await;
        audit
    };
    assert_eq!(json!(audit)[0]["action"], "binding:push");
}
