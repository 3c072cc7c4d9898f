//! A shop shows a code and gets its key for it, whatever the shop answers.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use ledger_relay::operations::{Paired, PairingRequest};
use serde_json::{Value, json};

use crate::support::rig::{BINDING, Rig, Shop, api_key, jti, now, token};

const CODE: &str = "ABCD-EFGH-JKLM-NPQR";

/// A shop that takes the code, or answers what it is told to.
#[derive(Clone, Default)]
struct Magento(Arc<Mutex<Told>>);

#[derive(Default)]
struct Told {
    offers: Vec<Value>,
    answer: Option<u16>,
    /// What stands in the place of the proof that a shop gives.
    proof: Option<Value>,
    /// The body of an answer that is no shop's.
    body: Option<&'static str>,
}

async fn setup(State(magento): State<Magento>, body: Bytes) -> Response {
    let offer: Value = serde_json::from_slice(&body).unwrap();
    let mut told = magento.0.lock().unwrap();
    told.offers.push(offer.clone());
    let status = match told.answer {
        Some(status) => status,
        None if offer["code"] == CODE => 200,
        None => 403,
    };
    if let Some(body) = told.body {
        return (StatusCode::OK, body).into_response();
    }
    let proof = told.proof.clone().unwrap_or_else(|| proof(&offer));
    let answer = json!({"binding_id": offer["binding_id"], "store_url": "https://shop.example/", "proof": proof});
    (StatusCode::from_u16(status).unwrap(), axum::Json(answer)).into_response()
}

/// The challenge, signed with the key that was offered.
fn proof(offer: &Value) -> Value {
    let claims = json!({"iss": BINDING, "iat": now(), "exp": now() + 60, "jti": jti(), "challenge": offer["challenge"]});
    json!(token(offer["api_key"].as_str().unwrap(), &claims))
}

struct Stage {
    rig: Rig,
    magento: Magento,
    shop: String,
}

impl Stage {
    async fn open() -> Self {
        let mut rig = Rig::prepare().await;
        rig.config.push.allow_private_networks = true;
        rig.up().await;
        let magento = Magento::default();
        let router = Router::new()
            .route("/rest/V1/byte8/setup/pair", post(setup))
            .with_state(magento.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let shop = format!("http://{}/rest/V1/byte8", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { rig, magento, shop }
    }

    async fn pair(&self, shop: &str, code: &str) -> Result<Paired, String> {
        let request = PairingRequest {
            shop: shop.to_owned(),
            code: code.into(),
            relay_url: "https://relay.example".to_owned(),
            grace_hours: 24,
        };
        let operations = self.rig.operations().await;
        let paired = operations.pair(BINDING, &request).await;
        operations.close().await;
        paired.map_err(|error| error.to_string())
    }

    /// The key that the shop was offered last.
    fn offered(&self) -> String {
        let told = self.magento.0.lock().unwrap();
        let offer = told.offers.last().unwrap();
        offer["api_key"].as_str().unwrap().to_owned()
    }

    async fn status(&self, key: &str) -> u16 {
        let shop = Shop::at(&self.rig.address, BINDING, key);
        shop.get("/v1/sync-state").await.status().as_u16()
    }

    async fn entries(&self) -> Vec<String> {
        let operations = self.rig.operations().await;
        let audit = json!(operations.audit(9).await.unwrap());
        operations.close().await;
        let lines = audit.as_array().unwrap().iter();
        lines
            .map(|line| format!("{} {}", line["action"], line["subject"]).replace('"', ""))
            .filter(|line| line.starts_with("binding:"))
            .collect()
    }
}

#[tokio::test]
async fn the_right_code_gives_the_shop_a_key_of_its_own() {
    let stage = Stage::open().await;
    let paired = stage.pair(&stage.shop, CODE).await.unwrap();
    assert_eq!(paired.store_url.as_deref(), Some("https://shop.example/"));
    assert!(paired.former_key_until.is_some());
    let offer = stage.magento.0.lock().unwrap().offers[0].clone();
    assert_eq!(
        (&offer["binding_id"], &offer["relay_url"]),
        (&json!(BINDING), &json!("https://relay.example"))
    );
    let key = stage.offered();
    assert_eq!(key.len(), "rk_".len() + 64, "256 bits");
    assert_eq!(stage.status(&key).await, 200);
    assert_eq!(stage.status(&api_key(BINDING)).await, 200, "for a day");
    stage.pair(&stage.shop, CODE).await.unwrap();
    assert_ne!(stage.offered(), key, "never the same key twice");
    assert_eq!(stage.status(&api_key(BINDING)).await, 401);
    let entries = stage.entries().await;
    assert_eq!(entries[0], "binding:key proved the shop holds the new key");
    assert_eq!(entries[1], format!("binding:pair {}", stage.shop));
    assert!(!entries.concat().contains("rk_") && !entries.concat().contains(CODE));
}

#[tokio::test]
async fn what_the_shop_surely_has_not_taken_is_taken_back() {
    let stage = Stage::open().await;
    let wrong = stage.pair(&stage.shop, "AAAA-AAAA-AAAA-AAAA").await;
    let wrong = wrong.unwrap_err();
    assert!(
        wrong.contains("403") && wrong.contains("nothing is changed"),
        "{wrong}"
    );
    assert_eq!(stage.status(&stage.offered()).await, 401);
    assert_eq!(stage.status(&api_key(BINDING)).await, 200);
    assert_eq!(
        stage.entries().await,
        [
            format!("binding:pair {}", stage.shop),
            "binding:add shop-one".to_owned()
        ],
        "no key was proved"
    );
    // Nobody is there.
    let nobody = stage.pair("http://127.0.0.1:1/rest/V1/byte8", CODE).await;
    assert!(nobody.unwrap_err().contains("nothing is changed"));
    assert_eq!(stage.status(&api_key(BINDING)).await, 200);
}

#[tokio::test]
async fn what_answers_without_a_proof_is_no_shop() {
    let stage = Stage::open().await;
    for (body, proof) in [
        (Some("<html>Welcome</html>"), None),
        (Some("{}"), None),
        (None, Some(json!("nonsense"))),
        (
            None,
            Some(proof(&json!({"api_key": "another key", "challenge": "c"}))),
        ),
    ] {
        {
            let mut told = stage.magento.0.lock().unwrap();
            (told.body, told.proof) = (body, proof);
        }
        let refused = stage.pair(&stage.shop, CODE).await.unwrap_err();
        assert!(refused.contains("no shop"), "{refused}");
        assert_eq!(stage.status(&stage.offered()).await, 401);
        assert_eq!(stage.status(&api_key(BINDING)).await, 200);
    }
}

#[tokio::test]
async fn a_key_that_nobody_knows_the_fate_of_counts_when_it_is_used() {
    let stage = Stage::open().await;
    stage.magento.0.lock().unwrap().answer = Some(502);
    let mut offered = Vec::new();
    for _ in 0..5 {
        let unknown = stage.pair(&stage.shop, CODE).await.unwrap_err();
        assert!(unknown.contains("may have taken"), "{unknown}");
        offered.push(stage.offered());
        assert_eq!(
            stage.status(&api_key(BINDING)).await,
            200,
            "however many pairings were tried"
        );
    }
    // The shop took the third: the first request signed with it says so.
    assert_eq!(stage.status(&offered[2]).await, 200);
    let entries = stage.entries().await;
    assert_eq!(entries[0], "binding:key proved the shop holds the new key");
    assert_eq!(stage.status(&api_key(BINDING)).await, 200, "for a day");
    assert_eq!(stage.status(&offered[0]).await, 401, "offered before it");
    assert_eq!(stage.status(&offered[4]).await, 200, "offered after it");
}

/// A module without proofs is believed with its first request.
#[tokio::test]
async fn an_older_shop_is_paired_with_its_first_request() {
    let stage = Stage::open().await;
    stage.magento.0.lock().unwrap().proof = Some(Value::Null);
    let unproved = stage.pair(&stage.shop, CODE).await.unwrap_err();
    assert!(unproved.contains("without proving"), "{unproved}");
    assert_eq!(stage.status(&api_key(BINDING)).await, 200);
    assert_eq!(stage.status(&stage.offered()).await, 200);
}

#[tokio::test]
async fn addresses_are_looked_at_first() {
    let mut stage = Stage::open().await;
    stage.rig.config.push.allow_private_networks = false;
    for shop in [
        stage.shop.as_str(),
        "https://localhost/rest/V1/byte8",
        "shop",
    ] {
        assert!(stage.pair(shop, CODE).await.is_err(), "{shop}");
    }
    assert!(stage.magento.0.lock().unwrap().offers.is_empty());
    assert_eq!(stage.status(&api_key(BINDING)).await, 200);
}
